"""The service on Telegram: receive, handle, send, tick, and a door for health and metrics."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from bot import gauges
from bot.budget import Budget
from bot.channels.telegram import LineDown, Telegram
from bot.clock import Clock
from bot.garbage import settle
from bot.pace import Pace
from bot.papers import paper
from bot.parts import Now, Parts, assemble
from bot.receive import CHANNEL, Receiver
from bot.settings import BadSetting, Settings
from bot.web import WEBHOOK_PATH, Server, app, server
from flows.texts import texts
from nlu.rasa_client import RasaClient
from storage import outbox
from storage.session import Database, DatabaseAway

log = structlog.get_logger(__name__)
COMMANDS = (
    "start", "my", "turn", "summaries", "language", "back", "cancel", "help", "privacy", "mydata", "forget", "access",
)  # fmt: skip


async def serve(
    given: Settings, db: Database, now: Now, rasa: RasaClient | None, clock_of: Callable[[Parts], Clock]
) -> None:
    """Run until SIGINT or SIGTERM; what was received is answered, or stays in the inbox for the next start."""
    assert given.telegram_bot_token is not None
    pace = Pace(db, now)
    telegram = Telegram(given.telegram_bot_token.get_secret_value(), pace, paper, given.telegram_api_base)
    budget = Budget(given.chat_burst, given.chat_a_minute)
    parts = assemble(db, now, rasa, {CHANNEL: telegram.deliver}, {CHANNEL: pace}, budget)
    receiver = Receiver(telegram, db, parts.handler.take, now)
    clock = clock_of(parts)
    door = _door(given, db, now, clock, receiver)
    await _left_over(parts)
    await parts.windows()
    settle()
    clock.start()
    tasks = [asyncio.create_task(parts.sender.run()), asyncio.create_task(_receive(given, telegram, receiver)),
             asyncio.create_task(door.serve()), asyncio.create_task(_offer_commands(telegram))]  # fmt: skip
    print(
        f"Ingit answers on Telegram. {'Webhook' if given.webhook_url else 'Long polling'}; Ctrl-C ends it.", flush=True
    )
    broken = await _told_to_stop(tasks)
    clock.stop()
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await parts.handler.stop()
    await telegram.close()
    if broken is not None:
        raise broken


async def _left_over(parts: Parts) -> None:
    """What a former process received and did not answer; waits for the database if it must."""
    while True:
        try:
            return await parts.handler.left_over()
        except DatabaseAway:
            await asyncio.sleep(1)


async def _receive(given: Settings, telegram: Telegram, receiver: Receiver) -> None:
    if not given.webhook_url:
        return await receiver.poll()
    assert given.webhook_secret is not None
    while True:
        try:
            await telegram.use_webhook(
                given.webhook_url.rstrip("/") + WEBHOOK_PATH, given.webhook_secret.get_secret_value()
            )
            return None
        except LineDown as error:
            log.warning("webhook_not_set", reason=str(error))
            await asyncio.sleep(error.seconds or 5)


async def _offer_commands(telegram: Telegram) -> None:
    about = {command: texts()[f"command.{command}"] for command in COMMANDS}
    with suppress(LineDown):
        await telegram.offer_commands({command: wording.bn for command, wording in about.items()})
        await telegram.offer_commands({command: wording.en for command, wording in about.items()}, "en")


def _door(given: Settings, db: Database, now: Now, clock: Clock, receiver: Receiver) -> Server:
    if given.webhook_url and not given.webhook_secret:
        raise BadSetting("WEBHOOK_SECRET is missing: with WEBHOOK_URL, choose one of 1-256 letters, digits, _ and -.")

    async def health() -> Mapping[str, bool]:
        try:
            await db.read(outbox.next_due)
        except DatabaseAway:
            return {"database": False, "clock": not clock.still()}
        return {"database": True, "clock": not clock.still()}

    secret = given.webhook_secret.get_secret_value() if given.webhook_secret else ""
    keep = receiver.keep if given.webhook_url else None
    host = "0.0.0.0" if given.webhook_url else "127.0.0.1"
    _must_be_free(host, given.port)
    return server(app(health, keep, secret, look=partial(gauges.look, db, now)), host, given.port)


def _must_be_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise BadSetting(f"PORT: {port} is taken by another program; choose another.") from None


async def _told_to_stop(tasks: list[asyncio.Task[None]]) -> BaseException | None:
    """Waits for SIGINT or SIGTERM (None), or for a part that dies: then its error, so that the process ends with it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    stopped = asyncio.create_task(stop.wait())
    running: set[asyncio.Task[Any]] = {stopped, *tasks}
    while stopped in running:
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                log.error("a_part_died", error=type(error).__name__)
                stopped.cancel()
                return error
    return None
