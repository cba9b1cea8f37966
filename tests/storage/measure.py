"""What storage carries: `python -m tests.storage.measure [folder or postgresql address]`. Checks nothing."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import Connection, update

from storage import bookings, conversations, inbox, outbox
from storage.migrate import migrate
from storage.outbox import REMINDER, Notice
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Window
from tests.storage.world import build, somebody

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
CHATS = 16
JOURNAL = {"journal": [[f"question {number}", True] for number in range(12)]}


def turn(s: Connection, id: int, chat: str) -> None:
    """The statements of one message, without its reading and its flow."""
    inbox.take(s, id)
    before = conversations.load(s, chat)
    conversations.save(s, chat, JOURNAL, 3, "bn", NOW, before.version if before else None)
    outbox.put(s, [Notice(chat, "reply", {"text": "x", "args": {"a": 1}}, NOW)], NOW)
    inbox.done(s, id, NOW)


async def turns(db: Database, each: int = 100) -> None:
    async def chat(name: str) -> None:
        for number in range(each):
            id = await db.run(inbox.receive, "test", f"{name} {number}", name, {"text": "amar jor"}, NOW)
            await db.run(turn, id or 0, name)

    await measured("messages: received, turned, answer put", CHATS * each, lambda: together(chat))


async def sending(db: Database) -> None:
    async def drain() -> None:
        while claimed := await db.run(outbox.claim, NOW, 32, 30, "w"):
            await db.run(lambda s: [outbox.sent(s, notice.id, 1, NOW) for notice in claimed])

    left = (await db.read(outbox.counts)).get("waiting", 0)
    await measured("answers: claimed and marked sent", left, drain)


async def planning(db: Database, many: int = 20_000) -> None:
    def plan(s: Connection, first: int) -> None:
        tomorrow = NOW + timedelta(days=1)
        outbox.put(s, [Notice(f"c{n}", "r", {"n": n}, tomorrow, REMINDER) for n in range(first, first + 500)], NOW)

    async def all_of_them() -> None:
        for first in range(0, many, 500):
            await db.run(plan, first)

    await measured("reminders planned in batches of 500", many, all_of_them)
    await db.run(outbox.put, [Notice("c", "reply", {}, NOW)], NOW)
    await measured("claim of a reply among them", 1, lambda: db.run(outbox.claim, NOW, 1, 30, "w"))


async def booking(db: Database, each: int = 40) -> None:
    await db.run(build, 30)
    await db.run(lambda s: s.execute(update(Window).values(capacity=90)))
    free = await db.run(bookings.free_windows, "hub-1", "general_medicine", NOW, None, 8)
    people = [[await db.run(somebody, f"c{n}", NOW) for _ in range(each)] for n in range(CHATS)]

    def press(s: Connection, person: str, window: int, chat: str) -> None:
        made = bookings.book(s, person, window, "spoke-1", chat, None, f"press {person}", NOW)
        about = f"booking:{getattr(made, 'id', '')}"
        outbox.put(s, [Notice(chat, kind, {}, NOW, about=about) for kind in ("made", "evening", "hours")], NOW)

    async def chat(name: str) -> None:
        for number, person in enumerate(people[int(name[1:])]):
            await db.run(press, person, free[(number + int(name[1:])) % 8].window_id, name)

    await measured("bookings, each with three notices", CHATS * each, lambda: together(chat))


async def together(chat: Callable[[str], Awaitable[None]]) -> None:
    await asyncio.gather(*(chat(f"c{number}") for number in range(CHATS)))


async def measured(what: str, many: int, work: Callable[[], Awaitable[object]]) -> None:
    began, busy = perf_counter(), process_time()
    await work()
    took, busy = perf_counter() - began, process_time() - busy
    print(f"{what:42} {many:7} in {took:7.3f} s: {many / took:8.0f}/s, {busy / many * 1000:7.3f} ms of processor each")


async def main(url: str) -> None:
    migrate(url)
    db = Database(url, Keyring(new_key("k1")))
    for part in (turns, sending, planning, booking):
        await part(db)
    db.close()


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    asyncio.run(main(where if "://" in where else f"sqlite:///{Path(where) / 'measure.db'}"))
