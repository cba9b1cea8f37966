"""Lists for staff, calls where a message could not do, and what is asked again in the moment of sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import notices
from bot.calls import call_unanswered
from bot.day_notices import close_the_day
from bot.digests import due_lists, next_list, plan_digests
from bot.hooks import still_wanted, undelivered
from bot.notices import told_booking
from bot.words import render
from storage import bookings, calls, consults, conversations, day, decisions, outbox, people
from storage.outbox import EMERGENCY, REPLY, Claimed, Notice
from storage.records import Booking
from storage.sealed import ring as keys_of
from storage.session import Database
from storage.tables import Booking as BookingTable
from storage.tables import CallTask, Outbox, Person
from storage.windows import free_windows
from tests.storage.conftest import NOW, db, migrated_file, postgres, ring, url  # noqa: F401
from tests.storage.test_day import ELEVEN, tokens
from tests.storage.test_staff import enrol
from tests.storage.world import build

HALF_PAST_SEVEN = NOW - timedelta(hours=2, minutes=30)
HALF_PAST_SIX, SEVEN = NOW + timedelta(hours=8, minutes=30), NOW + timedelta(hours=9)


@pytest.fixture
def world(db: Database) -> Database:  # noqa: F811
    db.call(build)
    return db


def rows(db: Database, *kinds: str) -> list[tuple[str, str]]:  # noqa: F811
    found = select(Outbox.chat, Outbox.kind).where(Outbox.kind.in_(kinds)).order_by(Outbox.id)
    return [(row.chat, row.kind) for row in db.call(lambda s: s.execute(found).all())]


def payload(db: Database, kind: str) -> dict[str, Any]:  # noqa: F811
    found = select(Outbox.chat, Outbox.key, Outbox.payload).where(Outbox.kind == kind)

    def opened(s: Any) -> Any:
        chat, key, sealed = s.execute(found).one()
        return keys_of(s).open(sealed, f"outbox/payload/{chat}/{key}")

    return db.call(opened)  # type: ignore[no-any-return]


def of_family(db: Database, asha: str, name: str, which: int = 0) -> Booking:  # noqa: F811
    """A booking of a person of this ASHA's household, today."""
    home = db.call(people.save_household, asha, name, NOW)
    chat = "tg:asha"
    person = db.call(people.save_person, chat, home, name, 40, "female", "other", None, None, NOW)
    window = db.call(free_windows, "spoke-1", "general_medicine", NOW)[which]
    made = db.call(bookings.book, person, window.window_id, "spoke-1", chat, None, f"press {person}", NOW)
    assert isinstance(made, Booking)
    return made


def claimed(kind: str, about: str | None, chat: str = "tg:general_medicine0", priority: int = REPLY) -> Claimed:
    return Claimed(7, chat, kind, {}, priority, NOW, None, about, True, 1, "bn", True)


def test_an_asha_gets_her_own_list_once_a_day(world: Database) -> None:
    asha = enrol(world, "asha", "tg:asha", area="spoke-1")
    enrol(world, "asha", "tg:other", area="spoke-1")
    of_family(world, asha, "রহিমা")
    of_family(world, asha, "করিম", 1)
    tokens(world, 2)  # nobody's of hers
    world.call(plan_digests, HALF_PAST_SEVEN - timedelta(minutes=1))
    assert rows(world, "morning_list") == []
    for minutes in (0, 1, 90):
        world.call(plan_digests, HALF_PAST_SEVEN + timedelta(minutes=minutes))
    assert rows(world, "morning_list") == [("tg:asha", "morning_list")]
    told = payload(world, "morning_list")["args"]
    assert told["count"] == 2 and [line["args"]["name"] for line in told["lines"]["list"]] == ["রহিমা", "করিম"]


def test_the_morning_list_holds_calls_and_follow_ups_of_hers_alone(world: Database) -> None:
    asha = enrol(world, "asha", "tg:asha", area="spoke-1")
    enrol(world, "asha", "tg:other", area="spoke-1")
    enrol(world, "asha", "tg:far", area="spoke-2")
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    seen = of_family(world, asha, "রহিমা")
    world.call(consults.save, doctor, seen.id, {"follow_up_on": "2026-11-23"}, NOW - timedelta(days=7))
    world.call(consults.sign, doctor, seen.id, NOW - timedelta(days=7))
    world.call(lambda s: s.execute(update(BookingTable).values(created_at=NOW - timedelta(days=8))))
    world.call(calls.put, "a", "tg:p", "emergency_unread", "spoke-1", seen.person_id, None, True, NOW)
    world.call(plan_digests, HALF_PAST_SEVEN)
    assert rows(world, "morning_list") == [("tg:asha", "morning_list")]
    parts = payload(world, "morning_list")["args"]["parts"]["list"]
    assert [part["t"] for part in parts] == ["list.calls_urgent", "list.follow_ups"]
    assert parts[0]["args"] == {"count": 1, "urgent": 1} and parts[1]["args"]["count"] == 1
    told = render("bn", payload(world, "morning_list")).plain
    assert "জরুরি ১" in told and "রহিমা" in told and "/followups" in told


