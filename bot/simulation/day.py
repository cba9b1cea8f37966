"""The day: everybody does what they do at their hour, sixteen at a time, through the service's own actions.

The clock is the simulation's: moments are played in slices of SLICE, within a slice in order of time by ACTORS at once;
between slices the service's tick gives back what was held too long and offers what is free.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import Connection, func, select

import bot.perform_booking  # noqa: F401 - registers what bookings do
from bot.day_notices import after_mark
from bot.notices import told_booking
from bot.parts import places_come_free
from bot.perform import Acting, perform
from bot.replanned import go_on, move_on, replan_and_tell
from bot.simulation.furnish import DAY, World, coordinator
from bot.simulation.people import Patient
from flows import actions
from flows.talk import Action
from storage import bookings, outbox
from storage import day as marks
from storage.day import Mark
from storage.outbox import Notice
from storage.replan import CloseSession, Move
from storage.session import Database
from storage.tables import Outbox, Session, Waiting

ACTORS = 16
SLICE = timedelta(minutes=5)
LENGTH = timedelta(hours=26)
TRIES = 3
"""How often somebody looks again after another was faster."""
A_PAGE = 6
CLOSED = 0.01
"""Share of the day's sessions that a hub closes on the day."""
Act = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True)
class Sample:
    """One slice: what happened in it, how many wait at its end."""

    at: datetime
    booked: int
    arrived: int
    actions: int
    waiting: int
    worst_ms: float


