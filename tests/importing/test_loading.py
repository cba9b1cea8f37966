"""What a file says stands in the tables, once; what it does not say stays."""

from __future__ import annotations

from datetime import date, time

from bot.importing.sheet import Refused
from storage.rosters import make_windows
from storage.tables import District, Doctor, Holiday, Hub, Roster, RosterException, Session, Spoke
from tests.importing.desk import ALL, DOCTORS, HUBS, MONDAY, ROSTERS, Desk, counts


def test_a_service_is_loaded_from_files_and_again_changes_nothing(desk: Desk) -> None:
    assert [counts(desk.load(kind, content)) for kind, content in ALL.items()] == [
        (2, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0),
    ]  # fmt: skip
    assert [counts(desk.load(kind, content)) for kind, content in ALL.items()] == [
        (0, 0, 2), (0, 0, 1), (0, 0, 2), (0, 0, 3),
    ]  # fmt: skip
    assert [desk.count(table) for table in (Hub, Spoke, Doctor, Roster)] == [2, 1, 2, 3]


def test_what_stands_in_the_files_stands_in_the_tables(known: Desk) -> None:
    assert known.rows(Hub.id, Hub.district_id, Hub.emergency, Hub.phone, Hub.invented) == [
        ("hub-1", "purba-bardhaman", True, "0342-2625800", False),
        ("hub-2", "purba-bardhaman", False, None, False),
    ]
    assert known.rows(Doctor.id, Doctor.specialty, Doctor.signature, Doctor.active) == [
        ("dr-1", "general_medicine", "Dr Sen, MBBS, Reg. no. WBMC-1", True),
        ("dr-2", "paediatrics", "Dr Khatun, MBBS, MD, Reg. no. WBMC-2", True),
    ]
    columns = (Roster.doctor_id, Roster.weekday, Roster.starts, Roster.ends, Roster.slot_minutes, Roster.capacity)
    assert known.rows(*columns, Roster.reserved, Roster.from_date, Roster.to_date) == [
        ("dr-1", 0, time(9), time(13), 30, 4, 1, None, None),
        ("dr-1", 2, time(14), time(18), 30, 4, 0, date(2026, 12, 1), date(2027, 3, 31)),
        ("dr-2", 6, time(22), time(2), 60, 3, 0, None, None),
    ]


def test_one_changed_line_is_one_change(known: Desk) -> None:
    report = known.load("hubs", HUBS.replace("Katwa Hospital", "Katwa Sub-divisional Hospital"))
    assert counts(report) == (0, 1, 1)
    assert ("hub-2", "Katwa Sub-divisional Hospital") in known.rows(Hub.id, Hub.name_en)


def test_a_column_that_is_left_out_keeps_what_stood_and_an_empty_cell_clears_it(known: Desk) -> None:
    short = "\n".join(row.rsplit(",", 1)[0] for row in HUBS.splitlines())
    assert counts(known.load("hubs", short)) == (0, 0, 2)
    assert counts(known.load("hubs", HUBS.replace("0342-2625800", ""))) == (0, 1, 1)
    assert known.rows(Hub.phone) == [(None,), (None,)]


def test_a_dry_run_says_what_would_happen_and_writes_nothing(desk: Desk) -> None:
    report = desk.load("hubs", HUBS, dry_run=True)
    assert (counts(report), report.written) == ((2, 0, 0), False)
    assert (desk.count(Hub), desk.count(District)) == (0, 0)


def test_good_lines_are_loaded_beside_refused_ones_and_none_if_strict(desk: Desk) -> None:
    spoilt = HUBS.replace("88.13", "bank")
    assert desk.load("hubs", spoilt, strict=True).refused == [
        Refused(3, "lon", '"bank" is no number', "write decimal degrees, such as 23.2405")
    ]
    assert desk.count(Hub) == 0
    assert desk.load("hubs", spoilt).written
    assert desk.rows(Hub.id) == [("hub-1",)]


