"""What a health officer types: every value under its name, nothing impossible, nothing guessed at."""

from __future__ import annotations

from typing import Any

import pytest

from bot.words import say
from flows.talk import Misfit
from flows.vitals import RANGES, dangerous, in_celsius, read_vitals, vitals_words
from nlu.measures import POSSIBLE

WHOLE = {
    "systolic": 150.0, "diastolic": 90.0, "pulse": 88.0, "temperature_f": 101.0, "oxygen_percent": 97.0,
    "weight_kg": 54.0,
}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "bp 150/90 pulse 88 temp 101 spo2 97 wt 54", "bp150/90\npulse 88\ntemp 101F wt 54",
        "BP: 150 / 90mmHg, PR 88/min, SpO2: 97 %, weight - 54kg",
        "প্রেশার ১৫০/৯০ পালস ৮৮ জ্বর ১০১ অক্সিজেন ৯৭ ওজন ৫৪", "wt 54 kg spo2 97% temp 101 f pulse=88 bp 150/90 mmhg",
    ],
)  # fmt: skip
def test_one_message_in_many_spellings(line: str) -> None:
    read = read_vitals(line)
    assert isinstance(read, dict)
    assert read["vitals"].items() <= WHOLE.items() and len(read["vitals"]) >= 4


@pytest.mark.parametrize(
    ("line", "vitals", "remark"),
    [
        ("pulse 88, looks pale", {"pulse": 88.0}, "looks pale"),
        ("remark: took 2 tablets", {}, "took 2 tablets"),
        ("temp 38.5c মন্তব্য: ২ দিন ধরে", {"temperature_c": 38.5}, "2 দিন ধরে"),
        ("বমি করছে", {}, "বমি করছে"),
        ("temp 39", {"temperature_c": 39.0}, ""),
        ("sugar 140 mg/dl rr 24", {"sugar_mg_dl": 140.0, "breaths_per_minute": 24.0}, ""),
    ],
)
def test_values_and_remarks(line: str, vitals: dict[str, float], remark: str) -> None:
    assert read_vitals(line) == {"vitals": vitals, "remark": remark}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("", "misfit.vitals_none"), ("   ", "misfit.vitals_none"), ("plse 88", "misfit.vitals_left"),
        ("150/90", "misfit.vitals_left"), ("bp 90/150", "misfit.pressure"), ("bp 120/120", "misfit.pressure"),
        ("pulse 88 pulse 98", "misfit.vitals_twice"), ("pulse 900", "misfit.vital"), ("spo2 101", "misfit.vital"),
        ("temp 120", "misfit.vital"), ("temp 20", "misfit.vital"), ("wt 0", "misfit.vital"),
        ("T 101", "misfit.vitals_left"), ("bp 15/9", "misfit.vital"),
        ("bp 150/9", "misfit.vital"), ("sugar 5000", "misfit.vital"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_to_be_so(line: str, text: str) -> None:
    read = read_vitals(line)
    assert isinstance(read, Misfit) and read.text == text, read
    words: Any = {"t": read.text, "args": read.args}
    assert say("bn", words) and say("en", words)


def test_the_same_value_twice_is_one() -> None:
    assert read_vitals("pulse 88 pulse 88") == {"vitals": {"pulse": 88.0}, "remark": ""}


def test_what_is_possible_is_the_same_as_in_what_patients_write() -> None:
    shared = set(RANGES) & set(POSSIBLE)
    assert len(shared) == 8
    assert {name: RANGES[name] for name in shared} == {name: POSSIBLE[name] for name in shared}


def test_each_value_has_words() -> None:
    every = {name: low for name, (low, _) in RANGES.items()}
    assert say("en", vitals_words(every)).startswith("BP 60/30, pulse 20, temp 33 °C")
    assert "৬০/৩০" in say("bn", vitals_words(every))


def test_values_that_are_an_emergency_are_told_from_those_that_are_not() -> None:
    low = {"systolic": 70.0, "oxygen_percent": 72.0, "pulse": 88.0, "weight_kg": 54.0}
    assert dangerous(low) == ["systolic", "oxygen_percent"]
    assert dangerous({"systolic": 120.0, "diastolic": 80.0, "oxygen_percent": 97.0, "temperature_f": 101.0}) == []


def test_values_as_the_protocols_have_them() -> None:
    assert in_celsius({"temperature_f": 104.0, "pulse": 88.0}) == {"temperature_c": 40.0, "pulse": 88.0}
    assert in_celsius({"temperature_c": 38.5}) == {"temperature_c": 38.5}
