"""The windows that are free."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, Connection, Integer, bindparam, case, func, select

from storage.prepared import Prepared
from storage.records import FreeWindow
from storage.tables import Hub, Spoke, Window
from storage.zone import day_of

GENERAL = "general_medicine"
"""The specialty that stands in where another cannot be had."""

TOKENS = 100
"""Tokens of a session's first window are 1, 2, ...; of its second 101, 102, ...: in order of time, none twice."""

_withheld = case((bindparam("urgent", type_=Boolean).is_(True), 0), else_=Window.reserved)
_FREE = Prepared(
    select(
        Window.id, Window.session_id, Hub.id, Hub.name_bn, Hub.name_en, Window.specialty, Window.starts_at,
        Window.ends_at, Window.capacity - Window.taken - _withheld,
    )
    .join(Hub, Hub.id == Window.hub_id)
    .where(
        Window.hub_id == bindparam("of_hub"),
        Window.specialty == bindparam("of_specialty"),
        Window.starts_at >= bindparam("after"),
        Window.starts_at < bindparam("before"),
        Window.taken < Window.capacity - _withheld,
        Window.open,
    )
    .order_by(Window.starts_at, Window.id)
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
_HUB_OF = Prepared(select(Spoke.hub_id).where(Spoke.id == bindparam("of")))


def free_windows(
    s: Connection,
    at_id: str,
    specialty: str,
    after: datetime,
    before: datetime | None = None,
    limit: int = 6,
    urgent: bool = False,
) -> list[FreeWindow]:
    """Windows with places left at a hub, or at a spoke's hub, that begin from `after` to `before`, soonest first.

    If the specialty has none, general medicine's, marked `stands_in`. `urgent`: with the places that are reserved for
    those who must be seen within a day.
    """
    of_spoke = _HUB_OF.first(s, of=at_id)
    asked = {"of_hub": of_spoke[0] if of_spoke else at_id, "after": after, "most": limit, "urgent": urgent}
    asked["before"] = before or after + timedelta(days=366)
    found = _FREE.rows(s, of_specialty=specialty, **asked)
    if found or specialty == GENERAL:
        return [FreeWindow(*row) for row in found]
    return [replace(FreeWindow(*row), stands_in=True) for row in _FREE.rows(s, of_specialty=GENERAL, **asked)]


def last_day(s: Connection, hub_id: str, now: datetime) -> date | None:
    """The last day (Asia/Kolkata) for which a hub's windows are made, free or not; None if none is to come."""
    ahead = select(func.max(Window.starts_at)).where(Window.hub_id == hub_id, Window.starts_at >= now, Window.open)
    last = s.scalar(ahead)
    return day_of(last) if last else None
