"""How long it takes to say which health centres nearby have a doctor free, in a state of the true size."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from bot.bench_places import nearest_timed
from storage.demo.state import fill
from storage.migrate import migrate
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.zone import at

HUBS, SPOKES, CONSULTATIONS = 63, 11_000, 80_000
DAY = date(2026, 11, 24)


def measure_nearest(url: str, times: int) -> dict[str, Any]:
    """People near spokes all over the state, one after the other; the database knows its own statistics."""
    migrate(url)
    db = Database(url, Keyring(new_key("bench")))
    try:
        rows = fill(db, HUBS, SPOKES, CONSULTATIONS, DAY)
        db.call(lambda s: s.exec_driver_sql("ANALYZE"))  # PostgreSQL's autovacuum does it within minutes
        return {"asked": times, "windows": rows["window"], **nearest_timed(db, at(DAY, time(8)), times=times)}
    finally:
        db.close()
