"""Ticks go on whatever happens in one of them and to the host's clock; no log holds the bot's token."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from time import tzset
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.clock import Clock, Pulse, Tick
from bot.redact import keep_tokens_out_of_logs, redact, redact_event
from storage.zone import day_of
from tests.botapi.server import TOKEN, BotApi
from tests.channels.conftest import Time, eventually

HOUR = 3600.0


async def nothing() -> None: ...


async def test_a_tick_that_fails_is_done_again_and_the_others_go_on(time: Time) -> None:
    ticks: Counter[str] = Counter()

    async def well() -> None:
        ticks["well"] += 1

    async def ill() -> None:
        ticks["ill"] += 1
        raise RuntimeError("the disk is full")

    clock = Clock([Tick("well", 0.02, well), Tick("ill", 0.02, ill)], steady=lambda: time().timestamp())
    clock.start()
    await eventually(lambda: ticks["well"] > 2 and ticks["ill"] > 2)
    time.forward(120)
    await eventually(lambda: clock.still() == ["ill"])
    clock.stop()


async def test_a_slow_tick_is_not_overtaken_and_a_stall_is_made_up_for_once() -> None:
    at_once, most, done = 0, 0, 0

    async def slow() -> None:
        nonlocal at_once, most, done
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.05)
        at_once -= 1
        done += 1

    clock = Clock([Tick("slow", 0.01, slow)])
    clock.start()
    await eventually(lambda: done >= 3)
    clock.stop()
    assert most == 1


def test_misfires_are_dealt_with_on_purpose() -> None:
    """APScheduler's default drops in silence what comes a second late."""
    clock = Clock([Tick("due", 1, nothing)])
    job = clock._scheduler.get_jobs()[0]
    assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)


def test_the_watchdog_names_what_stands_still() -> None:
    ticks = [Tick("due", 1, nothing), Tick("digest", HOUR, nothing)]
    pulse = Pulse({"due": 0.0})
    assert pulse.still(ticks, 59, started=0) == []
    assert pulse.still(ticks, 61, started=0) == ["due"]
    assert pulse.still(ticks, 6 * HOUR, started=0) == ["due", "digest"]


async def test_what_stands_still_is_told_once_and_told_again_when_it_comes(time: Time) -> None:
    stuck = asyncio.Event()
    clock = Clock([Tick("stuck", 0.02, stuck.wait)], steady=lambda: time().timestamp(), watch=0.01)  # type: ignore[list-item]
    with capture_logs() as logs:
        clock.start()
        time.forward(61)
        await eventually(lambda: _gauge("stuck") == 1)
        await asyncio.sleep(0.1)
        stuck.set()
        await eventually(lambda: _gauge("stuck") == 0)
        clock.stop()
    assert [one["tick"] for one in logs if one["event"] == "tick_still"] == ["stuck"]


def _gauge(tick: str) -> float | None:
    return REGISTRY.get_sample_value("ingit_tick_still", {"tick": tick})


class Host:
    """A host whose time of day can be set; APScheduler reads it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_by = timedelta(0)
        host = self

        class Wall(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return datetime.now(tz) + host.set_by

        self.wall = Wall
        monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
        monkeypatch.setattr("bot.clock.datetime", Wall)

    def now(self) -> float:
        return float(self.wall.now(UTC).timestamp())


@pytest.mark.parametrize("hours", [-1, 1, -24])
async def test_a_host_whose_clock_is_set_ticks_on(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    ticks: Counter[str] = Counter()

    async def tick() -> None:
        ticks["tick"] += 1

    host = Host(monkeypatch)
    clock = Clock([Tick("tick", 0.02, tick)], wall=host.now, watch=0.02)
    with capture_logs() as logs:
        clock.start()
        await eventually(lambda: ticks["tick"] > 1)
        host.set_by = timedelta(hours=hours)
        before = ticks["tick"]
        await eventually(lambda: ticks["tick"] > before + 3)
        assert clock.still() == []
        clock.stop()
    assert [one["by_seconds"] for one in logs if one["event"] == "clock_was_set"] == [hours * HOUR]


async def test_control_unwatched_it_would_not_tick_until_the_old_time_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks: Counter[str] = Counter()

    async def tick() -> None:
        ticks["tick"] += 1

    host = Host(monkeypatch)
    clock = Clock([Tick("tick", 0.02, tick)], wall=host.now, watch=HOUR)
    clock.start()
    await eventually(lambda: ticks["tick"] > 1)
    host.set_by = timedelta(hours=-1)
    await asyncio.sleep(0.1)
    [job] = clock._scheduler.get_jobs()
    assert job.next_run_time - host.wall.now(UTC) > timedelta(minutes=59)
    clock.stop()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "UTC"])
async def test_the_zone_and_the_daylight_time_of_the_host_change_nothing(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """In New York the clocks go back at 06:00 UTC on 1 November 2026."""
    monkeypatch.setenv("TZ", zone)
    tzset()
    try:
        clock = Clock([Tick("tick", 1800, nothing)])
        trigger = clock._scheduler.get_jobs()[0].trigger
        at = [datetime(2026, 11, 1, 5, 30, tzinfo=UTC)]
        for _ in range(3):
            at.append(trigger.get_next_fire_time(at[-1], at[-1]))
        assert [after - before for before, after in pairwise(at)] == [timedelta(minutes=30)] * 3
        assert day_of(datetime(2026, 11, 1, 18, 29, tzinfo=UTC)).isoformat() == "2026-11-01"
        assert day_of(datetime(2026, 11, 1, 18, 30, tzinfo=UTC)).isoformat() == "2026-11-02", "midnight in West Bengal"
    finally:
        monkeypatch.undo()
        tzset()


def test_a_token_is_taken_out_of_any_text() -> None:
    url = f"https://api.telegram.org/bot{TOKEN}/getMe"
    assert redact(url) == "https://api.telegram.org/bot<token>/getMe"
    assert redact("at 10:30, 12345:short") == "at 10:30, 12345:short"
    assert redact_event(None, "info", {"event": url, "n": 3}) == {"event": redact(url), "n": 3}


async def test_httpx_and_tracebacks_do_not_log_the_token(
    api: BotApi, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogRecordFactory()
    keep_tokens_out_of_logs()
    try:
        logging.getLogger("httpx").setLevel(logging.INFO)  # even so
        caplog.set_level(logging.INFO)
        async with httpx.AsyncClient() as client:
            await client.get(f"{api.url}/bot{TOKEN}/getMe")
        try:
            raise RuntimeError(f"no answer from bot{TOKEN}")
        except RuntimeError:
            logging.getLogger("test").exception("failed for %s", TOKEN)
        assert "/getMe" in caplog.text and "RuntimeError" in caplog.text and "no answer" not in caplog.text
        assert TOKEN not in caplog.text
    finally:
        logging.setLogRecordFactory(before)
        logging.getLogger("httpx").setLevel(logging.WARNING)


async def test_control_without_it_httpx_logs_the_token(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "httpx")
    async with httpx.AsyncClient() as client:
        await client.get(f"{api.url}/bot{TOKEN}/getMe")
    assert TOKEN in caplog.text
