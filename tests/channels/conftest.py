"""A Bot API server, a database and a bot between them, each the real thing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select

from bot.channels.telegram import Telegram
from bot.pace import Pace
from flows.heard import Language
from storage.session import Database
from storage.tables import Bucket
from tests.botapi.server import BotApi
from tests.storage.conftest import db, migrated_file, postgres, ring

__all__ = ["db", "migrated_file", "postgres", "ring"]

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
    """A pace that keeps what the bucket forgets after a second: when how many messages were let go."""

    def __init__(self, db: Database, time: Time, let_go: dict[datetime, int], rate: int = 30) -> None:
        super().__init__(db, time, rate, time.sleep)
        self.let_go = let_go

    async def take(self, chat: str | None, can_wait: bool = False) -> str | float:
        turn = await super().take(chat, can_wait)
        if isinstance(turn, str):
            moment = datetime.fromisoformat((await self._db.read(going))[turn][0])
            self.let_go[moment] = self.let_go.get(moment, 0) + 1
        return turn


def busiest_second(let_go: dict[datetime, int]) -> int:
    """The most messages that fall into any one second."""
    return max(
        sum(count for other, count in let_go.items() if one <= other < one + timedelta(seconds=1)) for one in let_go
    )


def going(s: Connection) -> dict[str, list[str]]:
    """What the bucket counts."""
    return dict((s.execute(select(Bucket.taken)).scalar() or {}).get("going", {}))


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
def url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh SQLite file; modules for which the database matters take both databases from tests.storage instead."""
    shutil.copy(migrated_file, tmp_path / "ingit.db")
    return f"sqlite:///{tmp_path / 'ingit.db'}"


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
