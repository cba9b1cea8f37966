"""The members of a family as an ASHA worker writes them: "Rahima Bibi 34 pregnant 7 mas, chhele Sohel 6, meye 2".

A member is a part of the message between commas or on a line of its own. What is told of one (age, sex, pregnancy,
illness, numbers) is taken out of the part; the words that are left are the relation and the name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

import regex

from flows.abha import is_abha, numbers
from flows.illnesses import illnesses
from nlu.kin import RELATIONS, SEXES
from nlu.line import lay_out
from nlu.member_dates import due_date
from nlu.names import sex_of
from nlu.normal import composed, readable
from nlu.read import KOLKATA, read

AGE_AT_MOST = 120
MONTHS_FOR_SHORT = 24
"""Up to so many, "m" behind a number is of months; beyond, of a man."""
MEMBERS_AT_MOST = 20


@dataclass
class Told:
    """What was told of one member. Missing is None: it was not said."""

    name: str | None = None
    relation: str | None = None  # to the head: child, mother, father, wife, husband, other
    kin: str | None = None  # the relation as it was written
    age_years: float | None = None
    sex: str | None = None
    pregnant: bool | None = None
    due_date: str | None = None  # ISO
    high_risk: bool | None = None
    illnesses: list[str] = field(default_factory=list)
    lang: str | None = None
    abha: str | None = None
    phone: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # what is wrong now: findings' codes, duration_days


@dataclass
class Read:
    """The members of a message, the parts that could not be read, and what these tell of somebody's trouble."""

    members: list[Told]
    unread: list[str]
    facts: dict[str, Any] = field(default_factory=dict)


def members(text: str, today: date) -> Read:
    """Everybody named in `text`, in its order; nobody where no part of it tells an age or anything else of a person."""
    found: list[Told] = []
    unread: list[str] = []
    for part in _parts(text):
        told, rest = _told(part, today)
        if told is None:
            unread.append(part.strip())
            continue
        _name(told, rest)
        if told.name or told.kin or not found:
            found.append(told)
        elif told.age_years is not None and found[-1].age_years is not None:
            unread.append(part.strip())  # an age of somebody who was not named
        else:
            _add(found[-1], told)
    loose = Told()
    _troubles(" ".join(unread), loose, today)
    told_of = any(_says_something(told) for told in found)
    return Read(found[:MEMBERS_AT_MOST] if told_of else [], unread, loose.facts)


def as_json(told: Told) -> dict[str, Any]:
    """What was told, without what was not."""
    return {name: value for name, value in asdict(told).items() if value not in (None, [], {})}


def _says_something(told: Told) -> bool:
    return bool(set(as_json(told)) - {"name", "relation", "kin", "sex"})


_BREAKS = regex.compile(r"[,;\n।،]+|\.(?=\s|$)")
_AGED_KIN = regex.compile(
    composed(r"\d\s+(?:(?:ar|o|and|আর|ও|এবং|ma+s|মাস|bochh?or|বছর|months?|years?|yrs?)\s+){0,2}(?=(\S+))"), regex.I
)


def _parts(text: str) -> list[str]:
    """The message cut at commas and lines, and before a relation that follows a number."""
    plain = _IN_LAW.sub("-in-law", _NOISE.sub(" ", composed(text).translate(_DIGITS)))
    parts = []
    for piece in _BREAKS.split(plain):
        begins = 0
        for gap in _AGED_KIN.finditer(piece):
            named = any(sign.isalpha() for sign in piece[begins : gap.start()])
            if _bare(gap[1]) in RELATIONS and named:
                parts.append(piece[begins : gap.end()])
                begins = gap.end()
        parts.append(piece[begins:])
    return [part for part in parts if part.strip(" -–:.&+")]


