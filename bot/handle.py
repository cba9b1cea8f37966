"""One incoming message, from the inbox to the outbox: heard first, then advanced in one transaction."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot import (  # noqa: F401  (they register what they perform)
    metrics,
    perform_asha,
    perform_board,
    perform_booking,
    perform_case,
    perform_complaints,
    perform_day,
    perform_enrolments,
    perform_families,
    perform_joining,
    perform_members,
    perform_notices,
    perform_officer,
    perform_outbox,
    perform_papers,
    perform_pin,
    perform_places,
    perform_replan,
    perform_rights,
    perform_staff,
    perform_summary,
    perform_timetable,
    pin_entry,
)
from bot.budget import Budget, together
from bot.incoming import Incoming
from bot.perform import Acting, perform
from bot.words import render
from flows.desk import respond
from flows.heard import Heard
from flows.phones import phone_args
from flows.talk import Do, Say
from nlu.read import Expects, read, understand
from nlu.reading import Client
from storage import conversations, inbox, outbox, people
from storage.conversations import Standing
from storage.inbox import Received
from storage.outbox import EMERGENCY, REPLY, Notice
from storage.session import Database, DatabaseAway

log = structlog.get_logger()
AT_ONCE = 32
"""Chats dealt with at the same time; the messages of one chat wait for each other."""
AWAY_WAIT = 2.0


class AlreadyDone(Exception):
    """Another process, or this one before a restart, has dealt with the message; the transaction is rolled back."""


class OutOfTurn(Exception):
    """An older message of the chat, received by whatever process, is not dealt with; the transaction is rolled back."""

    def __init__(self, older: Received) -> None:
        super().__init__(older.id)
        self.older = older


class Handler:
    """Deals with what the inbox holds: each chat's messages in order, different chats in parallel."""

    def __init__(
        self,
        db: Database,
        rasa: Client | None,
        now: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
        budget: Budget | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.db = db
        self.rasa = rasa
        self.now = now
        self._wake = wake
        self._budget = budget  # None: who writes is no stranger (the terminal, tests), and nobody waits
        self._sleep = sleep
        self._waiting: dict[str, deque[Received]] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: set[str] = set()  # chats whose last message broke us: the next one begins anew

    def take(self, received: list[Received]) -> None:
        """Have these dealt with, in the order given within a chat."""
        for one in received:
            if (line := self._waiting.get(one.chat)) is not None:
                line.append(one)
                continue
            self._waiting[one.chat] = deque([one])
            task = asyncio.create_task(self._work_off(one.chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def left_over(self, age: timedelta = timedelta(0)) -> None:
        """Take up what was received `age` ago or more and is not dealt with: at the start, and where one was missed."""
        before = self.now() - age
        waiting = await self.db.read(inbox.waiting)
        self.take([one for one in waiting if one.received_at <= before and one.chat not in self._waiting])

    async def idle(self) -> None:
        """Wait until everything taken is dealt with."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self) -> None:
        """Let what is under way come to its end; what still waits stays in the inbox."""
        for line in self._waiting.values():
            line.clear()
        await self.idle()

    async def _work_off(self, chat: str) -> None:
        line = self._waiting[chat]
        while line:
            done = await self._until_done(line.popleft())
            while line and line[0].id in done:
                line.popleft()
        del self._waiting[chat]

    async def _until_done(self, received: Received) -> set[int]:
        """Deals with the message, and perhaps with some that came after it too fast; the ids of all that is done."""
        now = received
        while True:
            try:
                at_once = await self._allowed(now)
                async with self._at_once:
                    done = await self.handle(*at_once)
                if now is received:
                    return done
                now = received
            except OutOfTurn as turned:
                now = turned.older
            except DatabaseAway as error:
                log.warning("database away; the message is kept", inbox=received.id, error=str(error)[:200])
                await asyncio.sleep(AWAY_WAIT)

    async def _allowed(self, received: Received) -> list[Received]:
        """The message; of a chat that writes too fast, after a wait before any reading, what waits behind it too."""
        line = [received]
        while self._budget is not None:
            standing = await self.db.read(conversations.look, received.chat)
            if not (wait := self._budget.wait(spent := _spent(standing), self.now())):
                break
            metrics.FLOODS.inc()
            await self.db.run(slow_down, received, spent["since"], self.now())
            self._wake()
            await self._sleep(wait)
            line = await self.db.read(inbox.line, received.chat, received.id)
            if not line or line[0].id != received.id:
                return [received]  # another process has dealt with it
        return line

    async def handle(self, received: Received, *more: Received) -> set[int]:
        """Answer a message, with as many of the chat's next as go with it; the ids of all that is done.

        Raises DatabaseAway and OutOfTurn; any other fault ends in an apology and a dead letter.
        """
        done = {received.id}
        try:
            incoming, also = together([received, *more])
            anew = received.chat in self._broken or incoming.text.startswith("/start")
            heard, now = await self._hear(incoming), self.now()
            await self.db.run(turn, received.id, incoming, heard, now, anew, also, self._budget)
            self._broken.discard(received.chat)
            done.update(also)
        except AlreadyDone:
            return done
        except (DatabaseAway, OutOfTurn):
            raise
        except Exception as error:
            log.error("a message could not be answered", inbox=received.id, error=_where(error))
            self._broken.add(received.chat)
            await self.db.run(give_up, received, _where(error), self.now())
        self._wake()
        return done

    async def _hear(self, incoming: Incoming) -> Heard:
        if incoming.kind != "text":
            return Heard()
        standing = await self.db.read(conversations.look, incoming.chat)
        if standing and pin_entry.typed(standing.state, incoming):
            return Heard()
        asked = expects(standing.state if standing else {})
        if self.rasa is None:
            return read(incoming.text, self.now(), asked)
        return await understand(incoming.text, self.now(), asked, self.rasa)


def turn(
    s: Connection,
    received: int,
    incoming: Incoming,
    heard: Heard,
    now: datetime,
    anew: bool = False,
    also: Sequence[int] = (),
    budget: Budget | None = None,
) -> None:
    """The one transaction of a message: advance the conversation, perform its actions, write what is to be said.

    `anew`: from no conversation at all, whatever stands in the database. `also`: messages answered with this one.
    """
    standing = conversations.load(s, incoming.chat)
    if older := inbox.earlier(s, incoming.chat, received):
        raise OutOfTurn(older)
    account = people.account(s, incoming.chat)
    acting = Acting(s, incoming.chat, account, now, f"{incoming.chat}:{received}")
    before = {"step": standing.step} if standing and anew else standing.state if standing else {}
    lang, role = (account.lang, account.role) if account else (None, "patient")
    pin = pin_entry.typed(before, incoming)
    if pin:
        heard = pin_entry.tried(acting, before, pin)
    locked = pin_entry.locked(acting, standing.updated_at if standing else None)
    before = pin_entry.closed(acting, before)
    state = _performed(respond(before, incoming, heard, lang, role, locked), acting)
    said = state.pop("said")
    if budget is not None:
        state["spent"] = budget.spend(_spent(standing), incoming.kind, now)
    outbox.call_off(s, asked(incoming.chat), now)  # a question that was overtaken before it was sent
    outbox.put(s, [notice(incoming, payload, now) for payload in said], now)
    kept = standing if standing and not acting.forgotten else None
    conversations.save(s, incoming.chat, state, state["step"], None, now, kept.version if kept else None)
    if not all(inbox.done(s, one, now) for one in (received, *also)):
        raise AlreadyDone
    if pin:
        pin_entry.wipe(acting, incoming, (received, *also))


def slow_down(s: Connection, received: Received, since: str, now: datetime) -> None:
    """Who writes faster than is read is told so, once for each flood: `since` is when it began."""
    words = Say("desk.slowly", phone_args()).payload()
    outbox.put(s, [Notice(received.chat, "flood", words, now, key=f"flood:{received.chat}:{since}")], now)


def _performed(talk: Generator[Do, Any, dict[str, Any]], acting: Acting) -> dict[str, Any]:
    """The new state of the conversation, its actions performed on the way."""
    result: Any = None
    while True:
        try:
            result = perform(acting, talk.send(result).action)
        except StopIteration as end:
            state: dict[str, Any] = end.value
            return state


def notice(incoming: Incoming, payload: dict[str, Any], now: datetime) -> Notice:
    """A saying of this turn as an outbox row. Emergencies overtake; a reply whose arrival is in doubt is said again."""
    urgent = payload.pop("urgent", False)
    if payload.get("edit"):
        payload["edit"] = incoming.message_id
    about = asked(incoming.chat) if "ask" in payload and not payload.get("edit") else None
    priority = EMERGENCY if urgent else REPLY
    return Notice(incoming.chat, "reply", payload, now, priority, about=about, must_arrive=True)


def asked(chat: str) -> str:
    """What a question in the outbox is about: the next one of its chat takes its place."""
    return f"question:{chat}"


def give_up(s: Connection, received: Received, reason: str, now: datetime) -> None:
    """A message that broke us: kept as a dead letter, and the person is told what to do."""
    inbox.failed(s, received.id, reason, now)
    outbox.put(s, [Notice(received.chat, "reply", Say("desk.sorry").payload(), now, must_arrive=True)], now)


def expects(state: dict[str, Any]) -> Expects:
    """What an answer may be now: the kind of question, and the labels of its choices in both languages."""
    offered = state.get("offered")
    if not offered:
        return Expects()
    labels = [dict(render(lang, offered).choices) for lang in ("bn", "en")]
    choices = tuple(
        (choice["id"], tuple(words[choice["id"]] for words in labels))
        for choice in offered.get("choices", ())
        if not choice.get("by_press")
    )
    asks = offered["ask"]
    return Expects(asks["kind"], asks["question"], asks["finding"], choices)


def _spent(standing: Standing | None) -> dict[str, str]:
    return standing.state.get("spent", {}) if standing else {}


def _where(error: Exception) -> str:
    """An error's name and place, without its words: they may be a person's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
