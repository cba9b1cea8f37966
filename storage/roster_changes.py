"""When rosters, holidays or doctors change after windows were made: what is free follows, what is booked is reported.

A session follows if nobody ever had a place in it and it still is as the rosters made it. One that was shortened, moved
or closed by hand is left alone, and its day with it; so is one with bookings: `ingit sessions` re-plans its people.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select

from storage.dialect import one_at_a_time
from storage.rosters import MANY, Sitting, Span, insert, lock_name, sittings, without_overlaps
from storage.tables import ACTIVE, Booking, Doctor, Session, Window
from storage.zone import at, day_of

Key = tuple[str, datetime]
"""A sitting's doctor and beginning."""


@dataclass(frozen=True)
class Concerned:
    """An open session that is no longer as the rosters have it, and stays: for its bookings, or for what was changed by
    hand. `people`: how many have a place in it."""

    session_id: int
    hub_id: str
    doctor_id: str
    starts_at: datetime
    people: int


@dataclass(frozen=True)
class Followed:
    """What a change did to the sessions that were made already."""

    removed: int = 0
    made: int = 0
    concerned: tuple[Concerned, ...] = ()

    def __add__(self, other: Followed) -> Followed:
        concerned = sorted((*self.concerned, *other.concerned), key=lambda it: (it.starts_at, it.doctor_id))
        return Followed(self.removed + other.removed, self.made + other.made, tuple(concerned))


def changing(
    s: Connection,
    change: Callable[[Connection], None],
    doctors: Collection[str],
    now: datetime,
    days: Collection[date] | None = None,
) -> Followed:
    """Does `change` to the rosters, exceptions or rows of these doctors, or to the holidays of their hubs; then makes
    their sessions to come follow, as far as they are made already. `days`: the only ones that it changes, if some."""
    _lock(s, doctors)
    known = with_sessions(s, now, doctors)
    if not known:
        change(s)
        return Followed()
    before = _planned(s, known, now, days)
    change(s)
    _lock(s, doctors)
    after = _planned(s, known, now, days)
    gone = {sitting.key: sitting for sitting in before - after if sitting.starts_at > now}
    come = [sitting for sitting in after - before if sitting.starts_at > now]
    removed, stay, by_hand = _take_out(s, gone, {sitting.key for sitting in before & after})
    come = [sitting for sitting in come if sitting.day not in by_hand]
    made = insert(s, list(without_overlaps(come, _hours(s, {sitting.doctor_id for sitting in come}, now))))
    return Followed(removed, made) + Followed(concerned=tuple(stay))


def with_sessions(s: Connection, now: datetime, doctors: Collection[str]) -> dict[str, date]:
    """Those of the doctors who have sessions to come, each with the day of the last."""
    known: dict[str, date] = {}
    asked = select(Session.doctor_id, func.max(Session.date)).group_by(Session.doctor_id)
    for some in _some(doctors):
        known |= dict(s.execute(asked.where(Session.doctor_id.in_(some), Session.starts_at > now)).all())
    return known


def doctors_of(s: Connection, hub_id: str | None) -> list[str]:
    """The doctors of a hub, or of every hub."""
    asked = select(Doctor.id)
    return list(s.scalars(asked if hub_id is None else asked.where(Doctor.hub_id == hub_id)))


def _lock(s: Connection, doctors: Collection[str]) -> None:
    """Nobody makes windows of these doctors' hubs meanwhile: they would make what no longer holds."""
    hubs = {hub for some in _some(doctors) for hub in s.scalars(select(Doctor.hub_id).where(Doctor.id.in_(some)))}
    for hub_id in (None, *sorted(hubs)):
        one_at_a_time(s, lock_name(hub_id))


def _planned(s: Connection, doctors: dict[str, date], now: datetime, days: Collection[date] | None) -> set[Sitting]:
    """The sittings of these doctors, up to the last day for which each has sessions."""
    today, last = day_of(now), max(doctors.values())
    spans = [(today, (last - today).days + 1)] if days is None else [(day, 1) for day in days if today <= day <= last]
    return {sitting for first, count in spans for sitting in sittings(s, first, count, of=doctors)}


