"""A document that a hub's own system made: the parts that a doctor writes, read by the rules that hold for doctors."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from typing import Any

from bot.interchange.codes import SECTIONS, SNOMED, words_of
from bot.interchange.document import Refused, clean
from bot.interchange.parts import Parts, Resource
from bot.words import plain, text_words
from flows.dose import read_dose
from flows.formulary import find
from flows.prescription import DAYS_AT_MOST, read_medicine
from flows.summary import MEDICINES_AT_MOST, TESTS_AT_MOST, WORDS_AT_MOST
from flows.talk import Misfit
from storage.zone import day_of

_ENDED = ("entered-in-error", "cancelled", "stopped", "draft", "revoked")
_WHEN = {"MORN": 0, "NOON": 1, "AFT": 1, "EVE": 2, "NIGHT": 2, "HS": 2}
_LIST = ("Condition", "MedicationRequest", "ServiceRequest", "CarePlan", "Observation", "Appointment")
_TAG, _DAYS = re.compile(r"<[^>]*>"), re.compile(r"\b\d+\s*(?:days?|d)\b|দিন")
_DAY = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 30, "month": 30, "months": 30}


def content(parts: Parts, composition: Resource, booking: Resource, signed_at: datetime) -> dict[str, Any]:
    """The parts of a summary, and `history` with what there is no other place for. Raises Refused."""
    sections = _sections(parts, composition)
    complaints, findings = (
        _listed(parts, sections, part) or _narrative(sections, part) for part in ("complaints", "findings")
    )
    day = _follow_up(parts, booking, signed_at)
    read: dict[str, Any] = {
        "complaints": _bounded("the chief complaint", complaints),
        "findings": _bounded("the examination", findings),
        "history": _bounded("the history", _history(parts, sections)),
        "diagnosis": _diagnosis(parts), "medicines": _medicines(parts), "tests": _tests(parts),
        "advice": _bounded("CarePlan", _advice(parts)),
        "follow_up_on": day and day.isoformat(), "follow_up_days": day and (day - day_of(signed_at)).days,
    }  # fmt: skip
    if not read["complaints"]:
        raise Refused("Composition.section", "there is no chief complaint", "add the section 422843007")
    return read if read["history"] else {name: value for name, value in read.items() if name != "history"}


def _sections(parts: Parts, composition: Resource) -> list[tuple[str, str, list[Resource], str]]:
    """Each section's part ("" where its code is none of ours), title, entries and narrative."""
    part_of = {code: part for part, (code, _) in SECTIONS.items()}
    found = []
    for place, one in enumerate(composition.get("section") or (), 1):
        codes = [coding.get("code") for coding in (one.get("code") or {}).get("coding") or ()
                 if coding.get("system") == SNOMED]  # fmt: skip
        part = next((part_of[code] for code in codes if code in part_of), "")
        entries = [parts.refers(ref) for ref in one.get("entry") or ()]
        if None in entries:
            raise Refused(f"Composition.section[{place}].entry", "refers to nothing in the bundle", "add what it means")
        title = clean(one.get("title") or words_of(one.get("code") or {}) or "Other")
        div = html.unescape(_TAG.sub(" ", (one.get("text") or {}).get("div") or ""))
        found.append((part, title, [entry for entry in entries if entry is not None], " ".join(clean(div).split())))
    return found


Sections = list[tuple[str, str, list[Resource], str]]


def _listed(parts: Parts, sections: Sections, part: str) -> str:
    said = [_said(one) for name, _, entries, _ in sections if name == part for one in entries]
    return ", ".join(one for one in said if one)


def _narrative(sections: Sections, part: str) -> str:
    return ", ".join(text for name, _, _, text in sections if name == part and text)


def _history(parts: Parts, sections: Sections) -> str:
    """The history, and every section of which the bot knows no other place: its title and words."""
    told = [_listed(parts, sections, "history") or _narrative(sections, "history")]
    for part, title, entries, text in sections:
        words = ", ".join(said for one in entries if one["resourceType"] not in _LIST[1:4] and (said := _said(one)))
        if not part and (words or text):
            told.append(f"{title}: {words or text}")
    return "; ".join(one for one in told if one)


def _said(one: Resource) -> str:
    """A resource in words: what it is, and its value."""
    name = clean(words_of(one.get("code") or one.get("vaccineCode") or {}))
    if "valueString" in one:
        return (
            clean(one["valueString"])
            if name in ("", "As the doctor wrote it")
            else f"{name}: {clean(one['valueString'])}"
        )
    if "valueQuantity" in one:
        value = one["valueQuantity"]
        return clean(f"{name} {value.get('value', '')} {value.get('unit', '')}")
    if "valueCodeableConcept" in one:
        return f"{name}: {clean(words_of(one['valueCodeableConcept']))}"
    return f"{name}: no" if one.get("valueBoolean") is False else name


def _diagnosis(parts: Parts) -> str:
    meant = [ref for one in parts.of("Encounter") for ref in one.get("diagnosis") or ()]
    found = [one for ref in meant if (one := parts.refers(ref["condition"], "Condition"))]
    said = [words for one in found if (words := clean(words_of(one.get("code") or {})))]
    if not said:
        raise Refused("Encounter.diagnosis", "there is none with words", "refer to the Condition that was diagnosed")
    return _bounded("Encounter.diagnosis", ", ".join(said))


def _tests(parts: Parts) -> list[str]:
    found = [(one, clean(words_of(one.get("code") or {}))) for one in _standing(parts, "ServiceRequest")]
    for one, words in found:
        if not words:
            raise Refused(f"{parts.name(one)}.code", "has no words", "name the test in code.text")
    return _few("ServiceRequest", [words for _, words in found], TESTS_AT_MOST)


