"""An ASHA worker's member and an account of the same person, for the tests of what they become."""

from __future__ import annotations

from dataclasses import dataclass

from storage import bookings, people
from storage.records import Booking
from storage.session import Database
from storage.windows import free_windows

from .conftest import NOW
from .consulting import enrol
from .world import build

ASHA, OTHER_ASHA, OWN = "tg:asha", "tg:asha2", "tg:own"


@dataclass(frozen=True)
class Both:
    """The ids: her staff id, her record of Rahima, and what Rahima's own account has kept as "me"."""

    asha: str
    record: str
    own: str


def both(db: Database) -> Both:
    """Two ASHA workers at spoke-1, a member of the first, and the same woman with an account."""
    db.call(build)
    asha = enrol(db, "asha", ASHA, area="spoke-1")
    enrol(db, "asha", OTHER_ASHA, area="spoke-1")
    home = db.call(people.save_household, asha, "রহিমার বাড়ি", NOW)
    record = member(db, home)
    db.call(people.set_language, OWN, "bn", NOW)
    own = db.call(people.save_person, OWN, None, "Rohima Bibi", 33, "female", "self", None, None, NOW)
    return Both(asha, record, own)


def member(db: Database, home: str, name: str = "রহিমা বিবি", age: float = 34) -> str:
    """A person of her family; the id."""
    return db.call(people.save_person, ASHA, home, name, age, "female", "other", None, None, NOW)


def book(db: Database, person: str, chat: str, which: int = 0, specialty: str = "general_medicine") -> Booking:
    """A token in one of Monday's windows."""
    window = db.call(free_windows, "hub-1", specialty, NOW)[which]
    made = db.call(bookings.book, person, window.window_id, "spoke-1", chat, None, f"{person}{which}{specialty}", NOW)
    assert isinstance(made, Booking), made
    return made
