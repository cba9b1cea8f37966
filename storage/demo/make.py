"""The demonstration: hubs, spokes, doctors and rosters made from a seed, each marked as invented, in name and row.

Towns are real (storage/gazetteer); hospitals, centres, people, registration numbers and hours are not. No row has a
telephone number, so that nobody is rung by mistake.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, get_args

from flows.protocol import Specialty
from storage.gazetteer.places import Known, districts, places, seats

SEED = 20211
NAMES = Path(__file__).parent / "names.csv"
WITHOUT_HUB = frozenset({"Mirik", "Mekhliganj", "Tufanganj", "Manbazar", "Dhupguri", "Lalbagh"})
"""Sub-divisions without a hub, so that there are 63, as the programme has."""
MEDICAL_COLLEGES = frozenset(
    {"Kolkata", "Bankura", "Bardhaman", "Medinipur", "Siliguri", "Malda", "Berhampore", "Kalyani", "Cooch Behar"}
)
EVERYWHERE: tuple[Specialty, ...] = (
    "general_medicine", "general_medicine", "paediatrics", "obstetrics_gynaecology",
)  # fmt: skip
"""What every hub has; two doctors of general medicine share the week."""
SPREAD: tuple[Specialty, ...] = tuple(name for name in get_args(Specialty) if name not in EVERYWHERE)
"""What is dealt out to the hubs of a district, so that each district has each."""
QUALIFICATIONS: dict[Specialty, str] = {
    "general_medicine": "MBBS, MD (General Medicine)",
    "paediatrics": "MBBS, MD (Paediatrics)",
    "obstetrics_gynaecology": "MBBS, MS (Obstetrics and Gynaecology)",
    "cardiology": "MBBS, MD, DM (Cardiology)",
    "neurology": "MBBS, MD, DM (Neurology)",
    "chest_medicine": "MBBS, MD (Respiratory Medicine)",
    "dermatology": "MBBS, MD (Dermatology)",
    "ophthalmology": "MBBS, MS (Ophthalmology)",
    "ent": "MBBS, MS (ENT)",
    "orthopaedics": "MBBS, MS (Orthopaedics)",
    "surgery": "MBBS, MS (General Surgery)",
    "psychiatry": "MBBS, MD (Psychiatry)",
    "dentistry": "BDS, MDS",
}
MORNING, AFTERNOON = (time(9), time(13)), (time(14), time(16))
SLOT_MINUTES = 30
Row = dict[str, Any]


@dataclass(frozen=True)
class Demonstration:
    """Rows for the tables of the same names."""

    hubs: tuple[Row, ...]
    spokes: tuple[Row, ...]
    doctors: tuple[Row, ...]
    rosters: tuple[Row, ...]


@cache
def demonstration(seed: int = SEED) -> Demonstration:
    """The whole demonstration. The same seed gives the same rows."""
    chance = random.Random(seed)
    hubs = tuple(_hubs())
    spokes = tuple(_spokes(chance, hubs))
    doctors = tuple(_doctors(chance, hubs))
    return Demonstration(hubs, spokes, doctors, tuple(_rosters(doctors)))


def km_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Kilometres between two points, on a flat earth: right to 1 % within the state."""
    return 111.2 * math.hypot(lat - other_lat, (lon - other_lon) * math.cos(math.radians(lat)))


def _hubs() -> Iterator[Row]:
    chief: set[str] = set()
    for town in places():
        if town.kind != "subdivision" or town.name_en in WITHOUT_HUB:
            continue
        kind = "sub_divisional_hospital" if town.district in chief else "district_hospital"
        chief.add(town.district)
        yield there(town) | {
            "id": f"demo-hub-{town.id}",
            "name_bn": f"{town.name_bn} বড় হাসপাতাল (নমুনা)",
            "name_en": f"{town.name_en} hub hospital (demo)",
            "kind": "medical_college" if town.name_en in MEDICAL_COLLEGES else kind,
            "phone": None,
            "emergency": True,
        }


def _spokes(chance: random.Random, hubs: tuple[Row, ...]) -> Iterator[Row]:
    """The centre of each town or block, and one or two in villages around it."""
    villages = _names("village")
    for place in seats():
        around = chance.sample(villages, 2 if place.kind == "subdivision" else 1)
        for number, village in enumerate([("", ""), *around], 1):
            spread = 0.004 if number == 1 else 0.035
            lat = round(place.lat + chance.uniform(-spread, spread), 4)
            lon = round(place.lon + chance.uniform(-spread, spread), 4)
            bengali, english = (f"{name}, " if name else "" for name in village)
            yield there(place) | {
                "id": f"demo-{place.id}-{number}",
                "hub_id": _nearest(hubs, lat, lon)["id"],
                "name_bn": f"{bengali}{place.name_bn} সুস্বাস্থ্য কেন্দ্র (নমুনা)",
                "name_en": f"{english}{place.name_en} health centre (demo)",
                "block": place.name_en,
                "lat": lat,
                "lon": lon,
            }


