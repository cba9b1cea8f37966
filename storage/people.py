"""People: those of an account's family, and those of an ASHA worker's households."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, bindparam, func, insert, or_, select, union, update

from storage import audit
from storage.accounts import (
    account,
    give_consent,
    refuse_consent,
    set_language,
    set_reachable,
    set_self,
    set_spoke,
    withdraw,
)  # fmt: skip
from storage.columns import new_id
from storage.prepared import Prepared
from storage.records import Household as Home
from storage.records import NotAllowed, Unknown
from storage.records import Person as Known
from storage.scope import acting
from storage.sealed import ring
from storage.tables import Consent, Household, Person, Staff
from storage.zone import day_of

__all__ = [
    "account", "age_years", "consents", "family", "give_consent", "households", "is_pregnant", "may_act_for", "members",
    "person", "person_for", "recently_delivered", "record_consent", "refuse_consent", "require",
    "save_household", "save_person", "set_language", "set_reachable", "set_self", "set_spoke", "update_person",
    "withdraw",
]  # fmt: skip

PREGNANCY = timedelta(days=280)
AFTER_BIRTH = timedelta(days=42)
NOT_PREGNANT = timedelta(days=30)
"""How long what was said of pregnancy and birth is taken as true; then it is asked again."""

_COLUMNS = (
    Person.id, Person.name, Person.phone, Person.born, Person.born_to, Person.sex, Person.pregnant,
    Person.pregnant_until, Person.delivered, Person.delivered_until, Person.relation, Person.household_id,
    Person.owner_chat, Person.own_chat, Person.due_date, Person.restricted_at,
)  # fmt: skip
_chat: BindParameter[str] = bindparam("of_chat")
_hers = select(Household.id).join(Staff).where(Staff.chat == _chat, Staff.revoked_at.is_(None))
_mine = Person.restricted_at.is_(None) & or_(
    Person.own_chat == _chat,
    Person.household_id.is_(None) & (Person.owner_chat == _chat),
    Person.household_id.in_(_hers),
)
_open = Person.restricted_at.is_(None)
of_chat = union(
    select(Person.id).where(Person.own_chat == _chat, _open),
    select(Person.id).where(Person.household_id.is_(None), Person.owner_chat == _chat, _open),
    select(Person.id).join(Household).join(Staff).where(Staff.chat == _chat, Staff.revoked_at.is_(None), _open),
)
"""Ids of those a chat (bound as of_chat) may act for: `_mine` in parts, each with an index of its own."""
_PERSON = Prepared(select(*_COLUMNS).where(Person.id == bindparam("of")))
_FAMILY = Prepared(
    select(*_COLUMNS)
    .where(Person.id.in_(of_chat))
    .order_by(Person.created_at, Person.id)
    .limit(bindparam("most", type_=Integer))
)
_MAY_ACT = Prepared(select(Person.id).where(Person.id == bindparam("of"), _mine))
_INSERT = Prepared(
    insert(Person),
    columns=(
        "id", "household_id", "owner_chat", "own_chat", "name", "phone", "born", "born_to", "sex", "pregnant",
        "pregnant_until", "delivered", "delivered_until", "relation", "created_at",
    ),
)  # fmt: skip
_UNSAID = dict.fromkeys(
    ("phone", "born", "born_to", "sex", "pregnant", "pregnant_until", "delivered", "delivered_until"), None
)


def save_person(
    s: Connection,
    owner_chat: str,
    household: str | None,
    name: str,
    age_years: float | None,
    sex: str | None,
    relation: str | None,
    pregnant: bool | None,
    recent_delivery: bool | None,
    now: datetime,
) -> str:
    """Keeps a new person; the id. Relation "self" is the account's own person: there is one, changed if it is known."""
    said = {"name": name, "age_years": age_years, "sex": sex, "pregnant": pregnant, "recent_delivery": recent_delivery}
    known = account(s, owner_chat)
    if relation == "self" and known and known.person_id:
        update_person(s, known.person_id, now, **said)
        return known.person_id
    if household is not None:
        _own_household(s, owner_chat, household)
    id = new_id()
    own = owner_chat if relation == "self" else None
    kept = {"id": id, "owner_chat": owner_chat, "household_id": household, "own_chat": own, "relation": relation}
    _INSERT.count(s, **(_UNSAID | kept | _as_kept(s, id, said, now)), created_at=now)
    if relation == "self":
        set_self(s, owner_chat, id, now)
    return id


def update_person(s: Connection, id: str, now: datetime, **said: Any) -> None:
    """Changes what is given of: name, phone, age_years, sex, pregnant, recent_delivery, relation, own_chat.

    None leaves as it is.
    """
    if kept := _as_kept(s, id, said, now):
        s.execute(update(Person).where(Person.id == id).values(**kept))


def person(s: Connection, id: str) -> Known:
    """The person, for those who were already found to be allowed. Raises LookupError if there is none."""
    row = _PERSON.first(s, of=id)
    if row is None:
        raise Unknown(f"no person {id}")
    return _known(s, row)


def person_for(s: Connection, chat: str, id: str) -> Known:
    """The person, if this chat may act for them; else NotAllowed."""
    require(s, chat, id)
    return person(s, id)


def family(s: Connection, chat: str, limit: int = 100) -> list[Known]:
    """Everybody this chat may act for, itself first: those it entered, and an ASHA's households."""
    rows = _FAMILY.rows(s, of_chat=chat, most=limit)
    return sorted((_known(s, row) for row in rows), key=lambda person: person.own_chat != chat)


