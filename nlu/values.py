"""Ages, durations and weeks of pregnancy: what the numbers beside a unit of time mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from math import floor

from nlu.line import Line
from nlu.numbers import Amount, value_of

DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0}
YEARS = {"day": 1 / 365.25, "week": 7 / 365.25, "month": 1 / 12, "year": 1.0}
_WEEKS_A_MONTH = 4.345
_KIN = (
    "son",
    "daughter",
    "child",
    "mother",
    "father",
    "wife",
    "husband",
    "other_woman",
    "other_man",
    "woman",
    "man",
    "patient",
)
_ENGLISH_UNITS = frozenset("day days week weeks month months mth mths year years yr yrs".split())
"""Behind these "age" is the English word; behind a Bengali unit it is আগে, "ago"."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


_DAYS_BACK = {
    "before_yesterday": 2,
    "last_night": 1,
    "yesterday": 1,
    "after_tomorrow": 2,
    "tomorrow_or_yesterday": 1,
    "today": 0,
    "morning": 0,
    "noon": 0,
    "afternoon": 0,
}
_OTHER_DAYS = ("night", "evening", *_WEEKDAYS)


@dataclass(frozen=True)
class Span:
    """A number with its unit of time: where it stands, and what it is taken for."""

    amount: Amount
    unit: str
    end: int
    kind: str  # age, duration, pregnancy, later, often


def spans(line: Line, numbers: list[Amount]) -> list[Span]:
    """Every number with a unit of time behind it."""
    found = []
    for amount in numbers:
        unit = next((unit for unit in DAYS if line.begins(amount.end, unit)), None)
        place = amount.end
        if (
            unit is None
            and line.words[place : place + 1]
            and line.words[place].text
            in ("টা", "টি", "টে", "ta", "ti", "-", "an", "a", "of", "nights", "rd", "th", "nd", "st")
        ):
            place += 1
            unit = next((unit for unit in DAYS if line.begins(place, unit)), None)
        if unit is None and _months_for_short(line, amount):
            found.append(Span(amount, "month", amount.end + 1, "age"))
        if unit:
            end = line.begins(place, unit)
            found.append(Span(amount, unit, end, _kind(line, amount, unit, place, end)))
    return [_first_part(span, found[at + 1 : at + 2]) for at, span in enumerate(found)]


def _months_for_short(line: Line, amount: Amount) -> bool:
    """ "6m baby": the m is of months, not of a male."""
    short = amount.end < len(line.words) and line.words[amount.end].text in ("m", "mo")
    return short and amount.high <= 36 and line.has(amount.end + 1, "son", "daughter", "child", "age_word")


def _first_part(span: Span, following: list[Span]) -> Span:
    """ "২ বছর ৩ মাসের": what stands right before an age and is counted in a larger unit belongs to it."""
    joins = (
        following
        and following[0].kind == "age"
        and following[0].amount.start <= span.end + 1
        and span.kind == "duration"
    )
    return replace(span, kind="age") if joins and DAYS[span.unit] > DAYS[following[0].unit] else span


def _kind(line: Line, amount: Amount, unit: str, place: int, end: int) -> str:
    """What this length of time is said of."""
    before, after = amount.start - 1, end
    if line.has(before, "each") or line.begins(after, "each") or line.has(before, "times") or unit == "minute":
        return "often" if unit != "minute" or line.has(before, "each") else "duration"
    if line.begins(after, "later") or (line.has(before, "in", "next") and not line.has(before, "occur")):
        return "later"
    if unit in ("month", "week") and _of_pregnancy(line, amount, place, after):
        return "pregnancy"
    if unit in ("day", "week", "month") and any(line.has(at, "born") for at in (before, before - 1, after, after - 1)):
        return "age"
    if unit in YEARS and _of_age(line, amount, unit, place, after):
        return "age"
    return "duration"


_OF_PREGNANCY = frozenset(
    "known_pregnancy waters_broken labour_pain reduced_fetal_movement malpresentation pregnancy_abdominal_pain".split()
)


def _of_pregnancy(line: Line, amount: Amount, place: int, after: int) -> bool:
    if line.has(place, "months_running"):
        return True
    if amount.start and line.words[amount.start - 1].text == "carrying":
        return True
    near = range(max(0, amount.start - 5), min(len(line.words), after + 5))
    if line.has(place, "week") and amount.high >= 5:  # weeks are counted of little else, wherever the belly is named
        near = range(len(line.words))
    if any("missed_period" in line.owners(at) for at in (amount.start - 1, after, after + 1)):
        return False  # "no period for two months" is not yet a pregnancy of two months
    if line.begins(after, "for", "ago") and not line.has(after, "pregnant"):
        return False
    most = 10 if line.has(place, "month") else 43
    return amount.high <= most and any(
        line.has(at, "pregnant") or not _OF_PREGNANCY.isdisjoint(line.owners(at)) for at in near
    )


