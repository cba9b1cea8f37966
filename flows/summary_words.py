"""A summary as the values of texts: its short words, how a medicine is taken, what somebody is allergic to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flows.dose import instruction, read_dose
from flows.texts import texts

_BENGALI, _LATIN = re.compile(r"[\u0980-\u09ff]"), re.compile(r"[A-Za-z]")


def summary_args(whole: dict[str, Any]) -> dict[str, Any]:
    """A summary's content as the arguments of its short text."""
    lines = [{"t": "summary.line", "args": _medicine_args(m)} for m in whole["medicines"]]
    nothing = {"t": "summary.nothing"}
    tests = whole.get("tests") or []
    return {
        "name": whole["patient"]["name"], "doctor": whole["doctor"]["name"], "date": {"date": whole["date"]},
        "diagnosis": whole["diagnosis"] or nothing, "advice": _to_be_read(whole["advice"]) or nothing,
        "medicines": {"list": lines, "join": "lines"} if lines else nothing, "follow_up": whole["follow_up"] or nothing,
        "tests": {"t": "summary.tests_line", "args": {"tests": ", ".join(tests)}} if tests else "",
    }  # fmt: skip


def _to_be_read(advice: str) -> Any:
    """The advice; to a reader of the other language with the word that the centre will read it out."""
    read_out = texts()["summary.read_out"]
    if _BENGALI.search(advice):
        return {"bn": advice, "en": f"{advice}\n{read_out.en}"}
    return {"bn": f"{advice}\n{read_out.bn}", "en": advice} if _LATIN.search(advice) else advice


def _medicine_args(m: dict[str, Any]) -> dict[str, Any]:
    title = " ".join(part for part in (m["generic"], m["form"], m["strength"]) if part)
    also = f", {m['instructions']}" if m["instructions"] else ""
    return {"title": title, "how": how_to_take(m), "instructions": also}


def how_to_take(m: dict[str, Any]) -> dict[str, str]:
    """A medicine's dose in plain words of both languages."""
    dose = read_dose(m["dose"], m["form"])
    assert dose is not None
    return {lang: instruction(lang, dose, m["form"], m["meal"], m["days"], m.get("every")) for lang in ("bn", "en")}


def allergies_words(allergies: Sequence[str] | None) -> Any:
    """The allergies as a value of a text."""
    if allergies is None:
        return {"t": "allergies.not_asked"}
    return ", ".join(allergies) if allergies else {"t": "allergies.none"}
