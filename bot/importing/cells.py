"""One cell of a file -> its value, in the ways in which people write it; or what is wrong and how to mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time

from flows.texts import texts

LONGEST = 200
"""Letters of a name or an address."""

_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_BENGALI = re.compile("[\u0980-\u09ff]")
_LATIN = re.compile("[A-Za-z]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,12})?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.]00)? ?([ap]\.?m\.?)?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9][0-9 -]{1,18}[0-9]")
_WEEKDAYS = {
    name: number
    for number, names in enumerate((
        "monday mon সোমবার সোম", "tuesday tue tues মঙ্গলবার মঙ্গল", "wednesday wed বুধবার বুধ",
        "thursday thu thur thurs বৃহস্পতিবার বৃহস্পতি", "friday fri শুক্রবার শুক্র", "saturday sat শনিবার শনি",
        "sunday sun রবিবার রবি",
    ))
    for name in (*names.split(), str(number))
}  # fmt: skip
_YES = frozenset({"yes", "y", "true", "1", "হ্যাঁ", "হাঁ", "আছে"})
_NO = frozenset({"no", "n", "false", "0", "না", "নেই"})
WEST_BENGAL = {"lat": (21.4, 27.3), "lon": (85.8, 89.95)}
"""Degrees between which the state lies."""


class BadCell(ValueError):
    """A cell that cannot be; `mend` says what to write instead."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(wrong)
        self.mend = mend


def clean(text: str) -> str:
    """Without stray spaces, its letters composed. Raises BadCell for what no name holds."""
    text = " ".join(unicodedata.normalize("NFC", text).replace("\ufeff", "").split())
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co") or letter == "\ufffd" for letter in text):
        raise BadCell(f"{shown(text)} holds signs that cannot be read", "write it again by hand")
    return text


def shown(text: str) -> str:
    """A cell as it is said in a report: short, on one line."""
    return f'"{text[:40]}..."' if len(text) > 40 else f'"{text}"'


def id_(text: str) -> str:
    """Whatever the file's maker calls it: letters, digits, and . _ - between."""
    if not _ID.fullmatch(text):
        raise BadCell(f"{shown(text)} is no id", "use up to 40 letters a-z, digits and . _ - such as hub-bardhaman-1")
    return text


def words(text: str) -> str:
    """A line of text in either language."""
    if len(text) > LONGEST:
        raise BadCell(f"{shown(text)} has {len(text)} letters", f"use at most {LONGEST}")
    return text


def bengali(text: str) -> str:
    """A name in Bengali letters."""
    if not _BENGALI.search(text):
        raise BadCell(f"{shown(text)} has no Bengali letters", "write the Bengali name here")
    return words(text)


def english(text: str) -> str:
    """A name in Latin letters."""
    if _BENGALI.search(text) or not _LATIN.search(text):
        raise BadCell(f"{shown(text)} is not in English letters", "write the English name here")
    return words(text)


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number between these."""

    def read(text: str) -> int:
        number = _number(text)
        if number is None or number != int(number) or not least <= number <= most:
            raise BadCell(f"{shown(text)} is no whole number from {least} to {most}", f"write for example {least}")
        return int(number)

    return read


def degrees(axis: str) -> Callable[[str], float]:
    """A latitude ("lat") or longitude ("lon") in West Bengal, in decimal degrees."""
    least, most = WEST_BENGAL[axis]
    other_least, other_most = WEST_BENGAL["lon" if axis == "lat" else "lat"]

    def read(text: str) -> float:
        number = _number(text.replace(",", ".").removesuffix("°"))
        if number is None:
            raise BadCell(f"{shown(text)} is no number", "write decimal degrees, such as 23.2405")
        if not least <= number <= most:
            swapped = other_least <= number <= other_most
            mend = "lat and lon seem to be swapped" if swapped else f"it lies between {least} and {most}"
            raise BadCell(f"{shown(text)} lies outside West Bengal", mend)
        return number

    return read


def day(text: str) -> date:
    """A date: 2026-11-25, 25/11/2026 or 25-11-2026, the day first."""
    found = _DATE.fullmatch(text.translate(_DIGITS))
    if found:
        year, month, number = found[1] or found[6], found[2] or found[5], found[3] or found[4]
        try:
            read = date(int(year), int(month), int(number))
        except ValueError:
            raise BadCell(f"{shown(text)} is not in the calendar", "write day, month, year: 25/11/2026") from None
        if 2000 <= read.year <= 2100:
            return read
    raise BadCell(f"{shown(text)} is no date", "write it as 2026-11-25 or 25/11/2026")


def clock(text: str) -> time:
    """A time of day: 9:00, 09.30, 9am, 9:30 pm; 24:00 is midnight."""
    found = _TIME.fullmatch(text.translate(_DIGITS))
    if found and (found[2] or found[3]):
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()[:1]
        if (hour, minute, half) == (24, 0, ""):
            return time(0)
        if half and not 1 <= hour <= 12:
            hour = 99
        hour = hour % 12 + 12 * (half == "p") if half and hour != 99 else hour
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise BadCell(f"{shown(text)} is no time of day", "write it as 9:00, 14:30 or 9am")


def weekday(text: str) -> int:
    """0 Monday .. 6 Sunday, from mon, Monday, সোমবার or the number."""
    number = _WEEKDAYS.get(text.translate(_DIGITS).casefold().removesuffix("."))
    if number is None:
        raise BadCell(f"{shown(text)} is no day of the week", "write mon, Monday, সোমবার or 0 (Monday) to 6 (Sunday)")
    return number


def yes_no(text: str) -> bool:
    """yes or no, হ্যাঁ or না."""
    said = text.translate(_DIGITS).casefold()
    if said not in _YES | _NO:
        raise BadCell(f"{shown(text)} is neither yes nor no", "write yes or no")
    return said in _YES


def phone(text: str) -> str:
    """A telephone number with its code."""
    number = text.translate(_DIGITS)
    if not _PHONE.fullmatch(number):
        mend = "write the digits alone, such as 0342-2625800; format the column as text, so that none is lost"
        raise BadCell(f"{shown(text)} is no telephone number", mend)
    return number


def one_of(choices: tuple[str, ...], named: str = "") -> Callable[[str], str]:
    """One of these words, or (`named`) its name in the texts `named.<word>`, in either language."""
    known = {_plain(choice): choice for choice in choices}
    if named:
        known |= {_plain(name): choice for choice in choices for name in _names(f"{named}.{choice}")}

    def read(text: str) -> str:
        found = known.get(_plain(text))
        if found is None:
            raise BadCell(f"{shown(text)} is not known", f"write one of: {', '.join(choices)}")
        return found

    return read


def _names(text_id: str) -> tuple[str, str]:
    named = texts()[text_id]
    return named.bn, named.en


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.casefold()).strip()


def _number(text: str) -> float | None:
    plain = text.translate(_DIGITS)
    return float(plain) if _NUMBER.fullmatch(plain) else None
