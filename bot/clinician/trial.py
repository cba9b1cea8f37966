"""A patient who answers every question of the rules alike: what a rule's example comes to, without a conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.condition import NUMBERS
from flows.decide import Decision, decide, judge
from flows.findings import closed
from flows.protocol import FOLDER, Protocol

MOST_QUESTIONS = 25
"""Questions within which every interview must have ended."""


def interview(
    told: dict[str, Any], answer: bool | None = False, by: Protocol | None = None, folder: Path = FOLDER
) -> tuple[Decision, list[str]]:
    """The outcome of a patient who answers `answer` to all that is asked (numbers: not known), and what was asked.

    `by`: as that protocol alone decides; `folder`: by the protocols there. Raises LookupError where no rule holds or
    no end is reached.
    """
    facts, asked = dict(told), list[str]()
    for _ in range(MOST_QUESTIONS):
        decision = judge(closed(facts), (by,)) if by else decide(facts, folder)
        if not decision.ask:
            return decision, asked
        facts |= {code: None if code in NUMBERS else answer for code in decision.ask}
        asked += decision.ask
    raise LookupError(f"no end after {MOST_QUESTIONS} questions for {told}; asked {asked}")
