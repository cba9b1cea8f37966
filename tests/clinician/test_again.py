"""A stored decision is explained again; a wrong id is answered in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clinician import again
from bot.settings import Settings
from tests.driving import KEYS, Service


@pytest.fixture
def url(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The database of a service, opened as the command line does."""
    given = Settings(ingit_keys=KEYS, ingit_var=tmp_path)
    monkeypatch.setattr(again, "settings", lambda: given)
    return str(service.db.engine.url)


async def test_what_was_known_and_which_rule_spoke(service: Service, url: str) -> None:
    await service.send(text="amar pa e sap kamreche")
    (line,) = again.latest_decisions(url)
    id = line.split()[0]
    told = "\n".join(again.explain_decision(id, url))
    assert "By snake_bite_any of snake_bite" in told
    assert any(line.startswith("There: ") and "Snake bite" in line for line in told.splitlines())
    assert "Today's rules say the same." in told


def test_no_such_decision(url: str) -> None:
    with pytest.raises(ValueError, match="no such decision"):
        list(again.explain_decision("nonsense", url))
    assert list(again.latest_decisions(url)) == ["No outcome has been kept yet."]
