"""Processes that send and are killed: `python -m tests.faults.sending JSON`, the fields of `Told`.

PROCESSES real senders (forks of this one, so that they start at once) work on one outbox; every EVERY seconds or so one
of them, drawn by lot, is killed with SIGKILL and another takes its place. Ends when standard input does; prints how
many it killed and how many ended by themselves, which none should.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.channels.telegram import Telegram
from bot.hooks import HOOKS
from bot.pace import Pace
from bot.sender import Rules, Sender
from flows.heard import Language
from flows.texts import texts
from storage import outbox
from storage.sealed import Keyring
from storage.session import Database, DatabaseAway
from tests.botapi.server import TOKEN

RULES = Rules(lease=4.0, lease_margin=2.0, poll=0.2)
"""As in service, but that a dead sender's notices are free again after seconds: the trial is to see many kills."""
PATIENCE = 0.8


@dataclass(frozen=True)
class Told:
    """What is to be done; `every`: seconds, `ahead`: how far the senders' clock is ahead of the machine's, seconds."""

    url: str
    keys: str
    api: str
    processes: int
    rate: int
    every: float
    ahead: float


async def send(told: Told) -> None:
    """One sender, until it is killed."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=told.ahead)

    db = Database(told.url, Keyring(told.keys))
    pace = Pace(db, now, told.rate)
    telegram = Telegram(TOKEN, pace, _no_documents, told.api, patience=PATIENCE)
    sender = Sender(db, {"tg": telegram.deliver}, now, paces={"tg": pace}, hooks=HOOKS, rules=RULES)
    await asyncio.gather(sender.run(), _expire(db, now))


async def _expire(db: Database, now: Any) -> None:
    while True:
        with suppress(DatabaseAway):
            await db.run(outbox.expire, now())
        await asyncio.sleep(0.5)


def _no_documents(lang: Language, document: Mapping[str, Any]) -> tuple[str, bytes, str]:
    raise AssertionError("no notice of the trial has a document")


def in_a_fork(told: Told) -> int:
    """The process id of a sender."""
    if pid := os.fork():
        return pid
    try:
        asyncio.run(send(told))
    except BaseException as error:
        print(f"sender: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(1)


def ended(pid: int) -> bool:
    """Whether a sender ended by itself."""
    return os.waitpid(pid, os.WNOHANG)[0] != 0


def kill(pid: int) -> None:
    """SIGKILL, and wait."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def main() -> None:
    """Start, kill, start again, until standard input ends."""
    told = Told(**json.loads(sys.argv[1]))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    texts()
    lot, kills, died = random.Random(0), 0, 0
    senders = [in_a_fork(told) for _ in range(told.processes)]
    while not select.select([sys.stdin], [], [], lot.uniform(0.6, 1.4) * told.every)[0]:
        for at, pid in enumerate(senders):
            if ended(pid):
                died += 1
                senders[at] = in_a_fork(told)
        at = lot.randrange(told.processes)
        kill(senders[at])
        kills += 1
        senders[at] = in_a_fork(told)
    for pid in senders:
        kill(pid)
    print(json.dumps({"kills": kills, "died": died}))


if __name__ == "__main__":
    main()
