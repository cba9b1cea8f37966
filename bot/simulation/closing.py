"""A session is closed and its people get other places. `close_session` is what to swap for another re-planning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from bot.notices import chats_of, remind, told_booking
from storage import bookings, outbox, waiting
from storage.outbox import TIME_CRITICAL, Notice
from storage.records import Booking, Refusal
from storage.session import Database
from storage.tables import STANDS, Session, Window
from storage.tables import Booking as Row

HORIZON = timedelta(days=2)
CHOICES = 30


@dataclass(frozen=True)
class Moved:
    """What became of one booking: another place (as flows know it), or None: on the waiting list."""

    old: str
    chat: str
    told: dict[str, Any] | None


async def close_session(db: Database, session_id: int, now: datetime) -> Sequence[Moved]:
    """Closes a session and gives everybody in it another place of the hub, the most urgent first; each is told."""
    standing = await db.run(_shut, session_id)
    return [moved for id in standing if (moved := await db.run(_move, id, now))]


def _shut(s: Connection, session_id: int) -> list[str]:
    s.execute(update(Window).where(Window.session_id == session_id).values(open=False))
    s.execute(update(Session).where(Session.id == session_id).values(status="closed"))
    standing = select(Row.id).where(Row.session_id == session_id, Row.status.in_(STANDS))
    return list(s.scalars(standing.order_by(Row.urgency, Row.starts_at, Row.id)))


def _move(s: Connection, id: str, now: datetime) -> Moved | None:
    """The new place first, then the old one is given up; without a new one, the waiting list."""
    old = bookings.booking(s, id)
    if old.status not in STANDS:
        return None
    urgent = old.urgency <= bookings.WITHIN_A_DAY
    free = bookings.free_windows(s, old.hub_id, old.specialty, now, now + HORIZON, CHOICES, urgent)
    for window in free:
        made = bookings.reschedule(s, id, window.window_id, f"closed:{id}", old.chat, now)
        if not isinstance(made, Refusal):
            told = told_booking(made, now)
            remind(s, made, told, now)
            _tell(s, made, "moved", now)
            return Moved(id, old.chat, told)
    wanted = (now, now + HORIZON)
    waiting.join(s, old.person_id, old.spoke_id, old.specialty, old.chat, old.decision_id, f"w:{id}", wanted, now)
    bookings.cancel(s, id, old.chat, now)
    _tell(s, old, "closed", now)
    return Moved(id, old.chat, None)


def _tell(s: Connection, booking: Booking, kind: str, now: datetime) -> None:
    notices = [
        Notice(chat, kind, {"text": f"session.{kind}"}, now, TIME_CRITICAL, key=f"{kind}:{booking.id}:{chat}")
        for chat in chats_of(booking)
    ]
    outbox.put(s, notices, now)
