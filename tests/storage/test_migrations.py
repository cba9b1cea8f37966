"""The migrations give the schema of tables.py, however often and by however many they are run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage.columns import Table
from storage.migrate import HEAD, MIGRATIONS, migrate
from storage.session import Database

from .conftest import empty_database

ROOT = Path(__file__).parents[2]
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


def test_the_newest_migration_is_the_one_that_the_start_looks_for() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]
