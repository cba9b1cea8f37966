"""The columns of each kind of file: what they are called, whether they are needed, what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from bot.importing import cells
from flows.protocol import Specialty

SPECIALTIES: tuple[str, ...] = get_args(Specialty)
HUB_KINDS = ("medical_college", "district_hospital", "sub_divisional_hospital", "rural_hospital")
MOST_A_WINDOW = 50
"""People of a window at most: half of the tokens it has, the other half is for places given back and taken again."""


@dataclass(frozen=True)
class Column:
    """One column. `reads` gives a cell's value or raises BadCell; `also`: other names it goes by."""

    name: str
    meaning: str
    example: str
    reads: Callable[[str], Any] = cells.words
    needed: bool = True
    also: tuple[str, ...] = ()


_NAMES = (
    Column("name_bn", "name in Bengali letters", "বর্ধমান সদর হাসপাতাল", cells.bengali),
    Column("name_en", "name in English letters", "Bardhaman Sadar Hospital", cells.english),
)
_ADDRESS = (
    Column("address_bn", "address in Bengali", "জি টি রোড, বর্ধমান", needed=False),
    Column("address_en", "address in English", "GT Road, Bardhaman", needed=False),
)
_POINT = (
    Column("lat", "latitude in degrees, 21.4 to 27.3", "23.2405", cells.degrees("lat"), also=("latitude",)),
    Column("lon", "longitude in degrees, 85.8 to 89.95", "87.8694", cells.degrees("lon"), also=("longitude", "lng")),
)
_HUB = Column("hub", "id of the hub", "hub-bardhaman", also=("hub_id",))
_DISTRICT = Column("district", "name (either language) or id of the district", "পূর্ব বর্ধমান", also=("district_id",))
_WINDOW = (
    Column("slot_minutes", "length of a window in minutes", "30", cells.whole(5, 240)),
    Column("capacity", f"people a window, 1 to {MOST_A_WINDOW}", "4", cells.whole(1, MOST_A_WINDOW)),
    Column(
        "reserved", "of these, kept for who must be seen within a day; empty: 0", "1", cells.whole(0, MOST_A_WINDOW),
        needed=False,
    ),
)  # fmt: skip

COLUMNS: dict[str, tuple[Column, ...]] = {
    "hubs": (
        Column("id", "your own short name of the hub, never changed", "hub-bardhaman", cells.id_), *_NAMES,
        Column("kind", f"one of {', '.join(HUB_KINDS)}", "district_hospital", cells.one_of(HUB_KINDS)),
        _DISTRICT, *_POINT,
        Column("emergency", "whether it takes emergencies in person: yes or no", "yes", cells.yes_no),
        *_ADDRESS, Column("phone", "telephone with its code", "0342-2625800", cells.phone, needed=False),
    ),
    "spokes": (
        Column("id", "your own short name of the spoke, never changed", "spoke-barsul", cells.id_), _HUB, *_NAMES,
        _DISTRICT, *_POINT, Column("block", "block, in English letters", "Burdwan II", needed=False), *_ADDRESS,
    ),
    "doctors": (
        Column("id", "your own short name of the doctor, never changed", "dr-sen", cells.id_), _HUB,
        Column(
            "specialty", "the specialty's code or name", "general_medicine",
            cells.one_of(SPECIALTIES, "specialty"),
        ),
        Column("name_bn", "name in Bengali letters", "ডাঃ মৌসুমী সেন", cells.bengali),
        Column("name_en", "name in English letters", "Dr Mousumi Sen", cells.english),
        Column("qualification", "as it stands on the summary", "MBBS, MD (General Medicine)"),
        Column("registration_number", "of the medical council", "WBMC-12345", also=("registration",)),
        Column("signature", "foot of the summary; empty: name, qualification, number", "", needed=False),
        Column("active", "yes or no; empty: yes", "yes", cells.yes_no, needed=False),
    ),
    "rosters": (
        Column("doctor_id", "id of the doctor", "dr-sen", also=("doctor",)),
        Column("weekday", "mon, Monday, সোমবার, or 0 (Monday) to 6", "mon", cells.weekday, needed=False),
        Column("date", "instead of a weekday: hours of this one day", "2026-12-24", cells.day, needed=False),
        Column("starts", "beginning; with a date also `away` or `usual`", "9:00"),
        Column("ends", "end; past midnight if not after the beginning", "13:00", needed=False),
        *(Column(column.name, column.meaning, column.example, column.reads, needed=False) for column in _WINDOW),
        Column("from_date", "first day on which the line holds", "2026-12-01", cells.day, needed=False),
        Column("to_date", "last day on which the line holds", "2027-03-31", cells.day, needed=False),
    ),
    "holidays": (
        Column("date", "the day", "2027-01-26", cells.day),
        Column("hub", "id of the hub; empty: every hub", "", needed=False, also=("hub_id",)),
        Column("name_bn", "name in Bengali letters", "প্রজাতন্ত্র দিবস", cells.bengali),
        Column("name_en", "name in English letters", "Republic Day", cells.english),
    ),
}  # fmt: skip


def called(kind: str) -> dict[str, str]:
    """What a column of this kind of file may be called -> its name."""
    return {name: column.name for column in COLUMNS[kind] for name in (column.name, *column.also)}


def needed(kind: str) -> list[str]:
    """The columns without which a file of this kind is of no use."""
    return [column.name for column in COLUMNS[kind] if column.needed]
