"""Builds the parts for each way to run the service, starts them, and ends them."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.channels import jsonl
from bot.channels.keyboard import typed_lines
from bot.evaluation.cases import Case
from bot.evaluation.triage import Figures, play
from bot.papers import paper
from bot.parts import Now, Parts, assemble
from bot.redact import keep_tokens_out_of_logs, redact_event, traceback_without_words
from bot.settings import ROOT, BadSetting, Settings, settings
from flows.findings import findings
from flows.phones import phones
from flows.protocol import protocols
from flows.texts import texts
from nlu.compile_lexicon import lexicon
from nlu.places import place_keys
from nlu.rasa_client import RasaClient
from nlu.reading import RasaReading
from storage import places
from storage.demo.load import load_demo
from storage.gazetteer.load import is_loaded, load_places
from storage.keys import keyring
from storage.migrate import migrate
from storage.session import Database

if TYPE_CHECKING:
    from bot.clock import Clock

RASA = ROOT / "nlu" / "rasa"
DATABASES = ("sqlite", "postgresql")
ANSWER_SECONDS, READING_SECONDS = 0.3, 2.0
"""Rasa's deadline in a conversation, and on the command line, where nobody waits for an answer."""
SEND_SECONDS, HOUSEKEEPING_SECONDS, PLACES_SECONDS, LISTS_SECONDS, WINDOWS_SECONDS = 1.0, 30.0, 20.0, 60.0, 3600.0
RETENTION_SECONDS = 3600.0
"""What is due on a day is deleted in its first hours, also by a process that is started anew every day."""


def open_database(given: Settings, url: str | None = None) -> Database:
    """The database of these settings, its schema brought up to date. Raises DatabaseAway, ValueError, UnsafeKeys."""
    address = url or given.database_url
    try:
        known = make_url(address).get_backend_name() in DATABASES
    except ArgumentError:
        known = False
    if not known:
        raise BadSetting(f"DATABASE_URL: cannot be {address!r}; write sqlite:///file.db or postgresql+psycopg://...")
    ring = keyring(given.ingit_keys.get_secret_value() if given.ingit_keys else None, given.ingit_var / "keys")
    migrate(address)
    return Database(address, ring)


def check_data() -> None:
    """Load every data file now, so that a fault in one is told at the start: raises BadData."""
    findings()
    protocols()
    texts()
    phones()
    lexicon()


def load_demonstration(url: str | None, if_empty: bool) -> Iterator[str]:
    """Load the demonstration; says what was done."""
    db = open_database(settings(), url)
    try:
        if if_empty and db.call(places.hubs):
            return
        counts = db.call(load_demo, Now()(), place_keys)
        yield "Demonstration (invented): " + ", ".join(f"{count} {table}" for table, count in counts.items())
    finally:
        db.close()


def load_gazetteer(url: str | None) -> Iterator[str]:
    """Load the places of the state; says what was done."""
    db = open_database(settings(), url)
    try:
        counts = db.call(load_places, place_keys)
        yield "Places of West Bengal: " + ", ".join(f"{count} new {table}" for table, count in counts.items())
    finally:
        db.close()


async def run_jsonl(url: str | None, at: datetime | None) -> None:
    """The JSON-lines channel until standard input ends. Rasa takes part only where NLU_URL names one."""
    _logs(to=None, level=logging.WARNING)
    given = settings()
    check_data()
    db = open_database(given, url)
    now = Now(at)
    _furnish(db, now)
    client = RasaClient(given.nlu_url) if given.nlu_url else None
    channel = jsonl.JsonLines(paper, given.ingit_var / "documents")
    parts = assemble(db, now, client, {jsonl.CHANNEL: channel.deliver})
    channel.attach(parts)
    await parts.handler.left_over()
    try:
        await channel.serve(typed_lines())
    finally:
        await parts.handler.stop()
        db.close()