def test_exceptions_stand_in_place_of_what_was_said_of_the_day(known: Desk) -> None:
    columns = (RosterException.date, RosterException.starts, RosterException.capacity, RosterException.reserved)
    head = "doctor_id,date,starts,ends\n"
    monday, next_monday = date(2026, 12, 14), date(2026, 12, 21)
    assert counts(known.load("rosters", f"{head}dr-1,14/12/2026,15:00,17:00\ndr-1,২১-১২-২০২৬,ছুটি,\n")) == (2, 0, 0)
    assert known.rows(*columns) == [(monday, time(15), 4, 1), (next_monday, None, None, None)]
    report = known.load("rosters", f"{head}dr-1,14/12/2026,away,\ndr-1,21/12/2026,usual,\n")
    assert (counts(report), report.removed) == ((1, 0, 0), 2)
    assert known.rows(*columns) == [(monday, None, None, None)]


def test_holidays_are_of_a_hub_or_of_all(known: Desk) -> None:
    content = "date,hub,name_bn,name_en\n26/01/2027,,প্রজাতন্ত্র দিবস,Republic Day\n2027-01-26,HUB-1,মেলা,Fair\n"
    assert counts(known.load("holidays", content)) == (2, 0, 0)
    assert counts(known.load("holidays", content)) == (0, 0, 2)
    assert sorted(known.rows(Holiday.hub_id, Holiday.name_en), key=str) == [("hub-1", "Fair"), (None, "Republic Day")]


def test_replace_takes_out_the_lines_that_a_doctors_week_no_longer_has(known: Desk) -> None:
    head = ROSTERS.splitlines()[0]
    moved = f"{head}\ndr-1,mon,10:00,14:00,30,4,1,,\n"
    assert known.wrong("rosters", moved) == [(2, "starts")]
    report = known.load("rosters", moved, replace=True)
    assert (counts(report), report.removed) == ((1, 0, 0), 2)
    assert known.rows(Roster.doctor_id, Roster.starts) == [("dr-1", time(10)), ("dr-2", time(22))]


def test_replace_spares_the_week_of_which_a_line_is_refused(known: Desk) -> None:
    head = ROSTERS.splitlines()[0]
    report = known.load("rosters", f"{head}\ndr-1,mon,9:00,13:00,30,4,1,,\ndr-1,tue,9:00,noon,30,4,1,,\n", replace=True)
    assert (report.removed, len(report.refused)) == (0, 1)
    assert known.count(Roster) == 3


def test_free_sessions_follow_what_is_loaded(known: Desk) -> None:
    known.db.call(make_windows, MONDAY, 14)
    report = known.load("rosters", ROSTERS.replace("9:00,13:00", "9:00,12:00"))
    assert (report.followed.removed, report.followed.made) == (1, 1)  # the first Monday has begun
    report = known.load("holidays", "date,name_bn,name_en\n30-11-2026,ছুটি,Holiday\n")
    assert report.followed.removed == 1
    assert (date(2026, 11, 30),) not in known.rows(Session.date)


def test_many_doctors_change_in_parts_and_all_of_them(known: Desk) -> None:
    many = range(70)
    head, line = DOCTORS.splitlines()[:2]
    known.load("doctors", "\n".join([head, *(line.replace("dr-1", f"more-{n}") for n in many)]))
    head = ROSTERS.splitlines()[0]
    week = "\n".join([head, *(f"more-{n},tue,9:00,13:00,30,4,1,," for n in many)])
    known.load("rosters", week)
    known.db.call(make_windows, MONDAY, 9)
    report = known.load("rosters", week.replace(",4,1", ",5,2"))
    assert (counts(report), report.followed.removed, report.followed.made) == ((0, 70, 0), 140, 140)  # two Tuesdays
    assert known.rows(Roster.capacity).count((5,)) == 70
