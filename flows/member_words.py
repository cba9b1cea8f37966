"""A member of a family in words: on a line, on a button, on a card."""

from __future__ import annotations

from typing import Any

from flows.abha import written
from flows.illnesses import said

LANGUAGES = ("bn", "en", "hi", "ur", "sat", "ne")


def age(years: float | None) -> dict[str, Any]:
    """An age as it is said: days, months, years."""
    if years is None:
        return {"t": "member.no_age"}
    if years >= 2:
        return {"t": "age.years", "args": {"n": int(years)}}
    if years >= 1 / 12:
        return {"t": "age.months", "args": {"n": round(years * 12)}}
    return {"t": "age.days", "args": {"n": round(years * 365.25)}}


def name(told: dict[str, Any], head: str | None = None) -> Any:
    """The own name, or the head's with the relation: "রহিমা বিবি (ছেলে)"."""
    if told.get("name"):
        return told["name"]
    return f"{head or '?'} ({told.get('kin') or '?'})"


def named(members: list[dict[str, Any]], head: str | None = None) -> list[dict[str, Any]]:
    """The members with a name each; who was told without one is called by the head's, namesakes are counted."""
    found: list[dict[str, Any]] = []
    for one in members:
        called = str(name(one, head or (found[0]["name"] if found else None)))
        same = sum(other["name"] == called or other["name"].startswith(called[:-1] + " ") for other in found)
        if "(" in called and same:
            called = f"{called[:-1]} {same + 1})"
        found.append(one | {"name": called})
    return found


def line(told: dict[str, Any]) -> dict[str, Any]:
    """A member on a line of a list: name, age, sex, and what else was told."""
    sex = {"t": f"choice.{told['sex']}"} if told.get("sex") else {"t": "member.no_sex"}
    args = {"name": told["name"], "age": age(told.get("age_years")), "sex": sex}
    also = _also(told)
    return {"t": "member.line_also", "args": args | {"also": {"list": also, "join": "comma"}}} if also else {
        "t": "member.line", "args": args
    }  # fmt: skip


def _also(told: dict[str, Any]) -> list[Any]:
    also: list[Any] = []
    if told.get("pregnant"):
        due = told.get("due_date")
        also.append({"t": "member.due", "args": {"date": {"date": due}}} if due else {"t": "member.pregnant"})
    if told.get("high_risk"):
        also.append({"t": "member.high_risk"})
    also += [said(code) for code in told.get("illnesses") or ()]
    if told.get("lang"):
        also.append({"t": f"lang.{told['lang']}"})
    if told.get("abha"):
        also.append({"t": "member.abha", "args": {"number": written(told["abha"])}})
    return also


def button(told: dict[str, Any]) -> dict[str, Any]:
    """A member on a button: name and age."""
    return {"t": "member.button", "args": {"name": told["name"], "age": age(told.get("age_years"))}}
