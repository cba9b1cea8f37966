"""Dates and times of day for a booking: কাল, সামনের সোমবার, ২৫ তারিখ, সাড়ে দশটায়, next wed 4pm. They look ahead."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from flows.heard import PartOfDay
from nlu.line import Line
from nlu.numbers import Amount
from nlu.values import Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS: tuple[PartOfDay, ...] = ("morning", "noon", "afternoon", "evening", "night")
_SIMPLE = (("third_day", 3), ("after_tomorrow", 2), ("tomorrow", 1), ("tomorrow_or_yesterday", 1), ("today", 0))


def part_of_day(line: Line) -> PartOfDay | None:
    """The part of the day that was named."""
    return next((part for part in _PARTS if line.said(part)), None)


def day_named(line: Line, numbers: list[Amount], found: list[Span], today: date) -> date | None:
    """The day that was named, today or later; None if none was, or one that is past."""
    for read in (_written_date, _weekday, _of_month, _after):
        if (day := read(line, numbers, found, today)) is not None:
            return day if day >= today else None
    for code, days in _SIMPLE:
        if line.said(code):
            return today + timedelta(days)
    return None


def _written_date(line: Line, numbers: list[Amount], found: list[Span], today: date) -> date | None:
    """25/11, 25-11-2026, 2026-11-25, 25 nov, ২৫শে নভেম্বর, Nov 25."""
    digits = [(at, word) for at, word in enumerate(line.words) if word.kind == "number"]
    for first, second in pairwise(digits):
        third = next(((at, word) for at, word in digits if at == second[0] + 2), None)
        joined = second[0] == first[0] + 2 and line.words[first[0] + 1].text in ("/", "-", ".")
        if joined and third and line.words[second[0] + 1].text == line.words[first[0] + 1].text:
            return _whole_date(int(first[1].value or 0), int(second[1].value or 0), int(third[1].value or 0))
        if (
            joined
            and not line.begins(second[0] + 1, "day", "week", "month", "year")
            and not line.has(first[0] - 1, "pressure_word")
        ):
            day = _coming(int(first[1].value or 0), int(second[1].value or 0), today)
            if day and line.words[first[0] + 1].text == "/":
                return day
    for place in line.cued:
        for number, month in enumerate(_MONTHS, 1):
            if end := line.begins(place, month):
                near = [a for a in numbers if 1 <= a.high <= 31 and a.sign != ":"]
                before = [a for a in near if place - 3 <= a.start < place]
                if beside := before or [a for a in near if end <= a.start <= end + 1]:
                    return _coming(int(beside[0].high), number, today)
    return None


def _whole_date(first: int, second: int, third: int) -> date | None:
    year, month, day = (first, second, third) if first > 31 else (third, second, first)
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _coming(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _refused(line: Line, place: int) -> bool:
    """ "Not Wednesday, Thursday", "বুধবার পারব না, বৃহস্পতিবার দিন": a day that is said only to be ruled out."""
    if line.has(place - 1, "no_before"):
        return True
    for at in range(place + 1, min(len(line.words), place + 5)):
        if line.words[at].kind in ("mark", "comma") or any(line.begins(at, name) for name in WEEKDAYS):
            return False
        if line.has(at, "not", "is_not", "no_after") and line.words[at - 1].text not in _PLEASE:
            return True
    return False


_PLEASE = frozenset("দিন দাও করুন করো দিয়ে din dao dau korun koro".split())
"""Behind these না begs: "রবিবার করে দিন না"."""


def _weekday(line: Line, numbers: list[Amount], found: list[Span], today: date) -> date | None:
    for place in line.cued:
        for number, name in enumerate(WEEKDAYS):
            if line.begins(place, name) and not _refused(line, place):
                return today + timedelta((number - today.weekday()) % 7 or 7)
    if any(word.text == "sat" for word in line.words) and line.said("next", "book_appointment"):
        return today + timedelta((5 - today.weekday()) % 7 or 7)
    return None


def _of_month(line: Line, numbers: list[Amount], found: list[Span], today: date) -> date | None:
    """২৫ তারিখ, 25th, ২৫শে."""
    for amount in numbers:
        tail = line.words[amount.end].text if amount.end < len(line.words) else ""
        marked = (
            line.begins(amount.end, "date_word")
            or line.has(amount.start - 1, "date_word")
            or tail in ("th", "st", "nd", "rd", "শে", "ই", "শা", "she", "shey")
        )
        if marked and 1 <= amount.high <= 31 and amount.high == int(amount.high) and not line.said("number_word"):
            return _next_of_month(int(amount.high), today)
    return None


def _next_of_month(day: int, today: date) -> date | None:
    year, month = today.year, today.month
    for _ in range(13):
        try:
            found = date(year, month, day)
            if found >= today:
                return found
        except ValueError:
            pass
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None


def _after(line: Line, numbers: list[Amount], found: list[Span], today: date) -> date | None:
    """৩ দিন পর, in two weeks, next week, সামনের সপ্তাহে."""
    for span in found:
        if span.kind == "later" and span.unit in ("day", "week", "month"):
            return today + timedelta(int(span.amount.high * {"day": 1, "week": 7, "month": 30}[span.unit]))
    for place in line.cued:
        if line.has(place, "next") and line.begins(place + 1, "week"):
            return today + timedelta(7)
    if any(line.begins(at, "week") and line.begins(at + 1, "later") for at in line.cued):
        return today + timedelta(7)
    return None


def time_named(line: Line, numbers: list[Amount], found: list[Span], sure: bool) -> time | None:
    """The time of day that was named. `sure`: a day or part of the day stands with it, so "4" alone may be one too."""
    taken = {span.amount.start for span in found}
    part = part_of_day(line)
    for amount in numbers:
        if (
            amount.start in taken
            or not 0 < amount.low < 25
            or line.begins(amount.end, "date_word", "times", "number_word", *_MONTHS)
        ):
            continue
        if (read := _clock(line, amount, part, sure)) is not None:
            return read
    return None


_A = ("একটা", "ekta", "akta")
"""One o'clock by itself; in a sentence it is "a"."""


