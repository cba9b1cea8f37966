"""Being forgotten: unreadable to staff at once, deleted when the period ends for which the law wants records kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from storage import audit
from storage.bookings import close
from storage.tables import ACTIVE, Account, Booking, CallTask, Conversation, Outbox, Permit, Person, PersonKey, Waiting
from storage.zone import day_of

KEPT = timedelta(days=365)
"""DPDP Rules 2025: data and logs are kept for at least one year."""


def forget(s: Connection, chat: str, now: datetime) -> int:
    """Restricts what is held of this chat and of those it entered for itself; how many people. An ASHA's families stay.

    What they had booked is given back, they wait for nothing more, what was to be said to them is called off, nobody
    calls them, they are found by no name, and the codes that they gave away are worth nothing.
    """
    entered = Person.household_id.is_(None) & (Person.owner_chat == chat)
    theirs = select(Person.id).where(or_(Person.own_chat == chat, entered), Person.restricted_at.is_(None))
    people = list(s.execute(theirs).scalars())
    open_bookings = select(Booking.id).where(Booking.person_id.in_(people), Booking.status.in_(ACTIVE))
    for booking_id in s.execute(open_bookings).scalars().all():
        close(s, booking_id, chat, now)
    waits = update(Waiting).where(Waiting.person_id.in_(people), Waiting.status == "active")
    s.execute(waits.values(status="revoked", updated_at=now))
    until = day_of(now) + KEPT
    s.execute(update(Person).where(Person.id.in_(people)).values(restricted_at=now, delete_after=until))
    s.execute(delete(Conversation).where(Conversation.chat == chat))
    waiting = update(Outbox).where(Outbox.chat == chat, Outbox.state.in_(("waiting", "dead")))
    s.execute(waiting.values(state="called_off", closed_at=now))
    _let_be(s, chat, people, now)
    _close_account(s, chat, now)
    audit.append(s, chat, "forget", f"chat:{chat}", now)
    return len(people)


def _let_be(s: Connection, chat: str, people: list[str], now: datetime) -> None:
    s.execute(delete(PersonKey).where(PersonKey.person_id.in_(people)))
    theirs = CallTask.person_id.in_(people) | ((CallTask.chat == chat) & CallTask.person_id.is_(None))
    s.execute(update(CallTask).where(theirs, CallTask.done_at.is_(None)).values(done_at=now))
    given = update(Permit).where(Permit.made_by == chat, Permit.used_at.is_(None), Permit.expires_at > now)
    s.execute(given.values(expires_at=now))


def _close_account(s: Connection, chat: str, now: datetime) -> None:
    nothing = {"consent_version": None, "consent_purposes": None, "consent_how": None, "consent_at": None}
    nothing |= {"person_id": None, "spoke_id": None, "refused_at": None}
    s.execute(update(Account).where(Account.chat == chat).values(**nothing, forgotten_at=now))
