"""The database: one transaction a call, on SQLite by one writer with group commit, on PostgreSQL by a pool of threads.

A function of storage is `f(s, ...)` with `s` the connection inside a transaction. It may be run again when the database
asks for that, so it must do nothing but read and write through `s`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import random
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import audit
from storage.sealed import Keyring
from storage.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 8
"""How often a transaction is run in all when the database says that it stood in the way of another."""

WAL_TRIES = 150
"""Tries, some ten seconds in all, of the first switch of a new SQLite file to write-ahead logging."""

SERIALISATION = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's states that ask for another try: serialisation failure, deadlock, lock not available."""

AWAY = frozenset({"57P01", "57P02", "57P03", "53300", "25006"})
"""PostgreSQL's states of a server going down, starting, full, or standing by read-only."""


SQLITE_AWAY = (
    "database is locked",
    "unable to open",
    "disk I/O error",
    "database or disk is full",
    "attempt to write a readonly",
)
"""How SQLite's messages begin when the file, not the statement, is at fault."""


class DatabaseAway(Exception):
    """The database cannot be reached. Nothing is half done; a commit may have arrived just before the line was cut."""


class Overtaken(Exception):
    """Raised by a storage function when another transaction was faster and this one has to be run again."""


class Database:
    """One SQLite file or PostgreSQL server. `url` is SQLAlchemy's; `ring` opens and seals what is personal."""

    def __init__(self, url: str, ring: Keyring, threads: int = 8) -> None:
        self.url = url
        self.ring = ring
        self.engine = engine(url, ring, threads)
        self.embedded = self.engine.dialect.name == "sqlite"
        self._readers = self.engine
        self._writer: Writer | None = None
        if self.embedded:
            self._readers = _sqlite(url, ring, threads, begin="BEGIN")
            self._writer = Writer(self.engine.connect, retry=_asks_again)
        self._threads = concurrent.futures.ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(self, f: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`f(s, *args)` in a transaction; returns once it is committed.

        Raises what `f` raises (and only its own work is rolled back), or DatabaseAway.
        """
        work = partial(_called, f, args, kwargs)
        if self._writer is None:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._attempt, self.engine, work)
        try:
            result: T = await self._writer.submit(work)
        except DBAPIError as error:
            raise translated(error) from error.orig
        return result

    async def read(self, f: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`f(s, *args)` on a consistent view, apart from the writer. It must not write; it sees what was committed."""
        work = partial(_called, f, args, kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._attempt, self._readers, work)

    def call(self, f: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `run`, for code without an event loop (the command line, tests)."""
        work = partial(_called, f, args, kwargs)
        if self._writer is None:
            return self._attempt(self.engine, work)
        try:
            result: T = self._writer.submit_and_wait(work)
        except DBAPIError as error:
            raise translated(error) from error.orig
        return result

    def close(self) -> None:
        """Ends what is under way, then gives back threads and connections."""
        if self._writer:
            self._writer.close()
        self._threads.shutdown(wait=True)
        self._readers.dispose()
        self.engine.dispose()

    def _attempt(self, on: Engine, work: Callable[[Connection], T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                with on.begin() as s:
                    return work(s)
            except (DBAPIError, Overtaken) as error:
                if not _asks_again(error) or attempt == TRIES:
                    raise translated(error) from getattr(error, "orig", None)
            time.sleep(random.uniform(0, 0.002 * 2**attempt))
        raise AssertionError("the last try returns or raises")


def _called(f: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any], s: Connection) -> T:
    with audit.written_last(s):
        return f(s, *args, **kwargs)


def engine(url: str, ring: Keyring | None, threads: int = 8) -> Engine:
    """An engine whose connections carry the keys. On SQLite a transaction takes the write lock when it begins."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, ring, threads, begin="BEGIN IMMEDIATE")
    return create_engine(
        url,
        pool_size=threads,
        max_overflow=threads,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
        hide_parameters=True,
        execution_options={"ring": ring},
    )


def _sqlite(url: str, ring: Keyring | None, threads: int, begin: str) -> Engine:
    if make_url(url).database in (None, "", ":memory:"):
        raise ValueError("SQLite in memory cannot be shared by threads: name a file, as in sqlite:///var/ingit.db")
    made = create_engine(
        url, pool_size=threads, max_overflow=threads, hide_parameters=True, execution_options={"ring": ring}
    )

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        connection.execute("PRAGMA busy_timeout = 10000")
        _to_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")  # an acknowledged message outlives a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        if begin == "BEGIN":
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(made, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return made


def _to_wal(connection: sqlite3.Connection) -> None:
    """Write-ahead logging. The first switch of a new file does not wait for another process, so it is tried again."""
    for attempt in range(1, WAL_TRIES + 1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == WAL_TRIES:
                raise
        time.sleep(random.uniform(0.02, 0.1))


def _asks_again(error: BaseException) -> bool:
    """Whether the same transaction, run again, may well succeed."""
    if isinstance(error, Overtaken):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return getattr(error.orig, "sqlstate", None) in SERIALISATION or "database is locked" in str(error.orig)


def translated(error: Exception) -> Exception:
    """The error as storage's callers see it: DatabaseAway where trying later is the remedy."""
    if not isinstance(error, DBAPIError):
        return error
    said = str(error.orig).strip()
    lost = error.connection_invalidated or (isinstance(error, OperationalError) and _is_away(error.orig, said))
    return DatabaseAway(said.splitlines()[0] if said else "no connection") if lost else error


def _is_away(cause: BaseException | None, said: str) -> bool:
    if isinstance(cause, sqlite3.Error):
        return said.startswith(SQLITE_AWAY)
    state = getattr(cause, "sqlstate", None)
    return state is None or state in AWAY or state[:2] == "08" or state in SERIALISATION
