"""The demonstration data: whole, plainly invented, the same every time, and quick to load."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Connection, func, select

from flows.findings import Wording
from flows.protocol import Specialty
from flows.texts import script_fault
from storage.demo.load import load_demo
from storage.demo.make import EVERYWHERE, demonstration, km_between
from storage.gazetteer.places import districts
from storage.migrate import migrate
from storage.places import nearest_spokes, spokes_in
from storage.session import engine
from storage.tables import Doctor, Hub, Roster, Spoke, Window
from storage.windows import free_windows

MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
BARDHAMAN = (23.24, 87.86)


def keys(name: str) -> list[str]:
    return [name.lower()]


@pytest.fixture(scope="module")
def s(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db"
    migrate(url)
    made = engine(url, ring=None)
    with made.begin() as connection:
        load_demo(connection, MONDAY, keys)
        yield connection
    made.dispose()


def test_names_are_in_their_own_script() -> None:
    for row in (*demonstration().hubs, *demonstration().spokes, *demonstration().doctors):
        assert script_fault(_names(row)) is None, row["id"]


def test_hubs_stand_in_every_district_and_each_has_the_three_basic_specialties() -> None:
    made = demonstration()
    assert len(made.hubs) == 63
    assert {hub["district_id"] for hub in made.hubs} == set(districts())
    at: dict[str, set[str]] = defaultdict(set)
    for doctor in made.doctors:
        at[doctor["hub_id"]].add(doctor["specialty"])
    assert all(set(EVERYWHERE) <= at[hub["id"]] for hub in made.hubs)


def test_every_district_has_every_specialty() -> None:
    made = demonstration()
    home = {hub["id"]: hub["district_id"] for hub in made.hubs}
    of: dict[str, set[str]] = defaultdict(set)
    for doctor in made.doctors:
        of[home[doctor["hub_id"]]].add(doctor["specialty"])
    assert {district: set(get_args(Specialty)) - of[district] for district in districts()} == {
        district: set() for district in districts()
    }


def test_spokes_are_near_the_place_they_are_named_after_and_within_reach_of_their_hub() -> None:
    made = demonstration()
    assert 1200 < len(made.spokes) < 1400
    hubs = {hub["id"]: hub for hub in made.hubs}
    for spoke in made.spokes:
        hub = hubs[spoke["hub_id"]]
        assert km_between(spoke["lat"], spoke["lon"], hub["lat"], hub["lon"]) < 60, spoke["id"]


def test_everything_invented_says_so_in_both_languages() -> None:
    made = demonstration()
    for row in (*made.hubs, *made.spokes, *made.doctors):
        assert row["invented"] and "(নমুনা)" in row["name_bn"] and "(demo)" in row["name_en"]
    assert all(doctor["registration_number"].startswith("DEMO-") for doctor in made.doctors)
    assert all(hub["phone"] is None for hub in made.hubs)
    assert len({doctor["registration_number"] for doctor in made.doctors}) == len(made.doctors)


def test_a_seed_gives_the_same_rows_and_another_gives_others() -> None:
    again = demonstration.__wrapped__(20211)
    assert again == demonstration(20211)
    assert again.spokes != demonstration.__wrapped__(7).spokes


def test_ids_fit_their_columns() -> None:
    made = demonstration()
    ids = [row["id"] for rows in (made.hubs, made.spokes, made.doctors, made.rosters) for row in rows]
    assert len(set(ids)) == len(ids)
    assert max(map(len, ids)) <= 40


def test_loading_is_quick_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    migrate(url)
    made = engine(url, ring=None)
    started = time.process_time()
    with made.begin() as connection:
        first = load_demo(connection, MONDAY, keys)
    assert time.process_time() - started < 5
    assert all(first.values())
    with made.begin() as connection:
        assert not any(load_demo(connection, MONDAY, keys).values())
        assert connection.execute(select(func.count()).select_from(Window)).scalar_one() > 50_000
    made.dispose()


def test_every_spoke_can_see_a_general_doctor_within_a_day(s: Connection) -> None:
    for hub_id in s.scalars(select(Hub.id)):
        for day in range(23, 30):
            moment = datetime(2026, 11, day, 4, tzinfo=UTC)
            found = free_windows(s, hub_id, "general_medicine", moment, limit=1)
            assert (found[0].starts_at - moment).total_seconds() < 24 * 3600, (hub_id, day)


def test_every_doctor_has_hours_and_every_spoke_a_hub(s: Connection) -> None:
    without = select(Doctor.id).where(Doctor.id.not_in(select(Roster.doctor_id)))
    assert s.scalars(without).all() == []
    assert s.scalars(select(Spoke.id).where(Spoke.hub_id.not_in(select(Hub.id)))).all() == []


def test_the_nearest_spokes_of_a_place_are_its_own(s: Connection) -> None:
    assert nearest_spokes(s, *BARDHAMAN, None, 1)[0].name_en == "Bardhaman health centre (demo)"
    assert spokes_in(s, "barsul", limit=1)[0].name_bn.startswith("বড়শুল")


def _names(row: dict[str, str]) -> Wording:
    return Wording(bn=row["name_bn"], en=row["name_en"])
