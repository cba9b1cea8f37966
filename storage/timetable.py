"""A doctor's week as a coordinator changes it, from a day on; and a closed session that is held after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage import audit
from storage.changes import Impossible
from storage.columns import new_id
from storage.records import Unknown
from storage.roster_changes import Followed, changing
from storage.scope import acting, at_hub
from storage.tables import ACTIVE, Booking, Doctor, Roster, RosterException, Session, Window
from storage.zone import day_of

AHEAD = timedelta(days=60)
"""How far ahead a change of the week can begin."""

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Sits:
    """A doctor of the hub, with the hours of one weekday as they are now."""

    id: str
    name_bn: str
    name_en: str
    specialty: str
    hours: tuple[Hours, ...] = ()


def doctors(s: Connection, staff_id: str) -> list[Sits]:
    """The doctors of the coordinator's hub who work."""
    member = acting(s, staff_id, "coordinator")
    found = select(Doctor.id, Doctor.name_bn, Doctor.name_en, Doctor.specialty)
    rows = s.execute(found.where(Doctor.hub_id == member.hub_id, Doctor.active).order_by(Doctor.name_en, Doctor.id))
    return [Sits(*row) for row in rows]


def hours_of(s: Connection, staff_id: str, doctor_id: str, weekday: int, now: datetime) -> list[Hours]:
    """The hours of a doctor of the own hub on a weekday (0: Monday), as the week has them now."""
    _of_own_hub(s, staff_id, doctor_id)
    return [(row.starts, row.ends) for row in _lines(s, doctor_id, weekday) if _holds_after(row, day_of(now))]


def set_hours(
    s: Connection, staff_id: str, doctor_id: str, weekday: int, hours: Sequence[Hours], first: date, now: datetime
) -> Followed:
    """From the day `first` on the doctor sits at these hours on that weekday; none: not at all.

    What was made of it already follows as far as nobody has a place there (storage/roster_changes.py). Raises
    Impossible, Unknown, or NotAllowed.
    """
    _of_own_hub(s, staff_id, doctor_id)
    _can_be(hours, first, now)
    like = _like(s, doctor_id, weekday)
    followed = changing(s, lambda s: _write(s, doctor_id, weekday, hours, first, like, now), [doctor_id], now)
    audit.append(s, staff_id, "roster", f"doctor:{doctor_id}", now)
    return followed


def try_hours(
    s: Connection, staff_id: str, doctor_id: str, weekday: int, hours: Sequence[Hours], first: date, now: datetime
) -> Followed:
    """What `set_hours` would do; nothing stays."""
    trial = s.begin_nested()
    try:
        return set_hours(s, staff_id, doctor_id, weekday, hours, first, now)
    finally:
        trial.rollback()


def closed_sessions(s: Connection, staff_id: str, now: datetime) -> list[dict[str, Any]]:
    """The closed sessions of the coordinator's hub that are to come, by the hour."""
    member = acting(s, staff_id, "coordinator")
    columns = (Session.id, Session.doctor_id, Doctor.name_bn, Doctor.name_en, Session.starts_at, Session.ends_at)
    found = select(*columns).join(Doctor, Doctor.id == Session.doctor_id)
    found = found.where(Session.hub_id == member.hub_id, Session.status == "closed", Session.starts_at > now)
    return [dict(row) for row in s.execute(found.order_by(Session.starts_at, Session.id).limit(50)).mappings()]


def reopen(s: Connection, staff_id: str, session_id: int, now: datetime) -> list[int]:
    """A closed session is held after all; its windows, which take people again. Raises Impossible, Unknown, NotAllowed.

    Not while somebody of it still waits for another place: they have the old one, and would have both.
    """
    row = s.execute(select(*Session.__table__.c).where(Session.id == session_id).with_for_update()).first()
    if row is None:
        raise Unknown(f"no session {session_id}")
    at_hub(s, staff_id, row.hub_id, "coordinator")
    _can_be_held(s, row, now)
    s.execute(update(Session).where(Session.id == session_id).values(status="open"))
    s.execute(update(Window).where(Window.session_id == session_id).values(open=True))
    away = (RosterException.doctor_id == row.doctor_id, RosterException.date == row.date)
    s.execute(delete(RosterException).where(*away, RosterException.starts.is_(None)))
    audit.append(s, staff_id, "open session", f"session:{session_id}", now)
    return list(s.scalars(select(Window.id).where(Window.session_id == session_id).order_by(Window.starts_at)))


