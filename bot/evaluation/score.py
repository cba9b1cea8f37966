"""What was understood beside what should have been: counts, and the figures made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.evaluation.sentences import Sentence, stated
from flows.heard import Heard


@dataclass
class Matches:
    """Right, made up and missed."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, want: Iterable[str], got: Iterable[str]) -> None:
        """Count one sentence's set against what it should be."""
        want, got = set(want), set(got)
        self.right += len(want & got)
        self.extra += len(got - want)
        self.missed += len(want - got)

    @property
    def precision(self) -> float | None:
        """The share that is right of what was found; None if nothing was."""
        return _share(self.right, self.right + self.extra)

    @property
    def recall(self) -> float | None:
        """The share that was found of what is there; None if nothing is."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two."""
        return _share(2 * self.right, 2 * self.right + self.extra + self.missed)


@dataclass
class Score:
    """The counts over some sentences."""

    sentences: int = 0
    intents: int = 0
    present: Matches = field(default_factory=Matches)
    absent: Matches = field(default_factory=Matches)
    danger: Matches = field(default_factory=Matches)
    asked: int = 0  # danger signs that were missed as present, but will be asked about
    without_danger: int = 0
    false_alarms: int = 0  # sentences without a danger sign in which one was read
    values: dict[str, list[int]] = field(default_factory=dict)  # value -> [right, stated]
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    took_ms: list[float] = field(default_factory=list)

    def add(self, want: Sentence, got: Heard, danger: frozenset[str], took_ms: float) -> None:
        """Count one sentence. `danger`: the codes that are danger signs."""
        self.sentences += 1
        self.took_ms.append(took_ms)
        self.intents += got.intent == want.intent
        if got.intent != want.intent:
            self.confused[want.intent, str(got.intent)] += 1
        self.present.add(want.present, got.present)
        self.absent.add(want.absent, got.absent)
        signs, read = danger & set(want.present), danger & set(got.present)
        self.danger.add(signs, read)
        self.asked += len((signs - read) & set(got.uncertain))
        if not signs:
            self.without_danger += 1
            self.false_alarms += bool(read)
        for value, right in values_right(want, got).items():
            count = self.values.setdefault(value, [0, 0])
            count[0] += right
            count[1] += 1

    def figures(self) -> dict[str, Any]:
        """Everything counted, as shares of 1, latency in milliseconds."""
        return {
            "sentences": self.sentences,
            "intent": _share(self.intents, self.sentences),
            "present_precision": self.present.precision,
            "present_recall": self.present.recall,
            "present_f1": self.present.f1,
            "absent_f1": self.absent.f1,
            "danger_recall": self.danger.recall,
            "danger_recall_or_asked": _share(self.danger.right + self.asked, self.danger.right + self.danger.missed),
            "danger_precision": self.danger.precision,
            "false_alarms": _share(self.false_alarms, self.without_danger),
            **{value: _share(right, of) for value, (right, of) in sorted(self.values.items())},
            "p50_ms": _percentile(self.took_ms, 0.5),
            "p99_ms": _percentile(self.took_ms, 0.99),
        }


def values_right(want: Sentence, got: Heard) -> dict[str, bool]:
    """Each stated value, and whether it was read so."""
    right = {value: _same(due, getattr(got, value)) for value, due in stated(want).items()}
    for name, due in want.measures.items():
        right["measures"] = right.get("measures", True) and _same(due, got.measures.get(name))
    return right


def faults(want: Sentence, got: Heard) -> list[str]:
    """What was understood otherwise than it should have been, a phrase each."""
    wrong = [] if got.intent == want.intent else [f"intent {got.intent}, not {want.intent}"]
    for name in ("present", "absent"):
        told, read = set(getattr(want, name)), set(getattr(got, name))
        wrong += [f"{name} -{code}" for code in sorted(told - read)]
        wrong += [f"{name} +{code}" for code in sorted(read - told)]
    for value, right in values_right(want, got).items():
        if not right:
            due = want.measures if value == "measures" else getattr(want, value)
            wrong.append(f"{value} {getattr(got, value)}, not {due}")
    return wrong


def _same(due: Any, read: Any) -> bool:
    """Equal; numbers to within a hundredth (a month of age is a twelfth of a year)."""
    if isinstance(due, float) and isinstance(read, int | float):
        return abs(due - read) < 0.011
    return bool(due == read)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _percentile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else None
