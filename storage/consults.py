"""Doctors' summaries: a draft until it is signed, then a version that stays; a correction is the next version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage import audit
from storage.bookings import booking
from storage.columns import new_id
from storage.people import require
from storage.records import Consult as Summary
from storage.records import Unknown
from storage.scope import at_hub
from storage.sealed import ring
from storage.tables import STANDS, Booking, Consult

_COLUMNS = (
    Consult.id, Consult.booking_id, Consult.person_id, Consult.doctor_id, Consult.version, Consult.status,
    Consult.content, Consult.saved_at, Consult.signed_at,
)  # fmt: skip


def save(s: Connection, staff_id: str, booking_id: str, content: dict[str, Any], now: datetime) -> Summary:
    """Keeps a draft of a doctor of the booking's hub: over the draft that is there, or as the next version."""
    found = booking(s, booking_id)
    member = at_hub(s, staff_id, found.hub_id, "doctor")
    last = _last(s, booking_id)
    if last and last.status == "draft":
        change = update(Consult).where(Consult.id == last.id, Consult.status == "draft")
        s.execute(change.values(content=_sealed(s, last.id, content), doctor_id=member.doctor_id, saved_at=now))
    else:
        id = new_id()
        kept: dict[str, Any] = {"id": id, "booking_id": booking_id, "person_id": found.person_id}
        kept |= {"doctor_id": member.doctor_id}
        kept |= {"version": last.version + 1 if last else 1, "status": "draft", "content": _sealed(s, id, content)}
        s.execute(insert(Consult).values(**kept, saved_at=now))
    audit.append(s, staff_id, "summary draft", f"booking:{booking_id}", now)
    return _required(s, booking_id)


def sign(s: Connection, staff_id: str, booking_id: str, now: datetime) -> Summary:
    """Makes the draft final, and the booking fulfilled. A second press finds it signed and gives the same.

    Raises LookupError if nothing was written.
    """
    found = booking(s, booking_id)
    member = at_hub(s, staff_id, found.hub_id, "doctor")
    last = _required(s, booking_id)
    if last.status == "final":
        return last
    final = {"status": "final", "signed_at": now, "doctor_id": member.doctor_id}
    s.execute(update(Consult).where(Consult.id == last.id).values(**final))
    stands = update(Booking).where(Booking.id == booking_id, Booking.status.in_((*STANDS, "noshow")))
    s.execute(stands.values(status="fulfilled", called_at=func.coalesce(Booking.called_at, now), updated_at=now))
    audit.append(s, staff_id, "summary signed", f"booking:{booking_id}", now)
    return _required(s, booking_id)


def summaries_of(s: Connection, person_id: str) -> list[Summary]:
    """The signed summaries of a person, the newest first, of each consultation the version that stands."""
    found = select(*_COLUMNS).where(Consult.person_id == person_id, Consult.status == "final")
    standing: dict[str, Summary] = {}
    for row in s.execute(found.order_by(Consult.signed_at.desc(), Consult.version.desc())):
        standing.setdefault(row.booking_id, _summary(s, row))
    return list(standing.values())


def summaries_for(s: Connection, chat: str, person_id: str) -> list[Summary]:
    """As `summaries_of`, if this chat may act for the person; else NotAllowed."""
    require(s, chat, person_id)
    return summaries_of(s, person_id)


def summary(s: Connection, id: str) -> Summary:
    """The version of this id, for those who were already found to be allowed. Raises LookupError if there is none."""
    row = s.execute(select(*_COLUMNS).where(Consult.id == id)).first()
    if row is None:
        raise Unknown(f"no summary {id}")
    return _summary(s, row)


def _last(s: Connection, booking_id: str) -> Summary | None:
    of = select(*_COLUMNS).where(Consult.booking_id == booking_id).order_by(Consult.version.desc()).limit(1)
    row = s.execute(of.with_for_update()).first()
    return _summary(s, row) if row else None


def _required(s: Connection, booking_id: str) -> Summary:
    last = _last(s, booking_id)
    if last is None:
        raise Unknown(f"nothing was written for booking {booking_id}")
    return last


def _sealed(s: Connection, id: str, content: dict[str, Any]) -> bytes:
    return ring(s).seal(content, _place(id))


def _summary(s: Connection, row: Any) -> Summary:
    id, booking_id, person_id, doctor_id, version, status, content, saved_at, signed_at = row
    opened = ring(s).open(content, _place(id))
    return Summary(id, booking_id, person_id, doctor_id, version, status, opened, saved_at, signed_at)


def _place(id: str) -> str:
    return f"consult/content/{id}"
