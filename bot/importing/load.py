"""One file into the database: read, held against what is there, put in as a whole, reported line by line."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.importing import lines, rosters
from bot.importing.columns import called, needed
from bot.importing.lines import Entry, Values
from bot.importing.names import Names
from bot.importing.sheet import BadFile, Refused, Sheet, read_sheet
from storage import imports
from storage.columns import Table
from storage.imports import Change, Put
from storage.roster_changes import Followed
from storage.session import Database
from storage.tables import Doctor, Holiday, Hub, Roster, RosterException, Spoke

P = ParamSpec("P")
T = TypeVar("T")

ENTRIES: dict[str, Callable[[int, Values], Entry]] = {
    "hubs": lines.hub, "spokes": lines.spoke, "doctors": lines.doctor, "holidays": lines.holiday,
}  # fmt: skip
TABLES: dict[str, tuple[type[Table], ...]] = {
    "hubs": (Hub,), "spokes": (Spoke,), "doctors": (Doctor,), "holidays": (Holiday,),
    "rosters": (Roster, RosterException),
}  # fmt: skip
KEYS: dict[type[Table], tuple[str, ...]] = {
    Holiday: ("date", "hub_id"),
    Roster: ("doctor_id", "weekday", "starts"),
    RosterException: ("doctor_id", "date", "starts"),
}
"""What makes a row the same as one that is there; else its id."""
NEW: dict[type[Table], Values] = {
    Hub: {"address_bn": None, "address_en": None, "phone": None, "invented": False},
    Spoke: {"address_bn": None, "address_en": None, "block": None, "invented": False},
    Doctor: {"staff_id": None, "active": True, "invented": False},
    Roster: {"invented": False},
}
"""What a new row has where the file says nothing; what is there keeps what it has."""
MOVES = ("hub_id", "specialty", "active")
"""A doctor's columns of which sessions are made."""


@dataclass
class Report:
    """What an import did, or would do."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    followed: Followed = field(default_factory=Followed)
    sessions: int = 0
    written: bool = False


Watch = Callable[[list[Any]], Iterable[Any]]
"""Goes through lines or parts, and shows how far it is."""

PAUSE = 0.01
"""Seconds between two transactions, in which others get the writer."""


def _unwatched(steps: list[Any]) -> Iterable[Any]:
    return steps


@dataclass(frozen=True)
class Wish:
    """How a file is to be taken."""

    dry_run: bool = False
    strict: bool = False
    replace: bool = False


def load_file(db: Database, kind: str, path: Path, wish: Wish, now: datetime, watch: Watch = _unwatched) -> Report:
    """Loads the file, as far as it is right. Raises BadFile if none of it can be used, or DatabaseAway: nothing is in.

    `dry_run` writes nothing; `strict` writes nothing if a line is refused; `replace` (rosters) takes out the weekly
    lines of the file's doctors that the file does not have.
    """
    sheet = read_sheet(path, called(kind), needed(kind))
    if kind == "rosters" and not {"weekday", "date"} & set(sheet.columns):
        raise BadFile(f"{path}:1: there is neither a column weekday nor a column date. Add one.")
    report = Report(refused=sheet.refused, notes=sheet.notes)
    there = {table: _read(db, imports.stored, table) for table in TABLES[kind]}
    names = Names(_read(db, imports.known))
    found = _entries(kind, sheet, names, there, wish, report.refused, watch)
    change = _change(kind, found, there, _replaced(sheet, found, report.refused) if wish.replace else set(), report)
    report.refused.sort(key=lambda refused: refused.line)
    unwanted = wish.dry_run or (wish.strict and report.refused)
    if not unwanted and report.new + report.changed + report.removed:
        for part in watch(_read(db, imports.parts, change, now)):
            report.followed += db.call(imports.load, part, now)
            time.sleep(PAUSE)
        report.written = True
    return report


def _read(db: Database, f: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `f` reads, apart from the writer."""
    return asyncio.run(db.read(f, *args, **kwargs))


