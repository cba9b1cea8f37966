"""Doctors' summaries: a draft until it is signed, then a version that stays; a correction is the next version.

A draft is written over by whoever of the hub's doctors goes on with it; a signed one is corrected by who signed it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from storage import audit
from storage.bookings import booking
from storage.columns import new_id
from storage.people import person as person_of
from storage.people import require
from storage.records import Booking as Booked
from storage.records import Consult as Summary
from storage.records import NotAllowed, Unknown
from storage.records import Staff as Member
from storage.scope import acting, at_hub
from storage.sealed import ring
from storage.tables import STANDS, Booking, Consult

_COLUMNS = (
    Consult.id, Consult.booking_id, Consult.person_id, Consult.doctor_id, Consult.version, Consult.status,
    Consult.content, Consult.saved_at, Consult.signed_at, Consult.judged_level,
)  # fmt: skip


def save(s: Connection, staff_id: str, booking_id: str, content: dict[str, Any], now: datetime) -> Summary:
    """Keeps a draft of a doctor of the booking's hub: over the draft that is there, or as the next version.

    Raises NotAllowed where another doctor has signed the version before: what is signed is corrected by who signed it.
    """
    found = booking(s, booking_id)
    member = may_write(s, staff_id, found)
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


def may_write(s: Connection, staff_id: str, found: Booked) -> Member:
    """The doctor of the booking's hub who may write its summary.

    NotAllowed where another doctor has signed one, and of who asked to be forgotten.
    """
    member = _doctor_of(s, staff_id, found)
    signed = standing(s, found.id)
    if signed and signed.doctor_id != member.doctor_id:
        raise NotAllowed(f"summary {signed.id} is another doctor's")
    return member


def sign(s: Connection, staff_id: str, booking_id: str, now: datetime, judged_level: str | None = None) -> Summary:
    """Makes the draft final, and the booking fulfilled. A second press finds it signed and gives the same.

    `judged_level`: how soon the doctor would have had the person seen, if not as was decided. Raises LookupError if
    nothing was written.
    """
    member = _doctor_of(s, staff_id, booking(s, booking_id))
    last = _required(s, booking_id)
    if last.status == "final":
        return last
    final = {"status": "final", "signed_at": now, "doctor_id": member.doctor_id, "judged_level": judged_level}
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


def standing(s: Connection, booking_id: str) -> Summary | None:
    """The signed version of a booking that stands; None where nothing is signed."""
    found = select(*_COLUMNS).where(Consult.booking_id == booking_id, Consult.status == "final")
    row = s.execute(found.order_by(Consult.version.desc()).limit(1)).first()
    return _summary(s, row) if row else None


def draft(s: Connection, booking_id: str) -> Summary | None:
    """What is written of a booking and not signed. For those found to be allowed."""
    last = _last(s, booking_id)
    return last if last and last.status == "draft" else None


def drop_draft(s: Connection, booking_id: str) -> None:
    """What was written and not signed is thrown away. For those found to be allowed."""
    s.execute(delete(Consult).where(Consult.booking_id == booking_id, Consult.status == "draft"))


def signed_lately(s: Connection, staff_id: str, now: datetime, within: timedelta, limit: int = 20) -> list[Summary]:
    """What this doctor signed of late, the newest first, of each booking the version that stands."""
    member = acting(s, staff_id, "doctor")
    found = select(*_COLUMNS).where(Consult.doctor_id == member.doctor_id, Consult.status == "final")
    rows = s.execute(found.where(Consult.signed_at > now - within).order_by(Consult.signed_at.desc(), Consult.id))
    newest: dict[str, Summary] = {}
    for row in rows:
        if len(newest) < limit:
            newest.setdefault(row.booking_id, _summary(s, row))
    audit.append(s, staff_id, "own summaries", f"doctor:{member.doctor_id}", now)
    return [one for one in newest.values() if person_of(s, one.person_id).name is not None]


def summary_for(s: Connection, chat: str, id: str) -> Summary:
    """A signed summary, if this chat may act for its person and nobody asked to be forgotten; else NotAllowed."""
    found = summary(s, id)
    require(s, chat, found.person_id)
    if found.status != "final":
        raise NotAllowed(f"summary {id} is not signed")
    return found


def require_own(s: Connection, chat: str, person_id: str) -> None:
    """Raises NotAllowed unless it is the person, or the account that keeps a person without one: no ASHA worker."""
    require(s, chat, person_id)
    who = person_of(s, person_id)
    own = who.own_chat or (who.owner_chat if who.household_id is None else None)
    if own != chat:
        raise NotAllowed(f"{chat} may not give away papers of person {person_id}")


def summary(s: Connection, id: str) -> Summary:
    """The version of this id, for those who were already found to be allowed. Raises LookupError if there is none."""
    row = s.execute(select(*_COLUMNS).where(Consult.id == id)).first()
    if row is None:
        raise Unknown(f"no summary {id}")
    return _summary(s, row)


def _doctor_of(s: Connection, staff_id: str, found: Booked) -> Member:
    if found.name is None:
        raise NotAllowed(f"booking {found.id} is of somebody who asked to be forgotten")
    return at_hub(s, staff_id, found.hub_id, "doctor")


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
    id, booking_id, person_id, doctor_id, version, status, content, *rest = row
    opened = ring(s).open(content, _place(id))
    return Summary(id, booking_id, person_id, doctor_id, version, status, opened, *rest)


def _place(id: str) -> str:
    return f"consult/content/{id}"
