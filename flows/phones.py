"""Telephone numbers people are told to call, kept as dated configuration (flows/phones.yaml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.datafile import Source


class Phones(BaseModel):
    """Each number as digits; `checked`: the day somebody last made sure of them, `where`: how to check again."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    checked: str
    where: str
    emergency: str = Field(pattern=r"^\d{3,12}$")
    ambulance: str = Field(pattern=r"^\d{3,12}$")
    mental_health: str = Field(pattern=r"^\d{3,12}$")
    child: str = Field(pattern=r"^\d{3,12}$")
    women: str = Field(pattern=r"^\d{3,12}$")


@cache
def phones() -> Phones:
    """The numbers in force; raises BadData with file and line."""
    return Source(Path(__file__).parent / "phones.yaml").parse(Phones)


def phone_args() -> dict[str, dict[str, str]]:
    """The numbers as arguments of a text."""
    named = phones()
    return {"ambulance": {"phone": named.ambulance}, "emergency": {"phone": named.emergency}}
