"""A doctor's week by conversation: other hours on a weekday from a day on, a day away; a closed session opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from flows.heard import Heard
from flows.pages import LEAVE, one_of, press
from flows.replan_actions import Replan, TryReplan
from flows.talk import Action, Ask, Choice, Do, Flow, Misfit, Say

_ASCII = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_CLOCK = r"(\d{1,2})(?:[:.]([0-5]\d))?"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to|থেকে|theke)\s*{_CLOCK}")
SPANS_AT_MOST = 3


@dataclass(frozen=True)
class HubDoctors(Action):
    """-> [{"id", "name", "specialty"}] of the own hub."""


@dataclass(frozen=True)
class DoctorHours(Action):
    """-> {"hours": [[starts, ends]], "firsts": [ISO days]}: a weekday (0 Monday) now, and the next days of it."""

    doctor: str
    weekday: int


@dataclass(frozen=True)
class TryHours(Action):
    """-> {"removed", "made", "people"}: what another week would do; None if it cannot be."""

    doctor: str
    weekday: int
    hours: tuple[tuple[str, str], ...]
    first: str


@dataclass(frozen=True)
class SetHours(Action):
    """-> as TryHours, done."""

    final: ClassVar[bool] = True
    doctor: str
    weekday: int
    hours: tuple[tuple[str, str], ...]
    first: str


@dataclass(frozen=True)
class ClosedSessions(Action):
    """-> [{"id", "doctor", "starts_at", "ends_at"}] of the own hub, to come."""


@dataclass(frozen=True)
class Reopen(Action):
    """-> True; None if it cannot be held."""

    final: ClassVar[bool] = True
    session: int


def read_hours(text: str) -> tuple[tuple[str, str], ...] | None:
    """Hours as written: 10-13, 10:30-13 and 17-19, ১০টা থেকে ১৩টা; None for anything else.

    >>> read_hours("10:30-13, 17-19")
    (('10:30', '13:00'), ('17:00', '19:00'))
    """
    plain = re.sub(r"\s*(?:টায়|টা|ta)(?![\wঀ-৿])", "", text.translate(_ASCII).lower())
    found = _SPAN.findall(plain)
    rest = re.sub(r"\b(?:and|ar|o)\b|আর|ও|[\s,;&+.]", "", _SPAN.sub("", plain))
    if not found or rest or len(found) > SPANS_AT_MOST:
        return None
    spans = tuple((_clock(a, b), _clock(c, d)) for a, b, c, d in found)
    fits = all(starts < ends and ends <= "24" for starts, ends in spans)
    return spans if fits else None


def _clock(hour: str, minute: str) -> str:
    return f"{int(hour):02}:{int(minute or 0):02}"


def timetable() -> Flow[None]:
    """Which doctor; then other hours on a weekday, or a day away."""
    doctor = yield from one_of("week_doctor", (yield Do(HubDoctors())) or [], _doctor)
    if doctor is None:
        return
    choices = (Choice("hours", {"t": "choice.week_hours"}), Choice("away", {"t": "choice.week_away"}), LEAVE)
    what = yield Ask("week_what", choices=choices, args={"doctor": doctor["name"]}, case_notes=True, reads=press)
    if what == "hours":
        yield from _hours(doctor)
    elif what == "away":
        yield from _away(doctor)


def _doctor(one: dict[str, Any]) -> Any:
    return {"t": "week.doctor", "args": {"doctor": one["name"], "specialty": {"t": f"specialty.{one['specialty']}"}}}


def _hours(doctor: dict[str, Any]) -> Flow[None]:
    days = tuple(Choice(f"day_{n}", {"t": f"weekday.{n}"}) for n in range(7))
    weekday = int((yield Ask("week_day", choices=days, case_notes=True, reads=press)).removeprefix("day_"))
    now = yield Do(DoctorHours(doctor["id"], weekday))
    if now is None:
        yield Say("case.refused")
        return
    about = {"doctor": doctor["name"], "day": {"t": f"weekday.{weekday}"}}
    free = Choice("free", {"t": "choice.week_free"})
    said = yield Ask("week_hours", "text", (free,), args=about | {"hours": _words(now["hours"])}, verbatim=True,
                     case_notes=True, reads=_read)  # fmt: skip
    hours = () if said == "free" else read_hours(said) or ()
    firsts = tuple(Choice(f"from_{day}", {"date": day}) for day in now["firsts"])
    first = yield Ask("week_from", choices=(*firsts, LEAVE), args=about, case_notes=True, reads=press)
    if first == "leave":
        yield Say("replan.left")
        return
    yield from _change(about, (doctor["id"], weekday, hours, first.removeprefix("from_")))


def _change(about: dict[str, Any], change: tuple[str, int, tuple[tuple[str, str], ...], str]) -> Flow[None]:
    """Tried first; done when it is confirmed."""
    tried = yield Do(TryHours(*change))
    if tried is None:
        yield Say("replan.impossible")
        return
    stay = {"t": "week.stay", "args": {"count": tried["people"]}} if tried["people"] else ""
    args = about | {"hours": _words(change[2]), "first": {"date": change[3]}, "stay": stay}
    args |= {part: tried[part] for part in ("removed", "made")}
    if (yield from _sure("week_sure", args)):
        done = yield Do(SetHours(*change))
        yield Say("week.done" if done else "replan.impossible")
    else:
        yield Say("replan.left")


def _away(doctor: dict[str, Any]) -> Flow[None]:
    day = yield Ask("week_away_day", "date", args={"doctor": doctor["name"]}, case_notes=True, reads=_day)
    change = {"kind": "away", "doctor": doctor["id"], "first": day, "days": 1}
    tried = yield Do(TryReplan(change))
    if tried is None:
        yield Say("replan.impossible")
        return
    args = {"doctor": doctor["name"], "day": {"date": day}, "count": tried["people"], "waiting": tried["waiting"]}
    if (yield from _sure("week_away_sure", args)):
        done = yield Do(Replan(change))
        yield Say("week.away_done" if done else "replan.impossible")
    else:
        yield Say("replan.left")


def open_session() -> Flow[None]:
    """A closed session is held after all."""
    found = (yield Do(ClosedSessions())) or []
    if not found:
        yield Say("open_session.none")
        return
    one = yield from one_of("open_session", found, _session)
    if one is not None:
        done = yield Do(Reopen(one["id"]))
        yield Say("open_session.done" if done else "open_session.impossible")


def _session(one: dict[str, Any]) -> Any:
    return {"t": "open_session.choice", "args": {"doctor": one["doctor"], "when": {"at": one["starts_at"]}}}


def _read(heard: Heard) -> Any:
    return heard.text.strip() if read_hours(heard.text) else Misfit("misfit.week_hours")


def _day(heard: Heard) -> Any:
    return heard.when[:10] if heard.when else Misfit("misfit.week_day")


def _words(hours: Any) -> Any:
    """Hours in words; none: free."""
    spans = [
        {"t": "week.span", "args": {"starts": {"time": _moment(a)}, "ends": {"time": _moment(b)}}} for a, b in hours
    ]
    return {"list": spans} if spans else {"t": "week.free"}


def _moment(clock: str) -> str:
    return f"2000-01-03T{clock}+05:30"


def _sure(question: str, args: dict[str, Any]) -> Flow[bool]:
    choices = (Choice("yes", {"t": "replan.yes"}), Choice("no", {"t": "replan.no"}))
    return bool((yield Ask(question, choices=choices, args=args, case_notes=True, reads=press)) == "yes")
