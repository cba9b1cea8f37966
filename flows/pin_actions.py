"""The storage actions of PINs. bot/perform_pin.py does each of them; results are JSON, and no PIN is in any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class PinState(Action):
    """-> {"set", "locked", "shut_until", "falls_away"}: of this chat's PIN; times in ISO or None."""


@dataclass(frozen=True)
class SetPin(Action):
    """-> True if it was set. `hash`: what bot.pin_entry made of what was typed."""

    final: ClassVar[bool] = True
    hash: str


@dataclass(frozen=True)
class RemovePin(Action):
    """-> True if there was one, given rightly, and there is none now."""

    final: ClassVar[bool] = True


@dataclass(frozen=True)
class ForgotPin(Action):
    """-> {"code", "falls_away"} by which staff take it away, or which ends by itself then; None if there is no PIN."""

    final: ClassVar[bool] = True


@dataclass(frozen=True)
class TakePinAway(Action):
    """-> True if the code was of a family's PIN, which is gone now. Only for staff who meet people."""

    final: ClassVar[bool] = True
    code: str
