"""What the second reader's probabilities make of the findings that the lexicon read (docs/reading.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flows.decide import danger_signs
from flows.findings import findings
from flows.heard import Heard

# Chosen by cross-validation on the 808 labelled sentences that the lexicon was not made from (docs/decisions/0007).
HIGH = 0.5
"""An ordinary finding that only the second reader saw, and thinks likelier than this, is there."""
HIGH_ASK = 0.3
"""A danger sign that only the second reader saw, and thinks likelier than this, is asked about first ..."""
HIGHER = 0.6
"""... and likelier than this, is there."""


def seconded(heard: Heard, seen: dict[str, float]) -> Heard:
    """`heard` with a second opinion: `seen` has the probability of each finding that is not all but ruled out.

    It only adds: what the lexicon read stands. Dropping what is unlikely gained precision on sentences, and cost
    an emergency in one case of 150 (docs/decisions/0007).
    """
    new = _new(heard, seen)
    danger = danger_signs()
    there = [code for code in new if seen[code] > (HIGHER if code in danger else HIGH)]
    told = _broader(there)
    asked = [code for code in new if code in danger - told and HIGH_ASK < seen[code] <= HIGHER]
    return replace(
        heard,
        present=(*heard.present, *there),
        uncertain=(*heard.uncertain, *asked),
        by=heard.by | {"second": [*there, *asked]},
    )


def _new(heard: Heard, seen: dict[str, float]) -> list[str]:
    """The findings that only the second reader saw, likeliest first: none that is read already, as a kind of another
    or as what another is a kind of that was denied."""
    read = set(heard.present)
    said = read | {*heard.absent, *heard.uncertain}
    implied = _broader(heard.present)
    danger = danger_signs()
    told = danger & read  # a narrower ordinary finding would take a danger sign's place
    new = [
        code
        for code in seen
        if code not in said | implied
        and _broader([code]).isdisjoint({*heard.absent, *(told if code not in danger else ())})
    ]
    return sorted(new, key=lambda code: (-seen[code], code))


def _broader(codes: Iterable[str]) -> set[str]:
    """The findings that these imply."""
    return {broader for code in codes for broader in findings()[code].implies}
