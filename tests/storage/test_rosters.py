"""Sessions and windows follow from rosters, exceptions and holidays; once each; what was changed by hand stays."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, insert, select, update

from storage import rosters
from storage.demo.state import PROPORTIONS, fill
from storage.rosters import gaps, make_windows, sittings, without_overlaps
from storage.session import Database
from storage.tables import Doctor, Holiday, Roster, RosterException, Session, Spoke, Window
from storage.zone import KOLKATA, at

from .world import MONDAY, add_doctor, build

WEEK = timedelta(days=7)
LATER = MONDAY + 4 * WEEK
"""A Monday of which the world has no windows yet."""


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def hours(db: Database, day: date, doctor: str = "dr-1") -> list[str]:
    """A doctor's open sessions of a day, as "11:00-13:00"."""
    asked = select(Session.starts_at, Session.ends_at).where(Session.doctor_id == doctor, Session.date == day)
    rows = db.call(lambda s: s.execute(asked.where(Session.status == "open").order_by(Session.starts_at)).all())
    return [f"{starts.astimezone(KOLKATA):%H:%M}-{ends.astimezone(KOLKATA):%H:%M}" for starts, ends in rows]


def put(db: Database, table: Any, *rows: dict[str, Any]) -> None:
    db.call(lambda s: s.execute(insert(table), list(rows)))


def exception(day: date, starts: time | None = None, ends: time | None = None, doctor: str = "dr-1") -> dict[str, Any]:
    size = (30, 3, 1) if starts else (None, None, None)
    row = {"id": f"{doctor}-{day}-{starts}", "doctor_id": doctor, "date": day, "starts": starts, "ends": ends}
    return row | dict(zip(("slot_minutes", "capacity", "reserved"), size, strict=True))


def line(doctor: str, weekday: int, starts: time, ends: time, **more: Any) -> dict[str, Any]:
    row = {"id": f"{doctor}-{weekday}-{starts:%H%M}", "doctor_id": doctor, "weekday": weekday, "starts": starts}
    return row | {"ends": ends, "slot_minutes": 30, "capacity": 2, "invented": True, **more}


def test_a_day_with_other_hours_has_these_and_no_others(world: Database) -> None:
    put(world, RosterException, exception(LATER, time(15), time(16)), exception(LATER, time(18), time(19, 30)))
    put(world, RosterException, exception(LATER + timedelta(days=1), time(9), time(10)))
    world.call(make_windows, LATER, 8)
    assert hours(world, LATER) == ["15:00-16:00", "18:00-19:30"]
    assert hours(world, LATER + timedelta(days=1)) == ["09:00-10:00"]  # not a day of the week's
    assert hours(world, LATER + WEEK) == ["11:00-13:00"]
    assert hours(world, LATER, "dr-2") == ["11:00-13:00"]


def test_who_is_away_does_not_sit(world: Database) -> None:
    put(world, RosterException, exception(LATER))
    assert world.call(make_windows, LATER, 1) == 2
    assert hours(world, LATER) == []
    assert world.call(gaps, LATER, 1) == []


@pytest.mark.parametrize(("hub", "sit"), [("hub-1", ["dr-3"]), ("hub-2", ["dr-1", "dr-2"]), (None, [])])
def test_on_a_holiday_a_hub_or_every_hub_is_closed(world: Database, hub: str | None, sit: list[str]) -> None:
    put(world, Holiday, {"id": "h", "date": LATER, "hub_id": hub, "name_bn": "ছুটি", "name_en": "Holiday"})
    put(world, RosterException, exception(LATER, time(15), time(16)))
    world.call(make_windows, LATER, 1)
    assert [id for id in ("dr-1", "dr-2", "dr-3") if hours(world, LATER, id)] == sit


def test_a_roster_holds_from_its_first_day_to_its_last(world: Database) -> None:
    put(world, Roster, line("dr-1", 0, time(15), time(17), from_date=LATER + WEEK, to_date=LATER + 2 * WEEK))
    world.call(make_windows, LATER, 29)
    found = [hours(world, LATER + week * WEEK)[1:] for week in range(4)]
    assert found == [[], ["15:00-17:00"], ["15:00-17:00"], []]


