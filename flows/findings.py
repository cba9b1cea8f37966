"""The findings: one code, one concept, with the words on its button and the question about it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flows.condition import NUMBERS
from flows.datafile import Source

FOLDER = Path(__file__).parent / "findings_data"


MEASURED = (
    ("temperature_c", 38.0, 99.0, "fever"),
    ("systolic", 140.0, 999.0, "high_blood_pressure"),
    ("diastolic", 90.0, 999.0, "high_blood_pressure"),
    ("sugar_mg_dl", 200.0, 9999.0, "high_blood_sugar"),
    ("sugar_mg_dl", 0.0, 60.0, "low_blood_sugar"),
    ("oxygen_percent", 0.0, 92.0, "low_oxygen"),
)
"""A measured number, from and below which value it means which finding. Temperature, pressure and oxygen: IMCI, the
triage tool's high-risk vital signs, postnatal care; sugar: the project's own, for a clinician to confirm."""


class Wording(BaseModel):
    """The same words in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    bn: str
    en: str


class Finding(BaseModel):
    """What one finding code means. `implies`: broader codes that are true whenever this one is."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    meaning: str
    label: Wording  # on a button: at most four words
    ask: Wording  # the question when asked alone, to be answered by yes, no, don't know
    snomed: str | None = None  # SNOMED CT concept id
    implies: tuple[str, ...] = ()
    discreet: bool = False  # not to be shown on a locked screen


@cache
def findings(folder: Path = FOLDER) -> dict[str, Finding]:
    """Every finding by code; raises BadData where a code stands twice, implies an unknown one or is a number's name."""
    sources = [Source(path) for path in sorted(folder.glob("*.yaml"))]
    stands = {code for source in sources for code in source.data or {}}
    found: dict[str, Finding] = {}
    for source in sources:
        for code in source.data or {}:
            if code in found or code in NUMBERS:
                raise source.wrong(f"{code} stands in another file already, or is a number's name; keep one", code)
            found[code] = source.parse(Finding, code)
            if strange := set(found[code].implies) - stands:
                raise source.wrong(f"{code} implies {', '.join(strange)}, which is no finding; write it first", code)
    return found


def closed(facts: dict[str, object]) -> dict[str, object]:
    """These facts with what they imply: a narrower finding that is there means that the broader one is."""
    known = findings()
    whole = dict(facts)
    whole |= dict.fromkeys(measured(facts), True)
    waiting = [code for code, value in whole.items() if value is True]
    while waiting:
        finding = known.get(waiting.pop())
        for broader in finding.implies if finding else ():
            if whole.get(broader) is not True:
                whole[broader] = True
                waiting.append(broader)
    return whole


def measured(facts: dict[str, object]) -> set[str]:
    """The findings that the measured numbers amount to, whatever was said of them in words."""
    return {
        code
        for number, at_least, below, code in MEASURED
        if isinstance(value := facts.get(number), int | float)
        and not isinstance(value, bool)
        and at_least <= value < below
    }