def _clock(line: Line, amount: Amount, part: PartOfDay | None, sure: bool) -> time | None:
    hour, minute = _hour_and_minute(line, amount)
    half = next(
        (
            line.words[at].text
            for at in range(amount.end, min(len(line.words), amount.end + 2))
            if line.has(at, "am", "pm")
        ),
        None,
    )
    spoken = line.words[amount.start].text if amount.end - amount.start == 1 else ""
    ends_in_clock = (
        spoken.endswith(("টা", "টে", "টায়", "টেয়", "টার", "টের", "টাতে", "ta", "tay", "te", "tai")) and not spoken.isdigit()
    )
    if spoken in _A and part not in ("noon", "night") and len(line.words) > 2 and not line.begins(amount.end, "clock"):
        return None
    clock = line.begins(amount.end, "clock") or ends_in_clock or amount.sign == ":" or half
    fraction = line.has(amount.start, "half_before", "quarter_to", "quarter_past", "half_past")
    near = (amount.start - 1, amount.start - 2, *range(amount.end, amount.end + 3))
    part_beside = any(line.has(at, *_PARTS) for at in near)
    if line.begins(amount.end, "times") or not (
        half
        or amount.sign == ":"
        or fraction
        or (clock and (sure or part))
        or (part_beside and not amount.doubtful)
        or (line.words[amount.start - 1].text == "at" and amount.start and sure)
    ):
        return None
    return _on_the_clock(hour, minute, half, part)


def _hour_and_minute(line: Line, amount: Amount) -> tuple[int, int]:
    if amount.sign == ":":
        return int(amount.low), int(amount.high)
    word = line.words[amount.start]
    if word.kind == "number" and "." in word.text and amount.end - amount.start == 1:
        whole, part = word.text.split(".")
        return int(whole), int(part.ljust(2, "0")[:2])
    hour = int(amount.low)
    minute = round((amount.low - hour) * 60)
    after = amount.end + 1 if line.begins(amount.end, "clock") else amount.end
    follows = line.words[after] if after < len(line.words) else None
    if (
        not minute
        and follows is not None
        and follows.kind == "number"
        and follows.value in (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55)
        and after > amount.end
    ):
        minute = int(follows.value or 0)
    return hour, minute


def _on_the_clock(hour: int, minute: int, half: str | None, part: PartOfDay | None) -> time | None:
    """The hour of the day. Without am, pm or a part of the day: health centres are open from 7 to 18."""
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        return None
    if (
        half == "pm"
        or (half is None and part in ("afternoon", "evening") and hour < 12)
        or (part == "night" and half is None and 6 <= hour < 12)
    ):
        hour = hour + 12 if hour < 12 else hour
    elif half == "am":
        hour %= 12
    elif (part == "noon" and hour < 6) or (part is None and 1 <= hour <= 6):
        hour += 12
    return time(hour % 24, minute)


def when(line: Line, numbers: list[Amount], found: list[Span], local: datetime) -> str | None:
    """ISO date, or date and time, that was asked for; a time alone means its next coming."""
    day = day_named(line, numbers, found, local.date())
    part = part_of_day(line)
    at = time_named(
        line,
        numbers,
        found,
        sure=day is not None
        or part is not None
        or line.said("book_appointment", "reschedule_appointment")
        or len(line.words) <= 4,
    )
    if day is None and at is None:
        return None
    if day is None and at is not None:
        day = local.date() if at > local.time() else local.date() + timedelta(1)
    if day is None:
        return None
    return datetime.combine(day, at).isoformat(timespec="minutes") if at else day.isoformat()