_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_IN_LAW = regex.compile(r"(?<=mother|father|sister|brother|daughter|son)[ -]in[ -]law", regex.IGNORECASE)
_NOISE = regex.compile(r"[()\[\]*_]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_UNIT = {
    "year": r"bochh?or(?:er)?|bochhar(?:er)?|bacch?or(?:er)?|বছর(?:ের)?|বৎসর|years?(?: old)?|yrs?|y(?![\p{L}])",
    "month": r"ma+s(?:er)?|মাস(?:ের)?|months?(?: old)?|mths?|mo(?![\p{L}])",
    "week": r"soptaho?(?:r)?|saptaho?(?:r)?|hopta(?:r)?|সপ্তাহ(?:ের)?|weeks?(?: old)?|wks?|w(?![\p{L}])",
    "day": r"din(?:er)?|দিন(?:ের)?|days?(?: old)?",
}
_A_YEAR = {"year": 1.0, "month": 12.0, "week": 52.18, "day": 365.25}
_NUMBER = r"(?<![\d./-])(?P<n>\d{1,3}(?:\.\d)?)(?![\d./-]*\d)"
_AGED = regex.compile(
    composed(rf"(?:(?:age|aged|boyos|boyosh|bayas|bayosh|বয়স)\s*:?\s*)?{_NUMBER}\s*-?\s*")
    + "(?:" + "|".join(f"(?P<{unit}>(?:{words})(?![\\p{{L}}\\p{{M}}]))" for unit, words in _UNIT.items()) + ")?"
    + composed(r"(?:\s*(?:boyos|bayas|বয়স|old)(?![\p{L}\p{M}]))?"),
    regex.IGNORECASE,
)  # fmt: skip
_MONTHS_BESIDE = regex.compile(rf"\s*(?P<m>1[01]|\d)\s*(?:{_UNIT['month']})(?![\p{{L}}\p{{M}}])", regex.IGNORECASE)
_BORN = regex.compile(
    r"(?:(?:born(?: in)?|dob|jonmo|janma|জন্ম)\s*(?:sal|সাল)?\s*:?\s*)?(?<!\d)(?P<y>(?:19|20)\d\d)(?![\d-])"
    r"(?:\s*(?:e|te|sal(?:e)?|সালে?|এ)(?![\p{L}\p{M}]))?(?:\s*(?:jonmo|janma|born|জন্ম))?",
    regex.IGNORECASE,
)
_HALVES = tuple(
    (regex.compile(composed(rf"(?<![\p{{L}}\p{{M}}])(?:{words})(?![\p{{L}}\p{{M}}])"), regex.IGNORECASE), number)
    for words, number in (("দেড়|der|derh|dedh", "1.5"), ("আড়াই|arai|aray|adhai", "2.5"))
)
_HIGH_RISK = regex.compile(r"high[ -]?risk|hrp\b|হাই[ -]?রিস্ক|ঝুঁকি(?:পূর্ণ)?|jhuki(?:purno)?", regex.IGNORECASE)
_PHONE = regex.compile(r"(?<!\d)(?:\+91|0091|0)?[ -]?(?P<p>[6-9]\d{4}[ -]?\d{5})(?!\d)")
_CARD = regex.compile(
    r"(?<!\d)(?:abha|আভা)?\s*(?:no|number|nombor|নম্বর|নং)?\.?:?\s*\d(?:[ \t\-–]?\d){13}(?!\d)", regex.I
)
_LANGS = {
    "bn": "bangla|bengali|বাংলা", "en": "english|ingreji|ইংরেজি", "hi": "hindi|হিন্দি", "ur": "urdu|উর্দু",
    "sat": "santali|santhali|saontali|সাঁওতালি", "ne": "nepali|নেপালি",
}  # fmt: skip


def _told(part: str, today: date) -> tuple[Told | None, list[str]]:
    """What a part tells, and the words that are left of it; None where a number in it can be nothing."""
    told = Told()
    part = _numbers(part, told)
    part = _of_illness(part, told)
    due, pregnant, part = due_date(part, today)
    if pregnant:
        told.pregnant, told.sex, told.due_date = True, "female", due.isoformat() if due else None
    part, high = _HIGH_RISK.subn(" ", part)
    told.high_risk = True if high else None
    for lang, names in _LANGS.items():
        form = rf"(?<![\p{{L}}\p{{M}}])(?:{composed(names)})(?:\s*(?:bole|bolen|বলে|বলেন))?(?![\p{{L}}\p{{M}}])"
        part, spoken = regex.subn(form, " ", part, flags=regex.I)
        told.lang = lang if spoken else told.lang
    aged = _age(part, told, today)
    rest = _troubles(aged, told, today) if aged is not None else None
    if rest is None or regex.search(r"\d", rest):
        return None, []
    return told, [word for word in rest.split() if any(sign.isalpha() for sign in word)]


_AROUND = frozenset(map(readable, (
    "din dine diner dhore dhorey theke hoyeche hochche hocche ache achhe since for days day week weeks has with fever "
    "দিন দিনের ধরে থেকে হয়েছে হচ্ছে আছে ঘণ্টা সপ্তাহ মাস ghonta hours hour soptaho mas kal aj আজ কাল khub খুব"
).split()))  # fmt: skip