def test_windows_have_the_rosters_size_and_reserve(world: Database) -> None:
    put(world, Roster, line("dr-1", 1, time(22), time(0, 50), capacity=4, reserved=3, slot_minutes=50))
    put(world, Roster, line("dr-2", 1, time(9), time(10), capacity=2, reserved=5))
    world.call(make_windows, LATER, 8)
    asked = select(Window.starts_at, Window.ends_at, Window.capacity, Window.reserved, Window.first_token)
    asked = asked.join(Session, Session.id == Window.session_id).order_by(Window.id)
    asked = asked.where(Session.doctor_id == "dr-1", Session.date == LATER + timedelta(days=1))
    rows = world.call(lambda s: s.execute(asked).all())
    start = at(LATER + timedelta(days=1), time(22))
    assert [tuple(row) for row in rows] == [
        (start + number * timedelta(minutes=50), start + (number + 1) * timedelta(minutes=50), 4, 3, number * 100 + 1)
        for number in range(3)
    ]
    reserved = select(func.max(Window.reserved)).join(Session, Session.id == Window.session_id)
    assert world.call(lambda s: s.scalar(reserved.where(Session.doctor_id == "dr-2"))) == 2  # never above the capacity


def test_a_second_making_and_a_making_hub_by_hub_add_nothing(world: Database) -> None:
    assert world.call(make_windows, LATER, 29) == 15
    assert world.call(make_windows, LATER, 29) == 0
    assert [world.call(make_windows, LATER, 29, hub) for hub in ("hub-1", "hub-2")] == [0, 0]


def test_gaps_are_what_is_to_be_made_and_nothing_else(world: Database) -> None:
    days = [LATER, LATER + WEEK]
    assert world.call(gaps, LATER, 8) == [(day, hub) for day in days for hub in ("hub-1", "hub-2")]
    made = [world.call(make_windows, day, 1, hub) for day, hub in world.call(gaps, LATER, 8)]
    assert made == [2, 1, 2, 1]
    assert world.call(gaps, LATER, 8) == []
    world.call(lambda s: s.execute(update(Doctor).where(Doctor.id == "dr-1").values(active=False)))
    assert world.call(gaps, LATER + 2 * WEEK, 1) == [(LATER + 2 * WEEK, "hub-1"), (LATER + 2 * WEEK, "hub-2")]


def moved(s: Connection, doctor: str, by: timedelta) -> None:
    """Moves the doctor's sessions and their windows, as a coordinator may."""
    asked = select(Session.id, Session.starts_at, Session.ends_at).where(Session.doctor_id == doctor)
    for id, starts, ends in s.execute(asked).all():
        s.execute(update(Session).where(Session.id == id).values(starts_at=starts + by, ends_at=ends + by))


def test_a_session_that_was_moved_or_closed_by_hand_is_not_made_again(world: Database) -> None:
    world.call(moved, "dr-1", timedelta(hours=4))
    world.call(lambda s: s.execute(update(Session).where(Session.doctor_id == "dr-2").values(status="closed")))
    assert world.call(make_windows, MONDAY, 8) == 0
    assert (hours(world, MONDAY), hours(world, MONDAY, "dr-2")) == (["15:00-17:00"], [])


def test_control_without_looking_at_the_day_a_moved_session_is_made_again(world: Database) -> None:
    world.call(moved, "dr-1", timedelta(hours=4))
    assert world.call(lambda s: rosters.insert(s, list(sittings(s, MONDAY, 8)))) == 2


def test_a_doctor_who_changed_hub_keeps_the_days_made_and_sits_at_the_new_one_after(world: Database) -> None:
    world.call(lambda s: s.execute(update(Doctor).where(Doctor.id == "dr-1").values(hub_id="hub-2")))
    assert world.call(make_windows, MONDAY, 8) == 0
    world.call(make_windows, LATER, 1)
    asked = select(Session.date, Session.hub_id).where(Session.doctor_id == "dr-1").order_by(Session.date)
    at_hubs = world.call(lambda s: s.execute(asked).all())
    assert at_hubs == [(MONDAY, "hub-1"), (MONDAY + WEEK, "hub-1"), (LATER, "hub-2")]


def test_nothing_is_made_over_a_session_that_lasts_past_midnight(world: Database) -> None:
    put(world, Roster, line("dr-1", 2, time(22), time(2)), line("dr-1", 3, time(1), time(3)))
    world.call(make_windows, LATER, 8)
    assert hours(world, LATER + timedelta(days=2)) == ["22:00-02:00"]
    assert hours(world, LATER + timedelta(days=3)) == []