def test_a_tick_that_comes_too_late_sends_no_list(world: Database) -> None:
    asha = enrol(world, "asha", "tg:asha", area="spoke-1")
    of_family(world, asha, "রহিমা")
    world.call(plan_digests, NOW + timedelta(hours=2))
    assert rows(world, "morning_list") == []


def test_the_evening_list_holds_who_did_not_come_where_the_day_was_kept(world: Database) -> None:
    desk, asha = (
        enrol(world, "coordinator", "tg:desk", hub_id="hub-1"),
        enrol(world, "asha", "tg:asha", area="spoke-1"),
    )
    absent = of_family(world, asha, "রহিমা")
    world.call(close_the_day, ELEVEN + timedelta(hours=4))
    world.call(plan_digests, HALF_PAST_SIX)
    assert rows(world, "evening_list") == []  # nobody of that session was marked: it says nothing
    seen = tokens(world, 1)[0]
    assert seen.session_id == absent.session_id
    world.call(day.mark, desk, seen.id, "fulfilled", ELEVEN)
    world.call(plan_digests, HALF_PAST_SIX)
    assert rows(world, "evening_list") == [("tg:asha", "evening_list")]
    assert payload(world, "evening_list")["args"]["count"] == 1


def test_a_coordinator_gets_the_numbers_of_the_own_hub(world: Database) -> None:
    desk = enrol(world, "coordinator", "tg:desk", hub_id="hub-1")
    enrol(world, "coordinator", "tg:far", hub_id="hub-2")
    made = tokens(world, 3)
    world.call(day.mark, desk, made[0].id, "fulfilled", ELEVEN)
    world.call(day.mark, desk, made[1].id, "noshow", ELEVEN)
    world.call(plan_digests, SEVEN)
    world.call(plan_digests, SEVEN)
    assert rows(world, "hub_digest") == [("tg:desk", "hub_digest")]
    numbers = {"booked": 3, "seen": 1, "noshow": 1, "unmarked": 1, "tomorrow": 0, "calls": 0}
    assert payload(world, "hub_digest")["args"] == numbers


def test_hours_of_the_lists() -> None:
    assert due_lists(HALF_PAST_SEVEN) == ["morning_list"]
    assert due_lists(SEVEN) == ["evening_list", "hub_digest"]
    assert due_lists(NOW + timedelta(hours=11)) == []
    hours = [HALF_PAST_SEVEN, HALF_PAST_SIX, SEVEN, HALF_PAST_SEVEN + timedelta(days=1)]
    assert [next_list(one - timedelta(seconds=1)) for one in hours] == hours
    assert next_list(SEVEN) == HALF_PAST_SEVEN + timedelta(days=1)


def test_emergency_advice_that_does_not_arrive_becomes_one_call_of_the_asha_there(world: Database) -> None:
    enrol(world, "asha", "tg:asha", area="spoke-1")
    enrol(world, "asha", "tg:far", area="spoke-2")
    made = tokens(world, 1)[0]
    for _ in range(3):
        world.call(undelivered, claimed("reply", None, made.chat, EMERGENCY), NOW)
    assert rows(world, "call_urgent", "call") == [("tg:asha", "call_urgent")]
    task = world.call(lambda s: s.execute(select(CallTask.reason, CallTask.urgent, CallTask.person_id)).one())
    assert tuple(task) == ("emergency_unread", True, made.person_id)
    assert payload(world, "call_urgent")["args"]["name"] == "রহিমা"


