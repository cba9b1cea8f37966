"""People found by how their names sound, each ASHA worker within her own households.

The keys of a name are the caller's (nlu.names); what is kept of one is a keyed hash that is bound to the ASHA worker:
one look-up reaches her people alone, and nobody can count how often a name stands in the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Integer, bindparam, delete, func, select

from storage.dialect import among, insert_new, listed
from storage.prepared import Prepared
from storage.scope import acting
from storage.sealed import ring
from storage.tables import Household, Person, PersonKey

FOUND_AT_MOST = 200

_FIND = Prepared(
    lambda dialect: (
        select(PersonKey.person_id)
        .join(Person, Person.id == PersonKey.person_id)
        .join(Household, Household.id == Person.household_id)
        .where(among(dialect, PersonKey.key, "hashes"))
        .where(Household.staff_id == bindparam("of"), Person.restricted_at.is_(None))
        .group_by(PersonKey.person_id)
        .order_by(func.count().desc(), PersonKey.person_id)
        .limit(bindparam("most", type_=Integer))
    )
)


def put(s: Connection, person_id: str, keys: Iterable[str]) -> None:
    """Keeps a person of a household under these keys, and under no others."""
    staff_id = s.execute(
        select(Household.staff_id).join(Person, Person.household_id == Household.id).where(Person.id == person_id)
    ).scalar()
    s.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
    rows = [{"key": _blind(s, staff_id, key)[0], "person_id": person_id} for key in dict.fromkeys(keys)]
    if staff_id and rows:
        s.execute(insert_new(s, PersonKey), rows)


def renew(s: Connection, keys: Mapping[str, Iterable[str]]) -> None:
    """Person -> keys: kept anew by the ring's first key, for those kept under any; whoever left is not."""
    found = select(PersonKey.person_id, Household.staff_id).distinct()
    found = found.join(Person, Person.id == PersonKey.person_id).join(Household, Household.id == Person.household_id)
    of = {row[0]: row[1] for row in s.execute(found.where(PersonKey.person_id.in_(keys)))}
    s.execute(delete(PersonKey).where(PersonKey.person_id.in_(keys)))
    rows = [
        {"key": _blind(s, staff_id, key)[0], "person_id": id} for id, staff_id in of.items() if staff_id
        for key in dict.fromkeys(keys[id])
    ]  # fmt: skip
    if rows:
        s.execute(insert_new(s, PersonKey), rows)


def find(s: Connection, staff_id: str, keys: Iterable[str]) -> list[str]:
    """The people of this ASHA worker's households who are kept under these keys; under the most of them first."""
    acting(s, staff_id, "asha")
    hashes = [hash for key in dict.fromkeys(keys) for hash in _blind(s, staff_id, key)]
    if not hashes:
        return []
    rows = _FIND.rows(s, hashes=listed(s, hashes), of=staff_id, most=FOUND_AT_MOST)
    return [row[0] for row in rows]


def without_keys(s: Connection, staff_id: str, most: int = FOUND_AT_MOST) -> list[str]:
    """Those of this ASHA worker's people who are kept under no key: written before names had keys, or joined since."""
    acting(s, staff_id, "asha")
    keyed = select(PersonKey.person_id).where(PersonKey.person_id == Person.id).exists()
    found = select(Person.id).join(Household, Household.id == Person.household_id)
    bare = found.where(Household.staff_id == staff_id, Person.restricted_at.is_(None), ~keyed)
    return list(s.execute(bare.order_by(Person.created_at.desc(), Person.id).limit(most)).scalars())


def _blind(s: Connection, staff_id: str | None, key: str) -> list[str]:
    return ring(s).blind(key, f"person/name/{staff_id}")
