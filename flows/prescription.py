"""A prescription line as doctors type it, in parts."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flows.dose import read_dose

_DAYS = re.compile(r"(?:[x×*]\s*)?([0-9০-৯]{1,3})\s*(?:days?|din|দিন|d)(?![a-z])", re.IGNORECASE)
_WHOLE = (
    "tablet capsule syrup suspension injection drops cream ointment gel lotion inhaler sachet powder insulin".split()
)
_SHORT = {"tab": "tablet", "cap": "capsule", "syr": "syrup", "syp": "syrup", "susp": "suspension", "inj": "injection",
          "drop": "drops", "oint": "ointment"}  # fmt: skip
_FORMS = dict(zip(_WHOLE, _WHOLE, strict=True)) | _SHORT
_MEALS = (
    ("before_food", re.compile(r"\b(?:before (?:food|meals?)|ac|kha(?:bar|oar) age)\b|খা(?:ওয়ার|বার|বারের) আগে", re.I)),
    ("after_food", re.compile(r"\b(?:after (?:food|meals?)|pc|kha(?:bar|oar) por)\b|খা(?:ওয়ার|বার|বারের) পরে?", re.I)),
    ("with_food", re.compile(r"\bwith (?:food|meals?)\b|খাবারের সঙ্গে", re.I)),
)
_TO_ASCII = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


def read_medicine(line: str) -> dict[str, Any] | None:
    """The medicine a line names, None where the name, the dose pattern or the number of days is missing.

    >>> read_medicine("Paracetamol tab 500 mg 1-0-1 5 days after food")["generic"]
    'PARACETAMOL'

    Keys: generic (capitals), form, strength, dose (the pattern as typed), meal, days, instructions.
    """
    line = unicodedata.normalize("NFC", line)
    days = _DAYS.search(line)
    meal, rest = _meal(_DAYS.sub(" ", line))
    words = rest.split()
    form = next((_FORMS[w] for w in (word.lower().rstrip(".") for word in words) if w in _FORMS), "")
    at = next((place for place, word in enumerate(words) if place and read_dose(word, form)), None)
    if at is None:
        return None
    dose = read_dose(words[at], form)
    before = [word for word in words[:at] if word.lower().rstrip(".") not in _FORMS]
    strength = next((place for place, word in enumerate(before) if word[0].isdigit()), len(before))
    if strength == 0 or dose is None or (days is None and dose.parts):
        return None
    return {
        "generic": " ".join(before[:strength]).upper(), "form": form, "strength": " ".join(before[strength:]),
        "dose": words[at], "meal": meal, "days": int(days[1].translate(_TO_ASCII)) if days else None,
        "instructions": " ".join(words[at + 1 :]).strip(" ,.;"),
    }  # fmt: skip


def _meal(line: str) -> tuple[str | None, str]:
    for meal, written in _MEALS:
        if written.search(line):
            return meal, written.sub(" ", line)
    return None, line
