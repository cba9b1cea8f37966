"""People's names by how they sound: রহিমা, Rahima, Rohima and Raheema have a key in common.

A key is the name's consonants and its last vowel; a short one keeps its i and u. Titles (Bibi, Md, Sk) have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import regex

from nlu.endings import latin_stems
from nlu.normal import readable
from nlu.phonetic import fold, typings

KEYS_AT_MOST = 6
"""Keys of one word, at most."""
WORDS_AT_MOST = 12
CONSONANTS = 3
"""A name with so many is known by them alone."""

_WORD = regex.compile(r"[\u0980-\u09e3\u09f0-\u09ff]+|[a-z]+(?:['’][a-z]+)?")
_OO = regex.compile("oo|ou")
_AS_I = regex.compile("[ei]+")
_OPEN = regex.compile("(?<!^)[ao](?!$)")
_VOWELS = regex.compile("(?<!^)[aeiou](?!$)")
_ONCE = regex.compile(r"(.)\1+")
WOMEN = frozenset(map(readable, (
    "bibi bivi khatun khatoon khatoun begum begam bewa smt srimati shrimati mrs miss devi debi rani kumari "
    "বিবি খাতুন বেগম বেওয়া শ্রীমতী শ্রীমতি দেবী রানি রানী কুমারী"
).split()))  # fmt: skip
"""Parts of a name that only women have."""
MEN = frozenset(map(readable, (
    "md mohd mohammad mohammed muhammad mohammod sk sekh sheikh shaikh seikh sri shri mr kumar "
    "মহঃ মোঃ মহম্মদ মোহাম্মদ মুহাম্মদ সেখ শেখ শ্রী কুমার"
).split()))  # fmt: skip
"""Parts of a name that only men have."""
_TITLES = WOMEN | MEN | frozenset(map(readable, "dr ডাঃ didi dada kaka mashi".split()))


def name_keys(name: str) -> tuple[str, ...]:
    """The keys under which a person of this name is found."""
    return tuple(dict.fromkeys(key for word in _named(name) for key in sounds(word)))


def asked_keys(text: str) -> tuple[tuple[str, ...], ...]:
    """For each word of what was written, the keys of the name it may be; its case ending ("রহিমার") cut off too."""
    words = [word for word in _words(text) if len(word) > 1][:WORDS_AT_MOST]
    return tuple(tuple(dict.fromkeys((*sounds(word), *_stems(word)))) for word in words if word not in _TITLES)


def given_keys(name: str) -> frozenset[str]:
    """The keys of the given name alone."""
    named = _named(name)
    return frozenset(sounds(named[0])) if named else frozenset()


def surely(name: str, text: str) -> bool:
    """Whether the given name of `name` stands in `text` vowel by vowel, but for a and o; not only its consonants."""
    named = _named(name)
    own = _close(named[0]) if named else frozenset()
    return any(not own.isdisjoint(_close(word)) for word in _words(text))


def sex_of(name: str) -> str | None:
    """The sex that a part of the name tells ("Bibi", "Sk"), if one does."""
    words = set(_words(name))
    return "female" if words & WOMEN else "male" if words & MEN else None


@lru_cache(maxsize=20_000)
def sounds(word: str) -> tuple[str, ...]:
    """The keys of one word, the likeliest first."""
    found = dict.fromkeys(_sound(way) for way in _ways(word))
    return tuple(key for key in found if len(key) > 1)[:KEYS_AT_MOST]


def _stems(word: str) -> Iterable[str]:
    return [_sound(stem) for way in _ways(word)[:4] for stem in latin_stems(fold(_open(way))) if len(stem) > 2]


@lru_cache(maxsize=20_000)
def _close(word: str) -> frozenset[str]:
    ways = [fold(_open(way)) for way in _ways(word)]
    stems = [stem for way in ways[:4] for stem in latin_stems(way) if len(stem) > 2]
    return frozenset(_once(_OPEN.sub("", _AS_I.sub("i", key))) for key in (*ways, *stems))


def _ways(word: str) -> list[str]:
    """How the word may be typed; a vowel that is only heard at its end ("Rahimo" for রহিম) left away."""
    if not "\u0980" <= word[0] <= "\u09ff":
        return [word.rstrip("o") or word]
    silent = "oa" if word[-1] != "া" else "o"
    return list(dict.fromkeys(way.rstrip(silent) or way for way in typings(word)))


def _sound(way: str) -> str:
    key = _AS_I.sub("i", fold(_open(way)))
    bare = _once(_VOWELS.sub("", key))
    consonants = sum(letter not in "aiu" for letter in bare)
    return bare if consonants >= CONSONANTS else _once(_OPEN.sub("", key))


def _open(way: str) -> str:
    """Every a and o alike; oo is a u."""
    return _OO.sub("u", way).replace("o", "a")


def _once(key: str) -> str:
    return _ONCE.sub(r"\1", key)


def _named(name: str) -> list[str]:
    """The words of a name but for titles; of one without a name of its own ("রহিমা (ছেলে)") none."""
    if "(" in name:
        return []
    words = _words(name)
    return [word for word in words if word not in _TITLES] or words


def _words(text: str) -> list[str]:
    return _WORD.findall(readable(text))
