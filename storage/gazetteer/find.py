"""From the keys of what was typed to the places it may mean, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, select

from storage.distance import kilometres
from storage.records import Place as Known
from storage.tables import District, Place, PlaceKey

KINDS = ("district", "subdivision", "town", "block", "post_office", "village")
"""Of places that fit a name equally well, the larger first."""
SAME_KM = 5.0
"""Places of one name that lie no further apart are one: a town and its post office."""
SAME_SEAT_KM = 15.0
"""The same within a district of a town and the block, sub-division or further post office that is called after it."""
NEAR_KM = {"subdivision": 60.0, "town": 20.0, "block": 25.0, "post_office": 12.0, "village": 12.0}
"""How far from a place's middle something lies that is said to be in or near it."""

BARE = 1
"""The last of the tiers that hold what was written: as it stands, and without a case ending."""
LONG = 4

PLACE = (
    Place.id, Place.name_bn, Place.name_en, Place.kind, Place.block, Place.pin, Place.lat, Place.lon, District.id,
    District.name_bn, District.name_en,
)  # fmt: skip


class Stretch(Protocol):
    """Words in a row, from `at` to before `end`, with the keys they may be known under, the surest tier first."""

    @property
    def at(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def tiers(self) -> Sequence[Sequence[str]]: ...


@dataclass(frozen=True)
class _Part:
    """A part of what was typed, read as a name: the places that it may be, each with the keys it was found by."""

    at: int
    end: int
    tier: int
    places: dict[str, Known]
    keys: dict[str, frozenset[str]]

    @property
    def listed(self) -> bool:
        """Whether it is more than a post office's name."""
        return any(place.kind not in ("post_office", "village") for place in self.places.values())


def find_places(s: Connection, typed: Sequence[Stretch]) -> list[Known]:
    """The places that were meant, likeliest first: several where a name is several places'. Each place once.

    "Rampur, Birbhum" means the Rampurs of Birbhum; in "Kalna, Bardhaman" the district or its town says where the other
    lies. Beside the name of a town or block, a word that only a post office has is taken for an ordinary one.
    """
    parts = _parts(s, typed)
    if not parts:
        return []
    within = _within(parts)
    if within:
        return within
    telling = [part for part in parts if part.listed] or parts
    return [place for part in telling for place in _once(part.places.values(), part)]


def of_pin(s: Connection, pin: str) -> list[Known]:
    """The post offices of a PIN code, the one that delivers first."""
    found = _places().where(Place.pin == pin).order_by(Place.block.is_not(None), Place.id)
    return [Known(*row) for row in s.execute(found)]


def place(s: Connection, id: str) -> Known | None:
    """The place of this id, if there is one."""
    row = s.execute(_places().where(Place.id == id)).first()
    return Known(*row) if row else None


def _places() -> Any:
    return select(*PLACE).join(District, District.id == Place.district_id)


def _parts(s: Connection, typed: Sequence[Stretch]) -> list[_Part]:
    """What was typed, cut into names: the longer and the surer first, none over another."""
    wanted = list(dict.fromkeys(key for stretch in typed for tier in stretch.tiers for key in tier))
    if not wanted:
        return []
    rows = s.execute(
        select(PlaceKey.key, *PLACE)
        .join(Place, Place.id == PlaceKey.place_id)
        .join(District, District.id == Place.district_id)
        .where(PlaceKey.key.in_(wanted))
    )
    by_key: dict[str, list[Known]] = {}
    for key, *row in rows:
        by_key.setdefault(key, []).append(Known(*row))
    words = max(stretch.end for stretch in typed)
    readings = [part for stretch in typed if (part := _read(stretch, by_key)) and _counts(part, words)]
    kept: list[_Part] = []
    for part in sorted(readings, key=lambda one: (one.at - one.end, one.tier)):
        if all(part.end <= other.at or other.end <= part.at for other in kept):
            kept.append(part)
    return sorted(kept, key=lambda part: part.at)


def _counts(part: _Part, words: int) -> bool:
    """Whether a part of so many words is a name: what only a post office has is one alone, or by a long sure key."""
    if part.listed or part.end - part.at == words:
        return True
    return part.tier <= BARE and any(len(key) >= LONG for keys in part.keys.values() for key in keys)


def _read(stretch: Stretch, by_key: dict[str, list[Known]]) -> _Part | None:
    """The stretch by its surest tier that is known; where that holds post offices alone, also towns of later tiers."""
    part: _Part | None = None
    for tier, keys in enumerate(stretch.tiers):
        found = [(key, place) for key in keys for place in by_key.get(key, ())]
        if part is not None:
            found = [(key, place) for key, place in found if place.kind not in ("post_office", "village")]
        if not found:
            continue
        places = (part.places if part else {}) | {place.id: place for _, place in found}
        by_place: dict[str, set[str]] = {id: set(keys) for id, keys in (part.keys if part else {}).items()}
        for key, place in found:
            by_place.setdefault(place.id, set()).add(key)
        surest = part.tier if part else tier
        part = _Part(stretch.at, stretch.end, surest, places, {id: frozenset(keys) for id, keys in by_place.items()})
        if part.listed:
            break
    return part


def _within(parts: list[_Part]) -> list[Known]:
    """The places of one part that lie in what the others name, the smallest sort of place first."""
    for around in (parts, [part for part in parts if part.listed]):
        for part in sorted(parts, key=_breadth):
            others = [other for other in around if other is not part]
            inside = [
                place
                for place in part.places.values()
                if others and all(any(_lies_in(place, area) for area in other.places.values()) for other in others)
            ]
            if inside:
                return _once(inside, part)
    return []


def _breadth(part: _Part) -> tuple[int, int]:
    """How much a name covers at least: a place 0, a sub-division 1, a district or the town it is called after 2."""
    return min(_covers(place) for place in part.places.values()), part.at


def _covers(place: Known) -> int:
    if place.kind == "district" or place.name_en in place.district_en:
        return 2
    return 1 if place.kind == "subdivision" else 0


def _lies_in(inner: Known, outer: Known) -> bool:
    """Whether `outer`, said beside `inner`, says where it lies: its district, or a place it is near."""
    if inner.id == outer.id or (_covers(inner), KINDS.index(outer.kind)) > (_covers(outer), KINDS.index(inner.kind)):
        return False
    if outer.name_en in inner.district_en or (outer.kind == "district" and outer.district_id == inner.district_id):
        return True
    return _km(inner, outer) <= NEAR_KM.get(outer.kind, 0.0)


def _once(found: Iterable[Known], part: _Part) -> list[Known]:
    """Larger places first; without those that are the same place under another head."""
    kept: list[Known] = []
    for place in sorted(found, key=lambda one: (KINDS.index(one.kind), one.id)):
        if not any(part.keys[place.id] & part.keys[other.id] and _same(place, other) for other in kept):
            kept.append(place)
    return kept


def _same(one: Known, other: Known) -> bool:
    """Of two places with one name: whether they are one place."""
    apart = _km(one, other)
    of_a_seat = one.district_id == other.district_id and not {one.kind, other.kind} <= {"post_office", "village"}
    return apart <= (SAME_SEAT_KM if of_a_seat else SAME_KM)


def _km(one: Known, other: Known) -> float:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return float("inf")
    return kilometres(one.lat, one.lon, other.lat, other.lon)
