"""Every import is tried on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.session import Database
from tests.importing.desk import ALL, Desk
from tests.storage.conftest import db, migrated_file, postgres, ring, url

__all__ = ["db", "migrated_file", "postgres", "ring", "url"]


@pytest.fixture
def desk(db: Database, tmp_path: Path) -> Desk:
    """An empty database."""
    return Desk(db, tmp_path)


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A database with two hubs, a spoke, two doctors and three lines of rosters."""
    for kind, content in ALL.items():
        assert desk.load(kind, content).refused == []
    return desk
