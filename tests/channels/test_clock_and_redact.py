"""Ticks go on whatever happens in one of them; no log holds the bot's token."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.clock import Clock, Pulse, Tick
from bot.redact import keep_tokens_out_of_logs, redact, redact_event
from tests.botapi.server import TOKEN, BotApi
from tests.channels.conftest import Time, eventually

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


async def test_a_tick_that_fails_is_done_again_and_the_others_go_on(time: Time) -> None:
    ticks: Counter[str] = Counter()

    async def well() -> None:
        ticks["well"] += 1

    async def ill() -> None:
        ticks["ill"] += 1
        raise RuntimeError("the disk is full")

    clock = Clock([Tick("well", 0.02, well), Tick("ill", 0.02, ill)], time)
    clock.start()
    await eventually(lambda: ticks["well"] > 2 and ticks["ill"] > 2)
    time.forward(120)
    await eventually(lambda: clock.still() == ["ill"])
    clock.stop()


async def test_a_slow_tick_is_not_overtaken_and_a_stall_is_made_up_for_once(time: Time) -> None:
    at_once, most, done = 0, 0, 0

    async def slow() -> None:
        nonlocal at_once, most, done
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.05)
        at_once -= 1
        done += 1

    clock = Clock([Tick("slow", 0.01, slow)], time)
    clock.start()
    await eventually(lambda: done >= 3)
    clock.stop()
    assert most == 1


def test_the_watchdog_names_what_stands_still() -> None:
    async def nothing() -> None: ...

    ticks = [Tick("due", 1, nothing), Tick("digest", 3600, nothing)]
    pulse = Pulse({"due": NOW})
    assert pulse.still(ticks, NOW + timedelta(seconds=59), started=NOW) == []
    assert pulse.still(ticks, NOW + timedelta(seconds=61), started=NOW) == ["due"]
    assert pulse.still(ticks, NOW + timedelta(hours=6), started=NOW) == ["due", "digest"]


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
        assert "/getMe" in caplog.text and "no answer from bot<token>" in caplog.text
        assert TOKEN not in caplog.text
    finally:
        logging.setLogRecordFactory(before)
        logging.getLogger("httpx").setLevel(logging.WARNING)


async def test_control_without_it_httpx_logs_the_token(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "httpx")
    async with httpx.AsyncClient() as client:
        await client.get(f"{api.url}/bot{TOKEN}/getMe")
    assert TOKEN in caplog.text
