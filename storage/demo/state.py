"""A whole state at the programme's size, invented, for simulations and measurements: not for the service itself.

Hubs, spokes and doctors lie around the real towns and blocks of the gazetteer; none of them exists, and each says so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date, time

from sqlalchemy import Connection, func, select

from flows.protocol import Specialty
from storage.columns import Table
from storage.demo.make import QUALIFICATIONS, Row, demonstration, km_between, somebody, there, village
from storage.dialect import insert_new
from storage.gazetteer.load import add_districts
from storage.gazetteer.places import seats
from storage.rosters import make_windows
from storage.session import Database
from storage.tables import Doctor, Hub, Roster, Session, Spoke, Window

PROPORTIONS: dict[Specialty, float] = {
    "general_medicine": 0.50, "paediatrics": 0.10, "obstetrics_gynaecology": 0.09, "dermatology": 0.07,
    "orthopaedics": 0.05, "ophthalmology": 0.04, "ent": 0.035, "chest_medicine": 0.03, "cardiology": 0.025,
    "surgery": 0.02, "neurology": 0.015, "psychiatry": 0.015, "dentistry": 0.01,
}  # fmt: skip
"""Of a hub's places a day: about half general medicine. Assumed, not measured: no source breaks them down."""
SPARE = 1.1
"""Places to consultations: not every place is asked for at the hub and hour where it is."""
HALF_DAYS = ((time(9), time(13)), (time(14), time(18)))
SLOT_MINUTES, CAPACITY, RESERVED = 30, 4, 1
A_WEEK = 2
"""Half days a week of one doctor: with 9,000 doctors for 80,000 consultations they are so few."""
DEGREES = 0.09
"""How far a block's spokes lie around its town, at most: about 10 km."""
ROUND = 1.15
"""No hub has more spokes than this times the mean."""


def fill(
    db: Database, hubs: int, spokes: int, consultations: int, today: date, seed: int = 1, days: int = 1
) -> dict[str, int]:
    """Fills an empty database so that `consultations` a day can be held, with the windows of `days` from `today` on.

    The same seed gives the same state. Returns how many rows of each table there are. Work goes in short transactions.
    """
    chance = random.Random(seed)
    rows = {"hub": list(_hubs(hubs))}
    rows["spoke"] = list(_spokes(chance, rows["hub"], spokes))
    rows["doctor"], rows["roster"] = [], []
    for hub in rows["hub"]:
        _staff(chance, hub["id"], consultations / hubs, rows["doctor"], rows["roster"])
    db.call(add_districts)
    for table in (Hub, Spoke, Doctor, Roster):
        db.call(_add, table, rows[table.__tablename__])
    for ahead in range(days):
        for hub in rows["hub"]:
            db.call(make_windows, date.fromordinal(today.toordinal() + ahead), 1, hub["id"])
    return db.call(_counts)


def _hubs(number: int) -> Iterator[Row]:
    """The demonstration's hubs first, spread over the state; then one at a town or block each."""
    known = demonstration().hubs
    step = max(1.0, len(known) / number)
    yield from (known[int(place * step)] for place in range(min(number, len(known))))
    towns = [place for place in seats() if place.kind in ("town", "block")]
    for extra in range(number - len(known)):
        town = towns[extra % len(towns)]
        yield there(town) | {
            "id": f"state-hub-{extra + 1}", "name_bn": f"{town.name_bn} হাসপাতাল (নমুনা)",
            "name_en": f"{town.name_en} hospital {extra + 1} (demo)", "kind": "rural_hospital", "phone": None,
            "emergency": True,
        }  # fmt: skip


def _spokes(chance: random.Random, hubs: list[Row], number: int) -> Iterator[Row]:
    """Dealt out to the towns and blocks in turn; each goes to the nearest hub that is not full."""
    around = seats()
    room = dict.fromkeys((hub["id"] for hub in hubs), math.ceil(number / len(hubs) * ROUND))
    for count in range(number):
        town = around[count % len(around)]
        lat, lon = (round(value + chance.uniform(-DEGREES, DEGREES), 4) for value in (town.lat, town.lon))
        hub_id = _nearest([hub for hub in hubs if room[hub["id"]]], lat, lon)
        room[hub_id] -= 1
        bengali, english = village(chance)
        yield there(town) | {
            "id": f"state-spoke-{count + 1}", "hub_id": hub_id, "block": town.name_en, "lat": lat, "lon": lon,
            "name_bn": f"{bengali}, {town.name_bn} সুস্বাস্থ্য কেন্দ্র (নমুনা)",
            "name_en": f"{english}, {town.name_en} health centre {count + 1} (demo)",
        }  # fmt: skip


def _nearest(hubs: list[Row], lat: float, lon: float) -> str:
    nearest = min(hubs, key=lambda hub: km_between(lat, lon, hub["lat"], hub["lon"]))
    return str(nearest["id"])


def _staff(chance: random.Random, hub_id: str, a_day: float, doctors: list[Row], rosters: list[Row]) -> None:
    """A hub's doctors, so many that each specialty has its share of places every day of the week."""
    for specialty, share in PROPORTIONS.items():
        sittings = max(1, round(a_day * SPARE * share / _places()))
        turns = [(weekday, half) for weekday in range(7) for half in _halves(sittings, weekday)]
        people = math.ceil(len(turns) / A_WEEK)
        for begin in range(people):
            doctors.append(_doctor(chance, hub_id, specialty, len(doctors) + 1))
            for weekday, half in turns[begin::people]:  # days apart: nobody sits in two places at once
                rosters.append(_line(doctors[-1]["id"], weekday, half))


def _places() -> int:
    """Places of a half day."""
    starts, ends = HALF_DAYS[0]
    return (ends.hour - starts.hour) * 60 // SLOT_MINUTES * CAPACITY


def _halves(sittings: int, weekday: int) -> list[int]:
    """Which half of the day each sitting of the day has: mornings and afternoons alike."""
    return sorted((number + weekday) % 2 for number in range(sittings))


def _doctor(chance: random.Random, hub_id: str, specialty: Specialty, number: int) -> Row:
    bengali, english = somebody(chance)
    registration = f"DEMO-S{number}"
    return {
        "id": f"state-doctor-{number}", "hub_id": hub_id, "specialty": specialty, "staff_id": None, "active": True,
        "name_bn": f"ডাঃ {bengali} (নমুনা)", "name_en": f"Dr {english} (demo)", "invented": True,
        "qualification": QUALIFICATIONS[specialty], "registration_number": registration,
        "signature": f"Dr {english} (demo), {QUALIFICATIONS[specialty]}, Reg. no. {registration}",
    }  # fmt: skip


def _line(doctor_id: str, weekday: int, half: int) -> Row:
    starts, ends = HALF_DAYS[half]
    return {
        "id": f"{doctor_id}-{weekday}-{half}", "doctor_id": doctor_id, "weekday": weekday, "starts": starts,
        "ends": ends, "slot_minutes": SLOT_MINUTES, "capacity": CAPACITY, "reserved": RESERVED, "from_date": None,
        "to_date": None, "invented": True,
    }  # fmt: skip


def _add(s: Connection, table: type[Table], rows: list[Row]) -> None:
    s.execute(insert_new(s, table), rows)


def _counts(s: Connection) -> dict[str, int]:
    tables = (Hub, Spoke, Doctor, Roster, Session, Window)
    return {table.__tablename__: s.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
