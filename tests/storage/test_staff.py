"""Staff: invitations that work once, a role's own hub and nothing else, a trace of every reading."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from storage import accounts, audit, bookings, cases, consults, day, erase, people, staff
from storage.records import Booking, NotAllowed
from storage.session import Database
from storage.tables import Audit, Doctor, Invitation, Person
from storage.windows import free_windows

from .conftest import NOW
from .world import MONDAY, build, somebody


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def enrol(db: Database, role: str, chat: str, **bound: Any) -> str:
    code = db.call(staff.invitation, role, "নাম", "command line", NOW, **bound)
    member = db.call(staff.accept, code, chat, NOW)
    assert member is not None
    return member.id


def patient(db: Database, chat: str = "tg:1", which: int = 0) -> Booking:
    person = db.call(somebody, chat, NOW)
    window = db.call(free_windows, "hub-1", "general_medicine", NOW)[which]
    made = db.call(bookings.book, person, window.window_id, "spoke-1", chat, None, f"press {person}", NOW)
    assert isinstance(made, Booking)
    return made


def test_an_invitation_works_once(world: Database) -> None:
    code = world.call(staff.invitation, "doctor", "ডাঃ সেন", "command line", NOW, doctor_id="dr-1")
    member = world.call(staff.accept, code, "tg:doctor", NOW)
    assert member is not None and (member.role, member.name, member.hub_id) == ("doctor", "ডাঃ সেন", "hub-1")
    account = world.call(accounts.account, "tg:doctor")
    assert account is not None and (account.role, account.doctor_id) == ("doctor", "dr-1")
    assert world.call(staff.accept, code, "tg:thief", NOW) is None
    kept = world.call(lambda s: s.execute(select(Invitation.code_hash)).scalar_one())
    assert code not in kept


def test_an_invitation_expires(world: Database) -> None:
    code = world.call(staff.invitation, "asha", "আশা", "command line", NOW, area="spoke-1")
    assert world.call(staff.accept, code, "tg:late", NOW + timedelta(hours=72)) is None
    assert world.call(staff.accept, "guess", "tg:late", NOW) is None


def test_an_invitation_without_its_area_or_hub_is_refused(world: Database) -> None:
    for role in ("asha", "doctor", "coordinator", "king"):
        with pytest.raises(ValueError, match="needs"):
            world.call(staff.invitation, role, "x", "command line", NOW)


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused(world: Database, name: str) -> None:
    with pytest.raises(ValueError, match="name is empty"):
        world.call(staff.invitation, "doctor", name, "command line", NOW, doctor_id="dr-1")


def test_a_prescription_has_the_enrolled_name_and_the_registration_of_one_doctor(world: Database) -> None:
    code = world.call(staff.invitation, "doctor", " Dr A. Sen ", "command line", NOW, doctor_id="dr-1")
    assert world.call(cases.doctor, "dr-1").name_en == "Doctor"
    world.call(staff.accept, code, "tg:doctor", NOW)
    printed = world.call(cases.doctor, "dr-1")
    assert (printed.name_bn, printed.name_en, printed.registration_number) == ("Dr A. Sen", "Dr A. Sen", "WBMC-dr-1")
    assert printed.signature == "Dr A. Sen, MBBS, Reg. no. WBMC-dr-1"


def test_the_name_of_the_record_keeps_both_its_languages(world: Database) -> None:
    code = world.call(staff.invitation, "doctor", "Doctor", "command line", NOW, doctor_id="dr-1")
    world.call(staff.accept, code, "tg:doctor", NOW)
    assert world.call(cases.doctor, "dr-1").name_bn == "ডাক্তার"


def test_a_real_doctor_is_enrolled_under_the_registered_name_alone(world: Database) -> None:
    world.call(lambda s: s.execute(update(Doctor).where(Doctor.id == "dr-1").values(invented=False)))
    with pytest.raises(ValueError, match=r"dr-1 is registered as Doctor \(ডাক্তার\)"):
        world.call(staff.invitation, "doctor", "Dr A. Sen", "command line", NOW, doctor_id="dr-1")
    assert world.call(staff.invitation, "doctor", "ডাক্তার", "command line", NOW, doctor_id="dr-1")


def test_the_queue_has_the_most_urgent_first_then_the_token(world: Database) -> None:
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    later, sooner = patient(world, "tg:1", which=1), patient(world, "tg:2")
    queue = world.call(cases.queue, doctor, MONDAY, NOW)
    assert [booking.id for booking in queue] == [sooner.id, later.id]
    world.call(lambda s: s.execute(update(bookings.Booking).where(bookings.Booking.id == later.id).values(urgency=1)))
    assert [booking.id for booking in world.call(cases.queue, doctor, MONDAY, NOW)] == [later.id, sooner.id]


def test_a_case_is_for_its_own_hub(world: Database) -> None:
    made = patient(world)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    stranger = enrol(world, "doctor", "tg:stranger", doctor_id="dr-3")
    asha = enrol(world, "asha", "tg:asha", area="spoke-1")
    assert world.call(cases.case, doctor, made.id, NOW).person.name == "রহিমা"
    acts: list[Callable[[str], Any]] = [
        lambda who: world.call(cases.case, who, made.id, NOW),
        lambda who: world.call(day.mark, who, made.id, "arrived", NOW),
        lambda who: world.call(consults.save, who, made.id, {}, NOW),
        lambda who: world.call(consults.sign, who, made.id, NOW),
    ]
    for act in acts:
        for who in (stranger, asha, "nobody"):
            with pytest.raises(NotAllowed):
                act(who)
    world.call(staff.revoke, doctor, "command line", NOW)
    for act in acts:
        with pytest.raises(NotAllowed):
            act(doctor)


def test_every_reading_by_staff_is_in_the_audit(world: Database) -> None:
    made = patient(world)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    world.call(cases.queue, doctor, MONDAY, NOW)
    world.call(cases.case, doctor, made.id, NOW)
    rows = world.call(lambda s: s.execute(select(Audit.who, Audit.action, Audit.subject).order_by(Audit.id)).all())
    assert [tuple(row) for row in rows[-2:]] == [
        (doctor, "queue", "hub:hub-1"),
        (doctor, "case", f"booking:{made.id}"),
    ]
    assert world.call(audit.verify) is None


def test_a_summary_is_a_draft_until_signed_and_then_a_version_that_stays(world: Database) -> None:
    made = patient(world)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    world.call(consults.save, doctor, made.id, {"advice": "জল"}, NOW)
    draft = world.call(consults.save, doctor, made.id, {"advice": "বিশ্রাম"}, NOW)
    assert (draft.version, draft.status) == (1, "draft")
    assert world.call(consults.summaries_of, made.person_id) == []
    signed = world.call(consults.sign, doctor, made.id, NOW)
    assert world.call(consults.sign, doctor, made.id, NOW) == signed
    assert world.call(bookings.booking, made.id).status == "fulfilled"
    corrected = world.call(consults.save, doctor, made.id, {"advice": "ঘুম"}, NOW)
    assert corrected.version == 2
    assert world.call(consults.summaries_for, "tg:1", made.person_id) == [signed]
    final = world.call(consults.sign, doctor, made.id, NOW + timedelta(hours=1))
    assert world.call(consults.summaries_for, "tg:1", made.person_id) == [final]
    with pytest.raises(NotAllowed):
        world.call(consults.summaries_for, "tg:2", made.person_id)


def test_an_ashas_day_list_has_her_families_alone(world: Database) -> None:
    hers, other = (enrol(world, "asha", chat, area="spoke-1") for chat in ("tg:asha", "tg:other"))
    home = world.call(people.save_household, hers, None, NOW)
    person = world.call(people.save_person, "tg:asha", home, "রহিমা", 34, "female", "other", None, None, NOW)
    window = world.call(free_windows, "hub-1", "general_medicine", NOW)[0]
    world.call(bookings.book, person, window.window_id, "spoke-1", "tg:asha", None, "k", NOW)
    assert [booking.name for booking in world.call(cases.day_list, hers, MONDAY, NOW)] == ["রহিমা"]
    assert world.call(cases.day_list, other, MONDAY, NOW) == []


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (update(Audit).where(Audit.id == 2).values(who="somebody else"), 2),
        (delete(Audit).where(Audit.id == 2), 2),
        (delete(Audit).where(Audit.id == 4), 4),
        (update(Audit).where(Audit.id == 3).values(at=NOW + timedelta(seconds=1)), 3),
    ],
)
def test_a_changed_or_missing_audit_row_is_found(db: Database, tamper: Any, found: int) -> None:
    for number in range(4):
        db.call(audit.append, "staff", "case", f"booking:{number}", NOW)
    assert db.call(audit.verify) is None
    db.call(lambda s: s.execute(tamper))
    assert db.call(audit.verify) == found


def test_what_raises_leaves_nothing_in_the_audit_and_what_follows_is_whole(db: Database) -> None:
    def fails(s: Connection) -> None:
        audit.append(s, "staff", "case", "booking:1", NOW)
        raise ValueError

    with pytest.raises(ValueError):
        db.call(fails)
    db.call(lambda s: [audit.append(s, "staff", "case", f"booking:{number}", NOW) for number in (2, 3)])
    assert db.call(lambda s: list(s.scalars(select(Audit.subject).order_by(Audit.id)))) == ["booking:2", "booking:3"]
    assert db.call(audit.verify) is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("last", [True, pytest.param(False, id="control: written at once")])
def test_who_works_long_after_an_entry_holds_nobody_up(
    db: Database, last: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction appends and goes on working; another appends and commits meanwhile."""
    if not last:
        monkeypatch.setattr(audit, "written_last", lambda _s: nullcontext())
    appended, other_is_done = Event(), Event()

    def works_long(s: Connection) -> bool:
        audit.append(s, "first", "case", "booking:1", NOW)
        appended.set()
        return other_is_done.wait(5 if last else 1)

    with ThreadPoolExecutor(2) as threads:
        long = threads.submit(db.call, works_long)
        assert appended.wait(5)
        threads.submit(lambda: (db.call(audit.append, "second", "case", "booking:2", NOW), other_is_done.set()))
        assert long.result() is last
    who = db.call(lambda s: list(s.scalars(select(Audit.who).order_by(Audit.id))))
    assert who == (["second", "first"] if last else ["first", "second"])
    assert db.call(audit.verify) is None


def test_whoever_asks_to_be_forgotten_is_unreadable_at_once(world: Database) -> None:
    made = patient(world)
    doctor = enrol(world, "doctor", "tg:doctor", doctor_id="dr-1")
    world.call(people.save_person, "tg:1", None, "মিনা", 6, "female", "child", None, None, NOW)
    assert world.call(erase.forget, "tg:1", NOW) == 2
    assert world.call(accounts.account, "tg:1") is None
    assert world.call(people.family, "tg:1") == []
    assert world.call(people.person, made.person_id).name is None
    assert world.call(cases.queue, doctor, MONDAY, NOW) == []
    with pytest.raises(NotAllowed):
        world.call(cases.case, doctor, made.id, NOW)
    until = world.call(lambda s: s.execute(select(Person.delete_after)).scalars().first())
    assert until == MONDAY + erase.KEPT
    assert world.call(free_windows, "hub-1", "general_medicine", NOW)[0].left == 2
