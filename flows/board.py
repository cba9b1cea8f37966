"""The coordinator's numbers: the hub today, and the safety board with the cases that were judged more urgent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.pages import LEAVE, one_of, press
from flows.protocol import LEVELS
from flows.talk import Action, Ask, Choice, Do, Flow, Say, Then

LINES = 5
"""Sessions shown one by one; the others are counted. Those that need a look come first."""
DAYS = (7, 30)


@dataclass(frozen=True)
class HubToday(Action):
    """-> {"sessions": [{"doctor", "time", "taken", "capacity", "here", "state"}], "waiting", "away": [names]}.

    `state`: closed, late, or open; what needs a look comes first.
    """


@dataclass(frozen=True)
class SafetyBoard(Action):
    """-> {"levels": [{"level", "count", "seen", "median", "ninetieth"}], "consulted", "sooner": [{"id", "level",
    "judged", "rule", "on"}]} of the own hub; hours; no names."""

    days: int


@dataclass(frozen=True)
class OpenJudged(Action):
    """-> {"name", "token", "level", "why", "diagnosis"} of a case of the own hub; audited. None if it is not."""

    booking: str


def hub_today() -> Flow[None]:
    """The day on one screen."""
    day = yield Do(HubToday())
    if day is None or not day["sessions"]:
        yield Say("hub_today.none")
        return
    shown, more = day["sessions"][:LINES], len(day["sessions"]) - LINES
    lines: list[Any] = [{"t": "hub_today.line", "args": _session(one)} for one in shown]
    lines += [{"t": "hub_today.more", "args": {"count": more}}] if more > 0 else []
    lines += [{"t": "hub_today.away", "args": {"names": {"list": day["away"]}}}] if day["away"] else []
    numbers = {"sessions": len(day["sessions"]), "waiting": day["waiting"]}
    numbers |= {part: sum(one[part] for one in day["sessions"]) for part in ("taken", "capacity", "here")}
    yield Say("hub_today.said", numbers | {"lines": {"list": lines, "join": "lines"}})


def _session(one: dict[str, Any]) -> dict[str, Any]:
    shown = {part: one[part] for part in ("doctor", "taken", "capacity", "here")}
    return shown | {"time": {"time": one["starts_at"]}, "state": {"t": f"hub_today.{one['state']}"}}


def safety_board(days: int = DAYS[0]) -> Flow[Then | None]:
    """Outcomes, what was judged more urgent, and how long people waited; the cases a tap away."""
    told = yield Do(SafetyBoard(days))
    if told is None:
        yield Say("case.refused")
        return None
    other = next(one for one in DAYS if one != days)
    cases = (Choice("sooner", {"t": "choice.sooner_cases", "args": {"count": len(told["sooner"])}}),)
    choices = (
        Choice("other", {"t": "choice.board_days", "args": {"n": other}}),
        *(cases if told["sooner"] else ()),
        LEAVE,
    )
    lines = [{"t": "board.line" if one["seen"] else "board.line_unseen", "args": _level(one)} for one in told["levels"]]
    args = {"days": days, "consulted": told["consulted"], "sooner": len(told["sooner"])}
    args |= {"lines": {"list": lines, "join": "lines"} if lines else {"t": "board.nothing"}}
    chosen = yield Ask("board", choices=choices, args=args, case_notes=True, reads=press)
    if chosen == "other":
        return Then("board", {"days": other})
    if chosen == "sooner":
        yield from _cases(told["sooner"])
        return Then("board", {"days": days})
    return None


def _level(one: dict[str, Any]) -> dict[str, Any]:
    numbers = {part: one[part] for part in ("count", "seen", "median", "ninetieth") if one[part] is not None}
    return numbers | {"level": {"t": f"level.{one['level']}"}}


def _cases(found: list[dict[str, Any]]) -> Flow[None]:
    case = yield from one_of("sooner_case", found, _case)
    if case is None:
        return
    opened = yield Do(OpenJudged(case["id"]))
    if opened is None:
        yield Say("case.refused")
        return
    yield Say("board.case", opened | _levels(case) | {"rule": case["rule"], "level": {"t": f"level.{case['level']}"}})


def _case(one: dict[str, Any]) -> Any:
    return {"t": "board.choice", "args": _levels(one) | {"on": {"date": one["on"]}, "rule": one["rule"]}}


def _levels(one: dict[str, Any]) -> dict[str, Any]:
    return {"level": {"t": f"level.{one['level']}"}, "judged": {"t": f"level.{one['judged']}"}}


ORDER: dict[str, int] = {level: place for place, level in enumerate(LEVELS)}
"""Levels, most urgent first."""
