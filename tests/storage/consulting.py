"""A patient at a doctor's, for the tests of what doctors and health officers write."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage import bookings, staff
from storage.records import Booking
from storage.session import Database
from storage.tables import Audit
from storage.windows import free_windows

from .conftest import NOW
from .world import somebody


def enrol(db: Database, role: str, chat: str, **bound: Any) -> str:
    """The staff id of a chat that is enrolled now."""
    code = db.call(staff.invitation, role, "নাম", "command line", NOW, **bound)
    member = db.call(staff.accept, code, chat, NOW)
    assert member is not None
    return member.id


def patient(db: Database, chat: str = "tg:1", which: int = 0, specialty: str = "general_medicine") -> Booking:
    """A booking at hub-1 from spoke-1."""
    person = db.call(somebody, chat, NOW)
    window = db.call(free_windows, "hub-1", specialty, NOW)[which]
    made = db.call(bookings.book, person, window.window_id, "spoke-1", chat, None, f"press {person}", NOW)
    assert isinstance(made, Booking)
    return made


def trace(db: Database, who: str) -> list[str]:
    """What the audit says that somebody did."""
    return list(
        db.call(lambda s: s.execute(select(Audit.action).where(Audit.who == who).order_by(Audit.id)).scalars().all())
    )
