"""People on buttons: "who is asking?" with name and age; without the name where the telephone's PIN was not given."""

from __future__ import annotations

from typing import Any

KIN = ("child", "mother", "father", "wife", "husband")
"""Relations that say who somebody is without a name."""


def asked_as(member: dict[str, Any], *, discreet: bool = False) -> Any:
    """A member of the family as a button says it."""
    age = _age(member["age_years"])
    if discreet:
        kin = member["relation"] if member["relation"] in KIN else "other"
        who: Any = {"t": f"kin.{kin}"}
    else:
        who = member["name"]
    return {"t": "somebody.aged", "args": {"who": who, "age": age}} if age else who


def _age(years: float | None) -> dict[str, Any] | None:
    if years is None:
        return None
    if years >= 2:
        return {"t": "age.years", "args": {"n": int(years)}}
    return {"t": "age.months", "args": {"n": max(1, round(years * 12))}}
