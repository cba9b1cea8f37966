"""The storage actions of the doctor's summary. bot/perform_summary.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class Favourites(Action):
    """-> {"medicine": [...], "diagnosis": [...], "advice": [...], "test": [...]}, each {"id", "content"}.

    What the acting doctor signs most, the most used first.
    """


@dataclass(frozen=True)
class SaveDraft(Action):
    """-> True. What is written so far is kept until it is signed, whatever comes between."""

    booking: str
    written: dict[str, Any]


@dataclass(frozen=True)
class WriteAllergies(Action):
    """-> the words as they are kept; [] where none is known."""

    booking: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class PreviewSummary(Action):
    """-> the whole content of the summary as it would be sent: the doctor's and the patient's details added."""

    booking: str
    written: dict[str, Any]


@dataclass(frozen=True)
class SignSummary(Action):
    """-> {"id", "version"}: signed, sent to the patient, reminders set, favourites counted.

    `judged`: how soon the doctor would have had the person seen, if not as was decided.
    """

    final: ClassVar[bool] = True
    booking: str
    written: dict[str, Any]
    judged: str | None = None


@dataclass(frozen=True)
class SignedLately(Action):
    """-> [{"booking", "name", "date"}] that the acting doctor signed in the last days, newest first."""


@dataclass(frozen=True)
class HandOverTo(Action):
    """-> [specialty] to which the booking can be handed over."""

    booking: str


@dataclass(frozen=True)
class PlaceThere(Action):
    """-> {"hub", "starts_at", "ends_at"} of the soonest place of a specialty, or None."""

    booking: str
    specialty: str


@dataclass(frozen=True)
class HandOver(Action):
    """-> the new booking, or {"refused": "taken"}: the old one ends, the patient is told."""

    final: ClassVar[bool] = True
    booking: str
    specialty: str
    note: str


@dataclass(frozen=True)
class SpokeToday(Action):
    """-> [booking] of today at the acting health officer's spoke."""


@dataclass(frozen=True)
class Observe(Action):
    """-> {"emergency": whether the protocols alarm at the values} if it was kept for the doctor."""

    final: ClassVar[bool] = True
    booking: str
    vitals: dict[str, float]
    remark: str
