"""The gazetteer and the demonstration, put into the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from storage.columns import Table
from storage.demo.make import demonstration
from storage.demo.places import Known, districts, named
from storage.dialect import insert_new
from storage.rosters import make_windows
from storage.tables import District, Doctor, Hub, Place, PlaceKey, Roster, Spoke
from storage.zone import day_of

Keys = Callable[[str], Iterable[str]]
"""A name as typed -> the keys under which it is looked up."""


DAYS = 28
"""How far ahead there are windows at first."""


def load_demo(s: Connection, now: datetime, keys: Keys) -> dict[str, int]:
    """Puts in what is not there yet, with the windows of the next 28 days; says how many rows of each table are new.

    A second call on the same day changes nothing.
    """
    made = demonstration()
    return {
        "districts": add_districts(s),
        "places": _add(s, Place, [_place(place) for place in named()]),
        "place_keys": _add(s, PlaceKey, _place_keys(keys)),
        "hubs": _add(s, Hub, made.hubs),
        "spokes": _add(s, Spoke, made.spokes),
        "doctors": _add(s, Doctor, made.doctors),
        "rosters": _add(s, Roster, made.rosters),
        "sessions": make_windows(s, day_of(now), DAYS),
    }


def add_districts(s: Connection) -> int:
    """The districts of the state, which are real; how many are new."""
    return _add(s, District, [_district(slug) for slug in districts()])


def _add(s: Connection, table: type[Table], rows: Sequence[dict[str, Any]]) -> int:
    """Counted, because PostgreSQL's driver does not say how many rows of many stood there already."""
    count = select(func.count()).select_from(table)
    before = s.scalar(count) or 0
    s.execute(insert_new(s, table), rows)
    return (s.scalar(count) or 0) - before


def _district(slug: str) -> dict[str, Any]:
    district = districts()[slug]
    return {"id": slug, "name_bn": district.name_bn, "name_en": district.name_en, "invented": False}


def _place(place: Known) -> dict[str, Any]:
    return {
        "id": place.id,
        "name_bn": place.name_bn,
        "name_en": place.name_en,
        "kind": place.kind,
        "district_id": place.district,
        "block": place.name_en if place.kind == "block" else None,
        "pin": None,
        "lat": place.lat,
        "lon": place.lon,
        "invented": False,
    }


def _place_keys(keys: Keys) -> list[dict[str, str]]:
    """A place stands once under each key, however many of its spellings share it."""
    pairs = {(key, place.id): None for place in named() for name in place.spellings for key in keys(name) if key}
    return [{"key": key, "place_id": place_id} for key, place_id in pairs]
