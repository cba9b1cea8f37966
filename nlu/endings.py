"""Endings of words, cut off by rule: cases and particles of nouns, persons and tenses of verbs, English plurals.

A cut key is only looked up; it says nothing by itself. Runs on Python 3.10.
"""

from __future__ import annotations

from functools import lru_cache

import regex

_BENGALI_CASES = sorted(
    "ে তে েতে ের র য় য়ে য়ের কে টা টি টার টির টাকে টিকে টাতে টায় টাই টাও টুকু গুলো গুলি গুলোর গুলোতে গুলা "
    "রা েরা দের েদের ই ও েই েও তেই "
    "তেও রই রও েরই টের টে খানা খানি ছে".replace("ছে", "").split(),
    key=len,
    reverse=True,
)
_LATIN_CASES = sorted(
    "e te ete er r i ie ir ier ke ta ti tar tir take tike tate tai tae tuku gul guli gulr gula ra era der "
    "eder eri ei tei".split(),
    key=len,
    reverse=True,
)
_BENGALI_VERB = regex.compile(
    r"(?:[িেই]?য়?ে?(?:ছিলাম|ছিলেন|ছিলো|ছিল|ছিলি|ছেন|ছে|ছি|ছো|ছ|ছিস|চে|সে|তাছে|তেছে|তেছি|তাছি|তেসে|তাসে|তেছেন)|ানো|ান|ালো|াল|ায়ে|িয়ে|ায়|াই"
    r"|াতে|াছে|াছি|তেছে|বেন|বে|বো|ব|তাম|তেন|তে|তো|লাম|লেন|লো|লে|ল|েন|ো|া|ে|ি|ন|ছ)$"
)
_LATIN_VERB = regex.compile(
    r"(?:(?:ie|i|e|a|ae|ia)?(?:[cs]il(?:am|en)?|[cs]en|[cs]ei?|[cs]i|t[ae][cs][ei]n?|tac?h?en)|an|al|aie|ie|ai|ate|ace|aci|ben|be|b|tam|te|t|lam|len|le|l"
    r"|en|a|e|i|n|ia|ae)$"
)
_LATIN_VOWELS = regex.compile(r"[ou]")
_BENGALI_VOWELS = {ord("ো"): "ু", ord("ও"): "উ", ord("ে"): "ি", ord("এ"): "ই"}
_SHORTEST_BENGALI = 2
_SHORTEST_LATIN = 2


@lru_cache(maxsize=20_000)
def bengali_stems(tight_key: str) -> tuple[str, ...]:
    """A Bengali word's tight key without its case ending or particle: one ending, or two where they stack."""
    return _cut(tight_key, _BENGALI_CASES, _SHORTEST_BENGALI)


@lru_cache(maxsize=20_000)
def latin_stems(folded: str) -> tuple[str, ...]:
    """A romanised word's key without its case ending or particle."""
    return tuple(
        stem for stem in _cut(folded, _LATIN_CASES, _SHORTEST_LATIN) if len(stem) > 2 or _bare_stem(folded, stem)
    )


def _bare_stem(folded: str, stem: str) -> bool:
    """Two letters are enough where they are a word's whole skeleton: jr-er (জ্বরের), ga-ie (গায়ে)."""
    return folded[2:] in ("e", "er", "ie", "ier") and (stem[1] not in "aeiou" or folded[2:] in ("ie", "ier", "er"))


def _cut(key: str, endings: list[str], shortest: int) -> tuple[str, ...]:
    stems = (key[: -len(ending)] for ending in endings if key.endswith(ending) and len(key) - len(ending) >= shortest)
    return tuple(dict.fromkeys(stem for stem in stems if stem[-1] != "্"))


@lru_cache(maxsize=20_000)
def bengali_verb(tight_key: str) -> str | None:
    """The root of what may be a verb: ঘুরছে, ঘোরে and ঘোরা give one key. None where nothing of two letters is left."""
    root = _BENGALI_VERB.sub("", tight_key, count=1)
    if root == tight_key or len(root) < 2:
        return None
    return root.translate(_BENGALI_VOWELS) or None


@lru_cache(maxsize=20_000)
def latin_verb(folded: str) -> str | None:
    """The same for a romanised word: ghurche, ghore, ghora."""
    root = _LATIN_VERB.sub("", folded, count=1)
    ending = len(folded) - len(root)
    root = root[:1] + _LATIN_VOWELS.sub("", root[1:]).replace("e", "i")
    return root if (len(root) > 2 and ending) or (len(root) == 2 and ending > 1) else None


_ENGLISH = (("ing", 4), ("ings", 4), ("ed", 3), ("es", 3), ("s", 3), ("er", 4), ("nes", 4), ("i", 3))


@lru_cache(maxsize=20_000)
def english_stems(key: str) -> tuple[str, ...]:
    """An English key without plural, -ing or -ed."""
    return tuple(key[: -len(e)] for e, shortest in _ENGLISH if key.endswith(e) and len(key) - len(e) >= shortest)
