"""SQLite's one writer: it gathers whoever waits into one commit, each caller in a savepoint.

SQLite has one write lock and hands it out unfairly, and a disk sync a commit is what costs. One thread that owns the
lock gives every caller its turn, and up to BATCH of them share one sync. What one raises rolls back that one alone.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import random
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection

BATCH = 32
TRIES = 8

Loop = asyncio.AbstractEventLoop
Work = Callable[[Connection], Any]


class Job:
    """One caller's work, and what came of it."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Work, future: Any, loop: Loop | None) -> None:
        self.work = work
        self.future = future
        self.loop = loop
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Tells the caller; one that no longer waits is left alone."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """The writing thread. `connect` opens its connection; `retry(error)` says whether to run a batch again."""

    def __init__(self, connect: Callable[[], Connection], retry: Callable[[BaseException], bool]) -> None:
        self._connect = connect
        self._retry = retry
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        self._door = threading.Lock()  # nobody is let in behind the last
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> asyncio.Future[Any]:
        """The future of `work(s)`, done when it is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._put(Job(work, future, loop))
        return future

    def submit_and_wait(self, work: Work) -> Any:
        """`work(s)`, from a thread without an event loop."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._put(Job(work, future, None))
        return future.result()

    def close(self) -> None:
        """Lets everything submitted so far be committed, then ends the thread."""
        with self._door:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()

    def _put(self, job: Job) -> None:
        with self._door:
            if self._closed:
                raise RuntimeError("the database was closed")
            self._jobs.put(job)

    def _work(self) -> None:
        going = True
        while going:
            jobs, going = self._gather()
            if jobs:
                self._commit_or_fail(jobs)
                _tell(jobs)
        self._drop()

    def _gather(self) -> tuple[list[Job], bool]:
        """At least one job, and those that have come to wait behind it; False when it is the end."""
        jobs: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == BATCH:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _commit_or_fail(self, jobs: list[Job]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                return self._commit(jobs)
            except BaseException as error:
                self._drop()
                if not self._retry(error) or attempt == TRIES:
                    for job in jobs:
                        job.error = error
                    return None
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
        return None

    def _commit(self, jobs: list[Job]) -> None:
        s = self._connection = self._connection or self._connect()
        with s.begin():
            driver: Any = s.connection.driver_connection
            for job in jobs:
                job.result, job.error = None, None
                driver.execute("SAVEPOINT job")
                try:
                    job.result = job.work(s)
                except BaseException as error:
                    if not driver.in_transaction:  # a full disk ends the whole transaction, not the savepoint alone
                        raise
                    job.error = error
                    driver.execute("ROLLBACK TO job")
                driver.execute("RELEASE job")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _tell(jobs: Iterable[Job]) -> None:
    """Hands out the results, with one call into each event loop."""
    by_loop: dict[Loop | None, list[Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, settled in by_loop.items():
        if loop is None:
            _settle(settled)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_settle, settled)


def _settle(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()