def test_many_who_make_windows_at_once_make_each_once(world: Database) -> None:
    for number in range(30):
        world.call(add_doctor, f"more-{number}", f"hub-{number % 2 + 1}", "ent", 3)
    jobs = [(day, hub) for _ in range(4) for day, hub in world.call(gaps, LATER, 15)]
    with ThreadPoolExecutor(8) as at_once:
        made = sum(at_once.map(lambda job: world.call(make_windows, job[0], 1, job[1]), jobs))
    assert made == 33 * 3
    a_doctors_day = select(func.count()).select_from(Session).group_by(Session.doctor_id, Session.date)
    windows = select(func.count()).select_from(Window).group_by(Window.session_id)
    assert set(world.call(lambda s: list(s.scalars(a_doctors_day)))) == {1}
    assert set(world.call(lambda s: list(s.scalars(windows)))) == {4}


clock = st.integers(0, 47).map(lambda half: time(half // 2, half % 2 * 30))
lines = st.lists(
    st.tuples(st.integers(0, 6), clock, clock, st.integers(5, 120), st.integers(1, 9), st.integers(0, 9)),
    max_size=8,
    unique_by=lambda line: line[:2],
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines)
def test_windows_of_any_roster_lie_within_its_hours_and_never_over_one_another(
    world: Database, week: list[Any]
) -> None:
    sizes = ("slot_minutes", "capacity", "reserved")
    rows = [line("dr-1", *each[:3], **dict(zip(sizes, each[3:], strict=True))) for each in week]
    with world.engine.connect() as s, s.begin() as transaction:
        s.execute(delete(Roster).where(Roster.doctor_id == "dr-1"))
        if rows:
            s.execute(insert(Roster), rows)
        make_windows(s, LATER, 14)
        asked = select(Window.starts_at, Window.ends_at, Window.capacity, Window.reserved, Session.starts_at)
        asked = asked.join(Session, Session.id == Window.session_id).where(Session.doctor_id == "dr-1")
        found = s.execute(asked.where(Session.date >= LATER).order_by(Window.starts_at)).all()
        transaction.rollback()
    spans: dict[datetime, list[tuple[datetime, datetime]]] = defaultdict(list)
    for starts, ends, capacity, reserved, session in found:
        assert 0 <= reserved <= capacity
        spans[session].append((starts, ends))
    windows = [span for session in sorted(spans) for span in spans[session]]
    assert all(one[1] <= other[0] for one, other in pairwise(windows))
    for session, of_session in spans.items():
        begins = session.astimezone(KOLKATA)
        [row] = [row for row in rows if (row["weekday"], row["starts"]) == (begins.weekday(), begins.time())]
        minutes = (row["ends"].hour * 60 + row["ends"].minute - begins.hour * 60 - begins.minute) % 1440 or 1440
        assert len(of_session) == minutes // row["slot_minutes"]
        assert session <= of_session[0][0] and of_session[-1][1] <= session + timedelta(minutes=minutes)


def test_of_sittings_that_lie_over_one_another_the_first_stays(world: Database) -> None:
    put(world, Roster, line("dr-1", 0, time(12), time(14)))
    wanted = [sitting for sitting in world.call(lambda s: list(sittings(s, LATER, 1))) if sitting.doctor_id == "dr-1"]
    assert len(wanted) == 2
    kept = list(without_overlaps(wanted, defaultdict(list)))
    assert [sitting.starts_at for sitting in kept] == [at(LATER, time(11))]


def test_a_state_of_any_size_has_the_places_it_is_asked_for(db: Database) -> None:
    counts = fill(db, hubs=5, spokes=60, consultations=4000, today=MONDAY)
    assert (counts["hub"], counts["spoke"]) == (5, 60)
    places = select(func.sum(Window.capacity), func.count(func.distinct(Window.specialty)))
    total, specialties = db.call(lambda s: s.execute(places).one())
    assert 4000 <= total <= 5200
    assert specialties == len(PROPORTIONS)
    a_hub = select(func.count()).select_from(Spoke).group_by(Spoke.hub_id)
    assert max(db.call(lambda s: list(s.scalars(a_hub)))) <= 14
    assert fill(db, hubs=5, spokes=60, consultations=4000, today=MONDAY) == counts
