"""The turn of one message: the stack of flows in progress, the top one talking, and what is said."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from flows.routes import FLOWS
from flows.story import Story, merge
from flows.talk import Ask, Do, Journal, Say, Sprint, sprint

FRAMES_AT_MOST = 5


@dataclass
class Frame:
    """One flow in progress."""

    flow: str
    args: dict[str, Any]
    journal: Journal

    def run(self) -> Generator[Do, Any, Sprint]:
        """Run the flow over its journal to where it waits."""
        story = Story(told(self.journal))
        return sprint(FLOWS[self.flow](story, **self.args), self.journal)


@dataclass
class Turn:
    """The turn of one message. `lang` and `role` are the writer's account's."""

    frames: list[Frame]
    lang: str | None
    role: str
    step: int = 0
    said: list[dict[str, Any]] = field(default_factory=list)
    ticks: list[str] = field(default_factory=list)
    ask: Ask | None = None
    key: str | None = None

    def say(self, text: str, **args: Any) -> None:
        """Say a text."""
        self.said.append(Say(text, args).payload())

    def only_said(self, *texts: str) -> bool:
        """Whether nothing was said in this turn but these."""
        return all(said["text"] in texts for said in self.said)

    def push(self, flow: str, args: dict[str, Any], told: dict[str, Any] | None = None) -> None:
        """Open a flow on top of what is going on; the same one on top is begun anew, unless it is a new story."""
        if self.frames and self.frames[-1].flow == flow and not told:
            self.frames.pop()
        del self.frames[: max(0, len(self.frames) - FRAMES_AT_MOST + 1)]
        self.frames.append(Frame(flow, args, Journal([["note", "", None, told]] if told else [])))


def told(journal: Journal) -> dict[str, Any]:
    """The story so far: what every answer and remark told, the later word counting."""
    whole: dict[str, Any] = {}
    for entry in journal.entries:
        if entry[0] in ("ask", "note") and entry[3]:
            whole = merge(whole, entry[3])
    return whole
