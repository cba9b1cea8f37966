"""Actions about places, windows and bookings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.moments import ZONE
from bot.perform import Acting, performs
from flows import actions
from flows.actions import FollowUps
from flows.booking import card
from flows.reminders import for_booking
from flows.windows import WINDOWS_ON_A_PAGE
from nlu.places import typed_place_keys
from storage import bookings, consults, outbox, people, places
from storage.outbox import REMINDER, TIME_CRITICAL, Notice
from storage.records import Booking, FreeWindow, Refusal, Spoke
from storage.windows import last_day

PARTS = {
    "morning": ((5, 12),),
    "noon": ((12, 15), (15, 16), (11, 12)),
    "afternoon": ((15, 18), (14, 15)),
    "evening": ((18, 21), (16, 18)),
    "night": ((20, 24), (18, 20)),
}
"""Part of the day -> hours of Asia/Kolkata in which a window may begin, those that are meant first."""
LOOK_AT = 400
"""Windows looked at for one page; more than a hub has in a month of one specialty."""


@performs(actions.FindPlaces)
def _find_places(acting: Acting, action: actions.FindPlaces) -> Any:
    found = places.find_places(acting.s, typed_place_keys(action.text), 6)
    return [
        {
            "name": _both(p.name_bn, p.name_en),
            "district": _both(p.district_bn, p.district_en),
            "lat": p.lat,
            "lon": p.lon,
        }
        for p in found
        if p.lat is not None and p.lon is not None
    ]


@performs(actions.NearestSpokes)
def _nearest_spokes(acting: Acting, action: actions.NearestSpokes) -> Any:
    return [_spoke(spoke) for spoke in places.nearest_spokes(acting.s, action.lat, action.lon, None, 4)]


@performs(actions.LastSpoke)
def _last_spoke(acting: Acting, _action: actions.LastSpoke) -> Any:
    spoke = places.last_spoke(acting.s, acting.chat)
    return _spoke(spoke) if spoke else None


@performs(actions.NearestEmergency)
def _nearest_emergency(acting: Acting, action: actions.NearestEmergency) -> Any:
    found = places.nearest_emergency(acting.s, action.lat, action.lon, 1)
    return {"name": _both(found[0].name_bn, found[0].name_en), "km": _km(found[0].km)} if found else None


@performs(actions.FreeWindows)
def _free_windows(acting: Acting, action: actions.FreeWindows) -> Any:
    spoke = places.spoke(acting.s, action.spoke)
    after, before = _span(action, acting.now)
    found = bookings.free_windows(acting.s, spoke.hub_id, action.specialty, after, before, LOOK_AT)
    first = action.page * WINDOWS_ON_A_PAGE
    shown = _as_asked(found, action)[first : first + WINDOWS_ON_A_PAGE]
    told = {"windows": [_window(window) for window in shown], "stands_in": any(window.stands_in for window in shown)}
    until = None if shown else last_day(acting.s, spoke.hub_id, acting.now)
    return told | ({"until": until.isoformat()} if until else {})


def _span(action: actions.FreeWindows, now: datetime) -> tuple[datetime, datetime]:
    """From when to when to look: a date, with a time or without, means that day; "2026-11-25/..", from that day on."""
    if action.after is None:
        return now, now + timedelta(days=action.within_days)
    day, _, on = action.after.partition("/")
    begins = datetime.combine(datetime.fromisoformat(day).date(), time(0), ZONE)
    return max(now, begins), begins + timedelta(days=action.within_days if on else 1)


def _as_asked(found: Iterable[FreeWindow], action: actions.FreeWindows) -> list[FreeWindow]:
    """The windows that fit what was asked, the fittest first: the nearest to a time, or each day's of a part of it."""
    if action.after and "T" in action.after:
        asked = datetime.fromisoformat(action.after).replace(tzinfo=ZONE)
        return sorted(found, key=lambda window: (window.ends_at <= asked, abs(window.starts_at - asked)))
    if action.part_of_day is None:
        return list(found)
    ranked = [(_rank(window, action.part_of_day), window) for window in found]
    fitting = [(_local(window).date(), rank, window.starts_at, window) for rank, window in ranked if rank is not None]
    return [window for *_, window in sorted(fitting, key=lambda one: one[:3])]


