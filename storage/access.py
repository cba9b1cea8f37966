"""Who may act for somebody who has an own account: the patient sees it, and ends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from storage import audit, conversations
from storage.records import NotAllowed
from storage.scope import acting
from storage.tables import (
    Booking,
    CallTask,
    Consent,
    Consult,
    Household,
    Outbox,
    Permit,
    Person,
    PersonKey,
    Spoke,
    Staff,
    Waiting,
)


@dataclass(frozen=True, slots=True)
class Acts:
    """An ASHA worker who may act for a person of an own account."""

    person_id: str
    asha: str
    spoke_bn: str
    spoke_en: str
    since: datetime


def who_acts(s: Connection, chat: str) -> list[Acts]:
    """The ASHA workers who may act for the person of this account; none where it has no person."""
    found = (
        select(Person.id, Person.created_at, Household.staff_id, Spoke.name_bn, Spoke.name_en)
        .join(Household, Household.id == Person.household_id)
        .join(Staff, Staff.id == Household.staff_id)
        .join(Spoke, Spoke.id == Staff.area)
        .where(Person.own_chat == chat, Person.restricted_at.is_(None), Staff.revoked_at.is_(None))
        .order_by(Person.created_at, Person.id)
    )
    return [
        Acts(row.id, acting(s, row.staff_id).name, row.name_bn, row.name_en, _since(s, row.id) or row.created_at)
        for row in s.execute(found)
    ]


def end(s: Connection, chat: str, person_id: str, now: datetime) -> bool:
    """Takes the person of this account out of the ASHA worker's family, at once and with all that hangs on it.

    The consents that she recorded end; what she booked is the account's; what was to be said to her of the person, and
    the calls that she was to make, are called off. False if nobody acts for them. Raises NotAllowed for anybody else's
    person.
    """
    hers = chat_of_asha(s, person_id)
    found = select(Household.staff_id, Person.own_chat).outerjoin(Household, Household.id == Person.household_id)
    row = s.execute(found.where(Person.id == person_id, Person.restricted_at.is_(None))).first()
    if row is None or row.own_chat != chat:
        raise NotAllowed(f"person {person_id} is not the own person of {chat}")
    if row.staff_id is None:
        return False
    out = update(Person).where(Person.id == person_id, Person.own_chat == chat)
    s.execute(out.values(household_id=None, owner_chat=chat))
    s.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
    _end_consents(s, chat, person_id, now)
    _end_calls(s, person_id, now)
    _end_codes(s, row.staff_id, person_id, now)
    if hers:
        _call_off(s, hers, person_id, now)
        _hand_over(s, hers, chat, person_id)
        _forget_in_talk(s, hers, person_id, now)
    audit.append(s, chat, "access ended", f"person:{person_id}", now)
    return True


def chat_of_asha(s: Connection, person_id: str) -> str | None:
    """The chat of the ASHA worker whose family the person is of; None if there is none, or she was revoked."""
    found = select(Staff.chat).join(Household, Household.staff_id == Staff.id)
    chat: str | None = s.execute(
        found.join(Person, Person.household_id == Household.id).where(Person.id == person_id)
    ).scalar()
    return chat


def ended(s: Connection, person_id: str, chat: str) -> bool:
    """Whether the person has withdrawn from this chat what it was allowed, and given it nothing since."""
    of_both = (Consent.person_id == person_id, Consent.recorded_by == chat)
    row = s.execute(select(func.count(), func.count(Consent.ended_at)).where(*of_both)).one()
    return row[0] > 0 and row[0] == row[1]


def _since(s: Connection, person_id: str) -> datetime | None:
    """When access was given again after it had ended; None if it never ended."""
    last = select(func.max(Consent.ended_at)).where(Consent.person_id == person_id).scalar_subquery()
    stands = select(func.min(Consent.at)).where(Consent.person_id == person_id, Consent.ended_at.is_(None))
    found: datetime | None = s.execute(stands.where(Consent.at >= last)).scalar()
    return found


def _end_consents(s: Connection, chat: str, person_id: str, now: datetime) -> None:
    """Those that somebody else recorded; what the person agreed to for the own account stays."""
    stand = update(Consent).where(Consent.person_id == person_id, Consent.ended_at.is_(None))
    s.execute(stand.where(Consent.recorded_by != chat).values(ended_at=now))


def _end_calls(s: Connection, person_id: str, now: datetime) -> None:
    still = update(CallTask).where(CallTask.person_id == person_id, CallTask.done_at.is_(None))
    s.execute(still.values(done_at=now, outcome="called_off"))


def _end_codes(s: Connection, staff_id: str, person_id: str, now: datetime) -> None:
    open_ones = update(Permit).where(Permit.subject == f"person:{person_id}", Permit.made_by == staff_id)
    s.execute(open_ones.where(Permit.used_at.is_(None), Permit.expires_at > now).values(expires_at=now))


def _call_off(s: Connection, hers: str, person_id: str, now: datetime) -> None:
    """What waits to be said to her about the person's bookings, waiting, papers and calls."""
    about = [
        f"{kind}:{id}"
        for kinds, column in (
            (("booking", "after", "cancelled"), Booking), (("waiting",), Waiting), (("consult",), Consult),
            (("call",), CallTask),
        )
        for id in s.execute(select(column.id).where(column.person_id == person_id)).scalars()
        for kind in kinds
    ]  # fmt: skip
    waits = update(Outbox).where(Outbox.chat == hers, Outbox.state == "waiting", Outbox.about.in_(about))
    s.execute(waits.values(state="called_off", closed_at=now))


def _hand_over(s: Connection, hers: str, chat: str, person_id: str) -> None:
    """What she booked and waits for is the patient's own: having booked it lets her see it no longer."""
    for table in (Booking, Waiting):
        s.execute(update(table).where(table.person_id == person_id, table.chat == hers).values(chat=chat))


def _forget_in_talk(s: Connection, hers: str, person_id: str, now: datetime) -> None:
    """A screen of hers that shows the person is shown no more: what she does next begins anew."""
    standing = conversations.load(s, hers)
    if standing is None or person_id not in json.dumps(standing.state):
        return
    state: dict[str, Any] = {"frames": [], "step": standing.step, "ticks": [], "offered": None, "asked": None}
    if "spent" in standing.state:
        state["spent"] = standing.state["spent"]
    conversations.save(s, hers, state, standing.step, standing.lang, now, standing.version)
