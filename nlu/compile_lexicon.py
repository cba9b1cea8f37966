"""The words files and the cues, compiled to one JSON value that nlu.lexicon loads.

python -m nlu.compile_lexicon OUT.json      (the findings alone, for the Rasa component)
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from flows.datafile import BadData, Source
from nlu.bare import PREFIX
from nlu.endings import bengali_stems, english_stems
from nlu.lexicon import _CASE, GAP, Lexicon, bengali_keys, latin_keys, load
from nlu.normal import readable, tokens
from nlu.phonetic import ANY_SOUNDS, english, fold, keys, listed_sounds, loosened, tight

WORDS = Path(__file__).parent / "words"
RULES = Path(__file__).parent / "rules"
COMPILED = Path(__file__).parent / ".compiled"
"""Where compiled lexicons are kept between starts; may be emptied at any time."""


class Words(BaseModel):
    """The ways to say one finding (or one cue). ` ... ` in a phrase lets up to three other words pass."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
    bn: tuple[str, ...] = ()
    latin: tuple[str, ...] = ()  # romanised spellings that the key of a bn entry does not give
    en: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()  # that say it is not there: "breathing is normal"; in any language
    not_: tuple[str, ...] = ()
    wins_over: tuple[str, ...] = ()  # finding codes with the same phrase, which this one takes
    unborn: bool = False  # said of a child in the womb: its "child" is no son or daughter
    qualifies: bool = False  # says how another finding is ("severe headache"): it stands beside it, not in its place

    @classmethod
    def of(cls, source: Source, code: str) -> Words:
        """The entry `code` of a words file; raises BadData with file and line."""
        entry = source.data[code]
        if not isinstance(entry, dict):
            raise source.wrong(f"{code} needs lists of words: bn, latin, en", code)
        source.data[code] = {("not_" if key == "not" else key): value for key, value in entry.items()}
        return source.parse(cls, code)


