"""The parts of the running service and how they are put together, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot import notices
from bot.budget import Budget
from bot.calls import call_unanswered
from bot.day_notices import close_the_day
from bot.delivery import Deliver
from bot.digests import due_lists, plan_some
from bot.handle import Handler
from bot.hooks import HOOKS
from bot.pace import Pace
from bot.replanned import move_on
from bot.sender import Rules, Sender
from nlu.reading import Client
from storage import outbox, retention, rosters, waiting
from storage.session import Database
from storage.zone import day_of

WINDOWS_AHEAD = 28
"""Days for which windows are kept made."""


MISSED = timedelta(seconds=30)
"""What waits so long in the inbox was missed: its commit arrived though the line was cut, or a process died."""


ABSENT_AT_ONCE = 100
"""People marked in one transaction as not having come."""


class Now:
    """The time: the real one, or one that stands until it is moved on."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return self._at or datetime.now(UTC)

    def move(self, to: datetime) -> None:
        """Set a standing clock; a running one cannot be set."""
        if self._at is not None or to > self():
            self._at = to.astimezone(UTC)


@dataclass
class Parts:
    """What every channel works with."""

    db: Database
    now: Now
    handler: Handler
    sender: Sender

    async def housekeeping(self) -> None:
        """Drop what came too late to be said, have called who did not answer, take up what was received and missed."""
        await self.db.run(outbox.expire, self.now())
        await self.db.run(call_unanswered, self.now())
        await self.handler.left_over(MISSED)

    async def places(self) -> None:
        """Find places for who lost theirs, give back what was held, offer what is free, end what is over."""
        await move_on(self.db, self.now)
        await self.db.run(places_come_free, self.now())
        while await self.db.run(close_the_day, self.now(), ABSENT_AT_ONCE) == ABSENT_AT_ONCE:
            pass

    async def lists(self) -> None:
        """Put the lists that staff get at this hour, of a few members of staff in a transaction."""
        for kind in due_lists(self.now()):
            after: str | None = ""
            while after is not None:
                after = await self.db.run(plan_some, kind, after, self.now())

    async def retention(self) -> None:
        """Delete what is kept no longer, a few people and messages in a transaction."""
        if await self.db.read(retention.is_due, self.now()):
            for some in (retention.delete_due, retention.close_accounts):
                while await self.db.run(some, self.now()):
                    pass
        while await self.db.run(retention.prune, self.now()):
            pass

    async def windows(self) -> None:
        """Keep the windows of the coming weeks made, a hub's day at a time: the writer is never held for long."""
        for day, hub_id in await self.db.read(rosters.gaps, day_of(self.now()), WINDOWS_AHEAD):
            await self.db.run(rosters.make_windows, day, 1, hub_id)


def places_come_free(s: Connection, now: datetime) -> None:
    """One look at the holds, offers and waiting list."""
    notices.offer_on(s, waiting.expire_held(s, now), now)
    notices.tell_lapsed(s, waiting.lapse(s, now), now)
    notices.tell_offers(s, waiting.offer_free(s, now), now)


def assemble(
    db: Database,
    now: Now,
    rasa: Client | None,
    deliver: Mapping[str, Deliver],
    paces: Mapping[str, Pace] | None = None,
    budget: Budget | None = None,
) -> Parts:
    """The parts, wired: the handler wakes the sender. `budget`: what is read of one chat; None: everything at once."""
    sender = Sender(db, deliver, now, paces=paces, hooks=HOOKS, rules=Rules())
    return Parts(db, now, Handler(db, rasa, now, sender.wake, budget), sender)
