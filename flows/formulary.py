"""The formulary: generic medicines with their forms, strengths, classes and list, and what a name on a paper means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import product
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.datafile import Source

List = Literal["O", "A", "B"]
LISTS: tuple[List, ...] = ("O", "A", "B")
"""The lists of the Telemedicine Practice Guidelines 2020, the least restricted first."""
ALIKE = 0.72
"""How like a name on the list a written one must be to be offered in its place; it is never taken unasked."""
OFFERED = 4
_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_UNITS = (
    (r"মিলিগ্রাম|মিগ্রা|mgs?", "mg"), (r"মাইক্রোগ্রাম|মাইক্রোগ্রা|µg|μg|mcg|ug", "mcg"),
    (r"মিলি|mls?", "ml"), (r"গ্রাম|gms?|gram|g", "g"), (r"iu|units?|u", "iu"), (r"%|পার্সেন্ট|percent", "%"),
)  # fmt: skip
_MEASURED = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[^\d\s/.]*)")
_BETWEEN = re.compile(r"\s*(?:\+|/|&|,|\band\b|\bwith\b)\s*")
_SALTS = frozenset(
    "sodium potassium hydrochloride hcl maleate besylate besilate sulphate sulfate phosphate trihydrate citrate "
    "acetate tartrate mesylate bromide hydrobromide dihydrochloride oral usp ip bp sr er xr cr mr dt md od".split()
)


class ClassData(BaseModel):
    """A class of medicines: its name, the words by which an allergy names it, and which others it may cross with."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    bn: str = Field(min_length=1)
    en: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)
    crosses: tuple[str, ...] = ()


class MedicineData(BaseModel):
    """One medicine as written in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    list: List
    forms: dict[str, tuple[str, ...]] = Field(min_length=1)
    classes: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    skin: bool = False
    pieces: int = Field(default=4, ge=1, le=12)


class FormularyData(BaseModel):
    """The file. `signed`: the pharmacist or clinician who answers for it, or null."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    signed: str | None
    checked: str
    source: str
    classes: dict[str, ClassData]
    medicines: dict[str, MedicineData]


@dataclass(frozen=True)
class Medicine:
    """What a written name means: one medicine of the list, or several in one tablet."""

    names: tuple[str, ...]  # generic names of the list, as they stand there
    list: List  # the most restricted of theirs
    classes: tuple[str, ...]
    forms: dict[str, tuple[str, ...]]  # of a single medicine; {} of several
    pieces: int  # tablets a day that are usual at most
    skin: bool


FILE = Path(__file__).parent / "formulary.yaml"


@cache
def formulary(path: Path = FILE) -> FormularyData:
    """The formulary; raises BadData with file and line where a class is unknown or a name stands twice."""
    source = Source(path)
    data = source.parse(FormularyData)
    for id, of in data.classes.items():
        for unknown in set(of.crosses) - set(data.classes):
            raise source.wrong(f"{id}: no class {unknown} to cross with; write it too", "classes", id)
    seen: dict[str, str] = {}
    for name, one in data.medicines.items():
        for unknown in set(one.classes) - set(data.classes):
            raise source.wrong(f"{name}: no class {unknown}; write it under classes", "medicines", name)
        for written in (name, *one.other):
            if seen.setdefault(key(written), name) != name:
                raise source.wrong(f"{written} stands under {seen[key(written)]} too; keep one", "medicines", name)
    return data


def key(name: str) -> str:
    """A name as it is compared: small letters, one space, no dot."""
    text = unicodedata.normalize("NFC", name).lower().replace(".", " ").replace("-", " ")
    return " ".join(text.split())


@cache
def _spelt() -> dict[str, str]:
    """Every name and other spelling -> the name of the list."""
    return {key(w): name for name, one in formulary().medicines.items() for w in (name, *one.other)}