def _of_own_hub(s: Connection, staff_id: str, doctor_id: str) -> None:
    hub_id = s.execute(select(Doctor.hub_id).where(Doctor.id == doctor_id)).scalar()
    if hub_id is None:
        raise Unknown(f"no doctor {doctor_id}")
    at_hub(s, staff_id, hub_id, "coordinator")


def _can_be(hours: Sequence[Hours], first: date, now: datetime) -> None:
    if not day_of(now) <= first <= day_of(now) + AHEAD:
        raise Impossible(f"{first} is over, or more than {AHEAD.days} days ahead: give another day")
    ordered = sorted(hours)
    for starts, ends in ordered:
        if ends <= starts:
            raise Impossible(f"{starts:%H:%M} to {ends:%H:%M} ends before it begins")
    for (_, ends), (starts, _) in pairwise(ordered):
        if starts < ends:
            raise Impossible("two of the hours lie over each other")


def _lines(s: Connection, doctor_id: str, weekday: int) -> list[Any]:
    found = select(*Roster.__table__.c).where(Roster.doctor_id == doctor_id, Roster.weekday == weekday)
    return list(s.execute(found.order_by(Roster.starts)))


def _holds_after(line: Any, day: date) -> bool:
    return line.to_date is None or line.to_date >= day


def _like(s: Connection, doctor_id: str, weekday: int) -> dict[str, Any]:
    """How long a window of this doctor is, and for how many: as on that weekday, else as on another."""
    found = select(Roster.slot_minutes, Roster.capacity, Roster.reserved).where(Roster.doctor_id == doctor_id)
    row = s.execute(found.order_by((Roster.weekday != weekday), Roster.weekday, Roster.starts).limit(1)).first()
    if row is None:
        raise Impossible(f"doctor {doctor_id} has no week yet: ingit import rosters")
    return {"slot_minutes": row.slot_minutes, "capacity": row.capacity, "reserved": row.reserved}


def _write(
    s: Connection, doctor_id: str, weekday: int, hours: Sequence[Hours], first: date, like: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    """The new lines instead of the old; the days before `first` keep theirs, as single days."""
    old = _lines(s, doctor_id, weekday)
    unusual = set(s.scalars(select(RosterException.date).where(RosterException.doctor_id == doctor_id)))
    today = day_of(now)
    before = (today + timedelta(days=ahead) for ahead in range((first - today).days))
    kept = [
        {"id": new_id(), "doctor_id": doctor_id, "date": day, "starts": line.starts, "ends": line.ends,
         "slot_minutes": line.slot_minutes, "capacity": line.capacity, "reserved": line.reserved}
        for day in before if day.weekday() == weekday and day not in unusual
        for line in old if _holds_after(line, day) and (line.from_date is None or line.from_date <= day)
    ]  # fmt: skip
    if kept:
        s.execute(insert(RosterException), kept)
    s.execute(delete(Roster).where(Roster.doctor_id == doctor_id, Roster.weekday == weekday))
    line = {"doctor_id": doctor_id, "weekday": weekday, "from_date": first, "invented": False} | like
    new = [line | {"id": new_id(), "starts": starts, "ends": ends} for starts, ends in sorted(hours)]
    if new:
        s.execute(insert(Roster), new)


def _can_be_held(s: Connection, session: Any, now: datetime) -> None:
    if session.status == "open":
        raise Impossible(f"session {session.id} is open")
    if session.starts_at <= now:
        raise Impossible(f"session {session.id} has begun")
    stands = select(Booking.id).where(Booking.session_id == session.id, Booking.status.in_(ACTIVE))
    if s.execute(stands.limit(1)).first():
        raise Impossible(f"session {session.id}: somebody of it waits for another place")
    over = select(Session.id).where(
        Session.doctor_id == session.doctor_id, Session.status == "open", Session.starts_at < session.ends_at,
        Session.ends_at > session.starts_at,
    )  # fmt: skip
    if other := s.scalar(over.limit(1)):
        raise Impossible(f"session {session.id} lies over session {other} of the same doctor")
