"""Whom a change of sessions concerns: who stands in a window that is shut or too full, or will be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal, or_, select

from storage.bookings import booking
from storage.changes import Scope, some
from storage.records import Booking as Booked
from storage.tables import STANDS, Booking, Session, Waiting, Window

WAITS = "replan:"
"""With the booking's id: the key of the waiting list entry of who found no place."""
Order = tuple[int, datetime, str]
"""Urgency, when the booking was made, its id: the order in which people are given places."""


def movable(now: datetime) -> Any:
    """Who still expects to be seen: to come, or here and not yet called."""
    here = (Booking.status == "arrived") & (Session.ends_at > now)
    return Booking.status.in_(STANDS) & Booking.called_at.is_(None) & or_(Window.ends_at > now, here)


def listed() -> Any:
    """Whether the booking found no place and waits for one, or its person waits in place of another of theirs."""
    own = Waiting.key == literal(WAITS) + Booking.id
    persons = (Waiting.person_id == Booking.person_id) & (Waiting.status == "active") & Waiting.key.like(f"{WAITS}%")
    same = select(Session.id).where(Session.id == Booking.session_id, Session.specialty == Waiting.specialty).exists()
    return select(Waiting.id).where(or_(own, persons & same)).exists()


_ORDER = (Booking.urgency, Booking.created_at, Booking.id)


def _of_sessions(ids: Sequence[int], now: datetime) -> Any:
    found = select(*_ORDER).join(Window, Window.id == Booking.window_id).join(Session, Session.id == Booking.session_id)
    return found.where(Booking.session_id.in_(ids), movable(now))


def in_shut(s: Connection, ids: Sequence[int], now: datetime, limit: int) -> list[Order]:
    """Of windows that are shut: the first `limit` who still need a place."""
    found = _of_sessions(ids, now).where(~Window.open, ~listed()).order_by(*_ORDER).limit(limit)
    return [(urgency, created, id) for urgency, created, id in s.execute(found)]


def too_many(s: Connection, ids: Sequence[int], now: datetime) -> list[Order]:
    """Of windows that hold more people than they take: the least urgent and latest, as many as are too many."""
    full = select(Window.id, Window.taken - Window.capacity)
    full = full.where(Window.session_id.in_(ids), Window.open, Window.taken > Window.capacity)
    found: list[Order] = []
    for window_id, excess in s.execute(full).all():
        within = _of_sessions(ids, now).where(Booking.window_id == window_id)
        waiting = len(s.execute(within.where(listed())).all())
        found += _last(s.execute(within.where(~listed())).all(), excess - waiting)
    return found


def _last(rows: Iterable[Any], number: int) -> list[Order]:
    ordered = sorted(((urgency, created, id) for urgency, created, id in rows), reverse=True)
    return ordered[: max(0, number)]


def concerned(s: Connection, touched: Scope, now: datetime) -> list[Booked]:
    """Whom a change that is not made yet will affect, most urgent first."""
    found: list[Order] = []
    for ids in some(touched.sessions):
        if touched.shuts:
            rows = s.execute(_of_sessions(ids, now).where(touched.condition(), ~listed()))
            found += [(urgency, created, id) for urgency, created, id in rows]
        elif touched.capacity is not None:
            found += _will_be_too_many(s, touched, ids, now)
        else:
            found += [(urgency, created, id) for urgency, created, id in s.execute(_of_sessions(ids, now))]
    return [booking(s, id) for *_, id in sorted(found)]


def _will_be_too_many(s: Connection, touched: Scope, ids: Sequence[int], now: datetime) -> list[Order]:
    standing = select(Booking.window_id, Booking.id).where(Booking.session_id.in_(ids), Booking.status.in_(STANDS))
    held: dict[int, int] = {}
    for window_id, _ in s.execute(standing.join(Window, Window.id == Booking.window_id).where(touched.condition())):
        held[window_id] = held.get(window_id, 0) + 1
    found: list[Order] = []
    for window_id, people in held.items():
        rows = s.execute(_of_sessions(ids, now).where(Booking.window_id == window_id)).all()
        found += _last(rows, people - (touched.capacity or 0))
    return found
