"""Every prepared statement finds its rows by an index, on PostgreSQL with tables as large as a year makes them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import Connection, text

import storage
from storage.columns import Instant
from storage.prepared import Prepared, _Compiled
from storage.sealed import Keyring, new_key
from storage.session import Database

from .conftest import NOW
from .world import build

GROWING = {
    "inbox", "outbox", "booking", "waiting", "offer", "window", "session", "person", "account", "conversation",
    "consent", "household", "decision", "consult", "audit", "person_key",
}  # fmt: skip
ALL_OF_IT: dict[str, str] = {}
"""Statements that may read a growing table from end to end, each with the reason."""

MANY = 40_000
FILL = (
    """INSERT INTO session (hub_id, doctor_id, specialty, date, starts_at, ends_at, status)
       SELECT 'hub-1', 'dr-1', 'general_medicine', '2022-07-01'::date + n,
              '2022-07-01'::timestamptz + n * '1 h'::interval,
              '2022-07-01'::timestamptz + (n + 1) * '1 h'::interval, 'open' FROM generate_series(1, {many}) n""",
    """INSERT INTO "window" (session_id, hub_id, specialty, starts_at, ends_at, capacity, taken, issued,
              first_token, open)
       SELECT id, hub_id, specialty, starts_at, ends_at, 4, id % 5, 0, 1, true FROM session WHERE id > 6""",
    """INSERT INTO account (chat, lang, reachable, created_at)
       SELECT 'c' || n, 'bn', true, now() FROM generate_series(1, {many}) n""",
    """INSERT INTO conversation (chat, state, step, version, updated_at)
       SELECT 'c' || n, '', 1, 1, now() FROM generate_series(1, {many}) n""",
    """INSERT INTO staff (id, role, chat, name, enrolled_at)
       SELECT 's' || n, 'asha', 'c' || n, '', now() FROM generate_series(1, {many} / 50) n""",
    """INSERT INTO household (id, staff_id, created_at)
       SELECT 'h' || n, 's' || (n % ({many} / 50) + 1), now() FROM generate_series(1, {many}) n""",
    """INSERT INTO person (id, household_id, owner_chat, own_chat, name, created_at)
       SELECT 'p' || n, CASE WHEN n % 3 = 0 THEN 'h' || n END, 'c' || n, CASE WHEN n % 2 = 0 THEN 'c' || n END, '',
              now()
       FROM generate_series(1, {many}) n""",
    """INSERT INTO person_key (key, person_id) SELECT 'k' || n, 'p' || n FROM generate_series(1, {many}) n""",
    """INSERT INTO consent (id, person_id, who, how, purposes, recorded_by, at)
       SELECT 'k' || n, 'p' || n, 'self', 'in_person', '[]', 'c1', now() FROM generate_series(1, {many}) n""",
    """INSERT INTO decision (id, person_id, chat, facts, level, rule, protocol, version, specialty, at)
       SELECT 'd' || n, 'p' || n, 'c' || n, '', 'consultation', 'r', 'p', '1', 'general_medicine', now()
       FROM generate_series(1, {many}) n""",
    """INSERT INTO booking (id, key, person_id, window_id, session_id, spoke_id, chat, urgency, token_number, status,
              starts_at, ends_at, held_until, created_at, updated_at)
       SELECT 'b' || w.id, 'k' || w.id, 'p' || (w.id % {many} + 1), w.id, w.session_id, 'spoke-1',
              'c' || (w.id % {many} + 1), 3, CASE WHEN w.id % 50 > 1 THEN 1 END,
              CASE w.id % 50 WHEN 0 THEN 'pending' WHEN 1 THEN 'proposed' WHEN 2 THEN 'booked' ELSE 'fulfilled' END,
              w.starts_at, w.ends_at, CASE WHEN w.id % 50 < 2 THEN now() + w.id * '1 s'::interval END, now(), now()
       FROM "window" w WHERE w.id > 100 AND w.id <= {many}""",
    """INSERT INTO waiting (id, key, person_id, chat, spoke_id, hub_id, specialty, urgency, wanted_from, wanted_until,
              status, created_at, updated_at)
       SELECT 'w' || n, 'k' || n, 'p' || n, 'c' || n, 'spoke-1', 'hub-1', 'general_medicine', n % 4,
              now() + n * '1 m'::interval, now() + n * '1 h'::interval,
              CASE WHEN n % 200 = 0 THEN 'active' ELSE 'completed' END, now(), now()
       FROM generate_series(1, {many}) n""",
    """INSERT INTO offer (waiting_id, window_id, booking_id, offered_at, answered_at)
       SELECT 'w' || substr(id, 2), window_id, id, now(), CASE WHEN status <> 'proposed' THEN now() END FROM booking""",
    """INSERT INTO consult (id, booking_id, doctor_id, person_id, version, status, content, saved_at)
       SELECT 'x' || id, id, CASE WHEN window_id % 3 = 0 THEN 'dr-1' ELSE 'dr-2' END, person_id, 1, 'final', '', now()
       FROM booking""",
    """INSERT INTO inbox (channel, key, chat, payload, received_at, done_at)
       SELECT 'tg', 'k' || n, 'c' || n, '', now(), CASE WHEN n % 100 > 0 THEN now() END
       FROM generate_series(1, {many}) n""",
    """INSERT INTO outbox (chat, kind, payload, priority, due, expires_at, about, key, must_arrive, state,
              tries, created_at)
       SELECT 'c' || n, 'reply', '', n % 5, now() + n * '1 m'::interval, now() + n * '1 h'::interval, 'booking:b' || n,
              'k' || n, true, CASE WHEN n % 10 > 0 THEN 'sent' ELSE 'waiting' END, 0, now()
       FROM generate_series(1, {many}) n""",
    """INSERT INTO audit (id, at, who, action, subject, before, hash)
       SELECT n, now(), 'c1', 'read', 'person:p1', '', '' FROM generate_series(1, {many}) n""",
)  # fmt: skip
NAMED: dict[str, Any] = {
    "most": 50, "of_hub": "hub-1", "of_specialty": "general_medicine", "for_": "general_medicine", "of_chat": "c77",
}  # fmt: skip
BY_TYPE: dict[type, Any] = {
    datetime: NOW, date: NOW.date(), time: time(11), int: 77, bool: False, str: "b77", bytes: b"", float: 23.0,
    dict: {}, list: [],
}  # fmt: skip


def statements() -> dict[str, Prepared]:
    """Every Prepared of the package, by module and name: a new one is among them without being listed."""
    found = (module.name for module in pkgutil.walk_packages(storage.__path__, "storage."))
    modules = [name for name in found if "migrations" not in name]
    return {
        f"{module.removeprefix('storage.')}.{name}": value
        for module in modules
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, Prepared)
    }


@pytest.fixture(scope="module")
def year(postgres: str) -> Iterator[Connection]:
    """A connection to a database that was in use for long."""
    from .conftest import _administer, _database

    _administer(postgres, "CREATE DATABASE year TEMPLATE schema")
    db = Database(_database(postgres, "year"), Keyring(new_key("k1")))
    db.call(build)
    with db.engine.connect() as s:
        for statement in FILL:
            s.execute(text(statement.format(many=MANY)))
        s.commit()
        s.execute(text("ANALYZE"))
        s.commit()
        yield s
    db.close()
    _administer(postgres, "DROP DATABASE year WITH (FORCE)")


def read_whole(s: Connection, statement: Any, columns: Any = None) -> set[str]:
    """The tables that PostgreSQL would read from end to end for this statement."""
    built = statement(s.dialect.name) if callable(statement) else statement
    binds = built.compile(dialect=s.dialect, column_keys=columns).binds
    values = {name: NAMED[name] if name in NAMED else _value(bind.type) for name, bind in binds.items()}
    compiled = _Compiled(built, s.dialect, columns)
    driver: Any = s.connection.driver_connection
    plan = driver.execute(f"EXPLAIN (FORMAT JSON) {compiled.sql}", compiled.bound(values)).fetchone()[0]
    s.rollback()
    return {node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"}


def _value(kind: Any) -> Any:
    return NOW if isinstance(kind, Instant) else BY_TYPE[kind.python_type]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


@pytest.mark.parametrize("name", sorted(statements().keys() - ALL_OF_IT.keys()))
def test_a_statement_reads_no_growing_table_from_end_to_end(year: Connection, name: str) -> None:
    prepared = statements()[name]
    assert read_whole(year, prepared._build, prepared._columns) & GROWING == set()


def test_control_what_has_no_index_is_seen(year: Connection) -> None:
    from sqlalchemy import bindparam, select

    from storage.tables import Booking

    assert read_whole(year, select(Booking.id).where(Booking.urgency == bindparam("of")))


def test_what_is_exempt_is_there(year: Connection) -> None:
    assert ALL_OF_IT.keys() <= statements().keys()
    assert all(read_whole(year, statements()[name]._build) & GROWING for name in ALL_OF_IT)
