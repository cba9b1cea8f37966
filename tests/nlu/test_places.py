"""Names of places as keys, whatever the script; and PIN codes."""

from __future__ import annotations

import pytest

from nlu.places import SLIP_FROM, pin_code, place_keys, slips, stretches


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("মেমারি", "Memari"), ("রায়না", "Raina"), ("ব্যারাকপুর", "Barrackpore"), ("টালিগঞ্জ", "Tollygunge"),
        ("কৃষ্ণনগর", "Krishnanagar"), ("Krishnonogor", "Krishnagar"), ("মালদা", "Maldah"), ("Canning", "Kaning"),
        ("কালিয়াচক ৩", "Kaliachak III"), ("Lahiri Pur", "লাহিড়িপুর"), ("Mohammad Bazar", "mohammadbajar"),
    ],
)  # fmt: skip
def test_a_name_has_a_key_in_common_with_how_else_it_is_written(one: str, other: str) -> None:
    assert set(place_keys(one)) & set(place_keys(other))


@pytest.mark.parametrize(("one", "other"), [("Memari", "Mayurbhanj"), ("Taki", "Tapan"), ("Raina I", "Raina II")])
def test_different_names_have_none(one: str, other: str) -> None:
    assert not set(place_keys(one)) & set(place_keys(other))


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("713146", "713146"), ("৭১৩১৪৬", "713146"), ("amar pin 713 146 ache", "713146"), ("পিন-৭১৩-১৪৬", "713146"),
        ("9876543210", None), ("013146", None), ("71314", None), ("Memari 7131467", None), ("", None),
    ],
)  # fmt: skip
def test_six_digits_by_themselves_are_a_pin_code(text: str, pin: str | None) -> None:
    assert pin_code(text) == pin


def test_words_around_a_name_are_left_out_and_two_words_may_be_one_name() -> None:
    assert [(one.at, one.end) for one in stretches("ami Rampur hat block e thaki")] == [(0, 2), (0, 1), (1, 2)]
    assert stretches("Rampur hat")[0].tiers[0] == stretches("Rampurhat")[0].tiers[0]
    assert stretches("এখানে") == stretches("pin 713146") == ()


def test_a_case_ending_is_cut_in_a_tier_of_its_own() -> None:
    [memari] = stretches("মেমারিতে")
    assert "memari" in memari.tiers[1]
    assert "memari" not in memari.tiers[0]


def test_slips_are_of_one_letter_and_only_in_keys_of_five_or_more() -> None:
    assert SLIP_FROM == 5
    assert slips("Taki") == ()
    [memari] = slips("Menari")
    assert "memari" in memari.tiers[0]
    assert all(abs(len(key) - len("menari")) <= 1 for key in memari.tiers[0])


def test_a_long_message_is_cut_not_dwelt_on() -> None:
    assert sum(len(tier) for one in stretches("রামপুরহাট " * 500) for tier in one.tiers) < 3000