@pytest.mark.parametrize(
    ("level", "after", "wrote", "called"),
    [
        ("emergency", 31, None, True), ("emergency_ambulance", 31, None, True), ("emergency", 29, None, False),
        ("emergency", 31, 5, False), ("consultation_24", 31, None, False), ("emergency", 200, None, False),
    ],
)  # fmt: skip
def test_who_says_nothing_after_emergency_advice_is_called_once(
    world: Database, level: str, after: int, wrote: int | None, called: bool
) -> None:
    enrol(world, "asha", "tg:asha", area="spoke-1")
    chat = tokens(world, 1)[0].chat
    world.call(conversations.save, chat, {}, 1, "bn", NOW, None)
    world.call(decisions.record, None, chat, {}, level, "r", "fever", "1", "general_medicine", NOW)
    if wrote is not None:
        world.call(conversations.save, chat, {}, 2, "bn", NOW + timedelta(minutes=wrote), 1)
    for minute in range(3):
        world.call(call_unanswered, NOW + timedelta(minutes=after + minute * (after != 29)))
    assert rows(world, "call_urgent") == ([("tg:asha", "call_urgent")] if called else [])


def test_a_lost_reply_or_reminder_is_nobodys_call(world: Database) -> None:
    made = tokens(world, 1)[0]
    world.call(undelivered, claimed("reply", None, made.chat), NOW)
    world.call(undelivered, claimed("evening_before", f"booking:{made.id}", made.chat), NOW)
    world.call(undelivered, claimed("reply", None, "tg:unknown", EMERGENCY), NOW)
    assert world.call(lambda s: s.execute(select(CallTask.id)).all()) == []


def test_who_cannot_be_told_of_a_changed_time_is_called_by_the_coordinator_where_there_is_no_asha(
    world: Database,
) -> None:
    enrol(world, "coordinator", "tg:desk", hub_id="hub-1")
    made = tokens(world, 1)[0]
    world.call(undelivered, claimed("moved", f"booking:{made.id}", made.chat), NOW)
    assert rows(world, "call") == [("tg:desk", "call")]
    assert payload(world, "call")["text"] == "call.unreachable"


def test_conditions_are_asked_again_in_the_moment_of_sending(world: Database) -> None:
    desk = enrol(world, "coordinator", "tg:desk", hub_id="hub-1")
    made = tokens(world, 1)[0]

    def wanted(kind: str, about: str) -> bool:
        return world.call(still_wanted, claimed(kind, f"{about}:{made.id}"))

    assert wanted("evening_before", "booking") and not wanted("missed", "missed")
    world.call(day.mark, desk, made.id, "noshow", ELEVEN)
    assert wanted("missed", "missed") and not wanted("evening_before", "booking")
    assert wanted("follow_up", "after")
    week = world.call(free_windows, "spoke-1", "general_medicine", NOW + timedelta(days=3))[0]
    world.call(bookings.book, made.person_id, week.window_id, "spoke-1", made.chat, None, "again", NOW)
    assert not wanted("follow_up", "after")


def test_a_booking_is_told_to_the_persons_own_other_chat_alone(world: Database) -> None:
    made = tokens(world, 1)[0]
    world.call(notices.tell_others, "booked", made, made.chat, NOW)
    assert rows(world, "booked") == []
    world.call(lambda s: s.execute(update(Person).where(Person.id == made.person_id).values(own_chat="tg:own")))
    own = world.call(bookings.booking, made.id)
    for kind in ("booked", "booked", "changed", "cancelled"):
        world.call(notices.tell_others, kind, own, made.chat, NOW)
    assert rows(world, "booked", "changed", "cancelled") == [("tg:own", k) for k in ("booked", "changed", "cancelled")]
    world.call(bookings.cancel, made.id, made.chat, NOW)
    assert [one.kind for one in world.call(outbox.claim, NOW, 10, 30, "w")] == ["cancelled"]


def test_reminders_planned_twice_are_said_once_and_anew_for_a_new_time(world: Database) -> None:
    made = tokens(world, 1)[0]
    later = replace(made, starts_at=made.starts_at + timedelta(days=2), ends_at=made.ends_at + timedelta(days=2))
    for one in (made, made, later, later):
        world.call(notices.remind, one, told_booking(one, NOW - timedelta(days=1)), NOW - timedelta(days=1))
    assert len(rows(world, "evening_before")) == len(rows(world, "two_hours_before")) == 2


def test_nothing_is_sent_by_a_clock_that_jumped_past_its_end(world: Database) -> None:
    made = tokens(world, 1)[0]
    world.call(notices.remind, made, told_booking(made, NOW), datetime(2026, 11, 22, 12, tzinfo=NOW.tzinfo))
    assert len(rows(world, "evening_before", "two_hours_before")) == 2
    world.call(outbox.put, [Notice("tg:x", "reply", {"text": "t"}, NOW)], NOW)
    later = world.call(outbox.claim, made.starts_at + timedelta(seconds=1), 10, 30, "w")
    assert [one.kind for one in later] == ["reply"]
