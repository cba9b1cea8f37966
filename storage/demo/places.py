"""The gazetteer that comes with the demonstration: real districts, sub-divisions, towns and blocks of West Bengal.

Written for this project; coordinates to about a kilometre (two decimals of a degree).
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
    often = Counter(row["name_en"] for row in found if row["kind"] != "district")
    return tuple(_known(row, alone=often[row["name_en"]] == 1) for row in found)


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


def slug(name: str) -> str:
    """A name as part of an id."""
    return name.lower().replace(" ", "-")


def _known(row: dict[str, str], alone: bool) -> Known:
    district, name = slug(row["district"]), slug(row["name_en"])
    place_id = f"district-{name}" if row["kind"] == "district" else name if alone else f"{name}-{district}"
    kind: Kind = row["kind"]  # type: ignore[assignment]
    other = tuple(filter(None, row["other"].split("|")))
    return Known(place_id, district, row["name_bn"], row["name_en"], kind, float(row["lat"]), float(row["lon"]), other)
