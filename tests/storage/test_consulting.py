"""What doctors and health officers write: favourites, observations, allergies, drafts and corrections, handing over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from storage import allergies, bookings, cases, consults, favourites, handing, observations, people
from storage.booked import booking
from storage.records import Booking, NotAllowed, Refusal
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Favourite, Observation, Person

from .conftest import NOW
from .consulting import enrol, patient, trace
from .world import MONDAY, build

PARACETAMOL = {"generic": "PARACETAMOL", "form": "tablet", "strength": "500 mg", "dose": "1-0-1", "days": 5}


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


@pytest.fixture
def doctor(world: Database) -> str:
    return enrol(world, "doctor", "tg:d1", doctor_id="dr-1")


# --- favourites ------------------------------------------------------------------------------------------------------


def test_what_is_used_most_stands_first_then_the_latest(world: Database) -> None:
    for at, words in enumerate(("Fever", "Scabies", "Tinea", " fever")):
        world.call(favourites.count, "dr-1", "diagnosis", words, NOW + timedelta(minutes=at))
    found = world.call(favourites.most_used, "dr-1", "diagnosis", 10)
    assert [(one.content, one.used) for one in found] == [("Fever", 2), ("Tinea", 1), ("Scabies", 1)]
    assert len(world.call(favourites.most_used, "dr-1", "diagnosis", 2)) == 2


def test_a_medicine_with_another_dose_is_another_favourite(world: Database) -> None:
    for one in (PARACETAMOL, PARACETAMOL, PARACETAMOL | {"dose": "1-1-1"}):
        world.call(favourites.count, "dr-1", "medicine", one, NOW)
    assert [one.used for one in world.call(favourites.most_used, "dr-1", "medicine", 9)] == [2, 1]


def test_favourites_are_the_doctors_own_and_unreadable_in_the_table(world: Database) -> None:
    world.call(favourites.count, "dr-1", "diagnosis", "Scabies", NOW)
    assert world.call(favourites.most_used, "dr-2", "diagnosis", 9) == []
    assert world.call(favourites.most_used, "dr-1", "advice", 9) == []
    key, content = world.call(lambda s: s.execute(select(Favourite.key, Favourite.content)).one())
    assert b"Scabies" not in content and "cabies" not in key


def test_after_a_new_key_the_same_thing_is_still_one(world: Database, ring: Keyring) -> None:
    world.call(favourites.count, "dr-1", "diagnosis", "Scabies", NOW)
    world.ring._index = dict(reversed([*world.ring._index.items(), *Keyring(new_key("k2"))._index.items()]))
    world.call(favourites.count, "dr-1", "diagnosis", "Scabies", NOW)
    assert [one.used for one in world.call(favourites.most_used, "dr-1", "diagnosis", 9)] == [2]


# --- observations ----------------------------------------------------------------------------------------------------


def test_a_health_officer_measures_for_the_doctor(world: Database, doctor: str) -> None:
    officer, of = enrol(world, "health_officer", "tg:o1", area="spoke-1"), patient(world)
    world.call(observations.add, officer, of.id, {"vitals": {"pulse": 88}, "remark": "pale"}, NOW)
    world.call(observations.add, officer, of.id, {"vitals": {"pulse": 90}}, NOW + timedelta(minutes=5))
    seen = world.call(cases.case, doctor, of.id, NOW).observed
    assert [(one.vitals, one.remark) for one in seen] == [({"pulse": 90}, ""), ({"pulse": 88}, "pale")]
    assert "observation" in trace(world, officer)
    assert b"pale" not in world.call(lambda s: s.execute(select(Observation.content)).scalars().all())[0]


def test_nobody_else_measures(world: Database, doctor: str) -> None:
    of = patient(world)
    others = {
        "another spoke": enrol(world, "health_officer", "tg:o2", area="spoke-2"),
        "another hub": enrol(world, "doctor", "tg:d3", doctor_id="dr-3"),
        "asha": enrol(world, "asha", "tg:a1", area="spoke-1"),
        "coordinator": enrol(world, "coordinator", "tg:c1", hub_id="hub-1"),
    }
    for who, staff_id in (others | {"nobody": "x"}).items():
        with pytest.raises(NotAllowed):
            world.call(observations.add, staff_id, of.id, {"vitals": {}}, NOW)
            pytest.fail(who)
    assert world.call(lambda s: s.execute(select(Observation.id)).all()) == []


def test_a_booking_that_is_over_is_not_measured_for(world: Database) -> None:
    officer, of = enrol(world, "health_officer", "tg:o1", area="spoke-1"), patient(world)
    world.call(bookings.cancel, of.id, "tg:1", NOW)
    with pytest.raises(NotAllowed):
        world.call(observations.add, officer, of.id, {"vitals": {"pulse": 88}}, NOW)


def test_nothing_is_measured_of_who_asked_to_be_forgotten(world: Database) -> None:
    officer, of = enrol(world, "health_officer", "tg:o1", area="spoke-1"), patient(world)
    world.call(lambda s: s.execute(update(Person).values(restricted_at=NOW)))
    with pytest.raises(NotAllowed):
        world.call(observations.add, officer, of.id, {"vitals": {"pulse": 88}}, NOW)


def test_nothing_is_written_of_who_asked_to_be_forgotten(world: Database, doctor: str) -> None:
    """In the middle of a summary: the draft is neither changed nor signed, no allergies are kept."""
    of = patient(world)
    world.call(consults.save, doctor, of.id, {"diagnosis": "x"}, NOW)
    world.call(lambda s: s.execute(update(Person).values(restricted_at=NOW)))
    for write, *said in (
        (allergies.write, ["dust"], NOW), (consults.save, {"diagnosis": "y"}, NOW), (consults.sign, NOW),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            world.call(write, doctor, of.id, *said)
    world.call(lambda s: s.execute(update(Person).values(restricted_at=None)))  # control
    world.call(allergies.write, doctor, of.id, ["dust"], NOW)
    assert world.call(consults.sign, doctor, of.id, NOW).content == {"diagnosis": "x"}


def test_a_health_officer_sees_the_own_spoke_alone(world: Database) -> None:
    here, of = enrol(world, "health_officer", "tg:o1", area="spoke-1"), patient(world)
    there = enrol(world, "health_officer", "tg:o2", area="spoke-2")
    assert [one.id for one in world.call(observations.todays, here, MONDAY, NOW)] == [of.id]
    assert world.call(observations.todays, there, MONDAY, NOW) == []
    for role, bound in (("asha", {"area": "spoke-1"}), ("doctor", {"doctor_id": "dr-1"})):
        with pytest.raises(NotAllowed):
            world.call(observations.todays, enrol(world, role, f"tg:{role}", **bound), MONDAY, NOW)


def test_what_was_measured_today_goes_along_to_the_next_booking_and_not_for_ever(world: Database, doctor: str) -> None:
    officer, of = enrol(world, "health_officer", "tg:o1", area="spoke-1"), patient(world)
    world.call(observations.add, officer, of.id, {"vitals": {"pulse": 88}}, NOW)
    _, made = world.call(hand_over, doctor, of.id, "paediatrics", "", NOW)
    lately = world.call(observations.of_booking, made, NOW + timedelta(hours=3))
    assert [one.vitals for one in lately] == [{"pulse": 88}]
    assert world.call(observations.of_booking, made, NOW + timedelta(hours=25)) == []


# --- allergies -------------------------------------------------------------------------------------------------------


def test_allergies_are_asked_once_and_kept_with_the_person(world: Database, doctor: str) -> None:
    of = patient(world)
    assert world.call(cases.case, doctor, of.id, NOW).allergies is None
    world.call(allergies.write, doctor, of.id, ["penicillin"], NOW)
    assert world.call(cases.case, doctor, of.id, NOW).allergies == ("penicillin",)
    world.call(allergies.write, doctor, of.id, [], NOW)
    assert world.call(cases.case, doctor, of.id, NOW).allergies == ()
    assert "allergies" in trace(world, doctor)
    kept = world.call(lambda s: s.execute(select(Person.allergies)).scalar_one())
    assert kept is not None and b"penicillin" not in kept


def test_only_a_doctor_of_the_hub_writes_allergies(world: Database) -> None:
    of = patient(world)
    for role, bound in (("doctor", {"doctor_id": "dr-3"}), ("health_officer", {"area": "spoke-1"})):
        with pytest.raises(NotAllowed):
            world.call(allergies.write, enrol(world, role, f"tg:{role}", **bound), of.id, ["x"], NOW)


# --- drafts and corrections ------------------------------------------------------------------------------------------


def test_a_draft_is_there_when_the_case_is_opened_again(world: Database, doctor: str) -> None:
    of = patient(world)
    world.call(consults.save, doctor, of.id, {"complaints": "fever"}, NOW)
    world.call(consults.save, doctor, of.id, {"complaints": "fever", "diagnosis": "flu"}, NOW)
    again = world.call(cases.case, doctor, of.id, NOW)
    assert again.draft is not None and again.draft.content == {"complaints": "fever", "diagnosis": "flu"}
    assert again.signed is None and again.draft.version == 1


def test_a_correction_is_the_next_version_of_the_same_doctor(world: Database, doctor: str) -> None:
    of, other = patient(world), enrol(world, "doctor", "tg:d2", doctor_id="dr-2")
    world.call(consults.save, doctor, of.id, {"diagnosis": "flu"}, NOW)
    first = world.call(consults.sign, doctor, of.id, NOW, "emergency")
    assert first.judged_level == "emergency"
    with pytest.raises(NotAllowed):
        world.call(consults.save, other, of.id, {"diagnosis": "measles"}, NOW)
    world.call(consults.save, doctor, of.id, {"diagnosis": "dengue"}, NOW)
    with pytest.raises(NotAllowed):
        world.call(consults.save, other, of.id, {"diagnosis": "measles"}, NOW)
    assert world.call(consults.standing, of.id) == first  # until it is signed the former version stands
    second = world.call(consults.sign, doctor, of.id, NOW + timedelta(hours=1))
    assert (second.version, second.id != first.id) == (2, True)
    assert world.call(consults.standing, of.id) == second
    assert [one.content for one in world.call(consults.summaries_of, of.person_id)] == [{"diagnosis": "dengue"}]
    assert world.call(consults.summary, first.id).content == {"diagnosis": "flu"}


def test_a_doctor_finds_the_own_signed_papers_of_late(world: Database, doctor: str) -> None:
    of, other = patient(world), enrol(world, "doctor", "tg:d2", doctor_id="dr-2")
    world.call(consults.save, doctor, of.id, {"diagnosis": "flu"}, NOW)
    assert world.call(consults.signed_lately, doctor, NOW, timedelta(days=7)) == []
    signed = world.call(consults.sign, doctor, of.id, NOW)
    assert world.call(consults.signed_lately, doctor, NOW, timedelta(days=7)) == [signed]
    assert world.call(consults.signed_lately, doctor, NOW + timedelta(days=8), timedelta(days=7)) == []
    assert world.call(consults.signed_lately, other, NOW, timedelta(days=7)) == []


def test_a_paper_is_read_and_given_away_by_the_own_people_alone(world: Database, doctor: str) -> None:
    of = patient(world)
    saved = world.call(consults.save, doctor, of.id, {"diagnosis": "flu"}, NOW)
    with pytest.raises(NotAllowed):
        world.call(consults.summary_for, "tg:1", saved.id)  # a draft is nobody's paper yet
    signed = world.call(consults.sign, doctor, of.id, NOW)
    assert world.call(consults.summary_for, "tg:1", signed.id) == signed
    world.call(consults.require_own, "tg:1", of.person_id)
    for chat in ("tg:2", "tg:d1"):
        with pytest.raises(NotAllowed):
            world.call(consults.summary_for, chat, signed.id)
        with pytest.raises(NotAllowed):
            world.call(consults.require_own, chat, of.person_id)


def test_an_asha_reads_her_familys_paper_and_does_not_give_it_away(world: Database) -> None:
    asha = enrol(world, "asha", "tg:a1", area="spoke-1")
    home = world.call(people.save_household, asha, None, NOW)
    person = world.call(people.save_person, "tg:a1", home, "রহিমা", 34, "female", "other", None, None, NOW)
    world.call(people.require, "tg:a1", person)
    with pytest.raises(NotAllowed):
        world.call(consults.require_own, "tg:a1", person)


# --- handing over ----------------------------------------------------------------------------------------------------


def hand_over(
    s: Connection, staff_id: str, booking_id: str, specialty: str, note: str, now: datetime
) -> tuple[Booking, Booking]:
    """As `handing.hand_over`, where there is a place."""
    made = handing.hand_over(s, staff_id, booking_id, specialty, note, now)
    assert isinstance(made, tuple)
    return made


def test_a_case_goes_to_the_soonest_place_of_the_other_specialty(world: Database, doctor: str) -> None:
    of = patient(world)
    world.call(consults.save, doctor, of.id, {"diagnosis": "half"}, NOW)
    spot = world.call(handing.place, doctor, of.id, "paediatrics", NOW)
    old, made = world.call(hand_over, doctor, of.id, "paediatrics", "please look at the rash", NOW)
    assert spot is not None and made.window_id == spot.window_id
    assert (made.hub_id, made.doctor_id, made.status) == ("hub-1", "dr-2", "booked")
    assert (made.decision_id, made.spoke_id, made.chat, made.person_id) == (
        of.decision_id, of.spoke_id, of.chat, of.person_id,
    )  # fmt: skip
    assert (old.status, made.instead_of) == ("cancelled", of.id)
    assert [one.remark for one in world.call(observations.of_booking, made, NOW)] == ["please look at the rash"]
    assert world.call(consults.draft, of.id) is None
    assert world.call(cases.queue, doctor, MONDAY, NOW) == []


def test_the_same_specialty_is_another_hubs(world: Database, doctor: str) -> None:
    _, made = world.call(hand_over, doctor, patient(world).id, "general_medicine", "", NOW)
    assert (made.hub_id, made.doctor_id) == ("hub-2", "dr-3")


def test_where_there_is_no_place_nothing_ends(world: Database, doctor: str) -> None:
    of = patient(world)
    assert world.call(handing.place, doctor, of.id, "psychiatry", NOW) is None
    assert world.call(handing.hand_over, doctor, of.id, "psychiatry", "", NOW) == Refusal("taken")
    assert world.call(booking, of.id).status == "booked"


def test_a_case_that_is_over_or_another_hubs_is_not_handed_over(world: Database, doctor: str) -> None:
    of, other = patient(world), enrol(world, "doctor", "tg:d3", doctor_id="dr-3")
    with pytest.raises(NotAllowed):
        world.call(handing.hand_over, other, of.id, "paediatrics", "", NOW)
    world.call(hand_over, doctor, of.id, "paediatrics", "", NOW)
    with pytest.raises(NotAllowed):
        world.call(handing.hand_over, doctor, of.id, "paediatrics", "", NOW)
