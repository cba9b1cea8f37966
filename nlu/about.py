"""One finding in its sentence: what the rules of nlu/scope.py and nlu/predicate.py look at."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.compile_lexicon import lexicon
from nlu.lexicon import Match
from nlu.line import Line

PRESENT, ABSENT, UNCERTAIN, NEITHER = "present", "absent", "uncertain", "neither"
FINITE = ("ছে", "ছি", "ছেন", "che", "chhe", "chi", "chhi")
"""How a verb ends that says by itself that it is so: "হাত কেটেছে, রক্ত বন্ধ হয়েছে" leaves the cut where it is."""
_VERY = frozenset("খুব ভীষণ প্রচণ্ড অনেক বেশি অসহ্য khub bhishon prochondo onek besi beshi very severe lot".split())
_ASSERTS = tuple("for occur be day week month year hour today but".split())


@dataclass(frozen=True)
class Judged:
    """A finding and what is said of it."""

    match: Match
    status: str


@dataclass(frozen=True)
class About:
    """A finding, the bounds of its sentence, and the places of all findings' words."""

    line: Line
    match: Match
    start: int
    end: int
    places: frozenset[int]
    asked: bool  # a yes/no question about findings is pending

    @classmethod
    def of(cls, line: Line, match: Match, places: frozenset[int], asked: bool) -> About:
        """The finding in the sentence around it: from mark to mark."""
        start, end = match.start, match.end
        while start > 0 and not line.ends(start - 1):
            start -= 1
        while not line.ends(end):
            end += 1
        return cls(line, match, start, end, places, asked)

    def comma(self, place: int) -> bool:
        """Whether a comma stands here."""
        return self.line.words[place].kind == "comma"

    def filler(self, place: int) -> bool:
        """Whether this word says nothing by itself."""
        return self.line.words[place].text in lexicon().fillers

    def other(self, place: int) -> bool:
        """Whether this word belongs to another finding only."""
        return place in self.places and place not in self.match.words

    def finite(self) -> bool:
        """Whether the finding's own words end in a verb that says that it is so, or in a "no" of their own."""
        return self.line.words[self.match.end - 1].text.endswith((*FINITE, "না", "na"))

    def asserted(self) -> bool:
        """Whether the words between the commas around the finding say more of it: since when, that it is there."""
        start, end = self.match.start, self.match.end
        if self.finite():
            return True
        while start > self.start and not self.comma(start - 1):
            start -= 1
        while end < self.end and not self.comma(end):
            end += 1
        rest = [at for at in range(start, end) if at not in self.match.words]
        words = self.line.words
        return any(
            self.line.has(at, *_ASSERTS) or words[at].text in _VERY or words[at].text.endswith(FINITE) for at in rest
        )
