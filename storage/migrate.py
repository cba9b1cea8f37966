"""Bringing a database up to the schema of this version; safe to run at every start, from anywhere, by many at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url

from storage.dialect import one_at_a_time
from storage.session import engine

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Makes or upgrades the schema in one transaction. Whoever comes second waits, and then finds nothing to do."""
    _make_room(url)
    made = engine(url, ring=None, threads=1)
    try:
        with made.begin() as s:
            one_at_a_time(s, "ingit migrations")
            command.upgrade(config(s), "head")
    finally:
        made.dispose()


def config(s: Connection) -> Config:
    """Alembic's settings, for a connection that is open already."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = s
    return made


def _make_room(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