def _of_age(line: Line, amount: Amount, unit: str, place: int, after: int) -> bool:
    if line.has(after, "ago") and line.words[place].text not in _ENGLISH_UNITS:
        return False
    told_already = any(
        line.has(at, "age_word") and line.words[amount.start - 1].kind == "number"
        for at in (amount.start - 2, amount.start - 3)
    )
    if told_already:
        return False  # "বয়স ৫ চার দিন কাশি": the age is the number before
    if any(line.has(at, "age_word") and not _of_next(line, amount, at) for at in _beside(amount.start, after)):
        return not (line.begins(after, "for", "ago") and not line.has(after, "age_word"))
    if _genitive(line, place) and line.has(after, "son", "daughter", "child"):
        return True
    adult = (
        unit == "year" and amount.high >= 15 and any(line.has(at, *_KIN) for at in (amount.start - 1, amount.start - 2))
    )
    if adult and line.has(after, "last"):
        return True  # "sasuri 65 yrs last week theke": what follows is of the illness
    if unit in ("day", "week") and line.words[amount.start - 1].text in _NEWBORN:
        return True
    if line.begins(after, "for", "ago") or line.has(amount.start - 1, "for") or line.has(amount.start - 1, "last"):
        return False
    if _breaks(line, after) and line.owners(amount.start - 1) and unit == "day":
        return False  # "loose motion 3 days, the child": said of what stands before
    if any(line.has(at, *_KIN) for at in (after, after + 1)) and not line.has(after, "my"):
        return not (unit in ("day", "week") and line.has(after, *_GROWN))
    if unit in ("day", "week") and line.owners(amount.start - 1) and not _genitive(line, place):
        return False
    grown = () if unit == "year" else _GROWN[:4] if _genitive(line, place) else _GROWN  # "নাতি সাত দিনের"
    kin_before = any(line.has(at, *_KIN) and not line.has(at, *grown) for at in (amount.start - 1, amount.start - 2))
    finding_behind = not _breaks(line, after) and any(line.owners(at) for at in (after, after + 1))
    if kin_before and not (unit in ("day", "week") and amount.high > 60) and not (finding_behind and unit == "day"):
        return not _genitive(line, place) or not finding_behind
    if unit == "month" and amount.high <= 36 and not finding_behind and _alone(line, amount.start, after):
        return line.said("son", "daughter", "child")
    stands_out = _genitive(line, place) or amount.high >= 15 or _alone(line, amount.start, after)
    return unit == "year" and amount.high >= 1 and not finding_behind and stands_out


def _breaks(line: Line, place: int) -> bool:
    """Whether a comma or the end stands here."""
    return line.ends(place) or line.words[place].kind == "comma"


_GROWN = ("mother", "father", "wife", "husband", "other_woman", "other_man", "woman", "man")
"""Whose age is not counted in days, weeks or months."""
_NEWBORN = frozenset("newborn নবজাতক সদ্যোজাত সদ্যজাত nobojatok".split())


def _beside(start: int, after: int) -> tuple[int, ...]:
    return (start - 1, start - 2, after, after + 1, after + 2)


def _of_next(line: Line, amount: Amount, place: int) -> bool:
    """ "3 din, boyos 24": whether the word for age behind this number belongs to the next one."""
    behind = line.words[place + 1 : place + 3]
    return place >= amount.end and any(word.kind == "number" for word in behind)


def _alone(line: Line, start: int, after: int) -> bool:
    """ "my girl has fever, 6 years": between commas, said of the person and not of the illness."""
    begins = start == 0 or line.words[start - 1].kind in ("comma", "mark")
    somebody = any(line.has(at, *_KIN) for at in range(len(line.words)))
    return somebody and begins and (line.ends(after) or line.words[after].kind == "comma")


def _genitive(line: Line, place: int) -> bool:
    word = line.words[place].text
    follows = line.words[place + 1].text if place + 1 < len(line.words) else ""
    return (
        word.endswith(("ের", "র", "er", "rer")) and word not in ("year", "বছর", "বৎসর", "bochor", "bochhor", "yr")
    ) or follows in ("er", "এর")


