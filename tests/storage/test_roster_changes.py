"""When rosters change after windows were made: what is free follows, what is booked or changed by hand stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, time, timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection, Select, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from storage.columns import new_id
from storage.roster_changes import Followed, changing, doctors_of
from storage.rosters import make_windows
from storage.session import Database
from storage.tables import Booking, Doctor, Holiday, Roster, RosterException, Session, Window

from .conftest import NOW
from .test_rosters import exception, hours, line
from .world import MONDAY, build, somebody

NEXT = MONDAY + timedelta(days=7)
Change = Callable[[Connection], Any]


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def doctor(**values: Any) -> Change:
    return lambda s: s.execute(update(Doctor).where(Doctor.id == "dr-1").values(**values))


def roster(**values: Any) -> Change:
    return lambda s: s.execute(update(Roster).where(Roster.doctor_id == "dr-1").values(**values))


def new(table: Any, *rows: dict[str, Any]) -> Change:
    return lambda s: s.execute(insert(table), list(rows))


def change(db: Database, what: Change, *doctors: str) -> Followed:
    return db.call(changing, what, doctors or ("dr-1",), NOW)


def book_at(s: Connection, day: date, person: str) -> None:
    """A booking in the last window of dr-1's day, written without the code that books."""
    asked = select(Window).join(Session, Session.id == Window.session_id)
    asked = asked.where(Session.doctor_id == "dr-1", Session.date == day).order_by(Window.starts_at.desc())
    window = s.execute(asked).first()
    assert window is not None
    s.execute(update(Window).where(Window.id == window.id).values(taken=1, issued=1))
    where = {"window_id": window.id, "session_id": window.session_id, "spoke_id": "spoke-1", "person_id": person}
    when = {"starts_at": window.starts_at, "ends_at": window.ends_at, "created_at": NOW, "updated_at": NOW}
    row = {"id": new_id(), "key": new_id(), "chat": "a", "urgency": 3, "token_number": 1, "status": "booked"}
    s.execute(insert(Booking), where | when | row)


def book(db: Database, day: date) -> None:
    db.call(book_at, day, db.call(somebody, "a", NOW))


def sizes(db: Database, day: date) -> list[tuple[int, int]]:
    asked = select(Window.capacity, Window.reserved).join(Session, Session.id == Window.session_id)
    asked = asked.where(Session.doctor_id == "dr-1", Session.date == day)
    return db.call(lambda s: [(capacity, reserved) for capacity, reserved in s.execute(asked)])


def test_free_sessions_follow_a_change_of_hours(world: Database) -> None:
    assert change(world, roster(starts=time(15), ends=time(17))) == Followed(2, 2)
    assert [hours(world, day) for day in (MONDAY, NEXT)] == [["15:00-17:00"], ["15:00-17:00"]]
    assert world.call(make_windows, MONDAY, 8) == 0


def test_free_sessions_follow_a_change_of_size(world: Database) -> None:
    assert change(world, roster(capacity=5, reserved=2)) == Followed(2, 2)
    assert sizes(world, MONDAY) == [(5, 2)] * 4


def test_a_booked_session_stays_and_is_reported(world: Database) -> None:
    book(world, NEXT)
    followed = change(world, roster(starts=time(15), ends=time(17)))
    assert (followed.removed, followed.made) == (1, 2)
    [concerned] = followed.concerned
    assert (concerned.doctor_id, concerned.hub_id, concerned.people) == ("dr-1", "hub-1", 1)
    assert hours(world, MONDAY) == ["15:00-17:00"]
    assert hours(world, NEXT) == ["11:00-13:00", "15:00-17:00"]


def test_new_hours_over_a_booked_session_are_not_made(world: Database) -> None:
    book(world, NEXT)
    assert change(world, roster(starts=time(12), ends=time(14))).made == 1
    assert hours(world, NEXT) == ["11:00-13:00"]


def test_a_session_in_which_a_place_was_given_back_is_reported_too(world: Database) -> None:
    book(world, NEXT)
    world.call(lambda s: s.execute(update(Booking).values(status="cancelled")))
    followed = change(world, new(RosterException, exception(NEXT)))
    assert (followed.removed, [concerned.people for concerned in followed.concerned]) == (0, [0])
    assert hours(world, NEXT) == ["11:00-13:00"]


