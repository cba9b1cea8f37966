"""The nearest comes first, also over every spoke of the state."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import insert

from nlu.places import place_keys, typed_place_keys
from storage import places
from storage.records import Place
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


def test_a_place_is_found_by_its_keys(world: Database) -> None:
    [found] = world.call(places.find_places, ["bardhaman", "brdwn"])
    assert (found.name_en, found.district_bn) == ("Burdwan", "বর্ধমান")
    assert world.call(places.find_places, ["nowhere"]) == []
    assert world.call(places.find_places, []) == []
    assert [spoke.id for spoke in world.call(places.spokes_in, "burdwan")] == ["spoke-1", "spoke-2"]


def _named(name: str, kind: str, district: str = "Purba Bardhaman") -> Place:
    return Place(f"{name}-{district}", None, name, kind, None, None, 0.0, 0.0, district, name, district)


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ([_named("Bardhaman", "subdivision"), _named("Memari", "town")], ["Memari"]),
        ([_named("Bardhaman", "subdivision"), _named("Kalna", "subdivision")], ["Kalna"]),
        ([_named("Jamalpur", "block", "Malda"), _named("Jamalpur", "block"), _named("Purba Bardhaman", "district")],
         ["Jamalpur"]),
        ([_named("Krishnanagar", "subdivision", "Nadia"), _named("Krishnanagar I", "block", "Nadia")],
         ["Krishnanagar", "Krishnanagar I"]),
        ([_named("Memari", "town"), _named("Taki", "town", "North 24 Parganas")], ["Memari", "Taki"]),
    ],
)  # fmt: skip
def test_a_district_named_beside_a_place_says_where_it_lies(found: list[Place], meant: list[str]) -> None:
    assert [place.name_en for place in places.within_named(found)] == meant


@pytest.mark.parametrize(
    ("typed", "known"), [("ami memarite thaki", "Memari"), ("মেমারির কাছে, ব্লক", "মেমারি"), ("Taki", "Taki")]
)
def test_the_words_around_a_place_are_no_places(typed: str, known: str) -> None:
    keys = typed_place_keys(typed)
    assert not set(place_keys(known)).isdisjoint(keys)
    assert known == "Taki" or set(place_keys("Taki")).isdisjoint(keys)


def test_the_nearest_emergency_hospital_is_found(world: Database) -> None:
    assert [hub.id for hub in world.call(places.nearest_emergency, 23.9, 87.85)] == ["hub-2"]


def test_what_is_not_there_is_a_lookup_error(world: Database) -> None:
    for find in (places.spoke, places.hub, places.place):
        with pytest.raises(LookupError):
            world.call(find, "nowhere")  # type: ignore[arg-type]


def test_the_box_finds_what_measuring_all_of_eleven_thousand_finds(world: Database) -> None:
    drawn = random.Random(7)
    points = [(drawn.uniform(21.6, 27.2), drawn.uniform(86.0, 89.8)) for _ in range(11_000)]
    shared = {"hub_id": "hub-1", "name_bn": "ক", "name_en": "K", "district_id": "d1", "invented": True}
    rows = [{"id": f"s{n}", "lat": lat, "lon": lon} | shared for n, (lat, lon) in enumerate(points)]
    world.call(lambda s: s.execute(insert(Spoke), rows))
    for _ in range(60):
        lat, lon = drawn.uniform(21.7, 27.1), drawn.uniform(86.1, 89.7)
        found = world.call(places.nearest_spokes, lat, lon, None, 5)
        nearest = sorted(places.kilometres(lat, lon, *point) for point in points)[:5]
        assert [spoke.km for spoke in found] == [pytest.approx(km, abs=0.01) for km in nearest]
