"""The gazetteer that comes with the demonstration: real districts, sub-divisions, towns and blocks of West Bengal.

Written for this project; coordinates to about a kilometre (two decimals of a degree).
"""

from __future__ import annotations

import csv
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
        return tuple(_known(row) for row in csv.DictReader(rows))


@cache
def districts() -> dict[str, Known]:
    """The districts by slug."""
    return {place.district: place for place in places() if place.kind == "district"}


def slug(name: str) -> str:
    """A name as part of an id."""
    return name.lower().replace(" ", "-")


def _known(row: dict[str, str]) -> Known:
    district = slug(row["district"])
    place_id = f"district-{district}" if row["kind"] == "district" else f"{district}-{slug(row['name_en'])}"
    kind: Kind = row["kind"]  # type: ignore[assignment]
    other = tuple(filter(None, row["other"].split("|")))
    return Known(place_id, district, row["name_bn"], row["name_en"], kind, float(row["lat"]), float(row["lon"]), other)
