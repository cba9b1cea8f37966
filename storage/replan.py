"""When the hub changes: everybody affected gets another place, the new one before the old one is given up.

The change itself is made first (storage/changes.py); then people are moved a few at a time, urgent ones first. What is
still to be done is no list of its own: it is who stands in a window that is shut, or too full. So any process can go on
where one was killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, literal, literal_column, or_, select, update

from storage import audit, changes, outbox
from storage.bookings import WITHIN_A_DAY, book_at, booking, close
from storage.changes import (
    COMMAND_LINE,
    Change,
    CloseSession,
    CutCapacity,
    DoctorAway,
    HolidayDeclared,
    Impossible,
    MoveSession,
    Scope,
    ShortenSession,
    some,
)
from storage.columns import new_id
from storage.concerned import WAITS, concerned, in_shut, listed, movable, too_many
from storage.dialect import insert_new
from storage.placing import DAY, FAR, Placing, Spot
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.tables import STANDS, Booking, Holiday, Person, RosterException, Session, Waiting, Window

__all__ = [
    "BATCH", "COMMAND_LINE", "Change", "CloseSession", "CutCapacity", "DoctorAway", "HolidayDeclared", "Impossible",
    "Move", "MoveSession", "ShortenSession", "affected", "replan", "replan_left_over", "unfinished",
]  # fmt: skip

BATCH = 25
"""People moved in one transaction: nobody else waits for the database for long."""

_HOLDS_INSTEAD = Prepared(
    update(Booking)
    .where(
        Booking.person_id == bindparam("of"),
        Booking.instead_of == bindparam("old"),
        Booking.status.in_([literal_column("'pending'"), literal_column("'proposed'")]),
    )
    .values(instead_of=bindparam("new"))
)
_WAITS_INSTEAD = Prepared(
    update(Waiting)
    .where(
        Waiting.person_id == bindparam("of"),
        Waiting.replaces == bindparam("old"),
        Waiting.status == literal_column("'active'"),
    )
    .values(replaces=bindparam("new"))
)


@dataclass(frozen=True)
class Move:
    """One person's change. `booking`: as it was; no `starts_at`: there is no place, and they are on the waiting list.

    `why`: closed, away, holiday, shortened, cut or moved; `late`: must be seen within a day, and this place is later.
    """

    booking: Booked
    why: str = ""
    hub_id: str = ""
    hub_bn: str = ""
    hub_en: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    late: bool = False
    made: Booked | None = None
    holiday: tuple[str, str] | None = None  # its name in Bengali and English

    @property
    def placed(self) -> bool:
        """Whether there is another place."""
        return self.starts_at is not None

    @property
    def same_hub(self) -> bool:
        """Whether it is at the hub where it was."""
        return self.hub_id == self.booking.hub_id


def affected(s: Connection, change: Change, now: datetime, by: str = COMMAND_LINE) -> list[Move]:
    """A dry run: whom the change would affect, most urgent first, each with the place that `replan` would give them.

    Raises Impossible, Unknown, or NotAllowed as `replan` does.
    """
    touched = changes.scope(s, change, by, now)
    if by != COMMAND_LINE:  # which only looks, on a connection that cannot write
        audit.append(s, by, "affected", touched.subject, now)
    placing = Placing(s, now, lambda spot: _as_left(touched, spot))
    if touched.shift:
        return _shifted_dry(s, touched, placing, now)
    planned = []
    for one in concerned(s, touched, now):
        spot = next(placing.spots(one), None)
        if spot:
            placing.took(one, spot)
        planned.append(_to(one, placing, spot))
    return planned


def replan(s: Connection, change: Change, by: str, now: datetime, limit: int = BATCH) -> list[Move]:
    """Makes the change and moves the first people; `replan_left_over` moves the others, until it has nobody left.

    `by`: a coordinator's staff id (their own hub only), or COMMAND_LINE. Raises Impossible, Unknown, or NotAllowed.
    """
    touched = changes.make(s, change, by, now)
    if touched.shift:
        return _shifted(s, touched, now)
    return replan_left_over(s, now, touched.sessions, limit)


def replan_left_over(s: Connection, now: datetime, sessions: Iterable[int], limit: int = BATCH) -> list[Move]:
    """Moves up to `limit` people who stand in windows of these sessions that are shut or too full; [] when all are."""
    listed = list(sessions)
    found = [one for ids in some(listed) for one in (*in_shut(s, ids, now, limit), *too_many(s, ids, now))]
    chosen = [id for *_, id in sorted(found)[:limit]]
    _end_of_waiting(s, listed, now)
    placing, reasons = Placing(s, now), _Reasons(s)
    _lock(s, chosen)
    return [_moved(s, one, placing, reasons, now) for id in chosen if (one := booking(s, id)).status in STANDS]


def unfinished(s: Connection, now: datetime) -> list[list[int]]:
    """Sessions in which somebody is still to be moved, those of one hub together: for `replan_left_over`."""
    shut_or_full = or_(~Window.open, Window.taken > Window.capacity)
    somebody = select(Booking.id).where(Booking.window_id == Window.id, movable(now), ~listed())
    found = select(Window.session_id, Window.hub_id).join(Session, Session.id == Window.session_id)
    found = found.where(shut_or_full, Window.ends_at > now - DAY, somebody.correlate(Window, Session).exists())
    by_hub: dict[str, list[int]] = {}
    for id, hub in s.execute(found.distinct().order_by(Window.session_id)):
        by_hub.setdefault(hub, []).append(id)
    return list(by_hub.values())


def _as_left(touched: Scope, spot: Spot) -> Spot | None:
    """The window as the change will leave it, None if it will be shut."""
    if spot.session_id not in touched.sessions or touched.window not in (None, spot.window_id):
        return spot
    if touched.shift:
        return replace(spot, starts_at=spot.starts_at + touched.shift, ends_at=spot.ends_at + touched.shift)
    if touched.capacity is not None:
        left = spot.left - (spot.capacity - touched.capacity)
        return replace(spot, left=left, reserved=min(spot.reserved, touched.capacity))
    return spot if touched.after is not None and spot.ends_at <= touched.after else None


def _to(one: Booked, placing: Placing, spot: Spot | None) -> Move:
    if spot is None:
        return Move(one, late=placing.is_late(one, None))
    late = placing.is_late(one, spot.starts_at)
    return Move(one, "", spot.hub_id, spot.hub_bn, spot.hub_en, spot.starts_at, spot.ends_at, late)


def _lock(s: Connection, bookings: Sequence[str]) -> None:
    """The people first, all in one order: as everywhere, so that no two transactions wait for each other."""
    of = select(Booking.person_id).where(Booking.id.in_(bookings))
    s.execute(select(Person.id).where(Person.id.in_(of)).order_by(Person.id).with_for_update(key_share=True)).all()


def _moved(s: Connection, old: Booked, placing: Placing, reasons: _Reasons, now: datetime) -> Move:
    """This person's new place, taken before the old one is given up; or the waiting list, and the old row stays."""
    for spot in placing.spots(old):
        made = book_at(s, spot.window_id, _said(old), now)
        if isinstance(made, Booked):
            placing.took(old, spot)
            _point_to(s, old, made.id)
            move = replace(_to(old, placing, spot), made=made)
            return reasons.given(move)
        spot.left = 0 if old.urgency <= WITHIN_A_DAY else min(spot.left, spot.reserved)
    _wait(s, old, now)
    return reasons.given(_to(old, placing, None))


