"""A patient who answers every question of the rules alike: what a rule's example comes to, without a conversation."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from flows.condition import NUMBERS
from flows.decide import Decision, decide, judge
from flows.findings import closed
from flows.protocol import FOLDER, Protocol

MOST_QUESTIONS = 25
"""Questions within which every interview must have ended."""


def interview(
    told: dict[str, Any],
    answer: bool | None = False,
    by: Protocol | None = None,
    folder: Path = FOLDER,
    most: int | None = MOST_QUESTIONS,
) -> tuple[Decision, list[str]]:
    """The outcome of a patient who answers `answer` to all that is asked (numbers: not known), and what was asked.

    `by`: as that protocol alone decides; `folder`: by the protocols there. Raises LookupError where no rule holds or
    no end is reached within `most` rounds of questions (None: however many).
    """
    facts, asked = dict(told), list[str]()
    for rounds in count():
        if rounds == most:
            raise LookupError(f"no end after {most} questions for {told}; asked {asked}")
        decision = judge(closed(facts), (by,)) if by else decide(facts, folder)
        if not decision.ask:
            break
        facts |= {code: None if code in NUMBERS else answer for code in decision.ask}
        asked += decision.ask
    return decision, asked
