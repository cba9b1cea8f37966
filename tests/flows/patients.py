"""Patients for the protocol tests: one that answers every question the same way."""

from __future__ import annotations

from typing import Any

from flows.condition import NUMBERS
from flows.decide import Decision, decide, in_play, judge
from flows.findings import closed
from flows.protocol import Protocol

MOST_QUESTIONS = 25
"""Screens after which an interview must have ended."""


def interview(
    told: dict[str, Any], answer: bool | None = False, by: Protocol | None = None
) -> tuple[Decision, list[str]]:
    """The outcome of a patient who answers `answer` to all that is asked (numbers: not known), and what was asked.

    With `by`, as that protocol alone decides.
    """
    facts, asked = dict(told), list[str]()
    for _ in range(MOST_QUESTIONS):
        decision = judge(closed(facts), (by,)) if by else decide(facts)
        if not decision.ask:
            return decision, asked
        facts |= {code: None if code in NUMBERS else answer for code in decision.ask}
        asked += decision.ask
    raise AssertionError(f"no end after {MOST_QUESTIONS} questions for {told}; asked {asked}")


def opened(told: dict[str, Any]) -> tuple[Protocol, ...]:
    """The complaint and general protocols that come into play for these facts."""
    return in_play(closed(dict(told)))
