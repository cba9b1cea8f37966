"""What an ASHA worker knows of the members of her families, beyond name and age; only she reads and changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from storage import audit
from storage.bookings import close
from storage.people import person
from storage.records import Household as Home
from storage.records import NotAllowed
from storage.records import Person as Known
from storage.scope import acting
from storage.sealed import ring
from storage.tables import ACTIVE, Booking, Household, Outbox, Person, PersonKey, Waiting
from storage.zone import day_of

ABHA = "person/abha"
"""The purpose of the blind index of ABHA numbers."""
KEPT = timedelta(days=365)
"""DPDP Rules 2025: data and logs are kept for at least one year."""
AFTER_TERM = timedelta(days=14)
"""So long after the expected day somebody is still taken to be pregnant."""
_SEALED = ("illnesses", "allergies", "abha")
_PLAIN = ("due_date", "high_risk", "lang", "relation")


@dataclass(frozen=True, slots=True)
class Details:
    """What is kept of a member beside storage.records.Person."""

    due_date: date | None
    high_risk: bool | None
    illnesses: tuple[str, ...]
    allergies: tuple[str, ...]
    lang: str | None
    abha: str | None


@dataclass(frozen=True, slots=True)
class Mother:
    """Somebody who is pregnant."""

    person: Known
    due_date: date | None
    high_risk: bool


def require_hers(s: Connection, staff_id: str, person_id: str) -> None:
    """Raises NotAllowed unless this is an ASHA worker, and the person one of her families'."""
    acting(s, staff_id, "asha")
    found = select(Person.id).join(Household, Household.id == Person.household_id)
    hers = found.where(Person.id == person_id, Household.staff_id == staff_id, Person.restricted_at.is_(None))
    if s.execute(hers).first() is None:
        raise NotAllowed(f"person {person_id} is of no family of staff {staff_id}")


def require_home(s: Connection, staff_id: str, household: str) -> None:
    """Raises NotAllowed unless this is an ASHA worker, and the household hers."""
    acting(s, staff_id, "asha")
    hers = select(Household.id).where(Household.id == household, Household.staff_id == staff_id)
    if s.execute(hers).first() is None:
        raise NotAllowed(f"household {household} is not of staff {staff_id}")


def details(s: Connection, staff_id: str, person_id: str, now: datetime) -> Details:
    """What is kept of a member of her families; the reading is kept in the audit. Else NotAllowed."""
    require_hers(s, staff_id, person_id)
    audit.append(s, staff_id, "member", f"person:{person_id}", now)
    t = Person
    found = select(t.due_date, t.high_risk, t.illnesses, t.allergies, t.lang, t.abha).where(t.id == person_id)
    due, high, illnesses, allergies, lang, abha = s.execute(found).one()
    keys = ring(s)

    def opened(column: str, sealed: bytes | None) -> Any:
        return keys.open(sealed, _place(column, person_id)) if sealed else None

    ill, allergic = opened("illnesses", illnesses) or (), opened("allergies", allergies) or ()
    return Details(due, high, tuple(ill), tuple(allergic), lang, opened("abha", abha))


def write(s: Connection, staff_id: str, person_id: str, now: datetime, **said: Any) -> None:
    """Keeps of a member what is given of: due_date, high_risk, illnesses, allergies, lang, abha, relation.

    None leaves as it is; an empty list means none. A due date means pregnant, until two weeks after it. In the
    audit it is in any case: name, age and sex are written beside it by functions that do not know who acts.
    """
    require_hers(s, staff_id, person_id)
    kept = {name: said[name] for name in _PLAIN if said.get(name) is not None}
    for name in _SEALED:
        if said.get(name) is not None:
            kept[name] = ring(s).seal(said[name], _place(name, person_id))
    if said.get("abha"):
        kept["abha_key"] = abha_key(s, said["abha"])
    if (due := said.get("due_date")) is not None:
        kept |= {"pregnant": True, "pregnant_until": due + AFTER_TERM}
    if kept:
        s.execute(update(Person).where(Person.id == person_id).values(**kept))
    audit.append(s, staff_id, "member written", f"person:{person_id}", now)


