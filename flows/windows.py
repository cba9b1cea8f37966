"""When: the free windows of a centre, in pages, or by day and time said in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flows.actions import FreeWindows
from flows.heard import Heard
from flows.phones import phone_args
from flows.plainwords import words
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say

WINDOWS_ON_A_PAGE = 5
FAR_DAYS = 28
SOON_DAYS = 1
"""Who is to be seen within this may have the reserved places, and is told when nothing is free so soon."""
SOONER_SHOWN = 2
"""Windows of the day itself that stand beside those of a later day, where it should not wait."""


@dataclass(frozen=True)
class Wanted:
    """Which windows are looked at. `after`: a day, a day and time, or "2026-11-25/..", from that day on."""

    after: str | None = None
    part: str | None = None
    page: int = 0
    not_sooner: bool = False  # earlier days were ruled out in so many words
    soonest: bool = False  # the first of them is taken, unseen


def choose_window(spoke: dict[str, Any], need: dict[str, Any], told: set[str]) -> Flow[dict[str, Any] | str]:
    """A free window: first free first, in pages, or by day and time said in words; else "not_now", "wait", "none_free".

    `need["from"]`, if it is there, is the day to begin with. `told`: what was said and need not be said again.
    """
    wanted, within = _first_look(spoke, need), need["within_days"]
    urgent = within <= SOON_DAYS
    while True:
        free = yield Do(_free(spoke, need, within, wanted))
        windows = free["windows"]
        if not windows and wanted != Wanted():
            wanted = yield from _nothing_then(wanted, free.get("until"))
        elif not windows and within < FAR_DAYS:
            yield Say("window.none_soon" if urgent else "window.none_week", phone_args())
            within = FAR_DAYS
        elif not windows:
            yield Say("window.none", {"spoke": spoke["name"]})
            return "none_free"
        else:
            if free["stands_in"] and "stands_in" not in told:
                yield Say("window.stands_in", {"specialty": {"t": f"specialty.{need['specialty']}"}})
                told.add("stands_in")
            if wanted.soonest:
                return dict(windows[0])
            windows = [*(yield from _sooner(spoke, need, wanted, windows[0], told)), *windows]
            later_only = within > need["within_days"] and not wanted.after
            choices = _window_choices(windows, len(free["windows"]) >= WINDOWS_ON_A_PAGE, later_only)
            answer = yield Ask("window", "date", choices, args={"spoke": spoke["name"]}, reads=a_time)
            if answer in ("not_now", "wait"):
                return str(answer)
            if chosen := _chosen(answer, windows):
                return chosen
            wanted = _wanted(answer, wanted, windows[-1])
            within = FAR_DAYS if wanted.after else within


def _first_look(spoke: dict[str, Any], need: dict[str, Any]) -> Wanted:
    """The time that was said with the centre, or the day of the need; else whatever is first."""
    if said := spoke.get("asked_for"):
        return Wanted(said.get("after"), said.get("part"))
    return Wanted(f"{need['from']}/.." if need.get("from") else None)


def _nothing_then(wanted: Wanted, until: str | None) -> Flow[Wanted]:
    """Says that nothing is free then, or that nobody can book so far ahead; gives what to look at instead."""
    if wanted.after and until and wanted.after[:10] > until:
        yield Say("window.beyond", {"until": {"date": until}})
        return Wanted()
    yield Say("window.none_then")
    return Wanted(wanted.after) if wanted.after and wanted.part else Wanted()


def _sooner(
    spoke: dict[str, Any], need: dict[str, Any], wanted: Wanted, first: dict[str, Any], told: set[str]
) -> Flow[list[dict[str, Any]]]:
    """What is free on an earlier day than the one asked for, where it should be seen within a day; and a plain word."""
    if need["within_days"] > SOON_DAYS or not wanted.after:
        return []
    soon = yield Do(_free(spoke, need, need["within_days"], Wanted()))
    sooner = [window for window in soon["windows"] if _day(window) < _day(first)]
    shown = [] if wanted.not_sooner else sooner[:SOONER_SHOWN]
    if sooner and "late" not in told:
        yield Say("window.late_sooner" if shown else "window.late", phone_args())
        told.add("late")
    return shown


def _day(window: dict[str, Any]) -> str:
    return str(window["starts_at"][:10])


def _free(spoke: dict[str, Any], need: dict[str, Any], within: int, wanted: Wanted) -> FreeWindows:
    said = (wanted.after, wanted.part, wanted.page)
    return FreeWindows(spoke["id"], need["specialty"], within, *said, urgent=need["within_days"] <= SOON_DAYS)


def _window_choices(windows: list[dict[str, Any]], more: bool, waits: bool) -> tuple[Choice, ...]:
    spans = [Choice(window["id"], {"span": [window["starts_at"], window["ends_at"]]}) for window in windows]
    later = (Choice("more", {"t": "choice.more"}),) if more else ()
    wait = (Choice("wait", {"t": "choice.wait"}),) if waits else ()
    return (*spans, *later, *wait, Choice("not_now", {"t": "choice.not_now"}))


def _chosen(answer: Any, windows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The window that was touched, or named as the last one."""
    if answer == {"last": True}:
        return dict(windows[-1])
    return next((dict(window) for window in windows if window["id"] == answer), None)


