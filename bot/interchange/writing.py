"""A signed summary as a FHIR R4 document: a bundle with its composition first, after ABDM's OPConsultRecord."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.interchange.codes import (
    ABHA,
    BOOKING,
    CONSULT,
    CONSULT_RECORD,
    HUB,
    JUDGED,
    OWN,
    PERSON,
    PROFILES,
    REGISTRATION,
    SECTIONS,
    UCUM,
    WRITTEN,
    concept,
    snomed,
)
from bot.interchange.document import Outgoing, clean
from bot.words import plain, say
from flows.dose import read_dose
from flows.findings import findings
from flows.summary_words import how_to_take

Resource = dict[str, Any]
_TITLES = {
    "complaints": "Chief complaints", "findings": "Physical examination", "history": "History",
    "tests": "Investigation advice", "medicines": "Medications", "advice": "Advice", "follow_up": "Follow-up",
    "observed": "As told before the consultation",
}  # fmt: skip
_WHEN = {3: ("MORN", "NOON", "NIGHT"), 4: ("MORN", "NOON", "EVE", "NIGHT")}
_PERIODS = {None: (1, "d"), "week": (1, "wk"), "other_day": (2, "d"), "month": (1, "mo")}
_GENDERS = {"female": "female", "male": "male"}
_BORN = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def bundle(out: Outgoing) -> Resource:
    """The whole document. Raises ValueError where FHIR's own models do not take it."""
    clinical = {part: [_about(one, out) for one in ones] for part, ones in clinical_of(out.content).items()}
    clinical["observed"] = [_about(one, out) for one in _observed(out.facts)]
    resources = {
        "patient": _patient(out), "practitioner": _practitioner(out), "organization": _organization(out),
        "encounter": _encounter(out), "booking": _booking(out),
        "condition-diagnosis": _about(_condition(_words(out.content["diagnosis"])), out),
    } | {f"{part}-{n}": one for part, ones in clinical.items() for n, one in enumerate(ones, 1)}  # fmt: skip
    composition = _composition(out, clinical)
    made: Resource = {
        "resourceType": "Bundle", "type": "document", "meta": {"profile": [f"{PROFILES}/DocumentBundle"]},
        "identifier": _identifier(out), "timestamp": out.signed_at.isoformat(),
        "entry": [_entry(out, name, one) for name, one in ({"composition": composition} | resources).items()],
    }  # fmt: skip
    if out.identifier and (version := out.identifier.split("|")[2]):
        made["meta"]["versionId"] = version
    validate(made)
    return made


def validate(made: Resource) -> None:
    """Raises pydantic's ValidationError (a ValueError) unless FHIR's R4B models take it."""
    from fhir.resources.R4B.bundle import Bundle  # slow to load: only here

    Bundle.model_validate(made)


def clinical_of(content: dict[str, Any]) -> dict[str, list[Resource]]:
    """What the doctor wrote, as resources by part, without whom they are about: they follow from the content alone."""
    words = {part: _words(content.get(part) or "") for part in ("complaints", "findings", "history", "advice")}
    day = content.get("follow_up_on")
    return {
        "complaints": [_condition(words["complaints"])] if words["complaints"] else [],
        "findings": [_observation(words["findings"])] if words["findings"] else [],
        "history": [_observation(words["history"])] if words["history"] else [],
        "tests": [_test(one) for one in content.get("tests") or ()],
        "medicines": [_medicine(one) for one in content.get("medicines") or ()],
        "advice": [_care_plan(words["advice"])] if words["advice"] else [],
        "follow_up": [_follow_up(day)] if day else [],
    }


def core(resource: Resource) -> Resource:
    """A clinical resource without its id and whom it is about: what `clinical_of` made."""
    apart = ("id", "meta", "text", "subject", "requester", "encounter", "participant")
    return {name: value for name, value in resource.items() if name not in apart}


def _words(value: Any) -> str:
    """A value of a summary in English, a list with commas; never empty where something stands."""
    listed = value if isinstance(value, list) else [value]
    return ", ".join(said for one in listed if one and (said := clean(plain(say("en", one)))))


# --- clinical --------------------------------------------------------------------------------------------------------


def _condition(text: str) -> Resource:
    return {"resourceType": "Condition", "code": concept(text)}


def _observation(text: str) -> Resource:
    return {
        "resourceType": "Observation", "status": "final", "code": {"text": "As the doctor wrote it"},
        "valueString": text,
    }  # fmt: skip


