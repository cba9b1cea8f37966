"""A summary as a FHIR document and back: nothing is lost, whatever was written; what was changed is seen."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interchange.codes import WRITTEN
from bot.interchange.document import Refused
from bot.interchange.reading import read
from bot.interchange.writing import bundle
from tests.interchange.papers import CONTENT, MEDICINE, SIGNED, of_hub, outgoing, section, to

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
NAMED = WORDS.filter(lambda text: any(one.isalnum() for one in text))
MEDICINES = st.fixed_dictionaries({
    "generic": st.sampled_from(["PARACETAMOL", "CETIRIZINE", "AMOXICILLIN + CLAVULANIC ACID"]),
    "form": st.sampled_from(["tablet", "cream", ""]), "strength": st.sampled_from(["500 mg", "1 %", ""]),
    "dose": st.sampled_from(["1-0-1", "1/2-0-1", "SOS", "1-1-1-1", "1-0-2 SOS"]),
    "meal": st.sampled_from([None, "before_food", "after_food"]), "days": st.none() | st.integers(1, 365),
    "instructions": WORDS, "list": st.sampled_from(["O", "A", "B"]),
}, optional={"every": st.sampled_from(["week", "other_day", "month"])})  # fmt: skip
CONTENTS = st.builds(
    lambda words, medicines, tests, days, sex: CONTENT | words | {
        "medicines": medicines, "tests": tests, "investigations": tests, "follow_up_days": days,
        "follow_up_on": "2026-12-01" if days else None, "follow_up": {"date": "2026-12-01"} if days else "",
        "patient": CONTENT["patient"] | {"name": words["name"], "sex": sex},
    },
    st.fixed_dictionaries(
        {"complaints": NAMED, "findings": WORDS, "diagnosis": NAMED, "advice": WORDS, "name": NAMED},
        optional={"history": WORDS},
    ),
    st.lists(MEDICINES, max_size=3), st.lists(NAMED, max_size=3), st.none() | st.integers(1, 365),
    st.sampled_from(["female", "male", None]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(content=CONTENTS, judged=st.sampled_from([None, "emergency", "consultation_24"]))
def test_a_document_brings_back_every_word_of_its_summary(content: dict[str, Any], judged: str | None) -> None:
    made = json.loads(json.dumps(bundle(outgoing(content, judged_level=judged))))
    back = read(made)
    assert back.content == content
    assert (back.signed_at, back.booking, back.person, back.own) == (SIGNED, "b1", "p1", True)
    assert back.judged_level == judged


def test_it_is_a_consultation_record_whose_parts_have_codes() -> None:
    made = Bundle.model_validate(bundle(outgoing(CONTENT)))
    kinds = [one.resource.get_resource_type() for one in made.entry]
    assert kinds[0] == "Composition"
    assert set(kinds) == {
        "Composition", "Patient", "Practitioner", "Organization", "Encounter", "Appointment", "Condition",
        "MedicationRequest", "ServiceRequest", "CarePlan", "Observation",
    }  # fmt: skip
    assert made.entry[0].resource.type.coding[0].code == "371530004"
    codes = {c.code for one in made.entry for c in getattr(getattr(one.resource, "code", None), "coding", None) or ()}
    assert "386661006" in codes  # SNOMED CT: fever, found and diagnosed


def test_names_with_markup_marks_and_formulas_are_data() -> None:
    name = '=HYPERLINK("x") <b onclick=1>\u202eAli'
    content = CONTENT | {"complaints": name, "patient": CONTENT["patient"] | {"name": name}}
    made = bundle(outgoing(content))
    seen = [one["resource"] for one in made["entry"]]
    divs = " ".join(part["text"]["div"] for part in seen[0]["section"])
    assert "<b onclick" not in divs and "&lt;b onclick=1&gt;" in divs
    shown = json.dumps([{k: v for k, v in one.items() if k != "extension"} for one in seen], ensure_ascii=False)
    assert "\u202e" not in shown
    assert read(made).content["patient"]["name"] == name


CHANGES: dict[str, Any] = {
    "dose": lambda one: one["dosageInstruction"][0].update(text="two at once"),
    "medicine": lambda one: one["medicationCodeableConcept"].update(text="IBUPROFEN tablet 400 mg"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_document_that_was_changed_beside_its_extension_is_refused(change: str) -> None:
    made = bundle(outgoing(CONTENT))
    CHANGES[change](next(e["resource"] for e in made["entry"] if e["resource"]["resourceType"] == "MedicationRequest"))
    with pytest.raises(Refused, match="MedicationRequest"):
        read(made)


FORGED: dict[str, dict[str, Any]] = {
    "tests on the paper": {"investigations": ["MRI"]},
    "another day on the paper": {"follow_up": {"date": "2027-01-01"}},
    "another dose": {"medicines": [MEDICINE | {"dose": "4-4-4"}]},
    "a narcotic": {"medicines": [MEDICINE | {"generic": "MORPHINE"}]},
    "no dose": {"medicines": [MEDICINE | {"dose": "many"}]}, "other advice": {"advice": "Stop everything"},
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_an_extension_that_was_changed_is_refused(what: str) -> None:
    made = bundle(outgoing(CONTENT))
    made["entry"][0]["resource"]["extension"][0]["valueString"] = json.dumps(CONTENT | FORGED[what])
    with pytest.raises(Refused):
        read(made)


def test_without_the_extension_the_other_parts_are_read() -> None:
    made = bundle(outgoing(CONTENT))
    made["entry"][0]["resource"]["extension"] = []
    del made["entry"][0]["resource"]["extension"]
    back = read(made)
    assert not back.own
    for part in ("complaints", "diagnosis", "tests", "advice", "follow_up_on", "follow_up_days"):
        assert back.content[part] == CONTENT[part], part


def test_what_a_hubs_system_writes_is_read() -> None:
    back = read(of_hub("b1", "p1"))
    assert back.content == {
        "complaints": "Fever for three days", "findings": "Pulse 98 /min", "history": "Family history: Asthma & eczema",
        "diagnosis": "Acute upper respiratory infection", "tests": ["CBC"], "advice": "Drink enough",
        "medicines": [MEDICINE | {"meal": None}], "follow_up_on": "2026-11-30", "follow_up_days": 7,
    }  # fmt: skip
    assert (back.registration, back.identifier) == ("WBMC-dr-1", "https://his.example|doc-7|")


def test_unknown_codes_are_kept_as_text() -> None:
    bare = {"code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "J06.9"}]}}
    assert read(of_hub("b1", "p1", diagnosis=bare)).content["diagnosis"] == "http://hl7.org/fhir/sid/icd-10 J06.9"


TRAMADOL = {"medicationCodeableConcept": {"text": "Morphine 10 mg tablet"}}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no booking": ({"booked": {"identifier": []}}, "Appointment.identifier"),
    "other type": ({"composition": {"type": {"text": "X"}}}, "Composition.type"),
    "preliminary": ({"composition": {"status": "preliminary"}}, "Composition.status"),
    "day only": ({"composition": {"date": "2026-11-23"}}, "Composition.date"),
    "no author": ({"doctor": {"identifier": []}}, "Practitioner.identifier"),
    "no diagnosis": ({"visit": {"diagnosis": []}}, "Encounter.diagnosis"),
    "no complaint": ({"composition": {"section": []}}, "Composition.section"),
    "to nothing": ({"composition": {"section": [section("422843007", "nothing")]}}, "section.1..entry"),
    "narcotic": ({"medicine": TRAMADOL}, "MedicationRequest.1."),
    "no dose": ({"medicine": {"dosageInstruction": [{"text": "as told"}]}}, "MedicationRequest.1."),
    "stopped": ({"medicine": {"status": "stopped"}}, "MedicationRequest.1..status"),
    "not to give": ({"medicine": {"doNotPerform": True}}, "MedicationRequest.1."),
    "no identifier": ({"bundle": {"identifier": {}}}, "Bundle.identifier"),
    "not FHIR": ({"patient": {"nonsense": 1}}, "nonsense"),
    "no resource": ({"patient": {"resourceType": "Nonsense"}}, "Bundle.entry"),
    "follow-up past": ({"again": {"start": "2026-11-20T11:00:00+05:30"}}, "Appointment.start"),
    "long": ({"plan": {"description": "x" * 1001}}, "CarePlan"),
    "other subject": ({"composition": {"subject": to("doctor")}}, "Composition.subject"),
    "forged": ({"composition": {"extension": [{"url": WRITTEN, "valueString": "{}"}]}}, "extension"),
    "no JSON": ({"composition": {"extension": [{"url": WRITTEN, "valueString": "{"}]}}, "extension"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_place(what: str) -> None:
    change, where = WRONG[what]
    with pytest.raises(Refused, match=where) as refused:
        read(of_hub("b1", "p1", **change))
    assert "Rahima" not in str(refused.value)


def test_the_library_is_loaded_only_where_it_is_used() -> None:
    loaded = "import sys, bot.__main__, bot.interchange.writing; print('fhir' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize("given", [None, [], 1, "x", {}, {"resourceType": "Patient"}, {"resourceType": "Bundle"}])
def test_what_is_no_document_is_refused(given: Any) -> None:
    with pytest.raises(Refused):
        read(given)
