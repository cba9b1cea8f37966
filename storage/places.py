"""Where: hubs, spokes and named places, the nearest first as the crow flies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import cos, inf, radians
from typing import Any, TypeVar

from sqlalchemy import Connection, Double, Integer, bindparam, select

from storage.dialect import among, listed
from storage.distance import kilometres
from storage.gazetteer.find import place as find_place
from storage.prepared import Prepared
from storage.records import Hub as KnownHub
from storage.records import Place as Known
from storage.records import Spoke as KnownSpoke
from storage.records import Unknown
from storage.tables import Account, Doctor, Hub, Spoke

T = TypeVar("T")

KM_PER_DEGREE = 111.2
REACHES = (0.08, 0.25, 0.8, 2.5, 8.0)
"""Half the height of the box looked into, in degrees (9 km to 890 km); the next when one held too few."""

_SPOKE = (
    Spoke.id, Spoke.hub_id, Spoke.name_bn, Spoke.name_en, Spoke.district_id, Spoke.block, Spoke.address_bn,
    Spoke.address_en, Spoke.lat, Spoke.lon,
)  # fmt: skip
_HUB = (
    Hub.id, Hub.name_bn, Hub.name_en, Hub.kind, Hub.district_id, Hub.address_bn, Hub.address_en, Hub.phone, Hub.lat,
    Hub.lon, Hub.emergency,
)  # fmt: skip

_inside = (
    Spoke.lat.between(bindparam("south", type_=Double), bindparam("north", type_=Double)),
    Spoke.lon.between(bindparam("west", type_=Double), bindparam("east", type_=Double)),
)
_in_box = select(*_SPOKE).where(*_inside)
_BOX = Prepared(_in_box)
_BOX_OF_SPECIALTY = Prepared(
    _in_box.where(
        Spoke.hub_id.in_(select(Doctor.hub_id).where(Doctor.specialty == bindparam("of_specialty"), Doctor.active))
    )
)
_north, _east = Spoke.lat - bindparam("lat", type_=Double), Spoke.lon - bindparam("lon", type_=Double)
_narrower = _east * bindparam("narrow", type_=Double)
_OF_HUBS = Prepared(
    lambda dialect: (
        _in_box.where(among(dialect, Spoke.hub_id, "hubs"))
        .order_by(_north * _north + _narrower * _narrower)  # a flat earth: right to 1 % within the state
        .limit(bindparam("most", type_=Integer))
    )
)
_SPOKE_BY_ID = Prepared(select(*_SPOKE).where(Spoke.id == bindparam("of")))
_HUBS = Prepared(select(*_HUB).order_by(Hub.id))
_LAST_SPOKE = Prepared(
    select(*_SPOKE).join(Account, Account.spoke_id == Spoke.id).where(Account.chat == bindparam("of"))
)


def nearest_spokes(s: Connection, lat: float, lon: float, specialty: str | None, limit: int = 5) -> list[KnownSpoke]:
    """The spokes nearest to a point, with their distance; with a specialty, only of hubs that have a doctor of it."""
    near: list[KnownSpoke] = []
    for reach in REACHES:
        box = _box(lat, lon, reach)
        rows = _BOX_OF_SPECIALTY.rows(s, of_specialty=specialty, **box) if specialty else _BOX.rows(s, **box)
        near = _nearest(rows, lambda row: kilometres(lat, lon, row[8], row[9]), KnownSpoke, limit)
        if len(near) == limit and (near[-1].km or 0.0) <= reach * KM_PER_DEGREE:
            break  # nothing outside the box can be nearer than its edge
    return near


def nearest_of_hubs(
    s: Connection, lat: float, lon: float, hubs: Collection[str], limit: int = 5, within_km: float = inf
) -> list[KnownSpoke]:
    """The spokes of these hubs nearest to a point, with their distance, no further away than `within_km`."""
    if not hubs:
        return []
    here = {"lat": lat, "lon": lon, "narrow": cos(radians(lat)), "hubs": listed(s, hubs), "most": limit}
    near: list[KnownSpoke] = []
    for reach in _reaches(within_km):
        rows = _OF_HUBS.rows(s, **here, **_box(lat, lon, reach))
        near = _nearest(rows, lambda row: kilometres(lat, lon, row[8], row[9]), KnownSpoke, limit)
        if len(near) == limit and (near[-1].km or 0.0) <= reach * KM_PER_DEGREE:
            break
    return [spoke for spoke in near if (spoke.km or 0.0) <= within_km]


def _box(lat: float, lon: float, reach: float) -> dict[str, float]:
    wide = reach / max(0.2, cos(radians(lat)))
    return {"south": lat - reach, "north": lat + reach, "west": lon - wide, "east": lon + wide}


def _reaches(within_km: float) -> Iterator[float]:
    """The boxes to look into one after another, none larger than it need be."""
    for reach in (REACHES[0], REACHES[1], REACHES[-1]):
        if reach * KM_PER_DEGREE >= within_km:
            yield within_km / KM_PER_DEGREE
            return
        yield reach


def spoke(s: Connection, id: str) -> KnownSpoke:
    """The spoke of this id; LookupError if there is none."""
    row = _SPOKE_BY_ID.first(s, of=id)
    if row is None:
        raise Unknown(f"no spoke {id}")
    return KnownSpoke(*row)


def last_spoke(s: Connection, chat: str) -> KnownSpoke | None:
    """The spoke of this chat's last booking."""
    row = _LAST_SPOKE.first(s, of=chat)
    return KnownSpoke(*row) if row else None


def spokes_in(s: Connection, place_id: str, specialty: str | None = None, limit: int = 5) -> list[KnownSpoke]:
    """The spokes of a place: nearest to its point, else those of its block, else those of its district."""
    where = place(s, place_id)
    if where.lat is not None and where.lon is not None and where.kind != "district":
        return nearest_spokes(s, where.lat, where.lon, specialty, limit)
    inside = select(*_SPOKE).where(Spoke.district_id == where.district_id).order_by(Spoke.name_en).limit(limit)
    if specialty:
        inside = inside.where(Spoke.hub_id.in_(select(Doctor.hub_id).where(Doctor.specialty == specialty)))
    of_block = inside.where(Spoke.block.in_([where.block, where.name_en]))
    rows = s.execute(of_block).all() or s.execute(inside).all()
    return [KnownSpoke(*row) for row in rows]


def place(s: Connection, id: str) -> Known:
    """The place of this id; LookupError if there is none."""
    found = find_place(s, id)
    if found is None:
        raise Unknown(f"no place {id}")
    return found


def hubs(s: Connection) -> list[KnownHub]:
    """All hubs."""
    return [KnownHub(*row) for row in _HUBS.rows(s)]


def hub(s: Connection, id: str) -> KnownHub:
    """The hub of this id; LookupError if there is none."""
    row = s.execute(select(*_HUB).where(Hub.id == id)).first()
    if row is None:
        raise Unknown(f"no hub {id}")
    return KnownHub(*row)


def nearest_emergency(s: Connection, lat: float, lon: float, limit: int = 1) -> list[KnownHub]:
    """The hospitals nearest to a point that take emergencies, with their distance."""
    rows = [row for row in _HUBS.rows(s) if row[10]]
    return _nearest(rows, lambda row: kilometres(lat, lon, row[8], row[9]), KnownHub, limit)


def _nearest(rows: list[Any], away: Callable[[Any], float], kind: Callable[..., T], limit: int) -> list[T]:
    measured = sorted(((away(row), row) for row in rows), key=lambda pair: (pair[0], pair[1][0]))
    return [kind(*row, km=round(km, 2)) for km, row in measured[:limit]]
