"""A hub's safety and its day in numbers: outcomes, who was judged more urgent, time to the consultation, sessions."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from flows.protocol import LEVELS
from storage import audit
from storage.records import Unknown
from storage.scope import acting
from storage.tables import (
    STANDS,
    Account,
    Booking,
    Consult,
    Decision,
    Doctor,
    Hub,
    RosterException,
    Session,
    Spoke,
    Waiting,
    Window,
)
from storage.zone import day_of

LATE = timedelta(minutes=15)
"""After the beginning of a session with people there and nobody called: the doctor is late."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Hours from outcome to consultation, of so many people of a level."""

    level: str
    people: int
    median: float
    ninetieth: float


@dataclass(frozen=True, slots=True)
class Sooner:
    """A case that its doctor would have had seen sooner than was decided. It names nobody."""

    booking_id: str
    level: str
    judged: str
    protocol: str
    rule: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """A hub's safety over some days."""

    hub_id: str
    days: int
    outcomes: dict[str, int]
    consulted: int  # signed consultations that began with an outcome of triage
    sooner: tuple[Sooner, ...]  # newest first
    waited: tuple[Waited, ...]


@dataclass(frozen=True, slots=True)
class Sits:
    """A session of today."""

    id: int
    doctor_id: str
    doctor_bn: str
    doctor_en: str
    specialty: str
    starts_at: datetime
    ends_at: datetime
    taken: int
    capacity: int
    here: int  # arrived, not called
    late: bool  # begun, people there, nobody called
    closed: bool


@dataclass(frozen=True, slots=True)
class Today:
    """A hub's day."""

    sessions: tuple[Sits, ...]
    waiting_list: int
    away: tuple[tuple[str, str], ...]  # names of doctors who are away today


def board(s: Connection, staff_id: str, days: int, now: datetime) -> Board:
    """The safety board of the coordinator's hub; the reading is kept in the audit."""
    member = acting(s, staff_id, "coordinator")
    audit.append(s, staff_id, "safety board", f"hub:{member.hub_id}", now)
    return of_hub(s, str(member.hub_id), days, now)


def of_hub(s: Connection, hub_id: str, days: int, now: datetime) -> Board:
    """The safety board of a hub, for the command line. Raises Unknown."""
    if s.execute(select(Hub.id).where(Hub.id == hub_id)).first() is None:
        raise Unknown(f"no hub {hub_id}")
    since = now - timedelta(days=days)
    outcomes = _outcomes(s, hub_id, since)
    consulted, sooner = _judged(s, hub_id, since)
    return Board(hub_id, days, outcomes, consulted, tuple(sooner), tuple(_waited(s, hub_id, since)))


def today(s: Connection, staff_id: str, now: datetime) -> Today:
    """The day of the coordinator's hub: sessions with their load, who waits, who is away or late. Kept in the audit."""
    member = acting(s, staff_id, "coordinator")
    hub_id, day = str(member.hub_id), day_of(now)
    audit.append(s, staff_id, "hub today", f"hub:{hub_id}", now)
    listed = select(func.count()).where(Waiting.hub_id == hub_id, Waiting.status == "active")
    return Today(tuple(_sits(s, hub_id, day, now)), s.execute(listed).scalar_one(), tuple(_away(s, hub_id, day)))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _of_hub(hub_id: str) -> ColumnElement[bool]:
    """Decisions that led to a token of this hub; those without a token, whose chat goes to a health centre of it."""
    here = select(Booking.decision_id).join(Session, Session.id == Booking.session_id)
    anywhere = select(Booking.id).where(Booking.decision_id == Decision.id).exists()
    goes = select(Account.chat).join(Spoke, Spoke.id == Account.spoke_id).where(Spoke.hub_id == hub_id)
    booked = Decision.id.in_(here.where(Session.hub_id == hub_id, Booking.decision_id.is_not(None)))
    return or_(booked, ~anywhere & Decision.chat.in_(goes))


def _outcomes(s: Connection, hub_id: str, since: datetime) -> dict[str, int]:
    found = select(Decision.level, func.count()).where(Decision.at > since, _of_hub(hub_id)).group_by(Decision.level)
    return {row[0]: row[1] for row in s.execute(found)}


