"""When a hub's days change: what each change means for sessions and windows, and making it so in one transaction.

From that transaction on nobody gets a place there. storage/replan.py then finds another one for those who had one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from storage import audit
from storage.bookings import close
from storage.columns import new_id
from storage.dialect import one_at_a_time
from storage.records import Unknown
from storage.rosters import lock_name
from storage.scope import at_hub
from storage.tables import Booking, Doctor, Holiday, Hub, Offer, RosterException, Session, Window
from storage.zone import KOLKATA, day_of

COMMAND_LINE = "command line"
"""Who acts for every hub; anybody else is a coordinator and acts for their own."""
LEAD = timedelta(hours=2)
"""Nobody is given a place that begins sooner than this: they have to hear of it and get there."""
MANY = 500
"""Ids in one statement."""


class Impossible(ValueError):
    """A change that cannot be made: what is wrong, and what to do instead."""


@dataclass(frozen=True)
class CloseSession:
    """It is not held."""

    session: int


@dataclass(frozen=True)
class ShortenSession:
    """It ends at `ends` already."""

    session: int
    ends: datetime


@dataclass(frozen=True)
class MoveSession:
    """All of it begins at `starts` instead; its people keep their tokens."""

    session: int
    starts: datetime


@dataclass(frozen=True)
class CutCapacity:
    """Every window of the session, or the one window, takes `capacity` people from now on."""

    capacity: int
    session: int | None = None
    window: int | None = None


@dataclass(frozen=True)
class DoctorAway:
    """The doctor holds no session on these days (Asia/Kolkata), both included."""

    doctor: str
    first: date
    last: date


@dataclass(frozen=True)
class HolidayDeclared:
    """The hub, or without one every hub, holds no session on this day (Asia/Kolkata)."""

    day: date
    hub: str | None
    name_bn: str
    name_en: str


Change = CloseSession | ShortenSession | MoveSession | CutCapacity | DoctorAway | HolidayDeclared


@dataclass(frozen=True)
class Scope:
    """What a change touches. `after`: only windows that end later are shut; `shift`: by how much a session moves."""

    action: str
    subject: str
    hubs: tuple[str, ...]
    sessions: tuple[int, ...]
    after: datetime | None = None
    capacity: int | None = None
    window: int | None = None
    shift: timedelta = timedelta(0)

    @property
    def shuts(self) -> bool:
        """Whether windows are closed by it."""
        return self.capacity is None and not self.shift

    def condition(self) -> Any:
        """The windows that it is about, among those of its sessions."""
        if self.window is not None:
            return Window.id == self.window
        return Window.id.is_not(None) if self.after is None else Window.ends_at > self.after


def scope(s: Connection, change: Change, by: str, now: datetime) -> Scope:
    """What the change touches, as things stand. Raises Impossible, Unknown, or NotAllowed (another's hub)."""
    found = _scope(s, change, now)
    if by != COMMAND_LINE:
        if isinstance(change, HolidayDeclared) and change.hub is None:
            at_hub(s, by, "", "coordinator")
        for hub in found.hubs:
            at_hub(s, by, hub, "coordinator")
    return found


def make(s: Connection, change: Change, by: str, now: datetime) -> Scope:
    """Makes the change: windows shut, cut or moved, rosters and holidays set, holds and offers in them given back."""
    _lock_rosters(s, change, scope(s, change, by, now))
    touched = scope(s, change, by, now)
    match change:
        case DoctorAway():
            _away(s, change.doctor, change.first, change.last)
        case HolidayDeclared():
            _holiday(s, change)
        case MoveSession():
            _shift(s, change.session, touched.shift, now)
        case CutCapacity(capacity):
            fewer = func.min if s.dialect.name == "sqlite" else func.least
            cut = update(Window).where(Window.session_id.in_(touched.sessions), touched.condition())
            s.execute(cut.values(capacity=capacity, reserved=fewer(Window.reserved, capacity)))
    if touched.shuts:
        _shut(s, touched, change)
    _release(s, touched, now)
    audit.append(s, by, touched.action, touched.subject, now)
    return touched


def some(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """The ids in lists short enough for a statement."""
    listed = list(ids)
    for begin in range(0, len(listed), MANY):
        yield listed[begin : begin + MANY]


def _scope(s: Connection, change: Change, now: datetime) -> Scope:
    match change:
        case CloseSession(id):
            return _of_session("close session", _open(s, id, now))
        case ShortenSession(id, ends):
            session = _open(s, id, now)
            if not session.starts_at < ends < session.ends_at:
                between = f"between {_clock(session.starts_at)} and {_clock(session.ends_at)}"
                raise Impossible(f"session {id} cannot end at {_clock(ends)}: give a time {between}, or close it")
            return _of_session("shorten session", session, after=ends)
        case MoveSession(id, starts):
            return _move_scope(s, _open(s, id, now), starts, now)
        case CutCapacity(capacity, id, window):
            if capacity < 1:
                raise Impossible(f"capacity {capacity}: give 1 or more, or close the session")
            session = _open(s, _session_of(s, window) if id is None else id, now)
            return _of_session("cut capacity of session", session, capacity=capacity, window=window)
        case DoctorAway(doctor, first, last):
            hub = s.scalar(select(Doctor.hub_id).where(Doctor.id == doctor))
            if hub is None:
                raise Unknown(f"no doctor {doctor}")
            _days_in_order(first, last, now)
            sessions = _sessions(s, now, Session.doctor_id == doctor, Session.date.between(first, last))
            return Scope("doctor away", f"doctor:{doctor}:{first}:{last}", (hub,), sessions)
        case HolidayDeclared(day, hub_id):
            return _holiday_scope(s, day, hub_id, now)


def _of_session(action: str, session: Any, **rest: Any) -> Scope:
    return Scope(action, f"session:{session.id}", (session.hub_id,), (session.id,), **rest)


def _move_scope(s: Connection, session: Any, starts: datetime, now: datetime) -> Scope:
    id, shift = session.id, starts - session.starts_at
    if session.starts_at <= now:
        raise Impossible(f"session {id} has begun at {_clock(session.starts_at)}: shorten or close it instead")
    if starts < now + LEAD:
        raise Impossible(f"session {id} cannot move to {_clock(starts)}: give a time two hours from now or later")
    if not shift:
        raise Impossible(f"session {id} begins at {_clock(starts)} already: give another time")
    clash = select(Session.id).where(
        Session.doctor_id == session.doctor_id, Session.id != id,
        or_(Session.starts_at == starts, (Session.status == "open") & (Session.starts_at < session.ends_at + shift)
            & (Session.ends_at > starts)),
    )  # fmt: skip
    if other := s.scalar(clash):
        raise Impossible(f"session {id} would lie over session {other} of the same doctor: give another time")
    return _of_session("move session", session, shift=shift)


def _holiday_scope(s: Connection, day: date, hub_id: str | None, now: datetime) -> Scope:
    if hub_id is not None and s.scalar(select(Hub.id).where(Hub.id == hub_id)) is None:
        raise Unknown(f"no hub {hub_id}")
    _days_in_order(day, day, now)
    hubs = s.scalars(select(Hub.id).order_by(Hub.id)).all() if hub_id is None else (hub_id,)
    here = Session.hub_id.in_(hubs) if hub_id else Session.id.is_not(None)
    sessions = _sessions(s, now, here, Session.date == day)
    return Scope("holiday", f"holiday:{day}:{hub_id or 'all hubs'}", tuple(hubs), sessions)


def _days_in_order(first: date, last: date, now: datetime) -> None:
    if last < first:
        raise Impossible(f"{last} is before {first}: give the first day first")
    if last < day_of(now):
        raise Impossible(f"{last} is over: give today or a day to come")


def _open(s: Connection, id: int, now: datetime) -> Any:
    session = s.execute(select(*Session.__table__.c).where(Session.id == id)).first()
    if session is None:
        raise Unknown(f"no session {id}")
    if session.status != "open":
        raise Impossible(f"session {id} is closed already")
    if session.ends_at <= now:
        raise Impossible(f"session {id} was over at {_clock(session.ends_at)}: nothing is left to change")
    return session


def _session_of(s: Connection, window: int | None) -> int:
    found = s.scalar(select(Window.session_id).where(Window.id == window))
    if found is None:
        raise Unknown(f"no window {window}")
    return found


def _sessions(s: Connection, now: datetime, *where: Any) -> tuple[int, ...]:
    found = select(Session.id).where(*where, Session.status == "open", Session.ends_at > now)
    return tuple(s.scalars(found.order_by(Session.id)))


def _lock_rosters(s: Connection, change: Change, touched: Scope) -> None:
    """Nobody makes windows from the rosters meanwhile: they would make what no longer holds."""
    if isinstance(change, DoctorAway | HolidayDeclared | MoveSession):
        for hub in (None, *touched.hubs):
            one_at_a_time(s, lock_name(hub))


def _away(s: Connection, doctor: str, first: date, last: date) -> None:
    """The days are written down as free, so that no session is made on them later."""
    of_days = RosterException.date.between(first, last)
    s.execute(delete(RosterException).where(RosterException.doctor_id == doctor, of_days))
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    s.execute(insert(RosterException), [{"id": new_id(), "doctor_id": doctor, "date": day} for day in days])


def _holiday(s: Connection, change: HolidayDeclared) -> None:
    same_hub = Holiday.hub_id.is_(None) if change.hub is None else Holiday.hub_id == change.hub
    if s.scalar(select(Holiday.id).where(Holiday.date == change.day, same_hub)) is None:
        names = {"name_bn": change.name_bn, "name_en": change.name_en}
        s.execute(insert(Holiday), {"id": new_id(), "date": change.day, "hub_id": change.hub} | names)


def _shut(s: Connection, touched: Scope, change: Change) -> None:
    for ids in some(touched.sessions):
        ended: dict[str, Any] = {"ends_at": change.ends} if isinstance(change, ShortenSession) else {"status": "closed"}
        s.execute(update(Session).where(Session.id.in_(ids)).values(**ended))
        s.execute(update(Window).where(Window.session_id.in_(ids), touched.condition()).values(open=False))


def _shift(s: Connection, session_id: int, by: timedelta, now: datetime) -> None:
    """Session, windows and bookings at their new times. In an order in which no two windows ever begin together."""
    session = _open(s, session_id, now)
    starts = session.starts_at + by
    if (day := day_of(starts)) != session.date:
        _keep_free(s, session)
    times = {"starts_at": starts, "ends_at": session.ends_at + by, "date": day}
    s.execute(update(Session).where(Session.id == session_id).values(**times))
    order = Window.starts_at.desc() if by > timedelta(0) else Window.starts_at
    windows = select(Window.id, Window.starts_at, Window.ends_at).where(Window.session_id == session_id).order_by(order)
    for id, begins, ends in s.execute(windows).all():
        moved = {"starts_at": begins + by, "ends_at": ends + by}
        s.execute(update(Window).where(Window.id == id).values(**moved))
        s.execute(update(Booking).where(Booking.window_id == id).values(**moved))


def _keep_free(s: Connection, session: Any) -> None:
    """The day that a session leaves: unless another one stands on it, no new one may be made there."""
    others = select(Session.id).where(
        Session.doctor_id == session.doctor_id, Session.date == session.date, Session.id != session.id
    )
    if s.scalar(others) is None:
        _away(s, session.doctor_id, session.date, session.date)


def _release(s: Connection, touched: Scope, now: datetime) -> None:
    """Holds and offers give way: all that are in what is shut or moved, the newest ones in what is too full."""
    for ids in some(touched.sessions):
        passing = (
            select(Booking.id, Booking.status, Booking.window_id, Window.taken - Window.capacity)
            .join(Window, Window.id == Booking.window_id)
            .where(Booking.session_id.in_(ids), Booking.status.in_(("pending", "proposed")), touched.condition())
            .order_by(Booking.created_at.desc(), Booking.id)
        )
        released: dict[int, int] = {}
        for id, status, window_id, too_many in s.execute(passing).all():
            if touched.capacity is not None and released.get(window_id, 0) >= too_many:
                continue
            if close(s, id, "replan", now):
                released[window_id] = released.get(window_id, 0) + 1
                if status == "proposed":
                    _answered(s, id, now)


def _answered(s: Connection, booking_id: str, now: datetime) -> None:
    """The offer stands no more; who got it goes on waiting."""
    offer = update(Offer).where(Offer.booking_id == booking_id, Offer.answered_at.is_(None))
    s.execute(offer.values(answered_at=now, answer="expired"))


def _clock(moment: datetime) -> str:
    return moment.astimezone(KOLKATA).isoformat(timespec="minutes")
