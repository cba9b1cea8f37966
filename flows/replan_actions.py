"""The storage actions of a hub whose days change. bot/perform_replan.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class HubSessions(Action):
    """-> [{"id", "doctor", "doctor_id", "specialty", "starts_at", "ends_at", "people"}]: the acting coordinator's hub,
    open and not over, by the hour. `ahead`: 0 today, 1 tomorrow."""

    ahead: int


@dataclass(frozen=True)
class SessionEnds(Action):
    """-> [ISO]: the times at which a session can end earlier than it does."""

    session: int


@dataclass(frozen=True)
class TryReplan(Action):
    """-> {"people", "same", "other", "waiting", "late"}: how many a change would affect, and how; None if it cannot be.

    `change`: "kind" with what it needs: close (session), shorten (session, ends), away (doctor, first, days).
    """

    change: dict[str, Any]


@dataclass(frozen=True)
class Replan(Action):
    """-> as TryReplan, of those who were told at once; None if the change cannot be made."""

    final: ClassVar[bool] = True
    change: dict[str, Any]
