"""Patients for the protocol tests."""

from __future__ import annotations

from typing import Any

from bot.clinician.trial import interview
from flows.decide import in_play
from flows.findings import closed
from flows.protocol import Protocol

__all__ = ["interview", "opened"]


def opened(told: dict[str, Any]) -> tuple[Protocol, ...]:
    """The complaint and general protocols that come into play for these facts."""
    return in_play(closed(dict(told)))
