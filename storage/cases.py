"""The staff's side of bookings: the queue, the case, the day. Each function checks who acts, and leaves its trace."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select

from storage import allergies, audit, observations
from storage.booked import SELECT, booked, booking
from storage.consults import draft, standing, summaries_of
from storage.decisions import get
from storage.people import person
from storage.records import Booking as Booked
from storage.records import Case, Doctor, NotAllowed, Unknown
from storage.records import Staff as Member
from storage.scope import acting
from storage.tables import STANDS, Booking, Household, Person, Session
from storage.tables import Doctor as DoctorTable


def queue(s: Connection, staff_id: str, day: date, now: datetime) -> list[Booked]:
    """Who comes that day (Asia/Kolkata): a doctor's own, a coordinator's whole hub; most urgent first, then token."""
    member = acting(s, staff_id, "doctor", "coordinator")
    mine = Session.doctor_id == member.doctor_id if member.role == "doctor" else Session.hub_id == member.hub_id
    found = SELECT.where(mine, Session.date == day, Booking.status.in_(STANDS))
    rows = s.execute(found.order_by(Booking.urgency, Session.starts_at, Booking.token_number, Booking.id)).all()
    audit.append(s, staff_id, "queue", f"hub:{member.hub_id}", now)
    return [booked(s, row) for row in rows]


def case(s: Connection, staff_id: str, booking_id: str, now: datetime) -> Case:
    """What a doctor or coordinator opens, at their own hub; the reading is kept in the audit. Else NotAllowed."""
    found = booking(s, booking_id)
    _see(s, staff_id, found)
    who = person(s, found.person_id)
    if who.name is None:
        raise NotAllowed(f"person {who.id} asked to be forgotten")
    audit.append(s, staff_id, "case", f"booking:{booking_id}", now)
    decision = get(s, found.decision_id) if found.decision_id else None
    known = allergies.of_person(s, found.person_id)
    return Case(
        found, who, decision, tuple(summaries_of(s, found.person_id)),
        observed=tuple(observations.of_booking(s, found, now)),
        allergies=None if known is None else tuple(known),
        draft=draft(s, booking_id), signed=standing(s, booking_id),
    )  # fmt: skip


def day_list(s: Connection, staff_id: str, day: date, now: datetime) -> list[Booked]:
    """Who of an ASHA worker's households goes somewhere that day, by the hour; those who did not come included."""
    acting(s, staff_id, "asha")
    hers = select(Person.id).join(Household, Household.id == Person.household_id).where(Household.staff_id == staff_id)
    hers = hers.where(Person.restricted_at.is_(None))
    found = SELECT.where(
        Booking.person_id.in_(hers), Session.date == day, Booking.status.in_((*STANDS, "noshow", "fulfilled"))
    )
    audit.append(s, staff_id, "day list", f"staff:{staff_id}", now)
    return [booked(s, row) for row in s.execute(found.order_by(Booking.starts_at, Booking.id))]


def doctor(s: Connection, id: str) -> Doctor:
    """The doctor of this id, as printed on a summary. Raises LookupError if there is none."""
    t = DoctorTable
    columns = (t.id, t.hub_id, t.specialty, t.name_bn, t.name_en, t.qualification, t.registration_number)
    row = s.execute(select(*columns, t.signature, t.staff_id).where(t.id == id)).first()
    if row is None:
        raise Unknown(f"no doctor {id}")
    return Doctor(*row)


def _see(s: Connection, staff_id: str, found: Booked) -> Member:
    """A doctor or coordinator of the booking's hub; else NotAllowed."""
    member = acting(s, staff_id, "doctor", "coordinator")
    if member.hub_id != found.hub_id:
        raise NotAllowed(f"staff {staff_id} is not of hub {found.hub_id}")
    return member
