"""An ASHA worker's record and an own account become one: nothing lost, nothing doubled, nothing for whoever guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from storage import accounts, bookings, decisions, joining, people, staff, waiting
from storage.columns import Table
from storage.people import record_consent
from storage.records import NotAllowed
from storage.session import Database
from storage.tables import Booking, CallTask, Observation, Permit, Person, Waiting, Window

from .conftest import NOW
from .consulting import trace
from .joined import ASHA, OTHER_ASHA, OWN, Both, book, both, member

WEEK = timedelta(days=7)


@pytest.fixture
def two(db: Database) -> Both:
    return both(db)


@pytest.fixture
def code(db: Database, two: Both) -> str:
    return db.call(joining.give_code, two.asha, two.record, NOW)


def held(db: Database, person_id: str) -> dict[str, int]:
    """How many rows of each table are of this person."""

    def count(s: Any, table: Any) -> int:
        return int(s.execute(select(func.count()).where(table.person_id == person_id)).scalar_one())

    return {table.__tablename__: db.call(count, table) for table in joining.HELD}


def test_a_code_shows_a_letter_and_a_year_and_no_more(db: Database, two: Both, code: str) -> None:
    found = db.call(joining.seen, code, OWN, NOW)
    assert found == joining.Seen(joining.Hint("র", 1992), "নাম", joining.Hint("R", 1993), None)
    assert not people_of(db, OWN) - {two.own}


def people_of(db: Database, chat: str) -> set[str]:
    """The ids of those a chat may act for."""
    return {one.id for one in db.call(people.family, chat)}


def test_her_record_becomes_the_account_s_own(db: Database, two: Both, code: str) -> None:
    done = db.call(joining.join, code, OWN, NOW)
    assert done == joining.Joined(two.record, ASHA)
    assert people_of(db, OWN) == people_of(db, ASHA) == {two.record}
    me = db.call(people.person, two.record)
    assert (me.name, me.own_chat) == ("রহিমা বিবি", OWN)
    account = db.call(accounts.account, OWN)
    assert account is not None and account.person_id == two.record
    former = db.call(lambda s: s.execute(select(Person).where(Person.id == two.own)).one())
    assert (former.merged_into, former.own_chat, former.restricted_at) == (two.record, None, NOW)
    assert {"joined", "merged"} <= set(trace(db, OWN))


def test_an_account_without_a_person_of_its_own_gets_one(db: Database, two: Both, code: str) -> None:
    db.call(people.set_language, "tg:new", "bn", NOW)
    assert db.call(joining.join, code, "tg:new", NOW) == joining.Joined(two.record, ASHA)
    assert people_of(db, "tg:new") == {two.record}


def furnish(db: Database, person: str, chat: str, which: int, specialty: str) -> None:
    """One of everything that can be held of a person."""
    made = book(db, person, chat, which, specialty)
    facts: tuple[Any, ...] = ({}, "consultation", "r", "fever", "1", specialty)
    db.call(lambda s: decisions.record(s, person, chat, *facts, NOW))
    times = (NOW, NOW + WEEK)
    db.call(waiting.join, person, "spoke-1", specialty, chat, None, f"w{person}", times, NOW)
    db.call(record_consent, person, "patient", "spoken", ["booking"], chat, NOW)
    of = {"person_id": person, "spoke_id": "spoke-1", "chat": chat, "reason": "call_me", "urgent": False}
    db.call(lambda s: s.execute(insert(CallTask).values(id=f"t{person}", key=person, created_at=NOW, **of)))
    seen = {"booking_id": made.id, "person_id": person, "content": b"x", "taken_by": "o", "taken_at": NOW}
    db.call(lambda s: s.execute(insert(Observation).values(id=f"o{person}", **seen)))


def test_nothing_is_lost_and_nothing_doubled(db: Database, two: Both, code: str) -> None:
    furnish(db, two.record, ASHA, 0, "general_medicine")
    furnish(db, two.own, OWN, 1, "paediatrics")
    before = {name: number + held(db, two.record)[name] for name, number in held(db, two.own).items()}
    assert set(before.values()) == {0, 2} and before["consult"] == 0
    db.call(joining.join, code, OWN, NOW)
    assert set(held(db, two.own).values()) == {0}
    assert held(db, two.record) == before | {"consent": 3}  # and that she joined
    tokens = {one.token_number for one in db.call(bookings.bookings_of, OWN, NOW)}
    assert len(tokens) == len(db.call(bookings.bookings_of, OWN, NOW)) == 2
    assert len(db.call(bookings.bookings_of, ASHA, NOW)) == 2


def test_every_table_that_names_a_person_is_thought_of() -> None:
    """A table that is added later has to be moved too, or to say why not."""
    named = {table.name for table in Table.metadata.tables.values() if "person_id" in table.columns}
    moved = {table.__tablename__ for table in joining.HELD}
    assert named - moved == {"person_key", "account"}  # her names are found as before; the account is set


def test_of_two_tokens_for_one_time_the_first_made_stays(db: Database, two: Both, code: str) -> None:
    first = book(db, two.record, ASHA, 0)
    second = book(db, two.own, OWN, 0)
    done = db.call(joining.join, code, OWN, NOW)
    assert done is not None and (done.given_up, done.freed) == ((second.id,), (second.window_id,))
    assert statuses(db) == {first.id: "booked", second.id: "cancelled"}
    assert taken(db, first.window_id) == 1


def test_of_two_tokens_who_has_come_keeps_theirs(db: Database, two: Both, code: str) -> None:
    first, second = book(db, two.record, ASHA, 0), book(db, two.own, OWN, 0)
    db.call(lambda s: s.execute(update(Booking).where(Booking.id == second.id).values(status="arrived")))
    db.call(joining.join, code, OWN, NOW)
    assert statuses(db) == {first.id: "cancelled", second.id: "arrived"}


def statuses(db: Database) -> dict[str, str]:
    """The bookings and how they stand."""
    return {row.id: row.status for row in db.call(lambda s: s.execute(select(Booking.id, Booking.status)).all())}


def taken(db: Database, window: int) -> int:
    """The places taken of a window."""
    return int(db.call(lambda s: s.execute(select(Window.taken).where(Window.id == window)).scalar_one()))


def test_who_waited_twice_waits_once(db: Database, two: Both, code: str) -> None:
    for person, chat in ((two.record, ASHA), (two.own, OWN)):
        times = (NOW, NOW + WEEK)
        db.call(waiting.join, person, "spoke-1", "general_medicine", chat, None, f"w{person}", times, NOW)
    db.call(joining.join, code, OWN, NOW)
    rows = db.call(lambda s: s.execute(select(Waiting.person_id, Waiting.status)).all())
    assert sorted(row.status for row in rows) == ["active", "revoked"]
    assert {row.person_id for row in rows} == {two.record}


def test_what_only_the_former_record_knew_is_known(db: Database, two: Both, code: str) -> None:
    db.call(lambda s: people.update_person(s, two.own, NOW, phone="9800000000", pregnant=True))

    def allergic(s: Any, id: str, words: list[str]) -> None:
        sealed = db.ring.seal(words, f"person/allergies/{id}")
        s.execute(update(Person).where(Person.id == id).values(allergies=sealed))

    db.call(allergic, two.own, ["penicillin"])
    db.call(allergic, two.record, ["sulfa"])
    db.call(joining.join, code, OWN, NOW)
    me = db.call(people.person, two.record)
    assert (me.name, me.phone, me.pregnant) == ("রহিমা বিবি", "9800000000", True)
    sealed = db.call(lambda s: s.execute(select(Person.allergies).where(Person.id == two.record)).scalar_one())
    assert sealed is not None
    assert db.ring.open(sealed, f"person/allergies/{two.record}") == ["sulfa", "penicillin"]


@pytest.mark.parametrize("chat", ["tg:stranger", OWN])
def test_a_wrong_used_or_old_code_shows_and_changes_nothing(db: Database, two: Both, code: str, chat: str) -> None:
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for tried, at in ((wrong, NOW), ("", NOW), (code, NOW + WEEK)):
        assert db.call(joining.seen, tried, chat, at) is None
        assert db.call(joining.join, tried, chat, at) is None
    assert db.call(people.person, two.record).own_chat is None
    assert db.call(joining.join, code, "tg:first", NOW) is not None
    assert db.call(joining.seen, code, chat, NOW) is None
    assert db.call(joining.join, code, chat, NOW) is None
    assert two.record not in people_of(db, chat)


def test_guessing_ends(db: Database, two: Both, code: str) -> None:
    for number in range(5):
        assert db.call(joining.seen, f"{(int(code) + 1 + number) % 10**8:08}", OWN, NOW) is None
    assert db.call(joining.seen, code, OWN, NOW) is None
    assert db.call(joining.seen, code, OWN, NOW + timedelta(minutes=15)) is not None


def test_who_may_not_give_a_code(db: Database, two: Both, code: str) -> None:
    other = db.call(staff.enrolled, OTHER_ASHA)
    assert other is not None
    home = db.call(people.households, two.asha)[0].id
    child = member(db, home, "মিনা", 12)
    for who, person in ((other.id, two.record), (two.asha, two.own), ("nobody", two.record), (two.asha, child)):
        with pytest.raises(NotAllowed):
            db.call(joining.give_code, who, person, NOW)
    db.call(joining.join, code, OWN, NOW)
    with pytest.raises(NotAllowed):  # it is somebody's own already
        db.call(joining.give_code, two.asha, two.record, NOW)


def test_a_code_dies_with_the_right_of_who_gave_it(db: Database, two: Both, code: str) -> None:
    assert db.call(joining.join, code, ASHA, NOW) is None  # not to herself
    db.call(staff.revoke, two.asha, "command line", NOW)
    assert db.call(joining.seen, code, OWN, NOW) is None
    assert db.call(joining.join, code, OWN, NOW) is None
    assert db.call(lambda s: s.execute(select(Permit.used_at)).scalar_one()) is None


def test_of_many_who_bring_it_at_once_one_becomes_the_person(db: Database, two: Both, code: str) -> None:
    chats = [f"tg:{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(lambda chat: db.call(joining.join, code, chat, NOW), chats))
    assert [one for one in came if one] == [joining.Joined(two.record, ASHA)]
    assert sum(two.record in people_of(db, chat) for chat in chats) == 1
