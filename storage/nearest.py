"""Where and when at once: the nearest spokes whose hub has a place free, and from when on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, true
from sqlalchemy.orm import aliased

from storage.places import nearest_of_hubs, nearest_spokes
from storage.prepared import Prepared, Row
from storage.records import FreeWindow, Spoke
from storage.tables import Hub, Window
from storage.windows import GENERAL

WORTH_THE_WAY_KM = 40.0
"""As far as this one goes for the specialty asked for; further away, general medicine nearby stands in for it."""

VERY_NEAREST = 2
"""So many of the nearest spokes are told in any case."""


@dataclass(frozen=True, slots=True)
class FreeSpoke:
    """A spoke with the first window of its hub that has a place free; None where all are taken."""

    spoke: Spoke
    first: FreeWindow | None


def _first_free(urgent: bool, of_one: bool) -> Prepared:
    """The first free window of each hub, or of one, by one seek a hub in the index of windows."""
    seen = aliased(Window)
    kept = 0 if urgent else seen.reserved
    first = (
        select(seen.id)
        .where(
            seen.hub_id == Hub.id,
            seen.specialty == bindparam("of_specialty"),
            seen.starts_at >= bindparam("after"),
            seen.starts_at < bindparam("before"),
            seen.taken < seen.capacity - kept,
            seen.open,
        )
        .order_by(seen.starts_at, seen.id)
        .limit(1)
        .correlate(Hub)
        .scalar_subquery()
    )
    left = Window.capacity - Window.taken - (0 if urgent else Window.reserved)
    return Prepared(
        select(
            Window.id, Window.session_id, Hub.id, Hub.name_bn, Hub.name_en, Window.specialty, Window.starts_at,
            Window.ends_at, left,
        )
        .select_from(Hub)
        .join(Window, Window.id == first)
        .where(Hub.id == bindparam("of_hub") if of_one else true())
    )  # fmt: skip


_FIRST_FREE = {urgent: _first_free(urgent, of_one=False) for urgent in (False, True)}
_FIRST_FREE_OF = {urgent: _first_free(urgent, of_one=True) for urgent in (False, True)}


def first_free(
    s: Connection, specialty: str, after: datetime, before: datetime, urgent: bool = False
) -> dict[str, FreeWindow]:
    """Hub id -> its first free window of the specialty that begins from `after` to `before`.

    `urgent`: places kept for who must be seen within a day count as free.
    """
    rows = _FIRST_FREE[urgent].rows(s, of_specialty=specialty, after=after, before=before)
    return {row[2]: FreeWindow(*row) for row in rows}


def nearest_free(
    s: Connection,
    lat: float,
    lon: float,
    specialty: str,
    after: datetime,
    before: datetime,
    limit: int = 5,
    urgent: bool = False,
) -> list[FreeSpoke]:
    """The nearest spokes whose hub has a window free that begins from `after` to `before`, each with its first one.

    Those with the specialty come first, as far as WORTH_THE_WAY_KM; then the nearest of any, a stand-in marked as such.
    `urgent`: places kept for who must be seen within a day count as free.
    """
    own = first_free(s, specialty, after, before, urgent)
    near = nearest_of_hubs(s, lat, lon, own, limit, WORTH_THE_WAY_KM)
    free = own
    if len(near) < limit:
        if specialty != GENERAL:
            general = first_free(s, GENERAL, after, before, urgent)
            free = {hub: replace(window, stands_in=True) for hub, window in general.items()} | own
        known = {spoke.id for spoke in near}
        near += [spoke for spoke in nearest_of_hubs(s, lat, lon, free, limit) if spoke.id not in known]
    return [FreeSpoke(spoke, free[spoke.hub_id]) for spoke in near[:limit]]


def nearest_with_first(
    s: Connection,
    lat: float,
    lon: float,
    specialty: str,
    after: datetime,
    before: datetime,
    limit: int = 4,
    urgent: bool = False,
) -> list[FreeSpoke]:
    """`nearest_free` and the very nearest spokes, by distance; those whose hub has nothing free come after the others.

    So who would rather be seen close by than by a specialist sees both.
    """
    free = nearest_free(s, lat, lon, specialty, after, before, limit, urgent)
    known = {one.spoke.id for one in free}
    others = [spoke for spoke in nearest_spokes(s, lat, lon, None, VERY_NEAREST) if spoke.id not in known]
    asked = {"of_specialty": GENERAL, "after": after, "before": before}
    general = {} if specialty == GENERAL else {
        spoke.hub_id: _FIRST_FREE_OF[urgent].first(s, of_hub=spoke.hub_id, **asked) for spoke in others
    }  # fmt: skip
    near = [FreeSpoke(spoke, _standing_in(general.get(spoke.hub_id))) for spoke in others]
    return sorted([*free, *near], key=lambda one: (one.first is None, one.spoke.km))


def _standing_in(row: Row | None) -> FreeWindow | None:
    return replace(FreeWindow(*row), stands_in=True) if row else None
