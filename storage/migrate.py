"""Bringing a database up to the schema of this version; safe to run at every start, from anywhere, by many at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from storage.dialect import one_at_a_time
from storage.session import engine, translated

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0004"
"""The newest migration (a test compares it with Alembic's): a database that stands there needs no Alembic."""


def migrate(url: str) -> None:
    """Makes or upgrades the schema in one transaction. Whoever comes second waits, and then finds nothing to do.

    Raises storage.session.DatabaseAway.
    """
    _make_room(url)
    made = engine(url, ring=None, threads=1)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _let_tables_be_made_anew)
    try:
        with made.begin() as s:
            one_at_a_time(s, "ingit migrations")
            if _version(s) != HEAD:
                from alembic import command

                command.upgrade(config(s), "head")
                _refuse_orphans(s)
    except DBAPIError as error:
        raise translated(error) from error
    finally:
        made.dispose()


def config(s: Connection) -> Config:
    """Alembic's settings, for a connection that is open already."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = s
    return made


def _let_tables_be_made_anew(connection: Any, _record: Any) -> None:
    """SQLite changes a column by copying its table and dropping the old one, which rows that point to it forbid."""
    connection.execute("PRAGMA foreign_keys = OFF")


def _refuse_orphans(s: Connection) -> None:
    if s.dialect.name == "sqlite" and (lost := s.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise RuntimeError(f"the migration would leave rows of {lost[0]} without their {lost[2]}; nothing was changed")


def _version(s: Connection) -> str | None:
    if not inspect(s).has_table("alembic_version"):
        return None
    found: str | None = s.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _make_room(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
