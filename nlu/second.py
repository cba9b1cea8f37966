"""What the second reader's probabilities make of the findings that the lexicon read (docs/reading.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flows.decide import danger_signs
from flows.findings import findings
from flows.heard import Heard

# Chosen by cross-validation on labelled sentences that the lexicon was not made from (docs/decisions/0007).
HIGH = 0.4
"""An ordinary finding that only the second reader saw, and thinks likelier than this, is there."""
HIGH_ASK = 0.2
"""A danger sign that only the second reader saw, and thinks likelier than this, is asked about first ..."""
HIGHER = 0.5
"""... and likelier than this, is there."""
VAGUE = frozenset({"wound", "swelling_local", "anxiety", "dry_skin", "lump", "body_ache", "skin_sore", "itching"})
"""Ordinary findings that words of another finding often tell of by the way: "ফোলা", "kata", "gha"."""
BY_THE_WAY, LIKELY = 0.05, 0.2
"""One of these that it thinks unlikelier than the first is left out, beside a finding that it thinks likelier than the
second."""


def seconded(heard: Heard, seen: dict[str, float]) -> Heard:
    """`heard` with a second opinion: `seen` has the probability of each finding that is not all but ruled out.

    It adds, and what the lexicon read stands but for a vague finding beside one that is meant. Dropping whatever is
    unlikely gained precision on sentences, and cost an emergency in one case of 150 (docs/decisions/0007).
    """
    heard = replace(heard, present=tuple(code for code in heard.present if not _by_the_way(code, heard.present, seen)))
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


def _by_the_way(code: str, present: tuple[str, ...], seen: dict[str, float]) -> bool:
    unlikely = code in VAGUE and seen.get(code, 0.0) < BY_THE_WAY
    return unlikely and any(seen.get(other, 0.0) > LIKELY for other in present if other not in VAGUE)


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