def age_years(line: Line, numbers: list[Amount], found: list[Span], asked: bool) -> float | None:
    """The age of the one who is ill, in years; None if not said. `asked`: the pending question is the age."""
    ages = [span for span in found if span.kind == "age"]
    if not ages and asked:
        ages = [span for span in found if span.unit in YEARS]
    if ages:
        years = sum(s.amount.high * YEARS[s.unit] for s in _together(ages))
        return round(years, 3)
    taken = {span.amount.start for span in found}
    for amount in numbers:
        if amount.start in taken or not 0 < amount.high <= 120:
            continue
        beside = (amount.start - 1, amount.start - 2, amount.end)
        if any(line.has(at, "age_word") for at in beside) and not line.begins(amount.end, "clock", "times"):
            return amount.high
        if _sex_mark(line, amount) or _said_of_person(line, amount):
            return amount.high
    plain = [a for a in numbers if a.start not in taken]
    return plain[0].high if asked and len(plain) == 1 else None


def _together(ages: list[Span]) -> list[Span]:
    """ "2 years 3 months": the parts of one age stand side by side and get smaller."""
    whole = ages[:1]
    for span in ages[1:]:
        if span.amount.start <= whole[-1].end + 1 and DAYS[span.unit] < DAYS[whole[-1].unit]:
            whole.append(span)
    return whole


def _sex_mark(line: Line, amount: Amount) -> bool:
    """ "45/F", "45 F", "M 30", "45 yo"."""
    near = [line.words[at].text for at in (amount.end, amount.end + 1) if at < len(line.words)]
    if near[:1] in (["yo"], ["y"]) or near[:2] == ["/", "f"] or near[:2] == ["/", "m"]:
        return True
    is_fahrenheit = amount.high > 90
    before = line.words[amount.start - 1].text if amount.start else ""
    marked = before in ("m", "f", "male", "female", "im") and not line.begins(amount.end, *DAYS)
    return (near[:1] in (["f"], ["m"]) or marked) and not is_fahrenheit


def _said_of_person(line: Line, amount: Amount) -> bool:
    """ "my mother 62", "she is 62", "I am 45", with nothing counted behind it."""
    before = [word.text for word in line.words[max(0, amount.start - 2) : amount.start]]
    is_said = before[-1:] in (["is"], ["am"], ["aged"]) and before[:1] in (["she"], ["he"], ["i"], ["is"], ["who"])
    last = amount.start - 1 - (amount.start > 0 and line.words[amount.start - 1].kind == "comma")
    of_kin = line.has(last, *_KIN) and amount.high >= 1 and (last == amount.start - 1 or line.ends(amount.end))
    if before[-1:] == ["is"] and line.has(amount.start - 2, *_KIN):
        of_kin = True
    counted = line.begins(amount.end, "times", "clock") or (
        line.words[amount.end : amount.end + 1] and line.words[amount.end].kind == "sign"
    )
    return (is_said or of_kin) and not counted


def newborn_age(line: Line) -> float | None:
    """ "Born today", "just born": nought."""
    words = " ".join(word.text for word in line.words)
    said = ("আজ জন্ম", "আজ হয়েছে বাচ্চা", "সদ্যোজাত", "সদ্যজাত", "আজ জন্মেছে", "aj jonmo", "born today", "aj jonmeche")
    return 0.0 if any(phrase in words for phrase in said) else None


def weeks_pregnant(found: list[Span]) -> float | None:
    """Completed weeks of pregnancy as said, months turned into weeks."""
    for span in found:
        if span.kind == "pregnancy":
            return float(round(span.amount.high * _WEEKS_A_MONTH)) if span.unit == "month" else span.amount.high
    return None


def duration_days(line: Line, numbers: list[Amount], found: list[Span], local: datetime) -> int | None:
    """For how many days, in whole days; None if not said or vague. Of several the first, a chronic one passed over."""
    lengths = [
        (span.amount.start, floor(span.amount.high * DAYS[span.unit] + 1e-6))
        for span in found
        if span.kind == "duration"
    ]
    lengths += _since(line, local)
    lengths += [(at, days) for at, days in _single_unit(line, {span.end for span in found})]
    if not lengths:
        return None
    lengths.sort()
    recent = [days for _, days in lengths if days < 365]
    return recent[0] if recent else lengths[0][1]


def _single_unit(line: Line, taken: set[int]) -> list[tuple[int, int]]:
    """ "A week", "last month", "মাসখানেক", "দিন পনেরো", "just now": lengths without a number before their unit."""
    found = [(place, 0) for place in line.cued if line.begins(place, "moment_ago", "on_waking") and line.findings]
    for place in line.cued:
        unit = next((unit for unit in DAYS if line.begins(place, unit)), None)
        if unit is None or line.begins(place, unit) in taken:
            continue
        times = _some(line, place, line.begins(place, unit))
        if (
            times is None
            and (unit not in ("minute", "hour") or (unit == "hour" and line.findings))
            and _one(line, place)
        ):
            times = 1.0
        if times is not None:
            found.append((place, floor(DAYS[unit] * times + 1e-6)))
    return found


