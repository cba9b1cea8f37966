"""Each way that Telegram can fail comes out as what is to be done about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.telegram import Telegram
from bot.consequence import FAILED_TRIES, UNCERTAIN_TRIES, Again, Dead, Sent, away_seconds, consequence
from bot.delivery import Away, Delivered, Later, Letter, Outcome, Rejected, Uncertain, Unreachable
from storage.outbox import Claimed
from tests.botapi.faults import (
    BAD_REQUEST,
    BLOCKED,
    BROKEN,
    CHAT_NOT_FOUND,
    CUT,
    DROP,
    HANG,
    SILENT,
    UNAUTHORIZED,
    Fault,
    flood,
    in_turn,
    slow,
)
from tests.botapi.server import BotApi

LETTER = Letter("tg:77", "bn", "নমস্কার", "নমস্কার")


@pytest.mark.parametrize(
    ("fault", "outcome", "on_screen"),
    [
        (flood(7), Later, 0),
        (BLOCKED, Unreachable, 0),
        (CHAT_NOT_FOUND, Unreachable, 0),
        (BAD_REQUEST, Rejected, 0),
        (BROKEN, Away, 0),
        (Fault("status", 502, "Bad Gateway"), Away, 0),
        (UNAUTHORIZED, Later, 0),
        (DROP, Uncertain, 0),
        (SILENT, Uncertain, 1),
        (CUT, Uncertain, 1),
        (HANG, Uncertain, 1),
        (slow(0.2), Delivered, 1),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
async def test_fault(telegram: Telegram, api: BotApi, fault: Fault, outcome: type[Outcome], on_screen: int) -> None:
    person = api.person(77)
    person.started = True
    api.fault(in_turn([fault], "sendMessage"))
    came = await telegram.deliver(LETTER)
    assert isinstance(came, outcome), came
    assert len(person.messages) == on_screen
    if isinstance(came, Later):
        assert came.whole_bot and came.seconds == (7 if fault.code == 429 else 60)
    assert api.token not in str(came)


async def test_nobody_listens(telegram: Telegram, api: BotApi) -> None:
    api.refuse()
    assert isinstance(await telegram.deliver(LETTER), Away)


async def test_who_never_started_the_bot_and_who_blocked_it_cannot_be_reached(telegram: Telegram, api: BotApi) -> None:
    assert isinstance(await telegram.deliver(LETTER), Unreachable)
    person = api.person(77)
    person.started = person.blocks = True
    assert isinstance(await telegram.deliver(LETTER), Unreachable)


NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
BACK = NOW + timedelta(seconds=9)


def notice(must_arrive: bool = True, **payload: Any) -> Claimed:
    return Claimed(1, "tg:77", "reply", {"text": "x", **payload}, 1, NOW, None, None, must_arrive, 1, "bn", True)


@pytest.mark.parametrize(
    ("of", "outcome", "failures", "follows"),
    [
        (notice(), Delivered((5, 6)), 0, Sent(6)),
        (notice(), Delivered(), 0, Sent(None)),
        (notice(), Later(30, True, "429"), 0, Again(NOW + timedelta(seconds=30), "429", everyone=True)),
        (notice(), Later(30, False, "429"), 0, Again(NOW + timedelta(seconds=30), "429", everyone=False)),
        (notice(), Unreachable("403"), 0, Dead("403", unreachable=True)),
        (notice(), Rejected("400"), 0, Dead("400")),
        (notice(), Away("refused"), 0, Again(BACK, "refused")),
        (notice(), Away("500"), FAILED_TRIES, Dead("500")),
        (notice(), Uncertain("?"), 1, Again(NOW + timedelta(seconds=2), "?")),
        (notice(), Uncertain("?"), 2, Again(NOW + timedelta(seconds=8), "?")),
        (notice(), Uncertain("?"), UNCERTAIN_TRIES, Dead(f"{UNCERTAIN_TRIES} times it may not have arrived: ?")),
        (notice(must_arrive=False), Uncertain("?"), 1, Dead("it may not have arrived: ?")),
        (notice(must_arrive=False, edit=5), Uncertain("?"), 1, Again(NOW + timedelta(seconds=2), "?")),
        (notice(must_arrive=False, edit=None), Uncertain("?"), 1, Dead("it may not have arrived: ?")),
    ],
)
def test_what_follows(of: Claimed, outcome: Outcome, failures: int, follows: object) -> None:
    assert consequence(of, outcome, failures, NOW, BACK) == follows


def test_a_channel_that_is_away_is_left_alone_longer_and_longer_but_never_for_long() -> None:
    waits = [away_seconds(times, 1.0) for times in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == 2.0 and waits[-1] == 60.0
    assert away_seconds(3, 0.0) < away_seconds(3, 1.0), "replicas do not come back together"