def _rank(window: FreeWindow, part: str) -> int | None:
    """How well a window fits a part of the day, 0 best; None: not at all."""
    hour = _local(window).hour
    return next((rank for rank, (first, end) in enumerate(PARTS[part]) if first <= hour < end), None)


def _local(window: FreeWindow) -> datetime:
    return window.starts_at.astimezone(ZONE)


@performs(FollowUps)
def _follow_ups(acting: Acting, action: FollowUps) -> Any:
    ordered = [
        bookings.booking(acting.s, one.booking_id)
        for person in people.family(acting.s, acting.chat)
        for one in consults.summaries_for(acting.s, acting.chat, person.id)
        if one.content.get("follow_up_on") == action.day
    ]
    return [told_booking(one, acting.now) for one in ordered]


@performs(actions.Book)
def _book(acting: Acting, action: actions.Book) -> Any:
    if action.replaces:
        made = bookings.reschedule(acting.s, action.replaces, int(action.window), acting.key, acting.chat, acting.now)
    else:
        where = (int(action.window), action.spoke, acting.chat, action.decision)
        made = bookings.book(acting.s, action.person, *where, acting.key, acting.now)
    if isinstance(made, Refusal):
        return {"refused": made.reason}
    told = told_booking(made, acting.now)
    remind(acting.s, made, told, acting.now)
    return told


def remind(s: Connection, booking: Booking, told: dict[str, Any], now: datetime) -> None:
    """Put the reminders of a booking into the outbox: to who booked, and to the person's own account."""
    chats = dict.fromkeys(chat for chat in (booking.chat, booking.own_chat) if chat)
    notices = [
        Notice(
            chat, planned.kind, planned.payload, planned.due, TIME_CRITICAL if planned.time_critical else REMINDER,
            planned.expires_at, f"booking:{booking.id}", f"{planned.kind}:{booking.id}:{chat}", must_arrive=True,
        )
        for chat in chats
        for planned in for_booking(told, card(told), now)
    ]  # fmt: skip
    outbox.put(s, notices, now)


@performs(actions.MyBookings)
def _my_bookings(acting: Acting, _action: actions.MyBookings) -> Any:
    return [told_booking(one, acting.now) for one in bookings.bookings_of(acting.s, acting.chat, acting.now)]


@performs(actions.CancelBooking)
def _cancel(acting: Acting, action: actions.CancelBooking) -> bool:
    return bookings.cancel(acting.s, action.booking, acting.chat, acting.now) is not None


@performs(actions.ConfirmComing)
def _coming(acting: Acting, action: actions.ConfirmComing) -> bool:
    return bookings.confirm_coming(acting.s, action.booking, True, acting.chat, acting.now)


def told_booking(booking: Booking, now: datetime) -> dict[str, Any]:
    """A booking as flows know it; times in Asia/Kolkata."""
    return {
        "id": booking.id, "token": booking.token_number, "name": booking.name or "-", "status": booking.status,
        "hub": _both(booking.hub_bn, booking.hub_en), "spoke": _both(booking.spoke_bn, booking.spoke_en),
        "starts_at": booking.starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
        "ends_at": booking.ends_at.astimezone(ZONE).isoformat(timespec="minutes"), "made_at": now.isoformat(),
        "person": booking.person_id, "specialty": booking.specialty, "spoke_id": booking.spoke_id,
        "decision": booking.decision_id,
    }  # fmt: skip


def _window(window: FreeWindow) -> dict[str, Any]:
    return {
        "id": str(window.window_id), "left": window.left, "hub": _both(window.hub_bn, window.hub_en),
        "specialty": window.specialty,
        "starts_at": window.starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
        "ends_at": window.ends_at.astimezone(ZONE).isoformat(timespec="minutes"),
    }  # fmt: skip


def _spoke(spoke: Spoke) -> dict[str, Any]:
    return {"id": spoke.id, "name": _both(spoke.name_bn, spoke.name_en), "km": _km(spoke.km)}


def _km(km: float | None) -> float:
    return round(km or 0.0, 1)


def _both(bn: str | None, en: str) -> dict[str, str]:
    return {"bn": bn or en, "en": en}
