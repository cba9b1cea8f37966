"""What is said because of the day: to those whose turn is near, and to who did not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot import notices
from bot.notices import chats_of, local, told_booking
from flows import day_notices
from storage import day, outbox, turns
from storage.records import Booking
from storage.turns import Turn
from storage.zone import day_of


def after_mark(s: Connection, marked: Booking, status: str, now: datetime) -> None:
    """After staff marked a booking: those behind come nearer, and who did not come hears of it unless taken back."""
    if status == "noshow":
        _missed(s, marked, now)
    else:
        outbox.take_back(s, _missed_about(marked))
    if status != "arrived":
        near_turns(s, marked.session_id, now)


def near_turns(s: Connection, session_id: int, now: datetime) -> None:
    """Tells each whose turn is near, once."""
    for turn in turns.near(s, session_id, now):
        planned = day_notices.near_turn(told_turn(turn, now), now)
        outbox.put(s, notices.of_booking(turn.booking, [planned], chats_of(turn.booking)), now)


def close_the_day(s: Connection, now: datetime, limit: int = 200) -> int:
    """Marks who did not come to sessions that are over; how many, at most `limit`: to be called again while it is that.

    Who did not come is written to only where somebody of the session was marked at all: elsewhere nobody kept the
    day, and they may well have been seen.
    """
    gone = day.absent(s, now, limit)
    kept = {session: day.was_kept(s, session) for session in {one.session_id for one in gone}}
    for one in gone:
        if kept[one.session_id]:
            _missed(s, one, now)
    return len(gone)


def told_turn(turn: Turn, now: datetime) -> dict[str, Any]:
    """A turn as flows know it; the expected time is rounded up to five minutes."""
    today = day_of(turn.booking.starts_at) == day_of(now)
    told = {"ahead": turn.ahead, "called": turn.called, "today": today}
    return told_booking(turn.booking, now) | told | {"expected": turn.expected and local(_to_five(turn.expected))}


def _to_five(moment: datetime) -> datetime:
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + timedelta(minutes=5 if over else 0)


def _missed(s: Connection, booking: Booking, now: datetime) -> None:
    planned = day_notices.missed(told_booking(booking, now), now)
    chats = chats_of(booking) if planned else ()
    about = _missed_about(booking)
    outbox.put(s, [notices.notice(planned, c, about, notices.key("missed", booking, c)) for c in chats if planned], now)


def _missed_about(booking: Booking) -> str:
    return f"missed:{booking.id}"
