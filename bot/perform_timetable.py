"""Actions of a doctor's week, and of a closed session held after all. Storage refuses whatever is of another hub."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from bot.notices import both, local, offer_on
from bot.perform import Acting, performs
from flows import timetable as actions
from storage import timetable
from storage.changes import Impossible
from storage.roster_changes import Followed

FIRSTS = 6
"""Days from which a change of the week is offered to begin."""


@performs(actions.HubDoctors)
def _doctors(acting: Acting, _action: actions.HubDoctors) -> list[dict[str, Any]]:
    found = timetable.doctors(acting.s, acting.staff_id("coordinator"))
    return [{"id": one.id, "name": both(one.name_bn, one.name_en), "specialty": one.specialty} for one in found]


@performs(actions.DoctorHours)
def _hours(acting: Acting, action: actions.DoctorHours) -> dict[str, Any]:
    by = acting.staff_id("coordinator")
    found = timetable.hours_of(acting.s, by, action.doctor, action.weekday, acting.now)
    next_one = acting.today + timedelta(days=(action.weekday - acting.today.weekday()) % 7)
    firsts = [(next_one + timedelta(days=7 * ahead)).isoformat() for ahead in range(FIRSTS)]
    return {"hours": [[f"{starts:%H:%M}", f"{ends:%H:%M}"] for starts, ends in found], "firsts": firsts}


@performs(actions.TryHours)
def _try(acting: Acting, action: actions.TryHours) -> dict[str, int] | None:
    return _change(acting, action, timetable.try_hours)


@performs(actions.SetHours)
def _set(acting: Acting, action: actions.SetHours) -> dict[str, int] | None:
    return _change(acting, action, timetable.set_hours)


def _change(
    acting: Acting, action: actions.TryHours | actions.SetHours, f: Callable[..., Followed]
) -> dict[str, int] | None:
    hours = [(time.fromisoformat(starts), time.fromisoformat(ends)) for starts, ends in action.hours]
    change = (action.doctor, action.weekday, hours, date.fromisoformat(action.first), acting.now)
    try:
        followed = f(acting.s, acting.staff_id("coordinator"), *change)
    except Impossible:
        return None
    people = sum(one.people for one in followed.concerned)
    return {"removed": followed.removed, "made": followed.made, "people": people}


@performs(actions.ClosedSessions)
def _closed(acting: Acting, _action: actions.ClosedSessions) -> list[dict[str, Any]]:
    found = timetable.closed_sessions(acting.s, acting.staff_id("coordinator"), acting.now)
    return [
        {
            "id": one["id"], "doctor": both(one["name_bn"], one["name_en"]), "starts_at": local(one["starts_at"]),
            "ends_at": local(one["ends_at"]),
        }
        for one in found
    ]  # fmt: skip


@performs(actions.Reopen)
def _reopen(acting: Acting, action: actions.Reopen) -> bool | None:
    """Its places go first to who waits for one."""
    try:
        windows = timetable.reopen(acting.s, acting.staff_id("coordinator"), action.session, acting.now)
    except Impossible:
        return None
    offer_on(acting.s, windows, acting.now)
    return True
