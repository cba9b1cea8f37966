"""The safety board and the day in numbers: counted as written down here by hand, and of the own hub alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, update

from storage import board, bookings, consults, decisions
from storage.records import Booking, NotAllowed, Unknown
from storage.session import Database
from storage.tables import Booking as BookingTable
from storage.tables import RosterException, Session
from storage.windows import free_windows

from .conftest import NOW
from .consulting import enrol, trace
from .world import MONDAY, build, somebody

TOLD = ("consultation", "rash/7", "skin", "1", "general_medicine")


@pytest.fixture
def hub(db: Database) -> dict[str, str]:
    db.call(lambda s: build(s, capacity=6))
    return {
        "mine": enrol(db, "coordinator", "tg:c1", hub_id="hub-1"),
        "other": enrol(db, "coordinator", "tg:c3", hub_id="hub-2"),
        "doctor": enrol(db, "doctor", "tg:dr", doctor_id="dr-1"),
    }  # fmt: skip


def seen(db: Database, chat: str, level: str, hours: float, doctor: str, judged: str | None = None) -> Booking:
    """Somebody for whom so many hours lie between outcome and call; the doctor signed."""
    called = NOW + timedelta(hours=2)

    def make(s: Connection) -> Booking:
        person = somebody(s, chat, NOW)
        decided = decisions.record(s, person, chat, {}, level, *TOLD[1:], called - timedelta(hours=hours))
        window = free_windows(s, "hub-1", "general_medicine", NOW)[0].window_id
        made = bookings.book(s, person, window, "spoke-1", chat, decided, chat, NOW)
        assert isinstance(made, Booking)
        s.execute(update(BookingTable).where(BookingTable.id == made.id).values(called_at=called))
        consults.save(s, doctor, made.id, {"diagnosis": "x"}, called)
        consults.sign(s, doctor, made.id, called, judged)
        return made

    return db.call(make)


def test_outcomes_judgements_and_times(db: Database, hub: dict[str, str]) -> None:
    for n, hours in enumerate((1, 2, 3, 30)):
        seen(db, f"tg:{n}", "consultation", hours, hub["doctor"])
    sooner = seen(db, "tg:8", "consultation", 4, hub["doctor"], "emergency")
    seen(db, "tg:9", "consultation_24", 5, hub["doctor"])
    found = db.call(board.board, hub["mine"], 7, NOW + timedelta(hours=3))
    assert found.outcomes == {"consultation": 5, "consultation_24": 1}
    assert (found.consulted, [one.booking_id for one in found.sooner]) == (6, [sooner.id])
    assert (found.sooner[0].judged, found.sooner[0].rule) == ("emergency", "rash/7")
    assert found.waited == (board.Waited("consultation", 5, 3, 30), board.Waited("consultation_24", 1, 5, 5))
    assert "রহিমা" not in repr(found)
    assert "safety board" in trace(db, hub["mine"])


def test_of_a_correction_the_last_version_counts(db: Database, hub: dict[str, str]) -> None:
    one = seen(db, "tg:1", "consultation", 1, hub["doctor"], "emergency")
    db.call(consults.save, hub["doctor"], one.id, {"diagnosis": "y"}, NOW + timedelta(hours=3))
    db.call(consults.sign, hub["doctor"], one.id, NOW + timedelta(hours=3), None)
    found = db.call(board.board, hub["mine"], 7, NOW + timedelta(hours=4))
    assert (found.consulted, found.sooner) == (1, ())


def test_older_days_and_another_hub_do_not_count(db: Database, hub: dict[str, str]) -> None:
    seen(db, "tg:1", "consultation", 1, hub["doctor"], "emergency")
    assert db.call(board.board, hub["mine"], 7, NOW + timedelta(days=9)).outcomes == {}
    assert db.call(board.board, hub["mine"], 30, NOW + timedelta(days=9)).consulted == 1
    other = db.call(board.board, hub["other"], 30, NOW + timedelta(days=9))
    assert (other.outcomes, other.consulted, other.waited) == ({}, 0, ())
    for call in (board.board, board.today):
        with pytest.raises(NotAllowed):
            db.call(call, hub["doctor"], *((7, NOW) if call is board.board else (NOW,)))  # type: ignore[operator]
    with pytest.raises(Unknown):
        db.call(board.of_hub, "hub-9", 7, NOW)


def test_an_outcome_without_a_token_counts_where_the_chat_goes(db: Database, hub: dict[str, str]) -> None:
    seen(db, "tg:1", "consultation", 1, hub["doctor"])
    emergency = ("emergency", "chest/1", "chest", "1", "general_medicine")
    for chat in ("tg:1", "tg:stranger"):
        db.call(decisions.record, None, chat, {}, *emergency, NOW)
    assert db.call(board.board, hub["mine"], 7, NOW).outcomes["emergency"] == 1


def test_today_tells_load_late_closed_and_away(db: Database, hub: dict[str, str]) -> None:
    one = _arrived(db, "tg:1")
    half_an_hour_in = _at(11, 30)
    day = db.call(board.today, hub["mine"], half_an_hour_in)
    by_doctor = {it.doctor_id: it for it in day.sessions}
    assert set(by_doctor) == {"dr-1", "dr-2"}
    mine = by_doctor["dr-1"]
    assert (mine.taken, mine.capacity, mine.here, mine.late) == (1, 24, 1, True)
    assert not db.call(board.today, hub["mine"], _at(11, 5)).sessions[0].late
    db.call(lambda s: s.execute(update(BookingTable).where(BookingTable.id == one.id).values(called_at=NOW)))
    assert not {it.doctor_id: it for it in db.call(board.today, hub["mine"], half_an_hour_in).sessions}["dr-1"].late
    db.call(lambda s: s.execute(update(Session).where(Session.doctor_id == "dr-2").values(status="closed")))
    db.call(lambda s: s.execute(insert(RosterException).values(id="x", doctor_id="dr-2", date=MONDAY)))
    day = db.call(board.today, hub["mine"], NOW)
    assert {it.doctor_id: it.closed for it in day.sessions} == {"dr-1": False, "dr-2": True}
    assert day.away == (("ডাক্তার", "Doctor"),)
    assert {it.doctor_id for it in db.call(board.today, hub["other"], NOW).sessions} == {"dr-3"}


def _at(hour: int, minute: int) -> datetime:
    return NOW + timedelta(hours=hour - 10, minutes=minute)


def _arrived(db: Database, chat: str) -> Booking:
    def make(s: Connection) -> Booking:
        window = free_windows(s, "hub-1", "general_medicine", NOW)[0].window_id
        made = bookings.book(s, somebody(s, chat, NOW), window, "spoke-1", chat, None, chat, NOW)
        assert isinstance(made, Booking)
        s.execute(update(BookingTable).where(BookingTable.id == made.id).values(status="arrived", arrived_at=NOW))
        return made

    return db.call(make)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
def test_a_percentile_is_one_of_the_values_that_so_many_do_not_exceed(values: list[float]) -> None:
    for share in (0.5, 0.9):
        found = board.percentile(values, share)
        assert found in values
        assert sum(one <= found for one in values) >= share * len(values)
        assert sum(one < found for one in values) < share * len(values)
