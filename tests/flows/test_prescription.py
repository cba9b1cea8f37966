"""Prescription lines: what is taken, and what a doctor is kindly asked to look at again."""

from __future__ import annotations

from typing import Any

import pytest

from bot.words import say
from flows.case_view import story_lines
from flows.heard import Heard
from flows.prescription import never_prescribed, read_medicine
from flows.summary import STEPS, Desk, follow_up
from flows.summary_words import how_to_take, summary_args
from flows.talk import Ask, Misfit
from flows.texts import texts

PARACETAMOL = "Paracetamol tab 500 mg "


def taken(line: str) -> dict[str, Any]:
    medicine = read_medicine(line)
    assert isinstance(medicine, dict), medicine
    return medicine


def test_a_whole_line() -> None:
    assert taken(PARACETAMOL + "1-0-1 5 days after food, with water") == {
        "generic": "PARACETAMOL", "form": "tablet", "strength": "500 mg", "dose": "1-0-1", "meal": "after_food",
        "days": 5, "instructions": "with water",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "days"),
    [("1-0-1 1 day", 1), ("1-0-1 365 days", 365), ("১-০-১ ৫ দিন", 5), ("1-0-1x5d", 5), ("SOS", None)],
)
def test_days(written: str, days: int | None) -> None:
    assert taken(PARACETAMOL + written)["days"] == days


@pytest.mark.parametrize(
    ("written", "every", "english", "bengali"),
    [
        (
            "1-0-0 once a week 56 days",
            "week",
            "once a week, 1 in the morning, 56 days",
            "সপ্তাহে এক দিন, সকালে ১টা, ৫৬ দিন",
        ),
        (
            "1-0-0 সপ্তাহে এক দিন ৫৬ দিন",
            "week",
            "once a week, 1 in the morning, 56 days",
            "সপ্তাহে এক দিন, সকালে ১টা, ৫৬ দিন",
        ),
        ("0-0-1 on alternate days 10 days", "other_day", "every other day, 1 at night", "এক দিন অন্তর, রাতে ১টা"),
        ("1-0-0 monthly 90 days", "month", "once a month, 1 in the morning", "মাসে এক দিন, সকালে ১টা"),
    ],
)
def test_what_is_not_taken_daily_says_so_first(written: str, every: str, english: str, bengali: str) -> None:
    """A weekly medicine that reads like a daily one is taken seven times too often."""
    medicine = taken("Cholecalciferol sachet 60000 IU " + written)
    assert medicine["every"] == every and medicine["instructions"] == ""
    how = how_to_take(medicine)
    assert how["en"].startswith(english) and how["bn"].startswith(bengali)


def test_what_is_taken_daily_has_no_rhythm() -> None:
    assert "every" not in taken(PARACETAMOL + "1-0-1 5 days")


@pytest.mark.parametrize(
    "days",
    ["-1 days", "- 5 days", "−5 days", "0 days", "366 days", "999 days", "1000 days", "1.5 days", "5-7 days",
     "5 days then 3 days"],
)  # fmt: skip
def test_days_that_cannot_be_are_asked_about(days: str) -> None:
    assert read_medicine(f"{PARACETAMOL}1-0-1 {days}") == Misfit("misfit.medicine_days", {"most": 365})


@pytest.mark.parametrize("dose", ["5-5-5-5", "5-0-0", "4-4-4-1", "4½-0-0"])
def test_too_many_tablets_are_asked_about(dose: str) -> None:
    asked = read_medicine(f"{PARACETAMOL}{dose} 5 days")
    assert isinstance(asked, Misfit)
    assert asked.text == "misfit.many_pieces"


@pytest.mark.parametrize("line", [PARACETAMOL + "4-4-4 5 days", "Insulin glargine 0-0-10 30 days"])
def test_as_much_as_may_be_is_taken(line: str) -> None:
    assert taken(line)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Morphine tab 10 mg 1-0-1 5 days", "morphine"),
        ("morphin sulphate 10 mg", "morphine"),
        ("Tramadol+Paracetamol tab 1-0-1 5 days", "tramadol"),
        ("মরফিন ট্যাবলেট ১০ মিগ্রা ১-০-১ ৫ দিন", "morphine"),
        (PARACETAMOL + "1-0-1 5 days and Alprazolam 0.5 mg HS", "alprazolam"),
        ("Phenobarbitone tab 30 mg 0-0-1 30 days", "phenobarbital"),
    ],
)
def test_what_telemedicine_never_prescribes_is_refused_by_name(line: str, name: str) -> None:
    refused = read_medicine(line)
    assert isinstance(refused, Misfit)
    assert (refused.text, refused.args["name"]) == ("misfit.never_prescribed", name)


@pytest.mark.parametrize(
    "name",
    "paracetamol loratadine loperamide ketoconazole ketorolac metformin methyldopa methylprednisolone clonidine "
    "dextromethorphan phenytoin cetirizine pantoprazole apomorphine naloxone carbamazepine amitriptyline".split(),
)
def test_what_only_sounds_like_it_is_taken(name: str) -> None:
    assert taken(f"{name} tab 1-0-1 5 days")


