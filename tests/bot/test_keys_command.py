"""`ingit keys` on the command line."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

from bot.keys_command import NEXT
from storage import audit
from storage.keys import keyring
from storage.sealed import Keyring, new_key
from tests.commands import ingit
from tests.driving import KEYS, Service
from tests.storage.world import somebody

SECOND = new_key("second")


def test_from_a_new_key_to_the_old_one_taken_off(service: Service) -> None:
    for name in ("রহিমা", "সীতা"):
        service.db.call(somebody, "tg:1", service.now(), name)
    url = service.db.url
    service.db.call(audit.append, "staff", "case", "booking:1", service.now())
    assert "No other key seals a value." in ingit(url, "keys", "check")
    written = ingit(url, "keys", "new", "second")
    assert NEXT in written and Keyring(written.splitlines()[0]).current == "second"
    both = f"{SECOND},{KEYS}"
    assert "2 values are sealed by another key still" in ingit(url, "keys", "check", keys=both)
    assert ingit(url, "keys", "rotate", keys=both).startswith("2 values sealed anew by second in ")
    assert "person.name" in ingit(url, "keys", "check", keys=both)
    lost = ingit(url, "keys", "check", keys=SECOND, code=1)
    assert lost.count("is not on the ring") == 1 and "1 of audit.hash cannot be verified" in lost
    assert ingit(url, "keys", "rotate", keys=SECOND).startswith("0 values")


def test_a_lost_key_is_told_with_what_it_sealed(service: Service) -> None:
    service.db.call(somebody, "tg:1", service.now())
    told = ingit(service.db.url, "keys", "rotate", keys=SECOND, code=1)
    assert 'The key "test" is lost: 1 of person.name cannot be read; add it to INGIT_KEYS' in told
    told = ingit(service.db.url, "keys", "check", keys=SECOND, code=1)
    assert 'The key "test" is not on the ring: 1 of person.name cannot be read.' in told


def test_an_id_that_is_on_the_ring_is_refused(service: Service) -> None:
    assert "is on the ring already" in ingit(service.db.url, "keys", "new", "test", code=2)


def test_a_key_put_in_the_file_seals_and_the_old_one_opens(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    old = keyring(None, file).seal("x", "a/b/c")
    with mock.patch.dict(os.environ, {"INGIT_VAR": str(tmp_path)}):
        said = ingit("sqlite://", "keys", "new", "--add", keys="")
    assert said.startswith("k2 stands first")
    ring = keyring(None, file)
    assert ring.names == ("k2", "k1") and ring.open(old, "a/b/c") == "x"
    assert file.stat().st_mode & 0o777 == 0o600 and os.listdir(tmp_path) == ["keys"]
