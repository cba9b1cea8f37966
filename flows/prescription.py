"""A prescription line as doctors type it, in parts."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from flows.datafile import Source
from flows.dose import PIECES_A_DAY, PIECES_AT_ONCE, Every, read_dose, too_many
from flows.talk import Misfit

DAYS_AT_MOST = 365
SPOON_AT_MOST = 10
"""The largest dose in ml that is taken from before a bare pattern; more may be the size of the bottle."""
ALIKE = 0.87
"""How like a forbidden name a word must be: a letter left out or doubled does not get past."""

_ML = r"(?:ml|মিলি)"
_DAYS = re.compile(
    r"(?:[x×*]\s*)?((?:[-–—−]\s*)?(?<![\d.])\d(?:[\d.,/–-]*\d)?)\s*(?:days?|din|দিন|d)(?![a-z\d])", re.IGNORECASE
)
_EACH = re.compile(rf"(?:(?P<strength>.*/\s*[\d.]*\s*{_ML})\s+)?(?P<each>\d+(?:\.\d+)?)\s*{_ML}", re.IGNORECASE)
"""5 ml, or 250 mg/5 ml 5 ml; a lone 250 mg/5 ml is how strong it is, not how much to take."""
_SPACED = re.compile(
    rf"(?<![\d.])(?:(?:\d+(?:\.\d+)?\s*{_ML}|[0০])[-–—+]){{2,3}}(?:\d+(?:\.\d+)?\s*{_ML}|[0০])", re.IGNORECASE
)
_WHOLE = (
    "tablet", "capsule", "syrup", "suspension", "injection", "drops", "cream", "ointment", "gel", "lotion", "inhaler",
    "sachet", "powder", "insulin", "gargle",
)  # fmt: skip
_SHORT = {"tab": "tablet", "cap": "capsule", "syr": "syrup", "syp": "syrup", "susp": "suspension", "inj": "injection",
          "drop": "drops", "oint": "ointment", "ট্যাবলেট": "tablet", "ক্যাপসুল": "capsule", "সিরাপ": "syrup",
          "সাসপেনশন": "suspension", "ইনজেকশন": "injection", "ড্রপ": "drops", "ক্রিম": "cream", "মলম": "ointment",
          }  # fmt: skip
_FORMS = dict(zip(_WHOLE, _WHOLE, strict=True)) | _SHORT
_MEALS = (
    ("before_food", re.compile(r"\b(?:before (?:food|meals?)|ac|kha(?:bar|oar) age)\b|খা(?:ওয়ার|বার|বারের) আগে", re.I)),
    ("after_food", re.compile(r"\b(?:after (?:food|meals?)|pc|kha(?:bar|oar) por)\b|খা(?:ওয়ার|বার|বারের) পরে?", re.I)),
    ("with_food", re.compile(r"\bwith (?:food|meals?)\b|খাবারের সঙ্গে", re.I)),
)


Rule = Literal["narcotic", "psychotropic", "schedule_x"]


_EVERY: tuple[tuple[Every, re.Pattern[str]], ...] = (
    (
        "week",
        re.compile(
            r"\b(?:once (?:a|per|every) week|once weekly|every week|weekly)\b|সপ্তাহে (?:এক|১|1)(?: ?বার| ?দিন)?", re.I
        ),
    ),
    ("other_day", re.compile(r"\b(?:on )?(?:alternate days?|every other day|alt days?)\b|(?:এক|১|1) দিন অন্তর", re.I)),
    (
        "month",
        re.compile(r"\b(?:once (?:a|per|every) month|once monthly|monthly)\b|মাসে (?:এক|১|1)(?: ?বার| ?দিন)?", re.I),
    ),
)


class NeverPrescribed(BaseModel):
    """Generic names by the rule that forbids them, each with its other spellings.

    `signed`: the clinician who answers for the list, or null.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    signed: str | None
    checked: str
    source: str
    names: dict[Rule, dict[str, tuple[str, ...]]]


@cache
def never_prescribed() -> NeverPrescribed:
    """What the Telemedicine Practice Guidelines 2020 forbid; raises BadData with file and line."""
    return Source(Path(__file__).parent / "never_prescribed.yaml").parse(NeverPrescribed)


