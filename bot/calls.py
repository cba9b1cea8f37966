"""Calls to be made by a person, where a message could not do: written down, and told to who is to call."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.notices import both, notice
from flows.reminders import key, plan
from storage import calls, decisions, outbox, people, places
from storage.calls import Reason
from storage.zone import day_of

ANSWERS_WITHIN = timedelta(minutes=30)
"""Who was told of an emergency has written by then: that they arrived, or what stands in the way."""
LOOKS_BACK = timedelta(hours=3)
TEXTS = {"call_me": "call.wanted", "unreachable": "call.unreachable", "not_understood": "call.not_understood"}


def ask_for_call(
    s: Connection, cause: str, chat: str, reason: Reason, spoke_id: str, person_id: str | None, about: str | None,
    now: datetime,
) -> None:  # fmt: skip
    """Has an ASHA worker, or a coordinator where there is none, call this chat; once for each cause."""
    urgent = reason == "emergency_unread"
    call = calls.put(s, cause, chat, reason, spoke_id, person_id, about, urgent, now)
    if call is None:
        return
    kind, spoke = "call_urgent" if urgent else "call", places.spoke(s, spoke_id)
    who = people.person(s, person_id) if person_id else None
    args = {
        "name": (who and who.name) or {"t": "call.somebody"}, "spoke": both(spoke.name_bn, spoke.name_en),
        "contact": (who and who.phone) or chat,
    }  # fmt: skip
    planned = plan(kind, now, call.id, args, now, text=TEXTS.get(reason, ""))
    tells = calls.who_calls(s, spoke_id, person_id) if planned else []
    rows = [notice(planned, to, about_call(call.id), key(kind, call.id, "", to)) for to in tells if planned]
    outbox.put(s, rows, now)


def call_unanswered(s: Connection, now: datetime) -> int:
    """Has called whoever was told of an emergency and wrote no word since: whether they read it cannot be seen.

    How many were looked at.
    """
    found = decisions.unanswered(s, now - LOOKS_BACK, now - ANSWERS_WITHIN)
    for decision, chat, person in found:
        if near := calls.where_found(s, chat):
            spoke, known = near
            about, cause = f"decision:{decision}", f"emergency:{chat}:{day_of(now)}"
            ask_for_call(s, cause, chat, "emergency_unread", spoke, person or known, about, now)
    return len(found)


def about_call(id: str) -> str:
    """What the notices of a call are about: called off when it was made."""
    return f"call:{id}"