def _one(line: Line, place: int) -> bool:
    """Whether a unit that stands by itself is one of it: "for a week", "since last month", "a fortnight"."""
    before = line.words[place - 1].text if place else ""
    if line.has(place, "fortnight"):
        return True
    if before in ("a", "an", "one"):
        unit_said = len(line.words) <= 2 or line.begins(place + 1, "ago", "for")
        return bool(unit_said) or any(line.has(at, "for", "be") for at in range(max(0, place - 3), place - 1))
    return line.has(place - 1, "last") and (bool(line.begins(place + 1, "for")) or line.has(place - 2, "for"))


_ABOUT = ("খানেক", "khanek", "khanik", "খানিক")
_BEFORE_THE_UNIT = frozenset("one two three four five six seven eight nine ten at do single half".split())
"""English words for numbers, which stand before their unit."""
_ABOUT_SO_MANY = ("েক", "ek", "য়েক", "yek")


def _some(line: Line, place: int, behind: int) -> float | None:
    """ "মাসখানেক", "মাস দুয়েক", "দিন পনেরো": how many of this unit, said behind it; None where none is."""
    follows = line.words[behind] if behind < len(line.words) else None
    if line.words[place].text.endswith(_ABOUT) or (follows is not None and follows.text in _ABOUT):
        return 1.0
    if follows is None or follows.kind not in ("bengali", "latin") or line.begins(behind + 1, *DAYS, "clock", "times"):
        return None
    for tail in ("", *_ABOUT_SO_MANY):
        stem = follows.text.removesuffix(tail)
        value = value_of(stem, follows.kind) if stem and follows.text.endswith(tail) else None
        if value is not None and (tail or (follows.text not in _BEFORE_THE_UNIT and not line.has(behind, "is_not"))):
            return value[0]
    return None


def _since(line: Line, local: datetime) -> list[tuple[int, int]]:
    """ "Since yesterday", "from morning", "সোমবার থেকে", and "today" or "yesterday" said of an illness."""
    found = []
    for place in line.cued:
        days, end = _day_back(line, place, local)
        if days is None:
            continue
        this = place > 0 and line.words[place - 1].text in ("this", "the", "last", "early")
        since = line.begins(end, "for") or line.has(place - 1 - this, "for") or _for_one_on(line, end)
        if since or (line.findings and _happened(line, place, days)):
            found.append((place, days))
    for place, word in enumerate(line.words[:-2]):  # "since 4 am"
        if word.text in ("since", "from") and any(line.begins(place + 2, half) for half in ("am", "pm")):
            found.append((place, 0))
    return found


def _for_one_on(line: Line, end: int) -> bool:
    """ "kal rat jor theke": one word between; "evening fever since five days" is since five days."""
    behind = line.begins(end + 1, "for")
    return bool(behind) and not (
        behind < len(line.words) and value_of(line.words[behind].text, line.words[behind].kind)
    )


def _day_back(line: Line, place: int, local: datetime) -> tuple[int | None, int]:
    """How many days back the day said here lies, and the place behind it."""
    if _DAYS_BACK.keys().isdisjoint(line.cues[place]) and line.cues[place].keys().isdisjoint(_OTHER_DAYS):
        return None, place
    for code, days in _DAYS_BACK.items():
        if end := line.begins(place, code):
            if code in ("morning", "noon", "afternoon") and line.has(
                place - 1, "yesterday", "tomorrow_or_yesterday", "after_tomorrow"
            ):
                return None, place
            if line.begins(end, "morning", "noon", "afternoon", "evening", "night"):
                end = line.begins(end, "morning", "noon", "afternoon", "evening", "night")
            return days, end
    if end := line.begins(place, "night", "evening"):
        if line.has(place - 1, "today", "tomorrow_or_yesterday", "yesterday"):
            return None, place
        return (0 if local.hour >= 19 else 1), end
    for number, name in enumerate(_WEEKDAYS):
        if end := line.begins(place, name):
            return (local.weekday() - number) % 7 or 7, end
    return None, place


def _happened(line: Line, place: int, days: int) -> bool:
    """Whether "today", "yesterday" tells when it happened, not when to come."""
    counted = any(
        line.words[at].kind == "number" or value_of(line.words[at].text, line.words[at].kind)
        for at in range(place + 1, min(len(line.words), place + 4))
        if line.begins(at + 1, "day", "week")
    )
    if days == 0:
        return (
            not counted
            and line.has(place, "today")
            and not line.said("book_appointment", "reschedule_appointment", "next")
        )
    past = any(line.has(at, "was", "occur", "over") for at in range(place, min(len(line.words), place + 8)))
    return line.has(place, "yesterday", "last_night") or (past and line.has(place, "today", "tomorrow_or_yesterday"))
