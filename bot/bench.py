"""`ingit bench`: what it can carry, each figure beside its rival in the same run."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.handle import Handler
from bot.incoming import Incoming
from bot.parts import Now
from bot.settings import ROOT
from flows.desk import respond
from flows.heard import Heard
from nlu.places import place_keys
from nlu.rasa_client import RasaClient
from nlu.read import Expects, read
from storage import inbox
from storage.demo.load import load_demo
from storage.inbox import Received
from storage.migrate import migrate
from storage.sealed import Keyring, new_key
from storage.session import Database

AT = "2026-11-23T08:00+05:30"
CHATS = 16
OPENING = "amar 3 din dhore jor, kashi nei"
MESSAGES = (
    "amar 3 din dhore jor, kashi nei", "আমার মেয়ের কাল রাত থেকে পাতলা পায়খানা আর বমি হচ্ছে",
    "chest pain since morning with sweating", "babar matha ghurche, pressure ache", "৬ মাসের বাচ্চা দুধ খাচ্ছে না",
    "pet e khub betha, bomi hocche na",
    "I have a rash on both arms for two weeks", "amar token kobe",
    "শ্বাস নিতে কষ্ট হচ্ছে, কথা বলতে পারছে না", "kal bikele",
)  # fmt: skip


def run_bench(as_json: bool, quick: bool) -> None:
    """Measure and print; with `as_json` one object on one line."""
    console = Console(stderr=True)
    figures: dict[str, Any] = {}
    with Progress(console=console, transient=True) as progress:
        steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [
            ("turns", lambda: asyncio.run(_turns(30 if quick else 200))),
            ("replay", _replay), ("read", _reading), ("start", _start), ("memory", _memory),
        ]  # fmt: skip
        if not quick:
            steps += [("rasa", lambda: asyncio.run(_rasa())), ("stock_rasa", lambda: asyncio.run(_stock_rasa()))]
        task = progress.add_task("measuring", total=len(steps))
        for name, measure in steps:
            progress.update(task, description=name)
            figures[name] = measure()
            progress.advance(task)
    if (stock := figures.get("stock_rasa", {}).get("turns_per_second")) is not None:
        for kind in ("button", "text"):
            figures["turns"][f"{kind}_times_stock_rasa"] = round(figures["turns"][kind]["turns_per_second"] / stock, 1)
    if as_json:
        print(json.dumps(figures))
    else:
        _table(figures)


def _table(figures: dict[str, Any]) -> None:
    table = Table("what", "figure", title="Ingit, measured in this run")
    for name, values in figures.items():
        for key, value in values.items():
            table.add_row(f"{name}: {key}", json.dumps(value) if isinstance(value, dict) else str(value))
    Console().print(table)


def _furnished(folder: str) -> Database:
    url = f"sqlite:///{folder}/bench.db"
    migrate(url)
    db = Database(url, Keyring(new_key("bench")))
    db.call(load_demo, datetime.fromisoformat(AT), place_keys)
    return db


async def _turns(rounds: int) -> dict[str, Any]:
    """The whole way of a message: inbox committed, heard, advanced, outbox committed; 16 chats at once, SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        db = _furnished(folder)
        now = Now(datetime.fromisoformat(AT))
        handler = Handler(db, None, now)
        script = await script_of(db, handler, now)
        out = {}
        for kind in ("text", "press"):
            one_kind = await _replayed(db, handler, now, script, kind, rounds)
            out["button" if kind == "press" else "text"] = one_kind
        db.close()
        return out


async def script_of(db: Database, handler: Handler, now: Now) -> list[Incoming]:
    """One conversation as it goes: the opening, then a press or a word for each question up to the place."""
    typed = {"age": "35", "complaint": OPENING}
    script = [Incoming("bench:script", "0", "text", now(), text=OPENING)]
    for number in range(1, 20):
        await one_turn(db, handler, now, script[-1])
        standing = await db.read(_standing, "bench:script")
        asks, choices = standing["offered"]["ask"]["question"], standing["offered"].get("choices", [])
        if asks == "place":
            break
        if asks in typed:
            script.append(Incoming("bench:script", str(number), "text", now(), text=typed[asks]))
            continue
        ids = [choice["id"] for choice in choices]
        press = next(id for id in ("yes" if asks == "consent" else "no", "none", ids[0]) if id in ids)
        script.append(Incoming("bench:script", str(number), "press", now(), press=(press,)))
    return script


def _standing(s: Any, chat: str) -> dict[str, Any]:
    from storage import conversations

    found = conversations.look(s, chat)
    assert found is not None
    return found.state


async def one_turn(db: Database, handler: Handler, now: Now, incoming: Incoming) -> float:
    """Seconds from receipt to commit."""
    began = time.perf_counter()
    payload = incoming.to_json()
    row = await db.run(inbox.receive, "bench", uuid.uuid4().hex, incoming.chat, payload, now())
    assert row is not None
    await handler.handle(Received(row, "bench", "", incoming.chat, payload, now()))
    return time.perf_counter() - began


