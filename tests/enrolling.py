"""Making a chat of a test staff."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.channels.jsonl import CHANNEL
from storage import people, pins, staff
from storage.tables import Booking, Session, Spoke
from tests.driving import Service

PIN, LONG = "2580", timedelta(days=365)


async def enrol(service: Service, role: str, chat: str, lang: str = "en", stays_open: bool = True) -> None:
    """Make `chat` an ASHA worker, or the doctor, a coordinator or the spoke's health officer of the newest booking.

    `stays_open`: their PIN is given for a year; else they have none yet.
    """
    await service.db.run(_enrol, role, f"{CHANNEL}:{chat}", lang, service.now(), stays_open)


def _enrol(s: Connection, role: str, chat: str, lang: str, now: datetime, stays_open: bool) -> None:
    doctor = area = hub = None
    newest = select(Session.doctor_id, Session.hub_id).join(Booking, Booking.session_id == Session.id)
    newest = newest.order_by(Booking.created_at.desc()).limit(1)
    if role == "doctor":
        doctor = s.execute(newest).scalar_one()
    elif role == "coordinator":
        hub = s.execute(newest).one().hub_id
    elif role == "health_officer":
        area = s.execute(select(Booking.spoke_id).order_by(Booking.created_at.desc()).limit(1)).scalar_one()
    else:
        area = s.execute(select(Spoke.id).order_by(Spoke.id).limit(1)).scalar_one()
    people.set_language(s, chat, lang, now)
    code = staff.invitation(s, role, "Test", "command line", now, area=area, doctor_id=doctor, hub_id=hub)
    assert staff.accept(s, code, chat, now) is not None
    if stays_open:
        pins.put(s, chat, pins.hashed(PIN), now, LONG)
