"""What crosses between systems, and why something does not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.records import Booking, Doctor, Hub, Person

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of what follows."""


class Refused(ValueError):
    """A file that is not taken: where in it, what is wrong, and how to mend it."""

    def __init__(self, where: str, wrong: str, mend: str) -> None:
        super().__init__(f"{where}: {wrong}; {mend}")


@dataclass(frozen=True)
class Outgoing:
    """A signed summary with all that its document says."""

    id: str
    identifier: str | None  # under which a hub's own system delivered it, "system|value|version"
    version: int
    signed_at: datetime
    content: dict[str, Any]
    judged_level: str | None
    booking: Booking
    person: Person
    abha: str | None
    doctor: Doctor
    hub: Hub
    facts: dict[str, Any]
    before: str | None  # the id of the version that it corrects


@dataclass(frozen=True)
class Delivered:
    """What a document brings."""

    identifier: str  # of this very version: "system|value|version"
    booking: str
    person: str | None  # our id; or the ABHA number
    abha: str | None
    registration: str  # the doctor's
    signed_at: datetime
    content: dict[str, Any]  # whole where it is the bot's own document; else the parts that a doctor writes
    own: bool
    judged_level: str | None = None


def clean(text: str) -> str:
    """Words for eyes: without control characters and marks that turn the direction of writing."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()
