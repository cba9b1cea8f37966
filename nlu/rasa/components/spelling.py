"""A message cut into words, each in one form and with its phonetic key, and the findings that the lexicon sees."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import regex

from nlu.lexicon import Lexicon, find, load
from nlu.normal import readable
from nlu.phonetic import fold, keys

LEXICON = Path(__file__).resolve().parents[1] / "lexicon.json"

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\p{Cf}]+|[^\s\p{P}\p{Z}]")
_BENGALI = regex.compile(r"[\u0985-\u09e1]")


class Word(NamedTuple):
    """A word: where it stands in the message, its readable form, and its key ("" if it has none)."""

    start: int
    end: int
    form: str
    key: str


class Span(NamedTuple):
    """A finding code and where it is named in the message."""

    code: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def key(form: str) -> str:
    """The likeliest phonetic key of a readable word: জ্বর and jor have the same."""
    if _BENGALI.search(form):
        return next(iter(keys(form)), "")
    return fold(form)


def words(text: str) -> list[Word]:
    """The words of a message, vowel signs and all; never none, so a message of marks alone is one word."""
    found = [_word(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]
    return found or [Word(0, len(text), text, "")]


def _word(start: int, end: int, written: str) -> Word:
    form = readable(written) or written
    return Word(start, end, form, key(form))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon | None:
    """The compiled lexicon, or None where none was compiled yet."""
    return load(json.loads(LEXICON.read_text(encoding="utf-8"))) if LEXICON.exists() else None


@lru_cache(maxsize=512)
def findings(text: str) -> tuple[Span, ...]:
    """What the lexicon finds in a message, denied or not: the bot's own reading tells these apart."""
    listed = lexicon()
    if listed is None:
        return ()
    plain, origin = _with_origins(text)
    return tuple(Span(code, origin[start], origin[end - 1] + 1) for code, start, end in find(listed, plain))


def _with_origins(text: str) -> tuple[str, list[int]]:
    """The readable text, and for each of its characters the place in the message that it came from."""
    plain, origin, behind = "", [], 0
    for match in _WORD.finditer(text):
        for start, end in ((behind, match.start()), (match.start(), match.end())):
            piece = readable(text[start:end])
            plain += piece
            origin += [min(start + place, end - 1) for place in range(len(piece))]
        behind = match.end()
    return plain, origin
