"""Summaries and documents for the tests: the bot's own, and one that a hub's own system wrote."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from bot.interchange.codes import BOOKING, PERSON, REGISTRATION
from bot.interchange.document import Outgoing
from storage.records import Booking, Doctor, Hub, Person

SIGNED = datetime(2026, 11, 23, 6, 40, 1, 123456, tzinfo=UTC)
MEDICINE: dict[str, Any] = {
    "generic": "PARACETAMOL", "form": "tablet", "strength": "500 mg", "dose": "1-0-1", "meal": "after_food",
    "days": 5, "instructions": "", "list": "O",
}  # fmt: skip
CONTENT: dict[str, Any] = {
    "complaints": "জ্বর", "findings": "", "diagnosis": "Fever", "medicines": [MEDICINE], "tests": ["CBC"],
    "investigations": ["CBC"], "advice": "Rest", "follow_up_days": 7, "follow_up_on": "2026-11-30",
    "follow_up": {"date": "2026-11-30"}, "date": "2026-11-23", "hub": {"bn": "হাব 1", "en": "Hub 1"}, "mode": "video",
    "doctor": {"name": {"bn": "ডাক্তার", "en": "Doctor"}, "qualification": "MBBS", "registration": "WBMC-dr-1",
               "contact": "", "address": {"bn": "হাব 1", "en": "Hub 1"}},
    "patient": {"name": "রহিমা", "age_years": 34.0, "sex": "female", "address": {"bn": "কেন্দ্র 1", "en": "Spoke 1"}},
    "phones": {"ambulance": "102", "emergency": "112"}, "version": 1, "corrects": None,
}  # fmt: skip


def outgoing(content: dict[str, Any], **said: Any) -> Outgoing:
    """A signed summary as it goes out."""
    hours = (datetime(2026, 11, 23, 5, 30, tzinfo=UTC), datetime(2026, 11, 23, 6, tzinfo=UTC))
    booking = Booking("b1", "p1", content["patient"]["name"], None, "tg:1", 1, 1, "hub-1", "হাব", "Hub", "dr-1",
                      "general_medicine", "spoke-1", "কেন্দ্র", "Spoke", 1, "fulfilled", *hours, 3, None, None,
                      None)  # fmt: skip
    person = Person("p1", content["patient"]["name"], None, None, None, content["patient"]["sex"], None, None, None,
                    None, None, None, "tg:1", None)  # fmt: skip
    doctor = Doctor("dr-1", "hub-1", "general_medicine", "ডাক্তার", "Doctor", "MBBS", "WBMC-dr-1", "Dr", None)
    hub = Hub("hub-1", "হাব", "Hub", "district_hospital", "d1", None, None, None, 23.0, 88.0, True)
    whole: dict[str, Any] = {
        "id": "c1", "identifier": None, "version": content["version"], "signed_at": SIGNED, "content": content,
        "judged_level": None, "booking": booking, "person": person, "abha": None, "doctor": doctor, "hub": hub,
        "facts": {"fever": True, "cough": False}, "before": None,
    }  # fmt: skip
    return Outgoing(**(whole | said))


def of_hub(booking: str, person: str, **changed: Any) -> dict[str, Any]:
    """A document as another system writes it; `changed`: a resource's name -> what is other in it, None: left out."""
    resources: dict[str, dict[str, Any]] = deepcopy(_RESOURCES)
    resources["booked"]["identifier"] = [{"system": BOOKING, "value": booking}]
    resources["patient"]["identifier"] = [{"system": PERSON, "value": person}]
    top = {"identifier": {"system": "https://his.example", "value": "doc-7"}} | changed.pop("bundle", {})
    for name, change in changed.items():
        if change is None:
            del resources[name]
        else:
            resources.setdefault(name, {}).update(change)
    entries = [{"fullUrl": f"https://his.example/{name}", "resource": one} for name, one in resources.items()]
    whole = {"resourceType": "Bundle", "type": "document", "timestamp": "2026-11-23T12:10:00+05:30", "entry": entries}
    return whole | top


def to(name: str) -> dict[str, str]:
    """A reference to a resource of `of_hub`."""
    return {"reference": f"https://his.example/{name}"}


def section(code: str, *names: str, **said: Any) -> dict[str, Any]:
    """A section of the composition."""
    coded = {"coding": [{"system": "http://snomed.info/sct", "code": code}]}
    return {"title": "Section", "code": coded, "entry": [to(name) for name in names]} | said


FAMILY = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Asthma &amp; eczema</p></div>'
SECTIONS = [
    section("422843007", "complaint"), section("425044008", "pulse"), section("721912009", "medicine"),
    section("721963009", "test"), section("736271009", "again"),
    section("422432008", title="Family history", text={"status": "generated", "div": FAMILY}),
]  # fmt: skip
_WHO = {"subject": to("patient")}
_RESOURCES: dict[str, dict[str, Any]] = {
    "composition": {
        "resourceType": "Composition", "status": "final", "date": "2026-11-23T12:10:00+05:30", "title": "OPD",
        "type": {"coding": [{"system": "http://snomed.info/sct", "code": "371530004"}]}, "author": [to("doctor")],
        "section": SECTIONS,
    } | _WHO,
    "patient": {"resourceType": "Patient", "name": [{"text": "Rahima"}]},
    "doctor": {"resourceType": "Practitioner", "identifier": [{"system": REGISTRATION, "value": "WBMC-dr-1"}]},
    "visit": {
        "resourceType": "Encounter", "status": "finished", "class": {"code": "VR"},
        "diagnosis": [{"condition": to("diagnosis")}],
    } | _WHO,
    "booked": {"resourceType": "Appointment", "status": "fulfilled", "start": "2026-11-23T11:00:00+05:30",
               "end": "2026-11-23T11:30:00+05:30", "participant": [{"actor": to("patient"), "status": "accepted"}]},
    "complaint": {"resourceType": "Condition", "code": {"text": "Fever for three days"}} | _WHO,
    "pulse": {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"},
              "valueQuantity": {"value": 98, "unit": "/min"}},
    "diagnosis": {"resourceType": "Condition", "code": {"coding": [
        {"system": "http://hl7.org/fhir/sid/icd-10", "code": "J06.9", "display": "Acute upper respiratory infection"}]},
    } | _WHO,
    "medicine": {
        "resourceType": "MedicationRequest", "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": "Paracetamol 500 mg tablet"},
        "dosageInstruction": [{
            "timing": {"repeat": {"when": ["MORN", "NIGHT"], "frequency": 2, "period": 1, "periodUnit": "d",
                                  "boundsDuration": {"value": 5, "unit": "day", "code": "d"}}},
            "doseAndRate": [{"doseQuantity": {"value": 1}}],
        }],
    } | _WHO,
    "test": {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "code": {"text": "CBC"}} | _WHO,
    "plan": {"resourceType": "CarePlan", "status": "active", "intent": "plan", "description": "Drink enough"} | _WHO,
    "again": {"resourceType": "Appointment", "status": "proposed", "start": "2026-11-30T11:00:00+05:30",
              "end": "2026-11-30T11:30:00+05:30", "participant": [{"actor": to("patient"), "status": "needs-action"}]},
}  # fmt: skip