def _said(old: Booked) -> dict[str, Any]:
    return {
        "person_id": old.person_id, "spoke_id": old.spoke_id, "chat": old.chat, "decision_id": old.decision_id,
        "key": f"{WAITS}{old.id}", "instead_of": old.id, "status": "booked",
    }  # fmt: skip


def _point_to(s: Connection, old: Booked, new: str) -> None:
    """What was to replace the old booking (a hold, an offer, a wish for an earlier place) is to replace the new one."""
    for points in (_HOLDS_INSTEAD, _WAITS_INSTEAD):
        points.count(s, of=old.person_id, old=old.id, new=new)


def _wait(s: Connection, old: Booked, now: datetime) -> None:
    """On the waiting list, before those of the same urgency who came later than the booking was made."""
    outbox.call_off(s, f"booking:{old.id}", now)
    created = s.scalar(select(Booking.created_at).where(Booking.id == old.id))
    entry = {"key": f"{WAITS}{old.id}", "replaces": old.id, "created_at": created, "updated_at": now}
    entry |= {"wanted_from": now, "wanted_until": max(now + FAR, old.ends_at)}
    there = update(Waiting).where(
        Waiting.person_id == old.person_id, Waiting.specialty == old.specialty, Waiting.status == "active"
    )
    mine = Waiting.key.like(f"{WAITS}%")
    if s.execute(there.where(~mine).values(**entry)).rowcount:
        return
    who = {
        "id": new_id(), "person_id": old.person_id, "chat": old.chat, "spoke_id": old.spoke_id, "hub_id": old.hub_id,
        "specialty": old.specialty, "urgency": old.urgency, "decision_id": old.decision_id, "status": "active",
    }  # fmt: skip
    s.execute(insert_new(s, Waiting).values(**who, **entry))