def _take_out(
    s: Connection, gone: dict[Key, Sitting], hold: set[Key]
) -> tuple[int, list[Concerned], set[tuple[str, date]]]:
    """Removes the sessions of the sittings that are `gone`, if they are free and as they were made.

    Returns how many, the open sessions of those days that stay although they do not `hold`, and the doctors' days that
    were changed by hand.
    """
    found = [session for session in _sessions(s, gone) if (session.doctor_id, session.starts_at) not in hold]
    ids = [session.id for session in found]
    windows, people = _windows(s, ids), _people(s, ids)
    made = {session.id: gone[key] for session in found if (key := (session.doctor_id, session.starts_at)) in gone}
    whole = {session.id for session in found if session.id in made and _is_of(session, made[session.id])}
    free = [id for id in whole if id not in people and windows[id] == _as_made(made[id])]
    for some in _some(free):
        s.execute(delete(Window).where(Window.session_id.in_(some)))
        s.execute(delete(Session).where(Session.id.in_(some)))
    stay = [
        Concerned(session.id, session.hub_id, session.doctor_id, session.starts_at, people.get(session.id, 0))
        for session in found
        if session.status == "open" and session.id not in free
    ]
    untouched = {made[id].key for id in whole if id in free or id in people}
    return len(free), stay, {sitting.day for key, sitting in gone.items() if key not in untouched}


def _is_of(session: Any, sitting: Sitting) -> bool:
    """Whether hours, hub and status are still those with which it was made."""
    return (session.hub_id, session.ends_at, session.status) == (sitting.hub_id, sitting.ends_at, "open")


def _as_made(sitting: Sitting) -> list[Any]:
    return [(*span, sitting.capacity, sitting.reserved) for span in sitting.windows()]


def _sessions(s: Connection, gone: dict[Key, Sitting]) -> list[Any]:
    """The sessions of the doctors' days on which these sittings were."""
    days = {sitting.day for sitting in gone.values()}
    columns = (Session.id, Session.doctor_id, Session.date, Session.starts_at, Session.ends_at, Session.hub_id)
    asked = select(*columns, Session.status).where(Session.date.in_({day for _, day in days}))
    found: list[Any] = []
    for some in _some({doctor_id for doctor_id, _ in days}):
        rows = s.execute(asked.where(Session.doctor_id.in_(some)))
        found += [row for row in rows if (row.doctor_id, row.date) in days]
    return found


def _windows(s: Connection, sessions: Sequence[int]) -> dict[int, list[Any]]:
    """The open, never taken windows of each session; locked, so that nobody takes a place in what is removed."""
    windows: dict[int, list[Any]] = defaultdict(list)
    columns = (Window.session_id, Window.starts_at, Window.ends_at, Window.capacity, Window.reserved)
    for some in _some(sessions):
        asked = select(*columns, Window.taken + Window.issued, Window.open).where(Window.session_id.in_(some))
        for id, *window, touched, is_open in s.execute(asked.order_by(Window.id).with_for_update()):
            windows[id].append(tuple(window) if is_open and not touched else None)
    return windows


def _people(s: Connection, sessions: Sequence[int]) -> dict[int, int]:
    """The sessions in which somebody ever had a place, with how many have one now."""
    holds = func.count(Booking.id).filter(Booking.status.in_(ACTIVE))
    asked = select(Booking.session_id, holds).group_by(Booking.session_id)
    return {
        id: people for some in _some(sessions) for id, people in s.execute(asked.where(Booking.session_id.in_(some)))
    }


def _hours(s: Connection, doctors: Collection[str], now: datetime) -> dict[str, list[Span]]:
    """The hours of these doctors' sessions from yesterday on, also the closed ones: those were closed for a reason."""
    busy: dict[str, list[Span]] = defaultdict(list)
    asked = select(Session.doctor_id, Session.starts_at, Session.ends_at)
    asked = asked.where(Session.ends_at > at(day_of(now), time(0)) - timedelta(days=1))
    for some in _some(doctors):
        for doctor_id, starts_at, ends_at in s.execute(asked.where(Session.doctor_id.in_(some))):
            insort(busy[doctor_id], (starts_at, ends_at))
    return busy


def _some(ids: Collection[Any]) -> Iterator[list[Any]]:
    """The ids, as many at a time as one statement takes."""
    listed = sorted(ids)
    for begin in range(0, len(listed), MANY):
        yield listed[begin : begin + MANY]
