"""What the day says of itself: near turns once each, and a kind word to who did not come where the day was kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.day_notices import after_mark, close_the_day
from storage import day
from storage.records import Booking
from storage.session import Database
from storage.tables import Outbox
from tests.storage.conftest import NOW, db, migrated_file, postgres, ring, url  # noqa: F401
from tests.storage.test_day import ELEVEN, MINUTE, tokens
from tests.storage.test_staff import enrol
from tests.storage.world import build


@pytest.fixture
def world(db: Database) -> Database:  # noqa: F811
    db.call(build)
    return db


@pytest.fixture
def desk(world: Database) -> str:
    return enrol(world, "coordinator", "tg:desk", hub_id="hub-1")


def mark(db: Database, desk: str, of: Booking, status: day.Mark, now: object) -> None:  # noqa: F811
    def marked(s: Connection) -> None:
        found = day.mark(s, desk, of.id, status, now)  # type: ignore[arg-type]
        assert found is not None
        after_mark(s, found, status, now)  # type: ignore[arg-type]

    db.call(marked)


def notices(db: Database, kind: str) -> list[tuple[str, str]]:  # noqa: F811
    """To whom, and what became of it, in the order in which they were put."""
    rows = select(Outbox.chat, Outbox.state).where(Outbox.kind == kind).order_by(Outbox.id)
    return [tuple(row) for row in db.call(lambda s: s.execute(rows).all())]


def test_each_is_told_once_that_the_turn_is_near(world: Database, desk: str) -> None:
    made = tokens(world, 6)
    mark(world, desk, made[0], "called", ELEVEN)
    first = [(one.chat, "waiting") for one in made[1:4]]
    assert notices(world, "near_turn") == first
    mark(world, desk, made[0], "fulfilled", ELEVEN + 10 * MINUTE)
    mark(world, desk, made[1], "arrived", ELEVEN + 11 * MINUTE)
    assert notices(world, "near_turn") == first  # the fifth is due at noon, and has not come
    mark(world, desk, made[4], "arrived", ELEVEN + 12 * MINUTE)
    mark(world, desk, made[1], "called", ELEVEN + 13 * MINUTE)
    told = notices(world, "near_turn")
    assert [chat for chat, _ in told] == [one.chat for one in made[1:5]]
    assert dict(told)[made[1].chat] == "called_off"  # who is called need not hear that it is near


def test_a_missed_token_is_written_about_once_and_not_if_the_mark_is_taken_back(world: Database, desk: str) -> None:
    one, two = tokens(world, 2)
    mark(world, desk, one, "noshow", ELEVEN)
    mark(world, desk, two, "noshow", ELEVEN)
    mark(world, desk, two, "arrived", ELEVEN + MINUTE)
    assert notices(world, "missed") == [(one.chat, "waiting")]
    mark(world, desk, two, "noshow", ELEVEN + 2 * MINUTE)
    assert notices(world, "missed") == [(one.chat, "waiting"), (two.chat, "waiting")]


def test_the_clock_writes_to_who_did_not_come_only_where_the_day_was_kept(world: Database, desk: str) -> None:
    kept, unkept = tokens(world, 3), tokens(world, 2, "paediatrics")
    mark(world, desk, kept[0], "fulfilled", ELEVEN)
    over = ELEVEN + timedelta(hours=4)
    assert world.call(close_the_day, over, 2) == 2
    assert [world.call(close_the_day, over) for _ in range(2)] == [2, 0]
    assert {chat for chat, _ in notices(world, "missed")} == {one.chat for one in kept[1:]}
    assert not {one.chat for one in unkept} & {chat for chat, _ in notices(world, "missed")}


def test_control_without_asking_whether_it_was_kept_everybody_is_written_to(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "was_kept", lambda *_: True)
    unkept = tokens(world, 2, "paediatrics")
    world.call(close_the_day, ELEVEN + timedelta(hours=4))
    assert {chat for chat, _ in notices(world, "missed")} == {one.chat for one in unkept}
