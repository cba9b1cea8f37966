"""`ingit bench keys`: how fast values are sealed anew, and what sealing costs a turn, with and without in one run."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert

import bot.blind_indexes  # noqa: F401  (they follow)
from bot.bench import AT, CHATS, as_chat, one_turn, script_of
from bot.bench_booking.servers import new_database, postgres_server
from bot.handle import Handler
from bot.incoming import Incoming
from bot.parts import Now
from nlu.places import place_keys
from storage.columns import new_id
from storage.demo.load import load_demo
from storage.migrate import migrate
from storage.rotation import rotate
from storage.sealed import Keyring, head, new_key
from storage.session import Database
from storage.tables import Decision, Person

VALUES = 1_000_000
ROUNDS = 12
AT_ONCE = 5_000
FACTS = {"fever": True, "cough": False, "age_years": 34, "days": {"fever": 3}, "danger_signs": [], "sex": "female"}


class Unsealed(Keyring):
    """The rival of the measurement: the same bytes in the same places, but not encrypted."""

    def seal(self, value: Any, aad: str) -> bytes:
        """As JSON, behind the same head."""
        return head(self.current) + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def open(self, sealed: bytes, aad: str) -> Any:
        """The JSON again."""
        return json.loads(sealed[len(head(self.current)) :])


def run_keys_bench(as_json: bool, quick: bool, postgres: str | None) -> None:
    """Measure and print; with `as_json` one object on one line."""
    values = 20_000 if quick else VALUES
    with tempfile.TemporaryDirectory() as folder:
        figures = {"turn": asyncio.run(_turns(folder, 2 if quick else ROUNDS))}
        figures["rotate, sqlite"] = asyncio.run(_rotation(f"sqlite:///{folder}/keys.db", values))
    with postgres_server(postgres) as server:
        if server:
            with new_database(server) as url:
                figures["rotate, postgresql"] = asyncio.run(_rotation(url, values))
    if as_json:
        print(json.dumps(figures))
        return
    table = Table("what", "figure", title="Keys, measured in this run")
    for name, found in figures.items():
        for key, value in found.items():
            table.add_row(f"{name}: {key}", str(value))
    Console().print(table)


async def _rotation(url: str, values: int) -> dict[str, Any]:
    """People's names and phones and the facts of their triage, sealed anew; a short write goes on all the while."""
    first, second = new_key("k1"), new_key("k2")
    migrate(url)
    with _opened(url, f"{first},{second}") as db:
        for done in range(0, values, AT_ONCE):
            db.call(_fill, min(AT_ONCE, values - done))
    with _opened(url, f"{second},{first}") as db, _opened(url, f"{second},{first}") as service:
        waits: list[float] = []
        beside = asyncio.create_task(_writes(service, waits))
        began = time.perf_counter()
        done_ = await rotate(db)
        seconds = time.perf_counter() - began
        beside.cancel()
        again = time.perf_counter()
        nothing_left = (await rotate(db)).values == 0
        return {
            "values": done_.values, "seconds": round(seconds, 1), "values_per_second": round(done_.values / seconds),
            "write_beside_p50_ms": _ms(statistics.median(waits)), "write_beside_worst_ms": _ms(max(waits)),
            "all_done": nothing_left, "second_run_seconds": round(time.perf_counter() - again, 1),
        }  # fmt: skip


@contextmanager
def _opened(url: str, keys: str) -> Iterator[Database]:
    db = Database(url, Keyring(keys))
    try:
        yield db
    finally:
        db.close()


def _fill(s: Connection, values: int) -> None:
    """A person has two sealed values, a decision one."""
    keys: Keyring = s.get_execution_options()["ring"]
    now = datetime.now(UTC)
    people, decisions = [new_id() for _ in range(values // 4)], [new_id() for _ in range(values - 2 * (values // 4))]
    s.execute(
        insert(Person),
        [
            {
                "id": id, "owner_chat": f"bench:{id}", "created_at": now,
                "name": keys.seal("রহিমা বেগম", f"person/name/{id}"),
                "phone": keys.seal("9830012345", f"person/phone/{id}"),
            }
            for id in people
        ],
    )  # fmt: skip
    led_to = {"level": "consultation", "rule": "r", "protocol": "fever", "version": "1", "specialty": "x", "at": now}
    facts = ({"id": id, "chat": "bench", "facts": keys.seal(FACTS, f"decision/facts/{id}")} for id in decisions)
    s.execute(insert(Decision), [one | led_to for one in facts])


async def _writes(db: Database, waits: list[float]) -> None:
    """What the service does meanwhile: a person saved every 20 ms, by another connection."""
    while True:
        began = time.perf_counter()
        await db.run(_fill, 4)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)


async def _turns(folder: str, rounds: int) -> dict[str, Any]:
    """The same conversation in 16 chats, by turns with sealing and without, so that both meet the same machine."""
    now, key, took = Now(datetime.fromisoformat(AT)), new_key("bench"), {"sealed": [], "plain": []}  # type: ignore[var-annotated]
    rings = {"sealed": Keyring(key), "plain": Unsealed(key)}
    dbs = {name: _furnished(f"sqlite:///{folder}/{name}.db", ring) for name, ring in rings.items()}
    handlers = {name: Handler(db, None, now) for name, db in dbs.items()}
    scripts = {name: await script_of(db, handlers[name], now) for name, db in dbs.items()}
    for number in range(rounds + 1):
        for name in ("sealed", "plain") if number % 2 else ("plain", "sealed"):
            seconds = await _conversations(dbs[name], handlers[name], now, scripts[name], f"{number}")
            took[name] += [seconds] if number else []  # the first warms up
    turns = CHATS * len(scripts["sealed"])
    sealed, plain = (statistics.median(took[name]) / turns for name in ("sealed", "plain"))
    for db in dbs.values():
        db.close()
    return {
        "turns_a_round": turns, "rounds": rounds, "sealed_ms": _ms(sealed), "plain_ms": _ms(plain),
        "encryption_adds_percent": round(100 * (sealed / plain - 1), 1),
    }  # fmt: skip


def _furnished(url: str, ring: Keyring) -> Database:
    migrate(url)
    db = Database(url, ring)
    db.call(load_demo, datetime.fromisoformat(AT), place_keys)
    return db


async def _conversations(db: Database, handler: Handler, now: Now, script: list[Incoming], number: str) -> float:
    began = time.perf_counter()
    chats = [f"bench:{number}:{chat}" for chat in range(CHATS)]
    for incoming in script:
        await asyncio.gather(*(one_turn(db, handler, now, as_chat(incoming, chat)) for chat in chats))
    return time.perf_counter() - began


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)
