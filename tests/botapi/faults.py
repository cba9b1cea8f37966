"""What can go wrong between a bot and Telegram, to be played on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["status", "silent", "hang", "drop", "cut", "slow"]


@dataclass(frozen=True)
class Fault:
    """One fault. `performs`: the request took effect all the same."""

    kind: Kind
    code: int = 0
    description: str = ""
    retry_after: int | None = None
    seconds: float = 0.0

    @property
    def performs(self) -> bool:
        return self.kind in ("silent", "hang", "cut", "slow")


SILENT = Fault("silent")  # delivered, then the connection closed without an answer
HANG = Fault("hang")  # delivered, and never answered
DROP = Fault("drop")  # closed without an answer, nothing delivered
CUT = Fault("cut")  # delivered, the answer cut in its middle
BLOCKED = Fault("status", 403, "Forbidden: bot was blocked by the user")
BAD_REQUEST = Fault("status", 400, "Bad Request: something in it is wrong")
CHAT_NOT_FOUND = Fault("status", 400, "Bad Request: chat not found")
BROKEN = Fault("status", 500, "Internal Server Error")
UNAUTHORIZED = Fault("status", 401, "Unauthorized")


def flood(retry_after: int) -> Fault:
    """429: too many requests, come back after so many seconds."""
    return Fault("status", 429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def slow(seconds: float) -> Fault:
    """Answered properly, but late."""
    return Fault("slow", seconds=seconds)


Chooser = Callable[[str, dict[str, Any]], Fault | None]


def in_turn(faults: Iterable[Fault | None], method: str = "", chat: int | None = None) -> Chooser:
    """These faults one after the other (None: none) for requests of this method and chat; then no more."""
    rest = iter(faults)

    def choose(called: str, params: dict[str, Any]) -> Fault | None:
        if method and called.lower() != method.lower():
            return None
        if chat is not None and params.get("chat_id") != chat:
            return None
        return next(rest, None)

    return choose
