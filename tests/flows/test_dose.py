"""Doses as doctors write them, and as a family reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.dose import MOST, instruction, read_dose, too_many


@pytest.mark.parametrize(
    ("written", "bengali", "english"),
    [
        ("1-0-1", "সকালে ১টা, রাতে ১টা", "1 in the morning, 1 at night"),
        ("১-০-১", "সকালে ১টা, রাতে ১টা", "1 in the morning, 1 at night"),
        (" 1 – 0 + 1 ", "সকালে ১টা, রাতে ১টা", "1 in the morning, 1 at night"),
        ("1-1-1", "সকালে ১টা, দুপুরে ১টা, রাতে ১টা", "1 in the morning, 1 at noon, 1 at night"),
        ("0-0-1", "রাতে ১টা", "1 at night"),
        ("1-1-1-1", "সকালে ১টা, দুপুরে ১টা, বিকেলে ১টা, রাতে ১টা",
         "1 in the morning, 1 at noon, 1 in the evening, 1 at night"),
        ("1/2-0-1/2", "সকালে আধখানা, রাতে আধখানা", "half in the morning, half at night"),
        ("½-0-1½", "সকালে আধখানা, রাতে দেড়খানা", "half in the morning, one and a half at night"),
        ("0.5-0-2", "সকালে আধখানা, রাতে ২টা", "half in the morning, 2 at night"),
        ("5ml-0-5 ml", "সকালে ৫ মিলি, রাতে ৫ মিলি", "5 ml in the morning, 5 ml at night"),
        ("৫ মিলি-০-৫ মিলি", "সকালে ৫ মিলি, রাতে ৫ মিলি", "5 ml in the morning, 5 ml at night"),
        ("bd", "সকালে ১টা, রাতে ১টা", "1 in the morning, 1 at night"),
        ("t.d.s.", "সকালে ১টা, দুপুরে ১টা, রাতে ১টা", "1 in the morning, 1 at noon, 1 at night"),
        ("SOS", "শুধু দরকার হলে", "only when needed"),
        ("1-0-1 SOS", "সকালে ১টা, রাতে ১টা, শুধু দরকার হলে", "1 in the morning, 1 at night, only when needed"),
    ],
)  # fmt: skip
def test_patterns(written: str, bengali: str, english: str) -> None:
    dose = read_dose(written)
    assert dose is not None
    assert dose.words("bn") == bengali
    assert dose.words("en") == english


@pytest.mark.parametrize(
    "written", ["", "OD", "1", "1-0", "1-0-1-0-1", "0-0-0", "a-b-c", "1/0-0-1", "650-0-650", "-1-0-1"]
)
def test_what_leaves_a_doubt_is_not_read(written: str) -> None:
    assert read_dose(written) is None


def test_a_liquid_needs_its_unit() -> None:
    assert read_dose("1-0-1", "Syrup") is None
    assert read_dose("5ml-0-5ml", "Syrup") is not None
    assert read_dose("SOS", "Syrup") is not None


def test_two_units_in_one_pattern_are_a_doubt() -> None:
    assert read_dose("5ml-0-2drops") is None


def test_the_form_tells_the_unit() -> None:
    dose = read_dose("2-0-2")
    assert dose is not None
    assert dose.words("bn", "Eye drops") == "সকালে ২ ফোঁটা, রাতে ২ ফোঁটা"
    assert dose.words("en", "inhaler") == "2 puffs in the morning, 2 puffs at night"


@pytest.mark.parametrize(
    ("written", "form", "many"),
    [("4-4-4", "tablet", False), ("5-0-0", "tablet", True), ("4-4-4-1", "", True), ("10-0-10", "insulin", False),
     ("5ml-5ml-5ml", "syrup", False), ("SOS", "tablet", False)],
)  # fmt: skip
def test_how_many_tablets_are_believed(written: str, form: str, many: bool) -> None:
    dose = read_dose(written, form)
    assert dose is not None
    assert too_many(dose, form) is many


def test_the_whole_line() -> None:
    dose = read_dose("1-0-1")
    assert dose is not None
    assert instruction("bn", dose, "tablet", "after_food", 5) == "সকালে ১টা, রাতে ১টা, খাওয়ার পরে, ৫ দিন"
    assert instruction("en", dose, "tablet", "before_food", 1) == "1 in the morning, 1 at night, before food, 1 day"


@given(st.text(max_size=40))
def test_nothing_typed_raises(text: str) -> None:
    dose = read_dose(text)
    assert dose is None or dose.words("bn")


@given(st.lists(st.integers(0, MOST), min_size=3, max_size=4).filter(any))
def test_what_is_written_is_what_is_said(amounts: list[int]) -> None:
    dose = read_dose("-".join(map(str, amounts)))
    assert dose is not None
    said = dose.words("en", "cream")
    assert [int(piece.split()[0]) for piece in said.split(", ")] == [amount for amount in amounts if amount]