def _end_of_waiting(s: Connection, sessions: Sequence[int], now: datetime) -> None:
    """Who left the list, or whose time on it is over, has nothing any more that the old row could stand for."""
    for ids in some(sessions):
        ended = (
            select(Booking.id)
            .join(Waiting, Waiting.key == literal(WAITS) + Booking.id)
            .where(Booking.session_id.in_(ids), Booking.status.in_(STANDS), Waiting.status != "active")
        )
        for id in s.scalars(ended).all():
            close(s, id, "replan", now)


def _shifted(s: Connection, touched: Scope, now: datetime) -> list[Move]:
    """The people of a session that moved: told, or moved themselves if they have something else at that time."""
    placing, reasons, moves = Placing(s, now), _Reasons(s), []
    people = concerned(s, touched, now)
    _lock(s, [one.id for one in people])
    for one in people:
        before = replace(one, starts_at=one.starts_at - touched.shift, ends_at=one.ends_at - touched.shift)
        outbox.call_off(s, f"booking:{one.id}", now)
        if placing.is_free(one, _own_spot(one)):
            s.execute(update(Booking).where(Booking.id == one.id).values(confirmed_coming=None, updated_at=now))
            moves.append(replace(_to(before, placing, _own_spot(one)), made=one, why="moved"))
        else:
            moves.append(replace(_moved(s, before, placing, reasons, now), why="moved"))
    return moves


def _shifted_dry(s: Connection, touched: Scope, placing: Placing, now: datetime) -> list[Move]:
    moves = []
    for one in concerned(s, touched, now):
        there = replace(one, starts_at=one.starts_at + touched.shift, ends_at=one.ends_at + touched.shift)
        spot = _own_spot(there) if placing.is_free(there, _own_spot(there)) else next(placing.spots(one), None)
        if spot and spot.window_id != one.window_id:
            placing.took(one, spot)
        moves.append(_to(one, placing, spot))
    return moves


def _own_spot(one: Booked) -> Spot:
    """The window that a booking is in, as a place for it."""
    return Spot(one.window_id, one.session_id, one.hub_id, one.hub_bn, one.hub_en, one.starts_at, one.ends_at, 1, 0, 1)


class _Reasons:
    """Why a session's people have to move, as the tables tell it: also to a process that goes on with the work."""

    def __init__(self, s: Connection) -> None:
        self._s = s
        self._known: dict[int, tuple[str, tuple[str, str] | None]] = {}

    def given(self, move: Move) -> Move:
        """The move with its reason."""
        session_id = move.booking.session_id
        if session_id not in self._known:
            self._known[session_id] = self._of(session_id)
        why, holiday = self._known[session_id]
        if why == "shortened" and self._s.scalar(select(Window.open).where(Window.id == move.booking.window_id)):
            why = "cut"
        return replace(move, why=why, holiday=holiday)

    def _of(self, session_id: int) -> tuple[str, tuple[str, str] | None]:
        session = self._s.execute(select(*Session.__table__.c).where(Session.id == session_id)).one()
        if session.status == "open":
            return "shortened", None
        everywhere = or_(Holiday.hub_id.is_(None), Holiday.hub_id == session.hub_id)
        named = select(Holiday.name_bn, Holiday.name_en).where(Holiday.date == session.date, everywhere)
        if row := self._s.execute(named).first():
            return "holiday", (row[0], row[1])
        away = select(RosterException.id).where(
            RosterException.doctor_id == session.doctor_id, RosterException.date == session.date,
            RosterException.starts.is_(None),
        )  # fmt: skip
        return ("away" if self._s.scalar(away) else "closed"), None
