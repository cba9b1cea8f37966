"""Every delivery is tried on both databases."""

from __future__ import annotations

from tests.storage.conftest import db, migrated_file, postgres, ring, url

__all__ = ["db", "migrated_file", "postgres", "ring", "url"]
