"""A small health service to test on: one district, two hubs, two spokes, three doctors with a roster on Mondays."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Connection, insert

from storage import people
from storage.rosters import make_windows
from storage.tables import District, Doctor, Hub, Place, PlaceKey, Roster, Spoke

MONDAY = date(2026, 11, 23)


def build(s: Connection, capacity: int = 2) -> None:
    """Everything, with the windows of Monday and the week after."""
    s.execute(insert(District), {"id": "d1", "name_bn": "বর্ধমান", "name_en": "Bardhaman", "invented": True})
    for number, lat in ((1, 23.25), (2, 23.95)):
        here = {"district_id": "d1", "lat": lat, "lon": 87.85, "invented": True}
        names = {"name_bn": f"হাব {number}", "name_en": f"Hub {number}"}
        s.execute(insert(Hub), {"id": f"hub-{number}", "kind": "district_hospital", "emergency": True} | here | names)
        names = {"name_bn": f"কেন্দ্র {number}", "name_en": f"Spoke {number}"}
        s.execute(insert(Spoke), {"id": f"spoke-{number}", "hub_id": f"hub-{number}"} | here | names)
    for id, hub, specialty in (
        ("dr-1", "hub-1", "general_medicine"),
        ("dr-2", "hub-1", "paediatrics"),
        ("dr-3", "hub-2", "general_medicine"),
    ):
        add_doctor(s, id, hub, specialty, capacity)
    place = {"id": "burdwan", "name_en": "Burdwan", "kind": "town", "district_id": "d1", "lat": 23.24, "lon": 87.86}
    s.execute(insert(Place), place | {"invented": True})
    s.execute(insert(PlaceKey), [{"key": key, "place_id": "burdwan"} for key in ("brdmn", "brdwn")])
    make_windows(s, MONDAY, 8)


def add_doctor(s: Connection, id: str, hub: str, specialty: str, capacity: int) -> None:
    """A doctor who sits on Mondays from 11 to 13 in four windows of half an hour."""
    names = {"name_bn": "ডাক্তার", "name_en": "Doctor", "qualification": "MBBS", "signature": "Dr"}
    where = {"id": id, "hub_id": hub, "specialty": specialty, "registration_number": f"WBMC-{id}"}
    s.execute(insert(Doctor), where | names | {"active": True, "invented": True})
    hours = {"weekday": 0, "starts": time(11), "ends": time(13), "slot_minutes": 30, "capacity": capacity}
    s.execute(insert(Roster), {"id": f"roster-{id}", "doctor_id": id, "invented": True} | hours)


def somebody(s: Connection, chat: str, now: datetime, name: str = "রহিমা") -> str:
    """A person of this chat's own family; the id."""
    people.set_language(s, chat, "bn", now)
    return people.save_person(s, chat, None, name, 34, "female", "other", None, None, now)
