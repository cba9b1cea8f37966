"""The migrations give the schema of tables.py, however often and by however many they are run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage.columns import Table
from storage.migrate import HEAD, MIGRATIONS, config, migrate
from storage.session import Database, engine

from .conftest import empty_database

ROOT = Path(__file__).parents[2]
TIMES = "'2026-11-23 05:30:00', '2026-11-23 06:00:00'"
OLD_ROWS = (
    "INSERT INTO district (id, name_bn, name_en, invented) VALUES ('d', 'জেলা', 'District', true)",
    "INSERT INTO hub (id, name_bn, name_en, kind, district_id, lat, lon, emergency, invented)"
    " VALUES ('h', 'হাব', 'Hub', 'district_hospital', 'd', 23, 87, true, true)",
    "INSERT INTO spoke (id, hub_id, name_bn, name_en, district_id, lat, lon, invented)"
    " VALUES ('s', 'h', 'কেন্দ্র', 'Spoke', 'd', 23, 87, true)",
    "INSERT INTO doctor (id, hub_id, specialty, name_bn, name_en, qualification, registration_number, signature,"
    " active, invented) VALUES ('dr', 'h', 'ent', 'ডাঃ', 'Dr', 'MBBS', '1', 'Dr', true, true)",
    "INSERT INTO session (id, hub_id, doctor_id, specialty, date, starts_at, ends_at, status)"
    f" VALUES (1, 'h', 'dr', 'ent', '2026-11-23', {TIMES}, 'open')",
    'INSERT INTO "window" (id, session_id, hub_id, specialty, starts_at, ends_at, capacity, taken, issued, first_token,'
    f" open) VALUES (1, 1, 'h', 'ent', {TIMES}, 4, 1, 3, 1, true)",
    "INSERT INTO person (id, owner_chat, name, created_at) VALUES ('p', 'tg:1', '', '2026-11-23 05:00:00')",
    "INSERT INTO booking (id, key, person_id, window_id, session_id, spoke_id, chat, urgency, token_number, status,"
    " starts_at, created_at, updated_at) VALUES ('b', 'k', 'p', 1, 1, 's', 'tg:1', 3, 3, 'booked',"
    f" '2026-11-23 05:30:00', {TIMES})",
    "INSERT INTO consult (id, booking_id, doctor_id, person_id, version, status, content, saved_at)"
    " VALUES ('c', 'b', 'dr', 'p', 1, 'draft', '', '2026-11-23 05:30:00')",
)
"""A consultation of a booking, as the first version of the schema holds it."""

START = "import sys; from storage.migrate import migrate; migrate(sys.argv[1])"


def test_the_migrations_give_what_the_tables_say(db: Database) -> None:
    with db.engine.connect() as s:
        context = MigrationContext.configure(s, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_again_changes_nothing(db: Database) -> None:
    migrate(db.url)
    assert "outbox" in inspect(db.engine).get_table_names()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_processes_may_start_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'var' / 'new.db'}"
    if kind == "postgresql":
        url = empty_database(request.getfixturevalue("postgres"))
    started = [subprocess.Popen([sys.executable, "-c", START, url], cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]


def test_it_runs_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrate("sqlite:///here.db")
    assert "here.db" in os.listdir(tmp_path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_an_older_version_wrote_is_kept(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if kind == "postgresql":
        url = empty_database(request.getfixturevalue("postgres"))
    old = engine(url, ring=None, threads=1)
    with old.begin() as s:
        command.upgrade(config(s), "0001")
    with old.begin() as s:
        for statement in OLD_ROWS:
            s.exec_driver_sql(statement)
    old.dispose()
    migrate(url)
    new = engine(url, ring=None, threads=1)
    with new.connect() as s:
        assert s.exec_driver_sql(
            'SELECT token_number, ends_at = (SELECT ends_at FROM "window") FROM booking'
        ).all() == [(3, True)]
        assert s.exec_driver_sql("SELECT booking_id FROM consult").scalars().all() == ["b"]
        assert s.exec_driver_sql('SELECT reserved FROM "window"').scalars().all() == [0]
    new.dispose()


def test_the_newest_migration_is_the_one_that_the_start_looks_for() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]
