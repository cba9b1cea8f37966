"""A doctor's week changed from a day on, and a closed session held after all; the own hub alone."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storage import replan, timetable
from storage.changes import CloseSession, Impossible
from storage.records import NotAllowed
from storage.rosters import make_windows
from storage.session import Database
from storage.tables import Roster, RosterException, Session, Window
from storage.windows import free_windows

from .conftest import NOW
from .consulting import enrol, patient, trace
from .world import MONDAY, build

NEXT, AFTER = MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)
LONGER = [(time(10), time(12)), (time(15), time(16))]


@pytest.fixture
def mine(db: Database) -> str:
    """The coordinator of hub-1; three Mondays are made."""
    db.call(build)
    db.call(make_windows, MONDAY, 15)
    return enrol(db, "coordinator", "tg:c1", hub_id="hub-1")


def sessions(db: Database, doctor: str) -> dict[date, list[tuple[str, str]]]:
    """Day -> hours in Asia/Kolkata of the doctor's open sessions."""
    from storage.zone import KOLKATA

    of = select(Session.date, Session.starts_at, Session.ends_at).where(Session.doctor_id == doctor)
    rows = db.call(lambda s: s.execute(of.where(Session.status == "open").order_by(Session.starts_at)).all())
    found: dict[date, list[tuple[str, str]]] = {}
    for day, *span in rows:
        found.setdefault(day, []).append(tuple(f"{one.astimezone(KOLKATA):%H:%M}" for one in span))  # type: ignore[arg-type]
    return found


def set_hours(db: Database, by: str, hours: Any, first: date, f: Any = timetable.set_hours) -> Any:
    return db.call(f, by, "dr-1", 0, hours, first, NOW)


def test_from_a_day_on_the_week_is_another_and_before_it_is_as_it_was(db: Database, mine: str) -> None:
    followed = set_hours(db, mine, LONGER, AFTER)
    assert (followed.removed, followed.made, followed.concerned) == (1, 2, ())
    usual, new = [("11:00", "13:00")], [("10:00", "12:00"), ("15:00", "16:00")]
    assert sessions(db, "dr-1") == {MONDAY: usual, NEXT: usual, AFTER: new}
    db.call(make_windows, MONDAY, 22)
    assert sessions(db, "dr-1")[AFTER + timedelta(days=7)] == new
    assert db.call(timetable.hours_of, mine, "dr-1", 0, NOW) == LONGER
    assert "roster" in trace(db, mine)


def test_the_same_beginning_at_another_end(db: Database, mine: str) -> None:
    set_hours(db, mine, [(time(11), time(14))], NEXT)
    assert sessions(db, "dr-1")[NEXT] == [("11:00", "14:00")]
    assert sessions(db, "dr-1")[MONDAY] == [("11:00", "13:00")]


def test_who_has_a_place_keeps_it_and_is_counted(db: Database, mine: str) -> None:
    window = next(one for one in db.call(free_windows, "hub-1", "general_medicine", NOW) if one.starts_at.day == 30)
    places = db.call(free_windows, "hub-1", "general_medicine", NOW)
    patient(db, which=places.index(window))
    followed = set_hours(db, mine, [], NEXT)
    assert [one.people for one in followed.concerned] == [1]
    assert followed.removed == 1
    assert set(sessions(db, "dr-1")) == {MONDAY, NEXT}


def test_a_trial_leaves_nothing(db: Database, mine: str) -> None:
    before = sessions(db, "dr-1")
    assert set_hours(db, mine, LONGER, NEXT, timetable.try_hours) == set_hours(
        db, mine, LONGER, NEXT, timetable.try_hours
    )
    assert sessions(db, "dr-1") == before
    assert db.call(timetable.hours_of, mine, "dr-1", 0, NOW) == [(time(11), time(13))]
    assert not db.call(lambda s: s.execute(select(RosterException.id)).all())


@pytest.mark.parametrize(
    ("hours", "first"),
    [([(time(12), time(10))], NEXT), ([(time(10), time(12)), (time(11), time(13))], NEXT),
     ([], MONDAY - timedelta(days=1)), ([], MONDAY + timedelta(days=90))],
)  # fmt: skip
def test_what_cannot_be_is_refused(db: Database, mine: str, hours: Any, first: date) -> None:
    with pytest.raises(Impossible):
        set_hours(db, mine, hours, first)
    assert len(db.call(lambda s: s.execute(select(Roster.id)).all())) == 3


def test_another_hubs_coordinator_changes_nothing(db: Database, mine: str) -> None:
    other = enrol(db, "coordinator", "tg:c3", hub_id="hub-2")
    session = db.call(lambda s: s.scalars(select(Session.id).where(Session.doctor_id == "dr-1")).first())
    db.call(replan.replan, CloseSession(session), "command line", NOW)
    calls: list[Any] = [
        lambda s: timetable.set_hours(s, other, "dr-1", 0, LONGER, NEXT, NOW),
        lambda s: timetable.try_hours(s, other, "dr-1", 0, LONGER, NEXT, NOW),
        lambda s: timetable.hours_of(s, other, "dr-1", 0, NOW),
        lambda s: timetable.reopen(s, other, session, NOW),
    ]
    for call in calls:
        with pytest.raises(NotAllowed):
            db.call(call)
    assert db.call(timetable.closed_sessions, other, NOW) == []
    assert [one.id for one in db.call(timetable.doctors, other)] == ["dr-3"]


def test_a_closed_session_is_held_after_all(db: Database, mine: str) -> None:
    session = db.call(lambda s: s.scalars(select(Session.id).where(Session.doctor_id == "dr-1")).first())
    db.call(replan.replan, CloseSession(session), mine, NOW)
    assert [one["id"] for one in db.call(timetable.closed_sessions, mine, NOW)] == [session]
    windows = db.call(timetable.reopen, mine, session, NOW)
    assert len(windows) == 4
    assert {one.window_id for one in db.call(free_windows, "hub-1", "general_medicine", NOW)} >= set(windows)
    with pytest.raises(Impossible):
        db.call(timetable.reopen, mine, session, NOW)


def test_not_while_somebody_of_it_waits_for_another_place(db: Database, mine: str) -> None:
    booked = patient(db)
    db.call(
        lambda s: s.execute(Window.__table__.update().where(Window.session_id != booked.session_id).values(open=False))
    )
    db.call(replan.replan, CloseSession(booked.session_id), mine, NOW)
    with pytest.raises(Impossible, match="waits"):
        db.call(timetable.reopen, mine, booked.session_id, NOW)
