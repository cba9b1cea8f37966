"""How long things are kept, and deleting them when that time is over: a few rows at a time, by the clock.

DPDP Rules 2025, rule 8(3): data, traffic data and logs are kept for at least one year. Whoever asked to be forgotten is
unreadable from that moment (storage/erase.py) and is deleted here when the year has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from storage import audit
from storage.erase import KEPT
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
    Invitation,
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
from storage.zone import day_of

MESSAGES_KEPT = KEPT
"""Of what was received and dealt with, of what was said or called off, and of a conversation nobody goes on with."""
CODES_KEPT = KEPT
"""Of an invitation or permit, from when it can be used no more; only its hash is kept from the start."""
BY = "clock"
LOOKED_AT = 4
"""How many times as many messages as are deleted at once are looked at: some of the oldest may still wait."""
_ABOUT = ("booking", "cancelled", "after", "consult", "question")


def delete_due(s: Connection, now: datetime, limit: int = 50) -> int:
    """Deletes people whose time is over, with all that is theirs; how many, at most `limit`."""
    due = select(Person.id).where(Person.delete_after <= day_of(now)).order_by(Person.delete_after).limit(limit)
    people = list(s.scalars(due.with_for_update()))
    if people:
        _delete_people(s, people)
        for id in people:
            audit.append(s, BY, "deleted", f"person:{id}", now)
    return len(people)


def is_due(s: Connection, now: datetime) -> bool:
    """Whether anybody's time is over: asked on a connection that holds nobody up."""
    people = select(Person.id).where(Person.delete_after <= day_of(now)).limit(1)
    chats = select(Account.chat).where(Account.forgotten_at <= now - KEPT).limit(1)
    return s.scalar(people) is not None or s.scalar(chats) is not None


def close_accounts(s: Connection, now: datetime, limit: int = 50) -> int:
    """Deletes what is left of chats that were forgotten so long ago and did not begin anew; how many."""
    due = select(Account.chat).where(Account.forgotten_at <= now - KEPT).limit(limit)
    chats = list(s.scalars(due.with_for_update()))
    for chat in chats:
        _delete_chat(s, chat)
        audit.append(s, BY, "deleted", f"chat:{chat}", now)
    return len(chats)


def prune(s: Connection, now: datetime, limit: int = 500) -> int:
    """Deletes messages and codes that are kept no longer, at most `limit` of a table at once; how many in all."""
    old, codes = now - MESSAGES_KEPT, now - CODES_KEPT
    done = Inbox.done_at < old
    said = (Outbox.state != "waiting") & (Outbox.closed_at < old)
    expired: list[tuple[Any, Any]] = [
        (Inbox.id, done & _first(Inbox.id, limit)),
        (Outbox.id, said & _first(Outbox.id, limit)),
        (Conversation.chat, Conversation.updated_at < old),
        (Invitation.code_hash, Invitation.expires_at < codes),
        (Permit.code_hash, Permit.expires_at < codes),
        (Guess.what, (Guess.since < codes) & or_(Guess.shut_until.is_(None), Guess.shut_until < now)),
    ]
    return sum(_some(s, key, where, limit) for key, where in expired)


def _first(id: Any, limit: int) -> Any:
    """Among the first rows by their numbers: the oldest, found without reading a queue of millions to its end."""
    first = select(id).order_by(id).limit(LOOKED_AT * limit).subquery()
    return id.in_(select(first.c.id))


def _some(s: Connection, key: Any, where: Any, limit: int) -> int:
    rows = list(s.scalars(select(key).where(where).limit(limit)))
    if rows:
        s.execute(delete(key.class_).where(key.in_(rows)))
    return len(rows)


def _delete_people(s: Connection, people: Sequence[str]) -> None:
    bookings = _ids(s, Booking.id, Booking.person_id.in_(people))
    waits = _ids(s, Waiting.id, Waiting.person_id.in_(people))
    consults = _ids(s, Consult.id, Consult.person_id.in_(people) | Consult.booking_id.in_(bookings))
    decisions = {*_ids(s, Booking.decision_id, Booking.id.in_(bookings)),
                 *_ids(s, Waiting.decision_id, Waiting.id.in_(waits)),
                 *_ids(s, Decision.id, Decision.person_id.in_(people))} - {None}  # fmt: skip
    subjects = [f"person:{id}" for id in people] + [f"consult:{id}" for id in consults]
    of_theirs: list[tuple[Any, Any]] = [
        (Offer, Offer.booking_id.in_(bookings) | Offer.waiting_id.in_(waits)),
        (Observation, Observation.booking_id.in_(bookings) | Observation.person_id.in_(people)),
        (Consult, Consult.id.in_(consults)),
        (CallTask, CallTask.person_id.in_(people)),
        (Consent, Consent.person_id.in_(people)),
        (PersonKey, PersonKey.person_id.in_(people)),
        (Permit, Permit.subject.in_(subjects)),
        (Outbox, Outbox.about.in_([f"{what}:{id}" for what in _ABOUT for id in (*bookings, *consults)])),
        (Waiting, Waiting.id.in_(waits)),
        (Booking, Booking.id.in_(bookings)),
        (Decision, Decision.id.in_(decisions) & _unneeded()),
    ]  # fmt: skip
    for table, where in of_theirs:
        s.execute(delete(table).where(where))
    s.execute(update(Account).where(Account.person_id.in_(people)).values(person_id=None))
    s.execute(delete(Person).where(Person.id.in_(people)))


def _unneeded() -> Any:
    """Of outcomes: no booking or waiting of somebody else has it."""
    booked = select(Booking.id).where(Booking.decision_id == Decision.id).exists()
    waits = select(Waiting.id).where(Waiting.decision_id == Decision.id).exists()
    return ~booked & ~waits


def _delete_chat(s: Connection, chat: str) -> None:
    for table in (Inbox, Outbox, Conversation, Pin, OptOut, Complaint):
        s.execute(delete(table).where(table.chat == chat))
    s.execute(delete(Guess).where(Guess.what.in_([f"pin:{chat}", f"code:{chat}"])))
    s.execute(delete(Permit).where(Permit.made_by == chat))
    s.execute(update(Permit).where(Permit.used_by == chat).values(used_by=None))
    s.execute(delete(Decision).where(Decision.chat == chat, Decision.person_id.is_(None), _unneeded()))
    s.execute(delete(CallTask).where(CallTask.chat == chat, CallTask.person_id.is_(None)))
    s.execute(delete(Account).where(Account.chat == chat))


def _ids(s: Connection, column: Any, where: Any) -> Iterable[Any]:
    return list(s.scalars(select(column).where(where)))
