"""A choice is named by its label or its place; half a label, or its opposite, is none."""

from __future__ import annotations

from datetime import datetime

import pytest

from nlu.read import Expects, read

NOW = datetime.fromisoformat("2026-11-24T08:00+05:30")
SIGNS = (
    ("stiff_neck", ("ঘাড় শক্ত", "Stiff neck")),
    ("breathlessness", ("শ্বাসকষ্ট", "Trouble breathing")),
    ("none", ("এগুলোর কোনোটা নেই", "None of these")),
    ("dont_know", ("জানি না", "Don't know")),
)
PLACES = (
    ("m", ("মেমারি সুস্বাস্থ্য কেন্দ্র",)),
    ("k", ("কালনা সুস্বাস্থ্য কেন্দ্র",)),
    ("not_now", ("এখন না", "Not now")),
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ঘাড় শক্ত", "stiff_neck"), ("ghar shokto", "stiff_neck"), ("jani na", "dont_know"), ("none of these", "none"),
        ("ঘাড় শক্ত নেই", None), ("no stiff neck", None), ("না", None), ("na", None), ("1", None), ("2 nombor ta", None),
    ],
)  # fmt: skip
def test_on_a_screen_of_signs(text: str, named: str | None) -> None:
    assert read(text, NOW, Expects("many", "danger_signs", None, SIGNS)).choice == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("memari", "m"), ("2 nombor ta", "k"), ("প্রথমটা", "m"), ("ekhon na", "not_now"), ("not now", "not_now"),
        ("ekhane", None), ("ekhon", None), ("na na, memari te", None), ("na", None),
    ],
)  # fmt: skip
def test_in_a_list(text: str, named: str | None) -> None:
    assert read(text, NOW, Expects("choice", "spoke", None, PLACES)).choice == named


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [("না না ৪৫ নয় ৫৪", 45, 54), ("na na 45 noy 54", 45, 54), ("no no not 45, 54", 45, 54), ("54, not 45", 45, 54)],
)
def test_a_number_is_put_right(text: str, wrong: float, right: float) -> None:
    heard = read(text, NOW)
    assert (heard.corrects, heard.number) == (wrong, right)


def test_two_numbers_are_no_correction() -> None:
    assert read("২ বছর ৩ মাস", NOW).corrects is None
