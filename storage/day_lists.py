"""What staff are told of the day: who of an ASHA's families comes or did not, and a hub's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal, select

from storage.booked import SELECT, booked
from storage.calls import open_of_hub
from storage.outbox import REMINDER
from storage.records import Booking as Booked
from storage.tables import STANDS, Booking, CallTask, Household, Outbox, Person, Session, Staff
from storage.zone import at


@dataclass(frozen=True)
class Member:
    """A member of staff who is to get a list; `hub_id` of a coordinator."""

    id: str
    chat: str
    hub_id: str | None


def ashas_with(
    s: Connection, day: date, statuses: Sequence[str], untold: tuple[str, str], after: str, most: int
) -> list[Member]:
    """ASHA workers, by their ids after `after`, with somebody of these statuses on that day; but for who was told.

    `untold`: what stands before and after the worker's id in the key of an outbox row that told her.
    """
    hers = (
        select(Household.staff_id)
        .join(Person, Person.household_id == Household.id)
        .join(Booking, Booking.person_id == Person.id)
        .join(Session, Session.id == Booking.session_id)
        .where(Session.date == day, Booking.status.in_(statuses))
    )
    return _members(s, Staff.id.in_(hers), "asha", untold, after, most)


def ashas_at_work(
    s: Connection, day: date, statuses: Sequence[str], untold: tuple[str, str], after: str, most: int
) -> list[Member]:
    """As `ashas_with`, and those with calls to make or somebody whom a doctor wants to see again on that day."""
    goes = (
        select(Household.staff_id)
        .join(Person, Person.household_id == Household.id)
        .join(Booking, Booking.person_id == Person.id)
    )
    today = goes.join(Session, Session.id == Booking.session_id)
    today = today.where(Session.date == day, Booking.status.in_(statuses))
    begins = at(day, time(0))
    again = goes.join(Outbox, Outbox.about == literal("after:") + Booking.id).where(
        Outbox.state == "waiting", Outbox.priority == REMINDER, Outbox.kind == "follow_up_today",
        Outbox.due >= begins, Outbox.due < begins + timedelta(days=1),
    )  # fmt: skip
    calls = select(CallTask.spoke_id).where(CallTask.done_at.is_(None))
    who = Staff.id.in_(today) | Staff.id.in_(again) | Staff.area.in_(calls)
    return _members(s, who, "asha", untold, after, most)


def coordinators(s: Connection, untold: tuple[str, str], after: str, most: int) -> list[Member]:
    """Coordinators, by their ids after `after`, but for who was told; as `ashas_with`."""
    return _members(s, Staff.hub_id.is_not(None), "coordinator", untold, after, most)


def of_families(s: Connection, staff_id: str, day: date, statuses: Sequence[str]) -> list[Booked]:
    """The bookings of an ASHA worker's families on that day, by the hour."""
    hers = select(Person.id).join(Household, Household.id == Person.household_id)
    hers = hers.where(Household.staff_id == staff_id, Person.restricted_at.is_(None))
    found = SELECT.where(Booking.person_id.in_(hers), Session.date == day, Booking.status.in_(statuses))
    return [booked(s, row) for row in s.execute(found.order_by(Booking.starts_at, Booking.id))]


def numbers(s: Connection, hub_id: str, day: date) -> dict[str, int]:
    """A hub's day: tokens given, seen, not come, not written down; those of the next day, and calls to be made."""
    today, after = _by_status(s, hub_id, day), _by_status(s, hub_id, day + timedelta(days=1))
    seen, noshow = today.get("fulfilled", 0), today.get("noshow", 0)
    unmarked = sum(today.get(status, 0) for status in STANDS)
    return {
        "booked": seen + noshow + unmarked, "seen": seen, "noshow": noshow, "unmarked": unmarked,
        "tomorrow": sum(after.get(status, 0) for status in STANDS), "calls": open_of_hub(s, hub_id),
    }  # fmt: skip


def _by_status(s: Connection, hub_id: str, day: date) -> dict[str, int]:
    found = select(Booking.status, func.count()).join(Session, Session.id == Booking.session_id)
    rows = s.execute(found.where(Session.hub_id == hub_id, Session.date == day).group_by(Booking.status))
    return {row[0]: row[1] for row in rows}


def _members(s: Connection, who: Any, role: str, untold: tuple[str, str], after: str, most: int) -> list[Member]:
    key = literal(untold[0]) + Staff.id + literal(untold[1]) + Staff.chat
    told = select(Outbox.id).where(Outbox.key == key).exists()
    found = select(Staff.id, Staff.chat, Staff.hub_id).where(
        who, Staff.role == role, Staff.revoked_at.is_(None), Staff.chat.is_not(None), Staff.id > after, ~told
    )
    return [Member(row.id, str(row.chat), row.hub_id) for row in s.execute(found.order_by(Staff.id).limit(most))]
