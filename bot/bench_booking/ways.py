"""The ways to book that are measured: ours, a plain writer, and the control that counts and then inserts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DBAPIError

from bot.bench_booking.world import CAPACITY, NOW, STARTS, Press, press
from storage.session import Database
from storage.tables import ACTIVE, Booking

AT_ONCE = 16
WRITERS = 8
"""Threads of the plain writer, a connection each."""
Took = list[float]


async def ours(db: Database, presses: Sequence[Press], at_once: int = AT_ONCE) -> Took:
    """As the service books: `db.run`. Seconds of each, from asking to the commit."""
    queue = iter(presses)

    async def actor() -> Took:
        took = []
        for one in queue:
            began = time.perf_counter()
            await db.run(press, one)
            took.append(time.perf_counter() - began)
        return took

    return [one for some in await asyncio.gather(*(actor() for _ in range(at_once))) for one in some]


def plain(db: Database, presses: Sequence[Press]) -> Took:
    """The same statements by threads that each have a connection and take the write lock when they begin."""
    return _by_threads(WRITERS, presses, lambda one: _in_transaction(db.engine, one))


def _in_transaction(on: Engine, one: Press) -> None:
    while True:
        try:
            with on.begin() as s:
                press(s, one)
            return
        except DBAPIError as error:
            if "locked" not in str(error.orig):
                raise


def count_then_insert(db: Database, presses: Sequence[Press]) -> Took:
    """The control: looks whether a place is left, then takes it, as is often written.

    On PostgreSQL both in one transaction as it comes (read committed); on SQLite as Python's driver opens one by
    itself: deferred, and only before the INSERT.
    """
    if not db.embedded:
        return _by_threads(AT_ONCE, presses, lambda one: _counted(db.engine, one))
    file = db.engine.url.database
    return _by_threads(AT_ONCE, presses, lambda one: _counted_on_file(str(file), one))


def _counted(on: Engine, one: Press) -> None:
    with on.begin() as s:
        if _left(s, one):
            s.execute(insert(Booking), _row(one))


def _left(s: Connection, one: Press) -> bool:
    there = select(func.count()).where(Booking.window_id == one.window, Booking.status.in_(ACTIVE))
    return (s.scalar(there) or 0) < CAPACITY


def _counted_on_file(file: str, one: Press) -> None:
    import sqlite3

    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        (there,) = connection.execute(
            "SELECT count(*) FROM booking WHERE window_id = ? AND status = 'booked'", (one.window,)
        ).fetchone()
        if there < CAPACITY:
            row = {name: str(value) if name.endswith("_at") else value for name, value in _row(one).items()}
            marks = ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO booking ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def _row(one: Press) -> dict[str, Any]:
    return {
        "id": one.person, "key": one.person, "person_id": one.person, "window_id": one.window,
        "session_id": one.window, "spoke_id": "spoke", "chat": one.chat, "urgency": 3, "status": "booked",
        "starts_at": STARTS, "ends_at": STARTS, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def _by_threads(threads: int, presses: Sequence[Press], book: Any) -> Took:
    queue = iter(presses)

    def writer(_number: int) -> Took:
        took = []
        for one in _shared(queue):
            began = time.perf_counter()
            book(one)
            took.append(time.perf_counter() - began)
        return took

    with ThreadPoolExecutor(threads) as pool:
        return [one for some in pool.map(writer, range(threads)) for one in some]


def _shared(queue: Iterator[Press]) -> Iterator[Press]:
    """A list's iterator hands each item to one thread only."""
    while (one := next(queue, None)) is not None:
        yield one
