"""The demonstration, put into the database on top of the gazetteer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from storage.demo.make import demonstration
from storage.gazetteer.load import Keys, add, load_places
from storage.rosters import make_windows
from storage.tables import Doctor, Hub, Roster, Spoke
from storage.zone import day_of

DAYS = 28
"""How far ahead there are windows at first."""


def load_demo(s: Connection, now: datetime, keys: Keys) -> dict[str, int]:
    """Puts in what is not there yet, with the windows of the next 28 days; says how many rows of each table are new.

    A second call on the same day changes nothing.
    """
    made = demonstration()
    return {
        **load_places(s, keys),
        "hubs": add(s, Hub, made.hubs),
        "spokes": add(s, Spoke, made.spokes),
        "doctors": add(s, Doctor, made.doctors),
        "rosters": add(s, Roster, made.rosters),
        "sessions": make_windows(s, day_of(now), DAYS),
    }
