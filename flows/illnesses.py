"""Chronic illnesses that are kept of a person: their codes, and the words by which they are told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.datafile import Source
from flows.findings import Wording

FILE = Path(__file__).parent / "illnesses.yaml"


class Illness(BaseModel):
    """One illness: its words on a button, its SNOMED CT concept, and how it is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: Wording
    snomed: str = Field(pattern=r"^\d{6,18}$")
    words: tuple[str, ...] = Field(min_length=1)


@cache
def illnesses(file: Path = FILE) -> dict[str, Illness]:
    """Every illness by code; raises BadData with file and line where one is not as it must be, or a word means two."""
    source = Source(file)
    found = {code: source.parse(Illness, code) for code in source.data}
    owner: dict[str, str] = {}
    for code, illness in found.items():
        for word in illness.words:
            if owner.setdefault(word, code) != code:
                raise source.wrong(f"{word} is a word of {owner[word]} already; keep it in one place", code)
    return found


def said(illness: str) -> dict[str, str] | str:
    """An illness as a value of a text: its label, or the word that was written where it has no code."""
    known = illnesses().get(illness)
    return known.label.model_dump() if known else illness
