"""What an import needs of the database: what is known, and putting in what is new or changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from storage.columns import Table
from storage.dialect import insert_new, one_at_a_time
from storage.gazetteer import places
from storage.gazetteer.load import add_districts
from storage.roster_changes import Followed, changing, doctors_of, with_sessions
from storage.tables import District, Doctor, Hub, Spoke

Row = dict[str, Any]

TOGETHER = 20
"""Doctors who have sessions, in one transaction: some tens of milliseconds if all of their sessions change."""


@dataclass(frozen=True)
class Known:
    """What lines of a file may name: districts and hubs with their names, doctors with their hub."""

    districts: dict[str, tuple[str, str]]
    hubs: dict[str, tuple[str, str]]
    doctors: dict[str, str]


@dataclass(frozen=True)
class Put:
    """Rows to put into one table: new ones, changed ones (with their id), and those to take out."""

    table: type[Table]
    new: Sequence[Row] = ()
    changed: Sequence[Row] = ()
    gone: Sequence[Row] = ()

    def of(self, doctors: Collection[str], others: bool = False) -> Put:
        """Only the rows of these doctors, or only those of others."""
        kept = ([row for row in rows if (_doctor(row) in doctors) != others] for rows in self.rows())
        return Put(self.table, *kept)

    def rows(self) -> tuple[Sequence[Row], ...]:
        """The new, the changed, those that go."""
        return self.new, self.changed, self.gone


@dataclass(frozen=True)
class Change:
    """What one import does. `doctors` and `hubs` (None: all): whose sessions it may concern; `days`: only on these."""

    puts: tuple[Put, ...]
    doctors: frozenset[str] = frozenset()
    hubs: frozenset[str | None] = frozenset()
    days: frozenset[date] | None = None


def known(s: Connection) -> Known:
    """Everything that may be named; the state's districts are known before they are in the database."""
    named = s.execute(select(District.id, District.name_bn, District.name_en))
    districts = {id: (place.name_bn, place.name_en) for id, place in places.districts().items()}
    districts |= {id: (bn, en) for id, bn, en in named}
    hubs = {id: (bn, en) for id, bn, en in s.execute(select(Hub.id, Hub.name_bn, Hub.name_en))}
    doctors = dict(s.execute(select(Doctor.id, Doctor.hub_id)).all())
    return Known(districts, hubs, doctors)


def stored(s: Connection, table: type[Table]) -> list[Row]:
    """Every row of a table."""
    return [dict(row) for row in s.execute(select(table.__table__)).mappings()]


def parts(s: Connection, change: Change, now: datetime) -> list[Change]:
    """The change in parts that do not hold the writer for long, no doctor divided.

    One for everything of which no session is made yet, and one for each few doctors who have sessions.
    """
    busy = sorted(with_sessions(s, now, change.doctors))
    if len(busy) <= TOGETHER:
        return [change]
    new = [put.of(frozenset(busy), others=True) for put in change.puts]
    divided = [Change(tuple(new), change.doctors.difference(busy), change.hubs, change.days)]
    for begin in range(0, len(busy), TOGETHER):
        some = frozenset(busy[begin : begin + TOGETHER])
        divided.append(Change(tuple(put.of(some) for put in change.puts), some, days=change.days))
    return divided


def load(s: Connection, change: Change, now: datetime) -> Followed:
    """Puts everything in; what sessions there are follows as far as nobody has a place in them."""
    one_at_a_time(s, "import")
    if any(put.table in (Hub, Spoke) for put in change.puts):
        add_districts(s)
    doctors = change.doctors.union(*(doctors_of(s, hub_id) for hub_id in change.hubs))
    return changing(s, lambda s: _put_all(s, change.puts), doctors, now, change.days)


def _put_all(s: Connection, puts: tuple[Put, ...]) -> None:
    for put in puts:
        table: Any = put.table.__table__
        if put.gone:
            s.execute(delete(table).where(table.c.id == bindparam("of")), [{"of": row["id"]} for row in put.gone])
        if put.changed:
            columns: Row = {column: bindparam(f"to_{column}") for column in put.changed[0] if column != "id"}
            rows = [{f"to_{column}": value for column, value in row.items()} for row in put.changed]
            s.execute(update(table).where(table.c.id == bindparam("to_id")).values(columns), rows)
        if put.new:
            s.execute(insert_new(s, put.table), put.new)


def _doctor(row: Row) -> Any:
    """Whose row it is: of a roster its doctor's, of a doctor their own."""
    return row.get("doctor_id", row["id"])
