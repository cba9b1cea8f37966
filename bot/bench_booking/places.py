"""How long it takes to say where: a place by its name, and the centres nearby with a doctor free; at the true size."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as hour
from statistics import quantiles
from typing import Any

from sqlalchemy import Connection, func, select

from bot.perform_places import look_up
from nlu.places import place_keys
from storage.demo.state import fill
from storage.gazetteer.load import load_places
from storage.migrate import migrate
from storage.nearest import nearest_free
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Place, Spoke
from storage.zone import at

HUBS, SPOKES, CONSULTATIONS = 63, 11_000, 80_000
DAY = date(2026, 11, 24)
SOMEWHERE_NEAR = 0.05
"""Degrees (5 km) around a spoke from which it is asked."""
SEED = 7


def measure_places(url: str, times: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The nearest spokes for people all over the state, and names of places; the database knows its statistics."""
    migrate(url)
    db = Database(url, Keyring(new_key("bench")))
    try:
        rows = fill(db, HUBS, SPOKES, CONSULTATIONS, DAY)
        db.call(load_places, place_keys)
        db.call(lambda s: s.exec_driver_sql("ANALYZE"))  # PostgreSQL's autovacuum does it within minutes
        near = nearest_timed(db, at(DAY, hour(8)), times=times)
        return {"asked": times, "windows": rows["window"], **near}, look_ups_timed(db, times)
    finally:
        db.close()


def nearest_timed(
    db: Database, now: datetime, specialty: str = "general_medicine", days: int = 7, times: int = 500
) -> dict[str, float]:
    """The nearest five spokes with a free window, asked from near spokes drawn by lot: milliseconds, and how many."""
    drawn = random.Random(SEED)

    def near(at: Any) -> Callable[[Connection], object]:
        lat, lon = (round(value + drawn.uniform(-SOMEWHERE_NEAR, SOMEWHERE_NEAR), 5) for value in at)
        until = now + timedelta(days=days)
        return lambda s: nearest_free(s, lat, lon, specialty, now, until)

    spokes = db.call(lambda s: s.execute(select(Spoke.lat, Spoke.lon).order_by(Spoke.id)).all())
    asked = [near(drawn.choice(spokes)) for _ in range(times)]
    return {"spokes": float(len(spokes)), **db.call(_timed, asked)}


def look_ups_timed(db: Database, times: int = 500) -> dict[str, float]:
    """Names of places looked up as they are written: milliseconds, and how many places there are."""
    drawn = random.Random(SEED)
    names = db.call(lambda s: list(s.scalars(select(func.coalesce(Place.name_bn, Place.name_en)).order_by(Place.id))))
    asked = [lambda s, text=drawn.choice(names): look_up(s, text) for _ in range(times)]
    return {"places": float(len(names)), **db.call(_timed, asked)}


def _timed(s: Connection, asked: Sequence[Callable[[Connection], object]]) -> dict[str, float]:
    asked[0](s)  # compiles the statements
    took = []
    for one in asked:
        begun = time.perf_counter()
        one(s)
        took.append((time.perf_counter() - begun) * 1000)
    parts = quantiles(took, n=100)
    return {"p50_ms": round(parts[49], 2), "p99_ms": round(parts[98], 2), "worst_ms": round(max(took), 2)}
