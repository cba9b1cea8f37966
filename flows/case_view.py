"""A case as a doctor reads it in ten seconds: eight short lines at most, what matters most first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.findings import findings
from flows.protocol import ABOUT_PERSON
from flows.summary_words import allergies_words
from flows.vitals import vitals_words

REMARK_SHOWN = 160
"""Letters of a remark on the screen."""
SHOWN = {True: 8, False: 8, None: 4}
"""Findings named on one line; of more, how many there are beyond."""


def story_lines(case: dict[str, Any]) -> dict[str, Any]:
    """How urgent and who; what there is and how long; measured; why; allergies; denied; not known; before."""
    facts = case["facts"]
    days = facts.get("duration_days")
    return {
        "name": case["name"], "age": age(case["age_years"]), "sex": {"t": f"choice.{case['sex']}"},
        "token": case["token"], "present": _named(facts, True), "absent": _named(facts, False),
        "unknown": _named(facts, None),
        "days": {"t": "case.no_duration"} if days is None else _counted(int(days), "case.days", "days"),
        "level": {"t": f"level.{case['level']}"}, "why": case["why"],
        "rules": "" if case["signed"] else {"t": "case.rules_unsigned"},
        "measured": _measured(case.get("observed") or ()), "allergies": allergies_words(case.get("allergies")),
        "before": _before(case),
    }  # fmt: skip


def told(case: dict[str, Any]) -> Any:
    """All that the patient said is there, as the words of the complaint."""
    return _named(case["facts"], True, everything=True)


def measured(observed: Sequence[dict[str, Any]]) -> Any:
    """The values of the latest observations, each the newest there is; None where nothing was measured."""
    vitals: dict[str, float] = {}
    for one in reversed(observed):
        vitals |= one["vitals"]
    return vitals_words(vitals) if vitals else None


def _measured(observed: Sequence[dict[str, Any]]) -> Any:
    said = [value for value in (measured(observed), *(_short(one["remark"]) for one in observed)) if value]
    return {"list": said, "join": "comma"} if said else {"t": "case.not_measured"}


def _short(remark: str) -> str:
    return remark if len(remark) <= REMARK_SHOWN else f"{remark[:REMARK_SHOWN].rstrip()} …"


def _before(case: dict[str, Any]) -> Any:
    """The last paper in a few words, and what is still taken."""
    last, running = case.get("last"), case.get("running") or ()
    if not last:
        return {"t": "case.first_time"}
    names = ", ".join(dict.fromkeys(one["generic"] for one in running))
    args = {"date": {"date": last["date"]}, "diagnosis": last["diagnosis"] or "-"}
    return {"t": "case.before_taking", "args": args | {"names": names}} if names else {"t": "case.before", "args": args}


def _counted(days: int, text: str, name: str) -> dict[str, Any]:
    return {"t": "dose.one_day"} if days == 1 else {"t": text, "args": {name: days}}


def age(years: float) -> Any:
    """An age as it is said: years from two on, then months, then days."""
    if years >= 2:
        return {"t": "age.years", "args": {"n": int(years)}}
    if years >= 1 / 6:
        return {"t": "age.months", "args": {"n": int(years * 12)}}
    return _counted(round(years * 365.25), "age.days", "n")


def _named(facts: dict[str, Any], truth: bool | None, everything: bool = False) -> Any:
    known = findings()
    codes = [
        code
        for code, value in facts.items()
        if code in known and value is truth and (truth or code not in ABOUT_PERSON)
    ]
    shown = codes if everything else codes[: SHOWN[truth]]
    labels: list[Any] = [known[code].label.model_dump() for code in shown]
    if len(codes) > len(shown):
        labels.append({"t": "case.more", "args": {"n": len(codes) - len(shown)}})
    return {"list": labels, "join": "comma"} if labels else "-"
