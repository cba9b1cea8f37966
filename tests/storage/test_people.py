"""Accounts, families and what was said of them: ages that grow, pregnancies that end, names that others cannot read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage import accounts, people, staff
from storage.people import age_years, family, is_pregnant, recently_delivered
from storage.records import NotAllowed
from storage.session import Database
from storage.zone import day_of

from .conftest import NOW
from .world import build, somebody

TODAY = day_of(NOW)


def test_an_account_keeps_its_language_and_consent(db: Database) -> None:
    assert db.call(accounts.account, "tg:1") is None
    db.call(accounts.set_language, "tg:1", "bn", NOW)
    db.call(accounts.give_consent, "tg:1", "1", ["triage", "booking"], "button", NOW)
    account = db.call(accounts.account, "tg:1")
    assert account is not None
    assert (account.lang, account.consent_version, account.consent_purposes) == ("bn", "1", ("triage", "booking"))
    assert (account.role, account.refused, account.reachable) == ("patient", False, True)


def test_consent_is_withdrawn_as_easily_as_given(db: Database) -> None:
    db.call(accounts.give_consent, "tg:1", "1", ["triage"], "button", NOW)
    db.call(accounts.withdraw, "tg:1", NOW)
    account = db.call(accounts.account, "tg:1")
    assert account is not None and (account.consent_version, account.refused) == (None, True)


def test_whoever_blocked_the_bot_is_unreachable_until_they_write_again(db: Database) -> None:
    db.call(accounts.set_reachable, "tg:1", False, NOW)
    assert not db.call(accounts.account, "tg:1").reachable  # type: ignore[union-attr]
    db.call(accounts.set_reachable, "tg:1", True, NOW)
    assert db.call(accounts.account, "tg:1").reachable  # type: ignore[union-attr]


def test_me_is_one_person_however_often_it_is_said(db: Database) -> None:
    said = ("রহিমা", 34, "female", "self", None, None)
    first = db.call(people.save_person, "tg:1", None, *said, NOW)
    again = db.call(people.save_person, "tg:1", None, "রহিমা বিবি", 35, "female", "self", None, None, NOW)
    assert first == again
    assert [(person.name, person.own_chat) for person in db.call(family, "tg:1")] == [("রহিমা বিবি", "tg:1")]


def test_the_family_comes_with_oneself_first(db: Database) -> None:
    db.call(people.save_person, "tg:1", None, "মিনা", 6, "female", "child", None, None, NOW)
    db.call(people.save_person, "tg:1", None, "রহিমা", 34, "female", "self", None, None, NOW)
    assert [person.name for person in db.call(family, "tg:1")] == ["রহিমা", "মিনা"]


@pytest.mark.parametrize(("said", "precision"), [(34, "year"), (2, "year"), (0.5, "month"), (0.02, "day")])
def test_an_age_is_kept_as_a_birthday_that_grows(db: Database, said: float, precision: str) -> None:
    id = db.call(people.save_person, "tg:1", None, "x", said, "male", "child", None, None, NOW)
    person = db.call(people.person, id)
    assert person.born_to == precision
    assert age_years(person, TODAY) == pytest.approx(said, abs=0.005)
    assert age_years(person, date(TODAY.year + 3, TODAY.month, TODAY.day)) == pytest.approx(said + 3, abs=0.01)


def test_an_age_said_on_a_leap_day_is_kept(db: Database) -> None:
    leap_day = NOW.replace(year=2028, month=2, day=29)
    id = db.call(people.save_person, "tg:1", None, "x", 33, "male", "self", None, None, leap_day)
    assert age_years(db.call(people.person, id), date(2028, 2, 29)) == pytest.approx(33, abs=0.01)


def test_what_was_said_of_pregnancy_holds_while_it_can_be_true(db: Database) -> None:
    id = db.call(people.save_person, "tg:1", None, "x", 25, "female", "self", True, False, NOW)
    person = db.call(people.person, id)
    assert is_pregnant(person, TODAY) is True
    assert recently_delivered(person, TODAY) is False
    assert is_pregnant(person, TODAY + timedelta(days=300)) is None
    db.call(people.update_person, id, NOW, pregnant=False, recent_delivery=True)
    person = db.call(people.person, id)
    assert (is_pregnant(person, TODAY), recently_delivered(person, TODAY)) == (False, True)
    assert recently_delivered(person, TODAY + timedelta(days=60)) is None


def test_what_is_not_given_stays_as_it_is(db: Database) -> None:
    id = db.call(somebody, "tg:1", NOW)
    before = db.call(people.person, id)
    db.call(people.update_person, id, NOW, phone="+919830012345", name=None)
    after = db.call(people.person, id)
    assert (after.name, after.born, after.phone) == (before.name, before.born, "+919830012345")


def test_nobody_sees_anothers_family(db: Database) -> None:
    id = db.call(somebody, "tg:1", NOW)
    assert db.call(people.person_for, "tg:1", id).name == "রহিমা"
    with pytest.raises(NotAllowed):
        db.call(people.person_for, "tg:2", id)
    assert db.call(family, "tg:2") == []


def test_an_asha_sees_her_households_and_no_others(db: Database) -> None:
    db.call(build)
    hers, other = (enrol_asha(db, chat) for chat in ("tg:asha", "tg:other"))
    home = db.call(people.save_household, hers, "মণ্ডল বাড়ি", NOW)
    id = db.call(people.save_person, "tg:asha", home, "রহিমা", 34, "female", "other", None, None, NOW)
    assert [(found.name, found.members) for found in db.call(people.households, hers)] == [("মণ্ডল বাড়ি", 1)]
    assert [person.name for person in db.call(people.members, hers, home)] == ["রহিমা"]
    assert [person.id for person in db.call(family, "tg:asha")] == [id]
    assert db.call(people.households, other) == []
    assert db.call(people.members, other, home) == []
    with pytest.raises(NotAllowed):
        db.call(people.save_person, "tg:other", home, "x", 1, "male", "child", None, None, NOW)
    with pytest.raises(NotAllowed):
        db.call(people.record_consent, id, "self", "in_person", ["booking"], "tg:other", NOW)
    db.call(people.record_consent, id, "self", "in_person", ["booking"], "tg:asha", NOW)
    assert db.call(people.consents, id) == [("self", "in_person", NOW, "tg:asha")]
    db.call(staff.revoke, hers, "command line", NOW)
    assert db.call(family, "tg:asha") == []
    with pytest.raises(NotAllowed):
        db.call(people.households, hers)


def enrol_asha(db: Database, chat: str) -> str:
    code = db.call(staff.invitation, "asha", "আশা", "command line", NOW, area="spoke-1")
    member = db.call(staff.accept, code, chat, NOW)
    assert member is not None
    return member.id
