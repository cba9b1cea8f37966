"""The sessions of a hub, as whoever changes them looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from storage.tables import Booking, Doctor, Session, Window


def sessions_of(s: Connection, hub_id: str, days: Sequence[date], now: datetime) -> list[dict[str, Any]]:
    """The sessions of a hub on these days that are not over, by the hour, each with how many people have a place."""
    people = func.count(Booking.id).label("people")
    columns = (Session.id, Session.doctor_id, Doctor.name_bn, Doctor.name_en, Session.specialty, Session.starts_at,
               Session.ends_at, Session.status)  # fmt: skip
    found = (
        select(*columns, people)
        .join(Doctor, Doctor.id == Session.doctor_id)
        .outerjoin(Booking, (Booking.session_id == Session.id) & Booking.status.in_(("booked", "arrived")))
        .where(Session.hub_id == hub_id, Session.date.in_(days), Session.ends_at > now)
        .group_by(*columns)
        .order_by(Session.starts_at, Session.id)
    )
    return [dict(row) for row in s.execute(found).mappings()]


def ends_of(s: Connection, session_id: int, now: datetime) -> list[datetime]:
    """The times, to come, at which the session can end earlier than it does: the ends of its windows but the last."""
    found = select(Window.ends_at).join(Session, Session.id == Window.session_id)
    found = found.where(Window.session_id == session_id, Window.open, Window.ends_at > now)
    return list(s.scalars(found.where(Window.ends_at < Session.ends_at).order_by(Window.ends_at)))
