"""Actions about windows and bookings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from bot import notices
from bot.moments import ZONE
from bot.notices import told_booking
from bot.perform import Acting, performs
from flows import actions
from flows.actions import FollowUps
from flows.adult import BY_ADULT, OF_AGE
from flows.windows import WINDOWS_ON_A_PAGE
from storage import bookings, consults, people, places, waiting
from storage.records import Booking, FreeWindow, NotAllowed, Refusal
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


@performs(actions.FreeWindows)
def _free_windows(acting: Acting, action: actions.FreeWindows) -> Any:
    spoke = places.spoke(acting.s, action.spoke)
    after, before = _span(action, acting.now)
    found = bookings.free_windows(acting.s, spoke.hub_id, action.specialty, after, before, LOOK_AT, action.urgent)
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


@performs(actions.Hold)
def _hold(acting: Acting, action: actions.Hold) -> Any:
    with_an_adult(acting, action.person)
    where = (int(action.window), action.spoke, acting.chat, action.decision)
    key = f"{acting.key}:hold:{action.window}:{action.person}"
    held = bookings.hold(acting.s, action.person, *where, key, acting.now, action.replaces)
    return {"refused": held.reason} if isinstance(held, Refusal) else {"id": held.id}


def with_an_adult(acting: Acting, person: str) -> None:
    """Raises NotAllowed for a child who writes for itself, and for whom no adult has agreed."""
    known = people.person_for(acting.s, acting.chat, person)
    age = people.age_years(known, acting.today)
    if known.own_chat != acting.chat or age is None or age >= OF_AGE:
        return
    if not any(who == BY_ADULT[0] for who, *_ in people.consents(acting.s, person)):
        raise NotAllowed(f"person {person} is under {OF_AGE}, and no adult has agreed")


@performs(actions.Release)
def _release(acting: Acting, action: actions.Release) -> None:
    held = bookings.booking(acting.s, action.hold)
    if bookings.release(acting.s, action.hold, acting.chat, acting.now):
        notices.offer_on(acting.s, [held.window_id], acting.now)


@performs(actions.Book)
def _book(acting: Acting, action: actions.Book) -> Any:
    return booked(acting, bookings.confirm(acting.s, action.hold, acting.chat, acting.now))


def booked(acting: Acting, made: Booking | Refusal) -> dict[str, Any]:
    """What follows from a booking: reminders, no more waiting, and what it replaced is offered on."""
    if isinstance(made, Refusal):
        return {"refused": made.reason}
    told = told_booking(made, acting.now)
    notices.remind(acting.s, made, told, acting.now)
    notices.tell_others(acting.s, "changed" if made.instead_of else "booked", made, acting.chat, acting.now)
    freed = waiting.satisfied(acting.s, made.person_id, made.specialty, acting.now)
    if made.instead_of:
        freed += waiting.no_longer_earlier(acting.s, made.instead_of, acting.now)
        freed.append(bookings.booking(acting.s, made.instead_of).window_id)
    notices.offer_on(acting.s, freed, acting.now)
    return told | {"late": made.starts_at > acting.now + timedelta(days=1)}


@performs(actions.MyBookings)
def _my_bookings(acting: Acting, _action: actions.MyBookings) -> Any:
    return [told_booking(one, acting.now) for one in bookings.bookings_of(acting.s, acting.chat, acting.now)]


@performs(actions.CancelBooking)
def _cancel(acting: Acting, action: actions.CancelBooking) -> bool:
    cancelled = bookings.cancel(acting.s, action.booking, acting.chat, acting.now)
    if cancelled is None:
        return False
    notices.tell_others(acting.s, "cancelled", cancelled, acting.chat, acting.now)
    freed = waiting.no_longer_earlier(acting.s, cancelled.id, acting.now)
    notices.offer_on(acting.s, [cancelled.window_id, *freed], acting.now)
    return True


@performs(actions.ConfirmComing)
def _coming(acting: Acting, action: actions.ConfirmComing) -> bool:
    return bookings.confirm_coming(acting.s, action.booking, True, acting.chat, acting.now)


@performs(actions.JoinWaiting)
def _join(acting: Acting, action: actions.JoinWaiting) -> Any:
    with_an_adult(acting, action.person)
    until = acting.now + timedelta(days=action.within_days)
    if action.earlier_than:
        until = min(until, bookings.booking(acting.s, action.earlier_than).starts_at)
    who = (action.person, action.spoke, action.specialty, acting.chat, action.decision, f"{acting.key}:wait")
    entry = waiting.join(acting.s, *who, (acting.now, until), acting.now, action.earlier_than)
    return notices.told_waiting(acting.s, entry)


@performs(actions.MyWaiting)
def _my_waiting(acting: Acting, _action: actions.MyWaiting) -> Any:
    return [notices.told_waiting(acting.s, entry) for entry in waiting.waiting_of(acting.s, acting.chat)]


@performs(actions.WaitedFor)
def _waited_for(acting: Acting, action: actions.WaitedFor) -> Any:
    entry = waiting.waits(acting.s, action.waiting)
    people.require(acting.s, acting.chat, entry.person_id)
    return {"person": entry.person_id, "specialty": entry.specialty, "decision": entry.decision_id}


@performs(actions.LeaveWaiting)
def _leave(acting: Acting, action: actions.LeaveWaiting) -> None:
    notices.offer_on(acting.s, waiting.leave(acting.s, action.waiting, acting.chat, acting.now), acting.now)


@performs(actions.AcceptOffer)
def _accept(acting: Acting, action: actions.AcceptOffer) -> Any:
    return booked(acting, waiting.accept(acting.s, action.offer, acting.chat, acting.now))


@performs(actions.DeclineOffer)
def _decline(acting: Acting, action: actions.DeclineOffer) -> bool:
    window = waiting.decline(acting.s, action.offer, acting.chat, acting.now)
    if window is not None:
        notices.offer_on(acting.s, [window], acting.now)
    return window is not None


def _window(window: FreeWindow) -> dict[str, Any]:
    return {
        "id": str(window.window_id), "left": window.left, "hub": _both(window.hub_bn, window.hub_en),
        "specialty": window.specialty,
        "starts_at": window.starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
        "ends_at": window.ends_at.astimezone(ZONE).isoformat(timespec="minutes"),
    }  # fmt: skip


def _both(bn: str | None, en: str) -> dict[str, str]:
    return {"bn": bn or en, "en": en}