class _Compiler:
    """Numbers the words as they come, and gathers their keys and the phrases."""

    def __init__(self, same: list[list[str]], cues: bool = False) -> None:
        self.cues = cues
        self.cut = True
        self.unborn = False
        self.english: set[str] = set()  # the words of English phrases
        self.numbers: dict[str, int] = {}
        self.keys: dict[str, dict[int, tuple[int, int]]] = {}  # key -> word -> distance, sounds allowed
        self.qualifiers: set[str] = set()
        self.phrases: dict[tuple[str, str, tuple[int, ...]], None] = {}
        self.same = {key: group for group in same for word in group for key in _names(word)}
        self.bare: dict[str, dict[str, Any]] = {}

    def add(self, code: str, kind: str, phrase: str, language: str) -> tuple[int, ...]:
        """One phrase; its words' numbers. An empty answer: nothing of it can be read."""
        words: list[int] = []
        for part in phrase.replace("…", "...").split("..."):
            read = [t for t in tokens(readable(part)) if t.kind in _READ]
            found = [self.number(t.text, t.kind, language, kind, len(read) == 1) for t in read]
            words += [GAP, *found] if words and found else found
        if words:
            self.phrases.setdefault((code, kind, tuple(words)))
        return tuple(words)

    def number(self, word: str, kind: str, language: str, meant: str = "find", alone: bool = False) -> int:
        """The number of a word, made with its keys when it first comes. An idiom's word is matched more nearly."""
        name = f"{language if kind == 'latin' else kind}:{word}" + (f":{meant}:{alone}" if meant == "not" else "")
        name += ":unborn" if self.unborn else ""
        if name not in self.numbers:
            number = self.numbers[name] = len(self.numbers)
            if meant == "not":
                self._lead_idiom(word, kind, language, number, alone)
                return number
            for key, distance in _keys(word, kind, language, self.cut):
                if not (self.cues and _too_short(key)):
                    self._lead(key, number, distance, listed_sounds(word))
            if self.cues and kind == "latin" and len(fold(word)) <= _SHORT:
                self._lead("x:" + word, number, 0)
            for other in self._alike(word, kind):
                for key, distance in _keys(other, "bengali" if other > "z" else "latin", "en", self.cut):
                    self._lead(key, number, distance + 1, listed_sounds(other))
        return self.numbers[name]

    def _lead_idiom(self, word: str, kind: str, language: str, number: int, alone: bool) -> None:
        """An idiom silences a finding, so it is matched in its own script, and as spelt where it is one word."""
        if kind == "number" or alone:
            self._lead("#" + word if kind == "number" else "x:" + word, number, 0)
        elif kind == "bengali":
            for key, distance in bengali_keys(tight(word)):
                self._lead(key, number, distance)
        else:
            for key, distance in _keys(word, kind, language, False):
                self._lead(key, number, distance)

    def _alike(self, word: str, kind: str) -> list[str]:
        """The words that stand for this one in other tongues, its case ending cut if need be."""
        names = _names(word) if kind != "bengali" else [tight(word), *bengali_stems(tight(word))]
        group = next((self.same[name] for name in names if name in self.same), [])
        return [other for other in group if other not in _BORN] if self.unborn else group

    def _lead(self, key: str, number: int, distance: int, sounds: int = ANY_SOUNDS) -> None:
        places = self.keys.setdefault(key, {})
        before, allowed = places.get(number, (99, 0))
        places[number] = (min(before, distance), allowed | sounds)

    def turn(self) -> None:
        """Two Bengali words with a gap between them, also the other way round: "চোখ ... হলুদ", "হলুদ হয়ে গেছে চোখ"."""
        english = {number for name, number in self.numbers.items() if name.startswith("en:")}
        found = {words for _, kind, words in self.phrases if kind == "find"}
        for code, kind, words in list(self.phrases):
            gapped = kind == "find" and len(words) == 3 and words[1] == GAP
            if gapped and words[::-1] not in found and not english & set(words):
                self.phrases.setdefault((code, "turned", words[::-1]))

    def compiled(self, function_words: list[str], fillers: list[str]) -> dict[str, Any]:
        """What `nlu.lexicon.load` takes: JSON values only, numbers written together as they take less room so."""
        phrases: dict[str, list[str]] = {}
        for code, kind, words in self.phrases:
            phrases.setdefault(f"{code} {kind}", []).append(" ".join(map(str, words)))
        return {
            "phrases": phrases,
            "keys": {
                key: " ".join(f"{number} {far} {sounds}" for number, (far, sounds) in places.items())
                for key, places in self.keys.items()
            },
            "function_words": sorted(function_words),
            "fillers": sorted(fillers),
            "qualifiers": sorted(self.qualifiers),
            "bare": self.bare,
            **self._languages(),
            "apart": {readable(typed): self._numbers_of(words) for typed, words in rules("apart").items()},
        }

    def _languages(self) -> dict[str, Any]:
        """English words, what marks a message as Bengali in Latin letters, and the numbers an English word may have."""
        known = rules("english")
        latin = [number for name, number in self.numbers.items() if name.startswith(("latin:", "bn:"))]
        if self.cues:
            return {"english": sorted(known["common"].split()), "bengali": [], "either": [], "borrowed": latin}
        listed = {word for word in self.english if len(word) > _SHORT_ENGLISH}
        bengali = set(known["bengali"].split())
        borrowed = {tight(readable(word)) for word in known["borrowed"]}
        loans = [n for name, n in self.numbers.items() if name.startswith("bengali:") and _is_loan(name, borrowed)]
        return {
            "english": sorted((set(known["common"].split()) | listed) - bengali),
            "bengali": sorted(bengali),
            "either": known["either"].split(),
            "borrowed": sorted([*latin, *loans]),
        }

    def _numbers_of(self, words: list[str]) -> list[int]:
        """The numbers of listed words, whatever they are listed as."""
        return sorted(number for name, number in self.numbers.items() if name.split(":")[1] in map(readable, words))


_BORN = frozenset(map(readable, "ছেলে মেয়ে ছেলেটা মেয়েটা".split()))
_SHORT = 3  # a cue of so few Latin letters is matched as spelt: folded, too many words look alike


def _too_short(key: str) -> bool:
    return key[:2] in ("l:", "w:", "e:") and len(key) <= _SHORT + 1


def _names(word: str) -> list[str]:
    """What a word of the same-words file is looked up by."""
    return [tight(word)] if word > "z" else [word]


_SHORT_ENGLISH = 4  # shorter words of English phrases may well be Bengali ones


def _is_loan(name: str, borrowed: set[str]) -> bool:
    """Whether a listed Bengali word is one of those borrowed from English, its ending cut if need be."""
    word = tight(name.split(":")[1])
    return word in borrowed or not borrowed.isdisjoint(bengali_stems(word))


_READ = ("bengali", "latin", "number")


