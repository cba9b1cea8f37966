"""Sending: claim, words, request and mark; the rate kept; a reply among ten thousand reminders; memory; the clock."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bot.bench_notices.planning import batches, reminder
from bot.channels.telegram import Telegram
from bot.delivery import Delivered, Letter, Outcome
from bot.pace import Pace
from bot.parts import Parts, assemble
from bot.settings import ROOT
from flows.heard import Language
from storage import outbox
from storage.migrate import migrate
from storage.outbox import REPLY, Notice
from storage.sealed import Keyring, new_key
from storage.session import Database

TOKEN = "1:bench"
RATE = 30
REPLIES = 15


class Unlimited(Pace):
    """No limit: what the sender itself can do."""

    async def take(self, chat: str | None, can_wait: bool = False) -> str | float:
        """At once."""
        return ""


_BEGAN = datetime.now(UTC)
_MORNING = _BEGAN.replace(hour=4, minute=30)


def now() -> datetime:
    """The time, as if it had been ten in the morning in Kolkata when this began: in the quiet hours reminders wait."""
    return datetime.now(UTC) + (_MORNING - _BEGAN)


def _due_now(number: int) -> Notice:
    """A reminder of a kind that needs no booking."""
    return replace(reminder(number), kind="medicine_ends", about=None, due=now(), expires_at=None)


@asynccontextmanager
async def sender(url: str, reminders: int, pace: type[Pace] = Pace) -> AsyncIterator[tuple[Parts, str]]:
    """The parts on a fresh database with so many reminders due, their sender not yet running; the server's address."""
    migrate(url)
    db = Database(url, Keyring(new_key("bench")))
    about = (_due_now(n) for n in range(reminders))
    for some in batches(about):
        await db.run(outbox.plan, some, now())
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench_notices.answering", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    address = f"http://127.0.0.1:{int(await server.stdout.readline())}"
    kept = pace(db, now, RATE)
    telegram = Telegram(TOKEN, kept, _no_documents, address)
    try:
        yield assemble(db, now, None, {"tg": telegram.deliver}, {"tg": kept}), address  # type: ignore[arg-type]
    finally:
        await telegram.close()
        server.kill()
        await server.wait()
        db.close()


async def unlimited(url: str, notices: int) -> dict[str, Any]:
    """Notices a second of one process, against a server that answers at once; the control only makes the requests."""
    async with sender(url, notices, Unlimited) as (parts, address):
        began = time.perf_counter()
        await parts.sender.drain()
        took = time.perf_counter() - began
        sent = (await parts.db.read(outbox.counts))["sent"]
        bare = Telegram(TOKEN, Unlimited(parts.db, now), _no_documents, address)
        began = time.perf_counter()
        await _bare(bare, notices)
        alone = time.perf_counter() - began
        await bare.close()
    return {"sent": sent, "a_second": round(sent / took), "requests_alone_a_second": round(notices / alone)}


async def _bare(telegram: Telegram, number: int) -> None:
    left = iter(range(number))

    async def one() -> None:
        for n in left:
            await telegram.deliver(Letter(f"tg:{n}", "bn", "হ্যাঁ", "হ্যাঁ"))

    await asyncio.gather(*(one() for _ in range(8)))


async def limited(url: str, seconds: int) -> dict[str, Any]:
    """With the limit on: how much of it is kept over so many seconds, by the server's clock."""
    async with sender(url, RATE * seconds * 2) as (parts, address), _running(parts):
        await asyncio.sleep(seconds + 1.5)
        times = [at for at, _ in await _record(address)]
    within = [at for at in times if at < times[0] + seconds]
    return {"seconds": seconds, "kept_a_second": round(len(within) / seconds, 2), "busiest_second": _busiest(within)}


async def overtaking(url: str, reminders: int) -> dict[str, Any]:
    """From a reply's commit to its arrival, while so many reminders wait and the rate is used up; beside a reminder.

    The control is a reply that has to stand at the end, as in a queue without priorities.
    """
    async with sender(url, reminders) as (parts, address), _running(parts):
        await asyncio.sleep(2)
        took = [await _reply(parts, address, n) for n in range(REPLIES)]
    took.sort()
    return {
        "reminders_waiting": reminders, "replies": len(took), "p50_ms": round(1000 * took[len(took) // 2]),
        "worst_ms": round(1000 * took[-1]), "in_line_seconds": round(reminders / RATE),
    }  # fmt: skip


async def _reply(parts: Parts, address: str, n: int) -> float:
    chat = str(10_000_000 + n)
    said = replace(_due_now(0), chat=f"tg:{chat}", priority=REPLY, key=f"reply:{n}")
    await parts.db.run(outbox.put, [said], now())
    put = time.time()
    parts.sender.wake()
    while True:
        for at, came in await _record(address):
            if came == chat:
                return at - put
        await asyncio.sleep(0.02)


async def memory(url: str, notices: int) -> dict[str, Any]:
    """Resident memory after a tenth of so many notices, and after all; words made, nothing sent over the network."""

    async def swallow(letter: Letter) -> Outcome:
        return Delivered()

    migrate(url)
    db = Database(url, Keyring(new_key("bench")))
    parts = assemble(db, now, None, {"tg": swallow})  # type: ignore[arg-type]
    found = []
    for share in range(10):
        some = (_due_now(n) for n in range(notices // 10))
        for batch in batches(replace(one, key=f"{share}:{one.key}") for one in some):
            await db.run(outbox.plan, batch, now())
        await parts.sender.drain()
        gc.collect()
        found.append(_resident_mb())
    db.close()
    return {"notices": notices, "mb_after_a_tenth": found[0], "mb_after_all": found[-1]}


async def clock(url: str, reminders: int) -> dict[str, Any]:
    """The longest that the event loop stood still in the clock's own work, over a database with so many waiting."""
    async with sender(url, reminders) as (parts, _):
        idle = await _longest_stall(asyncio.sleep(1.0))
        work = await _longest_stall(_ticks(parts))
    return {"reminders_waiting": reminders, "longest_stall_ms": work, "idle_loop_ms": idle}


async def _ticks(parts: Parts) -> None:
    for _ in range(5):
        await parts.housekeeping()
        await parts.places()
        await parts.windows()


async def _longest_stall(work: Any) -> float:
    """Milliseconds."""
    longest, done = 0.0, asyncio.ensure_future(work)
    while not done.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began - 0.001)
    await done
    return round(1000 * longest, 1)


@asynccontextmanager
async def _running(parts: Parts) -> AsyncIterator[None]:
    task = asyncio.create_task(parts.sender.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _record(address: str) -> list[tuple[float, str]]:
    """What came since it was last asked."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{address}/record")
        return [(at, chat) for at, chat in answer.json()]


def _busiest(times: list[float]) -> int:
    return max(sum(1 for other in times if one <= other < one + 1.0) for one in times)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def _no_documents(lang: Language, document: Mapping[str, Any]) -> tuple[str, bytes, str]:
    raise AssertionError("no notice of the measurement has a document")
