"""The day itself, as the desk and the doctor write it down: who has come, is called, is done, or did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Integer, bindparam, func, literal_column, select, update

from storage import audit, outbox
from storage.booked import SELECT, booked, booking
from storage.bookings import lock_person, stands_elsewhere
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.records import Staff as Member
from storage.scope import acting, at_hub
from storage.tables import STANDS, Booking, Consult, Doctor, Session, Window
from storage.turns import ON_DAY, ON_THE_DAY, queue
from storage.zone import day_of

Mark = Literal["arrived", "called", "fulfilled", "noshow"]
FOLLOWS: dict[str, tuple[str, ...]] = {
    "arrived": ("booked", "noshow", "fulfilled"), "called": ("booked", "arrived", "noshow"),
    "fulfilled": ("booked", "arrived", "noshow"), "noshow": ("booked", "arrived"),
}  # fmt: skip
"""What staff may mark on the day, and what it may follow: a mistaken tap is taken back by the next one."""
CLOSES_AFTER = timedelta(hours=2)
"""After the end of a session; from then on, who was not marked did not come."""

_SESSION = Prepared(select(Session.hub_id).where(Session.id == bindparam("of")))
_DATE = Prepared(select(Session.date, Session.ends_at).where(Session.id == bindparam("of")))
_MARK = Prepared(
    update(Booking)
    .where(Booking.id == bindparam("of"), Booking.status == bindparam("was"))
    .values(
        status=bindparam("becomes"), arrived_at=bindparam("arrived"), called_at=bindparam("called"),
        updated_at=bindparam("now"),
    )
)  # fmt: skip
_ABSENT = Prepared(
    select(Booking.id)
    .join(Session, Session.id == Booking.session_id)
    .where(
        Booking.status == literal_column("'booked'"),
        Booking.ends_at <= bindparam("before"),
        Session.ends_at <= bindparam("before"),
        Session.status == literal_column("'open'"),
    )
    .order_by(Booking.ends_at, Booking.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=Booking, skip_locked=True)
)
_NOSHOW = Prepared(
    update(Booking)
    .where(Booking.id == bindparam("of"), Booking.status == literal_column("'booked'"))
    .values(status="noshow", updated_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session of the day as the desk sees it."""

    session_id: int
    specialty: str
    doctor_bn: str
    doctor_en: str
    starts_at: datetime
    ends_at: datetime
    booked: int  # not come yet
    arrived: int  # come, and not seen yet
    done: int
    noshow: int


def mark(s: Connection, staff_id: str, booking_id: str, status: Mark, now: datetime) -> Booked | None:
    """Marks a booking of the session's own day, at the own hub; None if that cannot follow what it is.

    "called" is no status of its own: who is called has arrived. A signed summary stays done. Raises NotAllowed.
    """
    found = booking(s, booking_id)
    at_hub(s, staff_id, found.hub_id, "doctor", "coordinator")
    lock_person(s, found.person_id)
    found = booking(s, booking_id)
    if found.status not in FOLLOWS[status] or not _is_of_today(s, found.session_id, now):
        return None
    if found.status not in STANDS and status in ("arrived", "called") and not _may_come_back(s, found):
        return None
    if status == "called" and found.called_at is not None and found.status == "arrived":
        return found  # the same tap once more
    if not _MARK.count(s, of=booking_id, was=found.status, now=now, **_marks(found, status, now)):
        return None
    if status != "arrived":
        outbox.call_off(s, f"booking:{booking_id}", now)
    audit.append(s, staff_id, status, f"booking:{booking_id}", now)
    return booking(s, booking_id)


def _marks(found: Booked, status: Mark, now: datetime) -> dict[str, Any]:
    """The columns of a mark. Taken back, a call is no call: it would spoil the day's pace."""
    arrived_at, called_at = found.arrived_at, found.called_at
    match status:
        case "arrived":
            return {"becomes": "arrived", "arrived": arrived_at or now, "called": None}
        case "called":
            return {"becomes": "arrived", "arrived": arrived_at or now, "called": now}
        case "fulfilled":
            return {"becomes": "fulfilled", "arrived": arrived_at or now, "called": called_at or now}
    return {"becomes": "noshow", "arrived": arrived_at, "called": None}