def _troubles(part: str, told: Told, today: date) -> str:
    """Without what is wrong now ("jor 3 din"). The first word is a name, unless it is all that is said."""
    line = lay_out(part)
    heard = read(part, datetime.combine(today, time(12), KOLKATA)) if line.findings else None
    if heard is None or not heard.present:
        return part
    told.facts = dict.fromkeys(heard.present, True)
    if heard.duration_days is not None:
        told.facts["duration_days"] = heard.duration_days
    owned = {line.words[at].text for match in line.findings for at in match.words}
    words = part.split()
    kept = [word for word in words if _bare(word) not in owned | _AROUND and not word.strip(".,").isdigit()]
    return " ".join(kept)


def _numbers(part: str, told: Told) -> str:
    """Without its ABHA and telephone number; one with a wrong check digit stays, and so cannot be read."""
    for card in _CARD.finditer(part):
        digits = next(iter(numbers(card[0])), "")
        if is_abha(digits):
            told.abha = digits
            part = part.replace(card[0], " ")
    if phone := _PHONE.search(part):
        told.phone = "+91" + regex.sub(r"\D", "", phone["p"])
        part = part.replace(phone[0], " ")
    return part


@cache
def _illness_words() -> list[tuple[regex.Pattern[str], str]]:
    """Each word as a pattern with what may stand behind it, the longest first."""
    named = [(word, code) for code, illness in illnesses().items() for word in illness.words]
    named.sort(key=lambda one: -len(one[0]))
    tail = r"(?:\s*(?:ache|achhe|ase|আছে|rogi|রোগী|patient|rog|রোগ|er rog))*"
    return [
        (
            regex.compile(rf"(?<![\p{{L}}\p{{M}}]){regex.escape(composed(word))}{tail}(?![\p{{L}}\p{{M}}])", regex.I),
            code,
        )
        for word, code in named
    ]


def _of_illness(part: str, told: Told) -> str:
    for pattern, code in _illness_words():
        part, times = pattern.subn(" ", part)
        if times and code not in told.illnesses:
            told.illnesses.append(code)
    return part


def _age(part: str, told: Told, today: date) -> str | None:
    """Without its age; None for one that nobody has."""
    for form, half in _HALVES:
        part = form.sub(half, part)
    if born := _BORN.search(part):
        told.age_years = float(today.year - int(born["y"]))
        return part.replace(born[0], " ", 1) if 0 <= told.age_years <= AGE_AT_MOST else None
    aged = _AGED.search(part)
    if aged is None:
        return part
    unit = next((name for name in _UNIT if aged[name]), "year")
    number, behind = float(aged["n"]), part[aged.end() :]
    if aged.group(0).rstrip()[-1:].isdigit() and (short := regex.match(r"\s*/?\s*m(?![\p{L}])", behind, regex.I)):
        unit = "month" if number <= MONTHS_FOR_SHORT and "/" not in short[0] else unit
        behind = behind[short.end() :] if unit == "month" else behind
    if unit == "year" and (months := _MONTHS_BESIDE.match(behind)):
        number, behind = number + int(months["m"]) / 12, behind[months.end() :]
    told.age_years = round(number / _A_YEAR[unit], 3)
    return part[: aged.start()] + " " + behind if told.age_years <= AGE_AT_MOST else None


def _name(told: Told, words: list[str]) -> None:
    """Relation, sex and name from the words that are left."""
    kins = [(at, kin) for at, word in enumerate(words) if (kin := RELATIONS.get(_bare(word)))]
    named = list(words)
    if kins:
        at, kin = kins[-1]
        told.relation, told.kin = kin.relation, words[at].strip("-–:.&+")
        told.sex = told.sex or kin.sex
        after = [word for word in words[at + 1 :] if _bare(word) not in SEXES]
        named = after or [word for word in words[:at] if not _of_somebody(word)]
        named = [word for word in named if _bare(word) not in RELATIONS]
    for word in named:
        told.sex = told.sex or SEXES.get(_bare(word))
    named = [word for word in named if _bare(word) not in SEXES and _bare(word) not in _LINKS]
    name = " ".join(word.strip("-–:.&+/") for word in named).strip()
    told.name = name[:60] or None
    told.sex = told.sex or (sex_of(name) if name else None)


_LINKS = frozenset(map(readable, "ar o and er nam name hocche holo আর ও এবং এর নাম হচ্ছে ji sathe".split()))


def _of_somebody(word: str) -> bool:
    return regex.search(r"(?:er|r|ের|র|'s)$", word.lower()) is not None


def _bare(word: str) -> str:
    return readable(word.strip("-–:.&+/()"))


def _add(member: Told, told: Told) -> None:
    """What a later part without a name tells of the member before it."""
    for name, value in as_json(told).items():
        if name == "illnesses":
            member.illnesses = list(dict.fromkeys((*member.illnesses, *value)))
        elif name == "facts":
            member.facts = member.facts | value
        else:
            setattr(member, name, value)
