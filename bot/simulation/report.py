"""What came of a simulated day: for people, as JSON, as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.documents.make import day_png
from bot.simulation.day import Played, Sample
from flows.reminders import ZONE

MANY_AT_ONCE = ("close", "move on", "tick")
"""Actions for many people in one transaction: nobody waits for their answer."""
BARS = 3
"""Slices that one bar of the picture holds: a quarter of an hour."""


def figures(
    played: Played, faults: dict[str, list[str]], asked: int, rows: dict[str, int], furnishing: float
) -> dict[str, Any]:
    """Everything as one JSON object; times in seconds or milliseconds as named."""
    counts = dict(played.counts)
    done = counts.pop("actions", 0)
    every = sorted(took for kind, some in played.took.items() if kind not in MANY_AT_ONCE for took in some)
    return {
        "asked": asked,
        "happened": counts,
        "refused": dict(played.refusals),
        "waiting_at_most": max((sample.waiting for sample in played.samples), default=0),
        "waiting_at_the_end": played.samples[-1].waiting if played.samples else 0,
        "actions": done,
        "seconds": round(played.seconds, 1),
        "actions_per_second": round(done / played.seconds) if played.seconds else 0,
        "worst_ms": _ms(every[-1]) if every else 0.0,
        "p99_ms": _ms(every[int(0.99 * len(every))]) if every else 0.0,
        "by_action": {kind: _spread(took) for kind, took in sorted(played.took.items())},
        "furnishing_seconds": round(furnishing, 1),
        "rows": rows,
        "invariants": {name: found or "holds" for name, found in faults.items()},
        "broken": sum(1 for found in faults.values() if found),
    }


def _spread(took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "times": len(ordered), "p50_ms": _ms(ordered[len(ordered) // 2]),
        "p99_ms": _ms(ordered[int(0.99 * len(ordered))]), "worst_ms": _ms(ordered[-1]),
    }  # fmt: skip


def as_json(found: dict[str, Any]) -> str:
    """One line."""
    return json.dumps(found)


def print_tables(found: dict[str, Any]) -> None:
    """For people: what happened, how fast, what holds."""
    console = Console()
    table = Table("what", "how many", title="The day")
    table.add_row("people who asked for a token", f"{found['asked']:,}")
    for name, times in found["happened"].items():
        table.add_row(name, f"{times:,}")
    for reason, times in found["refused"].items():
        table.add_row(f"refused: {reason}", f"{times:,}")
    table.add_row(
        "on the waiting list at most, at the end", f"{found['waiting_at_most']}, {found['waiting_at_the_end']}"
    )
    console.print(table)
    speed = Table("action", "times", "p50 ms", "p99 ms", "worst ms", title=_speed(found))
    for kind, values in found["by_action"].items():
        speed.add_row(kind, *(f"{value:,}" for value in values.values()))
    console.print(speed)
    held = Table("invariant", "", title="Checked by queries at the end")
    for name, faults in found["invariants"].items():
        held.add_row(name, faults if isinstance(faults, str) else "BROKEN: " + "; ".join(faults))
    console.print(held)


def _speed(found: dict[str, Any]) -> str:
    return (
        f"{found['actions']:,} actions in {found['seconds']:,} s: {found['actions_per_second']:,} a second, "
        f"p99 {found['p99_ms']} ms, worst {found['worst_ms']} ms (furnished in {found['furnishing_seconds']} s)"
    )


def save_plot(found: dict[str, Any], played: Played, path: Path) -> None:
    """Load and waiting over the day, as a PNG."""
    bars = [_bar(played.samples[first : first + BARS]) for first in range(0, len(played.samples), BARS)]
    title = f"A simulated day: {found['asked']:,} people ask for a token"
    path.write_bytes(day_png({"title": title, "foot": _speed(found), "bars": bars}))


def _bar(samples: list[Sample]) -> dict[str, Any]:
    begins = samples[0].at.astimezone(ZONE)
    return {
        "hour": begins.strftime("%H") if begins.minute < 5 * BARS else "",
        "booked": sum(sample.booked for sample in samples), "arrived": sum(sample.arrived for sample in samples),
        "waiting": max(sample.waiting for sample in samples),
        "worst_ms": round(max(sample.worst_ms for sample in samples), 1),
    }  # fmt: skip


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
