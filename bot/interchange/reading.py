"""A FHIR document as what it brings: whose booking, which doctor's, what was written. What is wrong is Refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.interchange import foreign, own
from bot.interchange.codes import ABHA, BOOKING, CONSULT_RECORD, JUDGED, PERSON, REGISTRATION, SNOMED, WRITTEN
from bot.interchange.document import Delivered, Refused, clean
from bot.interchange.parts import Parts, extension
from bot.interchange.writing import validate
from flows.summary import SOONER

BYTES_AT_MOST = 2_000_000
Resource = dict[str, Any]


def read_file(path: Path) -> Delivered:
    """The document of a file. Raises Refused, naming the place in it."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= BYTES_AT_MOST else None
    except OSError as error:
        raise Refused("the file", f"cannot be read ({error.strerror})", "give the path of a readable file") from None
    if raw is None:
        raise Refused("the file", f"is larger than {BYTES_AT_MOST:,} bytes", "send one consultation a file")
    try:
        return read(json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once))
    except UnicodeDecodeError as error:
        raise Refused(f"byte {error.start}", "is no UTF-8", "save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise Refused(f"line {error.lineno}", f"is no JSON ({error.msg})", "write the bundle as JSON") from None
    except RecursionError:
        raise Refused("the file", "is nested too deeply", "write a FHIR bundle") from None


def _no_number(name: str) -> Any:
    raise Refused("the file", f"holds {name}, which is no number of JSON", "write a number or leave it out")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise Refused("the file", f"an object has {clean(twice)[:40]!r} twice", "keep one of them")
    return dict(pairs)


def read(given: Any) -> Delivered:
    """What a bundle brings. Raises Refused."""
    _valid(given)
    parts = Parts(given)
    composition = _composition(parts)
    booking, patient = _booking(parts), parts.one("Patient")
    signed_at = _moment(composition["date"])
    written = extension(composition, WRITTEN)
    content = own.content(parts, written) if written else foreign.content(parts, composition, booking, signed_at)
    return Delivered(
        _identifier(given), _number(booking, BOOKING) or "", _number(patient, PERSON), _number(patient, ABHA),
        _registration(parts, composition), signed_at, content, bool(written), _judged(parts),
    )  # fmt: skip


def _valid(given: Any) -> None:
    """Refused unless FHIR's models take it as a document."""
    if not isinstance(given, dict) or given.get("resourceType") != "Bundle" or given.get("type") != "document":
        raise Refused("the file", "is no FHIR document", 'write a Bundle with "type": "document"')
    try:
        validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the bundle"
        raise Refused(clean(where), "; ".join(first["msg"].split()[:40]).replace("; ", " "), "see FHIR R4") from None
    except (KeyError, TypeError, AttributeError):
        raise Refused("Bundle.entry", "holds a resource of a type that FHIR R4 has not", "take it out") from None


def _composition(parts: Parts) -> Resource:
    composition = parts.one("Composition")
    if parts.resources[0] is not composition:
        raise Refused("Bundle.entry[0]", "is no Composition", "put it first: a document begins with it")
    code, name = CONSULT_RECORD
    codings = composition["type"].get("coding") or ()
    if not any(one.get("system") == SNOMED and one.get("code") == code for one in codings):
        raise Refused("Composition.type", f"is not SNOMED CT {code} ({name})", "send an OPConsultRecord")
    if composition["status"] not in ("final", "amended"):
        raise Refused("Composition.status", "is not final", "send it when the doctor has signed it")
    if composition.get("subject") and parts.refers(composition["subject"], "Patient") is None:
        raise Refused("Composition.subject", "is not the bundle's Patient", "refer to it by its fullUrl")
    return composition


def _booking(parts: Parts) -> Resource:
    """The appointment that the consultation was: the one with our number."""
    ours = [one for one in parts.of("Appointment") if _number(one, BOOKING)]
    if len(ours) != 1:
        mend = f"give the booking's id as identifier of one Appointment, with system {BOOKING}"
        raise Refused("Appointment.identifier", f"{len(ours) or 'none'} with the number of a booking", mend)
    return ours[0]


def _identifier(given: Resource) -> str:
    number = given.get("identifier") or {}
    system, value = str(number.get("system") or ""), str(number.get("value") or "")
    version = str((given.get("meta") or {}).get("versionId") or "")
    if not system or not value or "|" in system + value + version:
        mend = "give the document's own system and value, without the sign |"
        raise Refused("Bundle.identifier", "does not tell this document from others", mend)
    return f"{system}|{value}|{version}"


def _number(resource: Resource, system: str) -> str | None:
    found = [one for one in resource.get("identifier") or () if one.get("system") == system]
    value = found[0].get("value") if found else None
    if system == ABHA and value:
        return str(value).replace("-", "").replace(" ", "")
    return str(value) if value else None


def _registration(parts: Parts, composition: Resource) -> str:
    doctors = [one for ref in composition["author"] if (one := parts.refers(ref, "Practitioner"))]
    if len(doctors) != 1:
        raise Refused("Composition.author", "is not one Practitioner", "refer to the doctor who signed, by fullUrl")
    number = _number(doctors[0], REGISTRATION)
    if number is None:
        mend = f"give the doctor's registration number with system {REGISTRATION}"
        raise Refused("Practitioner.identifier", "has no registration number", mend)
    return number


def _moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refused("Composition.date", "is no moment", "write day, time and zone: 2026-11-23T12:30:00+05:30")
    return found


def _judged(parts: Parts) -> str | None:
    found = [value for one in parts.of("Encounter") if (value := extension(one, JUDGED, "valueCode"))]
    if found and found[0] not in SOONER:
        raise Refused("Encounter.extension", "names no level", f"write one of {', '.join(SOONER)}")
    return found[0] if found else None
