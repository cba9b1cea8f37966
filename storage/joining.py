"""An ASHA worker's record and the same person's own account become one, by a code to which the person agrees.

Her record stays and becomes the account's own person. What the account had kept of "me" until then becomes part of it:
nothing is lost, and nothing is there twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage import access, audit, permits, waiting
from storage.bookings import close, lock_person
from storage.columns import new_id
from storage.erase import KEPT
from storage.people import age_years, person, set_self
from storage.records import NotAllowed, Unknown
from storage.records import Person as Known
from storage.records import Staff as Member
from storage.scope import acting
from storage.sealed import ring
from storage.tables import (
    STANDS,
    Account,
    Booking,
    CallTask,
    Consent,
    Consult,
    Decision,
    Household,
    Observation,
    Person,
    PersonKey,
    Waiting,
)
from storage.zone import day_of

OF_AGE = 18
"""A younger person has no account of their own: an adult acts for them (DPDP Act 2023, 9)."""
HELD = (Booking, Waiting, Decision, Consult, Observation, Consent, CallTask)
"""All that is held of a person by their id."""
PURPOSES = ("triage", "booking")
_LISTS = ("illnesses", "allergies")
_SEALED = ("phone", "abha", *_LISTS)
_PREGNANCY = ("pregnant", "pregnant_until", "due_date", "high_risk")


@dataclass(frozen=True, slots=True)
class Hint:
    """As little as tells somebody whether it is they: the first letter of the name, and the year of birth if known."""

    initial: str
    born: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a code shows before anything is agreed to."""

    record: Hint
    asha: str  # who gave the code
    own: Hint | None  # what the account keeps of "me" so far
    leaves: str | None  # the ASHA worker whose family that record is of by now


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of it: given-up bookings of who had two at one time, and windows in which places came free."""

    person_id: str
    asha_chat: str
    given_up: tuple[str, ...] = ()
    freed: tuple[int, ...] = ()


def give_code(s: Connection, staff_id: str, person_id: str, now: datetime) -> str:
    """A code of eight digits for somebody of this ASHA worker's families.

    NotAllowed if the person is of no family of hers, has an account of their own, or is a child.
    """
    acting(s, staff_id, "asha")
    who = _of_family(s, staff_id, person_id)
    if who.own_chat is not None:
        raise NotAllowed(f"person {person_id} has an own account")
    if is_child(who, now):
        raise NotAllowed(f"person {person_id} is a child")
    return permits.make(s, "join_person", f"person:{person_id}", staff_id, now, digits=True)


def is_child(who: Known, now: datetime) -> bool:
    """Whether the person is known to be younger than OF_AGE."""
    age = age_years(who, day_of(now))
    return age is not None and age < OF_AGE


def seen(s: Connection, code: str, chat: str, now: datetime) -> Seen | None:
    """What a code is about, for whoever brings it; None if it works not, or not from this chat."""
    found = permits.look(s, "join_person", code, chat, now)
    about = _about(s, found, chat) if found else None
    if about is None:
        return None
    who, asha = about
    former = _own_record(s, chat, who.id)
    return Seen(_hint(who), asha.name, _hint(former) if former else None, _looked_after_by(s, former))


def join(s: Connection, code: str, chat: str, now: datetime) -> Joined | None:
    """Makes the record that the code is for the account's own; the code is used up. None as of `seen`."""
    found = permits.look(s, "join_person", code, chat, now)
    about = _about(s, found, chat) if found else None
    if about is None or permits.use(s, "join_person", code, chat, now) is None:
        return None
    who, asha = about
    former = _own_record(s, chat, who.id)
    for id in sorted({who.id, former.id if former else who.id}):
        lock_person(s, id)
    taken = update(Person).where(Person.id == who.id, Person.own_chat.is_(None), Person.restricted_at.is_(None))
    if s.execute(taken.values(own_chat=chat)).rowcount == 0:
        return None
    if former and former.household_id:
        access.end(s, chat, former.id, now)
    given_up, freed = _merge(s, former, who.id, chat, now) if former else ([], [])
    set_self(s, chat, who.id, now)
    agreed = {"who": "self", "how": "own_account", "purposes": list(PURPOSES), "recorded_by": asha.chat, "at": now}
    s.execute(insert(Consent).values(id=new_id(), person_id=who.id, **agreed))
    audit.append(s, chat, "joined", f"person:{who.id}", now)
    return Joined(who.id, str(asha.chat), tuple(given_up), tuple(dict.fromkeys(freed)))


def _about(s: Connection, found: tuple[str, str], chat: str) -> tuple[Known, Member] | None:
    """The record and its ASHA worker, if she may still give it away and this chat may have it."""
    subject, made_by = found
    try:
        asha = acting(s, made_by, "asha")
        who = _of_family(s, made_by, subject.removeprefix("person:"))
    except (NotAllowed, Unknown):
        return None
    return None if who.own_chat is not None or chat == asha.chat or who.name is None else (who, asha)


