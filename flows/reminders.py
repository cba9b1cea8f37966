"""The kinds of notices as data: a row each, with when it is due, until when it makes sense, and its buttons.

A planner of what happens (a booking, a signed summary, a mark of the desk) names the kind and what it is about; times,
quiet hours and the spread of due times are reckoned here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from hashlib import blake2b
from typing import Any, Literal

ZONE = timezone(timedelta(hours=5, minutes=30), "Asia/Kolkata")
"""Fixed since 1945."""
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)
"""Nobody is disturbed between these hours by what can wait."""
MORNING_SPREAD = timedelta(minutes=15)
"""What was moved out of the quiet hours goes in so long a time after their end."""

Priority = Literal["emergency", "reply", "time_critical", "reminder", "digest"]
Group = Literal["reminders", "family", "after_visit", "medicines", "lists"]
Condition = Literal["always", "token_stands", "still_missed", "no_token_yet"]


@dataclass(frozen=True)
class When:
    """A moment reckoned from another: days on, at that hour of Asia/Kolkata if one is given, and so long after."""

    days: int = 0
    clock: time | None = None
    after: timedelta = timedelta(0)

    def __call__(self, origin: datetime) -> datetime:
        local = origin.astimezone(ZONE)
        if self.days:
            local += timedelta(days=self.days)
        if self.clock:
            local = datetime.combine(local, self.clock, ZONE)
        return local + self.after if self.after else local

    def __str__(self) -> str:
        day = {0: "", -1: "the day before"}.get(self.days, f"{self.days:+d} days")
        clock = f"{self.clock:%H:%M}" if self.clock else ""
        minutes = f"{int(self.after.total_seconds() // 60):+d} min" if self.after else ""
        return " ".join(part for part in (day, clock, minutes) if part) or "at once"


AT_ONCE = When()


@dataclass(frozen=True)
class Kind:
    """One kind of notice. `due` and `until` are reckoned from `of`; `until` None: the planner says."""

    name: str
    of: str  # what its times are reckoned from
    text: str
    due: When
    until: When | None  # dropped rather than said later
    priority: Priority
    group: Group | None = None  # what one opts out of; None: comes in any case
    must_arrive: bool = True  # said again when delivery is uncertain
    quiet: bool = True  # waits for the end of the quiet hours
    spread: timedelta = timedelta(0)  # due times lie so far on either side, by a hash of what it is about
    buttons: tuple[str, ...] = ()
    condition: Condition = "always"  # asked again in the moment of sending
    else_call: bool = False  # an ASHA worker is to call who cannot be reached


_TOKEN = ("change", "cancel_token", "worse", "call_me", "way", "details")
_ROWS = (
    Kind("booked", "the booking", "notice.booked", AT_ONCE, None, "time_critical", "family",
         buttons=("coming", *_TOKEN), condition="token_stands"),
    Kind("changed", "the change", "notice.changed", AT_ONCE, None, "time_critical", "family",
         buttons=("coming", *_TOKEN), condition="token_stands"),
    Kind("cancelled", "the cancelling", "notice.cancelled", AT_ONCE, None, "time_critical", "family"),
    Kind("moved", "the hub's change", "moved.told", AT_ONCE, None, "time_critical", quiet=False,
         buttons=("accept_move", *_TOKEN), condition="token_stands", else_call=True),
    Kind("moved_waits", "the hub's change", "moved.waits", AT_ONCE, None, "time_critical", quiet=False,
         buttons=("change", "cancel_token", "worse", "call_me"), condition="token_stands", else_call=True),
    Kind("evening_before", "the visit", "reminder.evening_before", When(-1, time(18)), When(-1, QUIET_FROM),
         "reminder", "reminders", spread=timedelta(minutes=15), buttons=("coming", *_TOKEN), condition="token_stands"),
    Kind("two_hours_before", "the visit", "reminder.two_hours_before", When(after=-timedelta(hours=2)), When(),
         "time_critical", spread=timedelta(minutes=5), buttons=("coming", *_TOKEN), condition="token_stands"),
    Kind("near_turn", "the turn", "reminder.near_turn", AT_ONCE, When(after=timedelta(minutes=30)), "time_critical",
         quiet=False, buttons=("way", "call_me"), condition="token_stands"),
    Kind("missed", "the mark", "reminder.missed", When(after=timedelta(minutes=30)),
         When(2, after=timedelta(minutes=30)), "reminder", "after_visit", buttons=("book_again", "worse", "call_me"),
         condition="still_missed"),
    Kind("follow_up", "the day of the follow-up", "reminder.follow_up", When(-1, time(10)), When(-1, QUIET_FROM),
         "reminder", "after_visit", spread=timedelta(minutes=15), buttons=("follow_up",), condition="no_token_yet"),
    Kind("follow_up_today", "the day of the follow-up", "reminder.follow_up_today", When(0, time(9)),
         When(0, time(17)), "reminder", "after_visit", spread=timedelta(minutes=15), buttons=("follow_up",),
         condition="no_token_yet"),
    Kind("medicine_ends", "the last day of the course", "reminder.medicine_ends", When(-1, time(10, 30)),
         When(-1, QUIET_FROM), "reminder", "medicines", spread=timedelta(minutes=15), buttons=("papers",)),
    Kind("follow_up_offer", "the signature", "follow_up.offer", AT_ONCE, When(2), "reminder", "after_visit",
         buttons=("follow_up",), condition="no_token_yet"),
    Kind("summary", "the signature", "summary.text", AT_ONCE, None, "reply", quiet=False,
         buttons=("how_to_take", "not_understood", "papers")),
    Kind("summary_corrected", "the signature", "summary.corrected", AT_ONCE, None, "reply", quiet=False,
         buttons=("how_to_take", "not_understood", "papers")),
    Kind("paper_read", "the reading", "paper.was_read", AT_ONCE, When(2), "reminder", must_arrive=False),
    Kind("handed_over", "the doctor's word", "handing.told", AT_ONCE, None, "time_critical", quiet=False,
         buttons=("coming", "change", "worse", "call_me", "way", "details"), condition="token_stands", else_call=True),
    Kind("waiting_offer", "the offer", "waiting.offer", AT_ONCE, None, "time_critical", quiet=False,
         buttons=("accept", "decline", "details"), condition="token_stands"),
    Kind("waiting_lapsed", "the end of the wait", "waiting.lapsed", AT_ONCE, When(2), "reminder", must_arrive=False,
         buttons=("again",)),
    Kind("morning_list", "the day", "list.morning", When(0, time(7, 30)), When(0, time(12)), "digest", "lists",
         quiet=False),
    Kind("evening_list", "the day", "list.evening", When(0, time(18, 30)), When(0, QUIET_FROM), "digest", "lists"),
    Kind("hub_digest", "the day", "list.hub", When(0, time(19)), When(0, QUIET_FROM), "digest", "lists"),
    Kind("call", "the wish", "call.wanted", AT_ONCE, When(1), "time_critical", buttons=("call_made", "not_reached")),
    Kind("call_urgent", "the failure", "call.urgent", AT_ONCE, None, "emergency", quiet=False,
         buttons=("call_made", "not_reached")),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ROWS}
"""Every kind by its name, which is that of its rows in the outbox."""
BOOKING_KINDS = ("evening_before", "two_hours_before")
"""What is planned with a booking."""
REMINDS = (*BOOKING_KINDS, "near_turn")
"""Kinds that remind, whether or not one can opt out of them."""
ANSWERABLE = (
    "booked",
    "changed",
    "moved",
    "moved_waits",
    "handed_over",
    "evening_before",
    "two_hours_before",
    "near_turn",
)
"""Kinds about a token, after which "I will come" is an answer."""
Times = tuple[datetime, datetime | None]
GROUPS: tuple[Group, ...] = ("reminders", "family", "after_visit", "medicines", "lists")
_LABELS = {"again": "get_token"}
"""Buttons whose words are another's."""
STAFF_GROUPS: tuple[Group, ...] = ("lists",)
"""Groups that only staff get."""