ONE = NOW + timedelta(days=7, hours=3)
BY_HAND: dict[str, dict[str, Any]] = {
    "closed": {"status": "closed"}, "shortened": {"ends_at": ONE - timedelta(hours=1)}, "moved": {"starts_at": ONE},
}  # fmt: skip


@pytest.mark.parametrize("how", BY_HAND)
def test_what_was_changed_by_hand_stays_and_its_day_with_it(world: Database, how: str) -> None:
    mine = (Session.doctor_id == "dr-1") & (Session.date == NEXT)
    world.call(lambda s: s.execute(update(Session).where(mine).values(**BY_HAND[how])))
    before = hours(world, NEXT)
    followed = change(world, roster(starts=time(16), ends=time(18)))
    assert (followed.removed, followed.made) == (1, 1)
    assert len(followed.concerned) == (how != "closed")  # a closed one takes nobody any more
    assert hours(world, NEXT) == before


def test_windows_changed_by_hand_keep_their_session(world: Database) -> None:
    world.call(lambda s: s.execute(update(Window).values(capacity=7)))
    followed = change(world, roster(capacity=5))
    assert (followed.removed, followed.made, len(followed.concerned)) == (0, 0, 2)
    assert sizes(world, NEXT) == [(7, 0)] * 4


def test_a_new_half_day_is_made_on_days_that_are_made(world: Database) -> None:
    assert change(world, new(Roster, line("dr-1", 0, time(15), time(17)))) == Followed(0, 2)
    assert hours(world, NEXT) == ["11:00-13:00", "15:00-17:00"]


def test_away_takes_out_the_free_sessions_of_that_day_alone(world: Database) -> None:
    assert change(world, new(RosterException, exception(NEXT))) == Followed(1, 0)
    assert [hours(world, day) for day in (MONDAY, NEXT)] == [["11:00-13:00"], []]


def test_a_holiday_takes_out_the_free_sessions_of_its_hub(world: Database) -> None:
    holiday = {"id": "h", "date": NEXT, "hub_id": "hub-1", "name_bn": "ছুটি", "name_en": "Holiday"}
    book(world, NEXT)
    followed = world.call(changing, new(Holiday, holiday), world.call(doctors_of, "hub-1"), NOW, {NEXT})
    assert (followed.removed, followed.made, len(followed.concerned)) == (1, 0, 1)
    assert [hours(world, NEXT, id) for id in ("dr-1", "dr-2", "dr-3")] == [["11:00-13:00"], [], ["11:00-13:00"]]


@pytest.mark.parametrize(("values", "at"), [({"hub_id": "hub-2"}, ["hub-2"] * 2), ({"active": False}, [])])
def test_a_doctor_who_goes_takes_the_free_sessions_along(world: Database, values: Any, at: list[str]) -> None:
    change(world, doctor(**values))
    asked = select(Session.hub_id).where(Session.doctor_id == "dr-1")
    assert world.call(lambda s: list(s.scalars(asked))) == at


def test_what_has_begun_is_left_alone(world: Database) -> None:
    later = NOW + timedelta(hours=2)  # noon: Monday's session is under way
    assert world.call(changing, roster(starts=time(15), ends=time(17)), ("dr-1",), later) == Followed(1, 2)
    assert hours(world, MONDAY) == ["11:00-13:00", "15:00-17:00"]


def wait_until_stopped(s: Connection) -> None:
    """Until somebody waits for what this transaction holds. SQLite does not say: then a moment."""
    if s.dialect.name == "sqlite":
        sleep(0.2)
        return
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(500):
        if s.scalar(waiting):
            return
        sleep(0.02)


def race(world: Database) -> Followed:
    """Somebody has taken a place when the roster changes; they commit once the change waits for them."""
    person = world.call(somebody, "a", NOW)
    taken = threading.Event()

    def taking() -> None:
        with world.engine.begin() as s:
            book_at(s, NEXT, person)
            taken.set()
            wait_until_stopped(s)

    other = threading.Thread(target=taking)
    other.start()
    taken.wait()
    try:
        return change(world, roster(starts=time(15), ends=time(17)))
    finally:
        other.join()


def test_a_place_taken_while_the_roster_changes_is_kept(world: Database) -> None:
    assert [concerned.people for concerned in race(world).concerned] == [1]
    assert hours(world, NEXT) == ["11:00-13:00", "15:00-17:00"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer: no lock to switch off
def test_control_without_the_lock_on_windows_the_change_runs_into_the_booking(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Select, "with_for_update", lambda self: self)
    with pytest.raises(IntegrityError):
        race(world)