def _of_family(s: Connection, staff_id: str, person_id: str) -> Known:
    hers = select(Person.id).join(Household, Household.id == Person.household_id)
    hers = hers.where(Person.id == person_id, Household.staff_id == staff_id, Person.restricted_at.is_(None))
    if s.execute(hers).first() is None:
        raise NotAllowed(f"person {person_id} is of no family of staff {staff_id}")
    return person(s, person_id)


def _own_record(s: Connection, chat: str, but: str) -> Known | None:
    """What the account keeps of "me"."""
    of_account = select(Account.person_id).where(Account.chat == chat).scalar_subquery()
    found = select(Person.id).where(Person.own_chat == chat, Person.restricted_at.is_(None), Person.id != but)
    row = s.execute(found.order_by((Person.id == of_account).desc(), Person.created_at)).first()
    return person(s, row.id) if row else None


def _looked_after_by(s: Connection, who: Known | None) -> str | None:
    if who is None or who.household_id is None:
        return None
    staff_id = s.execute(select(Household.staff_id).where(Household.id == who.household_id)).scalar()
    return acting(s, staff_id).name if staff_id else None


def _hint(who: Known) -> Hint:
    return Hint((who.name or "-")[0], who.born.year if who.born else None)


def _merge(s: Connection, former: Known, into: str, chat: str, now: datetime) -> tuple[list[str], list[int]]:
    """Everything of the former record becomes the other's; bookings given up, and windows with a free place."""
    given_up, freed = _one_booking_at_a_time(s, former.id, into, chat, now)
    freed += _one_wait_each(s, former.id, into, chat, now)
    for table in HELD:
        s.execute(update(table).where(table.person_id == former.id).values(person_id=into))
    s.execute(delete(PersonKey).where(PersonKey.person_id == former.id))
    _fill(s, former.id, into, now)
    nothing = {"own_chat": None, "household_id": None, "owner_chat": chat}
    gone = nothing | {"merged_into": into, "restricted_at": now, "delete_after": day_of(now) + KEPT}
    s.execute(update(Person).where(Person.id == former.id).values(**gone))
    audit.append(s, chat, "merged", f"person:{former.id}>{into}", now)
    return given_up, freed


def _one_booking_at_a_time(
    s: Connection, former: str, into: str, chat: str, now: datetime
) -> tuple[list[str], list[int]]:  # fmt: skip
    """Of two tokens for one sitting or time one is given up: who has come keeps theirs, else the first made."""
    given_up, freed = [], []
    for mine in _standing(s, former):
        for theirs in _standing(s, into):
            if mine.session_id != theirs.session_id and not _overlap(mine, theirs):
                continue
            loser = max(mine, theirs, key=lambda one: (one.status != "arrived", one.created_at))
            if close(s, loser.id, chat, now):
                given_up.append(loser.id)
                freed += [loser.window_id, *waiting.no_longer_earlier(s, loser.id, now)]
            if loser is mine:
                break
    return given_up, freed


def _standing(s: Connection, person_id: str) -> list[Any]:
    b = Booking
    found = select(b.id, b.session_id, b.window_id, b.status, b.starts_at, b.ends_at, b.created_at)
    return list(s.execute(found.where(b.person_id == person_id, b.status.in_(STANDS)).order_by(b.id)))


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.starts_at < other.ends_at and other.starts_at < one.ends_at)


def _one_wait_each(s: Connection, former: str, into: str, chat: str, now: datetime) -> list[int]:
    """On the waiting list once for each kind of doctor: the more urgent entry stays, or the older one."""
    w, freed = Waiting, list[int]()
    columns = (w.id, w.specialty, w.urgency, w.created_at)
    active = select(*columns).where(w.status == "active", w.person_id.in_((former, into)))
    kept: set[str] = set()
    for entry in s.execute(active.order_by(w.urgency, w.created_at, w.id)).all():
        if entry.specialty in kept:
            freed += waiting.leave(s, entry.id, chat, now)
        kept.add(entry.specialty)
    return freed


def _fill(s: Connection, former: str, into: str, now: datetime) -> None:
    """What the record does not say and the former one does; illnesses and allergies are those of both."""
    columns = Person.__table__.c
    rows = s.execute(select(Person.__table__).where(columns.id.in_((former, into)))).mappings().all()
    old, new = sorted(rows, key=lambda row: str(row["id"]) == into)
    fill = {name: old[name] for name in ("sex", "lang", "abha_key") if new[name] is None}
    if new["born"] is None:
        fill |= {name: old[name] for name in ("born", "born_to")}
    if new["pregnant_until"] is None or new["pregnant_until"] < day_of(now):
        fill |= {name: old[name] for name in _PREGNANCY}
    if new["delivered_until"] is None or new["delivered_until"] < day_of(now):
        fill |= {name: old[name] for name in ("delivered", "delivered_until")}
    keys = ring(s)
    for name in _SEALED:
        had, has = (
            keys.open(row[name], f"person/{name}/{row['id']}") if row[name] is not None else None for row in (old, new)
        )
        both = had if has is None else list(dict.fromkeys([*has, *(had or ())])) if name in _LISTS else has
        if both is not None and both != has:
            fill[name] = keys.seal(both, f"person/{name}/{into}")
    s.execute(update(Person).where(Person.id == into).values(**fill))