def abha_key(s: Connection, abha: str) -> str:
    """The blind index of an ABHA number, by the ring's first key."""
    return ring(s).blind(abha, ABHA)[0]


def renew_abha(s: Connection, numbers: Mapping[str, str]) -> None:
    """Person -> ABHA number: their blind indexes by the ring's first key."""
    for person_id, abha in numbers.items():
        s.execute(update(Person).where(Person.id == person_id).values(abha_key=abha_key(s, abha)))


def not_pregnant(s: Connection, staff_id: str, person_id: str, now: datetime) -> None:
    """No longer pregnant: the expected date and the risk fall away."""
    require_hers(s, staff_id, person_id)
    s.execute(update(Person).where(Person.id == person_id).values(due_date=None, high_risk=None))
    audit.append(s, staff_id, "member written", f"person:{person_id}", now)


def by_abha(s: Connection, staff_id: str, abha: str) -> str | None:
    """The member of her families with this ABHA number."""
    acting(s, staff_id, "asha")
    found = select(Person.id).join(Household, Household.id == Person.household_id)
    of_hers = found.where(Person.abha_key.in_(ring(s).blind(abha, ABHA)), Household.staff_id == staff_id)
    return s.execute(of_hers.where(Person.restricted_at.is_(None)).order_by(Person.id)).scalar()


def move(s: Connection, staff_id: str, person_id: str, household: str, now: datetime) -> None:
    """Into another of her families."""
    require_hers(s, staff_id, person_id)
    require_home(s, staff_id, household)
    _unname(s, person_id)
    s.execute(update(Person).where(Person.id == person_id).values(household_id=household))
    audit.append(s, staff_id, "member moved", f"person:{person_id}", now)


def leave(s: Connection, staff_id: str, person_id: str, now: datetime) -> list[int]:
    """Out of her families: who went away, died, or was written by mistake. The windows whose places came free.

    Who has an account of their own keeps everything there; of anybody else nothing is readable from now on, tokens are
    given back, and all is deleted when its time is over.
    """
    require_hers(s, staff_id, person_id)
    known = person(s, person_id)
    _unname(s, person_id)
    s.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
    audit.append(s, staff_id, "member left", f"person:{person_id}", now)
    change = update(Person).where(Person.id == person_id)
    if known.own_chat:
        s.execute(change.values(household_id=None, owner_chat=known.own_chat))
        _hand_over(s, person_id, known.owner_chat, known.own_chat, now)
        return []
    freed = _give_back(s, person_id, staff_id, now)
    s.execute(change.values(restricted_at=now, delete_after=day_of(now) + KEPT))
    return freed


def _unname(s: Connection, person_id: str) -> None:
    """A family that is called by the name of who goes out of it is called by another's from then on."""
    who = person(s, person_id)
    named = select(Household.name).where(Household.id == who.household_id)
    sealed = s.execute(named).scalar()
    if sealed and ring(s).open(sealed, f"household/name/{who.household_id}") == who.name:
        s.execute(update(Household).where(Household.id == who.household_id).values(name=None))


def _hand_over(s: Connection, person_id: str, before: str, to: str, now: datetime) -> None:
    """What the one chat booked or waits for is the person's own from now on, and only the person hears of it."""
    made = select(Booking.id).where(Booking.person_id == person_id, Booking.chat == before)
    about = [f"{of}:{id}" for id in s.execute(made).scalars().all() for of in ("booking", "after")]
    for table in (Booking, Waiting):
        s.execute(update(table).where(table.person_id == person_id, table.chat == before).values(chat=to))
    if about:
        hers = (Outbox.chat == before) & Outbox.about.in_(about) & (Outbox.state == "waiting")
        s.execute(update(Outbox).where(hers).values(state="called_off", closed_at=now))


