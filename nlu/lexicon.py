"""The compiled lexicon and its matcher: one pass over a message, at a cost that does not grow with the lexicon.

Every word of the lexicon has keys (see nlu/phonetic.py) which lead to its number; phrases are a trie over those
numbers, in which a gap lets up to three words pass. Runs on Python 3.10 with indic_transliteration and `regex` alone:
`load(json)`, then `find(lexicon, text)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from nlu.bare import PREFIX, Bare, placed
from nlu.endings import bengali_stems, bengali_verb, english_stems, latin_stems, latin_verb
from nlu.normal import Token, readable, tokens
from nlu.phonetic import english, fold, tight, typed_sounds

GAP = -1
"""In a phrase: up to WIDEST_GAP other words."""

WIDEST_GAP = 3
_FARTHEST = 2  # between a word and a listed one: an ending cut from each
_TOO_FAR = 6  # for two words with others between them: both only alike by their roots; for three, more than so far
_EXACT, _CASE, _VERB = 0, 1, 3  # how far a key is from the word as listed


class Node:
    """A place in the trie: what follows, whether a gap does, and what ends here. There are hundreds of thousands: most
    have nothing of their own."""

    __slots__ = ("ends", "gap", "next")

    def __init__(self) -> None:
        self.next: Mapping[int, Node] = _NOTHING
        self.gap: Node | None = None
        self.ends: tuple[int, ...] = ()

    def following(self, word: int) -> Node:
        """The place behind this word or GAP, made where there is none."""
        if word == GAP:
            self.gap = self.gap or Node()
            return self.gap
        node = self.next.get(word)
        if node is None:
            node = Node()
            if len(self.next) == 0:
                self.next = {word: node}
            else:
                self.next[word] = node  # type: ignore[index]
        return node


_NOTHING: Mapping[int, Node] = MappingProxyType({})


@dataclass(frozen=True)
class Lexicon:
    """Keys -> (number of a word, distance, sounds it allows); the trie; each phrase's code and kind.

    Kinds: "find", "turned" (its words the other way round), "denied" (says that the finding is not there: "breathing is
    normal"), "not" (an idiom that means something else).
    """

    keys: dict[str, tuple[tuple[int, int, int], ...]]
    root: Node
    phrases: list[tuple[str, str]]
    function_words: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    apart: dict[str, frozenset[int]] = field(default_factory=dict)  # a typed word: the listed ones it never is
    qualifiers: frozenset[str] = frozenset()  # findings that say how another one is
    bare: dict[str, Bare] = field(default_factory=dict)  # codes of words that mean a finding only beside another
    english: frozenset[str] = frozenset()
    bengali: frozenset[str] = frozenset()  # what only Bengali says in Latin letters
    either: frozenset[str] = frozenset()  # Bengali unless the message is English: "ache"
    borrowed: frozenset[int] = frozenset()  # listed words that an English word may be among Bengali ones
    looked_up: dict[tuple[str, str, bool], dict[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A phrase found: its code, the places of its words among the tokens, and how far from the listed words it is."""

    code: str
    words: tuple[int, ...]
    distance: int
    kind: str = "find"
    denies: tuple[str, ...] = ()  # of a bare word: what it denies here, where it is said not to be there
    only_denied: bool = False  # of a bare word: that it is there would say too little
    beside: tuple[int, ...] = ()  # of a bare word: the words of the finding that it stands beside

    @property
    def start(self) -> int:
        return self.words[0]

    @property
    def end(self) -> int:
        return self.words[-1] + 1


def load(compiled: dict[str, Any]) -> Lexicon:
    """The lexicon from what nlu.compile_lexicon wrote."""
    root = Node()
    phrases: list[tuple[str, str]] = []
    shared: dict[Any, Any] = {}
    for name, written in compiled["phrases"].items():
        code, kind = name.split()
        for words in written:
            node = root
            for word in words.split():
                node = node.following(int(word))
            node.ends = (*node.ends, len(phrases))
            phrases.append(shared.setdefault((code, kind), (code, kind)))
    keys = {key: tuple(_triples(shared, written)) for key, written in compiled["keys"].items()}
    apart = {typed: frozenset(numbers) for typed, numbers in compiled["apart"].items()}
    fixed = frozenset(compiled["function_words"]), frozenset(compiled["fillers"])
    bare = {code: Bare.of(entry) for code, entry in compiled["bare"].items()}
    return Lexicon(
        keys, root, phrases, *fixed, apart, frozenset(compiled["qualifiers"]), bare, frozenset(compiled["english"]),
        frozenset(compiled["bengali"]), frozenset(compiled["either"]), frozenset(compiled["borrowed"]),
    )  # fmt: skip


def _triples(shared: dict[Any, Any], written: str) -> Iterator[tuple[int, int, int]]:
    """Number, distance and sounds of each listed word that a key leads to; the same triple kept once."""
    numbers = [int(number) for number in written.split()]
    for triple in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        yield shared.setdefault(triple, triple)


def find(lexicon: Lexicon, text: str) -> list[tuple[str, int, int]]:
    """The finding codes of a text, each with the place of its first and behind its last character in readable(text)."""
    words = tokens(readable(text))
    return [(m.code, words[m.start].start, words[m.end - 1].end) for m in matches(lexicon, words)]


def matches(lexicon: Lexicon, words: list[Token]) -> list[Match]:
    """What the lexicon finds in these words: the longest reading of each, idioms taken out."""
    every = every_match(lexicon, words)
    bare = {(match.words, lexicon.bare[match.code].otherwise) for match in every if match.code in lexicon.bare}
    every = [match for match in every if (match.words, match.code) not in bare]
    found = chosen(every, lexicon.qualifiers)
    while borrowing := [match for match in found if _borrows_a_no(match, found, words)]:
        every = [match for match in every if match not in borrowing]
        found = chosen(every, lexicon.qualifiers)
    return placed(found, lexicon.bare)


def _borrows_a_no(match: Match, found: list[Match], words: list[Token]) -> bool:
    """Whether the "no" that ends this finding is another's: in "পেচ্ছাপে রক্ত নেই" it denies the blood, not the urine."""
    if words[match.end - 1].text not in _NO or len(match.words) == 1:
        return False
    between, rest = set(range(match.start, match.end)) - set(match.words), set(match.words[:-1])
    if any(other.start < match.start < other.end < match.end <= other.end + 2 for other in found):
        return True  # "kalo paikhana hoy na" denies the black stool
    others = [set(other.words) for other in found if other is not match]
    return any(between & other or rest < other for other in others)


def every_match(lexicon: Lexicon, words: list[Token]) -> list[Match]:
    """Every phrase of the lexicon in these words, longer and shorter ones alike."""
    strictly = _english_stands_out(lexicon, words)
    numbers = [_lookup(lexicon, word, strictly) for word in words]
    skipped = [word.text in lexicon.fillers for word in words]
    found: dict[tuple[int, tuple[int, ...]], int] = {}
    for start, options in enumerate(numbers):
        for number, distance in options.items():
            node = lexicon.root.next.get(number)
            if node is not None and distance < _VERB * 2:
                _follow(lexicon, node, words, numbers, skipped, (start,), distance, 0, found)
    return [
        Match(lexicon.phrases[phrase][0], used, distance, lexicon.phrases[phrase][1])
        for (phrase, used), distance in found.items()
        if _counts(lexicon, phrase, used, distance, words)
    ]


def _counts(lexicon: Lexicon, phrase: int, used: tuple[int, ...], distance: int, words: list[Token]) -> bool:
    """Whether these words name something: by themselves, or together with no "no" between what is turned round."""
    if len(used) > 1:
        gapped = used[-1] >= used[0] + len(used)
        if (len(used) == 2 and gapped and distance >= _TOO_FAR) or (len(used) == 3 and distance > _TOO_FAR):
            return False
        return not _denied_across(lexicon, phrase, words[used[0] : used[-1] + 1])
    return distance <= _alone(words[used[0]]) and _names_something(lexicon, words[used[0]])


_TURNS = frozenset("কিন্তু তবে অথচ kintu tobe othocho but though no without".split())
"""What no gap lets pass: "loose motion but no blood" is not blood in the stool."""
_NO = frozenset("না নেই নাই নি নয় na nei nai ni noy no not".split())


def _denied_across(lexicon: Lexicon, phrase: int, words: list[Token]) -> bool:
    """Whether words said the other way round have a "no" among them: "ব্যথা নেই, পেটে ..." is no pain in the belly."""
    return lexicon.phrases[phrase][1] == "turned" and any(word.text in _NO for word in words)


def _alone(word: Token) -> int:
    """How far a word that is the whole phrase may be from the listed one: romanised, only its own ending cut."""
    return _CASE if word.kind == "latin" else _FARTHEST


def _names_something(lexicon: Lexicon, word: Token) -> bool:
    """Whether a word by itself can name a finding: no function word, and more than one sound ("q", "ko")."""
    if not lexicon.function_words:
        return True  # the cues: small words are what they are made of
    if word.kind == "latin" and len(word.text) <= 2 and "x:" + word.text not in lexicon.keys:
        return False
    return word.text not in lexicon.function_words and (word.kind != "latin" or len(fold(word.text)) > 1)


def _follow(
    lexicon: Lexicon, node: Node, words: list[Token], numbers: list[dict[int, int]], skipped: list[bool],
    used: tuple[int, ...], distance: int, passed: int, found: dict[tuple[int, tuple[int, ...]], int],
) -> None:  # fmt: skip
    """Go on from `node` behind the last used word, over fillers and gaps."""
    for phrase in node.ends:
        if found.get((phrase, used), 99) > distance:
            found[(phrase, used)] = distance
    place, fillers, gap = used[-1] + 1, 0, passed
    while place < len(words) and words[place].kind not in ("mark", "comma"):
        for number, further in numbers[place].items():
            following = node.next.get(number)
            if following is not None and not gap:
                _follow(lexicon, following, words, numbers, skipped, (*used, place), distance + further, 0, found)
            following = node.gap.next.get(number) if node.gap is not None else None
            if following is not None:
                _follow(lexicon, following, words, numbers, skipped, (*used, place), distance + further, 0, found)
        if words[place].text in _TURNS:
            return
        if skipped[place] and fillers < 2:
            fillers += 1
        else:
            gap += 1
            if node.gap is None or gap > WIDEST_GAP:
                return
        place += 1


def _english_stands_out(lexicon: Lexicon, words: list[Token]) -> bool:
    """Whether an English word can only be English here: all is English, or the Bengali is in Bengali letters."""
    latin = [word.text for word in words if word.kind == "latin"]
    if not lexicon.english or not latin:
        return False
    if any(word.kind == "bengali" for word in words):
        return True
    english = sum(text in lexicon.english for text in latin)
    return english >= len(latin) * _MOSTLY and lexicon.bengali.isdisjoint(latin)


_MOSTLY = 0.6
_GUESSED = 4  # so long an English word is no Bengali one with its ending cut, in whatever message


def _lookup(lexicon: Lexicon, word: Token, strictly: bool = False) -> dict[int, int]:
    """The lexicon's words that this one may be, with their distance. `strictly`: an English word is only English."""
    if word.kind not in ("bengali", "latin", "number"):
        return {}
    english = word.kind == "latin" and word.text in lexicon.english
    strictly = strictly and english
    known = lexicon.looked_up.get((word.kind, word.text, strictly))
    if known is None:
        known, never = {}, lexicon.apart.get(word.text, frozenset())
        insists = typed_sounds(word.text) if word.kind == "latin" else 0
        bengali = not strictly and (word.text in lexicon.bengali or word.text in lexicon.either)
        for key, distance in token_keys(word.text, word.kind):
            if bengali and key[0] in "xe":
                continue  # "ache" is আছে here, and aches nowhere
            heard = insists if key[0] in "lw" else 0
            for number, further, allowed in lexicon.keys.get(key, ()):
                if number in never or heard & ~allowed:
                    continue
                if english and key[0] in "lw" and _only_sounds_so(lexicon, word, number, distance + further, strictly):
                    continue
                if distance + further <= _FARTHEST or key[0] in "vw":
                    known[number] = min(known.get(number, 99), distance + further)
        if len(lexicon.looked_up) > 20_000:
            lexicon.looked_up.clear()
        lexicon.looked_up[(word.kind, word.text, strictly)] = known
    return known


def _only_sounds_so(lexicon: Lexicon, word: Token, number: int, distance: int, strictly: bool) -> bool:
    """Whether this English word is not the listed Bengali one that it sounds like."""
    if distance:
        return strictly or len(word.text) >= _GUESSED
    return strictly and number not in lexicon.borrowed


@lru_cache(maxsize=20_000)
def token_keys(word: str, kind: str) -> tuple[tuple[str, int], ...]:
    """The keys to look a typed word up by, each with its distance."""
    if kind == "number":
        return (("#" + word, _EXACT),)
    if kind == "bengali":
        return (("x:" + word, _EXACT), *bengali_keys(tight(word)))
    folded, as_english = fold(word), english(word)
    return (
        ("x:" + word, _EXACT),
        *latin_keys(folded),
        ("e:" + as_english, _EXACT),
        *(("e:" + stem, _CASE) for stem in english_stems(as_english)),
    )


def bengali_keys(key: str, distance: int = _EXACT) -> Iterable[tuple[str, int]]:
    """A tight key, itself and cut."""
    yield "b:" + key, distance
    for stem in bengali_stems(key):
        yield "b:" + stem, distance + _CASE
    root = bengali_verb(key)
    if root:
        yield "v:" + root, distance + _VERB


def latin_keys(key: str, distance: int = _EXACT) -> Iterable[tuple[str, int]]:
    """A folded key, itself and cut."""
    if not key:
        return
    yield "l:" + key, distance
    for stem in latin_stems(key):
        yield "l:" + stem, distance + _CASE
    root = latin_verb(key)
    if root:
        yield "w:" + root, distance + _VERB


def chosen(found: list[Match], qualifiers: frozenset[str] = frozenset()) -> list[Match]:
    """Of overlapping readings the fullest: idioms silence what they cover, a longer phrase the shorter within it.

    What only says how another finding is (`qualifiers`) takes no other's place: a severe headache is a headache.
    """
    idioms = [m for m in found if m.kind == "not"]
    spans = sorted((m for m in found if m.kind in ("find", "turned", "denied")), key=_weight)
    taken = _taken(spans, idioms, qualifiers)
    while leaping := [match for words, match in taken if _leaps(match, words, taken)]:
        spans = [match for match in spans if match not in leaping]  # what they had silenced has its say again
        taken = _taken(spans, idioms, qualifiers)
    return sorted((match for _, match in taken), key=lambda m: m.words)


def _taken(spans: list[Match], idioms: list[Match], qualifiers: frozenset[str]) -> list[tuple[frozenset[int], Match]]:
    taken: list[tuple[frozenset[int], Match]] = []
    names = {match.start: match.code for match in spans if len(match.words) == 1 and not match.distance}
    for match in spans:
        words = frozenset(match.words)
        if match.distance >= _TOO_FAR and names.get(match.words[-1], match.code) != match.code:
            continue  # "হাতে ফোড়া": what is a finding's very name is no verb that sounds like it (ফুঁড়ে)
        if any(_is_idiom(idiom, match, words) for idiom in idioms):
            continue
        rivals = [(o, kept) for o, kept in taken if kept.code == match.code or not {kept.code, match.code} & qualifiers]
        if any(_silences(other, kept, match, words) for other, kept in rivals):
            continue
        weak = match.code.startswith(PREFIX) or (match.kind == "turned")
        if weak and any(words & other for other, _ in taken):
            continue
        if match.kind == "turned" and not _near(match):
            continue
        taken.append((words, match))
    return taken


def _is_idiom(idiom: Match, match: Match, words: frozenset[int]) -> bool:
    """Whether the words of this match are said in an idiom that means something else, and said more nearly so."""
    if idiom.code != match.code:
        return False
    verb = len(match.words) == 2 and match.words[1] in idiom.words[1:] and idiom.distance < match.distance
    if verb:
        return True  # "siri vangte", to climb stairs: that verb is of the stairs, and breaks no knee
    covered = words <= frozenset(idiom.words)
    return covered and (len(idiom.words) > len(match.words) or idiom.distance <= match.distance)


def _leaps(match: Match, words: frozenset[int], taken: list[tuple[frozenset[int], Match]]) -> bool:
    """Whether a gap of this match swallows another finding whole: "gas in the belly and pain in the chest"."""
    between = frozenset(range(match.start, match.end)) - words
    return any(
        (other <= between and len(other) == kept.end - kept.start)
        or (other - words <= between and len(other - words) > 1)
        for other, kept in taken
        if kept is not match and kept.start >= match.start and kept.end < match.end
    )


def _near(match: Match) -> bool:
    """Whether words said the other way round are said nearly as listed and nearly side by side."""
    return match.distance <= _CASE and match.end - match.start - len(match.words) <= 2


def _weight(match: Match) -> tuple[bool, bool, int, int, int, int]:
    """Tightly said and longer first; then what is said the other way round; bare words last."""
    passed = match.end - match.start - len(match.words)
    return (
        match.code.startswith(PREFIX),
        match.kind == "turned",
        -len(match.words),
        passed,
        match.distance,
        match.start,
    )


def _silences(other: frozenset[int], kept: Match, match: Match, words: frozenset[int]) -> bool:
    """Whether a phrase already taken leaves no room for this one."""
    if words < other or (words == other and kept.distance < match.distance):
        return True
    return kept.code == match.code and bool(words & other)
