"""Files of sentences with what should be understood of them, and their form (docs/measuring.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from bot.evaluation.listed import known_codes, load_listed
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
        return known_codes(codes)

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
    return load_listed(paths, Sentence, "sentences", by="text", mend="Keep one.")


def stated(sentence: Sentence) -> dict[str, Any]:
    """The values that are judged of this sentence."""
    return {value: getattr(sentence, value) for value in VALUES if sentence.states(value)}
