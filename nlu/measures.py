"""Measured values: temperature, blood pressure, sugar, oxygen, pulse, breaths."""

from __future__ import annotations

from nlu.line import Line
from nlu.numbers import Amount
from nlu.values import Span

_MG_A_MMOL = 18.0


def measures(line: Line, numbers: list[Amount], taken: set[int]) -> dict[str, float]:
    """What was measured, by name (see flows/heard.py). `taken`: where the amounts of time begin."""
    found: dict[str, float] = {}
    for amount in numbers:
        if amount.start in taken or line.begins(amount.end, "times", "clock", "day", "month", "year"):
            continue
        for name, value in _of(line, amount).items():
            found.setdefault(name, value)
    return found


POSSIBLE: dict[str, tuple[float, float]] = {
    "temperature_c": (33, 43.5),
    "temperature_f": (93, 110),
    "systolic": (60, 280),
    "diastolic": (30, 170),
    "sugar_mg_dl": (20, 900),
    "oxygen_percent": (40, 100),
    "pulse": (20, 260),
    "breaths_per_minute": (5, 150),
    "weeks_pregnant": (1, 45),
    "age_years": (0, 120),
}
"""What can be measured in a living person, least and most: beyond it a number is asked for again, never used."""


def impossible(line: Line, numbers: list[Amount], found: list[Span]) -> dict[str, float]:
    """The numbers said that no person has, by name: temperature_f, systolic, ...; see POSSIBLE."""
    said: dict[str, float] = {}
    taken = {span.amount.start: span for span in found}
    for amount in numbers:
        span = taken.get(amount.start)
        if span is not None:
            if name := _of_time(line, span):
                said[name] = amount.high
        elif not _of(line, amount) and not line.begins(amount.end, "times", "clock"):
            said |= _misread(line, amount)
    return said


def _of_time(line: Line, span: Span) -> str | None:
    """Weeks of no pregnancy, years of no life."""
    if span.unit == "week" and span.amount.high > POSSIBLE["weeks_pregnant"][1] and line.said("pregnant"):
        return "weeks_pregnant"
    beyond = span.unit == "year" and span.amount.high > POSSIBLE["age_years"][1]
    return "age_years" if beyond and (span.kind == "age" or line.said("age_word")) else None


def _of_a_woman(line: Line, amount: Amount) -> bool:
    """ "Salma 41 f": her age; degrees Fahrenheit begin above."""
    return amount.high < 93 and [word.text for word in line.words[amount.end : amount.end + 1]] == ["f"]


def _misread(line: Line, amount: Amount) -> dict[str, float]:
    """A number beside the word for a measure, that this measure never has."""
    value = amount.high
    if not _of_a_woman(line, amount) and any(
        line.begins(at, "degree", "fahrenheit", "celsius") for at in (amount.end, amount.end + 1)
    ):
        celsius = any(line.begins(at, "celsius") for at in (amount.end, amount.end + 1)) or value < 80
        return {"temperature_c" if celsius else "temperature_f": value}
    if amount.sign in ("/", "by", "-") and _near(line, amount, "pressure_word"):
        low, high = POSSIBLE["systolic"]
        return {"diastolic": value} if low <= amount.low <= high else {"systolic": amount.low}
    words = (
        ("oxygen_word", "oxygen_percent"),
        ("sugar_word", "sugar_mg_dl"),
        ("pulse_word", "pulse"),
        ("pressure_word", "systolic"),
    )
    for word, name in words:
        least, most = POSSIBLE[name]
        if line.has(amount.start - 1, word) and amount.low == value and not least <= value <= most and value >= 10:
            return {name: value}
    beside = line.has(amount.start - 1, "age_word") and value > POSSIBLE["age_years"][1]
    return {"age_years": value} if beside else {}


def _of(line: Line, amount: Amount) -> dict[str, float]:
    pressure = _pressure(line, amount)
    if pressure:
        return pressure
    value = amount.high
    if (celsius := _celsius(line, amount)) is not None:
        return {"temperature_c": celsius}
    if _near(line, amount, "oxygen_word") and 40 <= value <= 100:
        return {"oxygen_percent": value}
    if line.begins(amount.end, "mmol") and 1 < value < 40:
        return {"sugar_mg_dl": round(value * _MG_A_MMOL)}
    if (
        _near(line, amount, "sugar_word") or (line.said("sugar_word") and line.begins(amount.end, "mgdl"))
    ) and 20 <= value <= 900:
        return {"sugar_mg_dl": value}
    if _near(line, amount, "pulse_word") and 20 <= value <= 260:
        return {"pulse": value}
    if _near(line, amount, "breath_word") and _near(line, amount, "per_minute", "times") and 5 <= value <= 150:
        return {"breaths_per_minute": value}
    return {}


def _pressure(line: Line, amount: Amount) -> dict[str, float]:
    two = amount.sign in ("/", "by", "-") or (amount.low != amount.high and _near(line, amount, "pressure_word"))
    if two and 70 <= amount.low <= 280 and 30 <= amount.high <= 170 and amount.low > amount.high:
        return {"systolic": amount.low, "diastolic": amount.high}
    if not two and _near(line, amount, "pressure_word") and 60 <= amount.high <= 280:
        follows = line.words[amount.end] if amount.end < len(line.words) else None
        if follows is not None and follows.kind == "number" and follows.value and 30 <= follows.value < amount.high:
            return {"systolic": amount.high, "diastolic": follows.value}
        return {"systolic": amount.high}
    return {}


def _celsius(line: Line, amount: Amount) -> float | None:
    """The temperature in degrees Celsius; Fahrenheit and Celsius are told apart by size."""
    value = amount.high
    unit = any(line.begins(at, "degree", "fahrenheit", "celsius") for at in (amount.end, amount.end + 1))
    if _of_a_woman(line, amount):
        return None
    near = _near(line, amount, "temperature_word") or any("fever" in line.owners(at) for at in _beside(line, amount))
    other = _near(line, amount, "pressure_word", "sugar_word", "oxygen_word", "pulse_word") and not unit
    if other or not (unit or near):
        return None
    if 93 <= value <= 110:
        return round((value - 32) / 1.8, 1)
    return value if 33 <= value <= 43.5 else None


def _named_two(line: Line, place: int) -> bool:
    """The 2 of SpO2."""
    return place > 0 and line.words[place].text == "2" and line.words[place - 1].text in ("spo", "o", "স্পো")


def _near(line: Line, amount: Amount, *cues: str) -> bool:
    return any(line.has(at, *cues) for at in _beside(line, amount))


def _beside(line: Line, amount: Amount) -> list[int]:
    """Up to four words before and two behind, within the thought and not past another number."""
    places: list[int] = []
    for step, most in ((-1, 4), (1, 3)):
        place = amount.start - 1 if step < 0 else amount.end
        while 0 <= place < len(line.words) and most and line.words[place].kind not in ("mark", "comma"):
            if line.words[place].kind == "number" and not (step < 0 and _named_two(line, place)):
                break
            places.append(place)
            place, most = place + step, most - 1
    return places