@dataclass(frozen=True)
class Planned:
    """A notice to be put into the outbox; times are timezone-aware."""

    kind: str
    due: datetime
    expires_at: datetime | None
    payload: dict[str, Any]


def purpose_of(kind: str) -> str | None:
    """The purpose of the privacy notice that a kind serves and can be left out for; None: it comes in any case."""
    group = group_of(kind)
    return "reminders" if kind in REMINDS or (group and group not in STAFF_GROUPS) else None


def group_of(kind: str) -> Group | None:
    """What one opts out of to be spared this kind of outbox row; None: it comes in any case."""
    return KINDS[kind].group if kind in KINDS else None


def times(kind: Kind, origin: datetime, id: str, until: datetime | None = None) -> Times | None:
    """When it is due and until when it makes sense, spread by the hash of `id`; None: there is no such time by day."""
    end = until or (kind.until(origin) if kind.until else None)
    due = kind.due(origin)
    if kind.spread:
        due += kind.spread * (2 * share(f"{kind.name}:{id}") - 1)
    if kind.quiet:
        due = by_day(due, id, end)
    return None if end is not None and due >= end else (due, end)


def plan(
    name: str, origin: datetime, id: str, args: dict[str, Any], now: datetime,
    *, until: datetime | None = None, text: str = "", about: str = "",
) -> Planned | None:  # fmt: skip
    """A notice of this kind about `id` (`about`: what its buttons are about, if that is another).

    None where its time is over.
    """
    kind = KINDS[name]
    found = times(kind, origin, id, until)
    if found is None or found[0] < now:
        return None
    payload: dict[str, Any] = {"text": text or kind.text, "args": args}
    if kind.buttons:
        payload |= {"choices": buttons(kind.buttons, about or id), "step": 0}
    return Planned(name, *found, payload)


