"""Districts, sub-divisions, blocks and towns of West Bengal, with their Bengali names and other usual spellings.

Written for this project; a point is right to about a kilometre (two decimals of a degree). Sources: docs/places.md.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).parent / "places.csv"

Kind = Literal["district", "subdivision", "town", "block"]


@dataclass(frozen=True)
class Known:
    """A place of the file. `other`: further spellings in either script."""

    id: str
    district: str  # slug: "purba-bardhaman"
    name_bn: str
    name_en: str
    kind: Kind
    lat: float
    lon: float
    other: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way in which its name may be typed."""
        return self.name_bn, self.name_en, *self.other


@cache
def places() -> tuple[Known, ...]:
    """Every place of the file, district by district, the district itself first, then its chief town."""
    with FILE.open(encoding="utf-8", newline="") as rows:
        found = list(csv.DictReader(rows))
    seats = {(row["district"], row["name_en"]) for row in found if row["kind"] in ("subdivision", "town")}
    ids = {
        at: slug(row["name_en"]) + ("-block" if (row["district"], row["name_en"]) in seats else "")
        if row["kind"] == "block"
        else slug(row["name_en"])
        for at, row in enumerate(found)
    }
    often = Counter(id for at, id in ids.items() if found[at]["kind"] != "district")
    return tuple(_known(row, ids[at], alone=often[ids[at]] == 1) for at, row in enumerate(found))


@cache
def districts() -> dict[str, Known]:
    """The districts by slug."""
    return {place.district: place for place in places() if place.kind == "district"}


def named() -> tuple[Known, ...]:
    """What people may mean by a name. A district called as its chief town is left out: they mean the town."""
    towns = {(place.district, place.name_en) for place in places() if place.kind == "subdivision"}
    return tuple(
        place for place in places() if place.kind != "district" or (place.district, place.name_en) not in towns
    )


def seats() -> tuple[Known, ...]:
    """The places but for districts, and for blocks that bear the name of a town they are governed from."""
    return tuple(place for place in places() if place.kind != "district" and not place.id.endswith("-block"))


def seat(district: str, name: str) -> Known | None:
    """The town, sub-division or block of this district (its slug) with this name or other spelling."""
    return _seats_by_name().get((district, slug(name)))


@cache
def _seats_by_name() -> dict[tuple[str, str], Known]:
    spelt = [(place, name) for place in seats() for name in (*place.other, place.name_en)]
    return {(place.district, slug(name)): place for place, name in spelt}


def slug(name: str) -> str:
    """A name as part of an id."""
    return name.lower().replace(" ", "-")


def _known(row: dict[str, str], id: str, alone: bool) -> Known:
    district = slug(row["district"])
    place_id = f"district-{id}" if row["kind"] == "district" else id if alone else f"{id}-{district}"
    kind: Kind = row["kind"]  # type: ignore[assignment]
    other = tuple(filter(None, row["other"].split("|")))
    return Known(place_id, district, row["name_bn"], row["name_en"], kind, float(row["lat"]), float(row["lon"]), other)
