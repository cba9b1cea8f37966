"""Rosters -> sessions -> windows, made ahead, once each.

A doctor's day is made once. From then on it belongs to whoever changes it by hand: a tick adds nothing to a day that
holds a session of that doctor, open or closed.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select

from storage.dialect import insert_new, one_at_a_time
from storage.tables import Doctor, Holiday, Roster, RosterException, Session, Window
from storage.windows import TOKENS
from storage.zone import at, day_of

MANY = 500
"""Ids in one statement."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, order=True)
class Sitting:
    """One doctor's hours on one day, as rosters, exceptions and holidays have them."""

    doctor_id: str
    starts_at: datetime
    ends_at: datetime
    slot_minutes: int
    capacity: int
    reserved: int
    hub_id: str
    specialty: str

    @property
    def key(self) -> tuple[str, datetime]:
        """What no two sessions share."""
        return self.doctor_id, self.starts_at

    @property
    def day(self) -> tuple[str, date]:
        """The doctor's day that it belongs to: that of its beginning in Asia/Kolkata."""
        return self.doctor_id, day_of(self.starts_at)

    def windows(self) -> Iterator[Span]:
        """The whole windows of the sitting; what is left over at its end is the doctor's."""
        length = timedelta(minutes=self.slot_minutes)
        for number in range((self.ends_at - self.starts_at) // length):
            yield self.starts_at + number * length, self.starts_at + (number + 1) * length


def make_windows(s: Connection, from_date: date, days: int, hub_id: str | None = None) -> int:
    """Makes the sessions and windows of these days (Asia/Kolkata), of one hub or all; how many sessions are new.

    Safe to repeat, and for many processes at once: a doctor's day that holds a session is left as it is, and no session
    is made over another.
    """
    one_at_a_time(s, lock_name(hub_id))
    wanted = list(sittings(s, from_date, days, hub_id))
    made, busy = _there(s, wanted)
    return insert(s, [sitting for sitting in without_overlaps(wanted, busy) if sitting.day not in made])


def lock_name(hub_id: str | None) -> str:
    """Of the lock under which windows of a hub, or (None) of all, are made."""
    return f"windows of {hub_id}"


def gaps(s: Connection, from_date: date, days: int) -> list[tuple[date, str]]:
    """The days and hubs for which `make_windows` has something to make, soonest first."""
    found: list[tuple[date, str]] = []
    for day in _days(from_date, days):
        found += [(day, hub_id) for hub_id in s.scalars(_hubs_with_gaps(day))]
    return found


def sittings(
    s: Connection, from_date: date, days: int, hub_id: str | None = None, of: Collection[str] | None = None
) -> Iterator[Sitting]:
    """What the rosters ask for on these days, of one hub's doctors, of some doctors, or of all, day by day."""
    last = from_date + timedelta(days=days - 1)
    weekdays = {day.weekday() for day in _days(from_date, min(days, 7))}
    weekly, single = _weekly(s, weekdays, hub_id, of), _single(s, from_date, last, hub_id, of)
    unusual, closed = _unusual(s, from_date, last), _closed(s, from_date, last)
    for day in _days(from_date, days):
        usual = (line for line in weekly[day.weekday()] if line.holds(day) and (line.doctor_id, day) not in unusual)
        for line in (*usual, *single[day]):
            if not closed & {(day, None), (day, line.hub_id)}:
                yield line.on(day)


def insert(s: Connection, new: list[Sitting]) -> int:
    """Puts in the sessions with their windows; one that is there (doctor and beginning) is left as it is."""
    by_key = {sitting.key: sitting for sitting in new}
    if not by_key:
        return 0
    inserted = insert_new(s, Session).returning(Session.id, Session.doctor_id, Session.starts_at)
    made = s.execute(inserted, [_session(sitting) for sitting in by_key.values()]).all()
    windows = [row for id, *key in made for row in _windows(id, by_key[key[0], key[1]])]
    if windows:
        s.execute(insert_new(s, Window), windows)
    return len(made)


def without_overlaps(wanted: list[Sitting], busy: dict[str, list[Span]]) -> Iterator[Sitting]:
    """Those that lie over nothing in `busy` (doctor -> spans) and over none before them; adds them to `busy`."""
    for sitting in sorted(wanted):
        spans = busy[sitting.doctor_id]
        if not any(starts < sitting.ends_at and sitting.starts_at < ends for starts, ends in spans):
            insort(spans, (sitting.starts_at, sitting.ends_at))
            yield sitting


@dataclass(frozen=True)
class _Line:
    """One line of a roster, weekly or of a single day."""

    doctor_id: str
    hub_id: str
    specialty: str
    starts: time
    ends: time
    slot_minutes: int
    capacity: int
    reserved: int
    from_date: date | None = None
    to_date: date | None = None

    def holds(self, day: date) -> bool:
        return (self.from_date is None or self.from_date <= day) and (self.to_date is None or day <= self.to_date)

    def on(self, day: date) -> Sitting:
        starts, ends = at(day, self.starts), at(day, self.ends)
        ends += timedelta(days=ends <= starts)
        reserved = min(self.reserved, self.capacity)
        return Sitting(
            self.doctor_id, starts, ends, self.slot_minutes, self.capacity, reserved, self.hub_id, self.specialty
        )


def _days(from_date: date, days: int) -> list[date]:
    return [from_date + timedelta(days=ahead) for ahead in range(days)]


def _weekly(
    s: Connection, weekdays: Collection[int], hub_id: str | None, of: Collection[str] | None
) -> dict[int, list[_Line]]:
    """The weekly lines of doctors who work, by weekday."""
    columns = (Roster.weekday, *_line(Roster), Roster.from_date, Roster.to_date)
    asked = select(*columns).join(Doctor, Doctor.id == Roster.doctor_id).where(Roster.weekday.in_(weekdays))
    lines: dict[int, list[_Line]] = defaultdict(list)
    for weekday, *line in s.execute(_of(asked, hub_id, of)):
        lines[weekday].append(_Line(*line))
    return lines


def _single(
    s: Connection, first: date, last: date, hub_id: str | None, of: Collection[str] | None
) -> dict[date, list[_Line]]:
    """The lines of single days, by day."""
    table = RosterException
    asked = select(table.date, *_line(table)).join(Doctor, Doctor.id == table.doctor_id)
    asked = asked.where(table.date.between(first, last), table.starts.is_not(None), table.ends.is_not(None))
    asked = asked.where(table.slot_minutes > 0, table.capacity > 0)
    lines: dict[date, list[_Line]] = defaultdict(list)
    for day, *line in s.execute(_of(asked, hub_id, of)):
        lines[day].append(_Line(*line))
    return lines


def _line(table: Any) -> tuple[Any, ...]:
    reserved = func.coalesce(table.reserved, 0)
    hours = (table.starts, table.ends, table.slot_minutes, table.capacity, reserved)
    return table.doctor_id, Doctor.hub_id, Doctor.specialty, *hours


def _of(asked: Select[Any], hub_id: str | None, of: Collection[str] | None) -> Select[Any]:
    """Of doctors who work: of one hub, of some, of all."""
    asked = asked.where(Doctor.active)
    asked = asked if hub_id is None else asked.where(Doctor.hub_id == hub_id)
    return asked if of is None else asked.where(Doctor.id.in_(of))


def _unusual(s: Connection, first: date, last: date) -> set[tuple[str, date]]:
    """The doctors' days that are not as usual."""
    table = RosterException
    asked = select(table.doctor_id, table.date).where(table.date.between(first, last))
    return {(doctor_id, day) for doctor_id, day in s.execute(asked)}


def _closed(s: Connection, first: date, last: date) -> set[tuple[date, str | None]]:
    """The holidays: day and hub, None for every hub."""
    asked = select(Holiday.date, Holiday.hub_id).where(Holiday.date.between(first, last))
    return {(day, hub_id) for day, hub_id in s.execute(asked)}


def _there(s: Connection, wanted: list[Sitting]) -> tuple[set[tuple[str, date]], dict[str, list[Span]]]:
    """What is made already of the wanted sittings' doctors: their days, and the hours of their open sessions."""
    made: set[tuple[str, date]] = set()
    busy: dict[str, list[Span]] = defaultdict(list)
    for doctor_id, day, starts, ends, status in _sessions_near(s, wanted):
        made.add((doctor_id, day))
        if status == "open":
            insort(busy[doctor_id], (starts, ends))
    return made, busy


def _sessions_near(s: Connection, wanted: list[Sitting]) -> Iterator[Any]:
    doctors = sorted({sitting.doctor_id for sitting in wanted})
    if not doctors:
        return
    first = min(sitting.starts_at for sitting in wanted) - timedelta(days=2)
    last = max(sitting.ends_at for sitting in wanted) + timedelta(days=1)
    asked = select(Session.doctor_id, Session.date, Session.starts_at, Session.ends_at, Session.status)
    asked = asked.where(Session.starts_at.between(first, last))
    for begin in range(0, len(doctors), MANY):
        yield from s.execute(asked.where(Session.doctor_id.in_(doctors[begin : begin + MANY])))


def _hubs_with_gaps(day: date) -> Select[str]:
    """Hubs of doctors who shall sit on that day and have no session on it."""
    midnight = at(day, time(0))
    no_session = ~exists().where(
        Session.doctor_id == Doctor.id, Session.starts_at >= midnight, Session.starts_at < midnight + timedelta(days=1)
    )
    open_hub = ~exists().where(Holiday.date == day, or_(Holiday.hub_id.is_(None), Holiday.hub_id == Doctor.hub_id))
    of_day = exists().where(RosterException.doctor_id == Doctor.id, RosterException.date == day)
    weekly = exists().where(
        Roster.doctor_id == Doctor.id,
        Roster.weekday == day.weekday(),
        or_(Roster.from_date.is_(None), Roster.from_date <= day),
        or_(Roster.to_date.is_(None), Roster.to_date >= day),
    )
    sits = or_(of_day.where(RosterException.starts.is_not(None), RosterException.capacity > 0), weekly & ~of_day)
    return select(Doctor.hub_id).where(Doctor.active, open_hub, no_session, sits).distinct().order_by(Doctor.hub_id)


def _session(sitting: Sitting) -> dict[str, Any]:
    return {
        "hub_id": sitting.hub_id, "doctor_id": sitting.doctor_id, "specialty": sitting.specialty,
        "date": sitting.day[1], "starts_at": sitting.starts_at, "ends_at": sitting.ends_at, "status": "open",
    }  # fmt: skip


def _windows(session_id: int, sitting: Sitting) -> Iterator[dict[str, Any]]:
    for number, (starts, ends) in enumerate(sitting.windows()):
        yield {
            "session_id": session_id, "hub_id": sitting.hub_id, "specialty": sitting.specialty, "starts_at": starts,
            "ends_at": ends, "capacity": sitting.capacity, "reserved": sitting.reserved, "taken": 0, "issued": 0,
            "first_token": number * TOKENS + 1, "open": True,
        }  # fmt: skip
