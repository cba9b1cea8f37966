"""An empty database becomes a state with its people: hubs, spokes, windows, accounts, a coordinator a hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.simulation.people import BEGINS, Patient, patients
from flows.privacy_notice import notice
from storage.columns import Table
from storage.demo.state import fill
from storage.migrate import migrate
from storage.sealed import Keyring, new_key, ring
from storage.session import Database, engine, translated
from storage.tables import Account, Hub, Person, Spoke, Staff
from storage.zone import at

DAY = date(2026, 11, 24)
"""The day that is played: a Tuesday without a holiday."""
MANY = 2000
BACKENDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class World:
    """Who takes part."""

    patients: list[Patient]
    hubs: list[str]
    begins: datetime
    rows: dict[str, int]


def require_empty(url: str) -> None:
    """Raises ValueError unless `url` names an empty database: a simulation must never write among real people."""
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in BACKENDS:
        raise ValueError(f"--database: cannot be {url!r}; write sqlite:///file.db or postgresql+psycopg://...")
    if backend == "sqlite" and not Path(address.database or "").exists():
        return
    made = engine(url, ring=None, threads=1)
    try:
        with made.connect() as connection:
            used = [name for name in inspect(connection).get_table_names() if _used(connection, name)]
    except DBAPIError as error:
        raise translated(error) from error
    finally:
        made.dispose()
    if used:
        raise ValueError(
            f"--database: {address.render_as_string()} is not empty ({', '.join(sorted(used)[:4])} ...). A simulation "
            "fills a database with invented people: name an empty one, or leave --database out for a temporary file."
        )


def _used(connection: Connection, table: str) -> bool:
    quoted = connection.dialect.identifier_preparer.quote(table)
    return (
        table != "alembic_version" and connection.exec_driver_sql(f"SELECT 1 FROM {quoted} LIMIT 1").first() is not None
    )


def open_empty(url: str) -> Database:
    """The database with its schema, under a key that nobody keeps. Raises ValueError if it is not empty."""
    require_empty(url)
    migrate(url)
    return Database(url, Keyring(new_key("simulation")))


def furnish(db: Database, hubs: int, spokes: int, consultations: int, seed: int) -> World:
    """Fills the empty database; the patients of the day, in the order in which they ask."""
    rows = fill(db, hubs, spokes, consultations, DAY, seed)
    begins = at(DAY - timedelta(days=1), time(BEGINS))
    there = [
        (row[0], row[1])
        for row in db.call(lambda s: s.execute(select(Spoke.id, Spoke.hub_id).order_by(Spoke.id)).all())
    ]
    people = list(patients(consultations, there, begins, seed))
    for first in range(0, len(people), MANY):
        db.call(_enter, people[first : first + MANY], begins)
    names = list(db.call(lambda s: s.scalars(select(Hub.id).order_by(Hub.id)).all()))
    db.call(_enrol, names, begins)
    return World(people, names, begins, rows | {"account": len(people), "staff": len(names)})


def coordinator(hub: str) -> str:
    """The id of a hub's coordinator."""
    return f"coordinator-{hub}"[:40]


def _enter(s: Connection, people: Sequence[Patient], now: datetime) -> None:
    """Accounts with consent, and the people: as many families' conversations would have left them."""
    _add(s, Account, [
        {"chat": one.chat, "lang": "bn", "consent_version": notice().version, "consent_at": now,
         "consent_how": "button", "consent_purposes": list(notice().purposes),
         "person_id": one.person, "reachable": True,
         "created_at": now}
        for one in people
    ])  # fmt: skip
    seal = ring(s).seal
    _add(s, Person, [
        {"id": one.person, "owner_chat": one.chat, "own_chat": one.chat, "relation": "self", "created_at": now,
         "name": seal("নমুনা মানুষ", f"person/name/{one.person}")}
        for one in people
    ])  # fmt: skip


def _enrol(s: Connection, hubs: Sequence[str], now: datetime) -> None:
    _add(s, Staff, [
        {"id": coordinator(hub), "role": "coordinator", "chat": f"sim:{hub}", "hub_id": hub, "enrolled_at": now,
         "name": ring(s).seal("নমুনা", f"staff/name/{coordinator(hub)}")}
        for hub in hubs
    ])  # fmt: skip


def _add(s: Connection, table: type[Table], rows: list[dict[str, Any]]) -> None:
    s.execute(insert(table), rows)