def _observed(facts: dict[str, Any]) -> Iterator[Resource]:
    """The findings that were there, where they have a code."""
    for code, value in sorted(facts.items()):
        known = findings().get(code)
        if value is True and known and known.snomed:
            coded = {"coding": [snomed(known.snomed, known.label.en)], "text": known.label.en}
            yield {"resourceType": "Observation", "status": "final", "code": coded, "valueBoolean": True}


def _test(text: str) -> Resource:
    said = clean(text) or "-"
    return {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "code": {"text": said}}


def _medicine(medicine: dict[str, Any]) -> Resource:
    """Its dosage holds the plain words of both languages, and when, how often and for how long."""
    named = " ".join(clean(medicine[part]) for part in ("generic", "form", "strength") if medicine[part])
    return {
        "resourceType": "MedicationRequest", "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": named}, "dosageInstruction": [_dosage(medicine)],
    }  # fmt: skip


def _dosage(medicine: dict[str, Any]) -> Resource:
    dose = read_dose(medicine["dose"], medicine["form"])
    if dose is None:
        raise ValueError(f"a medicine's dose {medicine['dose']!r} cannot be read")
    how, also = how_to_take(medicine), clean(medicine["instructions"])
    period, unit = _PERIODS[medicine.get("every")]
    taken = [(when, part) for when, part in zip(_WHEN.get(len(dose.parts), ()), dose.parts, strict=True) if part]
    repeat: Resource = {"period": period, "periodUnit": unit}
    if taken:
        repeat |= {"frequency": len(taken), "when": [when for when, _ in taken]}
    if medicine["days"]:
        repeat["boundsDuration"] = _quantity(medicine["days"], "day", "d")
    made: Resource = {"text": f"{how['en']}{f', {also}' if also else ''}", "patientInstruction": how["bn"]}
    made |= {"timing": {"repeat": repeat}, "asNeededBoolean": dose.when_needed}
    amounts = {part for _, part in taken}
    if len(amounts) == 1:
        made["doseAndRate"] = [{"doseQuantity": {"value": float(amounts.pop()), "unit": dose.unit or "dose"}}]
    return made


