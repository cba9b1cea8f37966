"""The bot's own document come back: the summary as it was kept, if everything else in the document still says it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.interchange.codes import WRITTEN
from bot.interchange.document import Refused
from bot.interchange.parts import Parts
from bot.interchange.writing import clinical_of, core
from flows.dose import Every, Meal, read_dose
from flows.prescription import DAYS_AT_MOST, forbidden

MEND = f"take out the extension {WRITTEN}: then the other parts are read"
CLINICAL = ("Condition", "MedicationRequest", "ServiceRequest", "CarePlan")
"""Types of which a document holds what `clinical_of` makes of its summary, and the diagnosis."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class Medicine(_Part):
    """A medicine as the bot keeps it."""

    generic: str = Field(min_length=1)
    form: str
    strength: str
    dose: str
    meal: Meal | None
    days: int | None = Field(ge=1, le=DAYS_AT_MOST)
    instructions: str
    list: Literal["O", "A", "B"] | None = None
    every: Every | None = None


class Doctor(_Part):
    """Who signed, as printed."""

    name: Any
    qualification: str
    registration: str


class Patient(_Part):
    """Whom it is for, as printed."""

    name: str
    age_years: float
    sex: str | None


class Summary(_Part):
    """What a summary cannot be without."""

    date: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    diagnosis: str = Field(min_length=1)
    advice: str
    tests: list[str] | str
    medicines: list[Medicine] | str
    follow_up_days: int | None = Field(ge=1, le=DAYS_AT_MOST)
    follow_up_on: str | None = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    version: int = Field(ge=1)
    corrects: str | None
    doctor: Doctor
    patient: Patient


def content(parts: Parts, written: str) -> dict[str, Any]:
    """The summary that the extension holds. Refused where it is none, or where other parts say something else."""
    where = f"Composition.extension ({WRITTEN})"
    try:
        kept = json.loads(written)
        Summary.model_validate(kept)
    except json.JSONDecodeError:
        raise Refused(where, "is no JSON", MEND) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        at = ".".join(str(step) for step in first["loc"])
        raise Refused(where, f"{at}: {first['msg']}", MEND) from None
    for medicine in kept["medicines"] or ():
        if read_dose(medicine["dose"], medicine["form"]) is None:
            raise Refused(where, "a medicine's dose cannot be read", MEND)
        if forbidden(medicine["generic"]):
            raise Refused(where, "a medicine is never prescribed by telemedicine", "the doctor sees the patient")
    _agree(parts, kept)
    return dict(kept)


def _agree(parts: Parts, kept: dict[str, Any]) -> None:
    """Refused unless the document's clinical parts are those that follow from the summary."""
    try:
        made = [one for ones in clinical_of(kept).values() for one in ones]
        diagnosis = clinical_of({"complaints": kept["diagnosis"]})["complaints"]
    except (TypeError, LookupError, ValueError):
        raise Refused(f"Composition.extension ({WRITTEN})", "cannot be put into words", MEND) from None
    expected, stands = [*made, *diagnosis], [one for kind in CLINICAL for one in parts.of(kind)]
    for kind in CLINICAL:
        wanted = Counter(_text(one) for one in expected if one["resourceType"] == kind)
        if wanted != Counter(_text(core(one)) for one in stands if one["resourceType"] == kind):
            raise Refused(kind, "does not say what the extension says: one of them was changed", MEND)
    printed = {"investigations": list(kept["tests"] or ()), "follow_up": _printed(kept["follow_up_on"])}
    if wrong := [name for name, value in printed.items() if kept.get(name, value) != value]:
        raise Refused(f"Composition.extension ({WRITTEN})", f"{wrong[0]} is not what the other parts say", MEND)
    days = {one["requestedPeriod"][0]["start"][:10] for one in parts.of("Appointment") if one["status"] == "proposed"}
    if days != ({kept["follow_up_on"]} if kept["follow_up_on"] else set()):
        raise Refused("Appointment", "the follow-up is not the day that the extension says", MEND)


def _printed(day: str | None) -> dict[str, str] | str:
    """The day to come back, as the paper has it."""
    return {"date": day} if day else ""


def _text(resource: dict[str, Any]) -> str:
    kept = {name: value for name, value in resource.items() if name != "authoredOn"}
    return json.dumps(kept, sort_keys=True, default=float)
