"""Planning a day: its notices into the outbox in batches; beside it APScheduler with a job for each in its store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot.garbage import settle
from storage import outbox
from storage.migrate import migrate
from storage.outbox import REMINDER, Notice
from storage.sealed import Keyring, new_key
from storage.session import Database

DAY = 240_000
"""Notices of a day: 80,000 bookings, each with three."""
BATCH = 4000
NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
Fresh = Callable[[], AbstractContextManager[str]]


def reminder(number: int, due: datetime = NOW) -> Notice:
    """A reminder as the evening before a booking has it."""
    args = {
        "name": "রহিম শেখ", "spoke": {"bn": "মেমারি স্বাস্থ্য কেন্দ্র", "en": "Memari health centre"}, "token": number % 200,
        "at": {"at": "2026-11-24T10:30+05:30"},
    }  # fmt: skip
    return Notice(
        f"tg:{number}", "evening_before", {"text": "choice.yes", "args": args, "step": 0}, due, REMINDER,
        due + timedelta(hours=3), f"booking:{number}", f"evening_before:{number}", must_arrive=True,
    )  # fmt: skip


def plan_day(fresh: Fresh, number: int = DAY) -> dict[str, Any]:
    """So many notices, sealed, in transactions of BATCH, on a database with its indexes."""
    with fresh() as url:
        migrate(url)
        db = Database(url, Keyring(new_key("bench")))
        settle()  # as the service does
        try:
            notices = (reminder(n, NOW + timedelta(seconds=n % 3600)) for n in range(number))
            return _timed(number, lambda: [db.call(outbox.plan, some, NOW) for some in batches(notices)])
        finally:
            db.close()


def batches(notices: Iterator[Notice]) -> Iterator[list[Notice]]:
    """BATCH at a time."""
    while some := list(islice(notices, BATCH)):
        yield some


def plan_with_apscheduler(fresh: Fresh, number: int) -> dict[str, Any]:
    """The rival: so many jobs of one date each; what a whole day would take is this multiplied, and says so."""
    with fresh() as url:
        scheduler = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url=url)}, timezone=UTC)
        scheduler.start(paused=True)
        due = datetime.now(UTC) + timedelta(days=1)
        try:
            found = _timed(
                number, lambda: [_job(scheduler, n, due + timedelta(seconds=n % 3600)) for n in range(number)]
            )
        finally:
            scheduler.shutdown(wait=False)
        return found | {"extrapolated_seconds_for_a_day": round(DAY / found["a_second"])}


def _job(scheduler: BackgroundScheduler, number: int, due: datetime) -> Any:
    return scheduler.add_job(print, "date", run_date=due, args=[reminder(number).payload], id=str(number))


def _timed(number: int, work: Callable[[], Any]) -> dict[str, Any]:
    began, spent = time.perf_counter(), time.process_time()
    work()
    took, of_cpu = time.perf_counter() - began, time.process_time() - spent
    return {"notices": number, "a_second": round(number / took), "a_second_of_cpu": round(number / of_cpu)}
