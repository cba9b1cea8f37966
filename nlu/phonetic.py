"""One key for both scripts: how a Bengali word may be typed in Latin letters, folded to what stays the same.

The Bengali side goes through indic_transliteration's ITRANS, with its doubtful places kept open, so one Bengali word
has several keys; what was typed in Latin letters has one. Runs on Python 3.10.
"""

from __future__ import annotations

from functools import lru_cache

import regex
from indic_transliteration import sanscript

from nlu.normal import composed

_LONG = 4  # sounds from which the last inherent vowel may be typed as "a": "obosthita", but not "data" for দাঁত
_MOST = 96  # ways of typing one word that are followed

# ITRANS piece -> how it may be typed. Longest piece first; "a" alone is the inherent vowel.
_TYPED: dict[str, tuple[str, ...]] = {
    "kSh": ("kh", "ksh"),
    "j~n": ("gg", "gn", "gy", "jn"),
    "~N": ("ng", "n"),
    "~n": ("n",),
    ".N": ("", "n"),
    "M": ("ng", "n", "m"),
    "H": ("",),
    "RRi": ("ri", "r"),
    "Ch": ("ch", "s"),
    "ch": ("ch",),
    "kh": ("kh",),
    "gh": ("gh",),
    "jh": ("jh",),
    "Th": ("th",),
    "Dh": ("dh",),
    "th": ("th",),
    "dh": ("dh",),
    "ph": ("ph", "p"),
    "bh": ("bh",),
    "sh": ("sh",),
    "Sh": ("sh",),
    "R": ("r", "d"),
    "oY": ("o", "w", "oy"),
    "uY": ("u", "uy", "w"),
    "Ye": ("ye", "e", "i"),
    "YA": ("ya", "a"),
    "Y": ("y", ""),
    "yA": ("ya", "a", "e", "ye"),
    "ya": ("ya", "e", "a"),
    "y": ("", "y"),
    "v": ("b",),
    "^v": ("b", ""),
    "^m": ("m", ""),
    "A": ("a",),
    "I": ("i",),
    "U": ("u",),
    "ai": ("oi", "ai"),
    "au": ("ou", "au"),
    "a": ("o", "a"),
    "e": ("e",),
    "^e": ("e", "a"),
    "o": ("o",),
    "u": ("u",),
    "i": ("i",),
    "T": ("t",),
    "D": ("d",),
    "N": ("n",),
}
_PIECE = regex.compile(
    "|".join(regex.escape(piece) for piece in sorted(_TYPED, key=len, reverse=True) if piece[0] != "^") + "|."
)
_CONSONANT = regex.compile(r"[kgcjtdnpbmrlvsShHTDNRCy]$")
_FOLDS = (
    (regex.compile(r"[^a-z]+"), ""),
    (regex.compile(r"aa+"), "a"),
    (regex.compile(r"ey$"), "e"),
    (regex.compile(r"ee+|ii+"), "i"),
    (regex.compile(r"oo+"), "u"),
    (regex.compile(r"[vw]"), "b"),
    (regex.compile(r"z"), "j"),
    (regex.compile(r"x"), "ks"),
    (regex.compile(r"q|ck"), "k"),
    (regex.compile(r"ph+"), "f"),
    (regex.compile(r"y"), "i"),
    (regex.compile(r"([kgcjtdpbsrl])h+"), r"\1"),
    (regex.compile(r"(?<!^)o"), ""),
    (regex.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=20_000)
def fold(latin: str) -> str:
    """The key of a word typed in Latin letters."""
    key = latin.lower()
    for form, put in _FOLDS:
        key = form.sub(put, key)
    return key


def keys(bengali: str) -> tuple[str, ...]:
    """Every key under which a Bengali word may be typed, the likeliest first. Not cached: for compiling."""
    return tuple(dict.fromkeys(key for way in typings(bengali) if (key := fold(way))))


def typings(bengali: str) -> list[str]:
    """How a Bengali word may be typed in Latin letters, the likeliest first."""
    ways = [""]
    pieces = _pieces(bengali)
    for place, piece in enumerate(pieces):
        typed = _ways(pieces, place, piece)
        ways = list(dict.fromkeys(way + one for one in typed for way in ways))[:_MOST]
    return ways


_BREATHED = {"kh": "খষ", "gh": "ঘ", "th": "থঠ", "dh": "ধঢ", "bh": "ভ"}
_BARE_END = 1 << len(_BREATHED)
ANY_SOUNDS = _BARE_END * 2 - 1
"""What a listed word allows that was not listed for how it sounds: everything."""


@lru_cache(maxsize=20_000)
def typed_sounds(latin: str) -> int:
    """What a word typed in Latin letters insists on, as bits: each breathed letter, and that no o stands in it.

    Who is lazy leaves a breath or an o away; nobody adds one. So "bhat" (rice) is no বাত, and "kal" (yesterday) no কালো.
    """
    bits = sum(1 << at for at, pair in enumerate(_BREATHED) if pair in latin)
    return bits if "o" in latin[1:] else bits | _BARE_END


def listed_sounds(word: str) -> int:
    """What a listed word, Bengali or romanised, lets be typed of these bits."""
    bits = sum(
        1 << at
        for at, (pair, letters) in enumerate(_BREATHED.items())
        if pair in word or any(letter in word for letter in letters) or (pair == "bh" and "v" in word)
    )
    return bits if word.endswith("ো") else bits | _BARE_END


def _pieces(bengali: str) -> list[str]:
    """The word in ITRANS, cut into sounds. ড় ঢ় য় are put apart first, for ITRANS leaves their nukta standing."""
    plain = composed(bengali).replace("ৎ", "ত্").replace("অ্যা", "এ")
    marked = plain.replace("\u09dc", "\ue001").replace("\u09dd", "\ue001").replace("\u09df", "\ue002")
    parts = regex.split("([\ue001\ue002])", marked)
    return _PIECE.findall(_joined(parts))


def _joined(parts: list[str]) -> str:
    """ITRANS of each part; a vowel sign after ড় or য় belongs to that letter."""
    written = ""
    for place, part in enumerate(parts):
        if part in ("\ue001", "\ue002"):
            after = parts[place + 1][:1] if place + 1 < len(parts) else ""
            written += ("R" if part == "\ue001" else "Y") + _SIGNS.get(after, "a")
        elif part:
            body = part[1:] if place and part[0] in _SIGNS else part
            written += sanscript.transliterate(body, sanscript.BENGALI, sanscript.ITRANS) if body else ""
    return written


_SIGNS = {"া": "A", "ি": "i", "ী": "I", "ু": "u", "ূ": "U", "ৃ": "RRi", "ে": "e", "ৈ": "ai", "ো": "o", "ৌ": "au", "্": ""}


def _ways(pieces: list[str], place: int, piece: str) -> tuple[str, ...]:
    """How this sound may be typed where it stands."""
    before = pieces[place - 1] if place else ""
    in_cluster = bool(_CONSONANT.search(before))
    last = place == len(pieces) - 1
    if piece == "a" and last and place:
        return ("", "o", "a") if place > _LONG else ("", "o")
    if piece in ("ya", "yA", "y") and not in_cluster:
        return {"ya": ("jo", "ja"), "yA": ("ja",), "y": ("j",)}[piece] if not place else ("j" + piece[1:].lower(),)
    if before == "r" and piece in ("ya", "yA", "y"):
        return ("j" + piece[1:].lower(), "rj" + piece[1:].lower())
    if piece == "ya" and last:
        return ("o", "yo", "ya")
    if piece in ("v", "m") and in_cluster:
        return _TYPED["^" + piece]
    if piece == "e" and not place:
        return _TYPED["^e"]
    return _TYPED.get(piece, (piece,))


_TIGHT = {
    "ঁ": "",
    "ী": "ি",
    "ূ": "ু",
    "ঈ": "ই",
    "ঊ": "উ",
    "ণ": "ন",
    "শ": "স",
    "ষ": "স",
    "ড়": "র",
    "ঢ়": "র",
    "ৎ": "ত",
    "ঙ": "ং",
    "ঃ": "",
    "য": "জ",
    "ঞ": "ন",
    "ৃ": "্রি",
    "ৈ": "ই",
    "ঐ": "ওই",
}
_TIGHT_LETTERS = str.maketrans(_TIGHT)
_TIGHT_FORMS = (
    (regex.compile(r"(?<!^.)্য(?=$|[^া-ৌ])"), ""),
    (regex.compile(r"(?<=^.)্য(?=[ক-হড়-য়])"), "ে"),
    (regex.compile(r"্যা"), "ে"),
    (regex.compile(r"্য"), ""),
    (regex.compile(r"র্(?=[ক-হ]্)"), "র্"),
    (regex.compile(r"জ্ঞ"), "গ"),
    (regex.compile(r"ক্ষ"), "খ"),
    (regex.compile(r"(.)্\1"), r"\1"),
    (regex.compile(r"চ্ছ"), "ছ"),
    (regex.compile(r"্$"), ""),
    (regex.compile(r"(?<=.[^া-ৌ]{1,3})ো$"), ""),
    (regex.compile(r"ংগ"), "ং"),
)


@lru_cache(maxsize=20_000)
def tight(bengali: str) -> str:
    """The key of a Bengali word as written: usual misspellings (শ ষ স, ি ী, ড় র, ব্যথা ব্যাথা বেথা) fall together."""
    key = bengali
    for form, put in _TIGHT_FORMS[:4]:
        key = form.sub(put, key)
    key = key.replace("জ্ঞ", "গ").replace("ক্ষ", "খ").translate(_TIGHT_LETTERS).replace("ং্", "ং")
    for form, put in _TIGHT_FORMS[4:]:
        key = form.sub(put, key)
    return key


def loosened(bengali: str) -> tuple[str, ...]:
    """Further tight keys of a listed word: a silent ব left out, as in জর for জ্বর."""
    return tuple({tight(form) for form in (bengali.replace("্ব", ""), bengali.replace("্ম", "ত্ত")) if form != bengali})


_ENGLISH = (
    (regex.compile(r"[^a-z]+"), ""),
    (regex.compile(r"(?<!^)[ao]e"), "e"),
    (regex.compile(r"ph"), "f"),
    (regex.compile(r"ou(?=r)"), "o"),
    (regex.compile(r"z"), "s"),
    (regex.compile(r"(?<!^)y"), "i"),
    (regex.compile(r"(.)\1+"), r"\1"),
    (regex.compile(r"(?<=...)e$"), ""),
    (regex.compile(r"ck"), "k"),
)


@lru_cache(maxsize=20_000)
def english(word: str) -> str:
    """The key of an English word: diarrhoea and diarrhea, vomitting and vomiting fall together."""
    key = word.lower()
    for form, put in _ENGLISH:
        key = form.sub(put, key)
    return key
