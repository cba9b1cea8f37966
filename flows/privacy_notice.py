"""The notice of what data is kept for, purpose by purpose, from flows/privacy_notice.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from flows.datafile import Source
from flows.findings import Wording
from flows.talk import Choice
from flows.texts import script_fault


class Notice(BaseModel):
    """The notice in force. Consent to another version is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: str = Field(min_length=1)
    purposes: dict[str, Wording]
    needed: tuple[str, ...]


@cache
def notice() -> Notice:
    """The notice in force; raises BadData with file and line."""
    source = Source(Path(__file__).parent / "privacy_notice.yaml")
    found = source.parse(Notice)
    for name, words in found.purposes.items():
        if wrong := script_fault(words):
            raise source.wrong(f"{name}: {wrong}", "purposes", name)
    if unknown := set(found.needed) - set(found.purposes):
        raise source.wrong(f"{', '.join(unknown)} is no purpose; name one that stands above", "needed")
    return found


def purpose(name: str) -> dict[str, str]:
    """A purpose in words, as an argument of a text."""
    words = notice().purposes[name]
    return {"bn": words.bn, "en": words.en}


def itemised() -> dict[str, Any]:
    """Every purpose on a line of its own, as an argument of a text."""
    lines = [{"bn": f"• {words.bn}", "en": f"• {words.en}"} for words in notice().purposes.values()]
    return {"list": lines, "join": "lines"}


def toggles(given: Sequence[str]) -> tuple[Choice, ...]:
    """Each purpose as a button that says whether it is agreed to."""
    return tuple(
        Choice(one, {"t": "privacy.on" if one in given else "privacy.off", "args": {"what": purpose(one)}})
        for one in notice().purposes
    )


def flipped(given: Sequence[str], one: str) -> tuple[str, ...]:
    """The purposes with this one given, or taken back."""
    return tuple(name for name in notice().purposes if (name in given) != (name == one))
