"""What was typed, as the names of places it may hold: keys that both scripts share, and six-digit PIN codes.

A key is what stays the same however a name is written (nlu.phonetic). Beside it stands a looser one, without a and o,
marked "~": "krishnonogor" is Krishnanagar by that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, product
from typing import NamedTuple

import regex

from nlu.endings import latin_stems
from nlu.normal import readable
from nlu.phonetic import fold, keys

KEYS_AT_MOST = 24
WORDS_AT_MOST = 12
"""Words of a message that are looked at."""
IN_A_ROW = 3
"""Words that make up one name, at most."""
SLIP_FROM = 5
"""Letters a key must have for a slip of the hand in it to be looked for."""
SLIPS_AT_MOST = 2000

_WORD = regex.compile(r"[\u0980-\u09e3\u09f0-\u09ff]+|[a-z]+(?:['’][a-z]+)?|[0-9]+")
_PIN = regex.compile(r"(?<![0-9])([1-9][0-9]{2})[ -]?([0-9]{3})(?![0-9])")
_ENDINGS_OF_PLACES = (
    (regex.compile("g(?:a|u|o)?n(?:j|g|je|ge|z)$"), "ganj"),
    (regex.compile("p(?:ore|oor|ur|oore)$"), "pur"),
    (regex.compile("nagore$|nagor$|nogor$"), "nagar"),
    (regex.compile("(?<=...[^aeiou])ah$|(?<=d)a?ha?$"), "a"),
    (regex.compile("c(?!h)"), "k"),
)
"""How the English wrote what Bengalis write otherwise: Tollygunge, Barrackpore, Krishnagore, Malda(h)."""
_NUMBER = {
    "1": "1", "2": "2", "3": "3", "i": "1", "ii": "2", "iii": "3", "one": "1", "two": "2", "three": "3", "এক": "1",
    "দুই": "2", "তিন": "3", "১": "1", "২": "2", "৩": "3",
}  # fmt: skip
"""Numbers of blocks: Memari I and Memari II."""
_ORDINARY = frozenset(
    readable(
        "block blok town city gram grame gramer village para thana thanar jela jila jilla zila district dist bazar "
        "post office pin code pincode more at in the near my home house from live ami amar amra amader thaki thake "
        "thaka theke bari barite barir kache kachei kachakachi pashe side ekhane ekhanei here na no nah noy hobe achi "
        "ache amaar haan number nombor nomber nong num subdivision mohokuma am we are is of to and or o ar "
        "sir please ekta ekti choto chhoto boro baro ei oi je ki kothay kon e te er ke a jani jaiga jayga "
        "jaygay place name nam jabo jete chai korbo bolchi bolun hospital health centre center call me phone mobile "
        "sub po ps vill bengal india "
        "ব্লক শহর শহরে গ্রাম গ্রামে গ্রামের পাড়া পাড়ায় থানা থানার জেলা জেলায় জেলার বাজার পোস্ট অফিস পোস্টঅফিস পিন কোড আমি "
        "আমার আমরা আমাদের থাকি থাকে থাকা থেকে বাড়ি বাড়িতে বাড়ির কাছে কাছেই কাছাকাছি পাশে এখানে এখানেই না নয় হবে আছি আছে "
        "নং নম্বর নাম মহকুমা মহকুমার এবং আর ও এর তে একটা একটি ছোট বড় এই ওই যে কি কী কোথায় কোন জায়গা জায়গায় "
        "যাব যেতে চাই করব বলুন সেখান সেখানে দূর দূরে কিলোমিটার দুই তিন হাসপাতাল হাসপাতালের স্বাস্থ্য কেন্দ্র পশ্চিমবঙ্গ"
    ).split()
)
"""Words that stand around the name of a place."""
_ALSO_PLACES = frozenset(("para", readable("পাড়া"), "boro"))
"""Those of them that are places where nothing else is said: blocks of Purulia."""


class Stretch(NamedTuple):
    """Words in a row that may be a place's name, from word `at` to before word `end`.

    `tiers`: its keys, the surest first: as typed, without a case ending, and by consonants alone.
    """

    at: int
    end: int
    tiers: tuple[tuple[str, ...], ...]


def pin_code(text: str) -> str | None:
    """The six-digit PIN code in what was typed ("pin 713 146", "৭১৩১৪৬"), if there is one."""
    found = _PIN.search(readable(text))
    return "".join(found.groups()) if found else None


def place_keys(name: str) -> tuple[str, ...]:
    """The keys under which a place of this name is kept."""
    words = _WORD.findall(readable(name))
    exact = (*_keys(_told(words)), *_keys(words))
    return tuple(dict.fromkeys((*exact, *_alike(exact))))


def stretches(text: str) -> tuple[Stretch, ...]:
    """Every row of up to three words that may be a name: all of them together, and each by itself."""
    words = _told(_WORD.findall(_PIN.sub(" ", readable(text))))[:WORDS_AT_MOST]
    rows = [(at, at + long) for long in (3, 2, 1) for at in range(len(words) - long + 1)]
    whole = [(0, len(words))] if len(words) > IN_A_ROW else []
    return tuple(
        Stretch(at, end, _tiers(words[at:end])) for at, end in (*whole, *rows) if _may_be(words[at:end], len(words))
    )


def slips(text: str) -> tuple[Stretch, ...]:
    """All that was typed as one name, by keys that are one letter away: for when nothing else is found."""
    told = stretches(text)
    found = []
    for one in told:
        of_all = one.end - one.at == max(each.end for each in told)
        keys = [key for key in one.tiers[0][:4] if len(key) >= SLIP_FROM] if of_all else []
        near = dict.fromkeys(slip for key in keys for slip in _one_slip(key))
        if near:
            found.append(one._replace(tiers=(tuple(islice(near, SLIPS_AT_MOST)),)))
    return tuple(found)


def _told(words: list[str]) -> list[str]:
    """The words but for ordinary ones."""
    told = [word for word in words if word not in _ORDINARY and (not word.isdigit() or word in _NUMBER)]
    return told if any(word not in _NUMBER for word in told) else [word for word in words if word in _ALSO_PLACES]


def _may_be(words: list[str], of: int) -> bool:
    """Whether these words can be a name. One word among others is to have three letters."""
    return words[0] not in _NUMBER and (len(words) > 1 or of == 1 or len(words[0]) > 2)


def _tiers(words: list[str]) -> tuple[tuple[str, ...], ...]:
    typed = _keys(words)
    bare = [stem for key in typed for stem in latin_stems(key) if len(stem) > 2]
    return typed, tuple(dict.fromkeys(bare)), _alike((*typed, *bare))


def _keys(words: list[str]) -> tuple[str, ...]:
    """The keys of words run together, for people part names at will; a number at the end stays one."""
    number = _NUMBER[words[-1]] if len(words) > 1 and words[-1] in _NUMBER else ""
    spelt = [word for word in (words[:-1] if number else words) if not word.isdigit()]
    each = [keys(word)[:6] if "\u0980" <= word[0] <= "\u09ff" else (fold(_as_spoken(word)),) for word in spelt[:5]]
    whole = islice(("".join(parts) for parts in product(*each)), KEYS_AT_MOST)
    return tuple(dict.fromkeys(fold(key) + number for key in whole if len(key) > 1))


def _as_spoken(word: str) -> str:
    for form, put in _ENDINGS_OF_PLACES:
        word = form.sub(put, word)
    return word


def _alike(exact: Iterable[str]) -> tuple[str, ...]:
    """The keys without a and o, of at least four letters."""
    bare = ("~" + _once(key[0] + regex.sub("[ao]", "", key[1:])) for key in exact)
    return tuple(dict.fromkeys(key for key in bare if len(key) > 4))


def _once(key: str) -> str:
    return regex.sub(r"(.)\1+", r"\1", key)


_LETTERS = "abcdefghijklmnprstu"


def _one_slip(key: str) -> list[str]:
    """Keys with one letter more, less, another, or two changed about; the first letter is taken as meant."""
    cut = [(key[:at], key[at:]) for at in range(1, len(key) + 1)]
    less = [left + right[1:] for left, right in cut if right]
    turned = [left + right[1] + right[0] + right[2:] for left, right in cut if len(right) > 1]
    other = [left + letter + right[1:] for left, right in cut if right for letter in _LETTERS]
    more = [left + letter + right for left, right in cut for letter in _LETTERS]
    return [*less, *turned, *other, *more]
