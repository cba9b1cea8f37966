"""Handing a case over to another specialty or hub: a place at the soonest fitting session there, the old one ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage import audit, observations
from storage.booked import booking
from storage.bookings import book_at, lock_person
from storage.consults import drop_draft
from storage.placing import Placing, Spot
from storage.records import Booking as Booked
from storage.records import NotAllowed, Refusal
from storage.scope import at_hub
from storage.tables import STANDS, Doctor
from storage.tables import Booking as BookingTable


def specialties(s: Connection, staff_id: str, booking_id: str) -> list[str]:
    """The kinds of doctor to whom this booking's doctor can hand over, by name; its own means another hub's."""
    at_hub(s, staff_id, booking(s, booking_id).hub_id, "doctor")
    return list(
        s.execute(select(Doctor.specialty).where(Doctor.active).distinct().order_by(Doctor.specialty)).scalars()
    )


def place(s: Connection, staff_id: str, booking_id: str, specialty: str, now: datetime) -> Spot | None:
    """The soonest place that fits, as it stands now; None: there is none in the next weeks."""
    return _soonest(s, _standing(s, staff_id, booking_id), specialty, now, frozenset())


def hand_over(
    s: Connection, staff_id: str, booking_id: str, specialty: str, note: str, now: datetime
) -> tuple[Booked, Booked] | Refusal:
    """The old booking, ended, and the new one, with the same decision; the doctor's `note` goes with it.

    What was measured follows the person. Raises NotAllowed for another hub's case, or one that is over.
    """
    old = _standing(s, staff_id, booking_id)
    lock_person(s, old.person_id)
    tried = set[int]()
    while (spot := _soonest(s, old, specialty, now, frozenset(tried))) is not None:
        said = {
            "person_id": old.person_id, "spoke_id": old.spoke_id, "chat": old.chat, "decision_id": old.decision_id,
            "key": f"handed over:{old.id}", "instead_of": old.id, "status": "booked",
        }  # fmt: skip
        made = book_at(s, spot.window_id, said, now)
        if isinstance(made, Booked):
            s.execute(update(BookingTable).where(BookingTable.id == old.id).values(cancelled_by=staff_id))
            drop_draft(s, old.id)
            if note:
                observations.keep(s, staff_id, made, {"remark": note}, now)
            audit.append(s, staff_id, "handed over", f"booking:{old.id}", now)
            return booking(s, old.id), made
        tried.add(spot.window_id)
    return Refusal("taken")


def _standing(s: Connection, staff_id: str, booking_id: str) -> Booked:
    found = booking(s, booking_id)
    at_hub(s, staff_id, found.hub_id, "doctor")
    if found.status not in STANDS:
        raise NotAllowed(f"booking {booking_id} is {found.status}")
    return found


def _soonest(s: Connection, old: Booked, specialty: str, now: datetime, but: frozenset[int]) -> Spot | None:
    """The earliest of the places that suit, the hub's own before another's on the same day.

    To one's own specialty a case goes at another hub: at this one it is already.
    """
    elsewhere = specialty == old.specialty
    suits = Placing(s, now).spots(replace(old, specialty=specialty, starts_at=now, ends_at=now))
    found = [spot for spot in suits if spot.window_id not in but and not (elsewhere and spot.hub_id == old.hub_id)]
    return min(found, key=lambda spot: (spot.starts_at.date(), spot.hub_id != old.hub_id, spot.starts_at), default=None)
