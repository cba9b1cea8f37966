"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.driving import Service, furnished


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """The service's own log stays out of the tests' output below a warning."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))


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