def _keys(word: str, kind: str, language: str, cut: bool) -> Iterator[tuple[str, int]]:
    """Every key that leads to a listed word, with its distance from it. `cut`: endings may be cut off."""
    if kind == "number":
        yield "#" + word, 0
    elif kind == "bengali":
        yield from _whole(bengali_keys(tight(word)), cut)
        for key in loosened(word):
            yield from _whole(bengali_keys(key, _CASE), cut)
        for key in keys(word):
            yield from (found for found in latin_keys(key) if found[1] == 0 or (cut and found[0][0] == "w"))
        for stem in bengali_stems(tight(word)) if cut else ():
            yield from (("l:" + key, _CASE) for key in keys(stem) if len(key) > 2)
    elif language == "en":
        key = english(word)
        yield ("x:" + word if len(key) <= _SHORT else "e:" + key), 0
        yield from (("e:" + stem, _CASE) for stem in english_stems(key) if cut)
    else:
        yield from _whole(latin_keys(fold(word)), cut)


def _whole(found: Any, cut: bool) -> Iterator[tuple[str, int]]:
    found = list(found)
    yield from found if cut else found[:1]


def rules(name: str) -> Any:
    """One of the rules' data files, by name."""
    return Source(RULES / f"{name}.yaml").data


def compile_lexicon(folder: Path = WORDS) -> dict[str, Any]:
    """The findings' words. Raises BadData where two findings have one phrase and no file says which wins."""
    function_words = [readable(word) for words in rules("function_words").values() for word in words]
    fillers = [readable(word) for words in rules("fillers").values() for word in words]
    same = [[readable(word) for word in group] for group in rules("same")]
    compiler, owners = _Compiler(same), _Owners()
    for path in sorted(folder.glob("*.yaml")):
        source = Source(path)
        for code in list(source.data or {}):
            entry = Words.of(source, code)
            owners.enter(code, source, entry)
            compiler.unborn = entry.unborn
            for field, kind, language, place, phrase in _phrases(entry):
                words = compiler.add(code, kind, phrase, language)
                if field == "en":
                    compiler.english |= {token.text for token in tokens(readable(phrase)) if token.kind == "latin"}
                if entry.qualifies:
                    compiler.qualifiers.add(code)
                if not words:
                    raise source.wrong(f"{phrase!r} has no word that can be read", code, field, place)
                if kind == "find":
                    owners.claim(code, phrase, words, (field, place), set(function_words))
    compiler.unborn = False
    owners.settle()
    for code, words in owners.lost:
        compiler.phrases.pop((code, "find", words), None)
    compiler.turn()
    if folder == WORDS:
        _add_bare(compiler, owners)
    return compiler.compiled(function_words, fillers)


def _add_bare(compiler: _Compiler, owners: _Owners) -> None:
    """The words of bare.yaml. One that is a finding's phrase already is that finding where nothing stands beside it."""
    source = Source(RULES / "bare.yaml")
    for name, entry in source.data.items():
        words = Words.model_validate(
            {language: entry.get(language, ()) for language in ("bn", "latin", "en")} | {"not_": entry.get("not", ())}
        )
        named = {*entry.get("means", {}).values(), *(c for codes in entry.get("denies", {}).values() for c in codes)}
        for code in {*named, *entry.get("means", {}), *entry.get("denies", {})} - set(owners.sources):
            raise source.wrong(f"{code} is no finding with words of its own", name)
        compiler.bare[PREFIX + name] = {
            key: entry[key] for key in ("means", "denies", "else", "unless") if key in entry
        }
        for _, kind, language, _, phrase in _phrases(words):
            taken = compiler.add(PREFIX + name, kind, phrase, language)
            if kind == "not":
                continue
            for owner in owners.claims.get(taken, {}):
                if owner != entry.get("else"):
                    raise source.wrong(
                        f"{phrase!r} is a phrase of {owner}; take it out there, or write `else: {owner}`", name
                    )
                compiler.phrases.pop((owner, kind, taken), None)


def _phrases(entry: Words) -> Iterator[tuple[str, str, str, int, str]]:
    for language in ("bn", "latin", "en"):
        for place, phrase in enumerate(getattr(entry, language)):
            yield language, "find", language, place, phrase
            if phrase.endswith("ছে"):  # what is said of another is said of oneself too: ঘামছে, ঘামছি
                yield language, "find", language, place, phrase[:-1] + "ি"
    for place, phrase in enumerate(entry.denied):
        yield "denied", "denied", "latin", place, phrase
        if phrase.isascii():
            yield "denied", "denied", "en", place, phrase
    for place, phrase in enumerate(entry.not_):
        yield "not", "not", "latin", place, phrase
        if phrase.isascii():
            yield "not", "not", "en", place, phrase


