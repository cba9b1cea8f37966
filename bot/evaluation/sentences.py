"""Files of sentences with what should be understood of them, and their form (docs/measuring.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from flows.datafile import Source
from flows.findings import findings
from flows.heard import Reply, Sex, Subject
from nlu.reading import INTENTS

NOW = datetime.fromisoformat("2026-11-24T08:00+05:30")
"""When a sentence is said that does not say so itself."""
VALUES = "duration_days age_years sex subject pregnant when reply ordinal".split()
"""What may be stated of a sentence beside its intent and findings; judged only where it is stated."""


class Sentence(BaseModel):
    """A sentence and what should be understood of it. A value that is not stated is not judged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    lang: Literal["bn", "banglish", "en", "mixed"]
    intent: str
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    duration_days: int | None = None
    age_years: float | None = None
    sex: Sex | None = None
    subject: Subject | None = None
    pregnant: bool | None = None
    when: str | None = None
    measures: dict[str, float] = {}
    reply: Reply | None = None
    ordinal: int | None = None
    expects: str | None = None
    now: datetime = NOW

    @field_validator("present", "absent", "uncertain")
    @classmethod
    def _known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if strange := [code for code in codes if code not in findings()]:
            raise ValueError(f"no finding {strange[0]!r}; the codes stand in flows/findings_data")
        return codes

    @field_validator("intent")
    @classmethod
    def _an_intent(cls, intent: str) -> str:
        if intent not in INTENTS:
            raise ValueError(f"no intent {intent!r}; write one of {', '.join(INTENTS)}")
        return intent

    @field_validator("now")
    @classmethod
    def _in_a_zone(cls, now: datetime) -> datetime:
        if now.tzinfo is None:
            raise ValueError("a moment needs its zone; write for example 2026-11-24T08:00+05:30")
        return now

    def states(self, value: str) -> bool:
        """Whether this value is stated, if only as null: then it is judged."""
        return value in self.model_fields_set


def load_sentences(paths: Iterable[Path]) -> list[Sentence]:
    """Every sentence of these files; raises BadData with file, line and mend."""
    return [sentence for path in paths for sentence in _load(path)]


def _load(path: Path) -> list[Sentence]:
    source = Source(path)
    if not isinstance(source.data, list):
        raise source.wrong("a list of sentences is needed; docs/measuring.md shows one")
    read = [source.parse(Sentence, at) for at in range(len(source.data))]
    twice = Counter(sentence.text for sentence in read)
    for at, sentence in enumerate(read):
        if twice[sentence.text] > 1:
            raise source.wrong(f"{sentence.text!r} stands twice. Keep one.", at)
    return read


def stated(sentence: Sentence) -> dict[str, Any]:
    """The values that are judged of this sentence."""
    return {value: getattr(sentence, value) for value in VALUES if sentence.states(value)}
