"""The gazetteer, put into the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from storage.columns import Table
from storage.dialect import insert_new
from storage.gazetteer.offices import Office, offices
from storage.gazetteer.places import Known, districts, named
from storage.tables import District, Place, PlaceKey

Keys = Callable[[str], Iterable[str]]
"""A name -> the keys under which it is looked up."""


def load_places(s: Connection, keys: Keys) -> dict[str, int]:
    """Puts in the districts, places, post offices and their keys; says how many rows of each table are new.

    Safe to repeat. A place that is known already is left as it is, but gets the keys it has not.
    """
    return {
        "districts": add_districts(s),
        "places": add(s, Place, [*map(_place, named()), *map(_office, offices())]),
        "place_keys": add(s, PlaceKey, list(_place_keys(keys))),
    }


def is_loaded(s: Connection) -> bool:
    """Whether there are any places."""
    return s.execute(select(Place.id).limit(1)).first() is not None


def add_districts(s: Connection) -> int:
    """The districts of the state; how many are new."""
    return add(s, District, [_district(slug) for slug in districts()])


def add(s: Connection, table: type[Table], rows: Sequence[dict[str, Any]]) -> int:
    """How many of the rows were new. Counted, because PostgreSQL's driver does not say it of many."""
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


def _office(office: Office) -> dict[str, Any]:
    return {
        "id": office.id,
        "name_bn": None,
        "name_en": office.name,
        "kind": "post_office",
        "district_id": office.district,
        "block": office.head,
        "pin": office.pin,
        "lat": office.lat,
        "lon": office.lon,
        "invented": False,
    }


def _place_keys(keys: Keys) -> Iterator[dict[str, str]]:
    """A place stands once under each key, however many of its spellings share it."""
    spelt = [(place.id, name) for place in named() for name in place.spellings]
    spelt += [(office.id, office.name) for office in offices()]
    for key, place_id in {(key, id): None for id, name in spelt for key in keys(name) if key}:
        yield {"key": key, "place_id": place_id}
