"""What is measured at the spoke, as it is typed in one message: "bp 150/90 pulse 88 temp 101 spo2 97 wt 54"."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flows.talk import Misfit

RANGES: dict[str, tuple[float, float]] = {
    "systolic": (60, 280),
    "diastolic": (30, 170),
    "pulse": (20, 260),
    "temperature_c": (33, 43.5),
    "temperature_f": (93, 110),
    "oxygen_percent": (40, 100),
    "breaths_per_minute": (5, 150),
    "weight_kg": (0.4, 250),
    "sugar_mg_dl": (20, 900),
}
"""Least and most that a living person has, as in nlu/measures.py; what lies beyond is asked for again."""
_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_NAMES = {
    "pressure": "bp|b\\.p\\.?|pressure|প্রেশার|বিপি|রক্তচাপ",
    "pulse": "pulse|pr|hr|heart rate|পালস|নাড়ি",
    "temperature": "temp(?:erature)?|fever|জ্বর|তাপ|টেম্পারেচার",
    "oxygen_percent": "spo2|sp o2|oxygen|o2|saturation|অক্সিজেন|স্যাচুরেশন",
    "breaths_per_minute": "rr|resp(?:iration)?|breaths?|শ্বাস",
    "weight_kg": "wt|weight|ওজন",
    "sugar_mg_dl": "sugar|rbs|cbg|fbs|ppbs|glucose|সুগার",
}
_VALUE = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _NAMES.items())})"
    r"\s*(?:[:=-]|is|of)?\s*(?P<number>\d+(?:\.\d+)?)(?:\s*/\s*(?P<lower>\d+(?:\.\d+)?))?"
    r"[^\S\n]*(?P<unit>mm ?hg|/ ?min|bpm|°? ?[cf](?![a-z])|%|kgs?|কেজি|mg/dl|mg|ডিগ্রি)?",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?:^|[\s,;.])(?:remarks?|notes?|মন্তব্য)\s*[:\-]?\s", re.IGNORECASE)
FAHRENHEIT_FROM = 80
DANGER: dict[str, tuple[float, float]] = {
    "systolic": (90, 180), "diastolic": (30, 120), "pulse": (40, 150), "temperature_c": (35, 40.9),
    "temperature_f": (95, 105.6), "oxygen_percent": (92, 100), "breaths_per_minute": (8, 60), "sugar_mg_dl": (60, 400),
}  # fmt: skip
"""Below the first or above the second somebody needs a hospital at any age, whatever the complaint. The project's own
numbers, for a clinician to confirm; those by age and complaint are the protocols', which are asked as well."""


def read_vitals(text: str) -> dict[str, Any] | Misfit:
    """{"vitals": {name: number}, "remark": words}, or what is wrong with the message.

    What follows "remark:" is a remark, and so are words without a number; a number that has no name is asked about: it
    may be a value.

    >>> read_vitals("bp 150/90 pulse 88, looks pale")
    {'vitals': {'systolic': 150.0, 'diastolic': 90.0, 'pulse': 88.0}, 'remark': 'looks pale'}
    """
    plain = unicodedata.normalize("NFC", text).translate(_DIGITS)
    said = _REMARK.split(plain, maxsplit=1)
    vitals: dict[str, float] = {}
    for found in _VALUE.finditer(said[0]):
        for name, value in _of(found).items():
            if name in vitals and vitals[name] != value:
                return Misfit("misfit.vitals_twice", {"what": {"t": f"vital.{name}"}})
            vitals[name] = value
    for name, value in vitals.items():
        low, high = RANGES[name]
        if not low <= value <= high:
            return Misfit("misfit.vital", {"value": value, "what": {"t": f"vital.{name}"}, "low": low, "high": high})
    if vitals.get("diastolic", 0) >= vitals.get("systolic", 1e3):
        return Misfit("misfit.pressure")
    left = " ".join(_VALUE.sub(" ", said[0]).split()).strip(" ,;.")
    if any(sign.isdigit() for sign in left):
        return Misfit("misfit.vitals_left", {"words": left})
    remark = "\n".join(part.strip() for part in (left, *said[1:]) if part.strip())
    if not vitals and not remark:
        return Misfit("misfit.vitals_none")
    return {"vitals": vitals, "remark": remark}


def _of(found: re.Match[str]) -> dict[str, float]:
    name = next(name for name in _NAMES if found[name])
    number = float(found["number"])
    if name == "pressure":
        return {"systolic": number} | ({"diastolic": float(found["lower"])} if found["lower"] else {})
    if name == "temperature":
        unit = (found["unit"] or "").lower().strip("° ")
        celsius = unit == "c" or (unit != "f" and number < FAHRENHEIT_FROM)
        return {"temperature_c" if celsius else "temperature_f": number}
    return {name: number}


def dangerous(vitals: dict[str, float]) -> list[str]:
    """The values that are an emergency."""
    judged = ((name, value, *DANGER[name]) for name, value in vitals.items() if name in DANGER)
    return [name for name, value, low, high in judged if not low <= value <= high]


def in_celsius(vitals: dict[str, float]) -> dict[str, float]:
    """The values under the names and in the units that the protocols' facts have."""
    kept = {name: value for name, value in vitals.items() if name != "temperature_f"}
    if (fahrenheit := vitals.get("temperature_f")) is not None:
        kept["temperature_c"] = round((fahrenheit - 32) / 1.8, 1)
    return kept


def vitals_words(vitals: dict[str, float]) -> Any:
    """The values as one line of a text."""
    said: list[Any] = []
    if "systolic" in vitals:
        lower = vitals.get("diastolic")
        args = {"upper": vitals["systolic"], "lower": "-" if lower is None else lower}
        said.append({"t": "vitals.pressure", "args": args})
    rest = (name for name in RANGES if name in vitals and name not in ("systolic", "diastolic"))
    said += [{"t": f"vitals.{name}", "args": {"n": vitals[name]}} for name in rest]
    return {"list": said, "join": "comma"}
