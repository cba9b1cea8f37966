"""The measurement of notices counts what it says: all planned, all sent, replies first."""

from __future__ import annotations

from bot.bench_booking.servers import sqlite_file
from bot.bench_notices import sending
from bot.bench_notices.planning import plan_day, plan_with_apscheduler


def test_a_day_is_planned_and_the_rival_says_that_it_is_extrapolated() -> None:
    assert plan_day(sqlite_file, 4500)["notices"] == 4500
    found = plan_with_apscheduler(sqlite_file, 20)
    assert found["notices"] == 20 and found["extrapolated_seconds_for_a_day"] > 0


async def test_all_are_sent_and_the_control_only_asks() -> None:
    with sqlite_file() as url:
        found = await sending.unlimited(url, 40)
    assert found["sent"] == 40


async def test_a_reply_does_not_stand_in_line() -> None:
    with sqlite_file() as url:
        found = await sending.overtaking(url, 600)
    assert found["worst_ms"] < 1000 * found["in_line_seconds"]
