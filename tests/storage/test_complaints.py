"""Complaints: for the hub of the last token, answered once by its coordinator, sealed, not without end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import complaints
from storage.records import NotAllowed, Unknown
from storage.session import Database
from storage.tables import Complaint

from .conftest import NOW
from .consulting import enrol, patient, trace
from .world import build


@pytest.fixture
def mine(db: Database) -> str:
    """The coordinator of the hub where tg:1 has a token."""
    db.call(build)
    patient(db)
    return enrol(db, "coordinator", "tg:c1", hub_id="hub-1")


def test_it_is_kept_for_the_hub_and_answered_once(db: Database, mine: str) -> None:
    made = db.call(complaints.complain, "tg:1", "doctor_absent", "কেউ ছিলেন না", NOW)
    assert made is not None and (made.hub_id, made.spoke_id) == ("hub-1", "spoke-1")
    [one] = db.call(complaints.open_complaints, mine, NOW)
    assert (one.about, one.words) == ("doctor_absent", "কেউ ছিলেন না")
    closed = db.call(complaints.answer, mine, one.id, "দুঃখিত", NOW)
    assert closed is not None and (closed.words, closed.answer, closed.chat) == ("কেউ ছিলেন না", "দুঃখিত", "tg:1")
    assert db.call(complaints.answer, mine, one.id, "x", NOW) is None
    assert db.call(complaints.open_complaints, mine, NOW) == []
    assert trace(db, mine).count("complaint answered") == 1


def test_words_are_sealed(db: Database, mine: str) -> None:
    db.call(complaints.complain, "tg:1", "data", "Marked", NOW)
    [row] = db.call(lambda s: s.execute(select(Complaint.__table__)).all())
    assert "Marked" not in repr(row)


def test_another_hubs_coordinator_sees_and_answers_nothing(db: Database, mine: str) -> None:
    made = db.call(complaints.complain, "tg:1", "waiting", None, NOW)
    other = enrol(db, "coordinator", "tg:c3", hub_id="hub-2")
    assert made is not None
    assert db.call(complaints.open_complaints, other, NOW) == []
    with pytest.raises(NotAllowed):
        db.call(complaints.answer, other, made.id, "x", NOW)
    doctor = enrol(db, "doctor", "tg:dr", doctor_id="dr-1")
    with pytest.raises(NotAllowed):
        db.call(complaints.open_complaints, doctor, NOW)


def test_who_never_had_a_token_is_heard_by_any_coordinator(db: Database, mine: str) -> None:
    made = db.call(complaints.complain, "tg:9", "other", None, NOW)
    assert made is not None and made.hub_id is None
    assert [one.id for one in db.call(complaints.open_complaints, mine, NOW)] == [made.id]
    assert db.call(complaints.answer, mine, made.id, None, NOW) is not None


def test_five_a_day_and_no_more(db: Database, mine: str) -> None:
    made = [db.call(complaints.complain, "tg:1", "waiting", None, NOW) for _ in range(6)]
    assert [one is None for one in made] == [False] * 5 + [True]
    assert db.call(complaints.complain, "tg:1", "waiting", None, NOW + timedelta(days=2)) is not None


def test_what_there_is_not(db: Database, mine: str) -> None:
    with pytest.raises(ValueError, match="waiting"):
        db.call(complaints.complain, "tg:1", "weather", None, NOW)
    with pytest.raises(Unknown):
        db.call(complaints.answer, mine, "none", None, NOW)
