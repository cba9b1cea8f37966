"""A file is read however a spreadsheet program, or a person, wrote it."""

from __future__ import annotations

import codecs
from datetime import date, time

import pytest

from bot.importing import cells
from bot.importing.cells import BadCell
from storage.tables import Hub
from tests.importing.desk import HUBS, Desk


def as_bengali(content: str) -> str:
    """The digits of all cells but ids in Bengali."""
    digits = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
    head, *rows = content.splitlines()
    parted = (row.split(",", 2) for row in rows)
    return "\n".join([head, *(f"{first},{second},{rest.translate(digits)}" for first, second, rest in parted)])


WAYS = {
    "bom": codecs.BOM_UTF8 + HUBS.encode(),
    "utf-16": HUBS.encode("utf-16"),
    "utf-16 big": codecs.BOM_UTF16_BE + HUBS.encode("utf-16-be"),
    "utf-16 without mark": HUBS.encode("utf-16-le"),
    "windows lines": HUBS.replace("\n", "\r\n").encode(),
    "old mac lines": HUBS.replace("\n", "\r").encode(),
    "semicolons": HUBS.replace(",", ";").encode(),
    "semicolons, decimal commas": HUBS.replace(",", ";").replace(".", ",").encode(),
    "tabs": HUBS.replace(",", "\t").encode(),
    "sep= of a spreadsheet": b"sep=;\r\n" + HUBS.replace(",", ";").encode(),
    "stray spaces": HUBS.replace(",", " ,\u00a0 ").encode(),
    "empty lines": HUBS.replace("\n", "\n\n,,,\n").encode(),
    "no last line end": HUBS.strip().encode(),
    "quotes": "\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in HUBS.splitlines()).encode(),
    "capitals in the header": HUBS.replace("name_en", "Name EN").replace("id,", "ID,", 1).encode(),
    "Bengali digits": as_bengali(HUBS).encode(),
    "decomposed letters": HUBS.replace("য়", "য়").encode(),
    "more cells, all empty": HUBS.replace("\n", ",,\n").encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_is_read_however_a_spreadsheet_program_wrote_it(desk: Desk, way: str) -> None:
    assert desk.load("hubs", HUBS).refused == []
    report = desk.load("hubs", WAYS[way])
    assert report.refused == []
    assert report.same + report.changed == 2
    if way not in ("Bengali digits", "decomposed letters"):
        assert report.changed == 0


def test_signs_of_a_formula_at_the_start_of_a_name_are_text(desk: Desk) -> None:
    names = ["=1+1 Hospital", "+Hospital", "-Hospital", "@Hospital"]
    head, line = HUBS.splitlines()[:2]
    rows = [line.replace("hub-1", f"h{n}").replace("Bardhaman Hospital", name) for n, name in enumerate(names)]
    desk.load("hubs", "\n".join([head, *rows]))
    assert {name for (name,) in desk.rows(Hub.name_en)} == set(names)


@pytest.mark.parametrize(
    "written", ["2026-11-25", "25/11/2026", "25-11-2026", "25.11.2026", "২৫/১১/২০২৬", "25/11/2026"]
)
def test_dates(written: str) -> None:
    assert cells.day(written) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("written", "hour"),
    [("9:00", 9), ("09.00", 9), ("9am", 9), ("9 AM", 9), ("9 p.m.", 21), ("12am", 0), ("12pm", 12), ("24:00", 0),
     ("৯:০০", 9), ("21:00:00", 21)],
)  # fmt: skip
def test_times(written: str, hour: int) -> None:
    assert cells.clock(written) == time(hour)


@pytest.mark.parametrize("written", ["thu", "Thursday", "THURS.", "বৃহস্পতিবার", "বৃহস্পতি", "3", "৩"])
def test_weekdays(written: str) -> None:
    assert cells.weekday(written) == 3


READERS = {"day": cells.day, "clock": cells.clock, "weekday": cells.weekday, "phone": cells.phone, "id": cells.id_}


@pytest.mark.parametrize(
    ("reader", "written"),
    [("day", "25/11/26"), ("day", "31/02/2026"), ("day", "11/25/2026"), ("day", "soon"), ("day", "0001-01-01"),
     ("clock", "9"), ("clock", "25:00"), ("clock", "9:60"), ("clock", "13pm"), ("clock", "0am"), ("clock", "noon"),
     ("weekday", "7"), ("weekday", "weekday"), ("phone", "9.19833E+11"), ("id", "=id"), ("id", "হাব"), ("id", "a" * 41)],
)  # fmt: skip
def test_what_is_none_is_refused_with_a_mend(reader: str, written: str) -> None:
    with pytest.raises(BadCell) as refused:
        READERS[reader](written)
    assert written[:40] in str(refused.value) and refused.value.mend