def _give_back(s: Connection, person_id: str, by: str, now: datetime) -> list[int]:
    active = select(Booking.id, Booking.window_id).where(Booking.person_id == person_id, Booking.status.in_(ACTIVE))
    freed = [window for id, window in s.execute(active).all() if close(s, id, by, now)]
    waits = update(Waiting).where(Waiting.person_id == person_id, Waiting.status == "active")
    s.execute(waits.values(status="revoked", updated_at=now))
    about = [f"after:{id}" for id in s.execute(select(Booking.id).where(Booking.person_id == person_id)).scalars()]
    if about:
        untold = update(Outbox).where(Outbox.about.in_(about), Outbox.state == "waiting")
        s.execute(untold.values(state="called_off", closed_at=now))
    return freed


def homes(s: Connection, staff_id: str, first: int, most: int) -> list[Home]:
    """Her households with their heads' names, the newest first, from the `first` on; those without anybody left out."""
    acting(s, staff_id, "asha")
    in_it = (Person.household_id == Household.id) & Person.restricted_at.is_(None)
    found = (
        select(Household.id, Household.name, func.count(Person.id))
        .join(Person, in_it)
        .where(Household.staff_id == staff_id)
        .group_by(Household.id)
        .order_by(Household.created_at.desc(), Household.id)
        .offset(first)
        .limit(most)
    )
    return [_home(s, staff_id, *row) for row in s.execute(found).all()]


def home(s: Connection, staff_id: str, household: str) -> Home:
    """One of her households. Else NotAllowed."""
    require_home(s, staff_id, household)
    found = select(Household.name).where(Household.id == household)
    count = select(func.count()).where(Person.household_id == household, Person.restricted_at.is_(None))
    return _home(s, staff_id, household, s.execute(found).scalar(), int(s.execute(count).scalar_one()))


def _home(s: Connection, staff_id: str, id: str, name: bytes | None, count: int) -> Home:
    opened = ring(s).open(name, f"household/name/{id}") if name else None
    return Home(id, opened or _head(s, id), staff_id, count)


def _head(s: Connection, household: str) -> str | None:
    """The name of the first who was written into a household without a name."""
    found = select(Person.id).where(Person.household_id == household, Person.restricted_at.is_(None))
    first = s.execute(found.order_by(Person.created_at, Person.id).limit(1)).scalar()
    return person(s, first).name if first else None


def lately(s: Connection, staff_id: str, most: int) -> list[Known]:
    """Who of her families was booked or written last."""
    acting(s, staff_id, "asha")
    last = func.max(Booking.created_at)
    found = (
        select(Person.id)
        .join(Household, Household.id == Person.household_id)
        .outerjoin(Booking, Booking.person_id == Person.id)
        .where(Household.staff_id == staff_id, Person.restricted_at.is_(None))
        .group_by(Person.id)
        .order_by(func.coalesce(last, Person.created_at).desc(), Person.id)
        .limit(most)
    )
    return [person(s, id) for id in s.execute(found).scalars().all()]


def mothers(s: Connection, staff_id: str, today: date, now: datetime) -> list[Mother]:
    """Who is pregnant in her families: at high risk first, then by the expected date, unknown ones last."""
    acting(s, staff_id, "asha")
    expecting = or_(Person.due_date >= today - AFTER_TERM, Person.due_date.is_(None))
    pregnant = Person.pregnant.is_(True) & (Person.pregnant_until >= today) & expecting
    found = (
        select(Person.id, Person.due_date, Person.high_risk)
        .join(Household, Household.id == Person.household_id)
        .where(Household.staff_id == staff_id, Person.restricted_at.is_(None), pregnant)
    )
    rows = [Mother(person(s, id), due, bool(high)) for id, due, high in s.execute(found).all()]
    audit.append(s, staff_id, "mothers", f"staff:{staff_id}", now)
    return sorted(rows, key=lambda one: (not one.high_risk, one.due_date or date.max, one.person.id))


def _place(column: str, id: str) -> str:
    return f"person/{column}/{id}"