def may_act_for(s: Connection, chat: str, id: str) -> bool:
    """Whether this chat entered the person, is the person, or is the ASHA of their household."""
    return _MAY_ACT.first(s, of=id, of_chat=chat) is not None


def require(s: Connection, chat: str, id: str) -> None:
    """Raises NotAllowed unless this chat may act for the person."""
    if not may_act_for(s, chat, id):
        raise NotAllowed(f"{chat} may not act for person {id}")


def save_household(s: Connection, staff_id: str, name: str | None, now: datetime) -> str:
    """A new household of this ASHA worker; its id."""
    acting(s, staff_id, "asha")
    id = new_id()
    sealed = ring(s).seal(name, f"household/name/{id}") if name else None
    s.execute(insert(Household).values(id=id, name=sealed, staff_id=staff_id, created_at=now))
    audit.append(s, staff_id, "household", f"household:{id}", now)
    return id


def households(s: Connection, staff_id: str) -> list[Home]:
    """The households of this ASHA worker, oldest first."""
    acting(s, staff_id, "asha")
    found = (
        select(Household.id, Household.name, Household.staff_id, func.count(Person.id))
        .outerjoin(Person, Person.household_id == Household.id)
        .where(Household.staff_id == staff_id)
        .group_by(Household.id)
        .order_by(Household.created_at, Household.id)
    )
    keys = ring(s)
    return [
        Home(id, keys.open(name, f"household/name/{id}") if name else None, of, members)
        for id, name, of, members in s.execute(found)
    ]


def members(s: Connection, staff_id: str, household: str) -> list[Known]:
    """The people of a household, for its ASHA worker alone."""
    acting(s, staff_id, "asha")
    found = (
        select(*_COLUMNS)
        .join(Household, Household.id == Person.household_id)
        .where(Household.id == household, Household.staff_id == staff_id)
    )
    return [_known(s, row) for row in s.execute(found.order_by(Person.created_at, Person.id))]


def record_consent(
    s: Connection, person_id: str, who: str, how: str, purposes: Sequence[str], recorded_by: str, now: datetime
) -> str:
    """Keeps that the person, or an adult for them (`who`), consented to what `recorded_by` does for them; the id."""
    require(s, recorded_by, person_id)
    id = new_id()
    said = {"who": who, "how": how, "purposes": list(purposes), "recorded_by": recorded_by, "at": now}
    s.execute(insert(Consent).values(id=id, person_id=person_id, **said))
    return id


def consents(s: Connection, person_id: str) -> list[tuple[str, str, datetime, str]]:
    """The recorded consents of a person, newest first: who, how, when, recorded by."""
    found = select(Consent.who, Consent.how, Consent.at, Consent.recorded_by).where(Consent.person_id == person_id)
    return [(r.who, r.how, r.at, r.recorded_by) for r in s.execute(found.order_by(Consent.at.desc()))]


def age_years(person: Known, today: date) -> float | None:
    """Age in years, months and days as a fraction; None if it was never said."""
    if person.born is None:
        return None
    whole = today.year - person.born.year
    if _anniversary(person.born, today.year) > today:
        whole -= 1
    return max(0.0, whole + (today - _anniversary(person.born, person.born.year + whole)).days / 365.25)


def is_pregnant(person: Known, today: date) -> bool | None:
    """What was said of pregnancy, while it can still be true; else None."""
    return person.pregnant if person.pregnant_until and today <= person.pregnant_until else None


def recently_delivered(person: Known, today: date) -> bool | None:
    """What was said of having given birth in the last six weeks, while it can still be true; else None."""
    return person.delivered if person.delivered_until and today <= person.delivered_until else None


def _own_household(s: Connection, chat: str, household: str) -> None:
    found = select(Household.id).join(Staff).where(Household.id == household, Staff.chat == chat)
    if s.execute(found.where(Staff.revoked_at.is_(None))).first() is None:
        raise NotAllowed(f"{chat} is not the ASHA of household {household}")


def _as_kept(s: Connection, id: str, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What was said of a person as the columns that keep it."""
    today, keys = day_of(now), ring(s)
    kept = {name: said[name] for name in ("sex", "relation", "own_chat") if said.get(name) is not None}
    kept |= {name: keys.seal(said[name], _place(name, id)) for name in ("name", "phone") if said.get(name)}
    if (age := said.get("age_years")) is not None:
        kept |= {"born": _born(age, today), "born_to": "year" if age >= 2 else "month" if age >= 0.1 else "day"}
    if (pregnant := said.get("pregnant")) is not None:
        kept |= {"pregnant": pregnant, "pregnant_until": today + (PREGNANCY if pregnant else NOT_PREGNANT)}
    if (delivered := said.get("recent_delivery")) is not None:
        kept |= {"delivered": delivered, "delivered_until": today + AFTER_BIRTH}
    return kept


def _born(age: float, today: date) -> date:
    """A birthday that makes somebody of this age today."""
    return _anniversary(today, today.year - int(age)) - timedelta(days=round((age - int(age)) * 365.25))


def _anniversary(day: date, year: int) -> date:
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _known(s: Connection, row: Any) -> Known:
    id, name, phone, *rest, restricted_at = row
    keys = ring(s)
    opened = None if restricted_at else keys.open(name, _place("name", id))
    number = keys.open(phone, _place("phone", id)) if phone and not restricted_at else None
    return Known(id, opened, number, *rest)


def _place(column: str, id: str) -> str:
    return f"person/{column}/{id}"
