"""`ingit eval read`: sentences read by the lexicon alone, by Rasa alone and by both, beside each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.evaluation.score import Score, faults
from bot.evaluation.sentences import Sentence
from flows.decide import danger_signs
from flows.heard import Heard
from nlu.read import Expects, read
from nlu.reading import RasaReading

READERS = ("lexicon", "rasa", "both")
OVERALL = "all"
Ask = Callable[[str], RasaReading | None]


@dataclass
class Measured:
    """Scores by reader, then by way of writing; and what went wrong where, by reader."""

    scores: dict[str, dict[str, Score]] = field(default_factory=dict)
    wrong: dict[str, list[tuple[Sentence, list[str]]]] = field(default_factory=dict)

    def add(self, reader: str, want: Sentence, got: Heard, took_ms: float) -> None:
        """One sentence as one reader read it."""
        for way in (want.lang, OVERALL):
            self.scores.setdefault(reader, {}).setdefault(way, Score()).add(want, got, danger_signs(), took_ms)
        if fault := faults(want, got):
            self.wrong.setdefault(reader, []).append((want, fault))

    def worst(self, reader: str, most: int) -> list[tuple[Sentence, list[str]]]:
        """The sentences with most faults, missed danger signs first."""
        danger = danger_signs()

        def weight(item: tuple[Sentence, list[str]]) -> tuple[bool, int]:
            missed = any(fault.removeprefix("present -") in danger for fault in item[1])
            return missed, len(item[1])

        return sorted(self.wrong.get(reader, ()), key=weight, reverse=True)[:most]


def measure(sentences: list[Sentence], rasa: Ask | None) -> Measured:
    """Every sentence by each reader; `rasa` None: by the lexicon alone."""
    measured = Measured()
    if sentences:
        read(sentences[0].text, sentences[0].now)  # what is loaded once is not the first sentence's time
    for want in sentences:
        _one(measured, want, rasa)
    return measured


def _one(measured: Measured, want: Sentence, rasa: Ask | None) -> None:
    expects = Expects(kind=want.expects, question=want.expects)
    began = time.perf_counter()
    measured.add("lexicon", want, read(want.text, want.now, expects), _ms_since(began))
    if rasa is None:
        return
    began = time.perf_counter()
    opinion = rasa(want.text)
    measured.add("rasa", want, by_rasa(want, opinion), _ms_since(began))
    measured.add("both", want, read(want.text, want.now, expects, opinion), _ms_since(began))


def by_rasa(want: Sentence, opinion: RasaReading | None) -> Heard:
    """What would be understood by Rasa alone: an intent and findings that are there; it reads no values."""
    if opinion is None:
        return Heard(text=want.text)
    return Heard(want.text, opinion.intent, opinion.confidence, tuple(dict.fromkeys(opinion.findings)))


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
