"""A sealed value opens in its place, with its key, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage import people
from storage.keys import UnsafeKeys, keyring
from storage.sealed import Keyring, Sealed, new_key
from storage.session import Database
from storage.tables import Person

from .conftest import NOW
from .world import somebody


def test_what_is_sealed_opens_in_its_place_alone(ring: Keyring) -> None:
    sealed = ring.seal({"name": "রহিমা"}, "person/name/1")
    assert ring.open(sealed, "person/name/1") == {"name": "রহিমা"}
    for elsewhere in ("person/name/2", "person/phone/1", "staff/name/1"):
        with pytest.raises(Sealed):
            ring.open(sealed, elsewhere)


def test_a_changed_bit_does_not_open(ring: Keyring) -> None:
    sealed = bytearray(ring.seal("x", "a/b/c"))
    sealed[-1] ^= 1
    with pytest.raises(Sealed, match="changed"):
        ring.open(bytes(sealed), "a/b/c")


def test_the_same_value_is_never_sealed_the_same(ring: Keyring) -> None:
    assert ring.seal("x", "a/b/c") != ring.seal("x", "a/b/c")


def test_after_a_rotation_the_old_opens_and_the_new_key_seals() -> None:
    first, second = new_key("k1"), new_key("k2")
    old = Keyring(first).seal("x", "a/b/c")
    rotated = Keyring(f"{second},{first}")
    assert rotated.open(old, "a/b/c") == "x"
    assert not rotated.is_current(old)
    assert rotated.is_current(rotated.seal("x", "a/b/c"))


def test_a_lost_key_says_so_plainly() -> None:
    sealed = Keyring(new_key("k1")).seal("x", "person/name/1")
    with pytest.raises(Sealed, match=r'the key "k1" is not on the ring: add it to INGIT_KEYS'):
        Keyring(new_key("k2")).open(sealed, "person/name/1")


def test_names_swapped_between_two_people_do_not_open(db: Database) -> None:
    one, two = (db.call(somebody, "tg:1", NOW, name) for name in ("রহিমা", "সীতা"))
    assert db.call(people.person, one).name == "রহিমা"
    name_of_two = db.call(lambda s: s.execute(select(Person.name).where(Person.id == two)).scalar_one())
    db.call(lambda s: s.execute(update(Person).where(Person.id == one).values(name=name_of_two)))
    with pytest.raises(Sealed):
        db.call(people.person, one)


def test_the_blind_index_finds_what_any_key_on_the_ring_wrote() -> None:
    first, second = new_key("k1"), new_key("k2")
    kept = Keyring(first).blind("9830012345", "phone")[0]
    assert kept in Keyring(f"{second},{first}").blind("9830012345", "phone")
    assert kept not in Keyring(first).blind("9830012345", "name")


@pytest.mark.parametrize("written", ["", "k1", "k1:short", "k1:====", ":" + new_key("x")[2:]])
def test_a_key_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Keyring(written)


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "keys"
    sealed = keyring(None, file).seal("x", "a/b/c")
    assert file.stat().st_mode & 0o777 == 0o600
    assert keyring("  ", file).open(sealed, "a/b/c") == "x"
    assert os.listdir(file.parent) == ["keys"]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    keyring(None, file)
    file.chmod(0o644)
    with pytest.raises(UnsafeKeys, match="chmod 600"):
        keyring(None, file)
