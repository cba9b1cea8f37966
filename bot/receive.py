"""Receiving: an update is in the inbox, committed, before Telegram hears that it arrived.

By long polling the next getUpdates confirms, by webhook the answer 200 does; neither comes while the database is away.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.channels.telegram import LineDown, Telegram, incoming, press_id
from bot.incoming import Incoming
from storage import inbox
from storage.inbox import Received
from storage.session import Database, DatabaseAway

log = structlog.get_logger(__name__)

CHANNEL = "tg"
AT_MOST_SECONDS = 30.0

Update = Mapping[str, Any]
OnReceived = Callable[[list[Received]], None]
Now = Callable[[], datetime]


class Receiver:
    """Takes updates of one bot into the inbox and hands the new rows on."""

    def __init__(
        self,
        telegram: Telegram,
        db: Database,
        on_received: OnReceived,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._telegram = telegram
        self._db = db
        self._on_received = on_received
        self._now = now
        self._sleep = sleep
        self._answers: set[asyncio.Task[None]] = set()

    async def poll(self) -> None:
        """Long polling until cancelled."""
        await self._persist("no_polling_yet", self._telegram.use_polling)
        offset: int | None = None
        while True:
            updates = await self._persist("no_updates", partial(self._telegram.fetch, offset))
            if updates:
                await self._persist("not_kept", partial(self.keep, updates))
                offset = max(update["update_id"] for update in updates) + 1

    async def keep(self, updates: Sequence[Update]) -> None:
        """Writes the updates to the inbox; returns when they are committed. Raises DatabaseAway; then none is kept."""
        now = self._now()
        came = [each for update in updates if (each := incoming(update, now))]
        received = await self._db.run(write_down, came, now) if came else []
        self._acknowledge(updates)
        for row in received:
            metrics.RECEIVED.labels(CHANNEL, row.payload["kind"]).inc()
        if received:
            self._on_received(received)

    def _acknowledge(self, updates: Sequence[Update]) -> None:
        """Presses stop spinning; nobody waits for that."""
        for press in filter(None, map(press_id, updates)):
            answer = asyncio.create_task(self._telegram.acknowledge(press))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    async def _persist(self, trouble: str, attempt: Callable[[], Awaitable[Any]]) -> Any:
        """What `attempt` gives, tried until it does: who receives must never end. A trouble is told once."""
        tries, told = 0, ""
        while True:
            try:
                result = await attempt()
            except Exception as error:
                tries += 1
                if str(error) != told:
                    told = str(error)
                    expected = isinstance(error, LineDown | DatabaseAway)
                    log.warning(trouble, reason=told) if expected else log.exception(trouble)
                await self._sleep(_wait(error, tries))
            else:
                if tries:
                    log.info("going_on", after=trouble, tries=tries)
                return result


def write_down(s: Connection, came: Sequence[Incoming], now: datetime) -> list[Received]:
    """Puts messages into the inbox; the rows of those that were not there before."""
    received = []
    for each in came:
        payload = each.to_json()
        row = inbox.receive(s, CHANNEL, each.key, each.chat, payload, now)
        if row is not None:
            received.append(Received(row, CHANNEL, each.key, each.chat, payload, now))
    return received


def _wait(error: Exception, tries: int) -> float:
    """Seconds to the next try: as Telegram asks, else growing, and scattered so that replicas do not knock together."""
    if isinstance(error, LineDown) and error.seconds is not None:
        return error.seconds
    return min(AT_MOST_SECONDS, 0.5 * 2.0**tries) * random.uniform(0.5, 1.0)
