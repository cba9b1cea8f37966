"""`ingit enrol --approve` and `ingit board`: a second person, and numbers that name nobody."""

from __future__ import annotations

import json
import re

import pytest

from storage import staff
from storage.sealed import Keyring
from storage.session import Database
from tests.commands import ingit
from tests.driving import KEYS, MONDAY, furnished


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{furnished(tmp_path_factory.mktemp('commands'))}"


def hub(url: str) -> str:
    return re.findall(
        r"demo-hub[\w-]*|demo-[\w-]+", ingit(url, "enrol", "coordinator", "--name", "A", "--hub", "x", code=2)
    )[0]


def test_a_coordinators_invitation_works_when_another_person_approved_it(url: str) -> None:
    from bot.parts import Now

    said = ingit(url, "enrol", "coordinator", "--name", "A. Sen", "--hub", hub(url), "--by", "rina")
    code, id = re.search(r"/start (\S+)", said), re.search(r"--approve (\w+)", said)
    assert code and id
    assert "another person" in ingit(url, "enrol", "--approve", id[1], "--by", "rina", code=2)
    db = Database(url, Keyring(KEYS))
    try:
        assert db.call(staff.accept, code[1], "tg:c", Now()()) is None
        assert "works now" in ingit(url, "enrol", "--approve", id[1], "--by", "mina")
        assert db.call(staff.accept, code[1], "tg:c", Now()()) is not None
    finally:
        db.close()
    assert "no open invitation" in ingit(url, "enrol", "--approve", id[1], "--by", "mina", code=2)


def test_wrong_use_says_what_is_right(url: str) -> None:
    assert "--approve ID" in ingit(url, "enrol", code=2)
    refused = ingit(url, "enrol", "coordinator", "--name", "A", "--hub", hub(url), "--chat", "tg:1", code=2)
    assert "second person" in refused
    assert "no hub nowhere" in ingit(url, "board", "--hub", "nowhere", code=2)


def test_the_board_in_lines_and_as_json(url: str) -> None:
    said = json.loads(ingit(url, "board", "--hub", hub(url), "--json", "--days", "30", "--now", MONDAY))
    assert said == {"hub": hub(url), "days": 30, "levels": [], "consulted": 0, "sooner": []}
    assert "should have been seen sooner: 0" in ingit(url, "board", "--hub", hub(url), "--now", MONDAY)
