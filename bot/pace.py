"""How fast messages may go: one a second to a chat after a short burst, and the bot's rate over all chats.

python-telegram-bot's AIORateLimiter knows no limit for a private chat, counts in one process only, and lets go of a
flood wait too early.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from storage.bucket import SECOND, UNANSWERED, paused_until, take_turn
from storage.columns import new_id
from storage.session import Database

BURST = 3
"""Messages of one turn that may follow each other at once."""
CHAT_SECONDS = 1.0
"""One message a second to a chat (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""
A_MESSAGE = timedelta(seconds=CHAT_SECONDS)
KEPT = 10_000
"""Chats remembered; those that may send a whole burst again are forgotten beyond that."""
AT_THE_ENDS = timedelta(seconds=0.02)
"""Of the time between a request and its answer, what is not spent on the way there and back."""
FEW, OF_LATE = 50, 100
"""Messages whose times say how long the way is: at least, at most."""


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
        self._line = {True: asyncio.Lock(), False: asyncio.Lock()}  # one asks for all who can wait, one for the others
        self._full_at: dict[str, datetime] = {}  # when the chat may send a whole burst again
        self._let_go: dict[str, datetime] = {}
        self._until: dict[str, datetime] = {}  # answered: until when each is counted
        self._took: deque[timedelta] = deque(maxlen=OF_LATE)

    async def ready(self, chat: str) -> None:
        """Returns when a message may go to this chat. A clock that was set back leaves no wait behind."""
        longest = self._now() + BURST * A_MESSAGE
        if (full_at := self._full_at.get(chat)) and full_at > longest:
            self._full_at[chat] = longest
        while (wait := chat_wait(self._full_at.get(chat), self._now())) > 0:
            await self._sleep(wait)

    async def take(self, chat: str | None, can_wait: bool = False) -> str | float:
        """Waits its turn, and counts one message to `chat` (None: an edit, which only counts for the bot).

        Returns the id of the turn when the message may go now: `answered` is to be told when it was. Or for how many
        seconds all sending is paused: then it may not go at all. What `can_wait` is spread over the second, and lets
        others go first.
        """
        if chat is not None:
            await self.ready(chat)
            self._full_at[chat] = max(self._full_at.get(chat, self._now()), self._now()) + A_MESSAGE
            self._forget()
        self._hurried += not can_wait
        try:
            async with self._line[can_wait]:
                return await self._turn(can_wait)
        finally:
            self._hurried -= not can_wait

    def answered(self, turn: str) -> None:
        """The message of this turn was answered: a second from now it counts no more.

        Less what every message surely needs there and back, by the quickest of late: else a long way lowers the rate.
        """
        now = self._now()
        self._took.append(max(timedelta(0), now - self._let_go.pop(turn, now)))
        self._until[turn] = now + SECOND - self._way()
        self._until = {turn: until for turn, until in self._until.items() if until > now - UNANSWERED}

    def _way(self) -> timedelta:
        """What every message surely needs there and back; nothing as long as too few were seen to say so."""
        if len(self._took) < FEW:
            return timedelta(0)
        return max(timedelta(0), 0.8 * min(self._took) - AT_THE_ENDS)

    async def _turn(self, can_wait: bool) -> str | float:
        id = new_id()
        while True:
            while can_wait and self._hurried:
                await self._sleep(1.0 / self._rate)
            told = dict(self._until)
            turn = await self._db.run(take_turn, id, self._now, self._rate, can_wait, told)
            for known in told:
                self._until.pop(known, None)
            if turn.now:
                self._let_go[id] = self._now()
                return id
            now = self._now()
            until = await self._db.run(paused_until)
            if until is not None and until > now:
                return (until - now).total_seconds()
            await self._sleep(min(turn.wait, 1.0))

    def _forget(self) -> None:
        if len(self._full_at) > KEPT:
            now = self._now()
            self._full_at = {chat: full for chat, full in self._full_at.items() if full > now}


def chat_wait(full_at: datetime | None, now: datetime) -> float:
    """Seconds until a chat may get its next message, when its whole burst is free again at `full_at`."""
    if full_at is None:
        return 0.0
    return max(0.0, (full_at - now).total_seconds() - (BURST - 1) * CHAT_SECONDS)
