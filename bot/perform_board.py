"""Actions of the coordinator's numbers. Storage refuses whatever is not of the own hub."""

from __future__ import annotations

from typing import Any

from bot.moments import ZONE
from bot.notices import both, local
from bot.perform import Acting, performs
from bot.perform_case import why
from flows import board as actions
from flows.board import ORDER
from storage import board, cases
from storage.board import Board, Sits

LOOK = {"late": 0, "closed": 1, "open": 2}
"""What needs a look comes first."""


@performs(actions.HubToday)
def _today(acting: Acting, _action: actions.HubToday) -> dict[str, Any]:
    day = board.today(acting.s, acting.staff_id("coordinator"), acting.now)
    sessions = sorted((_told(one) for one in day.sessions), key=lambda one: (LOOK[one["state"]], one["starts_at"]))
    return {"sessions": sessions, "waiting": day.waiting_list, "away": [both(*names) for names in day.away]}


def _told(one: Sits) -> dict[str, Any]:
    return {
        "doctor": both(one.doctor_bn, one.doctor_en), "starts_at": local(one.starts_at), "taken": one.taken,
        "capacity": one.capacity, "here": one.here,
        "state": "closed" if one.closed else "late" if one.late else "open",
    }  # fmt: skip


@performs(actions.SafetyBoard)
def _board(acting: Acting, action: actions.SafetyBoard) -> dict[str, Any]:
    return told(board.board(acting.s, acting.staff_id("coordinator"), action.days, acting.now))


def told(found: Board) -> dict[str, Any]:
    """A board as JSON: most urgent first, hours to one place."""
    waited = {one.level: one for one in found.waited}
    levels = sorted(set(found.outcomes) | set(waited), key=lambda level: ORDER[level])
    return {
        "levels": [
            {
                "level": level, "count": found.outcomes.get(level, 0),
                "seen": waited[level].people if level in waited else 0,
                "median": round(waited[level].median, 1) if level in waited else None,
                "ninetieth": round(waited[level].ninetieth, 1) if level in waited else None,
            }
            for level in levels
        ],
        "consulted": found.consulted,
        "sooner": [
            {
                "id": one.booking_id, "level": one.level, "judged": one.judged, "rule": f"{one.protocol}/{one.rule}",
                "on": one.signed_at.astimezone(ZONE).date().isoformat(),
            }
            for one in found.sooner
        ],
    }  # fmt: skip


@performs(actions.OpenJudged)
def _open(acting: Acting, action: actions.OpenJudged) -> dict[str, Any]:
    case = cases.case(acting.s, acting.staff_id("coordinator"), action.booking, acting.now)
    return {
        "name": case.person.name or "-", "token": case.booking.token_number, "why": why(case),
        "diagnosis": case.signed.content["diagnosis"] if case.signed else {"t": "summary.nothing"},
    }  # fmt: skip
