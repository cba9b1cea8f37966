"""The keys under which a place is found, in either script: one for each usual way to write it."""

from __future__ import annotations

from itertools import islice, product

from nlu.endings import latin_stems
from nlu.normal import readable, tokens
from nlu.phonetic import fold, keys

KEYS_AT_MOST = 24
TYPED_KEYS_AT_MOST = 900
_ORDINARY = frozenset(
    readable(
        "block town gram grame gramer village para thana jela zila district bazar post office pin more at in the near "
        "my home house from live ami amar amra amader thaki thake thaka theke bari barite barir kache kachei pashe "
        "side ekhane ekhanei here na no nah noy hobe achi ache amaar haan "
        "ব্লক শহর গ্রাম গ্রামে গ্রামের পাড়া পাড়ায় থানা জেলা জেলায় জেলার বাজার পোস্ট অফিস পোস্টঅফিস পিন আমি আমার আমরা "
        "আমাদের থাকি থাকে থাকা থেকে বাড়ি বাড়িতে বাড়ির কাছে কাছেই পাশে এখানে এখানেই না নয় হবে আছি আছে"
    ).split()
)
"""Words that stand around the name of a place."""


def place_keys(name: str) -> tuple[str, ...]:
    """Keys of a place's name as listed or as typed; words run together, for people part names at will."""
    words = [token.text for token in tokens(readable(name)) if token.kind in ("bengali", "latin")]
    words = [word for word in words if word not in _ORDINARY] or words
    each = [keys(word)[:6] if "\u0980" <= word[0] <= "\u09ff" else (fold(word),) for word in words[:5]]
    whole = islice(("".join(parts) for parts in product(*each)), KEYS_AT_MOST)
    return tuple(dict.fromkeys(key for key in whole if len(key) > 1))


def typed_place_keys(text: str) -> tuple[str, ...]:
    """Keys to look a typed place up with: whole, by words without case endings ("Memarite"), and by words in a row."""
    words = [token.text for token in tokens(readable(text)) if token.kind in ("bengali", "latin")]
    words = [word for word in words if word not in _ORDINARY]
    whole = place_keys(text)
    parts = [key for word in words if len(word) > 3 for key in place_keys(word)]
    bare = [stem for key in (*whole, *parts) for stem in latin_stems(key)]
    rows = [key for long in (2, 3) for row in _in_a_row(words, long) for key in place_keys(row)]
    return tuple(islice(dict.fromkeys((*whole, *parts, *bare, *rows)), TYPED_KEYS_AT_MOST))


def _in_a_row(words: list[str], long: int) -> list[str]:
    return [" ".join(words[at : at + long]) for at in range(len(words) - long + 1)]
