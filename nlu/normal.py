"""The text before it is read: one form for all ways of encoding it, and its words.

Runs on Python 3.10 with the standard library and `regex` alone, for the Rasa component imports it too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex

LONGEST = 4_000
"""Characters of a message that are read; what comes after is cut off."""

_RAW_LONGEST = 20_000  # bounds the work of normalising; no Telegram message reaches it
_NUKTA = {"\u09a1\u09bc": "\u09dc", "\u09a2\u09bc": "\u09dd", "\u09af\u09bc": "\u09df", "\u09ac\u09bc": "\u09b0"}
_NUKTA_FORM = regex.compile("|".join(_NUKTA))
_KHANDA_TA = regex.compile("\u09a4\u09cd\u200d(?![\u0995-\u09b9])")  # the old way to type ৎ
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Co}\p{Cn}\uFE00-\uFE0F\u0000-\u0008\u000E-\u001F\u007F]+")
_ACCENTS = regex.compile(r"[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF]+")
_MANY_SIGNS = regex.compile(r"(\p{M})\1+")
_STRETCHED = regex.compile(r"(.)\1{2,}")
_DIGITS = {ord(c): str(unicodedata.digit(c)) for c in "০১২৩৪৫৬৭৮৯०१२३४५६७८९"}
_APOSTROPHES = regex.compile("['’‘`´]")


def stored(text: str) -> str:
    """The text as kept: NULs stripped, NFC with the Bengali nukta letters composed, at most LONGEST characters."""
    plain = text[:_RAW_LONGEST].replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return composed(unicodedata.normalize("NFC", plain))[:LONGEST]


def readable(text: str) -> str:
    """The text in the one form that is read: lower case, ASCII digits, no accents, no invisible characters."""
    plain = text[:_RAW_LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = _KHANDA_TA.sub("\u09ce", plain)
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    plain = _INVISIBLE.sub("", composed(unicodedata.normalize("NFC", plain))).lower()
    plain = _MANY_SIGNS.sub(r"\1", plain.replace("\u0985\u09be", "\u0986"))
    return plain.translate(_DIGITS)[:LONGEST]


def composed(text: str) -> str:
    """The text with its nukta letters (ড় ঢ় য়) as one code point each, which NFC takes apart."""
    return _NUKTA_FORM.sub(lambda found: _NUKTA[found.group()], text)


def script(text: str) -> str:
    """The letters it is written in: bengali, latin, mixed, or none."""
    bengali = any("\u0985" <= c <= "\u09e1" for c in text)
    latin = any("a" <= c <= "z" or "A" <= c <= "Z" for c in text)
    return "mixed" if bengali and latin else "bengali" if bengali else "latin" if latin else "none"


@dataclass(frozen=True)
class Token:
    """One word, number or mark. `start` and `end` are places in the readable text."""

    text: str
    kind: str  # "bengali", "latin", "number", "mark" (ends a thought), "comma", "sign" (joins numbers), "other"
    start: int
    end: int
    value: float | None = None  # of a number


_TOKEN = regex.compile(
    r"(?P<number>[0-9]+(?:[.٫][0-9]+)?)|(?P<bengali>[\u0981-\u0983\u0985-\u09e3\u09fa]+)|(?P<latin>[a-z]+(?:['’‘`´][a-z]+)*)"
    r"|(?P<mark>[।॥.?!;\n…]+)|(?P<comma>[,،、|]+)|(?P<sign>[-/:~–—+°%]|\u09f7)|(?P<other>[^\s])"
)
_JOINED_NO = {
    # "পারছেনা", "হয়নি": the "no" written on to its verb
    "bengali": regex.compile(r"^(.*(?:[েিযয়়া]|ছ|ত|ল|ব|ার|[্]য|চ্ছ|বো|ছো|লো|তো|ই|য়))(না|নাই|নি|নাকি|নিখো|নিকো)$"),
    "latin": regex.compile(
        r"^(?P<verb>.*(?:ch?h?[ei]|s[ei]|t[ei]|le|b[eo]|ay|oy|ey|oi|iy[ae]?|[lr]am|are|ere|ore|ari|ori|ara|asi|bhi|khi|chi|[a-z]{2}[b-df-hj-np-tv-z]+e))(?P<no>na|nai|ni|nahi)$"
    ),
}
_NOT_JOINED = frozenset(
    "নাতনি নাতনী ধমকানি ঘেন্না কেননা রান্না কান্না পান্না জানি জননী রানি রানী পানি নানি নানা খানা বানি শুনানি কেনা কানা দানা "
    "ছানা ডানা হানা মানা টানা "
    "চেনা সোনা গোনা শোনা বোনা কোনা খাজানা বিছানা পায়খানা কারখানা ডাক্তারখানা যন্ত্রণা প্রস্রাবখানা "
    "মূর্ছনা ঝিমুনি খিঁচুনি কাঁপুনি চুলকানি "
    "জ্বলুনি গোঙানি বকুনি হাঁপানি হাপানি হাঁফানি ঘামানি ঘামুনি কামড়ানি দাপানি ফুলুনি শিরশিরানি ঝাঁকুনি "
    "খিচুনি বেদনা রচনা ঘটনা সূচনা যাতনা "
    "সান্ত্বনা ভাবনা চেতনা বাসনা কল্পনা ব্রণা চিনি গিন্নি আপনি এমনি তেমনি অমনি তখনি এখনি যখনি ঠিকানা "
    "অচেনা শিরানি ধমনী রজনী বিলানি তিনি যিনি "
    "ইনি উনি মাসকানি নাকানি দোলানি দুলুনি ফেনা যোনি দেনা লেনা সেনা পাওনা খেলনা ঝরনা মেশিনা চাইনি পুরানা পুরোনো "
    "chulkani khichuni jhimuni hapani rajjani agni bichana paikhana paykhana".split()
)


@lru_cache(maxsize=20_000)
def _split_no(word: str, kind: str) -> int:
    """Where the "no" written on to this word begins; 0 if there is none."""
    whole = len(word) <= 3 or word in _NOT_JOINED or word.endswith("খানি")
    found = None if whole else _JOINED_NO[kind].match(word)
    return found.end(1) if found else 0


def tokens(readable_text: str) -> list[Token]:
    """The words, numbers and marks of a text in readable form, in order."""
    found: list[Token] = []
    for match in _TOKEN.finditer(readable_text):
        kind, word, start = match.lastgroup or "other", match.group(), match.start()
        if kind == "number":
            found.append(Token(word, kind, start, match.end(), float(word.replace("٫", "."))))
        elif kind in ("bengali", "latin"):
            found.extend(_words(word, kind, start))
        elif word == "-" and _between_letters(readable_text, match.start(), match.end()):
            continue  # "হাত-পা", "self-harm": two words
        elif kind != "mark" or not _inside_word(readable_text, match.start(), match.end()):
            found.append(Token(word, kind, start, match.end()))
    return found


_COUNTED = {  # "দুদিন", "tinmas": a number written together with what it counts
    "bengali": regex.compile("^(এক|দু|দুই|তিন|চার|পাঁচ|ছ|ছয়|সাত|আট|ন|নয়|দশ|পনেরো|কুড়ি)(দিন|মাস|বছর|সপ্তাহ|হপ্তা|ঘণ্টা|ঘন্টা)(.*)$"),
    "latin": regex.compile(
        "^(ek|du|dui|tin|char|pach|panch|choy|sat|saat|at|aat|noy|dosh|das)(din|mas|mash|bochor|bochhor|bachar|soptaho)(er|e|ta|dhore)?$"
    ),
}


_FULL = {"দু": "দুই", "ছ": "ছয়", "ন": "নয়", "du": "dui", "das": "dosh"}


def _words(word: str, kind: str, start: int) -> list[Token]:
    end = start + len(word)
    plain = _STRETCHED.sub(r"\1\1", _APOSTROPHES.sub("", word))
    if counted := _COUNTED[kind].match(plain):
        at = start + counted.end(1)
        return [
            Token(_FULL.get(counted[1], counted[1]), kind, start, at),
            Token(plain[counted.end(1) :], kind, at, end),
        ]
    cut = _split_no(plain, kind)
    if not cut:
        return [Token(plain, kind, start, end)]
    return [Token(plain[:cut], kind, start, start + cut), Token(plain[cut:], kind, start + cut, end)]


def _between_letters(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and not (text[start - 1].isdigit() or text[end].isdigit() or text[end] == " ")


def _inside_word(text: str, start: int, end: int) -> bool:
    """A single point between letters ("ডা.", "p.m.") ends no thought."""
    single = text[start:end] == "."
    return single and end < len(text) and text[end].isalpha() and start > 1 and not text[start - 2].isalpha()
