"""What the sender asks of storage before and after it sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.calls import ask_for_call
from bot.discreet import veiled
from bot.sender import Hooks
from flows.reminders import KINDS, Condition, by_day, in_quiet_hours, purpose_of
from storage import accounts, bookings, calls, people
from storage.outbox import EMERGENCY, Claimed
from storage.records import Booking, Unknown
from storage.tables import ACTIVE
from storage.zone import day_of


def still_wanted(s: Connection, notice: Claimed) -> bool:
    """Whether the condition of its kind holds as things stand now: a reminder only while the token stands."""
    kind = KINDS.get(notice.kind)
    if (purpose := purpose_of(notice.kind)) and not accounts.agreed(s, notice.chat, purpose):
        return False
    about, _, id = (notice.about or "").partition(":")
    asks = _HOLDS[kind.condition] if kind else _token_stands if about == "booking" else _always
    if about != "booking" and asks is _always:
        return True
    try:
        booking = bookings.booking(s, id)
    except Unknown:
        return False
    return asks(s, booking) and _may_hear(s, notice.chat, booking)


def _may_hear(s: Connection, chat: str, booking: Booking) -> bool:
    """Who booked hears of it for as long as they may act for the person: an ASHA worker's access may have ended."""
    return chat != booking.chat or people.may_act_for(s, chat, booking.person_id)


def _always(_s: Connection, _booking: Booking) -> bool:
    return True


def _token_stands(_s: Connection, booking: Booking) -> bool:
    return booking.status in ACTIVE


def _still_missed(_s: Connection, booking: Booking) -> bool:
    return booking.status == "noshow"


def _no_token_yet(s: Connection, booking: Booking) -> bool:
    return not bookings.comes_again(s, booking)


_HOLDS: dict[Condition, Callable[[Connection, Booking], bool]] = {
    "always": _always, "token_stands": _token_stands, "still_missed": _still_missed, "no_token_yet": _no_token_yet,
}  # fmt: skip


def disturbs_until(notice: Claimed, now: datetime) -> datetime | None:
    """When a notice may go that came to its turn in the quiet hours, late or early; None: it disturbs nobody now."""
    kind = KINDS.get(notice.kind)
    if kind is None or not kind.quiet or not in_quiet_hours(now):
        return None
    return by_day(now, str(notice.id), notice.expires_at)


def unreachable(s: Connection, notice: Claimed, now: datetime) -> None:
    """The person blocked the bot or left."""
    people.set_reachable(s, notice.chat, False, now)


def reached(s: Connection, chat: str, now: datetime) -> None:
    """A person thought unreachable got a message."""
    people.set_reachable(s, chat, True, now)


def undelivered(s: Connection, notice: Claimed, now: datetime) -> None:
    """Emergency advice or a changed time that cannot be delivered: an ASHA worker is to call, once a day or notice."""
    kind = KINDS.get(notice.kind)
    if kind is None and notice.priority == EMERGENCY and (found := calls.where_found(s, notice.chat)):
        cause = f"emergency:{notice.chat}:{day_of(now)}"
        ask_for_call(s, cause, notice.chat, "emergency_unread", *found, notice.about, now)
    elif kind and kind.else_call and notice.about:
        booking = bookings.booking(s, notice.about.partition(":")[2])
        cause = f"{notice.kind}:{notice.about}:{notice.chat}"
        who = (booking.spoke_id, booking.person_id)
        ask_for_call(s, cause, notice.chat, "unreachable", *who, notice.about, now)


HOOKS = Hooks(still_wanted, disturbs_until, unreachable, reached, undelivered, veiled)