async def _replayed(
    db: Database, handler: Handler, now: Now, script: list[Incoming], kind: str, rounds: int
) -> dict[str, Any]:
    """The script in 16 chats at once; only the turns of one kind are counted and only their time."""
    took: list[float] = []
    spent = 0.0

    async def turn(chat: str, incoming: Incoming, counted: bool) -> None:
        seconds = await one_turn(db, handler, now, as_chat(incoming, chat))
        if counted:
            took.append(seconds)

    for _ in range(max(1, rounds // CHATS)):
        chats = [f"bench:{uuid.uuid4().hex[:8]}" for _ in range(CHATS)]
        for incoming in script:
            counted = incoming.kind == kind
            began = time.perf_counter()
            await asyncio.gather(*(turn(chat, incoming, counted) for chat in chats))
            spent += (time.perf_counter() - began) if counted else 0.0
    return {"turns": len(took), "turns_per_second": round(len(took) / spent, 1), **_spread(took)}


def as_chat(incoming: Incoming, chat: str) -> Incoming:
    return Incoming(chat, uuid.uuid4().hex, incoming.kind, incoming.at, text=incoming.text, press=incoming.press)


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(1000 * statistics.median(ordered), 2),
        "p95_ms": round(1000 * ordered[int(0.95 * len(ordered))], 2),
    }


def _replay() -> dict[str, Any]:
    """A journal of 40 entries, run from its start to its question."""
    entries: list[Any] = [["note", "", None, {f"note_{n}": False}] for n in range(30)]
    entries += [["do", "Account:x", {"lang": "bn"}, False] for _ in range(10)]
    state = {"frames": [{"flow": "visit", "args": {}, "journal": entries}], "step": 40}
    event = Incoming("bench:r", "1", "other", datetime.fromisoformat(AT))
    took = []
    for _ in range(300):
        began = time.perf_counter()
        _to_end(respond(json.loads(json.dumps(state)), event, Heard(), "bn", "patient"))
        took.append(time.perf_counter() - began)
    return {"entries": len(entries), **_spread(took)}


def _to_end(talk: Any) -> None:
    result: Any = None
    account = {"lang": "bn", "consented": True, "refused": False, "role": "patient", "purposes": []}
    try:
        while True:
            action = talk.send(result).action
            result = account if type(action).__name__ == "Account" else []
    except StopIteration:
        return


def _reading() -> dict[str, Any]:
    """The lexicon's reading of ten messages in three ways of writing, without Rasa."""
    now = datetime.fromisoformat(AT)
    read(MESSAGES[0], now, Expects())
    took = []
    for _ in range(30):
        for message in MESSAGES:
            began = time.perf_counter()
            read(message, now, Expects())
            took.append(time.perf_counter() - began)
    return _spread(took)


def _start() -> dict[str, Any]:
    """From the start of the process to the first reply, on a database that is there already."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/start.db"
        line = json.dumps({"chat": "p1", "text": OPENING}) + "\n"
        command = [sys.executable, "-m", "bot", "chat", "--jsonl", "--database", url]
        subprocess.run(command, input=line, text=True, capture_output=True, check=True, cwd=ROOT)  # makes it
        began = time.perf_counter()
        subprocess.run(command, input=line, text=True, capture_output=True, check=True, cwd=ROOT)
        return {"first_reply_seconds": round(time.perf_counter() - began, 2)}


def _memory() -> dict[str, Any]:
    """Peak memory of a bot process that has had conversations, made a card and a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [{"chat": f"p{n}", "text": message} for n in range(10) for message in MESSAGES]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        code = (
            "import sys; sys.argv = ['ingit', 'chat', '--jsonl', '--database', sys.argv[1]]\n"
            "from bot.__main__ import app\n"
            "app(standalone_mode=False)\n"
            "from pathlib import Path\n"  # not ru_maxrss: that begins with the parent's
            "print('PEAK', Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
        )
        _furnished(folder).close()  # a bot does not load the demonstration each time it starts
        ran = subprocess.run(
            [sys.executable, "-c", code, f"sqlite:///{folder}/bench.db"],
            input=text, text=True, capture_output=True, check=True, cwd=ROOT,
        )  # fmt: skip
        peak = int(ran.stdout.rsplit("PEAK", 1)[1])
        return {"bot_peak_mb": round(peak / 1024, 1)}


async def _rasa() -> dict[str, Any]:
    """Our Rasa server: from its start to its first answer, its reading of ten messages, its peak memory."""
    from bot.rasa_child import RasaChild

    with tempfile.TemporaryDirectory() as folder:
        child = RasaChild(ROOT / "nlu" / "rasa", output=Path(folder) / "rasa.log")
        began = time.perf_counter()
        await child.start()
        if not await child.ready():
            return {"left_out": child.problem or "it did not start"}
        started, client, took = time.perf_counter() - began, RasaClient(child.url, 2.0), []
        for message in MESSAGES * 10:
            began = time.perf_counter()
            await client.parse(message)
            took.append(time.perf_counter() - began)
        peak = _peak_mb(child.pid)
        await client.close()
        await child.stop()
        return {"start_seconds": round(started, 1), **_spread(took), "peak_mb": peak}


def _peak_mb(pid: int | None) -> float:
    return round(int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024, 1)


async def _stock_rasa() -> dict[str, Any]:
    """A stock Rasa assistant with a form of four questions, on the same machine, in the same run."""
    path = ROOT / "tests" / "bench" / "stock_rasa.py"
    spec = importlib.util.spec_from_file_location("stock_rasa", path)
    if spec is None or spec.loader is None or not path.exists():
        return {"left_out": f"{path} is not there"}
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    measured: dict[str, Any] = await module.run(turns=320, chats=CHATS)
    return measured
