"""The actions of the day itself, and of families seen together. bot/perform_day.py and perform_families.py do them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class Sittings(Action):
    """-> [{"id", "specialty", "doctor", "starts_at", "ends_at", "booked", "arrived", "done", "noshow"}] of today."""


@dataclass(frozen=True)
class Line(Action):
    """-> [booking] of a session, in order of tokens; with "called". None if not of the own hub."""

    session: str


@dataclass(frozen=True)
class ByToken(Action):
    """-> [booking] of today with this number: one a session of the hub."""

    token: int


@dataclass(frozen=True)
class CallNext(Action):
    """-> the booking that was called: the smallest token of those who have come. None if nobody sits there."""

    final: ClassVar[bool] = True
    session: str


@dataclass(frozen=True)
class MyTurns(Action):
    """-> [booking with "ahead", "expected" (or None), "called", "today"] of this chat's people, soonest first."""


@dataclass(frozen=True)
class Missed(Action):
    """-> the booking to which somebody did not come, with "within_days"; None if too long ago or not this chat's."""

    booking: str


@dataclass(frozen=True)
class Households(Action):
    """-> [{"id", "name", "members": [as Family gives]}]: the one family of an account."""


@dataclass(frozen=True)
class FamilyWindows(Action):
    """-> [{"id", "windows": [ids], "starts_at", "ends_at", "hub", "specialty"}] in which so many fit together."""

    spoke: str
    specialty: str
    size: int
    within_days: int
    urgent: bool = False


@dataclass(frozen=True)
class BookFamily(Action):
    """-> [booking] or {"refused": reason, "name": of whom, or None}. `members`: (person, decision)."""

    final: ClassVar[bool] = True
    members: tuple[tuple[str, str | None], ...]
    windows: tuple[str, ...]
    spoke: str
