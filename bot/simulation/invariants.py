"""What must hold in any database of bookings at any moment, each a query; what is found is told by its ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from flows.reminders import BOOKING_KINDS, KINDS, times
from storage.bookings import WITHIN_A_DAY
from storage.concerned import WAITS
from storage.tables import ACTIVE, STANDS, Booking, Offer, Outbox, Session, Waiting, Window
from storage.waiting import ANSWER_WITHIN

KEPT = (*ACTIVE, "fulfilled", "noshow")
"""Status words of those who have, or had, their place: all but who gave it back."""
ATTENDED = (*STANDS, "fulfilled")
SHOWN = 20
Faults = list[str]
Query = Select[*tuple[Any, ...]]


def check(s: Connection, now: datetime, acknowledged: Mapping[str, str] | None = None) -> dict[str, Faults]:
    """Every invariant with the faults found, at most SHOWN of each.

    `acknowledged`: booking id -> status as its person was told last; such a booking must be there, and so.
    """
    found = {name: _some(query(now), s) for name, query in QUERIES.items()}
    found["each booking has its reminders"] = list(_unreminded(s))[:SHOWN]
    if acknowledged is not None:
        found["what was acknowledged is there"] = list(_forgotten(s, acknowledged))[:SHOWN]
    return found


def _some(query: Query, s: Connection) -> Faults:
    return [" ".join(str(value) for value in row) for row in s.execute(query.limit(SHOWN))]


def _oversold(_now: datetime) -> Query:
    rows = _kept_by_window()
    return (
        select(literal("window"), Window.id, Window.capacity, rows.c.kept)
        .outerjoin(rows, rows.c.window_id == Window.id)
        .where(or_(Window.taken > Window.capacity, rows.c.kept > Window.capacity))
    )


def _reserve_sold(_now: datetime) -> Query:
    """More people who could wait than there are places that are not kept for who cannot."""
    rows = _kept_by_window(Booking.urgency > WITHIN_A_DAY)
    return (
        select(literal("window"), Window.id, Window.capacity - Window.reserved, rows.c.kept)
        .join(rows, rows.c.window_id == Window.id)
        .where(rows.c.kept > Window.capacity - Window.reserved)
    )


def _miscounted(_now: datetime) -> Query:
    rows = _kept_by_window()
    numbers = _numbers_by_window()
    return (
        select(literal("window"), Window.id, Window.taken, rows.c.kept, Window.issued, numbers.c.given)
        .outerjoin(rows, rows.c.window_id == Window.id)
        .outerjoin(numbers, numbers.c.window_id == Window.id)
        .where(or_(Window.taken != func.coalesce(rows.c.kept, 0), Window.issued != func.coalesce(numbers.c.given, 0)))
    )


def _doubled_tokens(_now: datetime) -> Query:
    given = (Booking.session_id, Booking.token_number)
    return (
        select(literal("session"), *given, func.count())
        .where(Booking.token_number.is_not(None))
        .group_by(*given)
        .having(func.count() > 1)
    )


def _foreign_tokens(_now: datetime) -> Query:
    """A token that its window never gave out, or a booking that stands without one."""
    outside = or_(
        Booking.token_number < Window.first_token,
        Booking.token_number >= Window.first_token + Window.issued,
        Booking.token_number.is_(None) & Booking.status.in_((*ATTENDED, "noshow")),
    )
    return select(literal("booking"), Booking.id, Booking.token_number).join(Window).where(outside)


def _twice_in_a_session(_now: datetime) -> Query:
    who = (Booking.person_id, Booking.session_id)
    return (
        select(literal("person"), *who, func.count())
        .where(Booking.status.in_(ATTENDED))
        .group_by(*who)
        .having(func.count() > 1)
    )


def _overlapping(_now: datetime) -> Query:
    one, other = aliased(Booking), aliased(Booking)
    at_once = and_(
        other.person_id == one.person_id, other.id > one.id, other.starts_at < one.ends_at,
        other.ends_at > one.starts_at, other.status.in_(ATTENDED), one.status.in_(ATTENDED),
    )  # fmt: skip
    return select(literal("person"), one.person_id, one.id, other.id).join(other, at_once)


def _kept_too_long(now: datetime) -> Query:
    """A hold or an offer that ran out and still keeps its place from others."""
    passing = Booking.status.in_(("pending", "proposed"))
    return select(literal("booking"), Booking.id).where(
        passing, or_(Booking.held_until.is_(None), Booking.held_until <= now)
    )


def _in_closed_session(_now: datetime) -> Query:
    """Somebody in a session that was closed who neither has another place nor waits for one."""
    waits = exists().where(Waiting.key == literal(WAITS) + Booking.id, Waiting.status == "active")
    return (
        select(literal("booking"), Booking.id)
        .join(Session, Session.id == Booking.session_id)
        .where(Session.status == "closed", Booking.status.in_(STANDS), ~waits)
    )


def _loose_offers(_now: datetime) -> Query:
    """An open offer without a place behind it, or a place that is offered to nobody."""
    open_offer = and_(Offer.booking_id == Booking.id, Offer.answered_at.is_(None))
    return (
        select(literal("booking"), Booking.id, Booking.status)
        .outerjoin(Offer, open_offer)
        .where((Booking.status == "proposed") != Offer.booking_id.is_not(None))
    )


def _waiting_in_vain(_now: datetime) -> Query:
    """Waits for what was accepted already."""
    accepted = and_(Offer.waiting_id == Waiting.id, Offer.answer == "accepted")
    return select(literal("waiting"), Waiting.id).join(Offer, accepted).where(Waiting.status == "active")


def _reminded_of_nothing(_now: datetime) -> Query:
    return (
        select(literal("notice"), Outbox.id, Outbox.kind, Booking.id)
        .join(Booking, Outbox.about == literal("booking:") + Booking.id)
        .where(Outbox.state == "waiting", Booking.status == "cancelled")
    )


def _kept_by_window(*only: Any) -> Any:
    kept = select(Booking.window_id, func.count().label("kept")).where(Booking.status.in_(KEPT), *only)
    return kept.group_by(Booking.window_id).subquery()


def _numbers_by_window() -> Any:
    given = func.sum(case((Booking.token_number.is_not(None), 1), else_=0), type_=Integer).label("given")
    return select(Booking.window_id, given).group_by(Booking.window_id).subquery()


QUERIES: dict[str, Callable[[datetime], Query]] = {
    "never oversold": _oversold,
    "reserved places kept": _reserve_sold,
    "counters equal rows": _miscounted,
    "tokens unique": _doubled_tokens,
    "tokens given out by their window": _foreign_tokens,
    "nobody twice in a session": _twice_in_a_session,
    "no overlapping bookings of a person": _overlapping,
    "no place lost to a hold or offer that ran out": _kept_too_long,
    "nobody left in a closed session": _in_closed_session,
    "each offer has its place": _loose_offers,
    "nobody waits who accepted": _waiting_in_vain,
    "no reminder of what was cancelled": _reminded_of_nothing,
}


def _unreminded(s: Connection) -> Iterator[str]:
    """Bookings without a reminder that could still be given half an hour after they came to be."""
    rows = select(Outbox.about, Outbox.kind).where(Outbox.kind.in_(BOOKING_KINDS), Outbox.about.is_not(None))
    kinds: dict[str, set[str]] = defaultdict(set)
    for about, kind in s.execute(rows):
        kinds[about or ""].add(kind)
    numbered = select(Booking.id, Booking.starts_at, Booking.created_at).where(Booking.token_number.is_not(None))
    for id, starts_at, created_at in s.execute(numbered):
        found = {name: times(KINDS[name], starts_at, id) for name in BOOKING_KINDS}
        due = {name for name, at in found.items() if at and at[0] > created_at + ANSWER_WITHIN}
        if missing := due - kinds[f"booking:{id}"]:
            yield f"booking {id} {' '.join(sorted(missing))}"


def _forgotten(s: Connection, acknowledged: Mapping[str, str]) -> Iterator[str]:
    there = {row[0]: row[1] for row in s.execute(select(Booking.id, Booking.status))}
    for id, status in acknowledged.items():
        if there.get(id) != status:
            yield f"booking {id} told {status}, is {there.get(id)}"