def _is_of_today(s: Connection, session_id: int, now: datetime) -> bool:
    """On the session's day, or while it goes on past midnight."""
    row = _DATE.first(s, of=session_id)
    assert row is not None
    date, ends_at = row
    return bool(date == day_of(now) or (date < day_of(now) and now < ends_at + CLOSES_AFTER))


def _may_come_back(s: Connection, found: Booked) -> bool:
    """Unless a doctor signed for them, or they have another place at that time by now."""
    signed = select(Consult.id).where(Consult.booking_id == found.id, Consult.status == "final").limit(1)
    return s.execute(signed).first() is None and not stands_elsewhere(s, found)


def call_next(s: Connection, staff_id: str, session_id: int, now: datetime) -> Booked | None:
    """Calls the smallest token of those who have come and were not called; None if nobody sits there."""
    _sits(s, staff_id, session_id)
    waiting = [one for one in queue(s, session_id) if one.status == "arrived" and one.called_at is None]
    return mark(s, staff_id, waiting[0].id, "called", now) if waiting else None


def sittings(s: Connection, staff_id: str, now: datetime) -> list[Sitting]:
    """Today's sessions: a doctor's own, a coordinator's whole hub; by the hour."""
    member = acting(s, staff_id, "doctor", "coordinator")
    counts: list[Any] = [
        func.sum(literal_column(f"CASE WHEN booking.status = '{status}' THEN 1 ELSE 0 END")) for status in ON_DAY
    ]
    found = (
        select(
            Session.id, Session.specialty, Doctor.name_bn, Doctor.name_en, Session.starts_at, Session.ends_at, *counts
        )
        .join(Doctor, Doctor.id == Session.doctor_id)
        .outerjoin(Booking, Booking.session_id == Session.id)
        .where(_own(member), Session.date == day_of(now), Session.status == "open")
        .group_by(Session.id, Doctor.id)
        .order_by(Session.starts_at, Session.id)
    )
    return [Sitting(*row[:6], *(int(count or 0) for count in row[6:])) for row in s.execute(found)]


def line(s: Connection, staff_id: str, session_id: int, now: datetime) -> list[Booked]:
    """Everybody with a token of this session, in order of tokens; at the own hub, a doctor's own. Raises NotAllowed."""
    _sits(s, staff_id, session_id)
    found = SELECT.where(Booking.session_id == session_id, ON_THE_DAY).order_by(Booking.token_number, Booking.id)
    audit.append(s, staff_id, "line", f"session:{session_id}", now)
    return [booked(s, row) for row in s.execute(found)]


def by_token(s: Connection, staff_id: str, token: int, now: datetime) -> list[Booked]:
    """Today's bookings of this number: one session's each, since every session of a hub has its own 1, 2, 3."""
    member = acting(s, staff_id, "doctor", "coordinator")
    found = SELECT.where(_own(member), Session.date == day_of(now), Booking.token_number == token, ON_THE_DAY)
    audit.append(s, staff_id, "token", f"hub:{member.hub_id}", now)
    return [booked(s, row) for row in s.execute(found.order_by(Window.starts_at, Booking.id))]


def absent(s: Connection, now: datetime, limit: int = 200) -> list[Booked]:
    """Marks as noshow, at most `limit` at once, who was expected in a session that ended CLOSES_AFTER ago."""
    ids = [row[0] for row in _ABSENT.rows(s, before=now - CLOSES_AFTER, most=limit)]
    gone = [id for id in ids if _NOSHOW.count(s, of=id, now=now)]
    for id in gone:
        audit.append(s, "clock", "noshow", f"booking:{id}", now)
    return [booking(s, id) for id in gone]


def was_kept(s: Connection, session_id: int) -> bool:
    """Whether anybody of this session was marked as come or seen: else it says nothing that the others were not."""
    return any(one.status in ("arrived", "fulfilled") for one in queue(s, session_id))


def _own(member: Member) -> Any:
    return Session.doctor_id == member.doctor_id if member.role == "doctor" else Session.hub_id == member.hub_id


def _sits(s: Connection, staff_id: str, session_id: int) -> None:
    """Raises NotAllowed unless it is a session of the own hub."""
    row = _SESSION.first(s, of=session_id)
    at_hub(s, staff_id, row[0] if row else "", "doctor", "coordinator")
