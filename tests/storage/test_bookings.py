"""What booking does for one person at a time; test_booking_races.py has many of them at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from storage import accounts, decisions, outbox, people
from storage.bookings import book, booking, bookings_of, cancel, confirm_coming, free_windows, reschedule
from storage.outbox import Notice
from storage.records import Booking, FreeWindow, NotAllowed, Refusal
from storage.rosters import make_windows
from storage.session import Database
from storage.tables import Session, Window

from .conftest import NOW
from .invariants import broken
from .world import MONDAY, build, somebody

HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def windows(db: Database, specialty: str = "general_medicine", hub: str = "hub-1", limit: int = 20) -> list[FreeWindow]:
    return db.call(free_windows, hub, specialty, NOW, None, limit)


def booked(db: Database, chat: str, window: FreeWindow, key: str = "") -> Booking:
    person = db.call(somebody, chat, NOW)
    made = db.call(book, person, window.window_id, "spoke-1", chat, None, key or f"press {person}", NOW)
    assert isinstance(made, Booking)
    return made


def test_rosters_make_each_session_once(world: Database) -> None:
    assert world.call(make_windows, MONDAY, 8) == 0
    sessions = world.call(lambda s: s.execute(select(func.count()).select_from(Session)).scalar_one())
    assert sessions == 6  # three doctors, two Mondays
    first = windows(world)[0]
    assert (first.starts_at, first.left, first.hub_bn) == (NOW + HOUR, 2, "হাব 1")  # 11:00 in Asia/Kolkata
    assert len(windows(world)) == 8


def test_a_closed_window_is_not_opened_by_making_windows_again(world: Database) -> None:
    first = windows(world)[0]
    world.call(lambda s: s.execute(update(Window).where(Window.id == first.window_id).values(open=False)))
    world.call(make_windows, MONDAY, 8)
    assert first.window_id not in {window.window_id for window in windows(world)}


def test_general_medicine_stands_in_openly_where_a_specialty_is_missing(world: Database) -> None:
    assert not windows(world, "paediatrics")[0].stands_in
    found = windows(world, "cardiology")
    assert found[0].stands_in and found[0].specialty == "general_medicine"


def test_windows_of_a_spoke_are_those_of_its_hub(world: Database) -> None:
    assert windows(world, hub="spoke-2") == windows(world, hub="hub-2")


def test_a_booking_says_where_when_and_which_token(world: Database) -> None:
    window = windows(world)[1]
    made = booked(world, "tg:1", window)
    assert (made.name, made.token_number, made.status, made.starts_at) == ("রহিমা", 101, "booked", window.starts_at)
    assert (made.hub_en, made.spoke_en, made.doctor_id) == ("Hub 1", "Spoke 1", "dr-1")
    assert world.call(bookings_of, "tg:1", NOW) == [made]
    assert world.call(bookings_of, "tg:2", NOW) == []
    account = world.call(accounts.account, "tg:1")
    assert account is not None and account.spoke_id == "spoke-1"


def test_the_same_press_books_once(world: Database) -> None:
    window = windows(world)[0]
    person = world.call(somebody, "tg:1", NOW)
    once, again = (world.call(book, person, window.window_id, "spoke-1", "tg:1", None, "press", NOW) for _ in "12")
    assert once == again
    assert windows(world)[0].left == 1


def test_a_person_sits_once_in_a_session_and_a_full_or_past_window_is_refused(world: Database) -> None:
    first, second, *_ = windows(world)
    made = booked(world, "tg:1", first)
    ask = (made.person_id, second.window_id, "spoke-1", "tg:1", None, "other press", NOW)
    assert world.call(book, *ask) == Refusal("already_booked")
    booked(world, "tg:2", first)
    person = world.call(somebody, "tg:3", NOW)
    assert world.call(book, person, first.window_id, "spoke-1", "tg:3", None, "k", NOW) == Refusal("taken")
    late = first.ends_at
    assert world.call(book, person, first.window_id, "spoke-1", "tg:3", None, "k", late) == Refusal("past")
    assert world.call(broken) == []


def test_nobody_books_cancels_or_confirms_for_another(world: Database) -> None:
    window = windows(world)[0]
    made = booked(world, "tg:1", window)
    with pytest.raises(NotAllowed):
        world.call(book, made.person_id, window.window_id, "spoke-1", "tg:2", None, "k", NOW)
    for act in (cancel, lambda s, id, by, now: confirm_coming(s, id, True, by, now)):
        with pytest.raises(NotAllowed):
            world.call(act, made.id, "tg:2", NOW)
    with pytest.raises(NotAllowed):
        world.call(reschedule, made.id, window.window_id, "k", "tg:2", NOW)


def test_a_cancelled_place_is_free_again_under_a_new_token(world: Database) -> None:
    window = windows(world)[0]
    made = booked(world, "tg:1", window)
    world.call(outbox.put, [Notice("tg:1", "r", {}, NOW, about=f"booking:{made.id}")], NOW)
    cancelled = world.call(cancel, made.id, "tg:1", NOW)
    assert cancelled is not None and cancelled.status == "cancelled"
    assert world.call(cancel, made.id, "tg:1", NOW) is None
    assert windows(world)[0].left == 2
    assert booked(world, "tg:2", window).token_number == 2
    assert world.call(outbox.counts) == {"called_off": 1}
    assert world.call(broken) == []


def test_a_change_takes_the_new_place_before_it_frees_the_old(world: Database) -> None:
    first, second, third, *_ = windows(world)
    mine = booked(world, "tg:1", first)
    for chat in ("tg:2", "tg:3"):
        booked(world, chat, second)
    assert world.call(reschedule, mine.id, second.window_id, "to full", "tg:1", NOW) == Refusal("taken")
    assert world.call(booking, mine.id).status == "booked"
    moved = world.call(reschedule, mine.id, third.window_id, "to free", "tg:1", NOW)
    assert isinstance(moved, Booking)
    assert (moved.instead_of, moved.token_number, moved.window_id) == (mine.id, 201, third.window_id)
    assert world.call(booking, mine.id).status == "cancelled"
    assert world.call(reschedule, mine.id, third.window_id, "to free", "tg:1", NOW) == moved
    assert windows(world)[0].left == 2
    assert world.call(broken) == []


def test_the_answer_to_a_reminder_is_kept_while_the_booking_stands(world: Database) -> None:
    made = booked(world, "tg:1", windows(world)[0])
    assert world.call(confirm_coming, made.id, True, "tg:1", NOW)
    assert world.call(booking, made.id).confirmed_coming is True
    world.call(cancel, made.id, "tg:1", NOW)
    assert not world.call(confirm_coming, made.id, True, "tg:1", NOW)


def test_urgency_comes_from_the_decision(world: Database) -> None:
    person = world.call(somebody, "tg:1", NOW)
    led = ("consultation_24", "rule", "fever", "1", "general_medicine")
    decision = world.call(decisions.record, person, "tg:1", {"fever": True}, *led, NOW)
    made = world.call(book, person, windows(world)[0].window_id, "spoke-1", "tg:1", decision, "k", NOW)
    assert isinstance(made, Booking) and made.urgency == 2
    assert world.call(decisions.get, decision).facts == {"fever": True}


def test_an_ashas_families_are_in_her_bookings(world: Database) -> None:
    person = world.call(people.save_person, "tg:1", None, "মা", 60, "female", "mother", None, None, NOW)
    world.call(people.update_person, person, NOW, own_chat="tg:mother")
    window = windows(world)[0]
    world.call(book, person, window.window_id, "spoke-1", "tg:1", None, "k", NOW)
    assert [found.name for found in world.call(bookings_of, "tg:mother", NOW)] == ["মা"]
