"""Numbers in digits and words, of both languages, and what is built from them: আড়াই, সাড়ে তিন, ২-৩, twenty five."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from nlu.compile_lexicon import rules
from nlu.line import Line
from nlu.normal import Token, readable
from nlu.phonetic import fold, keys, tight

_BENGALI_TAILS: tuple[str, ...] = ("টায়", "টার", "টেয়", "টের", "টাতে", "টে", "টা", "টি", "খানা", "জন", "তে", "ে", "র")
_LATIN_TAILS: tuple[str, ...] = ("tar", "tai", "te", "ti", "ta", "tei", "ter")
_TENS = range(20, 100, 10)


@dataclass(frozen=True)
class Amount:
    """A number said, or a range of two. `start` and `end` are places among the words; `sign`: what joins a range."""

    low: float
    high: float
    start: int
    end: int
    sign: str = ""
    doubtful: bool = False  # a word such as "at" or "do", a number only beside a unit


@cache
def _values() -> tuple[dict[str, float], dict[str, float], dict[str, float], frozenset[str]]:
    """Tight Bengali keys, folded Latin keys and Latin words as listed ("sat" is seven, "shat" sixty, and their fold is
    one) to their value; and the words that are numbers only beside a unit."""
    data = rules("numbers")
    bengali: dict[str, float] = {}
    latin: dict[str, float] = {}
    as_typed: dict[str, float] = {}
    listed = [(float(n), word.split("/")) for n, word in enumerate(data["to_99"].split())]
    for value, words in listed + [(float(value), words) for value, words in data["more"].items()]:
        for word in map(readable, words):
            bengali.setdefault(tight(word), value)
            for key in keys(word) if len(word) > 2 else ():
                latin.setdefault(key, value)
    for value, words in data["latin"].items():
        latin |= {fold(word): float(value) for word in words}
        as_typed |= {word: float(value) for word in words}
    careful = frozenset(
        key for word in map(readable, data["careful"]) for key in (word, tight(word), fold(word)) if key
    )
    return bengali, latin, as_typed, careful


@cache
def _english() -> dict[str, float]:
    data = rules("numbers")
    found = {w: float(n) for n, words in enumerate(data["en"].split()) for w in words.split("/")}
    return found | {word: float(value) for value, word in data["tens"].items()} | {"hundred": 100.0}


@lru_cache(maxsize=10_000)
def value_of(word: str, kind: str) -> tuple[float, bool] | None:
    """The number this word names, and whether it names one only beside a unit."""
    bengali, latin, as_typed, careful = _values()
    if kind == "bengali":
        table, key, tails = bengali, tight(word), _BENGALI_TAILS
    elif word in _english():
        return _english()[word], word in careful
    else:
        table, key, tails = latin, fold(word), _LATIN_TAILS
    if kind == "latin" and word in as_typed:
        return as_typed[word], word in careful or key in careful or len(key) < 3
    for tail in ("", *tails):
        stem = key[: len(key) - len(tail)] if key.endswith(tail) else ""
        stem = tight(stem) if kind == "bengali" else stem
        if stem in table:
            return table[stem], word in careful or (not tail and key in careful) or (kind == "latin" and len(stem) < 3)
    return None


def amounts(line: Line) -> list[Amount]:
    """Every number of the message, ranges as one."""
    found: list[Amount] = []
    place = 0
    while place < len(line.words):
        amount = None if _no_number(line, place) else _amount(line, place)
        if amount is None:
            place += 1
            continue
        amount = _range(line, amount)
        found.append(amount)
        place = amount.end
    return found


def _no_number(line: Line, place: int) -> bool:
    """ "boyos" sounds like twenty, and the 2 of SpO2 is counted by nobody."""
    of_a_name = place > 0 and line.words[place].text == "2" and line.words[place - 1].text in ("spo", "o", "স্পো")
    return of_a_name or line.has(place, "age_word")


def _single(word: Token) -> tuple[float, bool] | None:
    if word.kind == "number":
        return word.value or 0.0, False
    return value_of(word.text, word.kind) if word.kind in ("bengali", "latin") else None


_PARTS = {"half_before": 0.5, "quarter_to": -0.25, "quarter_past": 0.25, "half_past": 0.5}


_TIMES = "bar"
"""Times ("3 bar"); twelve is typed "baro"."""


def _amount(line: Line, place: int) -> Amount | None:
    """The number that begins here: with সাড়ে, পৌনে, সোয়া before it, or a hundred or ten and its rest."""
    for cue in line.cues[place] if place < len(line.cues) else ():
        if cue in _PARTS and (inner := _amount(line, line.begins(place, cue))):
            return Amount(inner.low + _PARTS[cue], inner.high + _PARTS[cue], place, inner.end)
    if place >= len(line.words) or line.words[place].text == _TIMES or (first := _single(line.words[place])) is None:
        return None
    value, doubtful = first
    end = place + 1
    after = _single(line.words[end]) if end < len(line.words) else None
    plain = line.words[place].kind != "number"
    if plain and after and after[0] == 100 and value < 10:
        value, end, doubtful = value * 100, end + 1, False
        after = _single(line.words[end]) if end < len(line.words) else None
    if halves := _and_a_half(line, end):
        return Amount(value + 0.5, value + 0.5, place, halves)
    if plain and after and line.words[end].kind != "number" and _completes(line.words[place], value, after[0]):
        value, end, doubtful = value + after[0], end + 1, False
    return Amount(value, value, place, end, doubtful=doubtful)


def _and_a_half(line: Line, place: int) -> int:
    """The place behind "and half", "and a half" that begins here; 0 where it does not."""
    texts = [word.text for word in line.words[place : place + 3]]
    return next(
        (place + len(said) for said in (["and", "a", "half"], ["and", "half"]) if texts[: len(said)] == said), 0
    )


def corrected(line: Line, numbers: list[Amount]) -> tuple[float, float] | None:
    """The wrong number and the right one: "45 noy 54", "not 45, 54", "54, not 45"."""
    said = [number for number in numbers if not line.has(number.start, "is_not")]  # নয় is nine, and "is not"
    if len(said) != 2:
        return None
    first, second = said
    if line.has(first.end, "is_not", "not") or line.has(first.start - 1, "no_before", "not"):
        return first.high, second.high
    return (second.high, first.high) if line.has(second.start - 1, "no_before") else None


def _completes(word: Token, value: float, rest: float) -> bool:
    """Twenty + five, one hundred + two."""
    english_ten = word.kind == "latin" and word.text in _english() and value in _TENS
    return (english_ten and 0 < rest < 10) or (value >= 100 and value % 100 == 0 and 0 < rest < 100)


def _range(line: Line, first: Amount) -> Amount:
    """The range that begins with this number: ২-৩, ২ থেকে ৩, two or three, দু তিন."""
    place, sign = first.end, ""
    if place < len(line.words) and line.words[place].kind == "sign" and line.words[place].text in "-/~–—:":
        place, sign = place + 1, line.words[place].text
    elif (end := line.begins(place, "range", "and", "by")) and place:
        place, sign = end, "by" if line.begins(place, "by") else "to"
    second = _amount(line, place) if place < len(line.words) else None
    if second is None:
        return first
    if sign in ("/", ":", "by") or (sign == "-" and first.low > second.low):
        return Amount(first.low, second.high, first.start, second.end, sign)
    words_side_by_side = not sign and line.words[first.start].kind != "number" and line.words[place].kind != "number"
    rises = first.low < second.low <= first.low * 3 + 2
    if rises and second.low <= 100 and (sign or (words_side_by_side and second.low - first.low <= 3)):
        return Amount(first.low, second.high, first.start, second.end, sign or "to")
    return first