def read_medicine(line: str) -> dict[str, Any] | Misfit:
    """The medicine a line names, or what is kindly asked of the doctor where it is forbidden or leaves a doubt.

    >>> read_medicine("Paracetamol tab 500 mg 1-0-1 5 days after food")["generic"]
    'PARACETAMOL'

    Keys: generic (capitals), form, strength, dose (the pattern; of a liquid with its ml), meal, days (1 to 365, None
    where it is only for need), instructions, and every where it is not taken daily.
    """
    line = unicodedata.normalize("NFC", line)
    if refused := forbidden(line):
        return refused
    every, line = _every(line)
    days = _days(line)
    if isinstance(days, Misfit):
        return days
    meal, rest = _meal(_DAYS.sub(" ", line))
    words = _SPACED.sub(lambda pattern: "".join(pattern[0].split()), rest).split()
    form = next((_FORMS[w] for w in (word.lower().rstrip(".") for word in words) if w in _FORMS), "")
    at = next((place for place, word in enumerate(words) if place and read_dose(word)), None)
    if at is None:
        return Misfit("misfit.medicine")
    before = [word for word in words[:at] if word.lower().rstrip(".") not in _FORMS]
    named = next((place for place, word in enumerate(before) if word[0].isdigit()), len(before))
    measured = _with_ml(" ".join(before[named:]), words[at], form)
    if measured is None:
        return Misfit("misfit.liquid")
    strength, pattern = measured
    dose = read_dose(pattern, form)
    if named == 0 or dose is None or (days is None and dose.parts):
        return Misfit("misfit.medicine")
    if too_many(dose, form):
        return Misfit("misfit.many_pieces", {"at_once": PIECES_AT_ONCE, "a_day": PIECES_A_DAY})
    return {
        "generic": " ".join(before[:named]).upper(), "form": form, "strength": strength, "dose": pattern, "meal": meal,
        "days": days, "instructions": " ".join(words[at + 1 :]).strip(" ,.;"),
    } | ({"every": every} if every else {})  # fmt: skip


def forbidden(line: str) -> Misfit | None:
    """What is said where a medicine that telemedicine never prescribes stands anywhere in the line, by its rule."""
    spelt = _spelt()
    alike = (get_close_matches(word, spelt, 1, ALIKE) for word in re.split(r"[\s+/,.;:()&-]+", line.lower()))
    found = next((spelt[names[0]] for names in alike if names), None)
    return found and Misfit("misfit.never_prescribed", {"name": found[1], "rule": {"t": f"rule.{found[0]}"}})


@cache
def _spelt() -> dict[str, tuple[Rule, str]]:
    return {
        name: (rule, generic)
        for rule, names in never_prescribed().names.items()
        for generic, others in names.items()
        for name in (generic, *others)
    }


def _days(line: str) -> int | Misfit | None:
    """The number of days; None where there is none. A minus, a fraction, a range or a second number is a doubt."""
    written = _DAYS.findall(line)
    if not written:
        return None
    days = int(written[0]) if len(written) == 1 and written[0].isdecimal() else 0
    return days if 1 <= days <= DAYS_AT_MOST else Misfit("misfit.medicine_days", {"most": DAYS_AT_MOST})


def _with_ml(strength: str, pattern: str, form: str) -> tuple[str, str] | None:
    """Strength and pattern; "5 ml" before a liquid's 1-0-1 is what is taken each time. None: a liquid without ml."""
    if read_dose(pattern, form):
        return strength, pattern
    bare, found = read_dose(pattern), _EACH.fullmatch(strength)
    if bare is None or found is None or not set(bare.parts) <= {0, 1} or not 0 < float(found["each"]) <= SPOON_AT_MOST:
        return None
    return found["strength"] or "", "-".join(f"{found['each']}ml" if part else "0" for part in bare.parts)


def _every(line: str) -> tuple[Every | None, str]:
    """How often, where it is not every day, and the rest of the line."""
    for every, written in _EVERY:
        if written.search(line):
            return every, written.sub(" ", line)
    return None, line


def _meal(line: str) -> tuple[str | None, str]:
    for meal, written in _MEALS:
        if written.search(line):
            return meal, written.sub(" ", line)
    return None, line
