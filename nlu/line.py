"""One message, laid out to be read: its words, the cues over them and the findings in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import regex

from nlu.compile_lexicon import cues, lexicon
from nlu.lexicon import Lexicon, Match, every_match, matches
from nlu.normal import Token, readable, tokens

NONE: dict[str, int] = {}
_PAST = regex.compile(r"..(?:ছিল|ছিলো|ছিলাম|ছিলেন|ছিলে)|..+(?:c+h*|s)il(?:o|am|um|en|ew)")
"""Verbs of what was: any with such an ending says so, listed or not."""


@dataclass(frozen=True)
class Line:
    """Words with what is over them. A cue is a code of nlu/rules/cues*.yaml, a finding one of nlu/words."""

    text: str
    words: list[Token]
    findings: list[Match]
    cues: list[dict[str, int]]  # by the place where a cue begins: its code -> the place behind its last word
    over: list[frozenset[str]]  # by place: the codes of the cues that lie over this word

    @cached_property
    def cued(self) -> list[int]:
        """The places where some cue begins."""
        return [place for place, here in enumerate(self.cues) if here]

    @cached_property
    def _said(self) -> frozenset[str]:
        return frozenset().union(*self.over)

    def begins(self, place: int, *codes: str) -> int:
        """The place behind the longest of these cues that begins here; 0 where none does."""
        here = self.cues[place] if 0 <= place < len(self.words) else NONE
        if not here:
            return 0
        if len(codes) == 1:
            return here.get(codes[0], 0)
        return max([here[code] for code in codes if code in here], default=0)

    def has(self, place: int, *codes: str) -> bool:
        """Whether one of these cues lies over the word at this place."""
        return 0 <= place < len(self.words) and not self.over[place].isdisjoint(codes)

    def first(self, *codes: str) -> int | None:
        """The place of the first of these cues in the message."""
        return next((place for place in self.cued if self.begins(place, *codes)), None)

    def said(self, *codes: str) -> bool:
        """Whether one of these cues stands anywhere."""
        return not self._said.isdisjoint(codes)

    def owners(self, place: int) -> list[str]:
        """The findings whose words include the word at this place."""
        return [match.code for match in self.findings if place in match.words]

    def ends(self, place: int) -> bool:
        """Whether a thought ends at this place."""
        return place >= len(self.words) or self.words[place].kind == "mark"


def lay_out(text: str, words_of: Lexicon | None = None) -> Line:
    """The message as a Line; any text will do."""
    plain = readable(text)
    words = tokens(plain)[:600]
    begin: list[dict[str, int]] = [{} for _ in words]
    over: list[set[str]] = [set() for _ in words]
    found_cues = every_match(cues(), words)
    as_listed = {cue.words for cue in found_cues if not cue.distance}
    idioms = [cue for cue in found_cues if cue.kind == "not"]
    for cue in found_cues:
        if cue.kind == "not" or any(i.code == cue.code and set(cue.words) <= set(i.words) for i in idioms):
            continue
        if cue.distance > 1 or (cue.distance and (cue.code.endswith("!") or cue.words in as_listed)):
            continue
        code = cue.code.rstrip("!")
        begin[cue.start][code] = max(begin[cue.start].get(code, 0), cue.end)
        for place in cue.words:
            over[place].add(code)
    for place, word in enumerate(words):
        if _PAST.fullmatch(word.text):
            begin[place].setdefault("was", place + 1)
            over[place].add("was")
    found = matches(words_of or lexicon(), words)
    return Line(plain, words, found, begin, [frozenset(codes) for codes in over])
