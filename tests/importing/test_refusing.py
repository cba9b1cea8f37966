"""What is wrong is told line by line, and never by a traceback."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.importing.columns import COLUMNS
from bot.importing.load import Wish, load_file
from bot.importing.sheet import BadFile
from storage.tables import Hub
from tests.importing.desk import ALL, HUBS, ROSTERS, Desk, told
from tests.storage.conftest import NOW

HUB_CELLS = {
    "id": "", "name_bn": "Bardhaman", "name_en": "বর্ধমান", "kind": "castle", "district": "Atlantis", "lat": "87.86",
    "lon": "77.2", "emergency": "maybe", "phone": "call",
}  # fmt: skip


@pytest.mark.parametrize("column", HUB_CELLS)
def test_a_wrong_cell_is_told_with_line_and_column(desk: Desk, column: str) -> None:
    rows = list(csv.DictReader(io.StringIO(HUBS)))
    rows[1][column] = HUB_CELLS[column]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    assert desk.wrong("hubs", out.getvalue()) == [(3, column)]


def test_everything_wrong_on_a_line_is_told(desk: Desk) -> None:
    assert desk.wrong("hubs", f"{HUBS}hub-3,Katwa,কাটোয়া,castle,Atlantis,87,23,perhaps,x\n") == [
        (4, column) for column in HUB_CELLS if column != "id"
    ]


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("spokes", "s2,hub-l,কেন্দ্র,Centre,Nadia,23.1,88.1,", 'there is no hub "hub-l"; did you mean hub-'),
        ("spokes", "s2,hub-1,কেন্দ্র,Centre,Nadiya,23.1,88.1,", 'no district "Nadiya"; did you mean nadia?'),
        ("spokes", "s2,hub-1,কেন্দ্র,Centre,Nadia,88.1,23.1,", "lat and lon seem to be swapped"),
        ("spokes", "spoke-1,hub-1,কেন্দ্র,Centre,Nadia,23.1,88.1,", "says the same as line 2; keep one of the two"),
        ("spokes", "s2,hub-1,কেন্দ্র,Centre,Nadia,23.1,88.1,Ranaghat,I", "9 cells, but there are 8 columns"),
        ("doctors", "dr-3,hub-1,magic,ডাঃ রায়,Dr Ray,MBBS,W-3", '"magic" is not known; write one of: general_medicine,'),
        ("rosters", "dr-9,mon,9:00,10:00,30,4,0,,", 'there is no doctor "dr-9"; did you mean dr-'),
        ("rosters", "dr-2,tue,9:00,10:00,30,4,5,,", "reserved: is more than the capacity of 4"),
        ("rosters", "dr-2,tue,9:00,9:20,30,4,0,,", "is shorter than a window of 30"),
        ("rosters", "dr-2,tue,9:00,9:00,30,4,0,,", "ends: is the same as starts"),
        ("rosters", "dr-2,tue,9:00,,30,4,0,,", "ends: is empty"),
        ("rosters", "dr-2,,9:00,12:00,30,4,0,,", "neither a weekday nor a date"),
        ("rosters", "dr-2,tue,9:00,12:00,30,,0,,", "capacity: is empty"),
        ("rosters", "dr-2,tue,9:00,12:00,30,4000,0,,", 'capacity: "4000" is no whole number from 1 to 50'),
        ("rosters", "dr-2,tue,9:00,12:00,30,4,0,1/2/2027,1/1/2027", "to_date: lies before from_date"),
        (
            "rosters",
            "dr-1,mon,12:30,14:00,30,4,0,,",
            "lies over line 2: Monday 09:00-13:00; a doctor",
        ),
        ("rosters", "dr-2,mon,1:30,3:00,30,4,0,,", "lies over line 4: Sunday 22:00-02:00"),
        ("rosters", "dr-1,0,09:00,10:00,30,4,0,,", "says the same as line 2"),
    ],
)
def test_what_does_not_go_together_is_told(known: Desk, kind: str, line: str, said: str) -> None:
    report = known.load(kind, ALL[kind] + line + "\n")
    assert said in told(known.file, report)
    assert {refused.line for refused in report.refused} == {ALL[kind].count("\n") + 1}


def test_hours_over_those_in_the_database_are_told(known: Desk) -> None:
    head = ROSTERS.splitlines()[0]
    report = known.load("rosters", f"{head}\ndr-1,mon,12:30,14:00,30,4,0,,\n")
    assert "lies over Monday 09:00-13:00, which is in the database" in told(known.file, report)


@pytest.mark.parametrize(
    "line",
    ["dr-1,wed,13:00,15:00,30,4,0,,30/11/2026", "dr-1,mon,13:00,14:00,30,4,0,,", "dr-2,mon,2:00,3:00,30,4,0,,"],
)
def test_hours_that_only_touch_or_hold_at_another_time_are_no_overlap(known: Desk, line: str) -> None:
    assert known.load("rosters", f"{ROSTERS}{line}\n").refused == []


def test_a_day_is_said_once(known: Desk) -> None:
    head = "doctor_id,date,starts,ends,slot_minutes,capacity\n"
    day = "dr-1,14/12/2026"
    lines = f"{day},9:00,12:00,30,4\n{day},away,,,\n{day},11:00,13:00,30,4\n{day},usual,,,\n"
    assert known.wrong("rosters", head + lines) == [(3, "starts"), (4, "starts"), (5, "starts")]


def test_a_quote_that_is_not_closed_is_told_where_it_opens(desk: Desk) -> None:
    report = desk.load("hubs", HUBS.replace("কাটোয়া", '"কাটোয়া') + "hub-3,,,,,,,,\n")
    assert [refused.line for refused in report.refused] == [3]
    assert "lines 3 to" in report.refused[0].wrong
    assert desk.rows(Hub.id) == [("hub-1",)]


FILES = {
    "an empty file": (b"", "is empty"),
    "a missing column": (HUBS.replace(",emergency", ",emergncy").encode(), 'emergency is missing (is "emergncy" meant'),
    "a column twice": (HUBS.replace("name_bn", "name_en").encode(), "name_en stands twice"),
    "another encoding": (HUBS.encode() + b"\xff\xfe\n", "file.csv:4: not UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8"),
    "half of UTF-16": (HUBS.encode("utf-16")[:-1], "not UTF-16"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_none_is_refused_whole(desk: Desk, what: str) -> None:
    content, said = FILES[what]
    with pytest.raises(BadFile) as refused:
        desk.load("hubs", content)
    assert said in str(refused.value)


def test_no_file_and_a_folder(desk: Desk, tmp_path: Path) -> None:
    for path, said in (
        (tmp_path / "none.csv", "There is no file"),
        (tmp_path, "is a folder"),
        (Path("a\0b"), "cannot be"),
    ):
        with pytest.raises(BadFile, match=said):
            load_file(desk.db, "hubs", path, Wish(), NOW)


def test_an_unknown_column_is_left_out_and_said(desk: Desk) -> None:
    report = desk.load("hubs", HUBS.replace("phone", "phon"))
    assert report.notes == ['the column "phon" is not known and was left out; did you mean phone?']
    assert report.new == 2


PIECES = st.sampled_from(
    [*"\n\r,;\t\"'=+-@\0\ufeff", "৪", "mon", "hub-1", "dr-1", "away", "23.1", "9:00", "25/11/2026", "é"]
)
HEADS = {kind: ",".join(column.name for column in columns) for kind, columns in COLUMNS.items()}
ANYTHING = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.sampled_from(sorted(HEADS.values())), st.lists(PIECES, max_size=60)).map(
        lambda parts: f"{parts[0]}\n{''.join(parts[1])}".encode()
    ),
    st.tuples(st.sampled_from(sorted(HEADS.values())), st.text(max_size=200)).map(
        lambda parts: f"{parts[0]}\n{parts[1]}".encode("utf-16", "surrogatepass")
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(COLUMNS)), ANYTHING)
def test_any_bytes_are_loaded_or_refused_in_words(known: Desk, kind: str, content: bytes) -> None:
    try:
        report = known.load(kind, content, dry_run=True)
    except BadFile as refused:
        assert str(refused)
        return
    assert all(refused.line > 0 and refused.wrong and refused.mend for refused in report.refused)
    assert told(known.file, report)
