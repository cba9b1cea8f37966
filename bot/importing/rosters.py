"""Lines of a roster: weekly hours, and single days that are not as usual; none over another of the same doctor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from bot.importing.cells import BadCell, clock
from bot.importing.lines import BadLine, Entry, Values, made_id
from bot.importing.sheet import Refused
from storage.tables import Roster, RosterException

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AWAY = frozenset({"away", "off", "leave", "ছুটি", "নেই"})
USUAL = frozenset({"usual", "as usual", "আগের মতো", "যেমন থাকে"})
WINDOW = ("slot_minutes", "capacity", "reserved")
WEEK = 7 * 24 * 60
ALWAYS = (date.min, date.max)


@dataclass(frozen=True)
class Hours:
    """Hours of one doctor, to be held against others: minutes from `begins` on, week by week or once."""

    said: str  # how they are called in a report
    weekly: bool
    begins: int
    ends: int
    days: tuple[date, date] = ALWAYS


def reader(usual: Iterable[Values]) -> Callable[[int, Values], Entry]:
    """What makes the entry of a line. `usual`: the weekly rows there are, for days that say only other hours."""
    week: dict[str, dict[int, Values]] = defaultdict(dict)
    for row in usual:
        week[row["doctor_id"]].setdefault(row["weekday"], row)

    def entry(line: int, values: Values) -> Entry:
        weekday, day = values.get("weekday"), values.get("date")
        if (weekday is None) == (day is None):
            both = "both a weekday and a date" if day else "neither a weekday nor a date"
            raise BadLine("weekday", f"the line has {both}", "write one of them")
        if day is None:
            made = _weekly(line, values)
            week[values["doctor_id"]].setdefault(made.row["weekday"], made.row)
            return made
        return _single(line, values, week[values["doctor_id"]])

    return entry


def without_overlaps(entries: Iterable[Entry], stored: list[Entry], refused: list[Refused]) -> Iterator[Entry]:
    """The entries whose hours lie over no others of their doctor, in the file (the first stays) or in `stored`.

    A stored entry that a line of the file replaces does not count.
    """
    new = list(entries)
    replaced = {entry.key for entry in new} | {_day(entry) for entry in new if entry.table is RosterException}
    taken: dict[str, list[Hours]] = defaultdict(list)
    for entry in stored:
        if entry.key not in replaced and _day(entry) not in replaced and (hours := _hours(entry)):
            taken[entry.row["doctor_id"]].append(replace(hours, said=f"{hours.said}, which is in the database"))
    days: dict[tuple[Any, ...], Entry] = {}
    for entry in new:
        hours = _hours(entry)
        same = days.setdefault(_day(entry), entry) if _day(entry) else entry
        if same is not entry and (same.row["starts"] is None or hours is None):
            wrong = f"line {same.line} says something else of that day"
            refused.append(Refused(entry.line, "starts", wrong, "say either away, or usual, or the hours"))
            continue
        over = hours and next((other for other in taken[entry.row["doctor_id"]] if _overlap(hours, other)), None)
        if hours and over:
            refused.append(Refused(entry.line, "starts", f"lies over {over.said}", _mend(over)))
            continue
        if hours:
            taken[entry.row["doctor_id"]].append(replace(hours, said=f"line {entry.line}: {hours.said}"))
        yield entry


def stored_entry(table: Any, row: Values) -> Entry:
    """A row of the database as the entry that would have made it."""
    if table is Roster:
        return Entry(0, Roster, (row["doctor_id"], row["weekday"], row["starts"]), row)
    return Entry(0, RosterException, (row["doctor_id"], row["date"], row["starts"]), row)


def _weekly(line: int, values: Values) -> Entry:
    starts, ends = _times(values)
    row = {"doctor_id": values["doctor_id"], "weekday": values["weekday"], "starts": starts, "ends": ends}
    row |= _window(values, {}) | {name: values.get(name) for name in ("from_date", "to_date")}
    if row["from_date"] and row["to_date"] and row["to_date"] < row["from_date"]:
        raise BadLine("to_date", "lies before from_date", "change one of them")
    _check(row)
    id = made_id(row["doctor_id"], str(row["weekday"]), f"{starts:%H%M}")
    return Entry(line, Roster, (row["doctor_id"], row["weekday"], starts), row | {"id": id})


def _single(line: int, values: Values, week: dict[int, Values]) -> Entry:
    """Of one day. Away and usual say all there is to say of the day, so no other line may speak of it."""
    doctor_id, day, word = values["doctor_id"], values["date"], values["starts"].casefold()
    if values.get("from_date") or values.get("to_date"):
        raise BadLine("from_date", "a line of a single day holds on that day", "leave from_date and to_date empty")
    row: Values = {"doctor_id": doctor_id, "date": day, "starts": None, "ends": None}
    if word in AWAY | USUAL:
        row |= dict.fromkeys(WINDOW) | {"id": made_id(doctor_id, f"{day:%y%m%d}", "away")}
        return Entry(line, RosterException, (doctor_id, day, "usual" if word in USUAL else None), row)
    starts, ends = _times(values)
    row |= {"starts": starts, "ends": ends}
    row |= _window(values, week.get(day.weekday()) or next(iter(week.values()), {}))
    _check(row)
    row["id"] = made_id(doctor_id, f"{day:%y%m%d}", f"{starts:%H%M}")
    return Entry(line, RosterException, (doctor_id, day, starts), row)


def _times(values: Values) -> tuple[time, time]:
    if values.get("ends") is None:
        raise BadLine("ends", "is empty", "write the end, such as 13:00")
    read: list[time] = []
    for name in ("starts", "ends"):
        try:
            read.append(clock(values[name]))
        except BadCell as error:
            away = "" if values.get("date") is None or name == "ends" else "; or away, or usual"
            raise BadLine(name, str(error), f"{error.mend}{away}") from None
    if read[0] == read[1]:
        raise BadLine("ends", "is the same as starts", "write the end of the sitting")
    return read[0], read[1]


def _window(values: Values, usual: Values) -> Values:
    window = {name: values[name] if values.get(name) is not None else usual.get(name) for name in WINDOW}
    for name in ("slot_minutes", "capacity"):
        if window[name] is None:
            raise BadLine(name, "is empty", "write it, such as 30" if name == "slot_minutes" else "write it, such as 4")
    return window | {"reserved": window["reserved"] or 0}


def _check(row: Values) -> None:
    if row["reserved"] > row["capacity"]:
        raise BadLine("reserved", f"is more than the capacity of {row['capacity']}", "keep at most so many")
    minutes = (_minutes(row["ends"]) - _minutes(row["starts"])) % (24 * 60)
    if minutes < row["slot_minutes"]:
        wrong = f"the sitting of {minutes} minutes is shorter than a window of {row['slot_minutes']}"
        raise BadLine("slot_minutes", wrong, "make the window shorter or the sitting longer")


def _day(entry: Entry) -> tuple[Any, ...]:
    """The day that an entry of a single day speaks of: what stood for that day no longer counts."""
    return ("day", entry.row["doctor_id"], entry.row["date"]) if entry.table is RosterException else ()


def _hours(entry: Entry) -> Hours | None:
    row = entry.row
    if row["starts"] is None:
        return None
    length = (_minutes(row["ends"]) - _minutes(row["starts"])) % (24 * 60) or 24 * 60
    clock_ = f"{row['starts']:%H:%M}-{row['ends']:%H:%M}"
    if entry.table is Roster:
        begins = row["weekday"] * 24 * 60 + _minutes(row["starts"])
        days = (row["from_date"] or date.min, row["to_date"] or date.max)
        return Hours(f"{DAYS[row['weekday']]} {clock_}", True, begins, begins + length, days)
    begins = row["date"].toordinal() * 24 * 60 + _minutes(row["starts"])
    return Hours(f"{row['date']} {clock_}", False, begins, begins + length)


def _overlap(one: Hours, other: Hours) -> bool:
    """A single day stands in place of the week's, so only like is held against like."""
    if one.weekly != other.weekly or one.days[0] > other.days[1] or other.days[0] > one.days[1]:
        return False
    turns = (-WEEK, 0, WEEK) if one.weekly else (0,)
    return any(one.begins + turn < other.ends and other.begins < one.ends + turn for turn in turns)


def _mend(over: Hours) -> str:
    if over.said.startswith("line"):
        return "a doctor sits in one place at a time: change one of the two lines"
    return "change the hours, or import the file with --replace if it holds the whole week of its doctors"


def _minutes(clock_: time) -> int:
    return clock_.hour * 60 + clock_.minute