def test_the_list_says_where_it_is_from_and_the_refusal_names_the_rule() -> None:
    assert "Telemedicine Practice Guidelines 2020" in never_prescribed().source
    assert "Telemedicine Practice Guidelines 2020" in texts()["misfit.never_prescribed"].en
    assert "গাইডলাইন ২০২০" in texts()["misfit.never_prescribed"].bn


@pytest.mark.parametrize(
    ("line", "strength", "dose"),
    [
        ("Syrup PCM 5ml 1-1-1 3 days", "", "5ml-5ml-5ml"),
        ("Syrup PCM 2.5 ml BD 3 days", "", "2.5ml-0-2.5ml"),
        ("Syrup PCM 250 mg/5 ml 5 ml 1-0-1 3 days", "250 mg/5 ml", "5ml-0-5ml"),
        ("Syrup PCM 5 ml-0-5 ml 3 days", "", "5ml-0-5ml"),
        ("প্যারাসিটামল সিরাপ ৫ মিলি ১-১-১ ৩ দিন", "", "৫ml-৫ml-৫ml"),
    ],
)
def test_the_ml_of_a_liquid(line: str, strength: str, dose: str) -> None:
    medicine = taken(line)
    assert (medicine["strength"], medicine["dose"]) == (strength, dose)


@pytest.mark.parametrize("written", ["", "250 mg/5 ml", "250 mg / 5 ml", "125 mg 5 ml", "60 ml"])
def test_a_concentration_or_a_bottle_is_no_dose(written: str) -> None:
    assert read_medicine(f"Syrup PCM {written} 1-1-1 3 days") == Misfit("misfit.liquid")


def test_twice_five_ml_is_a_doubt() -> None:
    assert read_medicine("Syrup PCM 5 ml 2-0-2 3 days") == Misfit("misfit.liquid")


@pytest.mark.parametrize("text", ["misfit.medicine", "misfit.liquid"])
def test_the_examples_that_are_shown_are_taken_and_one_is_a_liquid(text: str) -> None:
    for words in (texts()[text].bn, texts()[text].en):
        examples = [taken(piece.split("</i>")[0]) for piece in words.split("<i>")[1:]]
        assert "syrup" in [medicine["form"] for medicine in examples]


def heard_by(question: Any, **heard: Any) -> Any:
    assert isinstance(question, Ask)
    assert question.reads is not None
    return question.reads(Heard(**heard))


def test_a_follow_up_is_a_whole_number_of_days_without_a_minus() -> None:
    asked = next(follow_up())
    assert heard_by(asked, text="in 10 days", duration_days=10) == "10"
    for text, number in (("-3", 3), ("after -3 days", 3), ("1.5", 1.5), ("0", 0), ("366", 366)):
        assert heard_by(asked, text=text, number=number) == Misfit("misfit.days")


def test_the_medicine_question_says_what_was_wrong() -> None:
    desk = Desk("b1", {"allergies": None}, {"medicine": []})
    asked = next(STEPS["medicines"](desk, {}))
    refused = heard_by(asked, text="Morphine 10 mg 1-0-1 5 days")
    assert refused == Misfit("misfit.never_prescribed", {"name": "morphine", "rule": {"t": "rule.narcotic"}})
    assert heard_by(asked, text=PARACETAMOL + "1-0-1 5 days") == PARACETAMOL + "1-0-1 5 days"


WHOLE: dict[str, Any] = {
    "patient": {"name": "Rahima"}, "doctor": {"name": "Dr Sen"}, "date": "2026-11-24", "diagnosis": "Fever",
    "medicines": [], "follow_up": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("advice", "bengali", "english"),
    [("Drink <water>", True, False), ("জল খাবেন", False, True), ("", False, False), ("5-6", False, False)],
)
def test_advice_in_the_other_language_is_read_out_at_the_centre(advice: str, bengali: bool, english: bool) -> None:
    said = summary_args(WHOLE | {"advice": advice})["advice"]
    assert ("পড়ে শুনিয়ে দেবেন" in say("bn", said)) is bengali
    assert ("read it out" in say("en", said)) is english


def test_one_word_for_what_it_seems_to_be_in_the_message_and_on_the_paper() -> None:
    label = texts()["summary.diagnosis"]
    for text in ("summary.text", "summary.preview"):
        assert f"<b>{label.bn}:</b>" in texts()[text].bn
        assert f"<b>{label.en}:</b>" in texts()[text].en


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (2, "2 days")])
def test_one_day_is_no_days(days: int, words: str) -> None:
    newborn = {
        "name": "Rahima's",
        "age_years": days / 365,
        "sex": "female",
        "token": 1,
        "level": "emergency",
        "why": "-",
        "signed": True,
    }
    lines = story_lines(newborn | {"facts": {"duration_days": days}})
    assert (say("en", lines["days"]), say("en", lines["age"])) == (words, words)
