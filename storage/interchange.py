"""Summaries that leave for another system, and those that a hub's own system delivers. For the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage import audit
from storage.booked import booking
from storage.cases import doctor
from storage.columns import new_id
from storage.consults import standing, summary
from storage.decisions import get
from storage.people import person
from storage.places import hub
from storage.records import Booking as Booked
from storage.records import Consult as Summary
from storage.records import Doctor, Hub, NotAllowed, Unknown
from storage.records import Person as Somebody
from storage.sealed import ring
from storage.tables import STANDS, Booking, Consult, Person
from storage.tables import Doctor as DoctorTable

COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Whole:
    """A signed summary with all that belongs to it."""

    consult: Summary
    identifier: str | None
    booking: Booked
    person: Somebody
    abha: str | None
    doctor: Doctor
    hub: Hub
    facts: dict[str, Any]
    before: str | None  # the id of the version before


def whole(s: Connection, id: str, now: datetime) -> Whole:
    """What of a signed summary goes out; the reading is kept in the audit. `id`: a summary's, or a booking's.

    Raises Unknown, or NotAllowed for a draft and for somebody who asked to be forgotten.
    """
    found = _found(s, id)
    booked = booking(s, found.booking_id)
    somebody = person(s, found.person_id)
    if somebody.name is None:
        raise NotAllowed(f"the person of summary {found.id} asked to be forgotten")
    if found.status != "final":
        raise NotAllowed(f"summary {found.id} is a draft; it can go out when the doctor has signed it")
    audit.append(s, COMMAND_LINE, "summary exported", f"consult:{found.id}", now)
    decision = get(s, booked.decision_id) if booked.decision_id else None
    writer = doctor(s, found.doctor_id)
    return Whole(
        found, _identifier(s, found.id), booked, somebody, abha(s, somebody.id), writer, hub(s, writer.hub_id),
        decision.facts if decision else {}, _before(s, found),
    )  # fmt: skip


def delivered(s: Connection, identifier: str) -> Summary | None:
    """The summary that came under this identifier."""
    id = s.execute(select(Consult.id).where(Consult.identifier == identifier)).scalar()
    return summary(s, id) if id else None


def doctor_of(s: Connection, hub_id: str, registration: str) -> Doctor | None:
    """The doctor of this hub with this registration number."""
    t = DoctorTable
    id = s.execute(
        select(t.id).where(t.hub_id == hub_id, t.registration_number == registration).order_by(t.id)
    ).scalar()
    return doctor(s, id) if id else None


def abha(s: Connection, person_id: str) -> str | None:
    """The person's ABHA number, if one was given."""
    sealed = s.execute(select(Person.abha).where(Person.id == person_id)).scalar()
    return str(ring(s).open(sealed, f"person/abha/{person_id}")) if sealed else None


def was_seen(s: Connection, person_id: str, before: datetime, within: timedelta) -> bool:
    """Whether a summary of this person was signed within that time before `before`."""
    signed = select(Consult.id).where(Consult.person_id == person_id, Consult.status == "final")
    lately = signed.where(Consult.signed_at < before, Consult.signed_at > before - within)
    return s.execute(lately.limit(1)).first() is not None


def deliver(
    s: Connection, of: Booked, doctor_id: str, content: dict[str, Any], identifier: str, signed_at: datetime,
    judged_level: str | None, now: datetime,
) -> Summary:  # fmt: skip
    """Keeps what a hub's system delivered as the next signed version; the booking is fulfilled.

    Raises NotAllowed where another doctor has signed the version before, or one as new is there.
    """
    before = standing(s, of.id)
    if before and before.doctor_id != doctor_id:
        raise NotAllowed(f"summary {before.id} is another doctor's")
    if before and before.signed_at and signed_at <= before.signed_at:
        raise NotAllowed(f"summary {before.id} is as new")
    version, id = (before.version if before else 0) + 1, new_id()
    version = max(version, int(content["version"]))
    _lift_draft(s, of.id, version + 1)
    sealed = ring(s).seal(content, f"consult/content/{id}")
    row = {"id": id, "booking_id": of.id, "person_id": of.person_id, "doctor_id": doctor_id, "version": version}
    row |= {"status": "final", "identifier": identifier, "judged_level": judged_level, "content": sealed}
    s.execute(insert(Consult).values(**row, saved_at=now, signed_at=signed_at))
    stands = update(Booking).where(Booking.id == of.id, Booking.status.in_((*STANDS, "noshow")))
    s.execute(stands.values(status="fulfilled", called_at=func.coalesce(Booking.called_at, signed_at), updated_at=now))
    audit.append(s, COMMAND_LINE, "summary delivered", f"booking:{of.id}", now)
    return summary(s, id)


def lock(s: Connection, booking_id: str) -> Booked:
    """The booking, held until the transaction ends: its summaries do not change meanwhile. Raises Unknown."""
    s.execute(select(Booking.id).where(Booking.id == booking_id).with_for_update()).first()
    return booking(s, booking_id)


def _found(s: Connection, id: str) -> Summary:
    if s.execute(select(Consult.id).where(Consult.id == id)).first():
        return summary(s, id)
    if found := standing(s, id):
        return found
    raise Unknown(f"no signed summary {id}")


def _identifier(s: Connection, id: str) -> str | None:
    return s.execute(select(Consult.identifier).where(Consult.id == id)).scalar()


def _before(s: Connection, found: Summary) -> str | None:
    earlier = select(Consult.id).where(Consult.booking_id == found.booking_id, Consult.version < found.version)
    return s.execute(earlier.where(Consult.status == "final").order_by(Consult.version.desc()).limit(1)).scalar()


def _lift_draft(s: Connection, booking_id: str, version: int) -> None:
    """A draft goes on as what would correct the delivered version."""
    draft = update(Consult).where(Consult.booking_id == booking_id, Consult.status == "draft")
    s.execute(draft.values(version=version))
