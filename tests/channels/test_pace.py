"""Never more than the bot's rate in any second, never more than a burst and one a second to a chat."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import BURST, CHAT_SECONDS, FEW, Pace, chat_wait
from storage.bucket import SECOND, pause, take_turn
from storage.columns import new_id
from storage.session import Database
from tests.channels.conftest import NotedPace, Time, busiest_second, going
from tests.storage.conftest import url as url  # both databases

START = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_a_chat_gets_a_burst_and_then_one_a_second(gaps: list[float]) -> None:
    now, full_at = START, None
    sent: list[datetime] = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        now += timedelta(seconds=chat_wait(full_at, now))
        full_at = max(full_at or now, now) + timedelta(seconds=CHAT_SECONDS)
        sent.append(now)
    for first, one in enumerate(sent):
        for count, other in enumerate(sent[first:], 1):
            assert count <= BURST + (other - one).total_seconds() / CHAT_SECONDS + 1e-3


async def test_a_turn_of_three_messages_goes_at_once_and_the_fourth_waits(pace: Pace, time: Time) -> None:
    for _ in range(3):
        await pace.take("tg:1")
    assert time() == START
    await pace.take("tg:1")
    assert time() >= START + timedelta(seconds=1)


async def say(pace: Pace, chat: int) -> None:
    """One message that is answered at once."""
    turn = await pace.take(f"tg:{chat}")
    assert isinstance(turn, str)
    pace.answered(turn)


async def granted(db: Database, time: Time, rate: int, processes: int) -> dict[datetime, int]:
    """When ninety messages to different chats were let go, all wanted at once, by so many processes."""
    let_go: dict[datetime, int] = {}
    paces = [NotedPace(db, time, let_go, rate) for _ in range(processes)]
    await asyncio.gather(*(say(paces[chat % processes], chat) for chat in range(90)))
    assert sum(let_go.values()) == 90
    return let_go


@pytest.mark.parametrize("processes", [1, 2])
async def test_the_rate_holds_in_every_second(db: Database, time: Time, processes: int) -> None:
    assert busiest_second(await granted(db, time, 30, processes)) <= 30


async def test_control_without_the_limit_the_same_measurement_exceeds_it(db: Database, time: Time) -> None:
    assert busiest_second(await granted(db, time, 10_000, 1)) > 30


async def test_while_all_sending_is_paused_nothing_may_go(db: Database, pace: Pace, time: Time) -> None:
    await db.run(pause, time() + timedelta(seconds=20))
    assert await pace.take("tg:1") == 20.0
    time.forward(21)
    assert isinstance(await pace.take("tg:1"), str)


async def test_a_clock_that_is_set_back_stops_neither_a_chat_nor_the_bot(db: Database, time: Time) -> None:
    pace = Pace(db, time, sleep=time.sleep)
    for _ in range(4):
        await pace.take("tg:1")
    await take(db, time, 30)
    time.forward(-3600)
    began = time()
    for _ in range(4):
        await pace.take("tg:1")
    assert time() - began <= timedelta(seconds=10), "and not an hour"
    assert await take(db, time, 30) > 0


async def test_after_it_was_set_back_the_rate_holds_all_the_same(db: Database, time: Time) -> None:
    await take(db, time, 30)
    time.forward(-3600)
    assert await take(db, time, 40) == 30
    assert await take(db, time, 40) == 0


async def take(db: Database, time: Time, wanted: int) -> int:
    """How many of so many messages may go now."""
    return sum([(await db.run(take_turn, new_id(), time)).now for _ in range(wanted)])


async def test_a_sender_that_died_leaves_no_hole_that_stays(db: Database, time: Time) -> None:
    assert await take(db, time, 30) == 30, "and none of them is ever answered"
    time.forward(1.5)
    assert await take(db, time, 1) == 0, "they may be on their way"
    time.forward(1.6)
    assert await take(db, time, 30) == 30


@pytest.mark.parametrize("seen", [1, FEW])
async def test_the_way_is_taken_off_only_when_enough_was_seen_of_it(db: Database, time: Time, seen: int) -> None:
    """A slow first message says nothing of the way; fifty that all took 0.3 s do, and a long way lowers no rate."""
    pace = Pace(db, time, rate=1000, sleep=time.sleep)
    for chat in range(seen):
        turn = await pace.take(f"tg:{chat}")
        time.forward(0.3)
        assert isinstance(turn, str)
        pace.answered(turn)
    answered = time()
    await pace.take("tg:next")
    counted_until = datetime.fromisoformat((await db.read(going))[turn][1])
    assert (counted_until < answered + SECOND) == (seen == FEW)


async def test_reminders_are_spread_over_the_second_and_a_reply_finds_room(db: Database, time: Time) -> None:
    steady = [(await db.run(take_turn, new_id(), time, 30, True)).now for _ in range(30)]
    assert sum(steady) == 3
    assert await take(db, time, 30) == 27


async def test_what_can_wait_goes_evenly_and_makes_up_for_a_late_waking(db: Database, time: Time) -> None:
    begun, sent = time(), 0
    while sent < 60:
        time.forward(0.05)  # wakes late each time: one of 30 a second is due every 0.033
        for _ in range(3):
            id = new_id()
            if (await db.run(take_turn, id, time, 30, True)).now:
                await db.run(take_turn, new_id(), time, 0, False, {id: time() + SECOND})
                sent += 1
    assert 29 <= sent / ((time() - begun) / SECOND) <= 31


@pytest.mark.parametrize("counted", ["until they are answered", "from when they were let go"])
async def test_however_long_messages_are_on_their_way_no_second_of_the_receivers_holds_more(
    db: Database, time: Time, counted: str
) -> None:
    """Each arrives and is answered whenever it will. The control counts a second from when it was let go."""
    lot, begun = random.Random(3), time()
    arrived: list[datetime] = []
    answers: list[tuple[datetime, str]] = []
    until: dict[str, datetime] = {}
    while len(arrived) < 150:
        time.forward(0.01)
        until |= {id: at + SECOND for at, id in answers if at <= time()}
        answers = [(at, id) for at, id in answers if at > time()]
        id = new_id()
        turn = await db.run(take_turn, id, time, 30, False, until)
        until = {}
        if turn.now:
            arrives = time() + timedelta(seconds=lot.choice((0.0, 0.05, 0.3, 0.9)))
            arrived.append(arrives)
            answered = arrives + timedelta(seconds=lot.uniform(0, 0.2))
            answers.append((answered if counted.startswith("until") else time(), id))
    most = max(sum(one <= other < one + SECOND for other in arrived) for one in arrived)
    assert (most <= 30) == counted.startswith("until"), most
    assert len(arrived) / ((time() - begun) / SECOND) > 12
