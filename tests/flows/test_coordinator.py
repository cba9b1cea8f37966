"""What a coordinator types, and which lines ask to complain."""

from __future__ import annotations

import pytest

from flows.complaints import complains
from flows.timetable import read_hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("10-13", (("10:00", "13:00"),)), ("১০টা থেকে ১৩টা", (("10:00", "13:00"),)), 
        ("9.30 to 12", (("09:30", "12:00"),)),
        ("10:30-13, 17-19", (("10:30", "13:00"), ("17:00", "19:00"))), ("10ta theke 1ta", None), ("13-10", None),
        ("10-13 maybe", None), ("", None), ("10", None), ("10-25", None), ("10:75-12", None),
        ("8-9,10-11,12-13,14-15", None),
    ],
)  # fmt: skip
def test_hours_as_written(text: str, hours: object) -> None:
    assert read_hours(text) == hours


@pytest.mark.parametrize(
    "text", ["অভিযোগ জানাতে চাই", "obhijog ache", "ovijog korbo", "nalish", "I want to make a complaint"]
)
def test_asks_to_complain(text: str) -> None:
    assert complains(text)


@pytest.mark.parametrize(
    "text", ["my complaint is headache", "complaint", "jor", "doctor ashben kobe", "অভি যোগ দিয়েছে"]
)
def test_does_not_ask_to_complain(text: str) -> None:
    assert not complains(text)
