"""How much the bot may send: at most the rate in any one second over all processes, nothing while told to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.dialect import insert_new
from storage.tables import Bucket

BOT = "bot"
SECOND = timedelta(seconds=1.02)
"""A second by the receiver's clock, whose requests are not all equally long on the way."""

FIFTH = timedelta(seconds=0.2)


def take_tokens(s: Connection, now: datetime, wanted: int, rate: int = 30, steady: bool = False) -> int:
    """How many of `wanted` may be sent now: at most `rate` in any second, 0 while paused.

    `steady` is for what can wait: it is spread over the second, so that a reply among it does not find the whole second
    used up at its beginning.
    """
    found = _hold(s)
    if found is None:
        s.execute(insert_new(s, Bucket), {"name": BOT, "taken": {}})
        found = _hold(s)
    taken, paused_until = found if found else ({}, None)
    if paused_until is not None and now < paused_until:
        return 0
    # Callers read their clock before they queue for the row, so they come out of order: none falls behind the latest.
    at = max([now, *map(datetime.fromisoformat, taken)])
    recent = {moment: count for moment, count in taken.items() if at - SECOND < datetime.fromisoformat(moment)}
    granted = max(0, min(wanted, rate - sum(recent.values())))
    if steady:
        lately = sum(count for moment, count in recent.items() if at - FIFTH < datetime.fromisoformat(moment))
        granted = max(0, min(granted, rate // 5 + 1 - lately))
    if granted:
        recent[at.isoformat()] = recent.get(at.isoformat(), 0) + granted
        s.execute(update(Bucket).where(Bucket.name == BOT).values(taken=recent))
    return granted


def pause(s: Connection, until: datetime) -> None:
    """Nobody sends until then: the channel told us to wait. A longer wait already in force stays."""
    s.execute(insert_new(s, Bucket), {"name": BOT, "taken": {}})
    shorter = (Bucket.paused_until.is_(None)) | (Bucket.paused_until < until)
    s.execute(update(Bucket).where(Bucket.name == BOT, shorter).values(paused_until=until))


def paused_until(s: Connection) -> datetime | None:
    """Until when all sending is paused, if it was ever."""
    found: datetime | None = s.execute(select(Bucket.paused_until).where(Bucket.name == BOT)).scalar()
    return found


def _hold(s: Connection) -> tuple[dict[str, int], datetime | None] | None:
    row = s.execute(select(Bucket.taken, Bucket.paused_until).where(Bucket.name == BOT).with_for_update()).first()
    return (row.taken, row.paused_until) if row else None
