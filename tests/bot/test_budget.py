"""A flood from one chat: kept, answered together, told once; nobody else waits, and no danger sign is lost in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.budget import Budget, together
from bot.handle import Handler
from bot.incoming import Incoming
from flows.texts import texts
from storage import inbox, outbox
from storage.inbox import Received
from storage.session import Database
from storage.tables import Inbox, Outbox
from tests.channels.conftest import Time, eventually
from tests.storage.conftest import db, migrated_file, postgres, ring, url

__all__ = ["db", "migrated_file", "postgres", "ring", "url"]

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
BUDGET = Budget(burst=3, a_minute=20)


@pytest.fixture
def time() -> Iterator[Time]:
    yield Time()


@pytest.fixture
async def handler(db: Database, time: Time) -> AsyncIterator[Handler]:
    yield (handler := Handler(db, None, time, budget=BUDGET, sleep=time.sleep))
    await handler.stop()


def came(n: int, chat: str = "tg:1", text: str = "", **more: object) -> Incoming:
    """The n-th message of a chat."""
    values = {"kind": "text", "text": text or f"kotha {n}"} | more
    return Incoming(chat, f"{chat}/{n}", at=NOW, **values)  # type: ignore[arg-type]


def keep(s: Connection, one: Incoming, now: datetime) -> Received:
    row = inbox.receive(s, "tg", one.key, one.chat, one.to_json(), now)
    assert row is not None
    return Received(row, "tg", one.key, one.chat, one.to_json(), now)


async def receive(db: Database, time: Time, *messages: Incoming) -> list[Received]:
    return [await db.run(keep, one, time()) for one in messages]


def moments(s: Connection, chat: str) -> list[datetime]:
    """When the messages of a chat were dealt with, in order."""
    found = select(Inbox.done_at).where(Inbox.chat == chat).order_by(Inbox.id)
    return [at for at in s.execute(found).scalars() if at]


def floods(s: Connection) -> int:
    return len(s.execute(select(Outbox.id).where(Outbox.kind == "flood")).all())


async def test_a_flood_is_slowed_told_once_and_answered_together(handler: Handler, db: Database, time: Time) -> None:
    began = time()
    handler.take(await receive(db, time, *(came(n) for n in range(40))))
    await handler.idle()
    done = await db.read(moments, "tg:1")
    assert len(done) == 40, "every one is dealt with"
    assert done == sorted(done) and len(set(done)) == 2, "the burst, and the rest of it by one turn"
    assert done[3] - began >= timedelta(seconds=BUDGET.seconds)
    assert await db.read(floods) == 1


async def test_control_without_a_budget_each_message_is_read_at_once(db: Database, time: Time) -> None:
    handler = Handler(db, None, time, sleep=time.sleep)
    began = time()
    handler.take(await receive(db, time, *(came(n) for n in range(40))))
    await handler.idle()
    assert set(await db.read(moments, "tg:1")) == {began}
    assert await db.read(floods) == 0


async def test_others_do_not_wait_for_it_even_when_as_many_flood_as_are_dealt_with_at_once(
    db: Database, time: Time
) -> None:
    """Whoever floods gives up its place while it waits: here time never passes, so it waits for ever."""
    waits: list[float] = []
    for_ever = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await for_ever.wait()

    handler = Handler(db, None, time, budget=BUDGET, sleep=sleep)
    handler._at_once = asyncio.Semaphore(2)
    flooding = [came(n, f"tg:{chat}") for chat in range(3) for n in range(5)]
    handler.take(await receive(db, time, *flooding))
    await eventually(lambda: len(waits) == 3)
    handler.take(await receive(db, time, came(0, "tg:9")))
    await eventually(lambda: db.call(moments, "tg:9"))
    assert len(await db.read(moments, "tg:0")) == 3
    time.forward(60)
    for_ever.set()
    await handler.idle()
    assert len(await db.read(moments, "tg:0")) == 5


async def test_two_processes_have_one_budget_between_them(handler: Handler, db: Database, time: Time) -> None:
    other = Handler(db, None, time, budget=BUDGET, sleep=time.sleep)
    began = time()
    rows = await receive(db, time, *(came(n) for n in range(12)))
    handler.take(rows[::2])
    other.take(rows[1::2])
    await handler.idle()
    await other.idle()
    done = await db.read(moments, "tg:1")
    assert len(done) == 12
    at_once = sum(at - began < timedelta(seconds=BUDGET.seconds) for at in done)
    assert 3 <= at_once <= 4, "not three for each process: one more, where both look at the same moment"
    assert await db.read(floods) == 1


async def test_after_a_restart_it_is_the_same_flood(handler: Handler, db: Database, time: Time) -> None:
    for n in range(4):
        await handler.handle((await receive(db, time, came(n)))[0])
    anew = Handler(db, None, time, budget=BUDGET, sleep=time.sleep)
    began = time()
    anew.take(await receive(db, time, came(9)))
    await anew.idle()
    assert (await db.read(moments, "tg:1"))[-1] > began


async def test_a_second_flood_is_told_again(handler: Handler, db: Database, time: Time) -> None:
    for first in (0, 100):
        handler.take(await receive(db, time, *(came(first + n) for n in range(10))))
        await handler.idle()
        time.forward(600)
    assert await db.read(floods) == 2


async def test_a_danger_sign_in_a_flood_is_answered_as_one(handler: Handler, db: Database, time: Time) -> None:
    words = [came(n, text=f"hello {n}") for n in range(20)]
    handler.take(await receive(db, time, *words, came(20, text="buke byatha, niswas nite parchi na"), came(21)))
    await handler.idle()
    notices = await db.run(outbox.claim, time() + timedelta(minutes=5), 10, 30.0, "test")
    assert notices[0].priority == outbox.EMERGENCY or "emergency" in str(notices[0].payload)


def test_answers_by_taps_and_a_quick_conversation_are_no_flood() -> None:
    budget, spent, now = Budget(), {}, NOW
    for n in range(60):  # a tap a second; each fourth answer typed
        assert budget.wait(spent, now) == 0
        spent = budget.spend(spent, "text" if n % 8 == 0 else "press", now)
        now += timedelta(seconds=1)


def test_over_an_hour_no_more_is_read_than_the_budget_allows() -> None:
    budget, spent, now, read = Budget(10, 20), {}, NOW, 0
    while now < NOW + timedelta(hours=1):
        if not budget.wait(spent, now):
            spent, read = budget.spend(spent, "text", now), read + 1
        now += timedelta(seconds=0.5)
    assert 20 * 60 <= read <= 10 + 20 * 60


async def test_a_clock_that_was_set_back_makes_nobody_wait_for_the_old_time(
    handler: Handler, db: Database, time: Time
) -> None:
    handler.take(await receive(db, time, *(came(n) for n in range(10))))
    await handler.idle()
    time.forward(-3600)
    began = time()
    handler.take(await receive(db, time, *(came(n, text=f"/{n}") for n in range(10, 14))))
    await handler.idle()
    assert time() - began <= timedelta(seconds=5 * BUDGET.seconds)
    assert time() > began, "and the budget holds"


def of(*messages: Incoming) -> list[Received]:
    return [Received(n, "tg", one.key, one.chat, one.to_json(), NOW) for n, one in enumerate(messages)]


def test_what_waits_is_joined_and_what_needs_an_answer_of_its_own_is_not() -> None:
    fever, cough = came(0, text="jor"), came(1, text="kashi")
    said, also = together(of(fever, cough, came(2, text="jor"), came(3, kind="press", press=("yes",))))
    assert (said.text, also) == ("jor\nkashi", (1, 2))
    yes, no = came(0, kind="press", press=("yes",), step=4), came(1, kind="press", press=("no",), step=4)
    assert together(of(yes, yes, no))[1] == (1,), "the same press twice is one; another is another answer"
    assert together(of(came(0, text="/start"), came(1, text="/start"), fever))[1] == (1,)
    assert together(of(came(0, text="x" * 1500), came(1, text="y" * 1500)))[1] == ()
    sticker, photo = (came(n, kind="media", media=medium) for n, medium in enumerate(("sticker", "photo")))
    assert together(of(sticker, sticker, photo))[1] == (1,)


def test_the_words_exist() -> None:
    assert "desk.slowly" in texts()
