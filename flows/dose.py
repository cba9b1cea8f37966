"""A medicine's dose as doctors write it ("1-0-1"), and in the words that a family can follow."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flows.heard import Language
from flows.texts import bengali_digits, texts

Unit = Literal["pieces", "ml", "drops", "puffs", "units", "times", "bare"]
Meal = Literal["before_food", "after_food", "with_food"]
Every = Literal["week", "other_day", "month"]
"""How often, where it is not every day."""

_ASCII = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4"}
_SHORT = {"BD": "1-0-1", "BID": "1-0-1", "TDS": "1-1-1", "TID": "1-1-1", "QID": "1-1-1-1", "HS": "0-0-1"}
"""Abbreviations with one meaning. OD is not among them: it leaves open when, so the doctor is asked."""
_NEEDED = re.compile(r"\b(?:SOS|PRN)\b", re.I)
_AMOUNT = re.compile(r"(?:(\d+) )?(\d+)/(\d+)|(\d+(?:\.\d+)?)")
_UNIT = re.compile(r"\s*(ml|mL|মিলি|drops?|ফোঁটা|puffs?|units?)\s*(?=[-+–—]|$)", re.I)
_DASH = re.compile(r"\s*[-+–—]\s*")
_UNITS: dict[str, Unit] = {"ml": "ml", "মিলি": "ml", "drop": "drops", "ফোঁটা": "drops", "puff": "puffs", "unit": "units"}
_TIMES = {3: ("morning", "noon", "night"), 4: ("morning", "noon", "evening", "night")}
_SPOKEN = {
    Fraction(1, 4): "quarter",
    Fraction(1, 2): "half",
    Fraction(3, 4): "three_quarters",
    Fraction(3, 2): "one_and_half",
    Fraction(5, 2): "two_and_half",
}
_FORMS: dict[str, Unit] = {
    "drops": "drops", "eye drops": "drops", "ear drops": "drops", "nasal drops": "drops", "inhaler": "puffs",
    "insulin": "units", "gargle": "times", "powder": "times", "ointment": "times", "cream": "times", "lotion": "times",
    "gel": "times",
}  # fmt: skip
LIQUID = frozenset({"syrup", "suspension", "solution", "drops by mouth"})
"""Forms whose amount means nothing without its unit: "1" may be a millilitre or a spoon of five."""
MOST = 60
"""The largest amount taken at once (insulin units, ml) that is believed; more is a slip of the finger."""
PIECES_AT_ONCE, PIECES_A_DAY = 4, 12
"""As many tablets as a doctor may write without being asked to look again."""


@dataclass(frozen=True)
class Dose:
    """How much when. `parts`: morning, noon, night (or morning, noon, evening, night); empty: only when needed."""

    parts: tuple[Fraction, ...] = ()
    when_needed: bool = False
    unit: Unit | None = None  # as written with the amounts; otherwise the form tells

    def words(self, lang: Language, form: str = "") -> str:
        """As in "সকালে ১টা, রাতে ১টা"; `form` (tablet, drops, ...) tells the unit where none was written."""
        unit = self.unit or _unit(form)
        said = [
            _fill(f"dose.{time}", lang, amount=_amount(lang, part, unit))
            for time, part in zip(_TIMES.get(len(self.parts), ()), self.parts, strict=True)
            if part
        ]
        return ", ".join(said + [_fill("dose.when_needed", lang)] * self.when_needed)


def read_dose(text: str, form: str = "") -> Dose | None:
    """A pattern as typed: 1-0-1, ১-০-১, 1/2-0-1/2, 5ml-0-5ml, 1-1-1-1, TDS, SOS, 1-0-1 SOS.

    None if it is no pattern, or if `form` is a liquid and no unit is written: then the doctor has to be asked.
    """
    plain = unicodedata.normalize("NFC", text).translate(_ASCII).strip()
    for sign, written in _FRACTIONS.items():
        plain = re.sub(rf"(?<=\d){sign}", f" {written}", plain).replace(sign, written)
    needed = bool(_NEEDED.search(plain))
    plain = _NEEDED.sub("", plain).strip(" ,.")
    if needed and not plain:
        return Dose(when_needed=True)
    plain = _SHORT.get(plain.upper().replace(".", ""), plain)
    units = {_UNITS[found.lower().rstrip("s")] for found in _UNIT.findall(plain)}
    parts = [_part(part) for part in _DASH.split(_UNIT.sub("", plain))]
    if len(parts) not in _TIMES or len(units) > 1 or None in parts or not any(parts):
        return None
    if not units and _unit(form) == "bare":
        return None
    return Dose(tuple(part for part in parts if part is not None), needed, units.pop() if units else None)


def too_many(dose: Dose, form: str = "") -> bool:
    """Whether it is more tablets (pieces) at one time or in a day than are believed; other units have `MOST` alone."""
    pieces = (dose.unit or _unit(form)) == "pieces"
    return pieces and (max(dose.parts, default=0) > PIECES_AT_ONCE or sum(dose.parts) > PIECES_A_DAY)


def instruction(
    lang: Language,
    dose: Dose,
    form: str = "",
    meal: Meal | None = None,
    days: int | None = None,
    every: Every | None = None,
) -> str:
    """The whole line: "সকালে ১টা, রাতে ১টা, খাওয়ার পরে, ৫ দিন"; not every day: that stands first."""
    said = [_fill(f"dose.every_{every}", lang)] if every else []
    said.append(dose.words(lang, form))
    if meal:
        said.append(_fill(f"dose.{meal}", lang))
    if days:
        said.append(_fill("dose.one_day", lang) if days == 1 else _fill("dose.days", lang, days=_figure(lang, days)))
    return ", ".join(said)


def _unit(form: str) -> Unit:
    kind = form.strip().lower()
    return "bare" if kind in LIQUID else _FORMS.get(kind, "pieces")


def _part(text: str) -> Fraction | None:
    """One amount; None if it is no number, or too large to be meant."""
    if not (found := _AMOUNT.fullmatch(text.strip())):
        return None
    whole, above, below, decimal = found.groups()
    if below is not None and int(below) == 0:
        return None
    amount = Fraction(decimal) if decimal else int(whole or 0) + Fraction(int(above), int(below))
    return amount if amount <= MOST else None


def _amount(lang: Language, amount: Fraction, unit: Unit) -> str:
    if unit == "pieces" and amount in _SPOKEN:
        return _fill(f"dose.{_SPOKEN[amount]}", lang)
    figure = str(amount.numerator) if amount.denominator == 1 else f"{float(amount):g}"
    if lang == "en" and amount == 1 and unit != "ml":
        return _fill(f"dose.{unit}", lang, amount=figure).removesuffix("s")
    return _fill(f"dose.{unit}", lang, amount=_figure(lang, figure))


def _figure(lang: Language, figure: int | str) -> str:
    return bengali_digits(str(figure)) if lang == "bn" else str(figure)


def _fill(text_id: str, lang: Language, **args: str) -> str:
    wording = texts()[text_id]
    return (wording.bn if lang == "bn" else wording.en).format(**args)