def _wanted(answer: Any, before: Wanted, last: dict[str, Any]) -> Wanted:
    """What to look at after this answer; `last`: the last window that was offered."""
    match answer:
        case "more" | {"more": True}:
            return Wanted(before.after, before.part, before.page + 1, before.not_sooner)
        case {"next_day": True}:
            return Wanted(_from_the_day_after(_day(last)), before.part)
        case {"not_on": str(day)}:
            return Wanted(_from_the_day_after(day), answer.get("part"), not_sooner=True)
        case {"after": after, "part": part}:
            return Wanted(after, part)
    return Wanted(soonest=True)


def _from_the_day_after(day: str) -> str:
    return f"{date.fromisoformat(day) + timedelta(days=1)}/.."


def a_time(heard: Heard) -> Any:
    """A day or time, or a day that does not suit; the soonest, the last one, the next day, more; a past day is none."""
    said = words(heard.text)
    denied = bool(said) and (said[0] == "not" or said[-1] in _DENIALS)
    if not _PAST.isdisjoint(said) or (heard.when is None and _WHOLE_DATE.search(heard.text)):
        return Misfit("misfit.past_day")
    if heard.when and denied:
        return {"not_on": heard.when[:10], "part": heard.part_of_day}
    if heard.when or heard.part_of_day:
        return {"after": heard.when, "part": heard.part_of_day}
    if denied or heard.reply == "no":
        return "not_now"
    if " ".join(said) in _NEXT_DAY:
        return {"next_day": True}
    if heard.ordinal == -1:
        return {"last": True}
    if any(f" {first} " in f" {' '.join(said)} " for first in _FIRST):
        return {"soonest": True}
    named = (name for name, meant in (("more", _MORE), ("soonest", _SOON)) if not meant.isdisjoint(said))
    return next(({name: True} for name in named), None)


_DENIALS = frozenset(words("noy noi na nai নয় না নাই"))
_PAST = frozenset(words("gotokal gatakal gotokalke goto yesterday গতকাল গতকালকে গত"))
_WHOLE_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_NEXT_DAY = frozenset(
    " ".join(words(said))
    for said in (
        "porer din", "porer dine", "tarporer din", "tar porer din", "next day", "the next day", "পরের দিন", "পরের দিনে",
        "তারপরের দিন", "তার পরের দিন",
    )
)  # fmt: skip
_MORE = frozenset(words("more aro aaro aro baki others আরও আরো বাকি"))
_SOON = frozenset(
    words(
        "ekhon ekhoni ekhuni akhon akhoni joldi jaldi taratari asap soon soonest now earliest "
        "এখন এখনই এখনি এক্ষুনি জলদি তাড়াতাড়ি"
    )
)
_FIRST = frozenset(
    " ".join(words(said))
    for said in (
        "sobar age", "sobar aage", "shobar age", "sob theke age", "sobcheye age", "sob cheye age", "jeta age",
        "age jeta", "je ta age", "first free", "first one free", "first available", "next available",
        "সবার আগে", "সব থেকে আগে", "সবচেয়ে আগে", "সব চেয়ে আগে", "যেটা আগে", "আগে যেটা",
    )
)  # fmt: skip
