"""A transaction a call: nothing of one caller shows in another, and a database that is away says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import IntegrityError

from storage import inbox, outbox
from storage.sealed import Keyring
from storage.session import Database, DatabaseAway
from storage.tables import Inbox

from .conftest import NOW


def keep(s: Connection, number: int) -> int:
    inbox.receive(s, "test", str(number), "chat", {"number": number}, NOW)
    if number % 3 == 0:
        raise ValueError(number)
    return number


def count(s: Connection) -> int:
    return s.execute(select(func.count()).select_from(Inbox)).scalar_one()


async def test_what_one_caller_raises_rolls_back_that_caller_alone(db: Database) -> None:
    results = await asyncio.gather(*(db.run(keep, number) for number in range(60)), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError if number % 3 == 0 else int for number in range(60)]
    assert await db.read(count) == 40


async def test_a_broken_rule_of_the_database_is_one_callers_too(db: Database) -> None:
    def twice(s: Connection) -> None:
        row = {"channel": "c", "key": "k", "chat": "x", "payload": b"", "received_at": NOW}
        s.execute(Inbox.__table__.insert(), row)
        s.execute(Inbox.__table__.insert(), row)

    results = await asyncio.gather(db.run(keep, 1), db.run(twice), db.run(keep, 2), return_exceptions=True)
    assert results[0] == 1 and results[2] == 2
    assert isinstance(results[1], IntegrityError)
    assert await db.read(count) == 2


async def test_waiting_callers_share_a_commit(db: Database) -> None:
    if not db.embedded:
        pytest.skip("PostgreSQL commits for each")
    commits = 0

    @event.listens_for(db.engine, "commit")
    def committed(_connection: Connection) -> None:
        nonlocal commits
        commits += 1

    await asyncio.gather(*(db.run(count) for _ in range(320)))
    assert 10 <= commits < 40


async def test_a_reader_sees_what_was_committed(db: Database) -> None:
    await db.run(keep, 1)
    assert await db.read(count) == 1


async def test_a_reader_cannot_write_past_the_one_writer(db: Database) -> None:
    if not db.embedded:
        pytest.skip("PostgreSQL has many writers")
    with pytest.raises(Exception, match="readonly"):
        await db.read(keep, 1)


async def test_a_database_that_is_away_says_so_and_comes_back(tmp_path: Path, ring: Keyring) -> None:
    missing = Database(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}", ring)
    with pytest.raises(DatabaseAway):
        await missing.run(count)
    with pytest.raises(DatabaseAway):
        await missing.read(count)
    missing.close()
    refused = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing", ring)
    with pytest.raises(DatabaseAway):
        await refused.run(count)
    refused.close()


async def test_a_cut_line_is_away_once_and_the_next_call_works(db: Database) -> None:
    if db.embedded:
        pytest.skip("SQLite has no line to cut")

    def cut(s: Connection) -> None:
        with db.engine.connect() as other:
            pid = s.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        outbox.put(s, [outbox.Notice("a", "k", {}, NOW)], NOW)

    with pytest.raises(DatabaseAway):
        await db.run(cut)
    assert await db.run(outbox.counts) == {}


def test_in_memory_is_refused_with_what_to_do(ring: Keyring) -> None:
    with pytest.raises(ValueError, match="name a file"):
        Database("sqlite://", ring)
