"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driving import Service, furnished


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished database, made once."""
    return furnished(tmp_path_factory.mktemp("template"))


@pytest.fixture
def service(template: Path, tmp_path: Path) -> Iterator[Service]:
    """The whole service on a fresh copy of it, read by the lexicon alone."""
    made = Service(template, tmp_path)
    yield made
    made.close()
