"""What an ASHA worker sees of her work: calls to make, follow-ups that are due, her own numbers of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage import access, audit
from storage.consults import summaries_of
from storage.day_lists import of_families
from storage.people import person
from storage.records import Booking as Booked
from storage.records import Consult as Summary
from storage.records import Person as Known
from storage.records import Staff as Member
from storage.scope import acting
from storage.tables import Booking, CallTask, Consult, Decision, Household, Person, Staff

AHEAD = timedelta(days=7)
"""Follow-ups are shown so long before their day."""
BACK = timedelta(days=60)
"""One that is longer overdue is no longer asked after."""
LONGEST = timedelta(days=365)
"""A doctor orders none later than so long after the consultation."""


@dataclass(frozen=True, slots=True)
class ToCall:
    """A call to be made: whom and why."""

    id: str
    reason: str
    urgent: bool
    name: str | None
    contact: str  # the telephone number, or the chat where none is known
    spoke_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A day on which a doctor wants to see somebody again, and no token for it yet."""

    person: Known
    day: date
    booking_id: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """An ASHA worker's own month."""

    families: int
    members: int
    triaged: int
    booked: int
    came: int
    did_not_come: int
    calls: int


def to_call(s: Connection, staff_id: str, now: datetime, most: int = 50) -> list[ToCall]:
    """The calls that are hers to make (storage.calls.who_calls), the urgent first, then the oldest."""
    member = acting(s, staff_id, "asha")
    found = _open_calls(member.id, member.area).order_by(CallTask.urgent.desc(), CallTask.created_at, CallTask.id)
    audit.append(s, staff_id, "calls", f"staff:{staff_id}", now)
    return [_to_call(s, row) for row in _may_know(s, member, s.execute(found.limit(most)).all())]


def count_calls(s: Connection, staff_id: str) -> tuple[int, int]:
    """How many calls are hers to make, and how many of them are urgent."""
    member = acting(s, staff_id, "asha")
    urgent = [row.urgent for row in _may_know(s, member, s.execute(_open_calls(member.id, member.area)).all())]
    return len(urgent), sum(urgent)


def _may_know(s: Connection, asha: Member, rows: Sequence[Any]) -> list[Any]:
    """Without those who ended her access: whoever else is near calls them."""
    chat = asha.chat or ""
    return [row for row in rows if row.person_id is None or not access.ended(s, row.person_id, chat)]


def _open_calls(staff_id: str, area: str | None) -> Any:
    """Open ones around her spoke: of her own families, and of people whom no ASHA worker there looks after."""
    owner = aliased(Staff)
    looks_after = (owner.id == Household.staff_id) & (owner.area == CallTask.spoke_id) & owner.revoked_at.is_(None)
    columns = (
        CallTask.id, CallTask.reason, CallTask.urgent, CallTask.person_id, CallTask.spoke_id, CallTask.created_at,
        CallTask.chat,
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(Person, Person.id == CallTask.person_id)
        .outerjoin(Household, Household.id == Person.household_id)
        .outerjoin(owner, looks_after)
        .where(CallTask.spoke_id == area, CallTask.done_at.is_(None), Person.restricted_at.is_(None))
        .where(or_(owner.id.is_(None), owner.id == staff_id))
    )


def _to_call(s: Connection, row: Any) -> ToCall:
    who = person(s, row.person_id) if row.person_id else None
    contact = (who and who.phone) or row.chat
    return ToCall(row.id, row.reason, row.urgent, who.name if who else None, contact, row.spoke_id, row.created_at)


def absent(s: Connection, staff_id: str, days: Sequence[date], now: datetime) -> list[Booked]:
    """Who of her families did not come on these days, in their order, by the hour."""
    acting(s, staff_id, "asha")
    audit.append(s, staff_id, "absent", f"staff:{staff_id}", now)
    return [one for day in days for one in of_families(s, staff_id, day, ("noshow",))]


def follow_ups(s: Connection, staff_id: str, today: date, now: datetime) -> list[FollowUp]:
    """Of her families, by signed summaries: those of the next week and those overdue, by their day.

    Who has been given a token since the summary, or was seen again, is not among them.
    """
    found = follow_ups_due(s, staff_id, today, now)
    audit.append(s, staff_id, "follow-ups", f"staff:{staff_id}", now)
    return found


def follow_ups_due(s: Connection, staff_id: str, today: date, now: datetime) -> list[FollowUp]:
    """As `follow_ups`, for a list that is made for her; it leaves no trace."""
    acting(s, staff_id, "asha")
    signed = (
        select(Consult.person_id)
        .join(Person, Person.id == Consult.person_id)
        .join(Household, Household.id == Person.household_id)
        .where(Household.staff_id == staff_id, Person.restricted_at.is_(None), Consult.status == "final")
        .where(Consult.signed_at >= now - LONGEST - BACK)
        .distinct()
    )
    found = [due for id in s.execute(signed).scalars().all() if (due := _due(s, id, today))]
    return sorted(found, key=lambda one: (one.day, one.person.id))


def _due(s: Connection, person_id: str, today: date) -> FollowUp | None:
    """What the newest summary that orders a follow-up says, if its day is near and nobody saw to it."""
    ordered = next((one for one in summaries_of(s, person_id) if _day(one)), None)
    day = _day(ordered) if ordered else None
    if ordered is None or day is None or not today - BACK <= day <= today + AHEAD:
        return None
    again = (Booking.person_id == person_id) & Booking.status.in_(("booked", "arrived", "fulfilled"))
    since = again & (Booking.created_at > (ordered.signed_at or ordered.saved_at))
    if s.execute(select(exists().where(since))).scalar():
        return None
    return FollowUp(person(s, person_id), day, ordered.booking_id)


def _day(summary: Summary) -> date | None:
    day = summary.content.get("follow_up_on")
    return date.fromisoformat(day) if day else None


def numbers(s: Connection, staff_id: str, since: datetime, until: datetime) -> Numbers:
    """Her own work between two moments: hers alone, for nobody else asks for them. Families and people: all she has."""
    member = acting(s, staff_id, "asha")
    within = {name: column.between(since, until) for name, column in _WITHIN.items()}
    homes = select(func.count(func.distinct(Person.household_id)), func.count(Person.id))
    families, people = s.execute(
        homes.join(Household, Household.id == Person.household_id)
        .where(Household.staff_id == staff_id, Person.restricted_at.is_(None))
    ).one()  # fmt: skip
    hers = (Booking.chat == member.chat) & within["booking"]
    statuses = select(Booking.status, func.count()).where(hers, Booking.token_number.is_not(None))
    by = {row[0]: int(row[1]) for row in s.execute(statuses.group_by(Booking.status))}
    made = (CallTask.done_by == staff_id) & (CallTask.outcome == "done") & within["call"]
    return Numbers(
        families, people,
        triaged=_count(s, select(func.count()).where((Decision.chat == member.chat) & within["decision"])),
        booked=sum(by.values()), came=by.get("arrived", 0) + by.get("fulfilled", 0), did_not_come=by.get("noshow", 0),
        calls=_count(s, select(func.count()).where(made)),
    )  # fmt: skip


_WITHIN = {"booking": Booking.created_at, "decision": Decision.at, "call": CallTask.done_at}


def _count(s: Connection, counted: Any) -> int:
    return int(s.execute(counted).scalar_one())
