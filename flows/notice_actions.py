"""The storage actions of answers to notices. bot/perform_notices.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class JustTold(Action):
    """-> the id of the booking that the last message to this chat told of without being asked; None: nothing like that.

    What the person has written since then takes it away: a word is an answer only right after the notice.
    """


@dataclass(frozen=True)
class OfBooking(Action):
    """-> a booking of this chat's people with "place": {"lat", "lon"} of its spoke; None if there is none."""

    booking: str


@dataclass(frozen=True)
class KnownOf(Action):
    """-> {"person", "name", "facts"}: who a booking is for, and what triage was told then; None if not theirs."""

    booking: str


@dataclass(frozen=True)
class CallMe(Action):
    """-> None. An ASHA worker of the spoke, or a coordinator, is to call who wrote."""

    final: ClassVar[bool] = True
    booking: str


@dataclass(frozen=True)
class CallEnded(Action):
    """-> True if the call of the acting member of staff was still to be made. `outcome`: done, could_not_reach."""

    final: ClassVar[bool] = True
    call: str
    outcome: str


@dataclass(frozen=True)
class Unwanted(Action):
    """-> [group] that this chat has opted out of."""


@dataclass(frozen=True)
class Want(Action):
    """-> None. Opts in to these groups of kinds, or out of them."""

    final: ClassVar[bool] = True
    groups: tuple[str, ...]
    wanted: bool
