"""The nearest comes first, also over every spoke of the state."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import insert

from storage import places
from storage.session import Database
from storage.tables import Spoke

from .world import build


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def test_the_nearest_spoke_comes_first_with_its_distance(world: Database) -> None:
    near, far = world.call(places.nearest_spokes, 23.26, 87.85, None, 5)
    assert (near.id, near.km) == ("spoke-1", pytest.approx(1.11, abs=0.01))
    assert (far.id, far.km) == ("spoke-2", pytest.approx(76.7, abs=0.1))


def test_a_specialty_leads_to_the_spokes_of_hubs_that_have_it(world: Database) -> None:
    assert [found.id for found in world.call(places.nearest_spokes, 23.95, 87.85, "paediatrics", 5)] == ["spoke-1"]


def test_the_spokes_of_a_place_are_the_nearest(world: Database) -> None:
    assert [spoke.id for spoke in world.call(places.spokes_in, "burdwan")] == ["spoke-1", "spoke-2"]


def test_the_nearest_emergency_hospital_is_found(world: Database) -> None:
    assert [hub.id for hub in world.call(places.nearest_emergency, 23.9, 87.85)] == ["hub-2"]


def test_what_is_not_there_is_a_lookup_error(world: Database) -> None:
    for find in (places.spoke, places.hub, places.place):
        with pytest.raises(LookupError):
            world.call(find, "nowhere")  # type: ignore[arg-type]


def test_the_box_finds_what_measuring_all_of_eleven_thousand_finds(world: Database) -> None:
    drawn, points = _eleven_thousand(world)
    for _ in range(60):
        lat, lon = drawn.uniform(21.7, 27.1), drawn.uniform(86.1, 89.7)
        found = world.call(places.nearest_spokes, lat, lon, None, 5)
        nearest = sorted(places.kilometres(lat, lon, *point[:2]) for point in points)[:5]
        assert [spoke.km for spoke in found] == [pytest.approx(km, abs=0.01) for km in nearest]


def test_the_spokes_of_some_hubs_are_those_that_measuring_all_finds(world: Database) -> None:
    drawn, points = _eleven_thousand(world)
    for within in (20.0, 5000.0):
        for _ in range(20):
            lat, lon = drawn.uniform(21.7, 27.1), drawn.uniform(86.1, 89.7)
            found = world.call(places.nearest_of_hubs, lat, lon, ["hub-2"], 5, within)
            measured = sorted(places.kilometres(lat, lon, *at) for *at, hub in points if hub == "hub-2")[:5]
            assert [one.km for one in found] == [pytest.approx(km, abs=0.01) for km in measured if km <= within]
            assert {one.hub_id for one in found} <= {"hub-2"}
    assert world.call(places.nearest_of_hubs, 23.0, 88.0, [], 5) == []


def _eleven_thousand(world: Database) -> tuple[random.Random, list[tuple[float, float, str]]]:
    """Spokes all over the state, one in forty of the second hub."""
    drawn = random.Random(7)
    points = [
        (drawn.uniform(21.6, 27.2), drawn.uniform(86.0, 89.8), f"hub-{2 if n % 40 == 0 else 1}") for n in range(11_000)
    ]
    shared = {"name_bn": "ক", "name_en": "K", "district_id": "d1", "invented": True}
    rows = [{"id": f"s{n}", "lat": lat, "lon": lon, "hub_id": hub} | shared for n, (lat, lon, hub) in enumerate(points)]
    world.call(lambda s: s.execute(insert(Spoke), rows))
    return drawn, [*points, (23.25, 87.85, "hub-1"), (23.95, 87.85, "hub-2")]
