"""Bookings: a person's place in a window. The place is taken by one conditional update, so it cannot be sold twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, bindparam, literal_column, or_, select, update

from flows.protocol import URGENCY
from storage import outbox
from storage.columns import new_id
from storage.dialect import insert_into
from storage.people import require
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.records import NotAllowed, Refusal, Unknown
from storage.sealed import ring
from storage.session import Overtaken
from storage.tables import ACTIVE, Account, Booking, Decision, Household, Hub, Person, Session, Spoke, Staff, Window
from storage.windows import TOKENS, free_windows

__all__ = [
    "book", "booking", "bookings_of", "cancel", "confirm_coming", "free_windows", "reschedule", "take_place",
]  # fmt: skip

_active = Booking.status.in_([literal_column(f"'{status}'") for status in ACTIVE])
_TAKE = Prepared(
    update(Window)
    .where(
        Window.id == bindparam("of"),
        Window.taken < Window.capacity,
        Window.issued < TOKENS - 1,
        Window.open,
        Window.ends_at > bindparam("now"),
    )
    .values(taken=Window.taken + 1, issued=Window.issued + 1)
    .returning(Window.session_id, Window.first_token + Window.issued - 1, Window.starts_at)
)
_FREE_PLACE = Prepared(update(Window).where(Window.id == bindparam("of")).values(taken=Window.taken - 1))
_ENDS = Prepared(select(Window.ends_at, Window.session_id).where(Window.id == bindparam("of")))
_INSERT = Prepared(
    lambda dialect: insert_into(dialect, Booking).on_conflict_do_nothing().returning(Booking.id),
    columns=(
        "id", "key", "person_id", "window_id", "session_id", "spoke_id", "chat", "decision_id", "urgency",
        "token_number", "status", "starts_at", "instead_of", "created_at", "updated_at",
    ),
)  # fmt: skip
_CLOSE = Prepared(
    update(Booking)
    .where(Booking.id == bindparam("of"), _active)
    .values(status="cancelled", cancelled_by=bindparam("by"), updated_at=bindparam("now"))
    .returning(Booking.window_id)
)
_BY_KEY = Prepared(select(Booking.id).where(Booking.key == bindparam("of")))
_LEVEL = Prepared(select(Decision.level).where(Decision.id == bindparam("of")))
_SPOKE = Prepared(update(Account).where(Account.chat == bindparam("of")).values(spoke_id=bindparam("spoke")))
_HELD = Prepared(
    select(Booking.id).where(
        Booking.person_id == bindparam("of"),
        Booking.session_id == bindparam("at"),
        _active,
        Booking.id != bindparam("but"),
    )
)
COLUMNS = (
    Booking.id, Booking.person_id, Person.name, Person.own_chat, Booking.chat, Booking.window_id, Booking.session_id,
    Hub.id, Hub.name_bn, Hub.name_en, Session.doctor_id, Session.specialty, Spoke.id, Spoke.name_bn, Spoke.name_en,
    Booking.token_number, Booking.status, Window.starts_at, Window.ends_at, Booking.urgency, Booking.decision_id,
    Booking.confirmed_coming, Booking.instead_of, Person.restricted_at,
)  # fmt: skip
SELECT = (
    select(*COLUMNS)
    .join(Person, Person.id == Booking.person_id)
    .join(Window, Window.id == Booking.window_id)
    .join(Session, Session.id == Booking.session_id)
    .join(Hub, Hub.id == Session.hub_id)
    .join(Spoke, Spoke.id == Booking.spoke_id)
)
"""Everything that is said of a booking; `booked(s, row)` makes the record."""

_chat: BindParameter[str] = bindparam("of_chat")
_hers = select(Household.id).join(Staff).where(Staff.chat == _chat, Staff.revoked_at.is_(None))
_people = select(Person.id).where(
    or_(Person.own_chat == _chat, Person.owner_chat == _chat, Person.household_id.in_(_hers))
)
_UPCOMING = Prepared(
    SELECT.where(_active, Window.ends_at > bindparam("now"), or_(Booking.chat == _chat, Booking.person_id.in_(_people)))
    .order_by(Window.starts_at, Booking.id)
    .limit(bindparam("most", type_=Integer))
)
_BY_ID = Prepared(SELECT.where(Booking.id == bindparam("of")))


def book(
    s: Connection,
    person_id: str,
    window_id: int,
    spoke_id: str,
    chat: str,
    decision_id: str | None,
    key: str,
    now: datetime,
) -> Booked | Refusal:
    """Takes a place for a person. `key` is the press: the same press again gives the same booking.

    Raises NotAllowed if the chat may not act for the person.
    """
    if before := _by_key(s, key, chat):
        return before
    require(s, chat, person_id)
    said = {"person_id": person_id, "spoke_id": spoke_id, "chat": chat, "decision_id": decision_id, "key": key}
    return _book(s, window_id, said, now)


def reschedule(s: Connection, booking_id: str, window_id: int, key: str, chat: str, now: datetime) -> Booked | Refusal:
    """Takes the new place, then frees the old one; a refusal leaves the old one as it was."""
    if before := _by_key(s, key, chat):
        return before
    old = _held_by(s, booking_id, chat)
    if old.status not in ACTIVE:
        return Refusal("past")
    said = {"person_id": old.person_id, "spoke_id": old.spoke_id, "chat": chat, "decision_id": old.decision_id}
    return _book(s, window_id, {**said, "key": key, "instead_of": old.id}, now)


def cancel(s: Connection, booking_id: str, by: str, now: datetime) -> Booked | None:
    """Gives the place back and calls off what was to be said about it; None if there was nothing to cancel any more."""
    _held_by(s, booking_id, by)
    return booking(s, booking_id) if close(s, booking_id, by, now) else None


def confirm_coming(s: Connection, booking_id: str, coming: bool, chat: str, now: datetime) -> bool:
    """Keeps what the person answered to the reminder; False if the booking no longer stands."""
    _held_by(s, booking_id, chat)
    answer = update(Booking).where(Booking.id == booking_id, _active)
    return s.execute(answer.values(confirmed_coming=coming, updated_at=now)).rowcount == 1


def booking(s: Connection, id: str) -> Booked:
    """The booking, for those who were already found to be allowed. Raises LookupError if there is none."""
    row = _BY_ID.first(s, of=id)
    if row is None:
        raise Unknown(f"no booking {id}")
    return booked(s, row)


def bookings_of(s: Connection, chat: str, now: datetime, limit: int = 50) -> list[Booked]:
    """What stands and is not over of everybody this chat booked or may act for, soonest first."""
    return [booked(s, row) for row in _UPCOMING.rows(s, of_chat=chat, now=now, most=limit)]


def take_place(s: Connection, window_id: int, now: datetime) -> tuple[int, int, datetime] | None:
    """One place of a window: its session, the token number and its beginning; None if none is left or it is over."""
    row = _TAKE.first(s, of=window_id, now=now)
    return (row[0], row[1], row[2]) if row else None


def close(s: Connection, booking_id: str, by: str, now: datetime) -> bool:
    """Cancels a booking that stands, frees its place, calls off its notices; False if it stood no longer."""
    row = _CLOSE.first(s, of=booking_id, by=by, now=now)
    if row is None:
        return False
    _FREE_PLACE.count(s, of=row[0])
    outbox.call_off(s, f"booking:{booking_id}", now)
    return True


def booked(s: Connection, row: Any) -> Booked:
    """A row of SELECT as a record; the name of whoever asked to be forgotten stays closed."""
    id, person_id, name, *rest, restricted_at = row
    opened = None if restricted_at else ring(s).open(name, f"person/name/{person_id}")
    return Booked(id, person_id, opened, *rest)


def _book(s: Connection, window_id: int, said: dict[str, Any], now: datetime) -> Booked | Refusal:
    window = _ENDS.first(s, of=window_id)
    if window is None or window[0] <= now:
        return Refusal("past")
    old = said.get("instead_of")
    if _HELD.first(s, of=said["person_id"], at=window[1], but=old or ""):
        return Refusal("already_booked")
    taken = take_place(s, window_id, now)
    if taken is None:
        return Refusal("taken")
    if old and not close(s, old, said["chat"], now):
        raise Overtaken(f"booking {old} was closed by another process")
    return _insert(s, window_id, taken, said, now)


def _insert(
    s: Connection, window_id: int, taken: tuple[int, int, datetime], said: dict[str, Any], now: datetime
) -> Booked | Refusal:
    session_id, token, starts_at = taken
    id = new_id()
    row = {"id": id, "window_id": window_id, "session_id": session_id, "token_number": token, "starts_at": starts_at}
    row |= {"status": "booked", "urgency": _urgency(s, said["decision_id"]), "created_at": now, "updated_at": now}
    if _INSERT.first(s, **{"instead_of": None} | said | row):
        _SPOKE.count(s, of=said["chat"], spoke=said["spoke_id"])
        return booking(s, id)
    if said.get("instead_of"):
        raise Overtaken(f"booking {said['instead_of']} was changed by another process")
    _FREE_PLACE.count(s, of=window_id)  # another process was faster with the same press, or for the same person
    return _by_key(s, said["key"], said["chat"]) or Refusal("already_booked")


def _urgency(s: Connection, decision_id: str | None) -> int:
    """0 the most urgent; without a decision that of a consultation."""
    row = _LEVEL.first(s, of=decision_id) if decision_id else None
    return URGENCY[row[0]] if row else URGENCY["consultation"]


def _by_key(s: Connection, key: str, chat: str) -> Booked | None:
    row = _BY_KEY.first(s, of=key)
    found = booking(s, row[0]) if row else None
    if found and found.chat != chat:
        raise NotAllowed(f"the key of booking {found.id} is another chat's")
    return found


def _held_by(s: Connection, booking_id: str, chat: str) -> Booked:
    """The booking, if this chat made it or may act for its person; else NotAllowed."""
    found = booking(s, booking_id)
    if found.chat != chat:
        require(s, chat, found.person_id)
    return found
