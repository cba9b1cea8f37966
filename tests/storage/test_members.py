"""The members of an ASHA worker's families: kept sealed, found by sound, hers alone; consent that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from storage import (
    asha_lists,
    audit,
    bookings,
    calls,
    consents,
    consults,
    day,
    decisions,
    members,
    names,
    people,
    staff,
    waiting,
)
from storage.dialect import listed
from storage.people import is_pregnant
from storage.records import Booking, NotAllowed
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import CallTask, Consent, Person, PersonKey, Waiting
from storage.windows import free_windows
from storage.zone import day_of

from .conftest import NOW
from .test_staff import enrol
from .world import build

TODAY = day_of(NOW)
DAY = timedelta(days=1)
ABHA = "91123456789015"


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


@pytest.fixture
def asha(world: Database) -> str:
    return enrol(world, "asha", "tg:asha", area="spoke-1")


def home(db: Database, asha: str, name: str = "রহিমা বিবি") -> str:
    return db.call(people.save_household, asha, name, NOW)


def member(db: Database, home: str, name: str = "রহিমা বিবি", keys: tuple[str, ...] = ("rhma",), **said: Any) -> str:
    about = {"age_years": 34, "sex": "female", "chat": "tg:asha", "at": NOW} | said
    id = db.call(people.save_person, about["chat"], home, name, about["age_years"], about["sex"], "other", None, None,
                 about["at"])  # fmt: skip
    db.call(names.put, id, keys)
    return id


def booked(db: Database, person: str, chat: str = "tg:asha", which: int = 0) -> Booking:
    window = db.call(free_windows, "spoke-1", "general_medicine", NOW)[which]
    made = db.call(bookings.book, person, window.window_id, "spoke-1", chat, None, f"press {person}", NOW)
    assert isinstance(made, Booking)
    return made


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_what_is_told_of_a_member_is_kept_and_read(world: Database, asha: str) -> None:
    id = member(world, home(world, asha))
    due = TODAY + 90 * DAY
    told = {"due_date": due, "high_risk": True, "illnesses": ["asthma", "গলগণ্ড"], "lang": "sat", "abha": ABHA}
    world.call(members.write, asha, id, NOW, **told)
    found = world.call(members.details, asha, id, NOW)
    assert (found.due_date, found.high_risk, found.illnesses) == (due, True, ("asthma", "গলগণ্ড"))
    assert (found.lang, found.abha, found.allergies) == ("sat", ABHA, ())
    assert world.call(members.by_abha, asha, ABHA) == id
    known = world.call(people.person, id)
    assert is_pregnant(known, due) and is_pregnant(known, due + 30 * DAY) is None
    world.call(members.write, asha, id, NOW, illnesses=[], lang=None)
    changed = world.call(members.details, asha, id, NOW)
    assert (changed.illnesses, changed.lang, changed.abha) == ((), "sat", ABHA)


def test_nothing_of_it_stands_in_the_database_in_the_clear(world: Database, asha: str) -> None:
    id = member(world, home(world, asha), keys=("rhmabibi",))
    world.call(members.write, asha, id, NOW, illnesses=["asthma"], abha=ABHA)
    rows = world.call(lambda s: s.execute(text("SELECT * FROM person")).all())
    keys = world.call(lambda s: s.execute(text("SELECT * FROM person_key")).all())
    for plain in ("রহিমা", "asthma", ABHA, "rhmabibi"):
        shown = repr(rows) + repr(keys)
        assert plain not in shown and plain.encode() not in b"".join(
            bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview)
        )


def test_a_pregnancy_that_is_over_takes_its_date_with_it(world: Database, asha: str) -> None:
    id = member(world, home(world, asha))
    world.call(members.write, asha, id, NOW, due_date=TODAY + DAY, high_risk=True)
    world.call(members.not_pregnant, asha, id, NOW)
    world.call(people.update_person, id, NOW, pregnant=False, recent_delivery=True)
    assert world.call(members.mothers, asha, TODAY, NOW) == []
    assert world.call(members.details, asha, id, NOW).due_date is None


def test_mothers_come_at_high_risk_first_then_by_the_expected_date(world: Database, asha: str) -> None:
    family = home(world, asha)
    ids = [member(world, family, name) for name in ("a", "b", "c", "d", "e")]
    for id, days, risk in zip(ids, (60, 20, 100, -30, 10), (False, False, True, False, None), strict=True):
        world.call(members.write, asha, id, NOW, due_date=TODAY + days * DAY, high_risk=risk)
    found = world.call(members.mothers, asha, TODAY, NOW)
    assert [one.person.id for one in found] == [ids[2], ids[4], ids[1], ids[0]]


# --- found by sound --------------------------------------------------------------------------------------------------


def test_somebody_is_found_by_any_of_their_keys_within_her_own_families(world: Database, asha: str) -> None:
    other = enrol(world, "asha", "tg:other", area="spoke-1")
    hers, theirs = home(world, asha), home(world, other)
    id = member(world, hers, keys=("rhma", "mndl"))
    also = member(world, theirs, keys=("rhma",), chat="tg:other")
    assert world.call(names.find, asha, ["rhma"]) == [id]
    assert world.call(names.find, asha, ["x", "mndl"]) == [id]
    assert world.call(names.find, other, ["rhma"]) == [also]
    assert world.call(names.find, asha, []) == world.call(names.find, asha, ["x"]) == []
    kept = world.call(lambda s: s.execute(select(PersonKey.key)).scalars().all())
    assert len(set(kept)) == 3  # the same name of two ASHA workers is not the same hash


def test_a_new_name_takes_the_place_of_the_old_one(world: Database, asha: str) -> None:
    id = member(world, home(world, asha))
    world.call(names.put, id, ["slma"])
    assert world.call(names.find, asha, ["rhma"]) == [] and world.call(names.find, asha, ["slma"]) == [id]


def test_somebody_is_still_found_after_a_new_key_was_put_on_the_ring(url: str) -> None:
    first = new_key("k1")
    before, after = Database(url, Keyring(first)), Database(url, Keyring(f"{new_key('k2')},{first}"))
    before.call(build)
    asha = enrol(before, "asha", "tg:asha", area="spoke-1")
    id = member(before, home(before, asha))
    assert after.call(names.find, asha, ["rhma"]) == [id]
    before.close()
    after.close()


def test_one_in_a_thousand_is_found_by_an_indexed_look_up(world: Database, asha: str) -> None:
    family = home(world, asha)
    for n in range(200):
        member(world, family, f"নাম {n}", keys=(f"key{n}", f"other{n}"))
    assert len(world.call(names.find, asha, ["key17"])) == 1

    def plan(s: Connection) -> str:
        look_up: Any = names._FIND._compiled[s.dialect.name]
        values = look_up.bound({"hashes": listed(s, ["x"]), "of": asha, "most": 5})
        explain = "EXPLAIN QUERY PLAN " if s.dialect.name == "sqlite" else "EXPLAIN "
        if s.dialect.name == "postgresql":
            s.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is read whole otherwise
        rows = s.connection.driver_connection.execute(explain + look_up.sql, values).fetchall()
        return " ".join(str(row[-1]) for row in rows).lower()

    told = world.call(plan)
    assert "person_key" in told
    assert "scan person_key" not in told and "seq scan on person_key" not in told


# --- in and out of families ------------------------------------------------------------------------------------------


def test_a_member_moves_between_her_families_and_a_family_is_called_by_who_is_left(world: Database, asha: str) -> None:
    first, second = home(world, asha), home(world, asha, "করিম")
    head, child = member(world, first), member(world, first, "সোহেল", at=NOW + timedelta(microseconds=1))
    world.call(members.move, asha, head, second, NOW)
    assert [one.id for one in world.call(people.members, asha, first)] == [child]
    assert world.call(members.home, asha, first).name == "সোহেল"
    assert {one.name: one.members for one in world.call(members.homes, asha, 0, 9)} == {"সোহেল": 1, "করিম": 1}
    assert world.call(members.homes, asha, 1, 1)[0].id in (first, second)


def test_who_leaves_is_read_by_nobody_and_gives_the_token_back(world: Database, asha: str) -> None:
    id = member(world, home(world, asha))
    made = booked(world, id)
    assert world.call(members.leave, asha, id, NOW) == [made.window_id]
    assert world.call(bookings.booking, made.id).status == "cancelled"
    assert world.call(people.person, id).name is None
    assert world.call(people.family, "tg:asha") == world.call(names.find, asha, ["rhma"]) == []
    kept = world.call(lambda s: s.execute(select(Person.delete_after).where(Person.id == id)).scalar_one())
    assert kept == TODAY + members.KEPT
    with pytest.raises(NotAllowed):
        world.call(members.details, asha, id, NOW)


def test_who_leaves_with_an_account_of_their_own_keeps_everything_there(world: Database, asha: str) -> None:
    id = member(world, home(world, asha))
    world.call(people.update_person, id, NOW, own_chat="tg:own")
    made = booked(world, id)
    wanted = (NOW, NOW + 9 * DAY)
    waits = world.call(waiting.join, id, "spoke-1", "paediatrics", "tg:asha", None, "press", wanted, NOW)
    assert world.call(members.leave, asha, id, NOW) == []
    hears = world.call(lambda s: s.execute(select(Waiting.chat).where(Waiting.id == waits.id)).scalar_one())
    assert hears == "tg:own"  # not the ASHA worker, when a place comes free
    assert [one.id for one in world.call(people.family, "tg:own")] == [id]
    assert [one.id for one in world.call(bookings.bookings_of, "tg:own", NOW)] == [made.id]
    assert world.call(people.family, "tg:asha") == world.call(bookings.bookings_of, "tg:asha", NOW) == []


# --- consent ---------------------------------------------------------------------------------------------------------


def test_a_consent_stands_for_its_purpose_and_its_recorder_until_it_is_withdrawn(world: Database, asha: str) -> None:
    id = member(world, home(world, asha))
    since = NOW - timedelta(hours=1)
    assert world.call(consents.standing, id, "tg:asha", "triage", since) is None
    world.call(people.record_consent, id, "mother", "by_phone", ["triage"], "tg:asha", NOW)
    given = world.call(consents.standing, id, "tg:asha", "triage", since)
    assert (given.who, given.how, given.at) == ("mother", "by_phone", NOW)
    assert world.call(consents.standing, id, "tg:asha", "booking", since) is None
    assert world.call(consents.standing, id, "tg:asha", "triage", NOW + DAY) is None
    assert world.call(consents.end, id, "tg:asha", NOW + DAY) == 1
    assert world.call(consents.standing, id, "tg:asha", "triage", since) is None
    assert world.call(consents.end, id, "tg:asha", NOW + DAY) == 0
    kept = world.call(lambda s: s.execute(select(Consent.at, Consent.ended_at)).one())
    assert tuple(kept) == (NOW, NOW + DAY)
    world.call(people.record_consent, id, "self", "in_person", ["triage"], "tg:asha", NOW + DAY)
    assert world.call(consents.standing, id, "tg:asha", "triage", NOW).who == "self"


# --- her day ---------------------------------------------------------------------------------------------------------


def call(
    db: Database, person: str | None, key: str, urgent: bool = False, spoke: str = "spoke-1", after: int = 0
) -> str:
    reason = "emergency_unread" if urgent else "call_me"
    made = db.call(calls.put, key, "tg:p", reason, spoke, person, None, urgent, NOW + timedelta(minutes=after))
    assert made is not None
    return made.id


def test_calls_are_hers_of_her_families_and_of_nobodys_the_urgent_first(world: Database, asha: str) -> None:
    other = enrol(world, "asha", "tg:other", area="spoke-1")
    far = enrol(world, "asha", "tg:far", area="spoke-2")
    id = member(world, home(world, asha))
    mine, nobodys = call(world, id, "a"), call(world, None, "b", urgent=True, after=1)
    elsewhere = call(world, None, "c", spoke="spoke-2")
    assert [one.id for one in world.call(asha_lists.to_call, asha, NOW)] == [nobodys, mine]
    assert [one.id for one in world.call(asha_lists.to_call, other, NOW)] == [nobodys]
    assert [one.id for one in world.call(asha_lists.to_call, far, NOW)] == [elsewhere]
    assert world.call(asha_lists.count_calls, asha) == (2, 1)
    for task in (mine, nobodys, elsewhere):  # what she sees is what she may close
        seen = {one.id for one in world.call(asha_lists.to_call, other, NOW)}
        assert world.call(calls.close, task, "tg:other", "done", NOW) is (task in seen)
    assert [one.id for one in world.call(asha_lists.to_call, asha, NOW)] == [mine]
    assert world.call(calls.close, mine, "tg:asha", "could_not_reach", NOW)
    kept = world.call(lambda s: s.execute(select(CallTask.outcome, CallTask.done_by).where(CallTask.id == mine)).one())
    assert tuple(kept) == ("could_not_reach", asha)


def signed(db: Database, person: str, follow_up_on: date, which: int = 0) -> Booking:
    doctor = db.call(lambda s: s.execute(text("SELECT id FROM staff WHERE role = 'doctor'")).scalar())
    doctor = doctor or enrol(db, "doctor", "tg:doctor", doctor_id="dr-1")
    made = booked(db, person, which=which)
    db.call(consults.save, doctor, made.id, {"follow_up_on": follow_up_on.isoformat()}, NOW)
    db.call(consults.sign, doctor, made.id, NOW)
    return made


def test_follow_ups_are_of_the_next_week_and_overdue_until_somebody_sees_to_them(world: Database, asha: str) -> None:
    family = home(world, asha)
    ids = [member(world, family, name) for name in ("a", "b", "c")]
    for which, (id, days) in enumerate(zip(ids, (7, 8, 3), strict=True)):
        signed(world, id, TODAY + days * DAY, which // 2)
    found = world.call(asha_lists.follow_ups, asha, TODAY, NOW)
    assert [(one.person.id, one.day) for one in found] == [(ids[2], TODAY + 3 * DAY), (ids[0], TODAY + 7 * DAY)]
    late = world.call(asha_lists.follow_ups, asha, TODAY + 5 * DAY, NOW)
    assert [one.person.id for one in late] == [ids[2], ids[0], ids[1]]
    assert world.call(asha_lists.follow_ups, asha, TODAY + 90 * DAY, NOW) == []
    later = world.call(free_windows, "spoke-1", "general_medicine", NOW + 5 * DAY)[0]
    made = world.call(bookings.book, ids[2], later.window_id, "spoke-1", "tg:asha", None, "again", NOW + DAY)
    assert isinstance(made, Booking)
    assert [one.person.id for one in world.call(asha_lists.follow_ups, asha, TODAY, NOW)] == [ids[0]]


def test_her_numbers_count_her_own_month(world: Database, asha: str) -> None:
    family = home(world, asha)
    ids = [member(world, family, name) for name in ("a", "b", "c")]
    made = [booked(world, id) for id in ids[:2]]
    desk = enrol(world, "coordinator", "tg:desk", hub_id="hub-1")
    world.call(day.mark, desk, made[0].id, "arrived", NOW)
    world.call(day.mark, desk, made[1].id, "noshow", NOW)
    world.call(decisions.record, ids[0], "tg:asha", {}, "consultation", "r", "p", "1", "general_medicine", NOW)
    world.call(calls.close, call(world, ids[0], "a"), "tg:asha", "done", NOW)
    world.call(calls.close, call(world, ids[0], "b"), "tg:asha", "could_not_reach", NOW)
    other = enrol(world, "asha", "tg:other", area="spoke-1")
    found = world.call(asha_lists.numbers, asha, NOW - DAY, NOW + DAY)
    assert found == asha_lists.Numbers(1, 3, triaged=1, booked=2, came=1, did_not_come=1, calls=1)
    assert world.call(asha_lists.numbers, other, NOW - DAY, NOW + DAY) == asha_lists.Numbers(0, 0, 0, 0, 0, 0, 0)
    before = world.call(asha_lists.numbers, asha, NOW - 3 * DAY, NOW - DAY)
    assert (before.families, before.booked, before.triaged, before.calls) == (1, 0, 0, 0)


# --- hers alone ------------------------------------------------------------------------------------------------------


ACTS: dict[str, Callable[[Database, str, str, str], Any]] = {
    "details": lambda db, who, id, family: db.call(members.details, who, id, NOW),
    "write": lambda db, who, id, family: db.call(members.write, who, id, NOW, lang="bn"),
    "not_pregnant": lambda db, who, id, family: db.call(members.not_pregnant, who, id, NOW),
    "move": lambda db, who, id, family: db.call(members.move, who, id, family, NOW),
    "leave": lambda db, who, id, family: db.call(members.leave, who, id, NOW),
    "home": lambda db, who, id, family: db.call(members.home, who, family),
}
OF_HER_OWN: dict[str, Callable[[Database, str], Any]] = {
    "find": lambda db, who: db.call(names.find, who, ["rhma"]),
    "by_abha": lambda db, who: db.call(members.by_abha, who, ABHA),
    "homes": lambda db, who: db.call(members.homes, who, 0, 9),
    "lately": lambda db, who: db.call(members.lately, who, 9),
    "mothers": lambda db, who: db.call(members.mothers, who, TODAY, NOW),
    "to_call": lambda db, who: db.call(asha_lists.to_call, who, NOW),
    "follow_ups": lambda db, who: db.call(asha_lists.follow_ups, who, TODAY, NOW),
}


@pytest.fixture
def rich(world: Database, asha: str) -> tuple[str, str]:
    """A member of hers with everything, and the family."""
    family = home(world, asha)
    id = member(world, family)
    world.call(members.write, asha, id, NOW, due_date=TODAY + DAY, abha=ABHA)
    call(world, id, "a")
    signed(world, id, TODAY + DAY)
    return id, family


def test_another_asha_a_revoked_one_a_patient_and_other_staff_reach_none_of_it(
    world: Database, asha: str, rich: tuple[str, str]
) -> None:
    other = enrol(world, "asha", "tg:other", area="spoke-1")
    desk = enrol(world, "coordinator", "tg:desk", hub_id="hub-1")
    for name, act in ACTS.items():
        for who in (other, desk, "tg:patient", "nobody", ""):
            with pytest.raises(NotAllowed):
                act(world, who, *rich)
                raise AssertionError(f"{name} by {who}")
    for name, of in OF_HER_OWN.items():
        assert of(world, asha), name
        assert not of(world, other), name
        for who in (desk, "tg:patient", "nobody"):
            with pytest.raises(NotAllowed):
                of(world, who)
                raise AssertionError(f"{name} by {who}")
    for chat in ("tg:other", "tg:desk", "tg:patient"):
        with pytest.raises(NotAllowed):
            world.call(consents.standing, rich[0], chat, "triage", NOW - DAY)
        with pytest.raises(NotAllowed):
            world.call(consents.end, rich[0], chat, NOW)
    assert world.call(members.details, asha, rich[0], NOW).abha == ABHA  # nothing was changed
    world.call(staff.revoke, asha, "command line", NOW)
    for act in ACTS.values():
        with pytest.raises(NotAllowed):
            act(world, asha, *rich)
    for of in OF_HER_OWN.values():
        with pytest.raises(NotAllowed):
            of(world, asha)


def test_control_without_the_guard_another_asha_reads_it(
    world: Database, rich: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = enrol(world, "asha", "tg:other", area="spoke-1")
    monkeypatch.setattr(members, "require_hers", lambda *_: None)
    assert world.call(members.details, other, rich[0], NOW).abha == ABHA


def test_a_member_is_not_moved_into_anothers_family(world: Database, asha: str, rich: tuple[str, str]) -> None:
    other = enrol(world, "asha", "tg:other", area="spoke-1")
    with pytest.raises(NotAllowed):
        world.call(members.move, asha, rich[0], home(world, other), NOW)


def test_reading_and_changing_leave_their_trace(world: Database, asha: str, rich: tuple[str, str]) -> None:
    world.call(members.details, asha, rich[0], NOW)
    world.call(asha_lists.to_call, asha, NOW)
    world.call(asha_lists.follow_ups, asha, TODAY, NOW)
    world.call(members.leave, asha, rich[0], NOW)
    rows = world.call(lambda s: s.execute(text("SELECT action FROM audit WHERE who = :who"), {"who": asha}).all())
    assert {"member", "member written", "calls", "follow-ups", "member left"} <= {row[0] for row in rows}
    assert world.call(audit.verify) is None


def test_who_was_forgotten_is_in_none_of_her_lists(world: Database, asha: str, rich: tuple[str, str]) -> None:
    world.call(lambda s: s.execute(update(Person).where(Person.id == rich[0]).values(restricted_at=NOW)))
    for name in ("find", "by_abha", "homes", "lately", "mothers", "follow_ups"):
        assert not OF_HER_OWN[name](world, asha), name
    assert world.call(asha_lists.to_call, asha, NOW) == [] and world.call(asha_lists.count_calls, asha) == (0, 0)
