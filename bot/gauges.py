"""What stands in the database, looked at when the metrics are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot import metrics
from storage import dead_letters, inbox
from storage.dead_letters import Due
from storage.outbox import DIGEST
from storage.session import Database, DatabaseAway

log = structlog.get_logger(__name__)

Found = tuple[list[Due], int, int, datetime | None]


async def look(db: Database, now: Callable[[], datetime]) -> None:
    """Sets the gauges; while the database is away they keep their last values and that is counted."""
    try:
        queue, dead, undone, oldest = await db.read(_found, now())
    except DatabaseAway as error:
        metrics.DATABASE_AWAY.labels("metrics").inc()
        log.warning("database_away", where="metrics", error=str(error))
        return
    _set(queue, now())
    metrics.DEAD.set(dead)
    metrics.INBOX_WAITING.set(undone)
    metrics.INBOX_LAG.set(_age(oldest, now()))


def _found(s: Connection, now: datetime) -> Found:
    return dead_letters.queue(s, now), dead_letters.count(s), inbox.undone(s), inbox.oldest(s)


def _set(queue: list[Due], now: datetime) -> None:
    """Every priority, also those of which nothing waits: a gauge that is left out keeps its old value."""
    by_priority = {one.priority: one for one in queue}
    for priority in range(DIGEST + 1):
        one = by_priority.get(priority, Due(priority, 0, 0, None))
        metrics.WAITING.labels(str(priority)).set(one.waiting)
        metrics.DUE.labels(str(priority)).set(one.due)
        metrics.OLDEST_DUE.labels(str(priority)).set(_age(one.oldest, now))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
