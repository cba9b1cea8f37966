"""Rosters -> sessions -> windows: made ahead, once each; and the windows that are free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, bindparam, case, func, select

from storage.dialect import insert_new
from storage.prepared import Prepared
from storage.records import FreeWindow
from storage.tables import Doctor, Hub, Roster, Session, Spoke, Window
from storage.zone import at, day_of

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


def make_windows(s: Connection, from_date: date, days: int) -> int:
    """Makes the sessions and windows of these days (Asia/Kolkata) from the rosters; how many sessions are new.

    Safe to repeat: a session that was made, changed or closed is left as it is.
    """
    planned = {(row["doctor_id"], row["starts_at"]): (row, roster) for row, roster in _sessions(s, from_date, days)}
    if not planned:
        return 0
    new = insert_new(s, Session).returning(Session.id, Session.doctor_id, Session.starts_at)
    windows: list[dict[str, Any]] = []
    made = s.execute(new, [row for row, _ in planned.values()]).all()
    for id, doctor_id, starts_at in made:
        row, roster = planned[doctor_id, starts_at]
        windows += _windows(id, row, roster)
    if windows:
        s.execute(insert_new(s, Window), windows)
    return len(made)


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


def _sessions(s: Connection, from_date: date, days: int) -> Iterator[tuple[dict[str, Any], Any]]:
    """The sessions that the rosters ask for, as rows to insert, each with its roster."""
    rosters = s.execute(
        select(
            Roster.weekday, Roster.starts, Roster.ends, Roster.slot_minutes, Roster.capacity, Roster.from_date,
            Roster.to_date, Doctor.id, Doctor.hub_id, Doctor.specialty,
        )
        .join(Doctor, Doctor.id == Roster.doctor_id)
        .where(Doctor.active)
        .order_by(Roster.id)
    ).all()  # fmt: skip
    for day in (from_date + timedelta(days=ahead) for ahead in range(days)):
        for roster in rosters:
            if roster.weekday == day.weekday() and _in_force(roster, day):
                starts, ends = at(day, roster.starts), at(day, roster.ends)
                ends += timedelta(days=ends <= starts)
                yield {
                    "hub_id": roster.hub_id, "doctor_id": roster.id, "specialty": roster.specialty, "date": day,
                    "starts_at": starts, "ends_at": ends, "status": "open",
                }, roster  # fmt: skip


def _in_force(roster: Any, day: date) -> bool:
    return (roster.from_date is None or roster.from_date <= day) and (roster.to_date is None or day <= roster.to_date)


def _windows(session_id: int, session: dict[str, Any], roster: Any) -> Iterator[dict[str, Any]]:
    """The whole windows of a session; what is left over at its end is the doctor's."""
    length = timedelta(minutes=roster.slot_minutes)
    for number in range((session["ends_at"] - session["starts_at"]) // length):
        starts = session["starts_at"] + number * length
        yield {
            "session_id": session_id, "hub_id": session["hub_id"], "specialty": session["specialty"],
            "starts_at": starts, "ends_at": starts + length, "capacity": roster.capacity, "taken": 0, "issued": 0,
            "first_token": number * TOKENS + 1, "open": True,
        }  # fmt: skip
