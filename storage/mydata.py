"""Everything that is held about the people of one chat, table by table, opened: what the law calls access."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, literal, or_, select
from sqlalchemy import Table as SqlTable

from storage.audit import of_person
from storage.columns import Table
from storage.rotation import sealed_columns
from storage.scope import enrolled
from storage.sealed import ring
from storage.tables import (
    Account,
    Booking,
    CallTask,
    Complaint,
    Consent,
    Consult,
    Conversation,
    Decision,
    Guess,
    Inbox,
    Observation,
    Offer,
    OptOut,
    Outbox,
    Permit,
    Person,
    PersonKey,
    Pin,
    Waiting,
)

TABLES = (
    "person", "account", "consent", "booking", "waiting", "offer", "decision", "consult", "observation", "call_task",
    "complaint", "opt_out", "permit", "pin", "guess", "person_key", "conversation", "inbox", "outbox",
)  # fmt: skip
"""Tables that hold something about a patient, in the order in which they are told."""
NOT_A_PATIENTS = {
    "staff": "staff", "invitation": "staff", "favourite": "a doctor's own wording", "doctor": "staff",
    "household": "how an ASHA worker names her families", "audit": "told apart, as who read and changed what",
}  # fmt: skip
"""Tables that name somebody, but no patient; or are told otherwise."""
_OF_OTHERS = frozenset({"conversation", "inbox", "outbox"})
"""In the chat of a member of staff these hold what is said of patients: it is not theirs to be given."""
_SECRET = frozenset({"hash", "code_hash", "key", "abha_key", "payload_key"})
"""Hashes and the like: that they are kept is told, they themselves tell nothing."""

Held = dict[str, list[dict[str, Any]]]


def people_of(s: Connection, chat: str) -> list[str]:
    """The chat's own person and those whom it entered for itself. An ASHA worker's families are theirs, not hers."""
    entered = Person.household_id.is_(None) & (Person.owner_chat == chat)
    mine = select(Person.id).where(or_(Person.own_chat == chat, entered), Person.restricted_at.is_(None))
    return list(s.scalars(mine.order_by(Person.created_at, Person.id)))


def held(s: Connection, chat: str) -> Held:
    """Table -> rows about this chat and its people, as JSON; and under "read_by" who read and changed what of them."""
    people = people_of(s, chat)
    mine = _conditions(chat, people)
    told = [name for name in TABLES if name not in _OF_OTHERS or enrolled(s, chat) is None]
    found = {name: _rows(s, Table.metadata.tables[name], mine[name]) for name in told}
    trace = sorted({row for person in people for row in of_person(s, person)})
    found["read_by"] = [
        {"at": at.isoformat(), "who": who, "action": action, "subject": of} for at, who, action, of in trace
    ]
    return found


def _conditions(chat: str, people: list[str]) -> dict[str, Any]:
    bookings = select(Booking.id).where(Booking.person_id.in_(people))
    papers = select(literal("consult:") + Consult.id).where(Consult.person_id.in_(people))
    subjects = Permit.subject.in_([f"person:{id}" for id in people]) | Permit.subject.in_(papers)
    decided = select(Booking.decision_id).where(Booking.person_id.in_(people), Booking.decision_id.is_not(None))
    return {
        "person": Person.id.in_(people),
        "account": Account.chat == chat,
        "consent": Consent.person_id.in_(people),
        "booking": Booking.person_id.in_(people),
        "waiting": Waiting.person_id.in_(people),
        "offer": Offer.booking_id.in_(bookings),
        "decision": Decision.person_id.in_(people) | Decision.id.in_(decided) | _untold(chat),
        "consult": Consult.person_id.in_(people),
        "observation": Observation.person_id.in_(people),
        "call_task": CallTask.person_id.in_(people) | ((CallTask.chat == chat) & CallTask.person_id.is_(None)),
        "complaint": Complaint.chat == chat,
        "opt_out": OptOut.chat == chat,
        "permit": subjects | (Permit.made_by == chat) | (Permit.used_by == chat),
        "pin": Pin.chat == chat,
        "guess": Guess.what.in_([f"pin:{chat}", f"code:{chat}"]),
        "person_key": PersonKey.person_id.in_(people),
        "conversation": Conversation.chat == chat,
        "inbox": Inbox.chat == chat,
        "outbox": Outbox.chat == chat,
    }


def _untold(chat: str) -> Any:
    """Outcomes that this chat was told and that became nobody's booking: of whom, is not known."""
    booked = select(Booking.id).where(Booking.decision_id == Decision.id).exists()
    return (Decision.chat == chat) & Decision.person_id.is_(None) & ~booked


def _rows(s: Connection, table: SqlTable, where: Any) -> list[dict[str, Any]]:
    places = {one.column.name: one for one in sealed_columns() if one.table is table}
    told = []
    for row in s.execute(select(table).where(where).order_by(*table.primary_key)).mappings():
        one = {}
        for column in table.c:
            value = row[column]
            if value is not None and (sealed := places.get(column.name)):
                value = ring(s).open(value, sealed.aad([row[part] for part in sealed.place]))
            one[column.name] = "(kept as a hash)" if column.name in _SECRET and table.name in _HASHES else _json(value)
        told.append(_without_documents(one) if table.name == "outbox" else one)
    return told


_HASHES = frozenset({"pin", "permit", "person_key", "person"})


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _without_documents(row: dict[str, Any]) -> dict[str, Any]:
    """A saying without the papers that went with it: they are told in their own tables, and this answer is one."""
    said = {name: value for name, value in (row["payload"] or {}).items() if name != "documents"}
    return row | {"payload": said}
