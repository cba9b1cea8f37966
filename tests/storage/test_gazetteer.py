"""Every place of the state is there, and is found however its name is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, func, select

from bot.perform_places import look_up
from flows.findings import Wording
from flows.texts import script_fault
from nlu.places import place_keys, slips, stretches
from storage.distance import kilometres
from storage.gazetteer.find import find_places, of_pin
from storage.gazetteer.load import load_places
from storage.gazetteer.offices import offices
from storage.gazetteer.places import districts, named, places, seats
from storage.migrate import migrate
from storage.session import Database, engine
from storage.tables import Place, PlaceKey


@pytest.fixture(scope="module")
def s(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A database with the gazetteer and nothing else."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gazetteer')}/places.db"
    migrate(url)
    made = engine(url, ring=None)
    with made.begin() as connection:
        load_places(connection, place_keys)
        yield connection
    made.dispose()


def found(s: Connection, text: str) -> list[tuple[str, str]]:
    """The places that a text names, with their districts."""
    return [(place.name_en, place.district_en) for place in find_places(s, stretches(text))]


def test_the_gazetteer_covers_the_state() -> None:
    kinds = Counter(place.kind for place in places())
    assert (kinds["district"], kinds["subdivision"], kinds["block"]) == (23, 69, 346)
    assert len({place.id for place in places()}) == len(places())
    assert {place.district for place in places() if place.kind == "block"} == set(districts()) - {"kolkata"}


def test_every_place_lies_in_the_state_and_near_its_district() -> None:
    for place in places():
        assert 21.5 < place.lat < 27.3 and 85.8 < place.lon < 89.95, place.id
        home = districts()[place.district]
        assert kilometres(place.lat, place.lon, home.lat, home.lon) < 110, place.id


def test_names_are_in_their_own_script() -> None:
    for place in places():
        assert script_fault(Wording(bn=place.name_bn, en=place.name_en)) is None, place.id


def test_numbered_blocks_do_not_all_lie_on_one_point() -> None:
    at = Counter((place.lat, place.lon) for place in places() if place.kind == "block")
    assert [point for point, times in at.items() if times > 1] == []


def test_every_post_office_has_a_pin_and_a_point_in_its_district() -> None:
    assert len(offices()) == len({office.id for office in offices()}) == 8794
    assert max(len(office.id) for office in offices()) <= 40
    near = {district: [seat for seat in seats() if seat.district == district] for district in districts()}
    for office in offices():
        assert len(office.pin) == 6 and office.pin.isdigit(), office
        away = min(kilometres(office.lat, office.lon, seat.lat, seat.lon) for seat in near[office.district])
        assert away <= 20.0, office


def test_loading_again_changes_nothing_on_either_database(db: Database) -> None:
    assert db.call(load_places, place_keys)["places"] == len(named()) + 8794
    before = db.call(_counted)
    assert not any(db.call(load_places, place_keys).values())
    assert db.call(_counted) == before
    assert db.call(lambda s: found(s, "মেমারিতে থাকি")) == [("Memari", "Purba Bardhaman")]
    assert db.call(of_pin, "713146")[0].name_en == "Memari"


def _counted(s: Connection) -> tuple[int, ...]:
    return tuple(s.scalar(select(func.count()).select_from(table)) or 0 for table in (Place, PlaceKey))


def test_every_listed_spelling_finds_its_place(s: Connection) -> None:
    for place in named():
        for spelling in place.spellings:
            away = [
                kilometres(one.lat or 0.0, one.lon or 0.0, place.lat, place.lon)
                for one in find_places(s, stretches(spelling))
            ]
            assert min(away, default=999.0) <= 15.0, (place.id, spelling)


@pytest.mark.parametrize("typed", ["bardhaman", "burdwan", "বর্ধমান", "বর্দ্ধমান", "Bardhaman e", "বর্ধমানে থাকি"])
def test_one_town_has_many_spellings(s: Connection, typed: str) -> None:
    assert found(s, typed) == [("Bardhaman", "Purba Bardhaman")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Memarite", ("Memari", "Purba Bardhaman")),
        ("মেমারির কাছে, ব্লক", ("Memari", "Purba Bardhaman")),
        ("tollygunj", ("Tollygunge", "Kolkata")),
        ("krishnonogor", ("Krishnanagar", "Nadia")),
        ("খানাকুল ২ নং ব্লক", ("Khanakul II", "Hooghly")),
        ("kaliachak 3", ("Kaliachak III", "Malda")),
        ("রায়না", ("Raina", "Purba Bardhaman")),
        ("para", ("Para", "Purulia")),
        ("Kolkata", ("Kolkata", "Kolkata")),
        ("Nadia", ("Nadia", "Nadia")),
        ("Kalna, Bardhaman", ("Kalna", "Purba Bardhaman")),
        ("islampur uttar dinajpur", ("Islampur", "Uttar Dinajpur")),
        ("রামপুর, বীরভূম", ("Rampur", "Birbhum")),
        (
            "আমাদের বাড়ি মেমারির কাছে একটা ছোট গ্রামে, পূর্ব বর্ধমান জেলা, সেখান থেকে স্টেশন দুই কিলোমিটার দূর",
            ("Memari", "Purba Bardhaman"),
        ),
    ],
)
def test_a_name_in_a_sentence_misspelt_or_told_apart_is_picked_at_once(
    s: Connection, typed: str, meant: tuple[str, str]
) -> None:
    assert found(s, typed) == [meant]


def test_a_town_and_its_post_office_are_one_place(s: Connection) -> None:
    assert [place.kind for place in find_places(s, stretches("Memari"))] == ["town"]
    assert s.scalar(select(func.count()).where(Place.name_en == "Memari")) == 2


def test_namesakes_are_all_found_the_larger_first(s: Connection) -> None:
    digha = find_places(s, stretches("Digha"))
    assert (digha[0].kind, digha[0].district_en) == ("town", "Purba Medinipur")
    assert {place.district_en for place in digha} >= {"Purulia", "Birbhum", "Nadia"}
    assert {district for _, district in found(s, "Islampur")} >= {"Murshidabad", "Uttar Dinajpur"}


@pytest.mark.parametrize(
    "typed", ["এখানে", "here", "amar bari", "ki korbo ekhon", "jani na", "Xyzabad", "na", "call me 9876543210", "?", ""]
)
def test_what_names_no_place_finds_none(s: Connection, typed: str) -> None:
    assert look_up(s, typed)["places"] == []


def test_a_slip_is_looked_for_last_and_not_taken_as_sure(s: Connection) -> None:
    told = look_up(s, "Pandabeshkar")
    assert [place["name"]["en"] for place in told["places"]] == ["Pandabeswar"]
    assert not told["sure"]
    assert look_up(s, "Pandabeswar")["sure"]
    assert slips("Taki") == slips("suri") == ()


@pytest.mark.parametrize("typed", ["713146", "৭১৩১৪৬", "pin 713 146", "পিন কোড ৭১৩-১৪৬", "Memari 713146"])
def test_a_pin_code_is_the_office_that_delivers(s: Connection, typed: str) -> None:
    [place] = look_up(s, typed)["places"]
    assert (place["name"]["en"], place["district"]["en"]) == ("Memari", "Purba Bardhaman")


def test_a_pin_code_that_is_not_found_says_whether_it_could_be_of_the_state(s: Connection) -> None:
    assert look_up(s, "800001")["pin"] == {"code": 800001, "in_state": False}
    assert look_up(s, "713999")["pin"] == {"code": 713999, "in_state": True}
    assert look_up(s, "98765432101")["pin"] is None


def test_a_district_or_block_said_afterwards_tells_namesakes_apart(s: Connection) -> None:
    many = look_up(s, "narayanpur")
    assert (len(many["places"]), many["more"]) == (6, 7)
    [one] = look_up(s, "malda", within="narayanpur")["places"]
    assert (one["name"]["en"], one["district"]["en"]) == ("Narayanpur", "Malda")
    [other] = look_up(s, "memari", within="narayanpur")["places"]
    assert other["name"]["en"] == "Memari"
