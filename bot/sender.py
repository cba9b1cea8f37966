"""The sender: claims what is due in the outbox, puts it into words, sends it outside any transaction, marks it.

Never lost: a row is marked only when its outcome is known, and a lease that ends gives it to whoever comes next. Rarely
twice: only where an outcome is unknown, or a process died between sending and marking. In order: a chat's next reply is
not claimed before the one before it is done with.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import Connection, update

from bot import metrics
from bot.consequence import AWAY_AT_MOST, Again, Consequence, Dead, Sent, away_seconds, consequence
from bot.delivery import Away, Deliver, Delivered, Letter, Outcome, Rejected, Uncertain, Unreachable
from bot.pace import Pace
from bot.why import why
from bot.words import MissingWords, plain, render, say
from flows.heard import Language
from storage import outbox
from storage.bucket import pause, paused_until
from storage.outbox import Claimed
from storage.session import Database, DatabaseAway
from storage.tables import Outbox

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rules:
    """How the sender goes about it. Times in seconds."""

    parallel: int = 8  # chats written to at the same time
    kept_free: int = 2  # of these, for replies
    at_hand: int = 24  # notices claimed and not yet marked; replies may be as many again
    lease: float = 30.0
    lease_margin: float = 15.0  # what is not begun by then is left to whoever claims it next
    poll: float = 1.0
    parting: float = 10.0  # at the end, for what is being sent


@dataclass(frozen=True)
class Hooks:
    """What the sender asks and tells the rest of the house, inside the transaction concerned."""

    still_wanted: Callable[[Connection, Claimed], bool] = lambda s, notice: True
    disturbs_until: Callable[[Claimed, datetime], datetime | None] = lambda notice, now: None  # when it may go instead
    unreachable: Callable[[Connection, Claimed, datetime], None] = lambda s, notice, now: None
    reached: Callable[[Connection, str, datetime], None] = lambda s, chat, now: None  # who was thought unreachable
    undelivered: Callable[[Connection, Claimed, datetime], None] = lambda s, notice, now: None  # given up
    veiled: Callable[[Connection, list[Claimed]], list[Claimed]] = lambda s, notices: notices  # as they may be shown


class Sender:
    """Sends what is due. `deliver` and `paces` by the part of the chat before ":"; "" for chats without."""

    def __init__(
        self,
        db: Database,
        deliver: Mapping[str, Deliver],
        now: Callable[[], datetime],
        *,
        paces: Mapping[str, Pace] | None = None,
        hooks: Hooks | None = None,
        rules: Rules | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._db = db
        self._deliver = deliver
        self._now = now
        self._paces = paces or {}
        self._hooks = hooks or Hooks()
        self._rules = rules or Rules()
        self._sleep = sleep
        self._worker = f"{socket.gethostname()}:{os.getpid()}"
        self._slots = asyncio.Semaphore(self._rules.parallel)
        self._patient = asyncio.Semaphore(max(1, self._rules.parallel - self._rules.kept_free))
        self._flights: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._woken = asyncio.Event()
        self._arrived: dict[int, tuple[int, ...]] = {}  # notice -> parts that arrived before its rest failed
        self._failures: Counter[int] = Counter()
        self._aways = 0  # running, since anything was delivered
        self._back_at: datetime | None = None

    def wake(self) -> None:
        """There may be something new in the outbox: look now, not at the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Sends until cancelled; then lets what was claimed come to its end, so that nothing waits out a lease."""
        claiming = None
        try:
            while True:
                self._woken.clear()
                claiming = asyncio.create_task(self._take_up_or_log())
                await asyncio.shield(claiming)
                await self._rest()
        finally:
            if claiming:
                await asyncio.wait([claiming], timeout=self._rules.parting)
            if self._flights:
                await asyncio.wait(self._flights, timeout=self._rules.parting)

    async def drain(self) -> None:
        """Sends what is due now, and returns when nothing more can be sent at this moment."""
        while await self._take_up() or self._flights:
            await asyncio.wait(self._flights, return_when=asyncio.FIRST_COMPLETED)

    async def _take_up(self) -> int:
        """Claims what there is room for and starts sending it; how many. 0 too when the database is away."""
        now, room, down_to = self._now(), self._rules.at_hand - len(self._flights), outbox.DIGEST
        if room <= 0:  # full of what can wait: a reply is taken up all the same
            room, down_to = room + self._rules.at_hand, outbox.REPLY
        if room <= 0 or self._keeps_away(now):
            return 0
        try:
            claimed = await self._db.run(_claim, now, room, self._rules.lease, self._worker, self._hooks, down_to)
        except DatabaseAway as error:
            metrics.DATABASE_AWAY.labels("sender").inc()
            log.warning("database_away", where="sender", error=str(error))
            return 0
        leased_until = now + timedelta(seconds=self._rules.lease)
        for notice in claimed:
            flight = asyncio.create_task(self._carry(notice, leased_until))
            self._flights.add(flight)
            flight.add_done_callback(self._landed)
        return len(claimed)

    def _keeps_away(self, now: datetime) -> bool:
        """Whether the channel is left alone; a wait longer than any comes of a clock that was set back, and is over."""
        return self._back_at is not None and 0 < (self._back_at - now).total_seconds() <= AWAY_AT_MOST

    async def _take_up_or_log(self) -> None:
        """A fault that is not ours to mend must not end all sending; the next poll tries again."""
        try:
            await self._take_up()
        except Exception:
            log.exception("sender_failed")

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), self._rules.poll)
        except TimeoutError:
            return

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flights.discard(flight)
        self._woken.set()
        if not flight.cancelled() and (error := flight.exception()):
            log.error("sender_failed", exc_info=error)

    async def _carry(self, notice: Claimed, leased_until: datetime) -> None:
        """One notice from claim to mark; those of one chat one after the other."""
        turn = self._turns.setdefault(notice.chat, asyncio.Lock())
        async with turn:
            if pace := self._paces.get(_channel(notice.chat)):
                await pace.ready(notice.chat)
            async with AsyncExitStack() as slot:
                if _can_wait(notice):
                    await slot.enter_async_context(self._patient)
                await slot.enter_async_context(self._slots)
                if not self._in_time(notice, leased_until - timedelta(seconds=self._rules.lease_margin)):
                    return
                outcome = await self._send(notice, partial(self._in_time, notice, leased_until))
            await self._mark(notice, outcome)

    def _in_time(self, notice: Claimed, before: datetime) -> bool:
        """Whether it may still begin: it is `before` then, it has not expired, and no quiet hours began meanwhile."""
        now = self._now()
        late = now >= min(before, notice.expires_at or before)
        return not late and self._hooks.disturbs_until(notice, now) is None

    async def _send(self, notice: Claimed, in_time: Callable[[], bool]) -> Outcome:
        if not notice.reachable and notice.priority > outbox.REPLY:
            return Unreachable("known to be unreachable")
        deliver = self._deliver.get(_channel(notice.chat))
        if deliver is None:
            return Rejected(f"this process has no channel {_channel(notice.chat)!r}")
        try:
            letter = replace(letter_of(notice, self._arrived.get(notice.id, ())), in_time=in_time)
        except Exception as error:  # a text that is missing must not stop the others
            log.exception("not_put_into_words", notice=notice.id, kind=notice.kind)
            return Rejected(f"not put into words: {type(error).__name__}")
        try:
            return await deliver(letter)
        except Exception as error:
            log.exception("deliver_failed", notice=notice.id, kind=notice.kind)
            return Uncertain(f"{type(error).__name__} while sending")

    async def _mark(self, notice: Claimed, outcome: Outcome) -> None:
        """Writes down what came of it, trying for as long as the database is away: it was sent and must be marked."""
        now = self._now()
        what = self._weigh(notice, outcome, now)
        metrics.SENT.labels(_channel(notice.chat), notice.kind, type(outcome).__name__.lower()).inc()
        if isinstance(what, Dead):
            metrics.FAILED.labels(notice.kind, why(what.reason)).inc()
        reason = getattr(outcome, "reason", None)
        log.info("sent", notice=notice.id, kind=notice.kind, outcome=type(outcome).__name__, reason=reason)
        if isinstance(what, Sent):
            metrics.DELAY.labels(str(notice.priority)).observe(max(0.0, (now - notice.due).total_seconds()))
        while True:
            try:
                return await self._db.run(_write_down, notice, what, now, self._hooks)
            except DatabaseAway:
                metrics.DATABASE_AWAY.labels("sender").inc()
                await self._sleep(self._rules.poll)

    def _weigh(self, notice: Claimed, outcome: Outcome, now: datetime) -> Consequence:
        """The consequence, with what this process remembers of the notice and of the channel."""
        if isinstance(outcome, Away) and (self._back_at is None or now >= self._back_at):
            self._aways += 1
            self._back_at = now + timedelta(seconds=away_seconds(self._aways, random.random()))
        elif isinstance(outcome, Delivered):
            self._aways, self._back_at = 0, None
        if isinstance(outcome, Uncertain) or (isinstance(outcome, Away) and self._aways == 1):
            self._failures[notice.id] += 1
        what = consequence(notice, outcome, self._failures[notice.id], now, self._back_at or now)
        if isinstance(what, Again):
            self._arrived[notice.id] = getattr(outcome, "arrived", ())
        else:
            self._arrived.pop(notice.id, None)
            del self._failures[notice.id]
        return what


def letter_of(notice: Claimed, arrived: tuple[int, ...] = ()) -> Letter:
    """The notice in words, in the language of its chat. Raises what bot.words raises."""
    lang: Language = "en" if notice.lang == "en" else "bn"
    letter = Letter(notice.chat, lang, "", "", payload=notice.payload, arrived=arrived, can_wait=_can_wait(notice))
    if "text" in notice.payload:
        said = render(lang, notice.payload)
        return replace(letter, text=said.text, plain=said.plain, choices=said.choices)
    if "delete" in notice.payload:
        return letter
    if notice.payload.get("edit") is None:
        raise MissingWords(f"a notice of kind {notice.kind} has no text")
    offered = notice.payload.get("choices") or ()
    return replace(letter, choices=tuple((choice["id"], plain(say(lang, choice["label"]))) for choice in offered))


def _can_wait(notice: Claimed) -> bool:
    return notice.priority > outbox.REPLY


def _channel(chat: str) -> str:
    return chat.partition(":")[0] if ":" in chat else ""


def _claim(
    s: Connection, now: datetime, room: int, lease: float, worker: str, hooks: Hooks, down_to: int
) -> list[Claimed]:
    """What may be sent now; of what is not a reply, only what is still wanted as things stand in this moment."""
    until = paused_until(s)
    if until is not None and now < until:
        return []
    wanted = []
    for notice in outbox.claim(s, now, room, lease, worker, down_to):
        if notice.priority > outbox.REPLY and not hooks.still_wanted(s, notice):
            s.execute(update(Outbox).where(Outbox.id == notice.id).values(state="called_off", closed_at=now))
        elif later := hooks.disturbs_until(notice, now):
            outbox.again(s, notice.id, later, "quiet hours")
        else:
            wanted.append(notice)
    return hooks.veiled(s, wanted)


def _write_down(s: Connection, notice: Claimed, what: Consequence, now: datetime, hooks: Hooks) -> None:
    match what:
        case Sent(message_id):
            outbox.sent(s, notice.id, message_id, now)
            if not notice.reachable:
                hooks.reached(s, notice.chat, now)
        case Again(due, reason, everyone):
            outbox.again(s, notice.id, due, reason)
            if everyone:
                pause(s, due)
        case Dead(reason, unreachable):
            outbox.dead(s, notice.id, reason, now)
            hooks.undelivered(s, notice, now)
            if unreachable:
                hooks.unreachable(s, notice, now)
