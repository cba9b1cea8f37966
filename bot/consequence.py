"""What follows from the outcome of a delivery: said, said again at some time, or a dead letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery import Away, Delivered, Later, Outcome, Rejected, Uncertain, Unreachable
from storage.outbox import Claimed

AWAY_AT_MOST = 60.0
UNCERTAIN_TRIES = 4
"""A message whose arrival is unknown each time is sent so often in all; that may be as many copies on a screen."""
FAILED_TRIES = 8
"""Tries of a message that the channel fails on while it delivers others."""


@dataclass(frozen=True)
class Sent:
    """It was said."""

    message_id: int | None


@dataclass(frozen=True)
class Again:
    """To be tried again at `due`. `everyone`: nothing is sent before that, to anybody, by any process."""

    due: datetime
    reason: str
    everyone: bool = False


@dataclass(frozen=True)
class Dead:
    """A dead letter. `unreachable`: the person has to be told by another way."""

    reason: str
    unreachable: bool = False


Consequence = Sent | Again | Dead


def consequence(notice: Claimed, outcome: Outcome, failures: int, now: datetime, back_at: datetime) -> Consequence:
    """What becomes of `notice`.

    `failures`: how often it failed by itself so far, this time included; `back_at`: when a channel that is away is
    tried again.
    """
    match outcome:
        case Delivered(message_ids):
            return Sent(message_ids[-1] if message_ids else None)
        case Later(seconds, whole_bot, reason):
            return Again(now + timedelta(seconds=seconds), reason, everyone=whole_bot)
        case Unreachable(reason):
            return Dead(reason, unreachable=True)
        case Rejected(reason):
            return Dead(reason)
        case Away(reason):
            return Dead(reason) if failures >= FAILED_TRIES else Again(back_at, reason)
        case Uncertain(reason):
            return _uncertain(notice, reason, failures, now)


def _uncertain(notice: Claimed, reason: str, failures: int, now: datetime) -> Consequence:
    """An edit does the same however often it is made; anything else is a second copy, so only what must arrive."""
    if not (notice.must_arrive or notice.payload.get("edit") is not None):
        return Dead(f"it may not have arrived: {reason}")
    if failures >= UNCERTAIN_TRIES:
        return Dead(f"{failures} times it may not have arrived: {reason}")
    return Again(now + timedelta(seconds=2.0 * 4 ** (failures - 1)), reason)


def away_seconds(times: int, spread: float) -> float:
    """How long a channel is left alone after it was away `times` times running; `spread` in 0..1 scatters processes."""
    return min(AWAY_AT_MOST, 2.0**times) * (0.5 + spread / 2)
