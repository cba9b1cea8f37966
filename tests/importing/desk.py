"""A coordinator's desk, and the files on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.importing.load import Report, Wish, load_file
from bot.importing.report import said
from storage.columns import Table
from storage.session import Database
from tests.storage.conftest import NOW

MONDAY = date(2026, 11, 23)
HUBS = """\
id,name_bn,name_en,kind,district,lat,lon,emergency,phone
hub-1,বর্ধমান হাসপাতাল,Bardhaman Hospital,district_hospital,Purba Bardhaman,23.24,87.86,yes,0342-2625800
hub-2,কাটোয়া হাসপাতাল,Katwa Hospital,sub_divisional_hospital,পূর্ব বর্ধমান,23.65,88.13,no,
"""
SPOKES = """\
id,hub,name_bn,name_en,district,lat,lon,block
spoke-1,hub-1,বড়শুল কেন্দ্র,Barsul Centre,purba-bardhaman,23.19,87.97,Burdwan II
"""
DOCTORS = """\
id,hub,specialty,name_bn,name_en,qualification,registration_number
dr-1,hub-1,general_medicine,ডাঃ সেন,Dr Sen,MBBS,WBMC-1
dr-2,hub-2,শিশু ডাক্তার,ডাঃ খাতুন,Dr Khatun,"MBBS, MD",WBMC-2
"""
ROSTERS = """\
doctor_id,weekday,starts,ends,slot_minutes,capacity,reserved,from_date,to_date
dr-1,mon,9:00,13:00,30,4,1,,
dr-1,বুধবার,২pm,18.00,৩০,৪,,01/12/2026,২০২৭-০৩-৩১
dr-2,6,22:00,2am,60,3,0,,
"""
ALL = {"hubs": HUBS, "spokes": SPOKES, "doctors": DOCTORS, "rosters": ROSTERS}


class Desk:
    """A coordinator's desk: writes a file and loads it."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.file = folder / "file.csv"

    def load(self, kind: str, content: str | bytes, **wish: bool) -> Report:
        self.file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_file(self.db, kind, self.file, Wish(**wish), NOW)

    def wrong(self, kind: str, content: str | bytes) -> list[tuple[int, str | None]]:
        """Line and column of what is refused."""
        return [(refused.line, refused.column) for refused in self.load(kind, content).refused]

    def count(self, table: type[Table]) -> int:
        return self.db.call(lambda s: s.scalar(select(func.count()).select_from(table)) or 0)

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        return self.db.call(lambda s: [tuple(row) for row in s.execute(select(*columns).order_by(*columns))])


def counts(report: Report) -> tuple[int, int, int]:
    return report.new, report.changed, report.same


def told(file: Path, report: Report) -> str:
    """What the command would print."""
    return "\n".join(said(file, report, Wish()))
