"""`ingit eval triage`: cases through the whole conversation, on a database of their own."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bot.channels.jsonl import CHANNEL, JsonLines
from bot.evaluation.cases import TIER, TIERS, Case
from bot.evaluation.patient import answer
from bot.papers import paper
from bot.parts import Now, assemble
from nlu.places import place_keys
from nlu.reading import Client
from storage.demo.load import load_demo
from storage.migrate import migrate
from storage.sealed import Keyring, new_key
from storage.session import Database

NOW = datetime.fromisoformat("2026-11-24T08:00+05:30")
ANSWERS_AT_MOST = 40
_OPENING = ("language", "consent", "complaint")
"""What is asked of everybody once, before any complaint: not counted as taps."""


@dataclass
class Ended:
    """How one case ended. `outcome` None: it never came to one, and `problem` says why."""

    case: Case
    outcome: dict[str, Any] | None
    taps: int
    asked: list[str]
    problem: str = ""

    @property
    def side(self) -> str:
        """right, under, over, or none: no outcome."""
        return self.case.side(self.outcome["level"]) if self.outcome else "none"


class Conversations:
    """The whole service in one process, a chat a case."""

    def __init__(self, channel: JsonLines, heard: list[dict[str, Any]]) -> None:
        self._channel, self._heard = channel, heard
        self._chats = 0

    async def play(self, case: Case) -> Ended:
        """One case from its opening sentence to its outcome."""
        self._chats += 1
        chat = f"case{self._chats}"
        said = await self._send(chat, {"text": case.opening})
        asked: list[str] = []
        for _ in range(ANSWERS_AT_MOST):
            if outcome := next((message["outcome"] for message in said if "outcome" in message), None):
                taps = sum(question not in _OPENING for question in asked)
                return Ended(case, outcome, taps, asked)
            standing = next((message for message in reversed(said) if "asks" in message), None)
            if standing is None:
                return Ended(case, None, len(asked), asked, "nothing is asked, and there is no outcome")
            asked.append(standing["asks"]["finding"] or standing["asks"]["question"])
            try:
                reply = answer(case, standing)
            except LookupError as error:
                return Ended(case, None, len(asked), asked, str(error))
            said = await self._send(chat, reply)
        return Ended(case, None, len(asked), asked, f"no outcome within {ANSWERS_AT_MOST} answers")

    async def _send(self, chat: str, said: dict[str, Any]) -> list[dict[str, Any]]:
        self._heard.clear()
        await self._channel.deal({"chat": chat, **said})
        return list(self._heard)


@asynccontextmanager
async def conversations(rasa: Client | None = None) -> AsyncIterator[Conversations]:
    """The service on a new database with the demonstration in it, gone when left."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/cases.db"
        migrate(url)
        db = Database(url, Keyring(new_key("cases")))
        db.call(load_demo, NOW, place_keys)
        heard: list[dict[str, Any]] = []
        channel = JsonLines(paper, Path(folder) / "documents", heard.append)
        parts = assemble(db, Now(NOW), rasa, {CHANNEL: channel.deliver})
        channel.attach(parts)
        try:
            yield Conversations(channel, heard)
        finally:
            await parts.handler.stop()
            db.close()


@dataclass
class Figures:
    """What came of some cases."""

    ended: list[Ended] = field(default_factory=list)

    def of(self, lang: str) -> Figures:
        """The same of one way of writing."""
        return Figures([one for one in self.ended if one.case.lang == lang])

    def matrix(self) -> dict[tuple[str, str], int]:
        """(level accepted first, level it ended in or "none") -> cases."""
        return dict(
            Counter((one.case.accept[0], one.outcome["level"] if one.outcome else "none") for one in self.ended)
        )

    def figures(self) -> dict[str, Any]:
        """Shares of 1; taps without what is asked of everybody once."""
        emergencies = [one for one in self.ended if one.case.tiers == {"emergency"}]
        judged = [one for one in self.ended if one.case.specialty and one.outcome and one.side == "right"]
        taps = sorted(one.taps for one in self.ended if one.outcome)
        sides = Counter(one.side for one in self.ended)
        return {
            "cases": len(self.ended),
            "exact": _share(sides["right"], len(self.ended)),
            "under": _share(sides["under"] + sides["none"], len(self.ended)),
            "over": _share(sides["over"], len(self.ended)),
            "level": _share(sum(_level_right(one) for one in self.ended), len(self.ended)),
            "emergencies_seen": _share(sum(self._tier(one) == "emergency" for one in emergencies), len(emergencies)),
            "specialty": _share(sum(_specialty_right(one) for one in judged), len(judged)),
            "taps_median": median(taps) if taps else None,
            "taps_p95": taps[min(len(taps) - 1, int(len(taps) * 0.95))] if taps else None,
        }

    def wrong(self) -> list[Ended]:
        """The cases that ended otherwise than accepted, the missed emergencies first."""
        worst = {"none": 0, "under": 1, "over": 2}
        wrong = [one for one in self.ended if one.side != "right" or not _specialty_right(one)]
        return sorted(wrong, key=lambda one: (worst.get(one.side, 3), TIERS.index(one.case.expected)))

    @staticmethod
    def _tier(one: Ended) -> str:
        return TIER[one.outcome["level"]] if one.outcome else "none"


async def play(cases: Iterable[Case], rasa: Client | None = None) -> Figures:
    """Every case through the conversation."""
    figures = Figures()
    async with conversations(rasa) as service:
        for case in cases:
            figures.ended.append(await service.play(case))
    return figures


def _level_right(one: Ended) -> bool:
    return bool(one.outcome) and one.outcome is not None and one.outcome["level"] in one.case.accept


def _specialty_right(one: Ended) -> bool:
    if not one.case.specialty or one.outcome is None:
        return True
    return one.outcome["specialty"] in one.case.specialty


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