def _quantity(value: float, unit: str, code: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def _care_plan(text: str) -> Resource:
    return {"resourceType": "CarePlan", "status": "active", "intent": "plan", "description": text}


def _follow_up(day: str) -> Resource:
    asked = {"start": f"{day}T00:00:00+05:30", "end": f"{day}T23:59:00+05:30"}
    return {"resourceType": "Appointment", "status": "proposed", "requestedPeriod": [asked]}


def _about(resource: Resource, out: Outgoing) -> Resource:
    """With whom it is about."""
    patient = _refer(out, "patient")
    if resource["resourceType"] == "Appointment":
        return resource | {"participant": [{"actor": patient, "status": "needs-action"}]}
    asked = {"MedicationRequest": {"authoredOn": out.signed_at.isoformat(), "requester": _refer(out, "practitioner")}}
    return resource | {"subject": patient} | asked.get(resource["resourceType"], {})


# --- who and where ---------------------------------------------------------------------------------------------------


def _patient(out: Outgoing) -> Resource:
    person, content = out.person, out.content
    numbers = [{"system": PERSON, "value": person.id}]
    numbers += [{"system": ABHA, "value": out.abha}] if out.abha else []
    made: Resource = {
        "resourceType": "Patient",
        "identifier": numbers,
        "gender": _GENDERS.get(person.sex or "", "unknown"),
    }
    made["name"] = _names(content["patient"]["name"])
    if person.born and person.born_to:
        made["birthDate"] = person.born.strftime(_BORN[person.born_to])
    if person.phone:
        made["telecom"] = [{"system": "phone", "value": clean(person.phone)}]
    address = _words(content["patient"].get("address") or "")
    return made | ({"address": [{"text": address}]} if address else {})


def _practitioner(out: Outgoing) -> Resource:
    doctor = out.content["doctor"]
    return {
        "resourceType": "Practitioner", "identifier": [{"system": REGISTRATION, "value": doctor["registration"]}],
        "name": _names(doctor["name"]), "qualification": [{"code": {"text": doctor["qualification"]}}],
    } | ({"telecom": [{"system": "phone", "value": doctor["contact"]}]} if doctor.get("contact") else {})  # fmt: skip


def _organization(out: Outgoing) -> Resource:
    return {
        "resourceType": "Organization", "identifier": [{"system": HUB, "value": out.hub.id}], "name": out.hub.name_en,
        "alias": [out.hub.name_bn],
    }  # fmt: skip


def _names(value: Any) -> list[Resource]:
    """A name once, or in both languages."""
    said = (clean(plain(say(lang, value))) or "-" for lang in ("en", "bn"))
    return [{"text": name} for name in dict.fromkeys(said)]


def _encounter(out: Outgoing) -> Resource:
    act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    made = {
        "resourceType": "Encounter", "status": "finished", "subject": _refer(out, "patient"),
        "class": {"system": act, "code": "VR", "display": "virtual"},
        "period": {"start": out.booking.starts_at.isoformat(), "end": out.signed_at.isoformat()},
        "appointment": [_refer(out, "booking")], "serviceProvider": _refer(out, "organization"),
        "participant": [{"individual": _refer(out, "practitioner")}],
        "diagnosis": [{"condition": _refer(out, "condition-diagnosis")}],
    }  # fmt: skip
    if out.signed_at < out.booking.starts_at:
        made["period"] = {"end": out.signed_at.isoformat()}
    if out.judged_level:
        made["extension"] = [{"url": JUDGED, "valueCode": out.judged_level}]
    return made


def _booking(out: Outgoing) -> Resource:
    booked = out.booking
    return {
        "resourceType": "Appointment", "identifier": [{"system": BOOKING, "value": booked.id}], "status": "fulfilled",
        "start": booked.starts_at.isoformat(), "end": booked.ends_at.isoformat(),
        "specialty": [{"text": _words({"t": f"specialty.{booked.specialty}"})}],
        "participant": [{"actor": _refer(out, name), "status": "accepted"} for name in ("patient", "practitioner")],
    }  # fmt: skip


# --- the composition -------------------------------------------------------------------------------------------------


def _composition(out: Outgoing, clinical: dict[str, list[Resource]]) -> Resource:
    code, display = CONSULT_RECORD
    made = {
        "resourceType": "Composition", "meta": {"profile": [f"{PROFILES}/OPConsultRecord"]},
        "identifier": {"system": f"{OWN}/summary-of-booking", "value": out.booking.id},
        "status": "amended" if out.content.get("corrects") else "final",
        "type": {"coding": [snomed(code, display)], "text": display}, "title": "Consultation Report",
        "date": out.signed_at.isoformat(), "subject": _refer(out, "patient"), "encounter": _refer(out, "encounter"),
        "author": [_refer(out, "practitioner")], "custodian": _refer(out, "organization"), "language": "en-IN",
        "extension": [{"url": WRITTEN, "valueString": json.dumps(out.content, sort_keys=True)}],
        "section": [_section(out, part, ones) for part, ones in clinical.items() if ones],
    }  # fmt: skip
    if out.before:
        corrected = {"targetIdentifier": {"system": CONSULT, "value": out.before}}
        made["relatesTo"] = [{"code": "replaces"} | corrected]
    if not made["section"]:
        del made["section"]
    return made


def _section(out: Outgoing, part: str, ones: list[Resource]) -> Resource:
    told = "".join(f"<p>{html.escape(_told(one))}</p>" for one in ones)
    return {
        "title": _TITLES[part], "code": {"coding": [snomed(*SECTIONS[part])]},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{told}</div>'},
        "entry": [_refer(out, f"{part}-{n}") for n in range(1, len(ones) + 1)],
    }  # fmt: skip


def _told(one: Resource) -> str:
    match one["resourceType"]:
        case "MedicationRequest":
            return f"{one['medicationCodeableConcept']['text']}: {one['dosageInstruction'][0]['text']}"
        case "CarePlan":
            return str(one["description"])
        case "Appointment":
            return str(one["requestedPeriod"][0]["start"][:10])
    return str(one.get("valueString") or one["code"]["text"])


def _identifier(out: Outgoing) -> Resource:
    if out.identifier:
        system, value, _ = out.identifier.split("|")
        return {"system": system, "value": value}
    return {"system": CONSULT, "value": out.id}


def _entry(out: Outgoing, name: str, resource: Resource) -> Resource:
    return {"fullUrl": _url(out, name), "resource": {"id": _url(out, name).removeprefix("urn:uuid:")} | resource}


def _refer(out: Outgoing, name: str) -> Resource:
    return {"reference": _url(out, name)}


def _url(out: Outgoing, name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{CONSULT}/{out.id}/{name}')}"