def _entries(
    kind: str,
    sheet: Sheet,
    names: Names,
    there: dict[type[Table], list[Values]],
    wish: Wish,
    refused: list[Refused],
    watch: Watch,
) -> list[Entry]:
    entry = rosters.reader(there[Roster]) if kind == "rosters" else ENTRIES[kind]
    read = list(lines.entries(kind, sheet, watch(sheet.lines), names, entry, refused))
    if kind != "rosters":
        return read
    whose = _replaced(sheet, read, refused) if wish.replace else set()
    stored = [
        rosters.stored_entry(table, row) for table in there for row in there[table]
        if table is not Roster or row["doctor_id"] not in whose
    ]  # fmt: skip
    return list(rosters.without_overlaps(read, stored, refused))


def _replaced(sheet: Sheet, found: list[Entry], refused: list[Refused]) -> set[str]:
    """The doctors whose whole week the file holds: those with weekly lines, none of them refused."""
    at = {one.line for one in refused}
    spoilt = {" ".join(line.cells.get("doctor_id", "").split()) for line in sheet.lines if line.number in at}
    return {entry.row["doctor_id"] for entry in found if entry.table is Roster} - spoilt


def _change(
    kind: str, found: list[Entry], there: dict[type[Table], list[Values]], whose: set[str], report: Report
) -> Change:
    """What is to be written; counts it."""
    puts: list[Put] = []
    doctors: set[str] = set()
    hubs: set[str | None] = set()
    days: set[date | None] = set()
    for table, rows in there.items():
        mine = [entry for entry in found if entry.table is table]
        put, touched = _put(table, mine, rows, whose, report)
        puts.append(put)
        if table in (Roster, RosterException):
            doctors |= {row["doctor_id"] for row in touched}
            days |= {row.get("date") for row in touched}
        elif table is Doctor:
            doctors |= {row["id"] for row in touched}
            days |= {None for _ in touched}
        elif table is Holiday:
            hubs |= {row["hub_id"] for row in touched}
            days |= {row["date"] for row in touched}
    only = None if None in days else frozenset(day for day in days if day)
    return Change(tuple(puts), frozenset(doctors), frozenset({None} if None in hubs else hubs), only)


def _put(
    table: type[Table], found: list[Entry], rows: list[Values], whose: set[str], report: Report
) -> tuple[Put, list[Values]]:
    """What is to be written into one table, and the rows of which sessions may depend."""
    stood = {_key(table, row): row for row in rows}
    new, changed, touched = [], [], []
    for entry in found:
        if entry.key[-1] == "usual":
            continue
        old = stood.get(entry.key)
        if old is None:
            new.append(NEW.get(table, {}) | entry.row)
            continue
        row = entry.row | {"id": old["id"]} | ({"invented": False} if "invented" in old else {})
        if all(old[name] == value for name, value in row.items()):
            report.same += 1
            continue
        changed.append(row)
        if table is not Doctor or any(row.get(name, old[name]) != old[name] for name in MOVES):
            touched.append(row)
    gone = list(_gone(table, found, stood, whose))
    report.new, report.changed, report.removed = (
        report.new + len(new), report.changed + len(changed), report.removed + len(gone),
    )  # fmt: skip
    put = Put(table, tuple(new), tuple(changed), tuple(gone))
    return put, [*touched, *([] if table is Doctor else new), *gone]


def _gone(
    table: type[Table], found: list[Entry], stood: dict[tuple[Any, ...], Values], whose: set[str]
) -> Iterator[Values]:
    """The rows that the file's lines stand in place of: of a single day, and of a week that the file replaces."""
    said: dict[Any, set[tuple[Any, ...]]] = defaultdict(set)
    for entry in found:
        said[entry.key[:2] if table is RosterException else entry.row.get("doctor_id")].add(entry.key)
    if table is RosterException:
        yield from (row for key, row in stood.items() if key[:2] in said and key not in said[key[:2]])
    elif table is Roster:
        yield from (row for key, row in stood.items() if key[0] in whose and key not in said[key[0]])


def _key(table: type[Table], row: Values) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEYS.get(table, ("id",)))
