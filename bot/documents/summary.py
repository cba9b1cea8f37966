"""The doctor's summary as data for the page: every field the Telemedicine Practice Guidelines 2020 ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.words import plain, say
from flows.dose import instruction, read_dose

Both = list[str]
"""Bengali, and English where it differs."""
_NEEDED = {
    "doctor": ("name", "qualification", "registration"),
    "patient": ("name", "age_years", "sex"),
    "": ("date", "hub", "complaints", "diagnosis"),
}
_STORY = ("complaints", "history", "findings", "investigations", "diagnosis")

IF_NEEDED = {"t": "summary.if_needed"}


class IncompleteSummary(ValueError):
    """A summary without a field that the guidelines require; the message names the fields."""


def page(content: Mapping[str, Any]) -> dict[str, Any]:
    """The whole page, ready for summary.typ. Raises IncompleteSummary where a required field is empty."""
    _refuse_gaps(content)
    doctor, patient, phones = content["doctor"], content["patient"], content.get("phones")
    return {
        "title": _text("summary.title"),
        "invented": _text("summary.invented") if content.get("invented") else None,
        "version": _version(content),
        "hub": both(content["hub"]),
        "doctor": {
            "name": both(doctor["name"]),
            "qualification": doctor["qualification"],
            "registration": doctor["registration"],
        },
        "left": _doctor_fields(content, doctor),
        "right": _patient_fields(content, patient),
        "story": [_field(name, content.get(name)) for name in _STORY],
        "medicines": [_medicine(medicine) for medicine in content.get("medicines") or ()],
        "after": [_field("advice", content.get("advice")), _field("follow_up", content.get("follow_up") or IF_NEEDED)],
        "worse": _text("summary.worse", **{name: {"phone": phone} for name, phone in phones.items()})
        if phones
        else None,
        **{f"{name}_label": _text(f"summary.{name}") for name in ("registration", "medicines", "signature", "page")},
        "no_medicines": _text("summary.no_medicines"),
        "whose": _text("summary.whose"),
    }


def _version(content: Mapping[str, Any]) -> Both | None:
    """That a paper corrects an earlier one, and which; None for a first one."""
    if not content.get("corrects"):
        return None
    return _text("summary.version", version=content["version"], date={"date": content["corrects"], "year": True})


def both(value: Any) -> Both:
    """A payload value in Bengali and English, once where they are the same."""
    return list(dict.fromkeys((plain(say("bn", value)), plain(say("en", value)))))


def age(years: float) -> dict[str, Any]:
    """An age as it is said: days under a month, months under two years, then years."""
    number, unit = int(years), "years"
    if years < 1 / 12:
        number, unit = round(years * 365), "days"
    elif years < 2:
        number, unit = round(years * 12), "months"
    return {"t": f"summary.one_{unit[:-1]}"} if number == 1 else {"t": f"summary.{unit}", "args": {"number": number}}


def _refuse_gaps(content: Mapping[str, Any]) -> None:
    gaps = [
        f"{part}.{name}".lstrip(".")
        for part, names in _NEEDED.items()
        for name in names
        if (content.get(part) or {} if part else content).get(name) in (None, "", [])
    ]
    doctor = content.get("doctor") or {}
    if not (doctor.get("contact") or doctor.get("address")):
        gaps.append("doctor.contact or address")
    if gaps:
        raise IncompleteSummary(f"the summary lacks {', '.join(gaps)}; ask the doctor before it is sent")


def _doctor_fields(content: Mapping[str, Any], doctor: Mapping[str, Any]) -> list[dict[str, Any]]:
    registered = {"t": "summary.registered", "args": {"number": doctor["registration"]}}
    return [
        _field("doctor", [doctor["name"], doctor["qualification"], registered]),
        _field("contact", [content["hub"], doctor.get("address"), doctor.get("contact")]),
    ]


def _patient_fields(content: Mapping[str, Any], patient: Mapping[str, Any]) -> list[dict[str, Any]]:
    about = {"list": [age(patient["age_years"]), {"t": f"summary.{patient['sex']}"}]}
    return [
        _field("patient", [patient["name"], about]),
        _field("address", patient.get("address")),
        _field("date", [{"date": content["date"], "year": True}, {"t": f"summary.{content.get('mode', 'video')}"}]),
    ]


def _field(name: str, value: Any) -> dict[str, Any]:
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    words = [both(one) for one in values if one not in (None, "")]
    return {"label": _text(f"summary.{name}"), "words": words or [_text("summary.not_recorded")]}


def _medicine(medicine: Mapping[str, Any]) -> dict[str, Any]:
    """Generic name in capitals, form, strength; how to take it in both languages, one under the other."""
    form = medicine.get("form") or ""
    dose = read_dose(medicine["dose"], form)
    if dose is None:
        raise IncompleteSummary(
            f"the dose {medicine['dose']!r} of {medicine['generic']} cannot be read; ask the doctor"
        )
    when = (medicine.get("meal"), medicine.get("days"), medicine.get("every"))
    how = [instruction(lang, dose, form, *when) for lang in ("bn", "en")]
    name = " ".join(filter(None, (form.capitalize(), medicine["generic"].upper(), medicine.get("strength"))))
    said = medicine.get("instructions")
    return {"name": name, "pattern": medicine["dose"], "how": how + (both(said) if said else [])}


def _text(text_id: str, **args: Any) -> Both:
    return both({"t": text_id, "args": args})
