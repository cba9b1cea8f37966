"""Moments in words: dates, times of day and spans, as they are said in West Bengal; names from Babel."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from flows.heard import Language
from flows.texts import bengali_digits

ZONE = ZoneInfo("Asia/Kolkata")
_PARTS = ((4, "রাত"), (6, "ভোর"), (12, "সকাল"), (15, "দুপুর"), (18, "বিকেল"), (20, "সন্ধ্যা"), (24, "রাত"))
"""Hour before which the part of the day lasts."""
_AS_WRITTEN = {"জানুয়ারী": "জানুয়ারি", "ফেব্রুয়ারী": "ফেব্রুয়ারি"}
"""Babel's spelling -> that of the Bangla Akademi, which calendars in West Bengal print."""
_NEAR = {("bn", 0): "আজ", ("bn", 1): "আগামীকাল", ("en", 0): "today", ("en", 1): "tomorrow"}

_SHORT_NEAR = _NEAR | {("bn", 1): "কাল"}
_TA = {"২": "টো", "৩": "টে", "৪": "টে"}


def local(iso: str) -> datetime:
    """An ISO date-time in Asia/Kolkata; without a zone it is taken to be there already."""
    moment = datetime.fromisoformat(iso)
    return moment.astimezone(ZONE) if moment.tzinfo else moment.replace(tzinfo=ZONE)


def at_words(lang: Language, iso: str, now: str | None = None) -> str:
    """As in "মঙ্গলবার, ২৪ নভেম্বর, সকাল ১০:৩০"; with `now`, "আজ" or "আগামীকাল" stands before it where that is so."""
    moment = local(iso)
    words = f"{date_words(lang, moment.date())}, {time_words(lang, moment.time())}"
    near = _NEAR.get((lang, (moment.date() - local(now).date()).days)) if now else None
    return f"{near}, {words}" if near else words


def soon_words(lang: Language, iso: str, now: str) -> str:
    """A moment in as few words as a button holds: "আজ ৪টে", "কাল ১০:৩০", "বুধবার ৯টা", "৪ ডিসেম্বর ৯টা"."""
    moment = local(iso)
    away = (moment.date() - local(now).date()).days
    day = _SHORT_NEAR.get((lang, away)) or (
        _names(lang)[0][moment.weekday()] if away < 7 else date_words(lang, moment.date()).split(" ", 1)[1]
    )
    return f"{day} {_short_time(lang, moment.time())}"


def _short_time(lang: Language, clock: time) -> str:
    """The part of the day is left out where the hour tells it: 7 is the morning's, 1 to 6 the afternoon's."""
    if lang == "en":
        return time_words(lang, clock).replace(":00", "")
    part, twelve = time_words(lang, clock).split()
    if not clock.minute:
        twelve = twelve.split(":")[0]
        twelve += _TA.get(twelve, "টা")
    return twelve if 7 <= clock.hour < 19 else f"{part} {twelve}"


def span_words(lang: Language, start: str, end: str, day: bool = True) -> str:
    """As in "মঙ্গলবার, ২৪ নভেম্বর, সকাল ১০:৩০ - ১১:০০"; without `day`, "সকাল ১০:৩০ - ১১:০০"."""
    first, last = local(start), local(end)
    if first.date() != last.date():
        return f"{at_words(lang, start)} - {at_words(lang, end)}"
    clock = _from_to(lang, first.time(), last.time())
    return f"{date_words(lang, first.date())}, {clock}" if day else clock


def _from_to(lang: Language, start: time, end: time) -> str:
    """The part of the day is said once where both lie in it."""
    one, other = time_words(lang, start), time_words(lang, end)
    if lang == "bn" and one.split()[0] == other.split()[0]:
        other = other.split()[1]
    elif lang == "en" and one[-3:] == other[-3:]:
        one = one[:-3]
    return f"{one} - {other}"


def date_words(lang: Language, day: date, year: bool = False) -> str:
    """As in "মঙ্গলবার, ২৪ নভেম্বর", "Tuesday 24 November"; `year` says the year too."""
    days, months = _names(lang)
    words = f"{days[day.weekday()]}{',' if lang == 'bn' else ''} {day.day} {months[day.month]}"
    words = f"{words} {day.year}" if year else words
    return bengali_digits(words) if lang == "bn" else words


def time_words(lang: Language, clock: time) -> str:
    """As in "সকাল ১০:৩০", "10:30 am"."""
    twelve = f"{clock.hour % 12 or 12}:{clock.minute:02}"
    if lang == "en":
        return f"{twelve} {'am' if clock.hour < 12 else 'pm'}"
    part = next(name for before, name in _PARTS if clock.hour < before)
    return f"{part} {bengali_digits(twelve)}"


def day_of(iso: str) -> date:
    """The day of an ISO date, or of an ISO date-time in Asia/Kolkata."""
    return local(iso).date() if len(iso) > 10 else date.fromisoformat(iso)


def time_of(iso: str) -> time:
    """The time of day of an ISO date-time in Asia/Kolkata, or of "10:30"."""
    return local(iso).time() if "T" in iso or len(iso) > 8 else time.fromisoformat(iso)


def evening_before(moment: datetime) -> datetime:
    """Six in the evening of the day before."""
    return datetime.combine(moment.astimezone(ZONE).date() - timedelta(days=1), time(18), ZONE)


@cache
def _names(lang: Language) -> tuple[dict[int, str], dict[int, str]]:
    from babel.dates import get_day_names, get_month_names  # a third of a second: not before the first date

    days = {place: str(name) for place, name in get_day_names("wide", locale=lang).items()}
    months = {place: str(name) for place, name in get_month_names("wide", locale=lang).items()}
    return days, {place: _AS_WRITTEN.get(name, name) for place, name in months.items()}
