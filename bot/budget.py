"""How much of one chat is read: a burst, then so many a minute. Who writes faster waits; nobody else does.

What a chat has spent stands in its conversation, so that all processes share one budget and a restart forgets nothing.
Processes that look at the same moment may each let one message through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.incoming import Incoming
from storage.inbox import Received

A_PRESS = 0.25
"""What a press costs, in messages: it needs no reading, and quick fingers answer ten questions in ten seconds."""
SET_BACK = 60.0
"""Further ahead than a burst and the difference of two hosts' clocks: the clock was set back since."""
LETTERS = 2000
"""Texts that waited are read as one up to this length."""

Spent = Mapping[str, str]
"""`full_at`: when the whole burst is free again; `since`: when what is being spent now was begun. Empty: nothing."""


@dataclass(frozen=True)
class Budget:
    """The budget of every chat."""

    burst: int = 10
    a_minute: int = 20

    @property
    def seconds(self) -> float:
        """How long one message takes to come free again."""
        return 60.0 / self.a_minute

    def wait(self, spent: Spent, now: datetime) -> float:
        """Seconds until the next message may be read, 0.0 for now."""
        if not spent:
            return 0.0
        ahead = (datetime.fromisoformat(spent["full_at"]) - now).total_seconds()
        if ahead > self.burst * self.seconds + SET_BACK:
            return 0.0
        return max(0.0, ahead - (self.burst - 1) * self.seconds)

    def spend(self, spent: Spent, kind: str, now: datetime) -> dict[str, str]:
        """What is spent after a message of this kind."""
        cost = timedelta(seconds=self.seconds * (A_PRESS if kind == "press" else 1.0))
        full_at = datetime.fromisoformat(spent["full_at"]) if spent else now
        if full_at <= now:
            return {"since": now.isoformat(), "full_at": (now + cost).isoformat()}
        at_most = now + timedelta(seconds=self.burst * self.seconds)  # further ahead only by a clock set back
        return {"since": spent["since"], "full_at": min(full_at + cost, at_most).isoformat()}


def together(waiting: Sequence[Received]) -> tuple[Incoming, tuple[int, ...]]:
    """The first of a chat's waiting messages, with as many after it as can be answered by one turn; and their ids.

    Texts are read as one, so that no danger sign among them is passed over; of the same press or medium, the last.
    """
    said, ids = Incoming.from_json(waiting[0].payload), []
    for one in waiting[1:]:
        both = _both(said, Incoming.from_json(one.payload))
        if both is None:
            break
        said = both
        ids.append(one.id)
    return said, tuple(ids)


def _both(first: Incoming, second: Incoming) -> Incoming | None:
    """Two messages as one; None where each needs its own answer."""
    if (first.kind, first.press, first.step, first.media) != (second.kind, second.press, second.step, second.media):
        return None
    if first.kind != "text":
        return second
    if second.text in first.text.split("\n"):
        return replace(second, text=first.text)
    commands = first.text.startswith("/") or second.text.startswith("/")
    text = f"{first.text}\n{second.text}"
    return None if commands or len(text) > LETTERS else replace(second, text=text)
