"""What is measured and remarked before a consultation: by the spoke's health officer, or by a doctor who hands over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from storage import audit
from storage.booked import SELECT, booked, booking
from storage.columns import new_id
from storage.records import Booking as Booked
from storage.records import NotAllowed, Observed
from storage.scope import acting
from storage.sealed import ring
from storage.tables import STANDS, Booking, Observation, Session

FRESH = timedelta(hours=24)
"""What was measured for another booking of the person counts for so long: who is handed over is not measured anew."""


def add(s: Connection, staff_id: str, booking_id: str, content: dict[str, Any], now: datetime) -> str:
    """Keeps {"vitals": {name: number}, "remark": words} of a booking that stands; the id.

    By a health officer of its spoke or a doctor of its hub; else NotAllowed. Raises NotAllowed for a booking that is
    over too: what is measured afterwards belongs to the next one.
    """
    found = booking(s, booking_id)
    _of_this(s, staff_id, found)
    if found.status not in STANDS or found.name is None:
        raise NotAllowed(f"booking {booking_id} is {found.status}, or of somebody who asked to be forgotten")
    return keep(s, staff_id, found, content, now)


def keep(s: Connection, staff_id: str, found: Booked, content: dict[str, Any], now: datetime) -> str:
    """As `add`, for those who were found to be allowed."""
    id = new_id()
    row = {"id": id, "booking_id": found.id, "person_id": found.person_id, "taken_by": staff_id, "taken_at": now}
    s.execute(insert(Observation).values(content=ring(s).seal(content, _place(id)), **row))
    audit.append(s, staff_id, "observation", f"booking:{found.id}", now)
    return id


def of_booking(s: Connection, found: Booked, now: datetime) -> list[Observed]:
    """What was observed for a booking, and lately of its person, newest first; for those found to be allowed."""
    lately = (Observation.person_id == found.person_id) & (Observation.taken_at > now - FRESH)
    of = select(Observation.id, Observation.content, Observation.taken_at)
    rows = s.execute(
        of.where(or_(Observation.booking_id == found.id, lately)).order_by(Observation.taken_at.desc(), Observation.id)
    )
    return [Observed(**_opened(s, id, content), taken_at=at) for id, content, at in rows]


def todays(s: Connection, staff_id: str, day: date, now: datetime) -> list[Booked]:
    """Who comes that day (Asia/Kolkata) to the spoke of a health officer, by the hour; the reading is audited."""
    member = acting(s, staff_id, "health_officer")
    found = SELECT.where(Booking.spoke_id == member.area, Session.date == day, Booking.status.in_(STANDS))
    audit.append(s, staff_id, "spoke list", f"spoke:{member.area}", now)
    return [booked(s, row) for row in s.execute(found.order_by(Booking.starts_at, Booking.token_number, Booking.id))]


def _of_this(s: Connection, staff_id: str, found: Booked) -> None:
    member = acting(s, staff_id, "health_officer", "doctor")
    theirs = member.area == found.spoke_id if member.role == "health_officer" else member.hub_id == found.hub_id
    if not theirs:
        raise NotAllowed(f"booking {found.id} is not of the spoke or hub of staff {staff_id}")


def _opened(s: Connection, id: str, content: bytes) -> dict[str, Any]:
    opened = ring(s).open(content, _place(id))
    return {"vitals": opened.get("vitals", {}), "remark": opened.get("remark", "")}


def _place(id: str) -> str:
    return f"observation/content/{id}"
