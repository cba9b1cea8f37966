"""The day itself: marks that follow each other, turns that can be reckoned by hand, and who did not come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import audit, bookings, cases, consults, day, outbox, turns
from storage.outbox import Notice
from storage.records import Booking, NotAllowed
from storage.session import Database
from storage.tables import Audit, Outbox, Session
from storage.windows import free_windows

from .conftest import NOW
from .test_staff import enrol
from .world import build, somebody

MINUTE = timedelta(minutes=1)
ELEVEN = NOW + 60 * MINUTE
"""When the sessions of Monday begin; NOW is ten."""


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


@pytest.fixture
def desk(world: Database) -> str:
    """The coordinator of the first hub."""
    return enrol(world, "coordinator", "tg:desk", hub_id="hub-1")


def tokens(db: Database, many: int, specialty: str = "general_medicine", spoke: str = "spoke-1") -> list[Booking]:
    """Bookings of one session, two a window of half an hour: tokens 1, 2, 101, 102, 201, ..."""
    made = []
    for number in range(many):
        chat = f"tg:{specialty}{number}"
        person = db.call(somebody, chat, NOW)
        window = db.call(free_windows, spoke, specialty, NOW)[0]
        booked = db.call(bookings.book, person, window.window_id, spoke, chat, None, f"press {person}", NOW)
        assert isinstance(booked, Booking)
        made.append(booked)
    return made


def test_who_comes_is_called_and_done(world: Database, desk: str) -> None:
    one = tokens(world, 1)[0]
    come = world.call(day.mark, desk, one.id, "arrived", ELEVEN)
    assert come is not None and (come.status, come.arrived_at, come.called_at) == ("arrived", ELEVEN, None)
    called = world.call(day.mark, desk, one.id, "called", ELEVEN + MINUTE)
    assert called is not None and (called.status, called.called_at) == ("arrived", ELEVEN + MINUTE)
    again = world.call(day.mark, desk, one.id, "called", ELEVEN + 2 * MINUTE)
    assert again is not None and again.called_at == ELEVEN + MINUTE
    done = world.call(day.mark, desk, one.id, "fulfilled", ELEVEN + 5 * MINUTE)
    assert done is not None and (done.status, done.called_at) == ("fulfilled", ELEVEN + MINUTE)
    assert world.call(day.mark, desk, one.id, "noshow", ELEVEN) is None


def test_a_mistaken_tap_is_taken_back_the_same_day_only(world: Database, desk: str) -> None:
    one, two = tokens(world, 2)
    for made, mistake in ((one, "noshow"), (two, "fulfilled")):
        assert world.call(day.mark, desk, made.id, mistake, ELEVEN)
        back = world.call(day.mark, desk, made.id, "arrived", ELEVEN + MINUTE)
        assert back is not None and (back.status, back.called_at) == ("arrived", None)
    assert world.call(day.mark, desk, one.id, "noshow", ELEVEN)
    assert world.call(day.mark, desk, one.id, "arrived", ELEVEN + timedelta(days=1)) is None


def test_what_is_not_of_today_cannot_be_marked(world: Database, desk: str) -> None:
    one = tokens(world, 1)[0]
    assert world.call(day.mark, desk, one.id, "noshow", NOW - timedelta(days=1)) is None


def test_who_was_signed_for_or_has_another_place_by_now_does_not_come_back(world: Database, desk: str) -> None:
    one, two = tokens(world, 2)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    world.call(consults.save, doctor, one.id, {}, ELEVEN)
    world.call(consults.sign, doctor, one.id, ELEVEN)
    assert world.call(day.mark, desk, one.id, "arrived", ELEVEN) is None
    world.call(day.mark, desk, two.id, "noshow", ELEVEN)
    window = world.call(free_windows, "hub-1", "general_medicine", ELEVEN + MINUTE)[0]
    made = world.call(bookings.book, two.person_id, window.window_id, "spoke-1", two.chat, None, "new", ELEVEN)
    assert isinstance(made, Booking)
    assert world.call(day.mark, desk, two.id, "arrived", ELEVEN) is None


def test_marks_are_for_staff_of_the_own_hub_and_leave_a_trace(world: Database, desk: str) -> None:
    one = tokens(world, 1)[0]
    strangers = [
        enrol(world, "coordinator", "tg:far", hub_id="hub-2"), enrol(world, "doctor", "tg:dr3", doctor_id="dr-3"),
        enrol(world, "asha", "tg:asha", area="spoke-1"), "nobody",
    ]  # fmt: skip
    acts: list[Callable[[str], Any]] = [
        lambda who: world.call(day.mark, who, one.id, "arrived", NOW),
        lambda who: world.call(day.line, who, one.session_id, NOW),
        lambda who: world.call(day.call_next, who, one.session_id, NOW),
    ]
    for act in acts:
        for who in strangers:
            with pytest.raises(NotAllowed):
                act(who)
    world.call(day.mark, desk, one.id, "arrived", NOW)
    last = world.call(lambda s: s.execute(select(Audit.who, Audit.action, Audit.subject).order_by(Audit.id)).all())[-1]
    assert tuple(last) == (desk, "arrived", f"booking:{one.id}")
    assert world.call(audit.verify) is None


def test_numbers_repeat_in_a_hub_and_each_is_found_with_its_session(world: Database, desk: str) -> None:
    general, child = tokens(world, 1)[0], tokens(world, 1, "paediatrics")[0]
    assert general.token_number == child.token_number == 1
    found = world.call(day.by_token, desk, 1, ELEVEN)
    assert {one.id: one.specialty for one in found} == {general.id: "general_medicine", child.id: "paediatrics"}
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    assert [one.id for one in world.call(day.by_token, doctor, 1, ELEVEN)] == [general.id]
    assert world.call(day.by_token, desk, 1, ELEVEN - timedelta(days=1)) == []


def test_the_desk_sees_the_numbers_of_each_sitting(world: Database, desk: str) -> None:
    made = tokens(world, 4)
    for one, status in zip(made, ("fulfilled", "arrived", "noshow"), strict=False):
        world.call(day.mark, desk, one.id, status, ELEVEN)
    seen = {one.specialty: one for one in world.call(day.sittings, desk, ELEVEN)}
    general, child = seen["general_medicine"], seen["paediatrics"]
    assert (general.booked, general.arrived, general.done, general.noshow) == (1, 1, 1, 1)
    assert (child.booked, child.arrived, child.done, child.noshow) == (0, 0, 0, 0)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    assert [one.specialty for one in world.call(day.sittings, doctor, ELEVEN)] == ["general_medicine"]


def test_next_is_the_smallest_token_that_has_come(world: Database, desk: str) -> None:
    made = tokens(world, 3)
    assert world.call(day.call_next, desk, made[0].session_id, ELEVEN) is None
    for one in made[2], made[1]:
        world.call(day.mark, desk, one.id, "arrived", ELEVEN)
    called = [world.call(day.call_next, desk, made[0].session_id, ELEVEN) for _ in range(3)]
    assert [one and one.id for one in called] == [made[1].id, made[2].id, None]


def turn(db: Database, of: Booking, now: Any) -> tuple[int, Any]:
    found = db.call(lambda s: turns.turn_of(s, bookings.booking(s, of.id), now))
    return found.ahead, found.expected


def test_before_the_session_the_turn_follows_the_roster(world: Database) -> None:
    made = tokens(world, 5)
    assert turn(world, made[1], NOW) == (1, ELEVEN + 15 * MINUTE)  # half an hour for two
    assert turn(world, made[4], NOW) == (4, ELEVEN + 60 * MINUTE)


def test_the_days_own_pace_counts_once_it_is_known(world: Database, desk: str) -> None:
    made = tokens(world, 8)
    for number, one in enumerate(made[:3]):  # every 20 minutes: slower than the roster
        world.call(day.mark, desk, one.id, "called", ELEVEN + number * 20 * MINUTE)
    now = ELEVEN + 45 * MINUTE  # the third is in the room since minute 40
    assert turn(world, made[3], now) == (1, ELEVEN + 60 * MINUTE)
    assert turn(world, made[7], now) == (5, ELEVEN + 140 * MINUTE)
    world.call(day.mark, desk, made[2].id, "fulfilled", now)
    assert turn(world, made[3], now) == (0, now)
    world.call(day.mark, desk, made[4].id, "noshow", now)
    assert turn(world, made[7], now)[0] == 3


def test_nobody_is_told_a_time_before_their_window_unless_the_doctor_is_ahead(world: Database, desk: str) -> None:
    made = tokens(world, 8)
    for number, one in enumerate(made[:3]):  # every 5 minutes
        world.call(day.mark, desk, one.id, "called", ELEVEN + number * 5 * MINUTE)
        if number == 1:
            assert turn(world, made[4], ELEVEN + 5 * MINUTE)[1] == made[4].starts_at
    # The third, of the second window, was called at 11:10, twenty minutes before it.
    assert turn(world, made[4], ELEVEN + 10 * MINUTE) == (2, ELEVEN + 20 * MINUTE)


def test_whoever_is_called_out_of_turn_is_before_all_who_wait_and_then_nobody_is(world: Database, desk: str) -> None:
    made = tokens(world, 4)
    world.call(day.mark, desk, made[3].id, "called", ELEVEN)
    assert [turn(world, one, ELEVEN)[0] for one in made[:3]] == [1, 2, 3]
    assert world.call(lambda s: turns.turn_of(s, bookings.booking(s, made[3].id), ELEVEN)).called
    world.call(day.mark, desk, made[0].id, "called", ELEVEN + MINUTE)  # the one before has left
    assert [turn(world, one, ELEVEN + MINUTE)[0] for one in made[1:3]] == [1, 2]


def test_where_nobody_writes_down_who_was_seen_no_time_is_made_up(world: Database) -> None:
    made = tokens(world, 4)
    assert turn(world, made[3], ELEVEN + 70 * MINUTE) == (3, None)


def test_my_turns_stay_until_i_am_seen_however_late_it_gets(world: Database, desk: str) -> None:
    one = tokens(world, 1)[0]
    late = ELEVEN + 100 * MINUTE
    assert world.call(bookings.bookings_of, one.chat, late) == []
    assert [found.booking.id for found in world.call(turns.turns_of, one.chat, late)] == [one.id]
    world.call(day.mark, desk, one.id, "fulfilled", late)
    assert world.call(turns.turns_of, one.chat, late) == []
    assert world.call(turns.turns_of, "tg:stranger", late) == []


def test_three_before_me_is_near_if_i_have_come_or_should_leave_now(world: Database, desk: str) -> None:
    made = tokens(world, 8)
    near = lambda now: [one.booking.id for one in world.call(turns.near, made[0].session_id, now)]  # noqa: E731
    assert near(ELEVEN) == [one.id for one in made[:4]]
    world.call(day.mark, desk, made[0].id, "called", ELEVEN)
    assert near(ELEVEN) == [made[1].id, made[2].id, made[3].id]  # 1 in the room, the fifth is due at 12
    world.call(day.mark, desk, made[0].id, "fulfilled", ELEVEN)
    assert made[4].id not in near(ELEVEN)
    world.call(day.mark, desk, made[4].id, "arrived", ELEVEN)
    assert near(ELEVEN)[-1] == made[4].id
    world.call(day.mark, desk, made[4].id, "called", ELEVEN)
    assert made[4].id not in near(ELEVEN)


def test_what_was_planned_for_a_booking_is_called_off_once_it_is_over(world: Database, desk: str) -> None:
    one, two = tokens(world, 2)
    for made in (one, two):
        world.call(outbox.put, [Notice(made.chat, "near_turn", {}, NOW, about=f"booking:{made.id}")], NOW)
    world.call(day.mark, desk, one.id, "arrived", ELEVEN)
    world.call(day.mark, desk, two.id, "called", ELEVEN)
    states = world.call(lambda s: s.execute(select(Outbox.state).order_by(Outbox.id)).scalars().all())
    assert states == ["waiting", "called_off"]


def test_two_hours_after_the_end_who_was_not_marked_did_not_come(world: Database, desk: str) -> None:
    one, two, three = tokens(world, 3)
    world.call(day.mark, desk, two.id, "arrived", ELEVEN)
    end = ELEVEN + 120 * MINUTE
    assert world.call(day.absent, end + 119 * MINUTE) == []
    gone = [world.call(day.absent, end + 120 * MINUTE, 1) for _ in range(3)]
    assert [[b.id for b in batch] for batch in gone] == [[one.id], [three.id], []]
    assert gone[0][0].status == "noshow"
    assert world.call(day.was_kept, one.session_id)


def test_a_session_that_was_closed_makes_no_noshows(world: Database) -> None:
    tokens(world, 1)
    world.call(lambda s: s.execute(update(Session).values(status="closed")))
    assert world.call(day.absent, ELEVEN + timedelta(days=1)) == []


def test_a_session_without_a_mark_was_not_kept(world: Database) -> None:
    one = tokens(world, 1)[0]
    assert not world.call(day.was_kept, one.session_id)


async def test_two_hands_on_one_booking_leave_one_mark(world: Database, desk: str) -> None:
    one = tokens(world, 1)[0]
    marks = ("noshow", "fulfilled") * 8
    made = await asyncio.gather(*(world.run(day.mark, desk, one.id, status, ELEVEN) for status in marks))
    done = [booking.status for booking in made if booking]
    assert done in (["fulfilled"], ["noshow", "fulfilled"], ["fulfilled", "noshow"])  # done may follow a noshow
    assert len(done) == len(set(done)) and world.call(bookings.booking, one.id).status == "fulfilled"


async def test_two_clocks_mark_each_absence_once(world: Database) -> None:
    made = tokens(world, 8)
    later = ELEVEN + 300 * MINUTE
    batches = await asyncio.gather(*(world.run(day.absent, later, 3) for _ in range(8)))
    ids = [one.id for batch in batches for one in batch]
    ids += [one.id for one in world.call(day.absent, later)]
    assert sorted(ids) == sorted(one.id for one in made)


def test_the_doctors_queue_leaves_out_who_is_done(world: Database, desk: str) -> None:
    one, two = tokens(world, 2)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    world.call(day.mark, doctor, one.id, "fulfilled", ELEVEN)
    assert [b.id for b in world.call(cases.queue, doctor, ELEVEN.date(), ELEVEN)] == [two.id]
