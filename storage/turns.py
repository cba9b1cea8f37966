"""Whose turn is when, in a session that goes on.

People are seen in the order of their tokens. Whoever is called out of it is in the doctor's room all the same, and
counts as before everybody who still waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import Connection, Integer, bindparam, literal_column, or_, select

from storage.booked import ACTED_FOR, SELECT, booked, booking
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.tables import STANDS, Booking, Session, Window
from storage.zone import day_of

NEAR = 3
"""How many are before somebody who is told that their turn is near."""
LEAVE_NOW = timedelta(minutes=45)
"""Who has not come yet is told so only if their window begins within this time."""
CALLS_TO_TRUST = 3
"""From so many calls on, today's own pace is better than the roster's."""

ON_DAY = (*STANDS, "fulfilled", "noshow")
"""The status words of those who have, or had, a token of the day."""
ON_THE_DAY = Booking.status.in_([literal_column(f"'{status}'") for status in ON_DAY])
_LINE = Prepared(
    select(
        Booking.id, Booking.token_number, Booking.status, Booking.called_at, Window.starts_at, Window.ends_at,
        Window.capacity,
    )
    .join(Window, Window.id == Booking.window_id)
    .where(Booking.session_id == bindparam("of"), ON_THE_DAY)
    .order_by(Booking.token_number, Booking.id)
)  # fmt: skip
_BEGAN = Prepared(select(Session.starts_at).where(Session.id == bindparam("of")))
_TODAYS = Prepared(
    SELECT.where(
        ACTED_FOR,
        or_(
            Booking.status.in_([literal_column(f"'{status}'") for status in STANDS])
            & (Session.date >= bindparam("today")),
            (Booking.status == literal_column("'noshow'")) & (Session.date == bindparam("today")),
        ),
    )
    .order_by(Window.starts_at, Booking.token_number, Booking.id)
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Turn:
    """When a booking's turn comes. `expected` is None where it cannot be said; `ahead` counts who is in the room."""

    booking: Booked
    ahead: int
    expected: datetime | None
    called: bool = False


@dataclass(frozen=True, slots=True)
class InLine:
    """A token of a session, as far as the order goes."""

    id: str
    token: int
    status: str
    called_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    capacity: int

    @property
    def slot(self) -> timedelta:
        """What the roster gives one person."""
        return (self.ends_at - self.starts_at) / max(1, self.capacity)


def queue(s: Connection, session_id: int) -> list[InLine]:
    """Everybody with a token of this session, in order of tokens."""
    return [InLine(*row) for row in _LINE.rows(s, of=session_id)]


def turn_of(s: Connection, of: Booked, now: datetime) -> Turn:
    """Who is before this booking in its session, and when its turn is to be expected."""
    return _turn(of, queue(s, of.session_id), _began(s, of.session_id), now)


def turns_of(s: Connection, chat: str, now: datetime, limit: int = 10) -> list[Turn]:
    """The turns of everybody this chat may act for, today's and those to come, soonest first.

    Who did not come today so far is among them, with their status.
    """
    rows = _TODAYS.rows(s, of_chat=chat, today=day_of(now), most=limit)
    return [turn_of(s, booked(s, row), now) for row in rows]


def near(s: Connection, session_id: int, now: datetime) -> list[Turn]:
    """Those whose turn is near: NEAR or fewer before them, come or due to leave now, and not called yet."""
    line, starts_at = queue(s, session_id), _began(s, session_id)
    waiting = [one for one in line if one.status in STANDS and one.called_at is None]
    close = [one for one in waiting if one.status == "arrived" or one.starts_at <= now + LEAVE_NOW]
    turns = (_turn(booking(s, one.id), line, starts_at, now) for one in close if len(_ahead(one, line)) <= NEAR)
    return list(turns)


def _began(s: Connection, session_id: int) -> datetime:
    row = _BEGAN.first(s, of=session_id)
    assert row is not None
    began: datetime = row[0]
    return began


def _in_the_room(line: Sequence[InLine]) -> InLine | None:
    """Who was called last and is not done: calling the next one says that the one before has left."""
    called = [one for one in line if one.called_at is not None and one.status != "noshow"]
    last = max(called, key=lambda one: (one.called_at or one.starts_at, one.token), default=None)
    return last if last and last.status == "arrived" else None


def _ahead(me: InLine, line: Sequence[InLine]) -> list[InLine]:
    """Who is seen before me: in the room, or waiting with a smaller token."""
    room = _in_the_room(line)
    waiting = [one for one in line if one.token < me.token and one.status in STANDS and one.called_at is None]
    return [room, *waiting] if room and room.id != me.id else waiting


def _turn(of: Booked, line: Sequence[InLine], began: datetime, now: datetime) -> Turn:
    me = next(one for one in line if one.id == of.id)
    if me.called_at is not None or me.status == "noshow":
        return Turn(of, 0, None, called=me.called_at is not None)
    ahead, pace = _ahead(me, line), _pace(line, me)
    calls = [one for one in line if one.called_at is not None]
    if not calls and now >= began + 2 * me.slot and now >= me.starts_at:
        return Turn(of, len(ahead), None)  # it goes on, and nobody writes down who was seen
    expected = _when(ahead, _in_the_room(line), pace, began, now)
    return Turn(of, len(ahead), expected if _runs_ahead(calls) else max(expected, me.starts_at))


def _when(ahead: Sequence[InLine], room: InLine | None, pace: timedelta, began: datetime, now: datetime) -> datetime:
    if room is None or room.called_at is None:
        return max(now, began) + len(ahead) * pace
    return max(now, room.called_at + pace) + (len(ahead) - 1) * pace


def _pace(line: Sequence[InLine], me: InLine) -> timedelta:
    """The median time between two calls today; before there are enough, what the roster gives one person."""
    calls = sorted(one.called_at for one in line if one.called_at is not None)
    if len(calls) < CALLS_TO_TRUST:
        return me.slot
    gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(calls)]
    return timedelta(seconds=max(60.0, median(gaps)))


def _runs_ahead(calls: Sequence[InLine]) -> bool:
    """Whether the last one who was called was called before their own window."""
    last = max(calls, key=lambda one: one.called_at or one.starts_at, default=None)
    return last is not None and last.called_at is not None and last.called_at < last.starts_at
