"""Members of a family as an ASHA worker writes them: in one message, in either script, what is told of each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nlu.member_dates import a_due_date
from nlu.members import as_json, members
from nlu.spoken_digits import digits

TODAY = date(2026, 11, 23)


def told(text: str) -> list[dict[str, Any]]:
    return [as_json(one) for one in members(text, TODAY).members]


def names(text: str) -> list[Any]:
    return [(one.get("name"), one.get("kin"), one.get("age_years")) for one in told(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Rahima Bibi 34, chhele Sohel 6, meye 2", "Rahima Bibi 34 chhele Sohel 6 meye 2",
        "Rahima Bibi 34\nchhele Sohel 6\nmeye 2", "Rahima Bibi (34), Sohel (chhele) 6 bochor, meye 2 yrs;",
        "Rahima Bibi - 34; Rahimar chhele Sohel - 6; meye - 2", "Rahima Bibi 34 ar chhele Sohel 6 ar meye 2",
        "Rahima Bibi 1992, chhele Sohel 2020, meye 2024", "Rahima Bibi, 34, female, chhele Sohel, 6, meye, 2",
    ],
)  # fmt: skip
def test_a_family_in_one_message(text: str) -> None:
    expected = [("Rahima Bibi", None, 34), ("Sohel", "chhele", 6), (None, "meye", 2)]
    assert names(text) == expected
    assert [one["sex"] for one in told(text)] == ["female", "male", "female"]


def test_a_family_in_bengali() -> None:
    read = told("রহিমা বিবি ৩৪ গর্ভবতী ৭ মাস, স্বামী করিম ৪০ সুগার প্রেশার, ছেলে ৮ মাস, শাশুড়ি ৬৫ হাঁপানি")
    assert [one.get("name") for one in read] == ["রহিমা বিবি", "করিম", None, None]
    assert [one["sex"] for one in read] == ["female", "male", "male", "female"]
    assert read[0]["pregnant"] and read[0]["due_date"] == "2027-01-29"
    assert set(read[1]["illnesses"]) == {"high_blood_sugar", "high_blood_pressure"}
    assert read[2]["age_years"] == pytest.approx(8 / 12, abs=0.001)
    assert read[3]["illnesses"] == ["asthma"] and read[3]["relation"] == "other"


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Sohel 6", 6), ("Sohel 6 bochor 6 mas", 6.5), ("Sohel 18 months", 1.5), ("Sohel 18m", 1.5),
        ("সোহেল দেড় বছর", 1.5), ("Karim age: 34", 34),
        ("Sohel 21 din", 21 / 365.25), ("Karim 34 M", 34), ("Karim 34/M", 34), ("Karim boyos 34", 34),
        ("Karim born 1990", 36), ("করিম জন্ম ১৯৯০", 36), ("Karim 4 soptaho", 4 / 52.18),
    ],
)  # fmt: skip
def test_ages(text: str, years: float) -> None:
    assert told(text)[0]["age_years"] == pytest.approx(years, abs=0.002)


@pytest.mark.parametrize("text", ["Rahima 200", "Rahima 34 pregnant 12 mas", "Rahima 34 91 1234 5678 9012", "-5 Karim"])
def test_what_cannot_be_is_not_guessed(text: str) -> None:
    read = members(text, TODAY)
    assert read.members == [] and read.unread == [text]


@pytest.mark.parametrize("text", ["junk", "", ",,,", "..", "হ্যাঁ", "\u202e", "<b>"])
def test_what_tells_of_nobody_is_nobody(text: str) -> None:
    assert members(text, TODAY).members == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("pregnant 7 mas", "2027-01-"), ("7 maser poyati", "2027-01-"), ("gorbhoboti 30 soptaho", "2027-02-01"),
        ("pregnant, LMP 12 May", "2027-02-16"), ("LMP 12/05/2026", "2027-02-16"), ("শেষ মাসিক ১২ মে", "2027-02-16"),
        ("EDD 3 March", "2027-03-03"), ("EDD 3/3/27", "2027-03-03"), ("প্রসবের তারিখ ৩ মার্চ", "2027-03-03"),
        ("pregnant due date 30 Nov", "2026-11-30"),
    ],
)  # fmt: skip
def test_when_a_child_is_expected(text: str, day: str) -> None:
    [one] = told(f"Rina 25 {text}")
    assert one["pregnant"] and one["sex"] == "female" and one["due_date"].startswith(day)


@pytest.mark.parametrize("text", ["not pregnant", "pregnant na", "গর্ভবতী নয়"])
def test_a_pregnancy_that_is_denied_is_none(text: str) -> None:
    assert "pregnant" not in told(f"Rina 25 {text}")[0]


@pytest.mark.parametrize("text", ["LMP 12 Nov 2020", "EDD 3 March 2031", "pregnant 50 weeks"])
def test_a_date_that_cannot_be_is_no_due_date(text: str) -> None:
    assert all("due_date" not in one for one in told(f"Rina 25 {text}"))


def test_a_due_date_that_was_asked_for_may_be_a_bare_day() -> None:
    assert a_due_date("3 March", TODAY) == date(2027, 3, 3)
    assert a_due_date("৭ মাস", TODAY) == a_due_date("7 months", TODAY)
    assert a_due_date("kichu na", TODAY) is None


def test_what_is_wrong_now_is_told_with_whom() -> None:
    read = told("Rahima Bibi 34 jor 3 din, chhele Sohel 6 kashi, meye 2 patla paikhana, স্বামী করিম ৪০")
    assert [one.get("facts") for one in read] == [
        {"fever": True, "duration_days": 3}, {"cough": True}, {"diarrhoea": True}, None
    ]  # fmt: skip
    assert [one.get("name") for one in read] == ["Rahima Bibi", "Sohel", None, "করিম"]


def test_further_things_between_commas_belong_to_the_one_before() -> None:
    [one] = told("Rahima Bibi, 34, female, pregnant 7 months, high risk, TB, bangla, 9830012345")
    assert (one["high_risk"], one["illnesses"], one["lang"], one["phone"]) == (
        True, ["tuberculosis"], "bn", "+919830012345"
    )  # fmt: skip


def test_an_abha_number_is_taken_only_with_its_check_digit() -> None:
    assert told("Rina 25 ABHA 91-1234-5678-9015")[0]["abha"] == "91123456789015"
    assert told("রিনা ২৫ ৯১ ১২৩৪ ৫৬৭৮ ৯০১৫")[0]["abha"] == "91123456789015"
    assert members("Rina 25 ABHA 91-1234-5678-9012", TODAY).members == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("nine one 1234 5678 90 one five", "91123456789015"), ("নয় এক ১২৩৪ ৫৬৭৮ ৯০১৫", "91123456789015"),
        ("noy ek ek dui tin char panch chhoy sat at noy shunno ek panch", "91123456789015"), ("double nine", "99"),
        ("kichu na", ""),
    ],
)  # fmt: skip
def test_digits_are_told_in_words_too(text: str, number: str) -> None:
    assert digits(text) == number