def buttons(verbs: Sequence[str], about: str) -> list[dict[str, Any]]:
    """The buttons of a notice, "verb:id"."""
    return [{"id": f"{verb}:{about}", "label": label} for verb, label in _labelled(tuple(verbs))]


@cache
def _labelled(verbs: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    return [(verb, {"t": f"choice.{_LABELS.get(verb, verb)}"}) for verb in verbs]


def for_booking(booking: dict[str, Any], args: dict[str, Any], now: datetime) -> list[Planned]:
    """The reminders of a booking that can still be given in time. `args`: the arguments of their texts."""
    start = datetime.fromisoformat(booking["starts_at"])
    return [found for name in BOOKING_KINDS if (found := plan(name, start, booking["id"], args, now))]


def for_follow_up(day: date, consult: str, args: dict[str, Any], now: datetime) -> list[Planned]:
    """A token offered at once for the day on which the doctor wants to see the patient again, and two reminders."""
    origin = datetime.combine(day, time(0), ZONE)
    kinds = {"follow_up_offer": now, "follow_up": origin, "follow_up_today": origin}
    return [p for name, of in kinds.items() if (p := plan(name, of, consult, args, now, about=day.isoformat()))]


def for_medicines(
    medicines: Sequence[dict[str, Any]], first: date, consult: str, args: dict[str, Any], now: datetime
) -> list[Planned]:
    """One notice for each day on which courses end; `first`: the first day on which they are taken.

    What is taken for a day or two needs no word that it ends.
    """
    ends = {first + timedelta(days=one["days"] - 1) for one in medicines if (one.get("days") or 0) > 2}
    planned = []
    for day in sorted(ends):
        origin = datetime.combine(day, time(0), ZONE)
        told = args | {"date": {"date": day.isoformat()}}
        planned.append(plan("medicine_ends", origin, f"{consult}:{day}", told, now, about=consult))
    return [one for one in planned if one]


def key(kind: str, id: str, when: str, chat: str) -> str:
    """What makes a notice one: put again, it is the same row of the outbox."""
    return f"{kind}:{id}:{when}:{chat}"


def by_day(moment: datetime, id: str, end: datetime | None = None) -> datetime:
    """This moment, or if it lies in the quiet hours a time soon after them, by the hash of `id` and before `end`."""
    local = moment.astimezone(ZONE)
    if not in_quiet_hours(local):
        return moment
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    morning = datetime.combine(day, QUIET_UNTIL, ZONE)
    room = MORNING_SPREAD if end is None else min(MORNING_SPREAD, max(end - morning, timedelta(0)) / 2)
    return morning + room * share(id)


def in_quiet_hours(moment: datetime) -> bool:
    """Whether it lies between 21:00 and 08:00 in Asia/Kolkata."""
    clock = moment.astimezone(ZONE).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def share(id: str) -> float:
    """A number from 0 up to 1 that is always the same for an id, and spread evenly over ids."""
    return int.from_bytes(blake2b(id.encode(), digest_size=6).digest()) / 2**48
