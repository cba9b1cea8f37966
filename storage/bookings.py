"""Bookings: a person's place in a window. The place is taken by one conditional update, so it cannot be sold twice.

A place is held (FHIR: pending) while a person confirms, or offered (proposed) to who waits for one; both run out. With
the booking itself the token number is given out, by an update of the same kind. What one person has is changed by one
transaction at a time: it locks the person first, then bookings, then windows in order of their ids.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Boolean, Connection, Integer, bindparam, literal_column, or_, select, update

from flows.protocol import URGENCY
from storage import outbox
from storage.booked import booking, bookings_of, comes_again
from storage.columns import new_id
from storage.dialect import insert_into
from storage.people import require
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.records import NotAllowed, Refusal
from storage.session import Overtaken
from storage.tables import ACTIVE, STANDS, Account, Booking, Decision, Offer, Person, Window
from storage.windows import TOKENS, free_windows

__all__ = [
    "HOLD", "book", "booking", "bookings_of", "cancel", "comes_again", "confirm", "confirm_coming", "free_windows",
    "hold", "release", "reschedule",
]  # fmt: skip

HOLD = timedelta(minutes=5)
"""How long a place is kept while a person looks at it once more."""
EXPIRED = "expired"
"""By whom a place was given back that was held for too long."""
WITHIN_A_DAY = URGENCY["consultation_24"]
"""At this urgency, or a greater one (a smaller number), the reserved places of a window are open too."""

_active = Booking.status.in_([literal_column(f"'{status}'") for status in ACTIVE])
_stands = Booking.status.in_([literal_column(f"'{status}'") for status in STANDS])
_passing = Booking.status.in_([literal_column("'pending'"), literal_column("'proposed'")])
_numbered = Window.issued < TOKENS - 1
_LOCK = Prepared(select(Person.id).where(Person.id == bindparam("of")).with_for_update(key_share=True))
_LOCK_BOOKING = Prepared(select(Booking.id).where(Booking.id == bindparam("of")).with_for_update())
_LOCK_WINDOWS = Prepared(
    select(Window.id)
    .where(
        or_(
            Window.id == bindparam("of"),
            Window.id == select(Booking.window_id).where(Booking.id == bindparam("old")).scalar_subquery(),
        )
    )
    .order_by(Window.id)
    .with_for_update(key_share=True)
)
_take = update(Window).where(
    Window.id == bindparam("of"),
    or_(
        Window.taken < Window.capacity - Window.reserved,
        bindparam("urgent", type_=Boolean).is_(True) & (Window.taken < Window.capacity),
    ),
    Window.open,
    Window.ends_at > bindparam("now"),
    _numbered,
)
_times = (Window.session_id, Window.starts_at, Window.ends_at)
_number = Window.first_token + Window.issued - 1
_HOLD_PLACE = Prepared(_take.values(taken=Window.taken + 1).returning(*_times, literal_column("NULL", Integer)))
_TAKE_PLACE = Prepared(_take.values(taken=Window.taken + 1, issued=Window.issued + 1).returning(*_times, _number))
_NUMBER = Prepared(
    update(Window)
    .where(Window.id == bindparam("of"), _numbered, Window.open)
    .values(issued=Window.issued + 1)
    .returning(_number)
)
_FREE_PLACE = Prepared(update(Window).where(Window.id == bindparam("of")).values(taken=Window.taken - 1))
_WINDOW = Prepared(select(*_times).where(Window.id == bindparam("of")))
_INSERT = Prepared(
    lambda dialect: insert_into(dialect, Booking).on_conflict_do_nothing().returning(Booking.id),
    columns=(
        "id", "key", "person_id", "window_id", "session_id", "spoke_id", "chat", "decision_id", "urgency",
        "token_number", "status", "starts_at", "ends_at", "held_until", "instead_of", "created_at", "updated_at",
    ),
)  # fmt: skip
_CONFIRM = Prepared(
    update(Booking)
    .where(Booking.id == bindparam("of"), _passing, Booking.held_until > bindparam("now"))
    .values(status="booked", token_number=bindparam("token"), held_until=None, updated_at=bindparam("now"))
)
_close = (
    update(Booking)
    .where(Booking.id == bindparam("of"))
    .values(status="cancelled", cancelled_by=bindparam("by"), held_until=None, updated_at=bindparam("now"))
    .returning(Booking.window_id)
)
_CLOSE = Prepared(_close.where(_active))
_LET_GO = Prepared(_close.where(_passing))
_RAN_OUT = Prepared(
    select(Booking.id).where(
        Booking.id == bindparam("of"),
        Booking.token_number.is_(None),
        or_(Booking.status == "pending", Booking.cancelled_by == literal_column(f"'{EXPIRED}'")),
        ~select(Offer.booking_id).where(Offer.booking_id == Booking.id).exists(),
    )
)
_BY_KEY = Prepared(select(Booking.id).where(Booking.key == bindparam("of")))
_LEVEL = Prepared(select(Decision.level).where(Decision.id == bindparam("of")))
_SPOKE = Prepared(update(Account).where(Account.chat == bindparam("of")).values(spoke_id=bindparam("spoke")))
_STANDING = Prepared(
    select(Booking.session_id).where(
        Booking.person_id == bindparam("of"),
        _stands,
        Booking.id != bindparam("but"),
        or_(
            Booking.session_id == bindparam("at"),
            (Booking.starts_at < bindparam("ends")) & (Booking.ends_at > bindparam("starts")),
        ),
    )
)
_HELD_BEFORE = Prepared(
    select(Booking.id, Booking.window_id).where(
        Booking.person_id == bindparam("of"), Booking.chat == bindparam("by"), Booking.status == "pending"
    )
)
_PROLONG = Prepared(
    update(Booking)
    .where(Booking.id == bindparam("of"), Booking.status == "pending", Booking.held_until > bindparam("now"))
    .values(held_until=bindparam("until"), instead_of=bindparam("old"), updated_at=bindparam("now"))
)


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
    """Takes a place for a person at once. `key` is the press: the same press again gives the same booking.

    Raises NotAllowed if the chat may not act for the person.
    """
    if before := by_key(s, key, chat):
        return before
    require(s, chat, person_id)
    said = {"person_id": person_id, "spoke_id": spoke_id, "chat": chat, "decision_id": decision_id, "key": key}
    return book_at(s, window_id, said | {"status": "booked"}, now)


def hold(
    s: Connection,
    person_id: str,
    window_id: int,
    spoke_id: str,
    chat: str,
    decision_id: str | None,
    key: str,
    now: datetime,
    replaces: str | None = None,
) -> Booked | Refusal:
    """Keeps a place for HOLD while a person confirms; what this chat held for the person before is given back.

    `replaces`: the booking that is given up once this one is confirmed. Raises NotAllowed as `book` does.
    """
    if before := by_key(s, key, chat):
        return before
    require(s, chat, person_id)
    if replaces and _held_by(s, replaces, chat).status not in STANDS:
        return Refusal("past")
    lock_person(s, person_id)
    for id, held_window in _HELD_BEFORE.rows(s, of=person_id, by=chat):
        if held_window == window_id and _PROLONG.count(s, of=id, now=now, until=now + HOLD, old=replaces):
            return booking(s, id)
        _lock_change(s, window_id, id)
        let_go(s, id, chat, now)
    said = {"person_id": person_id, "spoke_id": spoke_id, "chat": chat, "decision_id": decision_id, "key": key}
    kept = {"status": "pending", "held_until": now + HOLD, "instead_of": replaces}
    return book_at(s, window_id, said | kept, now)


def confirm(s: Connection, booking_id: str, chat: str, now: datetime) -> Booked | Refusal:
    """Makes a booking of a place that was held or offered, with a token number; then gives up the one it replaces.

    Once done, it is that booking again. A hold that ran out takes a place anew if one is left; an offer does not.
    """
    held = _held_by(s, booking_id, chat)
    lock_person(s, held.person_id)
    _LOCK_BOOKING.first(s, of=booking_id)
    held = booking(s, booking_id)
    if held.status in STANDS:
        return held
    if held.status not in ("pending", "proposed") or held.held_until is None or held.held_until <= now:
        return _anew(s, held, chat, now)
    refused = _stands_in_the_way(s, held.person_id, held.window_id, held.instead_of, now)
    if held.status == "pending" and held.instead_of and booking(s, held.instead_of).status not in STANDS:
        refused = "past"  # what was to be changed was changed or cancelled from elsewhere
    if refused:
        close(s, held.id, chat, now)
        return Refusal(refused)
    _lock_change(s, held.window_id, held.instead_of)
    number = _NUMBER.first(s, of=held.window_id)
    if number is None:
        close(s, held.id, chat, now)
        return Refusal("taken")
    if held.instead_of and booking(s, held.instead_of).status in STANDS:
        _give_up(s, held.instead_of, chat, now)
    if not _CONFIRM.count(s, of=held.id, token=number[0], now=now):
        raise Overtaken(f"booking {held.id} was closed by another process")
    _SPOKE.count(s, of=held.chat, spoke=held.spoke_id)
    return booking(s, booking_id)


def release(s: Connection, booking_id: str, chat: str, now: datetime) -> bool:
    """Gives back a place that was held and not wanted; False if it was not held any more."""
    held = _held_by(s, booking_id, chat)
    return held.status == "pending" and let_go(s, booking_id, chat, now)


def reschedule(s: Connection, booking_id: str, window_id: int, key: str, chat: str, now: datetime) -> Booked | Refusal:
    """Takes the new place at once, then frees the old one; a refusal leaves the old one as it was."""
    if before := by_key(s, key, chat):
        return before
    old = _held_by(s, booking_id, chat)
    if old.status not in STANDS:
        return Refusal("past")
    said = {"person_id": old.person_id, "spoke_id": old.spoke_id, "chat": chat, "decision_id": old.decision_id}
    return book_at(s, window_id, {**said, "key": key, "instead_of": old.id, "status": "booked"}, now)


def cancel(s: Connection, booking_id: str, by: str, now: datetime) -> Booked | None:
    """Gives the place back and calls off what was to be said about it; None if there was nothing to cancel any more."""
    _held_by(s, booking_id, by)
    return booking(s, booking_id) if close(s, booking_id, by, now) else None


def confirm_coming(s: Connection, booking_id: str, coming: bool, chat: str, now: datetime) -> bool:
    """Keeps what the person answered to the reminder; False if the booking no longer stands."""
    _held_by(s, booking_id, chat)
    answer = update(Booking).where(Booking.id == booking_id, _active)
    return s.execute(answer.values(confirmed_coming=coming, updated_at=now)).rowcount == 1


def take_place(
    s: Connection, window_id: int, urgent: bool, now: datetime, numbered: bool = True
) -> tuple[int, datetime, datetime, int | None] | None:
    """One place of a window: session, beginning, end and token number; None if none is left, or it is over.

    `urgent`: the reserved places too. Without `numbered` the place is only held, and no number is given out.
    """
    row = (_TAKE_PLACE if numbered else _HOLD_PLACE).first(s, of=window_id, urgent=urgent, now=now)
    return (row[0], row[1], row[2], row[3]) if row else None


def close(s: Connection, booking_id: str, by: str, now: datetime) -> bool:
    """Cancels what holds a place, frees it, calls off its notices; False if it held none any more."""
    return _closed(s, booking_id, _CLOSE.first(s, of=booking_id, by=by, now=now), now)


def let_go(s: Connection, booking_id: str, by: str, now: datetime) -> bool:
    """As `close`, of a place that is only held or offered: what was confirmed meanwhile stands, and it is False."""
    return _closed(s, booking_id, _LET_GO.first(s, of=booking_id, by=by, now=now), now)


def _closed(s: Connection, booking_id: str, row: Any, now: datetime) -> bool:
    if row is None:
        return False
    _FREE_PLACE.count(s, of=row[0])
    outbox.call_off(s, f"booking:{booking_id}", now)
    return True


def lock_person(s: Connection, person_id: str) -> None:
    """Until the transaction ends nobody else changes what this person has. Several are locked in order of their ids."""
    _LOCK.first(s, of=person_id)


def stands_elsewhere(s: Connection, found: Booked) -> bool:
    """Whether the person has another booking in that session, or at that time."""
    span = {"at": found.session_id, "starts": found.starts_at, "ends": found.ends_at}
    return _STANDING.first(s, of=found.person_id, but=found.id, **span) is not None


def book_at(s: Connection, window_id: int, said: dict[str, Any], now: datetime) -> Booked | Refusal:
    """A row of `said` with a place in this window: booked with a number, or pending or proposed without one.

    What it replaces (`instead_of`) is given up if it is booked. For those who were found to be allowed.
    """
    lock_person(s, said["person_id"])
    old = said.get("instead_of")
    if refused := _stands_in_the_way(s, said["person_id"], window_id, old, now):
        return Refusal(refused)
    urgency, booked_now = urgency_of(s, said["decision_id"]), said["status"] == "booked"
    _lock_change(s, window_id, old if booked_now else None)
    taken = take_place(s, window_id, urgency <= WITHIN_A_DAY, now, numbered=booked_now)
    if taken is None:
        return Refusal("taken")
    if old and booked_now:
        _give_up(s, old, said["chat"], now)
    session_id, starts_at, ends_at, token = taken
    id = new_id()
    row = {"id": id, "window_id": window_id, "session_id": session_id, "token_number": token, "starts_at": starts_at}
    row |= {"ends_at": ends_at, "urgency": urgency, "created_at": now, "updated_at": now}
    if not _INSERT.first(s, **{"instead_of": None, "held_until": None} | said | row):
        raise Overtaken(f"the press {said['key']} was dealt with by another process")
    if booked_now:
        _SPOKE.count(s, of=said["chat"], spoke=said["spoke_id"])
    return booking(s, id)


def _stands_in_the_way(
    s: Connection, person_id: str, window_id: int, old: str | None, now: datetime
) -> Literal["past", "already_booked", "overlap"] | None:
    """Why this person cannot have a place in this window, however free it is."""
    window = _WINDOW.first(s, of=window_id)
    if window is None or window[2] <= now:
        return "past"
    session_id, starts, ends = window
    there = _STANDING.rows(s, of=person_id, but=old or "", at=session_id, starts=starts, ends=ends)
    if any(row[0] == session_id for row in there):
        return "already_booked"
    return "overlap" if there else None


def _lock_change(s: Connection, window_id: int, old: str | None) -> None:
    """Locks the booking that is given up, then its window and the new one: two changes never wait in a circle."""
    if old:
        _LOCK_BOOKING.first(s, of=old)
        _LOCK_WINDOWS.first(s, of=window_id, old=old)


def _give_up(s: Connection, old: str, by: str, now: datetime) -> None:
    if not close(s, old, by, now):
        raise Overtaken(f"booking {old} was closed by another process")


def _anew(s: Connection, held: Booked, chat: str, now: datetime) -> Booked | Refusal:
    """A hold that ran out while somebody thought it over: the same wish once more."""
    key = f"anew:{held.id}"
    if before := by_key(s, key, held.chat):
        return before
    if _RAN_OUT.first(s, of=held.id) is None:  # an offer, or given up by a person
        return Refusal("past")
    close(s, held.id, chat, now)
    said = {"person_id": held.person_id, "spoke_id": held.spoke_id, "chat": held.chat, "decision_id": held.decision_id}
    if held.instead_of and booking(s, held.instead_of).status not in STANDS:
        return Refusal("past")
    return book_at(s, held.window_id, said | {"key": key, "instead_of": held.instead_of, "status": "booked"}, now)


def urgency_of(s: Connection, decision_id: str | None) -> int:
    """0 the most urgent; without a decision that of a consultation."""
    row = _LEVEL.first(s, of=decision_id) if decision_id else None
    return URGENCY[row[0]] if row else URGENCY["consultation"]


def by_key(s: Connection, key: str, chat: str) -> Booked | None:
    """What this press made already. Raises NotAllowed if it was another chat's."""
    row = _BY_KEY.first(s, of=key)
    found = booking(s, row[0]) if row else None
    if found and found.chat != chat:
        raise NotAllowed(f"the key of booking {found.id} is another chat's")
    return found


def _held_by(s: Connection, booking_id: str, chat: str) -> Booked:
    """The booking, if this chat may act for its person; else NotAllowed. Having booked it is not enough."""
    found = booking(s, booking_id)
    require(s, chat, found.person_id)
    return found
