"""A stock Rasa assistant as rival: a form of four questions, an SQL tracker store on SQLite, no action server.

`run` trains it where needed (kept under var/stock_rasa), serves it on loopback, and drives whole conversations of five
turns through its REST channel, several chats at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bot.rasa_child import FRUGAL, free_port

ROOT = Path(__file__).resolve().parents[2]
RASA = ROOT / "nlu" / "rasa"
STOCK = Path(__file__).resolve().parent / "stock_rasa"
KEPT = ROOT / "var" / "stock_rasa"
DEADLINE_S = 420.0

SAID = ("i am ill", "fever and cough since monday", "45", "three days", "Bardhaman")
ANSWERED = ("What is the trouble?", "How old is the patient?", "For how long?", "Where do you live?", "Noted:")


async def run(turns: int, chats: int, deadline_s: float = DEADLINE_S) -> dict[str, float]:
    """Turns a second, median and 95th percentile in ms, and peak memory in MB, of `turns` turns in `chats` chats.

    Raises TimeoutError after `deadline_s` seconds in all (training and loading included), RuntimeError where Rasa is
    not installed, cannot be trained or answers something else than its form would.
    """
    if not (RASA / ".venv/bin/python").exists():
        raise RuntimeError("Rasa is not installed: run `make setup`.")
    async with asyncio.timeout(deadline_s):
        model = await _trained()
        with tempfile.TemporaryDirectory() as folder:
            async with _served(model, Path(folder)) as (url, pid):
                return await _drive(url, turns, chats) | {"peak_mb": _peak_mb(pid)}


async def _trained() -> Path:
    """The model file, trained when its sources are new."""
    sources = sorted(path for path in STOCK.rglob("*.yml"))
    model = KEPT / f"stock-{hashlib.sha256(b''.join(path.read_bytes() for path in sources)).hexdigest()[:16]}.tar.gz"
    if not model.exists():
        shutil.rmtree(KEPT, ignore_errors=True)
        arguments = [
            "train",
            "--data",
            "data",
            "--out",
            str(KEPT),
            "--fixed-model-name",
            model.name.removesuffix(".tar.gz"),
        ]
        async with _process(["-m", "rasa", *arguments], KEPT / "train.log") as training:
            if await training.wait() != 0 or not model.exists():
                raise RuntimeError(f"The stock Rasa could not be trained: see {KEPT / 'train.log'}.")
    return model


@asynccontextmanager
async def _process(arguments: list[str], output: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python of Rasa's environment in a group of its own, ended at the end. Its standard input is our pipe."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            str(RASA / ".venv/bin/python"), *arguments, cwd=STOCK, env={**os.environ, **FRUGAL}, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


@asynccontextmanager
async def _served(model: Path, folder: Path) -> AsyncIterator[tuple[str, int]]:
    """The assistant at an address of the loopback, with its process id."""
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {folder / 'tracker.db'}\n")
    port = free_port(0)
    arguments = [str(RASA / "serve.py"), str(port), "-m", str(model), "--endpoints", str(endpoints)]
    arguments += ["--credentials", str(STOCK / "credentials.yml")]
    async with _process(arguments, KEPT / "serve.log") as serving:
        await _answers(f"http://127.0.0.1:{port}", serving)
        yield f"http://127.0.0.1:{port}", serving.pid


async def _answers(url: str, serving: asyncio.subprocess.Process) -> None:
    """Wait until the server has loaded."""
    async with httpx.AsyncClient(trust_env=False, timeout=2.0) as http:
        while serving.returncode is None:
            try:
                if (await http.get(f"{url}/status")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.25)
    raise RuntimeError(f"The stock Rasa did not start: see {KEPT / 'serve.log'}.")


async def _drive(url: str, turns: int, chats: int) -> dict[str, float]:
    conversations = max(1, turns // (len(SAID) * chats))
    async with httpx.AsyncClient(trust_env=False, timeout=60.0) as http:
        await _chat(http, url, "warm", 1)
        began = time.perf_counter()
        lasted = await asyncio.gather(*(_chat(http, url, f"chat{number}", conversations) for number in range(chats)))
        whole = time.perf_counter() - began
    each = sorted(one for chat in lasted for one in chat)
    return {
        "turns": len(each),
        "turns_per_second": len(each) / whole,
        "p50_ms": statistics.median(each) * 1000,
        "p95_ms": each[int(len(each) * 0.95)] * 1000,
    }


async def _chat(http: httpx.AsyncClient, url: str, name: str, conversations: int) -> list[float]:
    """Whole conversations one after another, each as a new sender; how long each turn took, in seconds."""
    lasted = []
    for number in range(conversations):
        for said, expected in zip(SAID, ANSWERED, strict=True):
            began = time.perf_counter()
            body = {"sender": f"{name}-{number}", "message": said}
            answer = (await http.post(f"{url}/webhooks/rest/webhook", json=body)).raise_for_status().json()
            lasted.append(time.perf_counter() - began)
            if not answer or not str(answer[0].get("text", "")).startswith(expected):
                raise RuntimeError(f"The stock Rasa answered {answer!r} to {said!r}; expected {expected!r}.")
    return lasted


def _peak_mb(pid: int) -> float:
    """The most memory that the process held, in MB; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    print(asyncio.run(run(turns=800, chats=16)))
