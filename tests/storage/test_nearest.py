"""Where and when at once: the nearest spoke whose hub has a place free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from storage.nearest import nearest_free, nearest_with_first
from storage.session import Database
from storage.tables import Window

from .world import build

MONDAY = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 10:00; the doctors sit from 11 to 13
HERE = (23.26, 87.85)  # a kilometre from spoke-1, 77 km from spoke-2
DAY = (MONDAY, MONDAY + timedelta(days=1))


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def fill(hub: str, specialty: str, up_to: int = 2) -> Callable[[Connection], object]:
    """`up_to` places of each of these windows taken; their capacity is two."""
    here = (Window.hub_id == hub, Window.specialty == specialty)
    return lambda s: s.execute(update(Window).where(*here).values(taken=up_to))


def told(db: Database, specialty: str, urgent: bool = False) -> list[tuple[str, str, bool]]:
    """Spoke, time of the first window (UTC), stand-in or not."""
    found = db.call(nearest_free, *HERE, specialty, *DAY, 5, urgent)
    return [(one.spoke.id, f"{one.first.starts_at:%H:%M}", one.first.stands_in) for one in found if one.first]


def test_the_nearest_comes_first_with_its_first_free_window(world: Database) -> None:
    assert told(world, "general_medicine") == [("spoke-1", "05:30", False), ("spoke-2", "05:30", False)]


def test_a_full_hub_is_passed_over_and_the_first_free_window_is_not_a_full_one(world: Database) -> None:
    world.call(fill("hub-1", "general_medicine"))
    first = MONDAY + timedelta(hours=1)
    world.call(
        lambda s: s.execute(update(Window).where(Window.hub_id == "hub-2", Window.starts_at == first).values(taken=2))
    )
    assert told(world, "general_medicine") == [("spoke-2", "06:00", False)]


def test_a_specialty_comes_first_and_general_medicine_stands_in_elsewhere(world: Database) -> None:
    assert told(world, "paediatrics") == [("spoke-1", "05:30", False), ("spoke-2", "05:30", True)]
    world.call(fill("hub-1", "paediatrics"))
    assert told(world, "paediatrics") == [("spoke-1", "05:30", True), ("spoke-2", "05:30", True)]


def test_reserved_places_are_free_to_the_urgent_alone(world: Database) -> None:
    world.call(fill("hub-1", "general_medicine", up_to=1))
    world.call(lambda s: s.execute(update(Window).where(Window.hub_id == "hub-1").values(reserved=1)))
    assert told(world, "general_medicine") == [("spoke-2", "05:30", False)]
    assert told(world, "general_medicine", urgent=True)[0] == ("spoke-1", "05:30", False)


def test_closed_windows_and_those_outside_the_time_are_not_free(world: Database) -> None:
    world.call(lambda s: s.execute(update(Window).where(Window.hub_id == "hub-1").values(open=False)))
    assert told(world, "general_medicine") == [("spoke-2", "05:30", False)]
    later = (MONDAY + timedelta(hours=4), MONDAY + timedelta(days=6))
    assert world.call(nearest_free, *HERE, "general_medicine", *later) == []


def test_the_full_ones_are_told_too_and_come_last(world: Database) -> None:
    world.call(fill("hub-1", "general_medicine"))
    found = world.call(nearest_with_first, *HERE, "general_medicine", *DAY)
    assert [(one.spoke.id, one.first is None) for one in found] == [("spoke-2", False), ("spoke-1", True)]


def test_who_is_near_a_stand_in_is_offered_it_beside_the_specialist(world: Database) -> None:
    found = world.call(nearest_with_first, 23.94, 87.85, "paediatrics", *DAY)
    assert [(one.spoke.id, one.first.stands_in) for one in found if one.first] == [
        ("spoke-2", True), ("spoke-1", False),
    ]  # fmt: skip
