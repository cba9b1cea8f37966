"""The lists that staff get at their hours: put once a day and member of staff, however often a tick looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.notices import local, notice, told_booking
from flows.reminders import KINDS, ZONE, Planned, key
from storage import asha_lists, day, day_lists, outbox
from storage.day_lists import Member
from storage.records import Booking
from storage.zone import day_of

AT_ONCE = 50
"""Members of staff whose lists are made in one transaction."""
FOLLOW_UPS_TOLD = 8
"""Named in a morning list; the others are a tap away."""
Args = dict[str, Any]


@dataclass(frozen=True)
class _List:
    """Who gets a list of a kind, and the arguments of its text; None: nothing to tell."""

    members: Callable[[Connection, date, tuple[str, str], str, int], list[Member]]
    args: Callable[[Connection, Member, date, datetime], Args | None]


def plan_digests(s: Connection, now: datetime) -> None:
    """Puts every list that is due now and was not put today."""
    for kind in due_lists(now):
        after: str | None = ""
        while after is not None:
            after = plan_some(s, kind, after, now)


def due_lists(now: datetime) -> list[str]:
    """The kinds of lists whose hour has come and whose time is not over."""
    spans = {kind: _hours(kind, now) for kind in _LISTS}
    return [kind for kind, (begins, ends) in spans.items() if begins <= now < ends]


def next_list(after: datetime) -> datetime:
    """The next hour of a list after this moment."""
    hours = sorted(KINDS[kind].due(_today(after, days)) for kind in _LISTS for days in (0, 1))
    return next(hour for hour in hours if hour > after)


def plan_some(s: Connection, kind: str, after: str, now: datetime) -> str | None:
    """The lists of the next few members of staff by their ids after `after`; the last id, None when all are done."""
    today = day_of(now)
    untold = (f"{kind}:", f":{today.isoformat()}:")
    members = _LISTS[kind].members(s, today, untold, after, AT_ONCE)
    for member in members:
        args = _LISTS[kind].args(s, member, today, now)
        if args:
            text = "list.morning_work" if "parts" in args else KINDS[kind].text
            planned = Planned(kind, now, _hours(kind, now)[1], {"text": text, "args": args})
            name = key(kind, member.id, today.isoformat(), member.chat)
            outbox.put(s, [notice(planned, member.chat, None, name)], now)
    return members[-1].id if len(members) == AT_ONCE else None


def _hours(kind: str, now: datetime) -> tuple[datetime, datetime]:
    """From when to when the list is given on the day of this moment."""
    row = KINDS[kind]
    assert row.until is not None
    return row.due(_today(now)), row.until(_today(now))


def _today(now: datetime, days: int = 0) -> datetime:
    """The beginning of the day, or of one `days` later, in Asia/Kolkata."""
    return datetime.combine(day_of(now) + timedelta(days=days), time(0), ZONE)


def _come(s: Connection, member: Member, today: date, now: datetime) -> Args | None:
    return _lines(day_lists.of_families(s, member.id, today, ("booked", "arrived")), now)


def _work(s: Connection, member: Member, today: date, now: datetime) -> Args | None:
    """Who goes today; where there are calls to make, or follow-ups of today and overdue ones, these too."""
    come = _come(s, member, today, now)
    calls, urgent = asha_lists.count_calls(s, member.id)
    due = [one for one in asha_lists.follow_ups_due(s, member.id, today, now) if one.day <= today]
    parts: list[Any] = [{"t": "list.morning", "args": come}] if come else []
    if calls:
        args = {"count": calls} | ({"urgent": urgent} if urgent else {})
        parts.append({"t": "list.calls_urgent" if urgent else "list.calls", "args": args})
    if due:
        lines = [{"t": "follow_ups.line", "args": _due(one)} for one in due[:FOLLOW_UPS_TOLD]]
        parts.append({"t": "list.follow_ups", "args": {"count": len(due), "lines": {"list": lines, "join": "lines"}}})
    return {"parts": {"list": parts, "join": "lines"}} if calls or due else come


def _due(one: asha_lists.FollowUp) -> Args:
    return {"name": one.person.name or "-", "date": {"date": one.day.isoformat()}}


def _did_not_come(s: Connection, member: Member, today: date, now: datetime) -> Args | None:
    """Only of sessions in which somebody was marked: elsewhere nobody kept the day."""
    absent = day_lists.of_families(s, member.id, today, ("noshow",))
    return _lines([one for one in absent if day.was_kept(s, one.session_id)], now)


def _lines(bookings: list[Booking], now: datetime) -> Args | None:
    told = [told_booking(one, now) | {"time": {"time": local(one.starts_at)}} for one in bookings]
    lines = [{"t": "list.line", "args": {name: one[name] for name in _SHOWN}} for one in told]
    return {"count": len(lines), "lines": {"list": lines, "join": "lines"}} if lines else None


def _numbers(s: Connection, member: Member, today: date, now: datetime) -> Args | None:
    assert member.hub_id is not None
    numbers = day_lists.numbers(s, member.hub_id, today)
    return numbers if any(numbers.values()) else None


_SHOWN = ("time", "token", "name", "spoke")
_LISTS: dict[str, _List] = {
    "morning_list": _List(
        lambda s, today, untold, after, most: day_lists.ashas_at_work(
            s, today, ("booked", "arrived"), untold, after, most), _work),
    "evening_list": _List(
        lambda s, today, untold, after, most: day_lists.ashas_with(
            s, today, ("noshow",), untold, after, most), _did_not_come),
    "hub_digest": _List(
        lambda s, _today, untold, after, most: day_lists.coordinators(s, untold, after, most), _numbers),
}  # fmt: skip
