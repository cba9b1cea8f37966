"""What a person must not be given, as a doctor wrote it down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage import audit
from storage.booked import booking
from storage.records import NotAllowed
from storage.scope import at_hub
from storage.sealed import ring
from storage.tables import Person


def of_person(s: Connection, person_id: str) -> list[str] | None:
    """The allergies; [] where there are none, None where nobody asked. For those found to be allowed."""
    row = s.execute(select(Person.allergies, Person.restricted_at).where(Person.id == person_id)).first()
    if row is None or row.allergies is None or row.restricted_at is not None:
        return None
    return list(ring(s).open(row.allergies, _place(person_id)))


def write(s: Connection, staff_id: str, booking_id: str, words: Sequence[str], now: datetime) -> None:
    """Keeps the allergies of a booking's person, [] for none known; by a doctor of its hub, else NotAllowed.

    Of who asked to be forgotten nothing more is written.
    """
    found = booking(s, booking_id)
    at_hub(s, staff_id, found.hub_id, "doctor")
    if found.name is None:
        raise NotAllowed(f"booking {booking_id} is of somebody who asked to be forgotten")
    sealed = ring(s).seal(list(words), _place(found.person_id))
    s.execute(update(Person).where(Person.id == found.person_id).values(allergies=sealed))
    audit.append(s, staff_id, "allergies", f"person:{found.person_id}", now)


def _place(person_id: str) -> str:
    return f"person/allergies/{person_id}"
