"""A patient of a written case: what they answer to whatever the conversation asks."""

from __future__ import annotations

from typing import Any

from bot.evaluation.cases import Case

_FIXED = {"consent": "yes", "who": "other"}


def answer(case: Case, message: dict[str, Any]) -> dict[str, Any]:
    """The input that answers the question in `message` (docs/jsonl.md). What the case does not tell is not there.

    LookupError: a question that a patient of a case does not expect.
    """
    asks = message["asks"]
    offered = [choice["id"] for choice in message.get("choices", ())]
    match asks["question"]:
        case "danger_signs":
            ticks = [choice["id"] for choice in message["choices"] if choice.get("finding") in case.present]
            return {"press": ticks or ["none"]}
        case "duration":
            days = case.values.get("duration_days")
            return {"press": "dont_know"} if days is None else {"text": f"{days:g} days"}
        case "age":
            return {"text": age_said(case.age_years)}
        case "sex":
            return {"press": case.sex}
        case "pregnant":
            recent = "recent_delivery" in case.present
            return {"press": "recent_delivery" if recent else "yes" if case.pregnant else "no"}
        case "complaint":
            return {"text": case.opening}
        case "language":
            return {"press": "bn" if case.lang == "bn" else "en"}
        case question if question in _FIXED:
            return {"press": _FIXED[question]}
    if "yes" not in offered:
        raise LookupError(f"{asks['question']}: a patient of a case has no answer to this question")
    finding = asks.get("finding")
    if finding in case.present:
        return {"press": "yes"}
    return {"press": "dont_know" if finding in case.unknown and "dont_know" in offered else "no"}


def age_said(years: float) -> str:
    """The age as people say it."""
    if years >= 2:
        return f"{int(years)}"
    return f"{round(years * 12)} months" if years >= 1 / 6 else f"{round(years * 365)} days"
