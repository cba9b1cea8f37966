"""The kinds of notices as data: when each is due, until when it makes sense, and its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Kolkata")
EVENING = time(18, 0)
QUIET_FROM = time(21, 0)
MORNING = time(10, 0)


@dataclass(frozen=True)
class Kind:
    """One kind. `due` and `expires` are reckoned from the beginning of what it is about (Asia/Kolkata)."""

    text: str
    due: Callable[[datetime], datetime]
    expires: Callable[[datetime], datetime]
    buttons: tuple[str, ...] = ()
    time_critical: bool = False


@dataclass(frozen=True)
class Planned:
    """A notice to be put into the outbox; times are timezone-aware."""

    kind: str
    due: datetime
    expires_at: datetime
    payload: dict[str, Any]
    time_critical: bool


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)


BOOKING_KINDS: dict[str, Kind] = {
    "evening_before": Kind(
        "reminder.evening_before",
        due=lambda start: _at(start.date() - timedelta(days=1), EVENING),
        expires=lambda start: _at(start.date() - timedelta(days=1), QUIET_FROM),
        buttons=("coming", "change", "cancel_token"),
    ),
    "two_hours_before": Kind(
        "reminder.two_hours_before",
        due=lambda start: start - timedelta(hours=2),
        expires=lambda start: start,
        buttons=("coming", "cancel_token"),
        time_critical=True,
    ),
}
FOLLOW_UP = Kind(
    "reminder.follow_up",
    due=lambda day: _at(day.date() - timedelta(days=1), MORNING),
    expires=lambda day: _at(day.date(), QUIET_FROM),
    buttons=("follow_up",),
)


def for_booking(booking: dict[str, Any], args: dict[str, Any], now: datetime) -> list[Planned]:
    """The reminders of a booking that can still be given in time. `args`: the arguments of their texts."""
    start = datetime.fromisoformat(booking["starts_at"]).astimezone(ZONE)
    return [p for name, kind in BOOKING_KINDS.items() if (p := _plan(name, kind, start, args, now, booking["id"]))]


def for_follow_up(day: date, args: dict[str, Any], now: datetime) -> list[Planned]:
    """The reminder of the day before the doctor wants to see the patient again."""
    planned = _plan("follow_up", FOLLOW_UP, _at(day, MORNING), args, now, day.isoformat())
    return [planned] if planned else []


def _plan(name: str, kind: Kind, start: datetime, args: dict[str, Any], now: datetime, about: str) -> Planned | None:
    due, expires = kind.due(start), kind.expires(start)
    if due <= now:
        return None
    choices = [{"id": f"{button}:{about}", "label": {"t": f"choice.{button}"}} for button in kind.buttons]
    payload = {"text": kind.text, "args": args} | ({"choices": choices, "step": 0} if choices else {})
    return Planned(name, due, expires, payload, kind.time_critical)
