"""ABHA numbers and what is never taken for one; the list of chronic illnesses."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.abha import holds_aadhaar, is_abha, numbers, written
from flows.datafile import BadData
from flows.findings import findings
from flows.illnesses import illnesses, said


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("91123456789015", True), ("91123456789012", False), ("19123456789015", False), ("9112345678901", False),
        ("911234567890155", False), ("9112345678901x", False), ("৯১১২৩৪৫৬৭৮৯০১৫", False), ("", False),
    ],
)  # fmt: skip
def test_the_last_digit_is_checked_by_luhn(digits: str, right: bool) -> None:
    assert is_abha(digits) is right


def test_any_one_wrong_digit_is_found() -> None:
    good = "91123456789015"
    for at in range(14):
        for digit in "0123456789":
            assert is_abha(good[:at] + digit + good[at + 1 :]) is (digit == good[at])


@pytest.mark.parametrize("text", ["123456789012", "Rina 25 1234 5678 9012", "1234-5678-9012", "রিনা ১২৩৪ ৫৬৭৮ ৯০১২"])
def test_an_aadhaar_number_is_seen(text: str) -> None:
    assert holds_aadhaar(text)


@pytest.mark.parametrize(
    "text",
    ["+91 98300 12345", "+919830012345", "9830012345", "91-1234-5678-9015", "৯১ ১২৩৪ ৫৬৭৮ ৯০১৫", "Rina 25, Mina 2"],
)
def test_what_is_no_aadhaar_number(text: str) -> None:
    assert not holds_aadhaar(text)


def test_it_is_written_as_on_the_card() -> None:
    assert written("91123456789015") == "91-1234-5678-9015"
    assert numbers("ABHA ৯১-১২৩৪-৫৬৭৮-৯০১৫, 6") == ["91123456789015"]


def test_illnesses_are_findings_where_there_is_one_and_words_mean_one() -> None:
    assert {"high_blood_sugar", "high_blood_pressure", "anaemia"} <= set(findings()) & set(illnesses())
    assert said("asthma") == {"bn": "হাঁপানি", "en": "Asthma"} and said("গলগণ্ড") == "গলগণ্ড"


def test_a_word_of_two_illnesses_is_refused(tmp_path: Path) -> None:
    row = '{label: {bn: "ক", en: "a"}, snomed: "1234567", words: [x]}'
    (tmp_path / "i.yaml").write_text(f"a: {row}\nb: {row}\n", "utf-8")
    with pytest.raises(BadData, match=r"i\.yaml:2: x is a word of a already"):
        illnesses(tmp_path / "i.yaml")
