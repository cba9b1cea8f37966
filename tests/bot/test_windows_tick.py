"""The tick that keeps the windows of the coming weeks made, in small transactions and by many processes at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from bot.parts import WINDOWS_AHEAD, Now, assemble
from storage.rosters import gaps
from storage.session import Database
from storage.tables import Session, Window
from tests.storage.conftest import NOW, db, migrated_file, postgres, ring, url
from tests.storage.world import MONDAY, build

__all__ = ["db", "migrated_file", "postgres", "ring", "url"]


async def test_a_tick_makes_what_is_missing_up_to_the_horizon_whoever_else_ticks(db: Database) -> None:
    await db.run(build)
    await asyncio.gather(*(assemble(db, Now(NOW), None, {}).windows() for _ in range(4)))
    made = await db.run(lambda s: s.execute(select(func.count(), func.max(Session.date)).select_from(Session)).one())
    assert tuple(made) == (3 * 4, MONDAY + timedelta(days=21))  # three doctors, the Mondays of four weeks
    assert await db.run(lambda s: s.scalar(select(func.count()).select_from(Window))) == 12 * 4
    assert await db.read(gaps, MONDAY, WINDOWS_AHEAD) == []


async def test_a_day_later_only_the_new_last_day_is_made(db: Database) -> None:
    await db.run(build)
    await assemble(db, Now(NOW), None, {}).windows()
    assert await db.read(gaps, MONDAY + timedelta(days=1), WINDOWS_AHEAD) == [
        (MONDAY + timedelta(days=28), "hub-1"), (MONDAY + timedelta(days=28), "hub-2"),
    ]  # fmt: skip
