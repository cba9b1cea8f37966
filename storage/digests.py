"""Lists for staff that gather what happens within a short time, so that a change is told in one message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage import outbox
from storage.columns import new_id
from storage.outbox import DIGEST, Notice
from storage.prepared import Prepared
from storage.tables import Household, Person, Staff

GATHERS = timedelta(minutes=2)
"""How long a list waits for more before it is sent."""

_ASHA = Prepared(
    select(Staff.chat)
    .join(Household, Household.staff_id == Staff.id)
    .join(Person, Person.household_id == Household.id)
    .where(
        Person.id == bindparam("of"),
        Staff.area == bindparam("at"),
        Staff.role == "asha",
        Staff.revoked_at.is_(None),
        Staff.chat.is_not(None),
    )
)
_COORDINATORS = Prepared(
    select(Staff.chat)
    .where(Staff.hub_id == bindparam("of"), Staff.role == "coordinator", Staff.revoked_at.is_(None))
    .where(Staff.chat.is_not(None))
    .order_by(Staff.id)
)


def add(s: Connection, chat: str, text: str, lines: Sequence[Any], now: datetime) -> None:
    """Adds lines to the list that this chat is to get under `text` (with its {count} and {lines})."""
    about = f"{text}:{chat}"
    before = [line for payload in outbox.unsent(s, about, now) for line in payload["args"]["lines"]["list"]]
    outbox.call_off(s, about, now)
    gathered = [*before, *lines]
    payload = {"text": text, "args": {"count": len(gathered), "lines": {"list": gathered, "join": "lines"}}}
    due, key = now + GATHERS, f"{about}:{new_id()}"
    outbox.put(s, [Notice(chat, "digest", payload, due, DIGEST, about=about, key=key, must_arrive=True)], now)


def asha_of(s: Connection, person_id: str, spoke_id: str) -> str | None:
    """The chat of the ASHA worker of this spoke who looks after this person's family."""
    row = _ASHA.first(s, of=person_id, at=spoke_id)
    return row[0] if row else None


def coordinators_of(s: Connection, hub_id: str) -> list[str]:
    """The chats of a hub's coordinators."""
    return [row[0] for row in _COORDINATORS.rows(s, of=hub_id)]
