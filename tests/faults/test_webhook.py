"""Killed while acknowledged updates stand unanswered: all are answered after the restart; once, also if sent again.

WEBHOOK_UPDATES sets how many (300 for the long run).
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from bot.settings import ROOT
from tests.botapi import faults
from tests.botapi.server import BotApi
from tests.driving import furnished
from tests.e2e.process import Process, free_port

UPDATES = int(os.environ.get("WEBHOOK_UPDATES", "24"))
SECRET = "a-secret_of-the-tests"


class Service(Protocol):
    """What can be started, killed and ended."""

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def end(self) -> None: ...


class Control:
    """The library's own way with a webhook."""

    def __init__(self, api: BotApi) -> None:
        self._command = [sys.executable, "-m", "tests.faults.ptb_webhook", api.url, str(free_port()), SECRET]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=os.environ.copy())

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server
    assert server.violations == []


def write(api: BotApi) -> list[tuple[int, dict[str, Any]]]:
    """Each of so many people writes once; the updates."""
    written = []
    for chat in range(1, UPDATES + 1):
        person = api.person(chat)
        person.started = True
        message = person.message_json(text="amar jor")
        written.append((api.update(message=message), message))
    return written


def answered(api: BotApi) -> int:
    """How many people have an answer."""
    return sum(1 for chat in range(1, UPDATES + 1) if api.person(chat).messages)


def killed_with_updates_standing(api: BotApi, service: Service) -> list[tuple[int, dict[str, Any]]]:
    """Starts it, lets everybody write, kills it when the last update is acknowledged; Telegram answers slowly."""
    api.fault(lambda method, params: faults.slow(1.0) if method.lower() == "sendmessage" else None)
    service.start()
    api.wait(lambda: api.updates.webhook.get("url"), timeout=60)
    written = write(api)
    api.wait(lambda: not api.updates.waiting, timeout=120)
    service.kill()
    time.sleep(1.5)  # what was being sent arrives
    assert answered(api) < UPDATES / 2, "too few stand: this would show nothing"
    api.no_faults()
    return written


def rows(database: Path) -> tuple[int, int]:
    """Of inbox and outbox."""
    with closing(sqlite3.connect(database)) as looked:
        return tuple(looked.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("inbox", "outbox"))  # type: ignore[return-value]


def test_what_was_acknowledged_is_answered_after_the_restart_and_once(api: BotApi, tmp_path: Path) -> None:
    database = furnished(tmp_path, datetime.now(UTC))
    service = Process(api.url, database, tmp_path, webhook_secret=SECRET)
    try:
        written = killed_with_updates_standing(api, service)
        standing = UPDATES - answered(api)
        service.start()
        api.wait(lambda: answered(api) == UPDATES, timeout=120)
        settled(lambda: rows(database))
        before = rows(database)
        for number, message in written:
            api.redeliver(number, message=message)
        api.wait(lambda: not api.updates.waiting, timeout=120)
        settled(lambda: rows(database))
        assert rows(database) == before and before[0] == UPDATES
        print(f"{standing} of {UPDATES} stood acknowledged and unanswered; all were answered")
    finally:
        service.end()


def test_control_with_the_library_alone_most_are_lost(api: BotApi) -> None:
    service = Control(api)
    try:
        killed_with_updates_standing(api, service)
        before = answered(api)
        service.start()
        time.sleep(5)
        person = api.person(UPDATES + 1)
        person.say("amar jor")
        person.wait_for("হ্যাঁ", timeout=60)
        assert answered(api) == before, "it has forgotten them"
        print(f"{UPDATES - before} of {UPDATES} acknowledged updates were lost")
    finally:
        service.end()


def settled(value: Callable[[], Any], still: float = 2.0) -> None:
    """Returns when it has been the same for so many seconds."""
    last, since = value(), time.monotonic()
    while time.monotonic() - since < still:
        time.sleep(0.1)
        if (new := value()) != last:
            last, since = new, time.monotonic()