@dataclass
class Played:
    """What came of the day."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)  # action -> seconds, waiting for its turn included
    samples: list[Sample] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)  # booking -> status as it was told last
    seconds: float = 0.0


class Day:
    """One day under way."""

    def __init__(self, db: Database, world: World, seed: int) -> None:
        self.played = Played()
        self._db = db
        self._world = world
        self._chance = random.Random(seed)
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._keys = count()
        self._by_chat = {patient.chat: patient for patient in world.patients}
        self._read_up_to = 0  # the last offer that reached its chat
        self._slowest = 0.0

    async def play(self, watch: Callable[[datetime, Played], None] = lambda at, played: None) -> Played:
        """The whole day; `watch` hears after each slice how far it is."""
        began = time.perf_counter()
        for patient in self._world.patients:
            self._at(patient.asks_at, partial(self._ask, patient))
        await self._plan_closings()
        end = self._world.begins
        while end < self._world.begins + LENGTH:
            end += SLICE
            before = Counter(self.played.counts)
            while due := self._due(end):
                await self._together(due)
            await self._tick(end)
            self.played.samples.append(await self._sample(end, before))
            watch(end, self.played)
        self.played.seconds = time.perf_counter() - began
        return self.played

    # --- the clock ---

    def _at(self, when: datetime, act: Act) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), act))

    def _in(self, now: datetime, least: float, most: float, act: Act) -> None:
        """Some time between `least` and `most` minutes from now."""
        self._at(now + timedelta(minutes=self._chance.uniform(least, most)), act)

    def _due(self, end: datetime) -> list[tuple[datetime, int, Act]]:
        due = []
        while self._agenda and self._agenda[0][0] < end:
            due.append(heapq.heappop(self._agenda))
        return due

    async def _together(self, due: list[tuple[datetime, int, Act]]) -> None:
        queue = iter(due)
        await asyncio.gather(*(self._actor(queue) for _ in range(ACTORS)))

    async def _actor(self, queue: Iterator[tuple[datetime, int, Act]]) -> None:
        for when, _, act in queue:
            await act(when)

    async def _tick(self, now: datetime) -> None:
        self._moved(await move_on(self._db, lambda: now), now)
        await self._run("tick", places_come_free, now)
        offers = await self._db.read(_new_offers, self._read_up_to)
        for id, chat, about in offers:
            self._read_up_to = id
            self.played.counts["offered"] += 1
            self._in(now, 1, 25, partial(self._answer, self._by_chat[chat], about.removeprefix("booking:")))

    async def _sample(self, at: datetime, before: Counter[str]) -> Sample:
        new = Counter(self.played.counts)
        new.subtract(before)
        waiting = await self._db.read(_waiting)
        worst, self._slowest = self._slowest, 0.0
        return Sample(at, new["booked"] + new["changed"], new["arrived"], new["actions"], waiting, 1000 * worst)

    async def _run(self, kind: str, f: Callable[..., Any], *args: Any) -> Any:
        """One transaction, timed; as long as somebody waits for their answer."""
        return await self._timed(kind, self._db.run(f, *args))

    async def _timed(self, kind: str, work: Awaitable[Any]) -> Any:
        began = time.perf_counter()
        result = await work
        took = time.perf_counter() - began
        self.played.took.setdefault(kind, []).append(took)
        self._slowest = max(self._slowest, took)
        self.played.counts["actions"] += 1
        return result

    async def _does(self, kind: str, patient: Patient, now: datetime, *wanted: Action) -> Any:
        """A message of this chat: its actions and the reply in one transaction; the last one's result."""
        key = f"{patient.chat}:{next(self._keys)}"
        return await self._run(kind, _turn, patient.chat, now, key, wanted)

    def _refused(self, result: Any) -> str | None:
        reason = "not allowed" if result is None else result.get("refused")
        if reason:
            self.played.refusals[reason] += 1
        return reason

    # --- what patients do ---

    async def _ask(self, patient: Patient, now: datetime) -> None:
        window = await self._look(patient, now)
        if window is None:
            self.played.refusals["nothing free"] += 1
            await self._wait(patient, now)
            return
        if patient.decision is None:
            patient.decision = await self._does("decision", patient, now, _decision(patient))
        held = await self._hold(patient, window, now)
        if held is None:
            patient.tries += 1
            if patient.tries < TRIES:
                self._in(now, 0.2, 1, partial(self._ask, patient))
            else:
                await self._wait(patient, now)
        elif patient.walks_off:
            self.played.counts["walked off"] += 1
        else:
            self._in(now, 0.3, 4, partial(self._confirm, patient, held))

    async def _look(self, patient: Patient, now: datetime, ahead: timedelta = timedelta(0)) -> int | None:
        """One of the first free windows, if it can be at an hour that suits; None if nothing is free."""
        until = now + timedelta(days=1)
        for after in (now + ahead + patient.not_before, now + ahead):
            where = (patient.spoke, patient.specialty, after, until, A_PAGE, patient.urgent)
            found = await self._timed("look", self._db.read(bookings.free_windows, *where))
            if found:
                return int(self._chance.choice(found).window_id)
        return None

    async def _hold(self, patient: Patient, window: int, now: datetime, replaces: str | None = None) -> str | None:
        wanted = actions.Hold(patient.person, str(window), patient.spoke, patient.decision, replaces)
        held = await self._does("hold", patient, now, wanted)
        return None if self._refused(held) else held["id"]

    async def _confirm(self, patient: Patient, held: str, now: datetime) -> None:
        told = await self._does("confirm", patient, now, actions.Book(held))
        if self._refused(told):
            return
        changed = patient.booking is not None
        self._has(patient, told, now)
        self.played.counts["changed" if changed else "booked"] += 1

    def _has(self, patient: Patient, told: dict[str, Any], now: datetime, hub: str | None = None) -> None:
        """A token in hand; the one before, if any, was given up for it. What its holder will do with it."""
        for old in (patient.booking, patient.stranded):
            if old:
                self.played.acknowledged[old] = "cancelled"
        patient.stranded, patient.seen_by = None, hub or patient.hub
        patient.booking = id = told["id"]
        self.played.acknowledged[id] = "booked"
        starts, ends = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
        left = max(2.0, (starts - now) / timedelta(minutes=1) - 30)
        if patient.changes:
            patient.changes = False
            self._in(now, 1, left, partial(self._change, patient, id))
        elif patient.cancels:
            self._in(now, 1, left, partial(self._cancel, patient, id))
        elif patient.comes:
            came = max(now, starts - timedelta(minutes=self._chance.uniform(0, 20)))
            self._at(came, partial(self._status, patient, id, "arrived"))
        else:
            self._at(ends, partial(self._status, patient, id, "noshow"))

    async def _change(self, patient: Patient, id: str, now: datetime) -> None:
        """To a later hour; if there is none, or it is refused, they come as they had said."""
        if patient.booking != id:
            return
        window = await self._look(patient, now, timedelta(hours=1))
        held = None if window is None else await self._hold(patient, window, now, replaces=id)
        if held:
            self._in(now, 0.3, 4, partial(self._confirm, patient, held))

    async def _cancel(self, patient: Patient, id: str, now: datetime) -> None:
        if patient.booking == id and await self._does("cancel", patient, now, actions.CancelBooking(id)):
            self.played.counts["cancelled"] += 1
            self.played.acknowledged[id] = "cancelled"
            patient.booking = None

    async def _wait(self, patient: Patient, now: datetime) -> None:
        if not (patient.waits or patient.urgent):
            self.played.counts["gave up"] += 1
            return
        wanted = actions.JoinWaiting(patient.person, patient.spoke, patient.specialty, patient.decision, 1)
        if await self._does("join", patient, now, wanted):
            self.played.counts["joined the waiting list"] += 1

    async def _answer(self, patient: Patient, offer: str, now: datetime) -> None:
        if patient.answers == "accept":
            told = await self._does("accept", patient, now, actions.AcceptOffer(offer))
            if not self._refused(told):
                self._has(patient, told, now)
                self.played.counts["accepted"] += 1
                self.played.counts["booked"] += 1
        elif patient.answers == "decline" and await self._does("decline", patient, now, actions.DeclineOffer(offer)):
            self.played.counts["declined"] += 1

    # --- what a hub does ---

    async def _status(self, patient: Patient, id: str, status: Mark, now: datetime) -> None:
        """A coordinator writes down who came, who was seen, who did not come."""
        if patient.booking != id or not await self._run(status, _mark, coordinator(patient.seen_by), id, status, now):
            return
        self.played.counts[status] += 1
        self.played.acknowledged[id] = status
        if status == "arrived":
            self._in(now, 5, 60, partial(self._status, patient, id, "fulfilled"))

    async def _plan_closings(self) -> None:
        sessions = await self._db.read(_sessions)
        for id, hub, starts_at in self._chance.sample(sessions, max(1, round(len(sessions) * CLOSED))):
            at = starts_at - timedelta(minutes=self._chance.uniform(10, 240))
            self._at(at, partial(self._close, id, coordinator(hub)))

    async def _close(self, session_id: int, by: str, now: datetime) -> None:
        """A coordinator closes a session: its people are moved and told, a few in a transaction."""
        moves = await self._run("close", replan_and_tell, CloseSession(session_id), by, now)
        self.played.counts["sessions closed"] += 1
        while moves:
            self._moved(moves, now)
            moves = await self._run("move on", go_on, [session_id], now)

    def _moved(self, moves: list[Move], now: datetime) -> None:
        """Who has another place goes there; who has none keeps the old token until there is one, and stays at home."""
        for move in moves:
            patient = self._by_chat[move.booking.chat]
            if move.made:
                patient.booking = move.booking.id
                self.played.counts["moved"] += 1
                self._has(patient, told_booking(move.made, now), now, move.made.hub_id)
            else:
                patient.booking, patient.stranded = None, move.booking.id
                self.played.counts["without a place, waiting"] += 1


