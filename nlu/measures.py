"""Measured values: temperature, blood pressure, sugar, oxygen, pulse, breaths."""

from __future__ import annotations

from nlu.line import Line
from nlu.numbers import Amount

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
