"""A Bot API server, a database and a bot between them, each the real thing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.channels.telegram import Telegram
from bot.pace import Pace
from flows.heard import Language
from storage.migrate import migrate
from storage.sealed import Keyring, new_key
from storage.session import Database
from tests.botapi.server import BotApi

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


class Time:
    """Time that passes when it is waited for."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        while self._now < until:
            self._now += min(timedelta(milliseconds=5), until - self._now)
            await asyncio.sleep(0)


class NotedPace(Pace):
    """A pace that notes in `moments` when each message was let go."""

    def __init__(self, db: Database, time: Time, moments: list[datetime], rate: int = 30) -> None:
        super().__init__(db, time, rate, time.sleep)
        self.moments = moments

    async def _let_go(self, now: datetime) -> bool:
        gone = await super()._let_go(now)
        if gone:
            self.moments.append(now)
        return gone


def documents(lang: Language, document: Mapping[str, Any]) -> tuple[str, bytes, str]:
    """Documents of the tests: a card, a calendar entry, and one that cannot be made."""
    if document["kind"] == "token_card":
        return "token.png", PNG, "image/png"
    if document["kind"] == "ics":
        return "token.ics", b"BEGIN:VCALENDAR", "text/calendar"
    raise RuntimeError("the printer is on fire")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server
    assert server.violations == [], "the bot sent requests that Telegram would not take"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/ingit.db"
    migrate(url)
    database = Database(url, Keyring(new_key("k1")))
    yield database
    database.close()


@pytest.fixture
def pace(db: Database, time: Time) -> Pace:
    return Pace(db, time, sleep=time.sleep)


@pytest_asyncio.fixture
async def telegram(api: BotApi, pace: Pace) -> AsyncIterator[Telegram]:
    line = Telegram(api.token, pace, documents, api.url, patience=1.0)
    yield line
    await line.close()


async def eventually(true: Callable[[], Any], within: float = 15.0) -> Any:
    """The value of `true()` as soon as it is one; AssertionError after `within` seconds."""
    async with asyncio.timeout(within):
        while not (value := true()):  # noqa: ASYNC110 - what it waits for happens in another thread
            await asyncio.sleep(0.01)
        return value