def _turn(s: Connection, chat: str, now: datetime, key: str, wanted: tuple[Action, ...]) -> Any:
    acting = Acting(s, chat, None, now, key)
    result = None
    for action in wanted:
        result = perform(acting, action)
    outbox.put(s, [Notice(chat, "reply", {"text": "simulated"}, now, key=f"reply:{key}")], now)
    return result


def _mark(s: Connection, by: str, id: str, status: Mark, now: datetime) -> bool:
    """As the desk's screen does it: the mark, and the notices to those whose turn comes nearer."""
    marked = marks.mark(s, by, id, status, now)
    if marked:
        after_mark(s, marked, status, now)
    return marked is not None


def _decision(patient: Patient) -> actions.RecordDecision:
    return actions.RecordDecision({"fever": True}, patient.level, patient.specialty, "simulated", "simulation", "1")


def _new_offers(s: Connection, after: int) -> list[Any]:
    found = select(Outbox.id, Outbox.chat, Outbox.about).where(Outbox.id > after, Outbox.kind == "waiting_offer")
    return [tuple(row) for row in s.execute(found.order_by(Outbox.id))]


def _waiting(s: Connection) -> int:
    return s.scalar(select(func.count()).select_from(Waiting).where(Waiting.status == "active")) or 0


def _sessions(s: Connection) -> list[Any]:
    found = select(Session.id, Session.hub_id, Session.starts_at).where(Session.date == DAY).order_by(Session.id)
    return [tuple(row) for row in s.execute(found)]