class _Owners:
    """Which finding a phrase belongs to; two claims without a winner are refused."""

    def __init__(self) -> None:
        self.claims: dict[tuple[int, ...], dict[str, tuple[Source, str, tuple[str, int]]]] = {}
        self.wins: dict[str, set[str]] = {}
        self.sources: dict[str, Source] = {}
        self.lost: list[tuple[str, tuple[int, ...]]] = []

    def enter(self, code: str, source: Source, entry: Words) -> None:
        if code in self.sources:
            raise source.wrong(f"{code} stands in {self.sources[code].path.name} already; keep one", code)
        self.sources[code] = source
        self.wins[code] = set(entry.wins_over)

    def claim(
        self, code: str, phrase: str, words: tuple[int, ...], where: tuple[str, int], function_words: set[str]
    ) -> None:
        if len(words) == 1 and readable(phrase) in function_words:
            raise self.sources[code].wrong(f"{phrase!r} is an ordinary word; list a longer phrase", code, *where)
        self.claims.setdefault(words, {}).setdefault(code, (self.sources[code], phrase, where))

    def settle(self) -> None:
        """Leave each phrase to its winner; raise BadData where there is none."""
        for words, claims in self.claims.items():
            for code, (source, phrase, where) in list(claims.items()):
                if rival := next((other for other in claims if other != code and not self._settled(code, other)), None):
                    raise source.wrong(
                        f"{phrase!r} is a phrase of {rival} too; take it out of one, or write "
                        f"`wins_over: [{rival}]` under {code}", code, *where,
                    )  # fmt: skip
                if any(code in self.wins[other] for other in claims):
                    self.lost.append((code, words))

    def _settled(self, one: str, other: str) -> bool:
        return other in self.wins[one] or one in self.wins[other]


def compile_cues() -> dict[str, Any]:
    """The cues: words that say something about a finding or a person. Their ending is not cut unless they say so."""
    compiler = _Compiler([], cues=True)
    for path in sorted(RULES.glob("cues*.yaml")):
        source = Source(path)
        for code in source.data or {}:
            entry = Words.of(source, code)
            compiler.cut = not code.endswith("!")
            for _, kind, language, _, phrase in _phrases(entry):
                compiler.add(code, kind, phrase, language)
    return compiler.compiled([], [])


@cache
def lexicon() -> Lexicon:
    """The findings' lexicon: as compiled before, if no file it comes from has changed since."""
    return load(_kept("lexicon", compile_lexicon))


@cache
def cues() -> Lexicon:
    """The cues' lexicon, kept likewise."""
    return load(_kept("cues", compile_cues))


def _kept(name: str, compile_it: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `compile_it` gives, from COMPILED if it is there; kept there if that folder can be written."""
    path = COMPILED / f"{name}-{_digest()}.json"
    try:
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return kept
    except (OSError, ValueError):
        compiled = compile_it()
    try:
        COMPILED.mkdir(exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(compiled, ensure_ascii=False), "utf-8")
        unfinished.replace(path)
        for old in COMPILED.glob(f"{name}-*.json"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        pass  # a read-only installation compiles at each start
    return compiled


@cache
def _digest() -> str:
    """What the compiled lexicons depend on: the words, the rules, and the code that compiles them."""
    code = [
        Path(__file__).with_name(f"{part}.py")
        for part in ("bare", "compile_lexicon", "endings", "lexicon", "normal", "phonetic")
    ]
    whole = hashlib.sha256()
    for path in [*code, *sorted(RULES.glob("*.yaml")), *sorted(WORDS.glob("*.yaml"))]:
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def main(arguments: list[str]) -> int:
    """Write the findings' lexicon to the file named."""
    if len(arguments) != 1:
        print("Name the file to write: python -m nlu.compile_lexicon OUT.json", file=sys.stderr)
        return 2
    try:
        compiled = _kept("lexicon", compile_lexicon)
    except BadData as error:
        print(error, file=sys.stderr)
        return 1
    Path(arguments[0]).write_text(json.dumps(compiled, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
