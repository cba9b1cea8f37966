"""Names of systems and codes as FHIR and ABDM have them, and which of our words have a SNOMED CT code."""

from __future__ import annotations

from functools import cache
from typing import Any

from flows.findings import findings

SNOMED = "http://snomed.info/sct"
ABHA = "https://healthid.ndhm.gov.in"
REGISTRATION = "https://doctor.ndhm.gov.in"
UCUM = "http://unitsofmeasure.org"
OWN = "https://ingit.example/fhir"
"""Begins the names of what is ours. A name, not an address: nothing is fetched from it."""
BOOKING, PERSON, CONSULT, HUB = (f"{OWN}/{name}" for name in ("booking", "person", "consult", "hub"))
WRITTEN, JUDGED = f"{OWN}/written", f"{OWN}/judged-level"
"""Extensions: a summary as the bot keeps it; how soon the doctor would have had the person seen."""
PROFILES = "https://nrces.in/ndhm/fhir/r4/StructureDefinition"

CONSULT_RECORD = ("371530004", "Clinical consultation report")
SECTIONS = {
    "complaints": ("422843007", "Chief complaint section"),
    "findings": ("425044008", "Physical exam section"),
    "history": ("371529009", "History and physical report"),
    "tests": ("721963009", "Order document"),
    "medicines": ("721912009", "Medication summary document"),
    "advice": ("734163000", "Care plan"),
    "follow_up": ("736271009", "Outpatient care plan"),
    "observed": ("404684003", "Clinical finding"),
}
"""The parts of a summary under the section codes of ABDM's profile; `advice` is SNOMED CT's own, ABDM has none."""


def snomed(code: str, display: str) -> dict[str, Any]:
    """One SNOMED CT coding."""
    return {"system": SNOMED, "code": code, "display": display}


def concept(text: str) -> dict[str, Any]:
    """Words as a CodeableConcept: with a code where they are the name of a finding that has one."""
    code = _named().get(" ".join(text.casefold().split()))
    meant = findings()[code] if code else None
    coding = {"coding": [snomed(meant.snomed, meant.label.en)]} if meant and meant.snomed else {}
    return coding | {"text": text}


def words_of(concept: dict[str, Any]) -> str:
    """What a CodeableConcept says: its text, else what its codes say, a code that nobody knows as it stands."""
    if text := concept.get("text"):
        return str(text)
    codings = concept.get("coding") or []
    said = [coding.get("display") or _of_code(coding) for coding in codings]
    return next((str(one) for one in said if one), "")


def _of_code(coding: dict[str, Any]) -> str:
    code = str(coding.get("code") or "")
    if coding.get("system") == SNOMED:
        known = next((one for one in findings().values() if one.snomed == code), None)
        if known:
            return known.label.en
    return f"{coding.get('system', '')} {code}".strip()


@cache
def _named() -> dict[str, str]:
    """Codes of findings by their names in either language."""
    return {
        name.casefold(): code
        for code, finding in findings().items()
        if finding.snomed
        for name in (code.replace("_", " "), finding.label.en, finding.label.bn)
    }
