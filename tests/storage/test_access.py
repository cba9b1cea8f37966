"""A patient sees who may act for them, and ends it: from then on nothing is seen, changed or heard any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import access, bookings, calls, cases, consults, conversations, joining, outbox, people, waiting
from storage.outbox import Notice
from storage.people import record_consent
from storage.records import NotAllowed, Unknown
from storage.session import Database
from storage.tables import Consent, Outbox, Person
from storage.zone import day_of

from .conftest import NOW
from .consulting import trace
from .joined import ASHA, OTHER_ASHA, OWN, Both, book, both, member

LATER = NOW.replace(hour=NOW.hour + 1)


@pytest.fixture
def two(db: Database) -> Both:
    """Joined already."""
    made = both(db)
    db.call(joining.join, db.call(joining.give_code, made.asha, made.record, NOW), OWN, NOW)
    return made


def test_who_acts_is_seen_by_the_patient_alone(db: Database, two: Both) -> None:
    shown = db.call(access.who_acts, OWN)
    assert shown == [access.Acts(two.record, "নাম", "কেন্দ্র 1", "Spoke 1", NOW)]
    assert db.call(access.who_acts, ASHA) == db.call(access.who_acts, "tg:stranger") == []


def _members(s: Any, two: Both) -> list[Any]:
    return [one for home in people.households(s, two.asha) for one in people.members(s, two.asha, home.id)]


REFUSED: list[Callable[[Any, Both, str], Any]] = [
    lambda s, two, booking: people.person_for(s, ASHA, two.record),
    lambda s, two, booking: people.require(s, ASHA, two.record),
    lambda s, two, booking: consults.summaries_for(s, ASHA, two.record),
    lambda s, two, booking: record_consent(s, two.record, "patient", "spoken", ["booking"], ASHA, LATER),
    lambda s, two, booking: bookings.cancel(s, booking, ASHA, LATER),
    lambda s, two, booking: bookings.confirm_coming(s, booking, True, ASHA, LATER),
    lambda s, two, booking: joining.give_code(s, two.asha, two.record, LATER),
    lambda s, two, booking: waiting.join(
        s, two.record, "spoke-1", "paediatrics", ASHA, None, "w", (NOW, NOW), LATER),
]  # fmt: skip
EMPTY: list[Callable[[Any, Both, str], Any]] = [
    lambda s, two, booking: people.family(s, ASHA),
    lambda s, two, booking: _members(s, two),
    lambda s, two, booking: bookings.bookings_of(s, ASHA, LATER),
    lambda s, two, booking: waiting.waiting_of(s, ASHA),
    lambda s, two, booking: cases.day_list(s, two.asha, day_of(NOW), LATER),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_she_can_change_nothing_any_more(db: Database, two: Both, number: int) -> None:
    made = book(db, two.record, ASHA)
    act = REFUSED[number]
    if number != 6:  # the control; of a person with an account no code is given before either
        db.call(lambda s: _undone(s, act, two, made.id))
    db.call(access.end, OWN, two.record, LATER)
    with pytest.raises((NotAllowed, Unknown)):
        db.call(act, two, made.id)


def _undone(s: Any, act: Callable[[Any, Both, str], Any], two: Both, booking: str) -> None:
    """That it can be done before access ends, without having done it."""
    part = s.begin_nested()
    act(s, two, booking)
    part.rollback()


@pytest.mark.parametrize("look", EMPTY)
def test_she_sees_nothing_any_more(db: Database, two: Both, look: Callable[[Any, Both, str], Any]) -> None:
    made = book(db, two.record, ASHA)
    times = (NOW, LATER)
    db.call(waiting.join, two.record, "spoke-1", "paediatrics", ASHA, None, "w", times, NOW)
    assert db.call(look, two, made.id)
    db.call(access.end, OWN, two.record, LATER)
    assert not db.call(look, two, made.id)


def test_the_patient_keeps_everything(db: Database, two: Both) -> None:
    made = book(db, two.record, ASHA)
    db.call(access.end, OWN, two.record, LATER)
    assert [one.id for one in db.call(bookings.bookings_of, OWN, LATER)] == [made.id]
    assert [one.id for one in db.call(people.family, OWN)] == [two.record]
    assert db.call(access.who_acts, OWN) == []
    assert db.call(access.end, OWN, two.record, LATER) is False
    assert "access ended" in trace(db, OWN)


@pytest.mark.parametrize("chat", [ASHA, OTHER_ASHA, "tg:stranger"])
def test_nobody_else_ends_it(db: Database, two: Both, chat: str) -> None:
    with pytest.raises(NotAllowed):
        db.call(access.end, chat, two.record, LATER)
    assert len(db.call(access.who_acts, OWN)) == 1


def test_what_was_to_be_said_and_done_is_called_off(db: Database, two: Both) -> None:
    made = book(db, two.record, ASHA)
    call = db.call(calls.put, "k", OWN, "call_me", "spoke-1", two.record, f"booking:{made.id}", False, NOW)
    assert call is not None
    for chat in (ASHA, OWN):
        for about in (f"booking:{made.id}", f"call:{call.id}", "booking:other"):
            words = Notice(chat, "reminder", {"text": "x"}, LATER, about=about, key=f"{chat}{about}")
            db.call(outbox.put, [words], NOW)
    db.call(access.end, OWN, two.record, LATER)
    rows = db.call(lambda s: s.execute(select(Outbox.chat, Outbox.about, Outbox.state)).all())
    off = {(row.chat, row.about) for row in rows if row.state == "called_off"}
    assert off == {(ASHA, f"booking:{made.id}"), (ASHA, f"call:{call.id}")}
    assert db.call(calls.close, call.id, ASHA, "done", LATER) is False


def test_new_calls_about_the_person_go_to_others(db: Database, two: Both) -> None:
    """She is the ASHA worker of the place still, and would be asked as such."""
    assert db.call(calls.who_calls, "spoke-1", two.record) == [ASHA]
    db.call(access.end, OWN, two.record, LATER)
    assert db.call(calls.who_calls, "spoke-1", two.record) == [OTHER_ASHA]
    assert ASHA in db.call(calls.who_calls, "spoke-1", None)


def test_consents_end_but_the_own_ones_stay(db: Database, two: Both) -> None:
    db.call(record_consent, two.record, "patient", "spoken", ["booking"], ASHA, NOW)
    db.call(record_consent, two.record, "self", "button", ["booking"], OWN, NOW)
    db.call(access.end, OWN, two.record, LATER)
    rows = db.call(lambda s: s.execute(select(Consent.recorded_by, Consent.ended_at)).all())
    assert {(row.recorded_by, row.ended_at) for row in rows} == {(ASHA, LATER), (OWN, None)}


def test_a_screen_of_hers_that_shows_the_person_is_gone(db: Database, two: Both) -> None:
    shows = {"frames": [{"flow": "home", "args": {}, "journal": [["do", "Home", {"id": two.record}, False]]}]}
    db.call(conversations.save, ASHA, shows | {"step": 7}, 7, None, NOW, None)
    db.call(conversations.save, OTHER_ASHA, {"frames": [{"flow": "today"}]}, 3, None, NOW, None)
    db.call(access.end, OWN, two.record, LATER)
    hers, others = db.call(conversations.look, ASHA), db.call(conversations.look, OTHER_ASHA)
    assert hers is not None and others is not None
    assert (hers.state["frames"], hers.state["step"]) == ([], 7)
    assert others.state["frames"] == [{"flow": "today"}]


def test_it_can_be_given_again_by_a_new_code(db: Database, two: Both) -> None:
    made = book(db, two.record, ASHA)
    db.call(access.end, OWN, two.record, LATER)
    home = db.call(people.households, two.asha)[0].id
    anew = member(db, home)
    again = LATER.replace(minute=59)
    db.call(joining.join, db.call(joining.give_code, two.asha, anew, again), OWN, again)
    assert [one.id for one in db.call(bookings.bookings_of, ASHA, again)] == [made.id]
    assert [(one.person_id, one.since) for one in db.call(access.who_acts, OWN)] == [(anew, again)]


def test_a_code_of_another_asha_ends_the_access_of_the_first(db: Database, two: Both) -> None:
    made = book(db, two.record, ASHA)
    other = db.call(lambda s: people.account(s, OTHER_ASHA))
    assert other is not None and other.staff_id
    home = db.call(people.save_household, other.staff_id, None, NOW)
    record = db.call(people.save_person, OTHER_ASHA, home, "Rahima", 34, "female", "other", None, None, NOW)
    code = db.call(joining.give_code, other.staff_id, record, LATER)
    seen = db.call(joining.seen, code, OWN, LATER)
    assert seen is not None and seen.leaves == "নাম"
    db.call(joining.join, code, OWN, LATER)
    assert db.call(people.family, ASHA) == [] == db.call(bookings.bookings_of, ASHA, LATER)
    assert [one.id for one in db.call(bookings.bookings_of, OTHER_ASHA, LATER)] == [made.id]


def test_without_taking_the_record_out_she_would_see_it_still(db: Database, two: Both) -> None:
    """The control: what hides it is that it is in no household of hers, and nothing else."""
    home = db.call(people.person, two.record).household_id
    db.call(access.end, OWN, two.record, LATER)
    db.call(lambda s: s.execute(update(Person).where(Person.id == two.record).values(household_id=home)))
    assert [one.id for one in db.call(people.family, ASHA)] == [two.record]
