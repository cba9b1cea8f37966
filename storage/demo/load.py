"""The gazetteer and the demonstration, put into the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from storage.columns import Table
from storage.demo.make import demonstration
from storage.demo.places import districts, places
from storage.dialect import insert_new
from storage.tables import District, Doctor, Hub, Place, PlaceKey, Roster, Spoke

Keys = Callable[[str], Iterable[str]]
"""A name as typed -> the keys under which it is looked up."""


def load_demo(s: Connection, keys: Keys) -> dict[str, int]:
    """Puts in what is not there yet and says how many rows of each table are new; done twice, the second changes nothing."""
    made = demonstration()
    return {
        "districts": _add(s, District, [_district(slug) for slug in districts()]),
        "places": _add(s, Place, [_place(at) for at in range(len(places()))]),
        "place_keys": _add(s, PlaceKey, _place_keys(keys)),
        "hubs": _add(s, Hub, made.hubs),
        "spokes": _add(s, Spoke, made.spokes),
        "doctors": _add(s, Doctor, made.doctors),
        "rosters": _add(s, Roster, made.rosters),
    }


def _add(s: Connection, table: type[Table], rows: Sequence[dict[str, Any]]) -> int:
    return s.execute(insert_new(s, table), rows).rowcount


def _district(slug: str) -> dict[str, Any]:
    district = districts()[slug]
    return {"id": slug, "name_bn": district.name_bn, "name_en": district.name_en, "invented": False}


def _place(at: int) -> dict[str, Any]:
    place = places()[at]
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
    pairs = {(key, place.id): None for place in places() for name in place.spellings for key in keys(name) if key}
    return [{"key": key, "place_id": place_id} for key, place_id in pairs]
