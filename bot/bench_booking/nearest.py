"""How long it takes to say which health centres nearby have a doctor free, in a state of the true size."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import date, timedelta
from datetime import time as clock
from typing import Any

from sqlalchemy import select

from storage.demo.state import PROPORTIONS, fill
from storage.migrate import migrate
from storage.nearest import nearest_free
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Spoke
from storage.zone import at

HUBS, SPOKES, CONSULTATIONS = 63, 11_000, 80_000
DAY = date(2026, 11, 24)
WANTED = 5
AWAY = 0.2
"""Degrees that somebody may be from the spoke they are drawn from: about 20 km."""


def measure_nearest(url: str, times: int, seed: int = 1) -> dict[str, Any]:
    """People all over the state, of all specialties, one after the other, through `db.read` as the service asks."""
    migrate(url)
    db = Database(url, Keyring(new_key("bench")))
    try:
        rows = fill(db, HUBS, SPOKES, CONSULTATIONS, DAY)
        db.call(lambda s: s.exec_driver_sql("ANALYZE"))  # as autovacuum does within a minute
        took, short = asyncio.run(_ask(db, times, random.Random(seed)))
    finally:
        db.close()
    ordered = sorted(took)
    return {
        "asked": times, "found_fewer_than_wanted": short, "spokes": rows["spoke"], "windows": rows["window"],
        "p50_ms": _ms(ordered[len(ordered) // 2]), "p99_ms": _ms(ordered[int(0.99 * len(ordered))]),
        "worst_ms": _ms(ordered[-1]),
    }  # fmt: skip


async def _ask(db: Database, times: int, chance: random.Random) -> tuple[list[float], int]:
    there = await db.read(lambda s: [tuple(row) for row in s.execute(select(Spoke.lat, Spoke.lon).order_by(Spoke.id))])
    after, took, short = at(DAY, clock(8)), [], 0
    for number in range(times + 1):
        lat, lon = (value + chance.uniform(-AWAY, AWAY) for value in chance.choice(there))
        specialty = chance.choices(list(PROPORTIONS), list(PROPORTIONS.values()))[0]
        began = time.perf_counter()
        found = await db.read(nearest_free, lat, lon, specialty, after, after + timedelta(days=1), WANTED)
        if number:  # the first one opens the connection
            took.append(time.perf_counter() - began)
            short += len(found) < WANTED
    return took, short


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
