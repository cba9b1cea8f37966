"""The language to answer in: romanised Bengali is Bengali."""

from __future__ import annotations

from flows.heard import Language
from nlu.compile_lexicon import lexicon
from nlu.lexicon import token_keys
from nlu.line import Line
from nlu.normal import script

_ENGLISH = frozenset(
    "the a an is are am was were has have had having my your his her he she it they i im we you me and "
    "for with since from of in on at to not cant "
    "dont doesnt what when where which how why who can could will would should please this that these "
    "those there feel feeling got get need want "
    "appointment doctor days day week weeks month months year years old since severe very pain fever "
    "cough not book cancel change tomorrow today "
    "does did do been but or child baby mother father son daughter wife husband breathing yes thank "
    "thanks hello help last next morning evening "
    "show send talk back start stop restart one two three four five six seven eight nine ten eleven "
    "twelve twenty thirty forty fifty half quarter past show send talk delete data english after before "
    "about having started blood chest head stomach vomiting".split()
)
_BENGALI = frozenset(
    "ami amar amr amake ar ache achhe ase nei nai na hoy hocche hoyeche hoche hoise hosse korche korbo "
    "korte kore theke dhore din khub onek ektu kintu "
    "ki kobe kothay kivabe keno ke er te ta o je jor jwor betha batha byatha bomi kashi matha pet buk ga "
    "chele meye bachcha baccha maa baba kal porshu "
    "aj ajke ekhon kichu kono parchi parche parchina hobe jabo chai din dao lagbe lagche bolun dekhabo "
    "dekhate mas bochor bochhor soptaho sokal rat "
    "rate bikel dupur ha haan hya janina jani nah pore age sathe ebong apni tumi amader or tar onar unar "
    "sondha diye niye gele geche gese hoy".split()
)
_UNCLEAR = frozenset("ok okay k hmm hm hi hello no yes h ha na".split()) - frozenset(
    ("yes", "no", "hello", "na", "ha", "hi")
)


def language(line: Line) -> Language | None:
    """Bengali, English, or None where the words do not tell ("ok", digits, emoji)."""
    if script(line.text) in ("bengali", "mixed"):
        return "bn"
    if line.text.startswith("/"):
        return None
    words = [word.text for word in line.words if word.kind == "latin" and word.text not in _UNCLEAR]
    if not words:
        return None
    bengali = sum(word in _BENGALI or (word not in _ENGLISH and _listed(word, "l:")) for word in words)
    bengali += sum(_bengali_ending(word) for word in words)
    english = sum(word in _ENGLISH or (word not in _BENGALI and _listed(word, "e:")) for word in words)
    if bengali == english == 0:
        return None if len(words) == 1 and len(words[0]) < 3 else "en" if _looks_english(words) else "bn"
    return "bn" if bengali >= english else "en"


def _listed(word: str, side: str) -> bool:
    """Whether the lexicon has the word, as English ("e:") or as Bengali ("l:")."""
    return any(
        key.startswith(side) and not distance and key in lexicon().keys for key, distance in token_keys(word, "latin")
    )


def _bengali_ending(word: str) -> bool:
    return len(word) > 4 and word.endswith(
        ("che", "chhe", "chi", "chhi", "tese", "chilo", "bo", "ben", "lam", "guli", "gulo", "ay", "ei")
    )


def _looks_english(words: list[str]) -> bool:
    return any(
        word.endswith(
            ("ing", "tion", "ed", "ness", "ly", "ment", "er", "ble", "ache", "al", "ck", "th", "sh", "ss", "ce")
        )
        for word in words
    )