def there(place: Known) -> Row:
    """Where an invented hub or spoke of this place is: the columns that both have."""
    district = districts()[place.district]
    return {
        "district_id": place.district,
        "address_bn": ", ".join(dict.fromkeys((place.name_bn, district.name_bn))),
        "address_en": ", ".join(dict.fromkeys((place.name_en, district.name_en))),
        "lat": place.lat,
        "lon": place.lon,
        "invented": True,
    }


def _nearest(hubs: tuple[Row, ...], lat: float, lon: float) -> Row:
    return min(hubs, key=lambda hub: km_between(lat, lon, hub["lat"], hub["lon"]))


def _doctors(chance: random.Random, hubs: tuple[Row, ...]) -> Iterator[Row]:
    number = 10000
    for place, hub in enumerate(hubs):
        for specialty in (*EVERYWHERE, *_dealt(hubs, place)):
            number += 1
            bengali, english = somebody(chance)
            registration = f"DEMO-{number}"
            yield {
                "id": f"demo-doctor-{number}",
                "hub_id": hub["id"],
                "specialty": specialty,
                "name_bn": f"ডাঃ {bengali} (নমুনা)",
                "name_en": f"Dr {english} (demo)",
                "qualification": QUALIFICATIONS[specialty],
                "registration_number": registration,
                "signature": f"Dr {english} (demo), {QUALIFICATIONS[specialty]}, Reg. no. {registration}",
                "staff_id": None,
                "active": True,
                "invented": True,
            }


def _dealt(hubs: tuple[Row, ...], place: int) -> tuple[Specialty, ...]:
    """This hub's share of the other specialties; a medical college has them all."""
    hub = hubs[place]
    if hub["kind"] == "medical_college":
        return SPREAD
    siblings = [other["id"] for other in hubs if other["district_id"] == hub["district_id"]]
    return SPREAD[siblings.index(hub["id"]) :: len(siblings)]


def somebody(chance: random.Random) -> tuple[str, str]:
    """A name that fits together, in both scripts."""
    first, last = ("muslim_first", "muslim_surname") if chance.random() < 0.3 else ("first", "surname")
    (bengali, english), (surname, in_english) = chance.choice(_names(first)), chance.choice(_names(last))
    return f"{bengali} {surname}", f"{english} {in_english}"


def village(chance: random.Random) -> tuple[str, str]:
    """A village's name in both scripts."""
    return chance.choice(_names("village"))


def _rosters(doctors: tuple[Row, ...]) -> Iterator[Row]:
    """Somebody for general medicine every day; children and mothers every weekday; the others two half days a week."""
    for place, doctor in enumerate(doctors):
        second = place > 0 and (doctors[place - 1]["hub_id"], doctors[place - 1]["specialty"]) == (
            doctor["hub_id"], doctor["specialty"],
        )  # fmt: skip
        for weekday, (starts, ends) in _hours(doctor["specialty"], second, place):
            yield {
                "id": f"{doctor['id']}-{weekday}-{starts:%H}",
                "doctor_id": doctor["id"],
                "weekday": weekday,
                "starts": starts,
                "ends": ends,
                "slot_minutes": SLOT_MINUTES,
                "capacity": 4 if doctor["specialty"] in EVERYWHERE else 3,
                "reserved": 1 if doctor["specialty"] in EVERYWHERE else 0,
                "from_date": None,
                "to_date": None,
                "invented": True,
            }


def _hours(specialty: Specialty, second: bool, place: int) -> list[tuple[int, tuple[time, time]]]:
    if specialty == "general_medicine" and second:
        return [(weekday, AFTERNOON) for weekday in range(6)] + [(6, MORNING)]
    if specialty == "general_medicine":
        return [(weekday, MORNING) for weekday in range(6)]
    if specialty in EVERYWHERE:
        return [(weekday, MORNING) for weekday in range(5)]
    return [(place % 5, MORNING), ((place + 2) % 5, AFTERNOON)]


@cache
def _names(kind: str) -> list[tuple[str, str]]:
    with NAMES.open(encoding="utf-8", newline="") as rows:
        return [(row["bn"], row["en"]) for row in csv.DictReader(rows) if row["kind"] == kind]
