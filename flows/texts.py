"""The texts: what is said, by id, in Bengali and English side by side, from flows/texts/*.yaml."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.datafile import BadData, Source
from flows.findings import Wording

FOLDER = Path(__file__).parent / "texts"

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MARKUP = re.compile(r"</?[bi]>")
_COMMAND = re.compile(r"(?<!\S)/[a-z_]+")
_LATIN = re.compile(r"[A-Za-z]+|[0-9]+")
_BENGALI = re.compile(r"[\u0980-\u09ff]+")
LATIN_ALLOWED = frozenset({"OK", "PDF", "ABHA", "PIN", "SOS", "English"})
"""Words that stand in Latin letters in Bengali text, because that is how they are read off a screen or a card."""
BENGALI_ALLOWED = frozenset({"বাংলা"})

_TO_BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def bengali_digits(text: str) -> str:
    """The text with its ASCII digits as Bengali ones."""
    return text.translate(_TO_BENGALI)


class TextData(BaseModel):
    """One text as written in the file. `both_scripts`: said before the language is known, so it may mix them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    bn: str = Field(min_length=1)
    en: str = Field(min_length=1)
    both_scripts: bool = False


def placeholders(text: str) -> frozenset[str]:
    """The names in {braces}."""
    return frozenset(PLACEHOLDER.findall(text))


def fault(text: TextData) -> str | None:
    """What is wrong with a text and how to mend it, or None."""
    if placeholders(text.bn) != placeholders(text.en):
        odd = ", ".join(sorted(placeholders(text.bn) ^ placeholders(text.en)))
        return f"{{{odd}}} stands in one language only; put the same placeholders in both"
    return _markup_fault(text.bn) or _markup_fault(text.en) or (None if text.both_scripts else script_fault(text))


def script_fault(text: Wording | TextData) -> str | None:
    """Letters or digits of the wrong script in either language (placeholders, markup and /commands apart), or None."""
    bengali = _COMMAND.sub("", _words(text.bn))
    if wrong := [found for found in _LATIN.findall(bengali) if found not in LATIN_ALLOWED]:
        return f"{wrong[0]!r} in the Bengali; write it in Bengali letters and digits"
    if wrong := [found for found in _BENGALI.findall(_words(text.en)) if found not in BENGALI_ALLOWED]:
        return f"{wrong[0]!r} in the English; write it in English"
    return None


def _words(text: str) -> str:
    return _MARKUP.sub("", PLACEHOLDER.sub("", text))


def _markup_fault(text: str) -> str | None:
    if loose := re.search(r"[{}<>].{0,12}", _words(text)):
        return f"{loose[0]!r} is neither {{placeholder}} nor <b> nor <i>; take it out or mend it"
    opened: list[str] = []
    for tag in _MARKUP.findall(text):
        if not tag.startswith("</"):
            opened.append(tag)
        elif not opened or opened.pop() != tag.replace("/", ""):
            return f"{tag} closes nothing; open it first"
    return f"{opened[-1]} is never closed; close it" if opened else None


@cache
def texts(folder: Path = FOLDER) -> dict[str, Wording]:
    """Every text by id. Raises BadData (file, line, mend) at the first fault."""
    said: dict[str, Wording] = {}
    for path in sorted(folder.glob("*.yaml")):
        source = Source(path)
        if not isinstance(source.data or {}, dict):
            raise source.wrong("not texts by id; write `id: {bn: ..., en: ...}` on each line")
        for text_id in source.data or {}:
            if text_id in said:
                raise source.wrong(f"{text_id} stands in another file already; keep one", text_id)
            said[text_id] = _one(source, text_id)
    if not said:
        raise BadData(f"{folder}: no text there; nothing can be said without any")
    return said


def _one(source: Source, text_id: str) -> Wording:
    text = source.parse(TextData, text_id)
    if wrong := fault(text):
        raise source.wrong(f"{text_id}: {wrong}", text_id)
    return Wording(bn=unicodedata.normalize("NFC", text.bn.strip(" ").rstrip()), en=text.en.strip(" ").rstrip())