def _advice(parts: Parts) -> str:
    told = []
    for one in _standing(parts, "CarePlan"):
        details = [each.get("detail") or {} for each in one.get("activity") or ()]
        notes = [note.get("text") for note in one.get("note") or ()]
        told += [one.get("description"), *(each.get("description") for each in details), *notes]
    return "; ".join(clean(one) for one in told if one)


def _follow_up(parts: Parts, booking: Resource, signed_at: datetime) -> date | None:
    days = set()
    for one in parts.of("Appointment"):
        period = (one.get("requestedPeriod") or [{}])[0]
        start = one.get("start") or period.get("start")
        if one is not booking and one["status"] not in ("cancelled", "entered-in-error", "noshow") and start:
            days.add(_day(parts.name(one), start))
    if len(days) > 1:
        raise Refused("Appointment", "there are several days to come back", "keep the first")
    day = days.pop() if days else None
    if day and not 1 <= (day - day_of(signed_at)).days <= DAYS_AT_MOST:
        raise Refused("Appointment.start", "is not within a year after the consultation", "mend the day")
    return day


def _day(where: str, start: str) -> date:
    try:
        return day_of(datetime.fromisoformat(start)) if "T" in start else date.fromisoformat(start)
    except ValueError:
        raise Refused(f"{where}.start", "is no day", "write for example 2026-11-30") from None


# --- medicines -------------------------------------------------------------------------------------------------------


def _medicines(parts: Parts) -> list[dict[str, Any]]:
    """Every medicine as a doctor's line would be read: the same is refused."""
    return _few("MedicationRequest", [_medicine(parts, one) for one in _standing(parts, "MedicationRequest")],
                MEDICINES_AT_MOST)  # fmt: skip


def _medicine(parts: Parts, one: Resource) -> dict[str, Any]:
    where = parts.name(one)
    if one.get("doNotPerform"):
        raise Refused(where, "says that a medicine is not to be given", "write it as advice (CarePlan)")
    name = clean(words_of(_named(parts, one)))
    if not name:
        raise Refused(f"{where}.medicationCodeableConcept", "has no words", "name the medicine in its text")
    dosages = one.get("dosageInstruction") or []
    if len(dosages) != 1:
        raise Refused(
            f"{where}.dosageInstruction", f"there are {len(dosages)}", "write one; a change is a new medicine"
        )
    line = f"{name} {_dosage(f'{where}.dosageInstruction', dosages[0])}"
    read = read_medicine(line)
    if isinstance(read, Misfit):
        mend = plain(text_words("en", read.text, read.args)).replace("\n", " ")
        raise Refused(f"{where}.dosageInstruction", "is not as a doctor's line has to be", mend)
    known = find(read["generic"])
    if known:
        read |= {"generic": " + ".join(known.names).upper(), "list": known.list}
    return read


def _named(parts: Parts, one: Resource) -> Resource:
    if "medicationCodeableConcept" in one:
        return dict(one["medicationCodeableConcept"])
    reference = one.get("medicationReference") or {}
    contained = {f"#{each.get('id')}": each for each in one.get("contained") or ()}
    meant = contained.get(str(reference.get("reference"))) or parts.refers(reference, "Medication") or {}
    return dict(meant.get("code") or {})


def _dosage(where: str, dosage: Resource) -> str:
    """A dosage as it is written on paper: 1-0-1 5 days. From `text`, else from `timing` and the amount."""
    text, repeat = clean(dosage.get("text") or ""), (dosage.get("timing") or {}).get("repeat") or {}
    told = text if any(read_dose(word) for word in text.split()) else _pattern(dosage, repeat) or text
    bounds = repeat.get("boundsDuration") or {}
    if bounds.get("value") and not _DAYS.search(told):
        days = float(bounds["value"]) * _DAY.get(str(bounds.get("code") or bounds.get("unit") or "d"), 0)
        if days != int(days) or days < 1:
            raise Refused(f"{where}.timing.repeat.boundsDuration", "is no number of days", "write it in days (d)")
        told += f" {int(days)} days"
    return told


def _pattern(dosage: Resource, repeat: Resource) -> str:
    """The times of a day with their amount; a code such as BID; SOS. "" where neither is there."""
    amount = ((dosage.get("doseAndRate") or [{}])[0].get("doseQuantity") or {}).get("value", 1)
    when = [_WHEN[one] for one in repeat.get("when") or () if one in _WHEN]
    if when and repeat.get("period", 1) == 1 and repeat.get("periodUnit", "d") == "d":
        shown = f"{float(amount):g}"
        return "-".join(shown if place in when else "0" for place in range(3))
    code = words_of((dosage.get("timing") or {}).get("code") or {}).upper()
    if code and read_dose(code):
        return code
    return "SOS" if dosage.get("asNeededBoolean") else ""


# --- bounds ----------------------------------------------------------------------------------------------------------


def _standing(parts: Parts, kind: str) -> list[Resource]:
    for one in parts.of(kind):
        if one.get("status") in _ENDED:
            raise Refused(f"{parts.name(one)}.status", f"is {one['status']}", "leave out what does not hold")
    return parts.of(kind)


def _bounded(where: str, text: str) -> str:
    if len(text) > WORDS_AT_MOST:
        raise Refused(where, f"has {len(text)} letters", f"a page holds {WORDS_AT_MOST}")
    return text


def _few(where: str, found: list[Any], most: int) -> list[Any]:
    if len(found) > most:
        raise Refused(where, f"there are {len(found)}", f"a summary holds {most}")
    return found
