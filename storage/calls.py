"""Calls to be made by an ASHA worker, where a message could not do or was not enough; one for each cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, func, select, update

from storage import access, audit
from storage.columns import new_id
from storage.dialect import insert_into
from storage.digests import asha_of
from storage.prepared import Prepared
from storage.tables import Account, Booking, CallTask, Household, Person, Spoke, Staff

Reason = Literal["emergency_unread", "unreachable", "call_me", "did_not_come", "not_understood"]
Outcome = Literal["done", "could_not_reach"]

_OF_SPOKE = Prepared(
    select(Staff.chat)
    .where(Staff.area == bindparam("at"), Staff.role == bindparam("of"))
    .where(Staff.revoked_at.is_(None), Staff.chat.is_not(None))
    .order_by(Staff.id)
)
_COORDINATORS = Prepared(
    select(Staff.chat)
    .join(Spoke, Spoke.hub_id == Staff.hub_id)
    .where(Spoke.id == bindparam("at"), Staff.role == "coordinator")
    .where(Staff.revoked_at.is_(None), Staff.chat.is_not(None))
    .order_by(Staff.id)
)


@dataclass(frozen=True)
class Call:
    """A call to be made."""

    id: str
    spoke_id: str
    person_id: str | None


def put(
    s: Connection, key: str, chat: str, reason: Reason, spoke_id: str, person_id: str | None, about: str | None,
    urgent: bool, now: datetime,
) -> Call | None:  # fmt: skip
    """A new call to make; None if there is one for this cause, made or not."""
    id = new_id()
    row = {
        "id": id, "key": key, "chat": chat, "reason": reason, "spoke_id": spoke_id, "person_id": person_id,
        "about": about, "urgent": urgent, "created_at": now,
    }  # fmt: skip
    new = insert_into(s.dialect.name, CallTask).values(**row).on_conflict_do_nothing().returning(CallTask.id)
    return Call(id, spoke_id, person_id) if s.execute(new).first() else None


def who_calls(s: Connection, spoke_id: str, person_id: str | None) -> list[str]:
    """The chats that are to call: the family's ASHA, else those of the spoke, its officers, the hub's coordinators.

    None from whom the person has withdrawn that they act for them.
    """
    own = asha_of(s, person_id, spoke_id) if person_id else None
    if own:
        return [own]
    for role in ("asha", "health_officer"):
        near = [row[0] for row in _OF_SPOKE.rows(s, at=spoke_id, of=role)]
        if near := [chat for chat in near if not (person_id and access.ended(s, person_id, chat))]:
            return near
    return [row[0] for row in _COORDINATORS.rows(s, at=spoke_id)]


def where_found(s: Connection, chat: str) -> tuple[str, str | None] | None:
    """The spoke near which somebody of this chat is to be found, and the person: by the last booking or account."""
    last = select(Booking.spoke_id, Booking.person_id).where(Booking.chat == chat)
    own = select(Account.spoke_id, Account.person_id).where(Account.chat == chat)
    hers = select(Staff.area, Person.id).join(Household, Household.staff_id == Staff.id)
    hers = hers.join(Person, Person.household_id == Household.id).where(Person.own_chat == chat)
    for found in (last.order_by(Booking.created_at.desc()), own, hers):
        row = s.execute(found.limit(1)).first()
        if row and row[0]:
            return row[0], row[1]
    return None


def close(s: Connection, id: str, chat: str, outcome: Outcome, now: datetime) -> bool:
    """What came of a call, by a member of staff whose it is; False if it was written down before, or is not theirs."""
    task = s.execute(select(CallTask.spoke_id, CallTask.person_id).where(CallTask.id == id)).first()
    if task is None or chat not in who_calls(s, task.spoke_id, task.person_id):
        return False
    staff = select(Staff.id).where(Staff.chat == chat, Staff.revoked_at.is_(None)).scalar_subquery()
    change = update(CallTask).where(CallTask.id == id, CallTask.done_at.is_(None))
    by = s.execute(change.values(done_at=now, outcome=outcome, done_by=staff).returning(CallTask.done_by)).first()
    if by is None:
        return False
    audit.append(s, by.done_by or chat, f"call {outcome}", f"call:{id}", now)
    return True


def open_of_hub(s: Connection, hub_id: str) -> int:
    """How many calls are still to be made around the spokes of a hub."""
    found = select(func.count()).select_from(CallTask).join(Spoke, Spoke.id == CallTask.spoke_id)
    return int(s.execute(found.where(Spoke.hub_id == hub_id, CallTask.done_at.is_(None))).scalar_one())