async def run_terminal(role: str, url: str | None, at: datetime | None) -> None:
    """The conversation in the terminal; Rasa loads beside it."""
    from bot.channels import terminal

    given = settings()
    _logs(to=given.ingit_var / "ingit.log")
    check_data()
    db = open_database(given, url)
    now = Now(at)
    _furnish(db, now)
    screen = terminal.Terminal(paper, given.ingit_var / "documents")
    async with _rasa(given) as client:
        parts = assemble(db, now, client, {terminal.CHANNEL: screen.deliver})
        who = await _as_role(db, role, terminal.CHANNEL, now())
        background = [asyncio.create_task(parts.sender.run())]
        clock = _clock(parts)
        clock.start()
        await parts.windows()
        try:
            await screen.talk(parts, who)
        finally:
            clock.stop()
            await _end(background)
            await parts.handler.stop()
            db.close()


async def run_service(given: Settings) -> None:
    """Telegram, by long polling or webhook, until the process is told to stop."""
    from bot.telegram_service import serve

    _logs(to=None)
    check_data()
    db = open_database(given)
    _furnish(db, Now())
    async with _rasa(given) as client:
        await serve(given, db, Now(), client, _clock)
    db.close()


def _furnish(db: Database, now: Now) -> None:
    """An empty database gets the demonstration, so that there is something to book; a filled one its gazetteer."""
    if not db.call(places.hubs):
        db.call(load_demo, now(), place_keys)
    elif not db.call(is_loaded):
        db.call(load_places, place_keys)


async def _as_role(db: Database, role: str, channel: str, now: datetime) -> str:
    if role != "patient":
        from bot.enrol import enrol_demo

        await db.run(enrol_demo, role, f"{channel}:{role}", now)
    return role


def _clock(parts: Parts) -> Clock:
    from bot.clock import Clock, Tick

    async def housekeeping() -> None:
        await parts.housekeeping()

    async def send() -> None:
        parts.sender.wake()

    async def places() -> None:
        await parts.places()

    async def lists() -> None:
        await parts.lists()

    async def windows() -> None:
        await parts.windows()

    async def retention() -> None:
        await parts.retention()

    ticks = (Tick("send what is due", SEND_SECONDS, send), Tick("expire", HOUSEKEEPING_SECONDS, housekeeping),
             Tick("places", PLACES_SECONDS, places), Tick("lists for staff", LISTS_SECONDS, lists),
             Tick("make windows", WINDOWS_SECONDS, windows),
             Tick("delete what is due", RETENTION_SECONDS, retention))  # fmt: skip
    return Clock(ticks)


@asynccontextmanager
async def _rasa(given: Settings, wait: bool = False) -> AsyncIterator[RasaClient]:
    """A client of the Rasa server named, or of a child of this process that loads in the background (`wait`: first)."""
    from bot.rasa_child import RasaChild

    child = None if given.nlu_url else RasaChild(RASA, output=given.ingit_var / "rasa.log")
    client = RasaClient(
        given.nlu_url or (lambda: child.url if child else ""), READING_SECONDS if wait else ANSWER_SECONDS
    )
    if child is not None:
        await child.start()
        if child.problem:
            print(child.problem, file=sys.stderr)
        elif wait:
            await child.ready()
    try:
        yield client
    finally:
        await client.close()
        if child is not None:
            await child.stop()


@contextmanager
def rasa_for_reading() -> Iterator[Callable[[str], RasaReading | None]]:
    """Rasa's reading of a text, for the command line: waits until the server has loaded."""
    _logs(to=None, level=logging.WARNING)
    with asyncio.Runner() as runner:
        kept = _rasa(settings(), wait=True)
        client = runner.run(kept.__aenter__())
        try:
            yield lambda text: runner.run(client.parse(text))
        finally:
            runner.run(kept.__aexit__(None, None, None))


async def play_cases(cases: list[Case], with_rasa: bool) -> Figures:
    """Cases through the whole conversation, with Rasa reading along or by the words alone."""
    _logs(to=None, level=logging.WARNING)
    check_data()
    if not with_rasa:
        return await play(cases)
    async with _rasa(settings(), wait=True) as client:
        return await play(cases, client)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


def _logs(to: Path | None, level: int = logging.INFO) -> None:
    """Logs hold ids, never words or names; to standard error, or to a file where the screen is a conversation."""
    keep_tokens_out_of_logs()
    out = None
    if to is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        out = to.open("a", encoding="utf-8")
    stream = out or sys.stderr
    logging.basicConfig(level=logging.WARNING, stream=stream)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"),
                    traceback_without_words, redact_event, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )  # fmt: skip
