"""Asks a Rasa server what it makes of a message: with a deadline, a circuit breaker, and never an exception."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import structlog

from flows.findings import findings
from nlu.reading import INTENTS, RasaReading

Health = Literal["up", "slow", "down", "starting"]

LONGEST = 1_000
"""Characters that are sent: what a message is about is said before that, and the time grows with the length."""
SUREST_DOUBT = 0.7
"""An entity that the tagger is less sure of than this names no finding."""

log = structlog.get_logger(__name__)


class Nonsense(ValueError):
    """An answer that is not a reading."""


@dataclass
class Breaker:
    """Stops asking after `failures` failures in a row, and lets one question through after `rest_s` seconds."""

    failures: int = 5
    rest_s: float = 5.0
    clock: Callable[[], float] = time.monotonic
    _failed: int = 0
    _shut_until: float = 0.0

    def lets_through(self) -> bool:
        """Whether to ask now. While half open, only the first that comes may, until its outcome is known."""
        if self._failed < self.failures:
            return True
        if self.clock() < self._shut_until:
            return False
        self._shut_until = self.clock() + self.rest_s
        return True

    def succeeded(self) -> None:
        self._failed = 0

    def failed(self) -> None:
        self._failed += 1
        if self._failed >= self.failures:
            self._shut_until = self.clock() + self.rest_s


class RasaClient:
    """Reads through the Rasa server at `url`: an address, or a function that gives it where it can change."""

    def __init__(
        self, url: str | Callable[[], str], deadline_s: float = 0.3, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._deadline_s = deadline_s
        self._breaker = Breaker(clock=clock)
        self._http: httpx.AsyncClient | None = None
        self.health: Health = "starting"

    @property
    def state(self) -> str | None:
        """Why there is no answer: "rasa_slow" or "rasa_down". None when all is well."""
        return {"up": None, "slow": "rasa_slow"}.get(self.health, "rasa_down")

    async def parse(self, text: str) -> RasaReading | None:
        """The reading of this text; None after the deadline, without a sound answer, or while the breaker is open."""
        asked = text.strip().lstrip("/")[:LONGEST]  # behind a "/" Rasa takes an intent by its name, unread
        if not asked or not self._breaker.lets_through():
            return None
        try:
            async with asyncio.timeout(self._deadline_s):
                reading = reading_of(await self._ask(asked))
        except TimeoutError:
            self._failed("slow", "deadline")
            return None
        except Exception as error:  # whatever a server may do, the conversation goes on
            self._failed("down", type(error).__name__)
            return None
        self._breaker.succeeded()
        self._turned("up")
        return reading

    async def close(self) -> None:
        """Let the kept connections go."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _ask(self, text: str) -> Any:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=None, trust_env=False)
        url = self._url if isinstance(self._url, str) else self._url()
        answer = await self._http.post(f"{url}/model/parse", json={"text": text})
        answer.raise_for_status()
        return answer.json()

    def _failed(self, health: Health, why: str) -> None:
        self._breaker.failed()
        if not (self.health == "starting" and health == "down"):
            self._turned(health, why)

    def _turned(self, health: Health, why: str = "") -> None:
        """Note a change; the text of the message is never logged."""
        if health != self.health:
            (log.info if health == "up" else log.warning)("rasa_turned", to=health, why=why)
        self.health = health


def reading_of(answer: Any) -> RasaReading:
    """The reading in the answer of `/model/parse`.

    Left out are findings that are denied, doubtful, or come from the lexicon: the reader has those itself.
    Raises Nonsense for anything that Rasa with our model would not say.
    """
    try:
        intent, confidence = answer["intent"]["name"], float(answer["intent"]["confidence"])
        entities = answer["entities"]
        named = [str(entity["value"]) for entity in entities if _is_finding(entity)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Nonsense("no intent and entities") from error
    if intent not in INTENTS or not 0.0 <= confidence <= 1.0:
        raise Nonsense("an intent that was not taught")
    return RasaReading(intent, confidence, tuple(dict.fromkeys(named)), seen=_seen(answer.get("findings_seen")))


def _seen(told: Any) -> tuple[tuple[str, float], ...] | None:
    """What the second reader told; None where that is anything but probabilities by finding, or nothing at all."""
    if not isinstance(told, dict) or not told or not all(map(_is_probability, told.values())):
        return None
    return tuple(sorted((code, float(chance)) for code, chance in told.items() if code in findings()))


def _is_probability(chance: Any) -> bool:
    return isinstance(chance, int | float) and not isinstance(chance, bool) and 0.0 <= chance <= 1.0


def _is_finding(entity: dict[str, Any]) -> bool:
    """Whether the tagger is sure of a finding that is there."""
    return (
        entity["entity"] == "finding"
        and entity.get("role") != "denied"
        and entity.get("extractor") != "LexiconFindings"
        and float(entity.get("confidence_entity", 1.0)) >= SUREST_DOUBT
    )
