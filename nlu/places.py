"""The keys under which a place is found, in either script: one for each usual way to write it."""

from __future__ import annotations

from itertools import islice, product

from nlu.endings import latin_stems
from nlu.normal import readable, tokens
from nlu.phonetic import fold, keys

KEYS_AT_MOST = 24
_ORDINARY = frozenset(
    "block town gram village para district jela zila bazar more ami thaki amar bari kache near at in the".split()
)


def place_keys(name: str) -> tuple[str, ...]:
    """Keys of a place's name as listed or as typed; words run together, for people part names at will."""
    words = [token.text for token in tokens(readable(name)) if token.kind in ("bengali", "latin")]
    words = [word for word in words if word not in _ORDINARY] or words
    each = [keys(word)[:6] if "\u0980" <= word[0] <= "\u09ff" else (fold(word),) for word in words[:5]]
    whole = islice(("".join(parts) for parts in product(*each)), KEYS_AT_MOST)
    return tuple(dict.fromkeys(key for key in whole if len(key) > 1))


def typed_place_keys(text: str) -> tuple[str, ...]:
    """Keys to look a typed place up with: as written, without a case ending ("Memarite"), and word by word."""
    whole = place_keys(text)
    parts = [key for word in text.split() if len(word) > 3 for key in place_keys(word)]
    bare = [stem for key in (*whole, *parts) for stem in latin_stems(key)]
    return tuple(dict.fromkeys((*whole, *parts, *bare)))
