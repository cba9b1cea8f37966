"""Telling of a change of the hub's days: each person with buttons, an ASHA worker her families, a coordinator the rest.

What is told is put into the outbox by the transaction that moves the person: nobody is moved and not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import notices
from bot.notices import both, chats_of, local, told_booking
from flows.booking import card
from flows.reminders import plan
from flows.replan import told_late
from storage import digests, outbox, replan
from storage.outbox import Notice
from storage.replan import Change, Move
from storage.session import Database

LEVELS = ("emergency_ambulance", "emergency", "consultation_24", "consultation", "self_care")


def replan_and_tell(s: Connection, change: Change, by: str, now: datetime) -> list[Move]:
    """Makes the change, moves the first people and tells them."""
    return tell(s, replan.replan(s, change, by, now), now)


def go_on(s: Connection, sessions: Sequence[int], now: datetime) -> list[Move]:
    """Moves the next people of these sessions and tells them; [] when there are none left."""
    return tell(s, replan.replan_left_over(s, now, sessions), now)


async def move_on(db: Database, now: Callable[[], datetime]) -> list[Move]:
    """Everybody who is still to be moved, a few in a transaction, others' work between them."""
    done: list[Move] = []
    for sessions in await db.read(replan.unfinished, now()):
        while moves := await db.run(go_on, sessions, now()):
            done += moves
    return done


def tell(s: Connection, moves: list[Move], now: datetime) -> list[Move]:
    """Puts into the outbox what these people and their staff are to know; the moves again."""
    for move in moves:
        outbox.put(s, list(_notices(move, now)), now)
        if move.made:
            notices.remind(s, move.made, told_booking(move.made, now), now)
    _tell_ashas(s, moves, now)
    _tell_coordinators(s, [move for move in moves if not move.placed], now)
    return moves


def _notices(move: Move, now: datetime) -> Iterable[Notice]:
    stands = move.made or move.booking
    kind = "moved" if move.made else "moved_waits"
    args = card(told_booking(stands, now)) | {"why": _why(move), "late": told_late(move.late)}
    planned = plan(kind, now, stands.id, args, now, until=stands.ends_at)
    return notices.of_booking(stands, [planned], chats_of(stands))


def _why(move: Move) -> dict[str, Any]:
    old = move.booking.starts_at
    if move.why == "holiday" and move.holiday:
        return {"t": "moved.holiday", "args": {"day": {"date": local(old)[:10]}, "holiday": both(*move.holiday)}}
    return {"t": f"moved.{move.why}", "args": {"old": {"at": local(old)}}}


def _tell_ashas(s: Connection, moves: list[Move], now: datetime) -> None:
    lines = defaultdict(list)
    for move in moves:
        if chat := digests.asha_of(s, move.booking.person_id, move.booking.spoke_id):
            lines[chat].append(_line(move))
    for chat, hers in lines.items():
        digests.add(s, chat, "moved.digest", hers, now)


def _line(move: Move) -> dict[str, Any]:
    args = {"name": move.booking.name or "-", "old": {"at": local(move.booking.starts_at)}}
    if move.made is None:
        return {"t": "moved.line_waits", "args": args}
    new = {"at": local(move.made.starts_at)}
    return {"t": "moved.line", "args": args | {"new": new, "token": move.made.token_number}}


def _tell_coordinators(s: Connection, unplaced: list[Move], now: datetime) -> None:
    by_hub = defaultdict(list)
    for move in unplaced:
        level = {"t": f"level.{LEVELS[move.booking.urgency]}"}
        args = {"token": move.booking.token_number, "old": {"at": local(move.booking.starts_at)}, "level": level}
        by_hub[move.booking.hub_id].append({"t": "moved.unplaced_line", "args": args})
    for hub, lines in by_hub.items():
        for chat in digests.coordinators_of(s, hub):
            digests.add(s, chat, "moved.unplaced", lines, now)
