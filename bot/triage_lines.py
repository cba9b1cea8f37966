"""`ingit triage --jsonl`: the rule engine alone, a case a line."""

from __future__ import annotations

from typing import Any

from bot.clinician.trial import interview
from bot.lines import BadLine, field
from flows.condition import NUMBERS
from flows.decide import explain
from flows.findings import findings
from flows.protocol import person_facts

AGE_AT_MOST = 120


def triage(case: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a case: {"age_years", "sex", "pregnant", "facts", "default"}; raises BadLine.

    `default`: what everything not told is taken to be: "no" (the default) or "unknown" (asked, and not known).
    """
    facts, unknown = _facts(case)
    default = field(case, "default", str, '"no"') or "no"
    if default not in ("no", "unknown"):
        raise BadLine(f'default: {default!r} cannot be; write "no" or "unknown"')
    decision, asked = interview(facts, False if default == "no" else None, most=None)
    assert decision.rule is not None
    told = explain(decision)
    answer = {"level": decision.level, "specialty": decision.rule.specialty(facts), **told, "asked": asked}
    return answer | ({"ignored": unknown} if unknown else {})


def _facts(case: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    age = field(case, "age_years", (int, float), "34, or 0.5 for six months")
    if age is not None and not 0 <= age <= AGE_AT_MOST:
        raise BadLine(f"age_years: {age} cannot be; between 0 and {AGE_AT_MOST}")
    sex = field(case, "sex", str, '"female"')
    if sex not in (None, "female", "male"):
        raise BadLine(f'sex: {sex!r} cannot be; write "female" or "male"')
    told = field(case, "facts", dict, '{"fever": true}') or {}
    facts = person_facts(age, sex, field(case, "pregnant", bool, "true"))
    unknown = [code for code in told if code not in findings() and code not in NUMBERS]
    for code, value in told.items():
        if code in NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float | None)):
            raise BadLine(f"facts.{code}: {value!r} cannot be; write a number")
        if code in findings() and not isinstance(value, bool | None):
            raise BadLine(f"facts.{code}: {value!r} cannot be; write true, false or null")
    return facts | {code: value for code, value in told.items() if code not in unknown}, unknown