def find(generic: str) -> Medicine | None:
    """The medicine of this name, or of all its parts ("A + B"); None where any part of it is not on the list."""
    whole = _one(generic)
    names = [whole] if whole else [_one(part) for part in _BETWEEN.split(generic.lower()) if part.strip()]
    known = [name for name in names if name]
    if not known or len(known) < len(names):
        return None
    found = [formulary().medicines[name] for name in known]
    return Medicine(
        names=tuple(known),
        list=max((one.list for one in found), key=LISTS.index),
        classes=tuple(dict.fromkeys(of for one in found for of in one.classes)),
        forms=dict(found[0].forms) if len(found) == 1 else {},
        pieces=max(one.pieces for one in found),
        skin=all(one.skin for one in found),
    )


def nearest(generic: str) -> list[str]:
    """Names of the list that a misspelt one is like, the likest first, at most OFFERED."""
    like = get_close_matches(key(generic), list(_spelt()), OFFERED * 2, ALIKE)
    return list(dict.fromkeys(_spelt()[one] for one in like))[:OFFERED]


def _one(written: str) -> str | None:
    bare = key(written)
    if bare in _spelt():
        return _spelt()[bare]
    return _spelt().get(" ".join(word for word in bare.split() if word not in _SALTS))


def same_strength(one: str, other: str) -> bool:
    """Whether two strengths are one: "500mg", "৫০০ মিগ্রা" and "0.5 g"; a bare number has the unit of the other."""
    a, b = _strength(one), _strength(other)
    return len(a) == len(b) and bool(a) and all(x[0] == y[0] and x[1] in ("", y[1]) for x, y in zip(a, b, strict=True))


def _strength(text: str) -> tuple[tuple[float, str], ...]:
    plain = unicodedata.normalize("NFC", text).translate(_DIGITS).lower().strip()
    if not any(letter.isdigit() for letter in plain):
        return ((0.0, " ".join(plain.split())),) if plain else ()
    return tuple(_measured(found) for found in _MEASURED.finditer(plain))


def _measured(found: re.Match[str]) -> tuple[float, str]:
    number, unit = float(found["number"]), found["unit"].strip()
    for written, meant in _UNITS:
        if re.fullmatch(written, unit):
            unit = meant
            break
    return (number * 1000, "mg") if unit == "g" else (number, unit)


def shapes(medicine: Medicine) -> list[tuple[str, str]]:
    """Every form and strength that there is of a medicine."""
    return [(form, strength) for form, all_of in medicine.forms.items() for strength in all_of]


def classes_named(words: str) -> frozenset[str]:
    """The classes that somebody is allergic to, by what was written of it: a class, or a medicine of one."""
    said, known = key(words), formulary()
    named = {id for id, one in known.classes.items() if any(_has(said, word) for word in one.words)}
    if medicine := find(said):
        named |= set(medicine.classes)
    return frozenset(named)


def known_allergy(words: str) -> bool:
    """Whether this can be warned of: a medicine or a class of the list."""
    return find(words) is not None or bool(classes_named(words))


def allergic(medicine: Medicine | None, generic: str, allergies: Iterable[str]) -> tuple[str, bool] | None:
    """The allergy that speaks against a medicine, and whether only by a class that may cross; None: there is none."""
    known = formulary().classes
    for words in allergies:
        against = find(words)
        if _has(key(generic), words) or (medicine and against and set(against.names) & set(medicine.names)):
            return words, False
        named = classes_named(words)
        if medicine and named & set(medicine.classes):
            return words, False
        crossing = {other for one in named for other in known[one].crosses}
        if medicine and crossing & set(medicine.classes):
            return words, True
    return None


def doubled(generic: str, before: Sequence[str]) -> tuple[str, str] | None:
    """The medicine of `before` that `generic` doubles, and why: "same", or the class; None: none of them."""
    medicine = find(generic)
    for other in before:
        if key(other) == key(generic):
            return other, "same"
        there = find(other)
        if medicine is None or there is None:
            continue
        if set(medicine.names) & set(there.names):
            return other, "same"
        shared = [of for of, also in product(medicine.classes, there.classes) if of == also]
        if shared and not medicine.skin and not there.skin:
            return other, shared[0]
    return None


def _has(said: str, word: str) -> bool:
    return re.search(rf"(?:^|\s){re.escape(key(word))}s?(?:$|\s)", said) is not None
