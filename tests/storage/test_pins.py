"""PINs: only a hash is kept, tries are limited, it closes again, and who forgot it is not locked out for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage import pins, staff
from storage.pins import Standing
from storage.records import NotAllowed
from storage.session import Database
from storage.tables import Pin

from .conftest import NOW
from .consulting import enrol, trace
from .world import build

CHAT = "tg:1"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLOSED = NOW + 16 * MINUTE


@pytest.fixture
def pin(db: Database) -> str:
    assert db.call(pins.put, CHAT, pins.hashed("2580"), NOW)
    return "2580"


def test_only_a_salted_hash_is_kept(db: Database, pin: str) -> None:
    kept = db.call(lambda s: s.execute(select(Pin.hash)).scalar_one())
    assert pin not in kept and kept.startswith("scrypt$16384$8$1$")
    assert pins.matches(pin, kept) and not pins.matches("2581", kept)
    assert pins.hashed(pin) != kept


def test_it_is_open_for_a_quarter_of_an_hour(db: Database, pin: str) -> None:
    assert db.call(pins.standing, "tg:none", NOW) == Standing(False, False)
    assert db.call(pins.standing, CHAT, NOW + 14 * MINUTE) == Standing(True, False)
    assert db.call(pins.standing, CHAT, NOW + 15 * MINUTE) == Standing(True, True)
    assert not db.call(pins.enter, CHAT, "1111", CLOSED)
    assert db.call(pins.standing, CHAT, CLOSED).locked
    assert db.call(pins.enter, CHAT, pin, CLOSED)
    assert not db.call(pins.standing, CHAT, CLOSED + 14 * MINUTE).locked


def test_five_wrong_ones_shut_it_even_for_the_right_one(db: Database, pin: str) -> None:
    for wrong in ("1111", "2222", "3333", "4444", "5555"):
        assert not db.call(pins.enter, CHAT, wrong, CLOSED)
    assert not db.call(pins.enter, CHAT, pin, CLOSED)
    assert db.call(pins.standing, CHAT, CLOSED).shut_until == CLOSED + 15 * MINUTE
    assert db.call(pins.enter, CHAT, pin, CLOSED + 15 * MINUTE)
    assert db.call(pins.standing, CHAT, CLOSED + 15 * MINUTE).shut_until is None


def test_a_closed_one_is_neither_changed_nor_removed(db: Database, pin: str) -> None:
    assert not db.call(pins.put, CHAT, pins.hashed("9999"), CLOSED)
    assert not db.call(pins.remove, CHAT, CLOSED)
    assert db.call(pins.enter, CHAT, pin, CLOSED)
    assert db.call(pins.put, CHAT, pins.hashed("9753"), CLOSED)
    later = CLOSED + 16 * MINUTE
    assert not db.call(pins.enter, CHAT, pin, later)
    assert db.call(pins.enter, CHAT, "9753", later)
    assert db.call(pins.remove, CHAT, later)
    assert db.call(pins.standing, CHAT, later + DAY) == Standing(False, False)


def test_with_the_mark_of_its_opening_it_would_be_changed(db: Database, pin: str) -> None:
    """The control: what guards a change is that it is closed."""
    db.call(lambda s: s.execute(update(Pin).values(open_until=CLOSED + MINUTE)))
    assert db.call(pins.put, CHAT, pins.hashed("9753"), CLOSED)


def test_a_forgotten_one_falls_away_after_a_day(db: Database, pin: str) -> None:
    assert db.call(pins.forgotten, "tg:none", NOW) is None
    db.call(pins.forgotten, CHAT, CLOSED)
    assert db.call(pins.standing, CHAT, CLOSED).falls_away == CLOSED + DAY
    db.call(pins.forgotten, CHAT, CLOSED + 20 * 60 * MINUTE)  # asked again, the day goes on
    assert db.call(pins.standing, CHAT, CLOSED + DAY - MINUTE).locked
    assert db.call(pins.standing, CHAT, CLOSED + DAY) == Standing(False, False)
    assert "pin fell away" in trace(db, CHAT)


def test_who_knows_it_ends_its_falling_away(db: Database, pin: str) -> None:
    db.call(pins.forgotten, CHAT, CLOSED)
    assert db.call(pins.enter, CHAT, pin, CLOSED)
    assert db.call(pins.standing, CHAT, CLOSED + DAY) == Standing(True, True)


@pytest.mark.parametrize("role", ["asha", "health_officer"])
def test_staff_take_it_away_with_the_person_present(db: Database, pin: str, role: str) -> None:
    db.call(build)
    member = enrol(db, role, "tg:staff", area="spoke-1")
    code = db.call(pins.forgotten, CHAT, CLOSED)
    assert code is not None
    assert db.call(pins.take_away, member, "00000000", "tg:staff", CLOSED) is None
    assert db.call(pins.take_away, member, code, "tg:staff", CLOSED) == CHAT
    assert db.call(pins.standing, CHAT, CLOSED) == Standing(False, False)
    assert db.call(pins.take_away, member, code, "tg:staff", CLOSED) is None
    assert "pin taken away" in trace(db, member)


def test_nobody_else_takes_it_away(db: Database, pin: str) -> None:
    db.call(build)
    doctor = enrol(db, "doctor", "tg:doctor", doctor_id="dr-1")
    code = db.call(pins.forgotten, CHAT, CLOSED)
    assert code is not None
    for who in (doctor, "nobody"):
        with pytest.raises(NotAllowed):
            db.call(pins.take_away, who, code, "tg:doctor", CLOSED)
    assert db.call(pins.standing, CHAT, CLOSED).locked


def test_who_goes_on_writing_keeps_it_open(db: Database, pin: str) -> None:
    db.call(pins.stay_open, CHAT, NOW + MINUTE)
    assert not db.call(pins.standing, CHAT, NOW + 12 * 60 * MINUTE).locked
    closed = NOW + 13 * 60 * MINUTE
    db.call(pins.stay_open, CHAT, closed)  # too late: it is closed
    assert db.call(pins.standing, CHAT, closed).locked


def test_whose_notices_are_to_be_discreet(db: Database, pin: str) -> None:
    assert db.call(pins.with_pin, ["tg:2", CHAT, "tg:3"]) == {CHAT}
    assert db.call(pins.with_pin, []) == set()


def test_what_is_said_to_staff_is_not_veiled(db: Database, pin: str) -> None:
    db.call(build)
    enrol(db, "asha", CHAT, area="spoke-1")
    assert db.call(pins.with_pin, [CHAT]) == set()


def test_the_pin_of_staff_ends_with_their_enrolment(db: Database, pin: str) -> None:
    """The chat is a patient's then, and no PIN of another office stands before what is the patient's own."""
    db.call(build)
    member = enrol(db, "asha", CHAT, area="spoke-1")
    db.call(staff.revoke, member, "command line", NOW)
    assert db.call(pins.standing, CHAT, CLOSED) == Standing(False, False)
