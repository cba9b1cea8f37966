"""Children: under 18 nobody is booked without an adult of the family who agrees."""

from __future__ import annotations

from typing import Any

from flows.actions import RecordConsent
from flows.phones import phone_args, phones
from flows.talk import Ask, Choice, Do, Flow, Say

OF_AGE = 18
"""From this age a person consents for themselves (Telemedicine Practice Guidelines 2020; DPDP Act 2023)."""
BY_ADULT = ("guardian", "spoken")
"""Who agreed and how, where a child writes for itself with an adult beside it."""


def writes_alone(person: dict[str, Any], role: str) -> bool:
    """Whether a child writes for itself: for others, whoever writes is asked who agreed."""
    age = person["age_years"]
    return role == "patient" and person["relation"] == "self" and age is not None and age < OF_AGE


def with_adult(person: dict[str, Any], role: str) -> Flow[bool]:
    """Whether an adult is there who agrees, where one is needed; else what to do instead is said."""
    if not writes_alone(person, role):
        return True
    said = yield Ask("adult", choices=tuple(Choice(id, {"t": f"adult.{id}"}) for id in ("guardian", "alone")))
    if said == "guardian":
        if person["id"]:
            yield Do(RecordConsent(person["id"], *BY_ADULT))
        return True
    yield Say("adult.needed", phone_args() | {"child": {"phone": phones().child}})
    return False
