"""Actions of a coordinator whose hub changes. Storage refuses whatever is not of the own hub."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.moments import ZONE
from bot.notices import both
from bot.perform import Acting, performs
from bot.replanned import replan_and_tell
from flows import replan_actions as actions
from storage import changes, replan, sessions
from storage.replan import Change, CloseSession, DoctorAway, Impossible, Move, ShortenSession


@performs(actions.HubSessions)
def _sessions(acting: Acting, action: actions.HubSessions) -> Any:
    acting.staff_id("coordinator")
    assert acting.account is not None and acting.account.hub_id is not None
    day = acting.today + timedelta(days=action.ahead)
    found = sessions.sessions_of(acting.s, acting.account.hub_id, [day], acting.now)
    return [
        {
            "id": one["id"], "doctor": both(one["name_bn"], one["name_en"]), "doctor_id": one["doctor_id"],
            "specialty": one["specialty"], "starts_at": _local(one["starts_at"]), "ends_at": _local(one["ends_at"]),
            "people": one["people"],
        }
        for one in found
        if one["status"] == "open"
    ]  # fmt: skip


@performs(actions.SessionEnds)
def _ends(acting: Acting, action: actions.SessionEnds) -> Any:
    changes.scope(acting.s, CloseSession(action.session), acting.staff_id("coordinator"), acting.now)
    return [_local(end) for end in sessions.ends_of(acting.s, action.session, acting.now)]


@performs(actions.TryReplan)
def _try(acting: Acting, action: actions.TryReplan) -> Any:
    by = acting.staff_id("coordinator")
    try:
        return counted(replan.affected(acting.s, change_of(action.change), acting.now, by))
    except Impossible:
        return None


@performs(actions.Replan)
def _replan(acting: Acting, action: actions.Replan) -> Any:
    by = acting.staff_id("coordinator")
    try:
        return counted(replan_and_tell(acting.s, change_of(action.change), by, acting.now))
    except Impossible:
        return None


def counted(moves: Sequence[Move]) -> dict[str, int]:
    """How many people a change affects, and what becomes of them."""
    placed = [move for move in moves if move.placed]
    same = sum(move.same_hub for move in placed)
    return {
        "people": len(moves), "same": same, "other": len(placed) - same, "waiting": len(moves) - len(placed),
        "late": sum(move.late for move in moves),
    }  # fmt: skip


def change_of(told: dict[str, Any]) -> Change:
    """The change that a flow asks for."""
    match told:
        case {"kind": "close", "session": session}:
            return CloseSession(session)
        case {"kind": "shorten", "session": session, "ends": ends}:
            return ShortenSession(session, datetime.fromisoformat(ends))
        case {"kind": "away", "doctor": doctor, "first": first, "days": days}:
            day = date.fromisoformat(first)
            return DoctorAway(doctor, day, day + timedelta(days=days - 1))
    raise ValueError(f"{told} is no change")


def _local(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat(timespec="minutes")
