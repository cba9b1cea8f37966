"""When a child is expected: "pregnant 7 mas", "30 weeks", "LMP 12 May", "EDD 3 March", "শেষ মাসিক ১২ মে"."""

from __future__ import annotations

from datetime import date, timedelta

import regex

from nlu.normal import composed

TERM = timedelta(days=280)
"""From the first day of the last period to the expected date of delivery (Naegele)."""
MONTHS_AT_MOST, WEEKS_AT_MOST = 10, 43
DAYS_A_MONTH = 30.4
_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
LATE = timedelta(days=21)
"""So long after the expected day somebody may still be expecting."""

_END = r"(?![\p{L}\p{M}])"
_WORD = (
    r"(?:pregnant|pregnent|pregnet|pregnancy|preg|gorbhoboti|garbhabati|gorvoboti|poyati|"
    r"pete (?:bach+a|bacch?a|bachcha)|antosotta|"
    r"গর্ভবতী|পোয়াতি|অন্তঃসত্ত্বা|পেটে বাচ্চা|গর্ভে|anc)" + _END + r"(?:\s*(?:ache|achhe|আছে|hoyeche))?"
)
_AMOUNT = (
    r"(?P<n>\d{1,2})\s*(?:(?P<month>ma+s(?:er)?|মাস(?:ের)?|months?|mo)|(?P<week>soptaho?(?:r)?|saptaho?(?:r)?|hopta(?:r)?|সপ্তাহ(?:ের)?|weeks?|wks?|w))"
    + _END + r"(?:\s*(?:cholche|chalche|চলছে|running))?"
)  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january জানুয়ারি জানুয়ারী", "feb february ফেব্রুয়ারি ফেব্রুয়ারী", "mar march মার্চ", "apr april এপ্রিল",
            "may মে", "jun june জুন", "jul july জুলাই", "aug august আগস্ট অগাস্ট", "sep sept september সেপ্টেম্বর",
            "oct october অক্টোবর", "nov november নভেম্বর", "dec december ডিসেম্বর",
        ), 1,
    )
    for name in composed(names).split()
}  # fmt: skip
_DAY = (
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th|ই|শে|রা|লা|ঠা)?\s*(?:[/.-]\s*(?P<m>\d{1,2})(?:[/.-](?P<y>\d{4}|\d{2}))?|\s(?P<name>"
    + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")" + _END + r"(?:\s*,?\s*(?P<y2>20\d\d))?))"
)  # fmt: skip
_LMP_WORDS = r"lmp|l\.m\.p\.?|last period|shesh mas[iy]+k|শেষ মাসিক"
_EDD_WORDS = r"edd|e\.d\.d\.?|due(?: date)?|delivery(?: date)?|প্রসবের তারিখ|ডেলিভারি|ইডিডি"
_ON = rf"\s*(?:er date|date|তারিখ|tarikh)?\s*:?\s*{_DAY}"
_LMP = regex.compile(composed(rf"(?<![\p{{L}}])(?:{_LMP_WORDS}){_ON}"), regex.I)
_EDD = regex.compile(composed(rf"(?<![\p{{L}}])(?:{_EDD_WORDS}){_ON}"), regex.I)
_BEFORE = regex.compile(composed(rf"{_AMOUNT}\s*{_WORD}"), regex.I)
_AFTER = regex.compile(composed(rf"{_WORD}\W{{0,3}}{_AMOUNT}"), regex.I)
_BARE = regex.compile(composed(rf"(?<![\p{{L}}]){_WORD}"), regex.I)
_NOT = regex.compile(composed(rf"(?:not |no ){_WORD}|{_WORD}\s*(?:noy|na|নয়|না|নেই)" + _END), regex.I)


def due_date(part: str, today: date) -> tuple[date | None, bool, str]:
    """The expected date, whether a pregnancy is told at all, and the part without what told it."""
    part = composed(part)
    denied = _NOT.sub(" ", part)
    if denied != part:
        return None, False, denied
    for form, reckon in ((_LMP, _from_lmp), (_EDD, _from_edd)):
        if (found := form.search(part)) and (day := reckon(found, today)):
            return day, True, _BARE.sub(" ", part.replace(found[0], " ", 1))
    for form in (_AFTER, _BEFORE):
        if (found := form.search(part)) and (day := _from_amount(found, today)):
            return day, True, _BARE.sub(" ", part.replace(found[0], " ", 1))
    bare, told = _BARE.subn(" ", part)
    return None, bool(told), bare


def a_due_date(text: str, today: date) -> date | None:
    """The expected date told where it was asked for: all of the above, and a bare day ("3 March") or "7 months"."""
    text = composed(text).translate(_DIGITS)
    day, _, _ = due_date(text, today)
    if day:
        return day
    if found := regex.search(composed(_DAY), text, regex.I):
        return _from_edd(found, today) or _from_lmp(found, today)
    found = regex.search(composed(_AMOUNT), text, regex.I)
    return _from_amount(found, today) if found else None


def _from_amount(found: regex.Match[str], today: date) -> date | None:
    number = int(found["n"])
    if found["week"]:
        return today + TERM - timedelta(weeks=number) if 0 < number <= WEEKS_AT_MOST else None
    return today + TERM - timedelta(days=round(number * DAYS_A_MONTH)) if 0 < number <= MONTHS_AT_MOST else None


def _from_lmp(found: regex.Match[str], today: date) -> date | None:
    day = _day(found, today, back=True)
    return day + TERM if day and day <= today <= day + TERM + LATE else None


def _from_edd(found: regex.Match[str], today: date) -> date | None:
    day = _day(found, today, back=False)
    return day if day and today - LATE <= day <= today + TERM else None


def _day(found: regex.Match[str], today: date, back: bool) -> date | None:
    """The day meant: the last one before today, or the next one, where no year is written."""
    month = int(found["m"]) if found["m"] else _MONTHS[found["name"].lower()]
    year = found["y"] or found["y2"]
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, int(found["d"]))
    years = (today.year, today.year - 1) if back else (today.year, today.year + 1)
    days = [day for one in years if (day := _date(one, month, int(found["d"])))]
    fit = [day for day in days if (day <= today if back else day >= today - LATE)]
    return fit[0] if fit else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
