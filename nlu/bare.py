"""Words that name a finding only beside another one: in "knee pain, no swelling" the swelling is the joint's.

The lexicon matches them under a code of their own (`bare:swelling`); `placed` gives each the finding that it means
here, by nlu/rules/bare.yaml. Runs on Python 3.10, in the Rasa component too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

PREFIX = "bare:"


@dataclass(frozen=True)
class Bare:
    """What a bare word means beside which finding; what it denies there; what it means with nothing beside it."""

    means: dict[str, str]
    denies: dict[str, tuple[str, ...]]
    otherwise: str | None
    unless: frozenset[str] = frozenset()  # findings beside which it says nothing more

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Bare:
        """From an entry of bare.yaml."""
        denies = {beside: tuple(codes) for beside, codes in entry.get("denies", {}).items()}
        return cls(entry.get("means", {}), denies, entry.get("else"), frozenset(entry.get("unless", ())))

    def knows(self, code: str) -> bool:
        """Whether the word has a meaning beside this finding."""
        return code in self.means or code in self.denies


def placed(found: list[Any], bare: dict[str, Bare]) -> list[Any]:
    """The matches with each bare word's finding in its place; left out where it means none."""
    return [placed for match in found if (placed := _place(match, found, bare)) is not None]


def _place(match: Any, found: list[Any], bare: dict[str, Bare]) -> Any | None:
    if match.code not in bare:
        return match
    word = bare[match.code]
    beside = next((other for other in _nearest(match, found) if word.knows(other.code)), None)
    if beside is None:
        if any(other.code in word.unless for other in found):
            return None
        return replace(match, code=word.otherwise) if word.otherwise else None
    denies = word.denies.get(beside.code, ())
    code = word.means.get(beside.code)
    return replace(match, code=code or denies[0], denies=denies, only_denied=code is None, beside=beside.words)


def _nearest(match: Any, found: list[Any]) -> Iterator[Any]:
    """The findings before it, nearest first, then those behind it."""
    yield from (other for other in reversed(found) if other.words < match.words)
    yield from (other for other in found if other.words > match.words)
