"""What is asked of a medicine before it goes on the paper, and what the rules refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.words import say
from flows.prescribing import Patient, consider, pieces_a_day, running, warnings
from flows.prescription import read_medicine
from flows.talk import Ask, Say

NEW = Patient(follows=False, allergies=None, running=())
KNOWN = replace(NEW, follows=True)


def written(line: str) -> dict[str, Any]:
    medicine = read_medicine(line)
    assert isinstance(medicine, dict), medicine
    return medicine


def considered(line: str, *answers: str, patient: Patient = NEW, before: Sequence[str] = ()) -> Any:
    """What comes of a line when its questions are answered so: the medicine or None, and the texts on the way."""
    flow, said, reply, left = consider(written(line), patient, before), [], None, list(answers)
    while True:
        try:
            step = flow.send(reply)
        except StopIteration as end:
            assert not left, f"not asked for: {left}"
            return end.value, said
        reply = None
        if isinstance(step, Say):
            said.append(step.text)
        else:
            assert isinstance(step, Ask)
            said.append(step.text or f"ask.{step.question}")
            reply = left.pop(0)
            assert reply in {choice.id for choice in step.choices}


def test_what_is_on_the_list_is_taken_without_a_word() -> None:
    medicine, said = considered("Amoxycillin cap 500mg 1-1-1 5 days")
    assert said == []
    assert (medicine["generic"], medicine["strength"], medicine["list"]) == ("AMOXICILLIN", "500 mg", "A")


def test_a_misspelt_name_is_never_taken_silently() -> None:
    medicine, said = considered("Azithromicin tab 500 mg 1-0-0 3 days", "azithromycin")
    assert (medicine["generic"], said) == ("AZITHROMYCIN", ["ask.med_like"])
    assert considered("Azithromicin tab 500 mg 1-0-0 3 days", "leave_out") == (None, ["ask.med_like", "med.left_out"])
    medicine, _ = considered("Azithromicin tab 500 mg 1-0-0 3 days", "list_A")
    assert (medicine["generic"], medicine["list"]) == ("AZITHROMICIN", "A")


def test_what_is_not_on_the_list_is_written_once_its_list_is_confirmed() -> None:
    line = "Zzyzxol tab 10 mg 1-0-0 3 days"
    medicine, said = considered(line, "list_O")
    assert (medicine["list"], said) == ("O", ["ask.med_unlisted"])
    assert considered(line, "list_B") == (None, ["ask.med_unlisted", "med.refused_b"])
    assert considered(line, "list_B", patient=KNOWN)[0]["list"] == "B"


def test_list_b_is_for_a_follow_up() -> None:
    line = "Hydrochlorothiazide tab 12.5 mg 1-0-0 30 days"
    assert considered(line) == (None, ["med.refused_b"])
    assert considered(line, patient=KNOWN)[0]["list"] == "B"
    assert considered("Atenolol + chlorthalidone tab 1-0-0 30 days") == (None, ["med.refused_b"])


def test_the_rule_is_named_where_it_refuses() -> None:
    for lang in ("bn", "en"):
        words = say(lang, {"t": "med.refused_b", "args": {"name": "X"}})  # type: ignore[arg-type]
        assert ("গাইডলাইন ২০২০" if lang == "bn" else "Guidelines 2020") in words
        assert ("তালিকা বি" if lang == "bn" else "list B") in words


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Paracetamol tab 5 mg 1-0-1 3 days", ["tablet 500 mg", "tablet 650 mg"]),
        ("Metformin 1-0-1 30 days", ["tablet 500 mg", "tablet 850 mg", "tablet 1000 mg"]),
        ("Syrup Cetirizine 5 ml 0-0-1 3 days", ["syrup 5 mg/5 ml"]),
    ],
)
def test_a_strength_that_is_missing_or_unknown_is_asked_once(line: str, shown: list[str]) -> None:
    asked = next(consider(written(line), NEW, ()))
    assert isinstance(asked, Ask) and asked.question == "med_strength"
    labels = [choice.label for choice in asked.choices[:-1]]
    assert [label for label in labels if label in shown] == shown
    medicine, said = considered(line, "0")
    assert said == ["ask.med_strength"] and f"{medicine['form']} {medicine['strength']}" == labels[0]
    assert considered(line, "as_written")[0]["strength"] == written(line)["strength"]


def test_the_only_form_of_a_strength_is_filled_in() -> None:
    assert considered("Metformin 500 1-0-1 30 days")[0] | {} == considered("Metformin tab 500 mg 1-0-1 30 days")[0]


@pytest.mark.parametrize(
    ("line", "patient", "before", "said"),
    [
        ("Amoxicillin cap 500 mg 1-1-1 5 days", replace(NEW, allergies=["penicillin"]), [], "med.allergy"),
        ("Cefixime tab 200 mg 1-0-1 5 days", replace(NEW, allergies=["penicillin"]), [], "med.may_cross"),
        ("Paracetamol tab 500 mg 1-0-1 5 days", NEW, ["PARACETAMOL"], "med.twice_here"),
        ("Ibuprofen tab 400 mg 1-0-1 5 days", NEW, ["DICLOFENAC"], "med.class_here"),
        ("Metformin tab 500 mg 1-0-1 5 days", replace(NEW, running=["METFORMIN"]), [], "med.twice_running"),
        ("Ramipril tab 5 mg 1-0-0 5 days", replace(NEW, running=["ENALAPRIL"]), [], "med.class_running"),
        ("Paracetamol tab 500 mg 2-2-1 5 days", NEW, [], "med.many"),
    ],
)
def test_what_speaks_against_it_is_said_once_and_the_doctor_decides(
    line: str, patient: Patient, before: list[str], said: str
) -> None:
    medicine, texts = considered(line, "keep", patient=patient, before=before)
    assert medicine is not None and texts == ["ask.med_warned"]
    assert [one["t"] for one in warnings(medicine, patient, before)] == [said]
    assert considered(line, "leave_out", patient=patient, before=before)[0] is None
    for one in warnings(medicine, patient, before):
        assert say("bn", one) and say("en", one)


def test_all_that_speaks_against_it_is_one_question() -> None:
    patient = replace(NEW, allergies=["aspirin"], running=["IBUPROFEN"])
    _, said = considered("Ibuprofen tab 400 mg 2-2-2 5 days", "keep", patient=patient, before=["DICLOFENAC"])
    assert said == ["ask.med_warned"]


def test_more_a_day_is_usual_of_some() -> None:
    assert considered("Prednisolone tab 5 mg 4-0-4 5 days")[1] == []
    assert pieces_a_day(written("Syrup Cetirizine 5 ml 1-1-1 5 days")) == 0


def test_nobody_asked_is_not_no_allergy() -> None:
    assert warnings(written("Amoxicillin cap 500 mg 1-1-1 5 days"), NEW, ()) == []


@pytest.mark.parametrize(("today", "still"), [("2026-11-23", 1), ("2026-11-27", 1), ("2026-11-28", 0)])
def test_a_course_runs_until_its_last_day(today: str, still: int) -> None:
    paper = {"date": "2026-11-23", "medicines": [{"generic": "X", "days": 5}, {"generic": "Y", "days": None}]}
    assert len(running([paper, {"date": "2026-11-23", "medicines": None}], today)) == still