def _judged(s: Connection, hub_id: str, since: datetime) -> tuple[int, list[Sooner]]:
    """How many consultations with an outcome were signed, and those judged more urgent; of each the last version."""
    columns = (Booking.id, Decision.level, Consult.judged_level, Decision.protocol, Decision.rule, Consult.signed_at)
    found = (
        select(*columns)
        .join(Booking, Booking.id == Consult.booking_id)
        .join(Session, Session.id == Booking.session_id)
        .join(Decision, Decision.id == Booking.decision_id)
        .where(Session.hub_id == hub_id, Consult.status == "final", Consult.signed_at > since)
        .order_by(Consult.version)
    )
    rows: Any = s.execute(found)
    last = {row[0]: row for row in rows}
    judged = [Sooner(*row) for row in last.values() if row[2] and LEVELS.index(row[2]) < LEVELS.index(row[1])]
    return len(last), sorted(judged, key=lambda one: (one.signed_at, one.booking_id), reverse=True)


def _waited(s: Connection, hub_id: str, since: datetime) -> list[Waited]:
    """From the outcome to the call into the consultation, of who was seen."""
    found = (
        select(Decision.level, Decision.at, Booking.called_at)
        .join(Booking, Booking.decision_id == Decision.id)
        .join(Session, Session.id == Booking.session_id)
        .where(Session.hub_id == hub_id, Booking.status == "fulfilled", Booking.called_at > since)
    )
    rows: Any = s.execute(found)
    hours: dict[str, list[float]] = defaultdict(list)
    for level, decided, called in rows:
        hours[level].append(max(0.0, (called - decided) / timedelta(hours=1)))
    return [Waited(level, len(h), percentile(h, 0.5), percentile(h, 0.9)) for level, h in sorted(hours.items())]


def _sits(s: Connection, hub_id: str, day: date, now: datetime) -> list[Sits]:
    t = Session
    columns = (t.id, t.doctor_id, Doctor.name_bn, Doctor.name_en, t.specialty, t.starts_at, t.ends_at, t.status)
    found = select(*columns).join(Doctor, Doctor.id == t.doctor_id).where(t.hub_id == hub_id, t.date == day)
    rows = s.execute(found.order_by(t.starts_at, t.id)).all()
    ids = [row.id for row in rows]
    places, marks = _places(s, ids), _marks(s, ids)
    return [_sitting(row, places.get(row.id, (0, 0)), marks[row.id], now) for row in rows]


def _sitting(row: Any, places: tuple[int, int], marks: Counter[str], now: datetime) -> Sits:
    is_open = row.status == "open"
    begun = row.starts_at + LATE < now < row.ends_at
    late = is_open and begun and marks["here"] > 0 and marks["called"] == 0
    who = (row.id, row.doctor_id, row.name_bn, row.name_en, row.specialty, row.starts_at, row.ends_at)
    return Sits(*who, *places, marks["here"], late, not is_open)


def _places(s: Connection, sessions: list[int]) -> dict[int, tuple[int, int]]:
    found = select(Window.session_id, func.sum(Window.taken), func.sum(Window.capacity))
    rows = s.execute(found.where(Window.session_id.in_(sessions)).group_by(Window.session_id))
    return {id: (int(taken), int(capacity)) for id, taken, capacity in rows}


def _marks(s: Connection, sessions: list[int]) -> dict[int, Counter[str]]:
    """Of each session: who is here and not called, who was called."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    found = select(Booking.session_id, Booking.status, Booking.called_at).where(
        Booking.session_id.in_(sessions), Booking.status.in_((*STANDS, "fulfilled"))
    )
    for id, status, called in s.execute(found):
        counted[id]["called" if called or status == "fulfilled" else "here" if status == "arrived" else "to come"] += 1
    return counted


def _away(s: Connection, hub_id: str, day: date) -> list[tuple[str, str]]:
    found = select(Doctor.name_bn, Doctor.name_en).join(RosterException, RosterException.doctor_id == Doctor.id)
    away = found.where(Doctor.hub_id == hub_id, RosterException.date == day, RosterException.starts.is_(None))
    return [(row[0], row[1]) for row in s.execute(away.distinct().order_by(Doctor.name_en))]
