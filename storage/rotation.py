"""Rotation: what an older key sealed is sealed anew by the ring's first, a few rows at a time, while the service runs.

A batch is read and sealed outside any transaction that writes; then each value is put in the place of exactly the bytes
that were read. Whoever wrote meanwhile has written by the new ring, and is left as it is. So it may be killed and begun
again at any time: what is done already is passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, bindparam, func, not_, or_, select, update
from sqlalchemy import Table as SqlTable

from storage.columns import Table
from storage.sealed import Keyring, Sealed, head, ring
from storage.session import Database
from storage.tables import Audit

BATCH = 1000
"""Rows changed in one transaction: on SQLite the write lock is held for some 10 ms."""

_PLACES: Mapping[str, tuple[str, ...]] = {"inbox": ("channel", "key"), "outbox": ("chat", "key")}
"""Tables whose sealed values are bound to other columns than the primary key: a row is sealed before it has its id."""
_MAC = 65
"""Letters of the audit's hash after the key's id: a colon and 64 of the hash."""

NO_KEY = "?"
"""Stands for the key of what is no sealed value."""

Reindex = Callable[[Connection, Mapping[str, Any]], None]
_REINDEX: dict[tuple[str, str], Reindex] = {}


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, and the columns whose values say where each was sealed for."""

    table: SqlTable
    column: Column[Any]
    place: tuple[Column[Any], ...]

    @property
    def name(self) -> str:
        """As people write it: person.name."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def id(self) -> Column[Any]:
        """The primary key."""
        return next(iter(self.table.primary_key))

    def aad(self, where: Sequence[Any]) -> str:
        """The place of a row with these values of `place`."""
        return "/".join((self.table.name, self.column.name, *map(str, where)))


@dataclass
class Rotated:
    """What a run has done: values sealed anew; those whose key is lost, by key and column; what else does not open."""

    values: int = 0
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def reindexes(table: str, column: str) -> Callable[[Reindex], Reindex]:
    """Registers `f(s, {row's id: value})`, that makes anew the blind indexes of sealed values under the first key."""

    def register(f: Reindex) -> Reindex:
        _REINDEX[(table, column)] = f
        return f

    return register


@cache
def sealed_columns() -> tuple[SealedColumn, ...]:
    """Every sealed column of every table."""
    return tuple(_sealed_columns())


def keys_in_use(s: Connection) -> dict[str, dict[str, int]]:
    """Column -> key id -> how many values it sealed, also where it is not on the ring; and the audit's hashes."""
    found = {one.name: _by_key(s, one) for one in sealed_columns()}
    name = func.substr(Audit.hash, 1, func.length(Audit.hash) - _MAC)
    audited = {row[0]: row[1] for row in s.execute(select(name, func.count()).group_by(name))}
    return {of: counts for of, counts in (found | {"audit.hash": audited}).items() if counts}


async def rotate(db: Database, batch: int = BATCH, told: Callable[[int], None] = lambda _values: None) -> Rotated:
    """Seals anew whatever another key than the first has sealed; `told` hears how many values were done each time."""
    done = Rotated()
    for column in sealed_columns():
        after: Any = None
        while rows := await db.read(older, column, after, batch):
            after = rows[-1][0]
            changes = _sealed_anew(db.ring, column, rows, done)
            values = await db.run(swap, column, changes) if changes else 0
            done.values += values
            told(values)
    return done


def older(s: Connection, of: SealedColumn, after: Any, limit: int) -> list[tuple[Any, ...]]:
    """Rows, by ids after `after`, whose value another key than the first sealed: id, value, the place's values."""
    first = head(ring(s).current)
    found = select(of.id, of.column, *of.place).where(func.substr(of.column, 1, len(first)) != first)
    if after is not None:
        found = found.where(of.id > after)
    return [tuple(row) for row in s.execute(found.order_by(of.id).limit(limit))]


def swap(s: Connection, of: SealedColumn, changes: Sequence[Mapping[str, Any]]) -> int:
    """Puts each "new" in the place of its "old", in the row "row"; how many stood as they were. Indexes follow."""
    put = update(of.table).where(of.id == bindparam("row"), of.column == bindparam("old"))
    put = put.values({of.column.name: bindparam("new")})
    index = _REINDEX.get((of.table.name, of.column.name))
    if index is None:
        return s.execute(put, list(changes)).rowcount
    s.execute(put, list(changes))
    standing = s.execute(select(of.id, of.column).where(of.id.in_([one["row"] for one in changes])))
    now_there = {row[0]: row[1] for row in standing}
    changed = [one for one in changes if now_there.get(one["row"]) == one["new"]]
    index(s, {one["row"]: ring(s).open(one["new"], one["aad"]) for one in changed})
    return len(changed)


def _sealed_anew(
    keys: Keyring, of: SealedColumn, rows: Sequence[tuple[Any, ...]], done: Rotated
) -> list[dict[str, Any]]:
    changes = []
    for id, old, *where in rows:
        aad, name = of.aad(where), _key_of(keys, old)
        if name not in keys.names:
            done.lost[name, of.name] += 1
            continue
        try:
            changes.append({"row": id, "old": old, "new": keys.again(old, aad), "aad": aad})
        except Sealed as error:
            done.broken.append(str(error))
    return changes


def _sealed_columns() -> Iterator[SealedColumn]:
    for table in Table.metadata.sorted_tables:
        place = tuple(table.c[name] for name in _PLACES.get(table.name, ())) or tuple(table.primary_key)
        for column in table.c:
            if isinstance(column.type, LargeBinary):
                yield SealedColumn(table, column, place)


def _by_key(s: Connection, of: SealedColumn) -> dict[str, int]:
    """Counts of the ring's keys; then, as long as values are left, of the key of one of them."""
    counts: dict[str, int] = {}
    names = list(ring(s).names)
    while names:
        counts |= {name: _many(s, of, _begins(of, name)) for name in names}
        known = or_(*(_begins(of, name) for name in counts))
        other = s.execute(select(of.column).where(of.column.is_not(None), not_(known)).limit(1)).scalar()
        names = [] if other is None else [_key_of(ring(s), other)]
        if names == [NO_KEY]:
            counts[NO_KEY] = _many(s, of, of.column.is_not(None) & not_(known))
            break
    return {name: many for name, many in counts.items() if many}


def _many(s: Connection, of: SealedColumn, where: Any) -> int:
    return int(s.execute(select(func.count()).select_from(of.table).where(where)).scalar_one())


def _begins(of: SealedColumn, name: str) -> Any:
    return func.substr(of.column, 1, len(head(name))) == head(name)


def _key_of(keys: Keyring, sealed: bytes) -> str:
    try:
        return keys.key_of(sealed)
    except Sealed:
        return NO_KEY
