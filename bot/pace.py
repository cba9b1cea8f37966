"""How fast messages may go: one a second to a chat after a short burst, and the bot's rate over all chats.

python-telegram-bot's AIORateLimiter knows no limit for a private chat, counts in one process only, and lets go of a
flood wait too early.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from storage.bucket import paused_until, take_tokens
from storage.session import Database

BURST = 3
"""Messages of one turn that may follow each other at once."""
CHAT_SECONDS = 1.0
"""One message a second to a chat (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""
KEPT = 10_000
"""Chats remembered; those that may send a whole burst again are forgotten beyond that."""


class Pace:
    """The pace of one bot. The bot's rate is kept in the database, for all processes; a chat's in this one."""

    def __init__(
        self,
        db: Database,
        now: Callable[[], datetime],
        rate: int = 30,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._db = db
        self._now = now
        self._rate = rate
        self._sleep = sleep
        self._hurried = 0  # replies that wait for the bot's rate: what can wait lets them go first
        self._full_at: dict[str, datetime] = {}  # when the chat may send a whole burst again

    async def ready(self, chat: str) -> None:
        """Returns when a message may go to this chat."""
        while (wait := chat_wait(self._full_at.get(chat), self._now())) > 0:
            await self._sleep(wait)

    async def take(self, chat: str | None, can_wait: bool = False) -> float:
        """Waits its turn, and counts one message to `chat` (None: an edit, which only counts for the bot).

        Returns 0.0 when it may go now, or for how many seconds all sending is paused: then it may not go at all.
        What `can_wait` is spread over the second, and lets others go first.
        """
        if chat is not None:
            await self.ready(chat)
            self._full_at[chat] = max(self._full_at.get(chat, self._now()), self._now()) + timedelta(
                seconds=CHAT_SECONDS
            )
            self._forget()
        self._hurried += not can_wait
        try:
            return await self._turn(can_wait)
        finally:
            self._hurried -= not can_wait

    async def _turn(self, can_wait: bool) -> float:
        while (can_wait and self._hurried) or not await self._let_go(self._now(), can_wait):
            now = self._now()
            until = await self._db.run(paused_until)
            if until is not None and until > now:
                return (until - now).total_seconds()
            await self._sleep(1.0 / self._rate)
        return 0.0

    async def _let_go(self, now: datetime, steady: bool = False) -> bool:
        return await self._db.run(take_tokens, now, 1, self._rate, steady) == 1

    def _forget(self) -> None:
        if len(self._full_at) > KEPT:
            now = self._now()
            self._full_at = {chat: full for chat, full in self._full_at.items() if full > now}


def chat_wait(full_at: datetime | None, now: datetime) -> float:
    """Seconds until a chat may get its next message, when its whole burst is free again at `full_at`."""
    if full_at is None:
        return 0.0
    return max(0.0, (full_at - now).total_seconds() - (BURST - 1) * CHAT_SECONDS)
