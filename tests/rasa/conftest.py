"""The real Rasa server, started once for all tests here."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rasa_child import RasaChild

PROJECT = Path(__file__).resolve().parents[2] / "nlu" / "rasa"
sys.path.append(str(PROJECT))  # train.py, read as a module


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def child(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RasaChild]:
    """Rasa with the trained model, up. Missing or not trained: a failure, never a skip; `make setup` makes it."""
    child = RasaChild(PROJECT, output=tmp_path_factory.mktemp("rasa") / "rasa.log")
    assert child.problem is None, child.problem
    await child.start()
    assert await child.ready(180), "Rasa did not come up in 3 minutes"
    yield child
    await child.stop()
