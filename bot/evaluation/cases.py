"""Files of clinical cases, and their form (docs/measuring.md)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.evaluation.listed import known_codes, load_listed
from flows.condition import NUMBERS
from flows.protocol import URGENCY, Level, Specialty

TIERS = ("emergency", "doctor", "self_care")
TIER: dict[Level, str] = {
    "emergency_ambulance": "emergency", "emergency": "emergency", "consultation_24": "doctor",
    "consultation": "doctor", "self_care": "self_care",
}  # fmt: skip


class Case(BaseModel):
    """A patient, how they begin, what they would answer, and the levels that a clinician would accept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    lang: Literal["bn", "banglish", "en", "mixed"] = "en"
    opening: str
    age_years: float = Field(ge=0, le=120)
    sex: Literal["female", "male"]
    pregnant: bool = False
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # the patient does not know
    values: dict[str, float] = {}
    accept: tuple[Level, ...] = Field(min_length=1)
    specialty: tuple[Specialty, ...] = ()  # any, if left out
    trap: Literal["look_alike", "masked"] | None = None  # sounds alarming and is not; sounds mild and is not
    source: str = Field(min_length=4)

    @field_validator("present", "absent", "unknown")
    @classmethod
    def _known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return known_codes(codes)

    @field_validator("values")
    @classmethod
    def _numbers(cls, values: dict[str, float]) -> dict[str, float]:
        if strange := [name for name in values if name not in NUMBERS]:
            raise ValueError(f"no number {strange[0]!r}; write one of {', '.join(sorted(NUMBERS))}")
        return values

    @property
    def tiers(self) -> frozenset[str]:
        """The accepted tiers: emergency, doctor, self_care."""
        return frozenset(TIER[level] for level in self.accept)

    @property
    def expected(self) -> str:
        """The tier of the level that is accepted first."""
        return TIER[self.accept[0]]

    def side(self, level: Level) -> Literal["right", "under", "over"]:
        """Where an outcome stands beside what is accepted."""
        accepted = [URGENCY[one] for one in self.accept]
        if TIER[level] in self.tiers:
            return "right"
        return "over" if URGENCY[level] < min(accepted) else "under"


def load_cases(paths: Iterable[Path]) -> list[Case]:
    """Every case of these files; raises BadData with file, line and mend."""
    return load_listed(paths, Case, "cases", by="name", mend="Give each case a name of its own.")
