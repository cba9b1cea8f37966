"""What the words behind a finding say of it: Bengali's predicates, "went away", "but".

The walk goes on over other findings of a list and over words that say nothing, and ends at the first that decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nlu.about import ABSENT, FINITE, PRESENT, UNCERTAIN, About
from nlu.lexicon import Match

_REACH = 2  # other words that a denial may pass on its way to the finding
_LIGHT = (
    *"for occur be day week month year hour today".split(),
    *"and along all now still my i he last_night morning night evening noon afternoon clock times".split(),
)
_AGAIN = ("আবার", "abar", "again", "returned")
_UNTIL = ("লে", "le", "মা", "পর্যন্ত")  # "না হলে", "না খেয়ে", "না পর্যন্ত": না belongs to what follows
_TOO = ("ও", "o")
_SURELY = ("তো", "to")
_PARTICIPLE = ("ে", "ye", "ie", "ke", "re")  # "বেঁকে যায়নি": the verb that is denied is the finding's own

_PASSES = frozenset("যাচ্ছে যায় jacche jachche jay".split())
_FLOWING = ("রক্ত", "rokt", "blood", "পুঁজ", "puj", "আম", "am", "স্রাব", "srab", "discharge", "জল", "jol")


def _flows(it: About) -> bool:
    """Whether the finding's last word is of what comes out of a body."""
    return it.line.words[it.match.end - 1].text.startswith(_FLOWING)


ON: Final = "on"
"""Not decided here: look at the next word."""


@dataclass
class Walk:
    """What was passed since the finding."""

    words: int = 0  # that say something of their own
    comma: bool = False
    verb: bool = False  # "is", "does", "comes": a না behind it denies
    other: bool = False  # another finding

    def next_word(self) -> str | None:
        """Pass a word that says something of its own; None: too many of them."""
        self.words += 1
        return ON if self.words <= _REACH else None


def said_behind(it: About) -> str | None:
    """PRESENT, ABSENT or UNCERTAIN by what follows the finding in its sentence; None where nothing decides."""
    if _asked_and_answered(it):
        return ABSENT
    walk = Walk()
    for place in range(it.match.end, it.end):
        verdict = _step(it, walk, place)
        if verdict != ON:
            return verdict
    return None


_ELSE = frozenset("আর আরও অন্য r ar aar else other more onno baki".split())


def _nothing_else(it: About, place: int) -> bool:
    """ "Cold and sneezing, আর কিছু নেই": there is nothing else; what was named is there."""
    return it.line.has(place, "all") and it.line.words[place - 1].text in _ELSE


def _asked_and_answered(it: About) -> bool:
    """ "Jor? na. Bomi? na.": the writer asks and says no."""
    words, end = it.line.words, it.match.end
    question = end + 1 < len(words) and words[end].kind == "mark" and "?" in words[end].text
    alone = end + 2 >= len(words) or words[end + 2].kind in ("mark", "comma") or it.line.has(end + 2, "not")
    return question and alone and it.line.has(end + 1, "not", "no_after", "no_before")


def _step(it: About, walk: Walk, place: int) -> str | None:
    """The verdict of one word, or ON."""
    if _nothing_else(it, place):
        return None
    if it.other(place):
        return _another_finding(it, walk, place)
    if _says_no(it, place):
        return ABSENT
    if it.line.begins(place, "over") and not any(it.line.has(at, "other_one") for at in (place - 1, place - 2)):
        of_another = walk.comma and walk.other and it.asserted()
        return None if _back_again(it, place) or of_another else ABSENT
    for code, act in _BY_CUE:
        if it.line.has(place, code):
            return act(it, walk, place)
    if it.comma(place):
        walk.comma, walk.verb = True, False
        return ON
    if place == it.match.end and it.line.words[place].text.endswith(FINITE):
        walk.verb = True
        return ON
    light = it.line.has(place, *_LIGHT) or it.filler(place) or it.line.words[place].kind == "number"
    return ON if light else walk.next_word()


def _says_no(it: About, place: int) -> bool:
    """ "Fever no, vomiting nil": a "no" that ends the thought, right behind what it denies."""
    if not it.line.has(place, "no_before"):
        return False
    between = range(it.match.end, place)
    behind = all(it.comma(at) or it.line.has(at, "now") for at in between)
    return behind and (it.line.ends(place + 1) or it.comma(place + 1))


def _another_finding(it: About, walk: Walk, place: int) -> str | None:
    """A list goes on, unless this finding has had its own say before the comma."""
    starting = [other for other in it.line.findings if other is not it.match and other.start == place]
    if any(_says_more_of(it, other, place) for other in it.line.findings):
        return None
    if starting and (walk.comma or walk.verb or it.finite()) and it.asserted():
        return None
    walk.verb, walk.other = False, True
    return ON


def _says_more_of(it: About, other: Match, place: int) -> bool:
    """ "হাঁটুতে ব্যথা ফোলা নেই": the swelling is said of the same knee, and the "no" that follows is the swelling's."""
    of_it = other.beside == it.match.words or bool(set(other.words) & set(it.match.words))
    follows = place in other.words and other.end > it.match.end and other is not it.match
    return of_it and follows and not any(it.line.has(at, "all") for at in range(place, it.end))


def _back_again(it: About, place: int) -> bool:
    """ "Went away, but came back"."""
    return any(it.line.words[at].text in _AGAIN for at in range(place, min(it.end, place + 6)))


def _denied(it: About, walk: Walk, place: int) -> str | None:
    """নেই, হয়নি: denies the list before it; across a comma only with "any of it", or where signs were asked for."""
    words = it.line.words
    if it.other(place - 1) and it.line.has(place, "not_done"):
        return None  # "লাল ফোসকা পড়েনি": the verb that is denied is the blister's own
    surely = place + 1 < len(words) and words[place + 1].text in _SURELY
    if surely or it.line.begins(place, "ask") or it.line.has(place + 1, "ask"):
        return None if walk.comma else UNCERTAIN
    if not walk.comma:
        return None if walk.words and it.finite() else ABSENT
    between = range(it.match.end, place)
    if any(it.line.has(at, "all") for at in between):
        return None if it.asserted() else ABSENT
    listed = it.asked or any(it.line.has(at, "and") for at in between)
    return ABSENT if listed and not it.asserted() else None


def _without(it: About, walk: Walk, place: int) -> str | None:
    return ABSENT if place == it.match.end else walk.next_word()


def _is_not(it: About, walk: Walk, place: int) -> str | None:
    if walk.comma:
        return None
    return ABSENT if walk.words == 0 else walk.next_word()


def _ceases(it: About, walk: Walk, place: int) -> str | None:
    """ "Goes down" is still there; "does not go down" all the more."""
    line = it.line
    if line.has(place + 1, "not_done") and (line.words[place - 1].text.endswith(_PARTICIPLE) or _flows(it)):
        return ABSENT
    denied = line.has(place + 1, "not", "not_done") or line.has(place + 2, "not") or line.has(place - 1, "no_before")
    if denied and walk.words <= 1 and line.words[place].text in _PASSES and _flows(it):
        return ABSENT  # "পায়খানায় রক্ত যাচ্ছে না": blood does not pass; a fever that does not is still there
    return PRESENT if denied else None


def _no(it: About, walk: Walk, place: int) -> str | None:
    """না denies only behind "is", "does", "comes", or right behind the finding."""
    line, right_behind = it.line, place == it.match.end
    if line.has(place, "ask") or line.has(place + 1, "ask"):
        return None if walk.comma else UNCERTAIN
    if line.has(place - 1, "when", "if"):
        return None
    too = line.words[place - 1].text in _TOO
    near = walk.verb or right_behind or too or line.has(place - 1, "occur", "be", "all", "and", "can", "i_do")
    if not near or walk.words > 1:
        return None
    if place + 1 < len(line.words) and line.words[place + 1].text.endswith(_UNTIL):
        return None
    if right_behind and place + 1 in it.places:
        return UNCERTAIN
    return _denied(it, walk, place)


def _turns(it: About, walk: Walk, place: int) -> str | None:
    """A contrast: what was there before it may be said to be over behind it; "pet betha kintu nei" is only stressed."""
    if place == it.match.end and it.line.has(place + 1, "no_after"):
        return ABSENT
    was = any(it.line.has(at, "was") for at in range(it.match.end, place))
    return ABSENT if was and ends_later(it, place) else None


def _was(it: About, walk: Walk, place: int) -> str | None:
    return ABSENT if ends_later(it, place) else None


def _occurs(it: About, walk: Walk, place: int) -> str | None:
    walk.verb = True
    return ON if it.line.has(place + 1, "not", "not_done", "no_after", "occur", "over", "was", "ask") else None


_NOT_THERE = ("there", "present", "now", "today", "high", "coming", "happening", "anymore", "much")


def _is_not_there(it: About, place: int) -> bool:
    """ "Is not there", "is also not high": English denies behind the finding too."""
    texts = [word.text for word in it.line.words[place + 1 : min(it.end, place + 4)]]
    if texts[:1] == ["also"]:
        texts = texts[1:]
    return texts[:1] == ["not"] and (len(texts) == 1 or texts[1] in _NOT_THERE)


def _is(it: About, walk: Walk, place: int) -> str | None:
    if _is_not_there(it, place):
        return ABSENT
    return ON if it.line.begins(place + 1, "over") else None


_BY_CUE: tuple[tuple[str, Callable[[About, Walk, int], str | None]], ...] = (
    ("no_after", _denied),
    ("not_done", _denied),
    ("without_after", _without),
    ("is_not", _is_not),
    ("cease", _ceases),
    ("not", _no),
    ("but", _turns),
    ("was", _was),
    ("occur", _occurs),
    ("be", _is),
)


def ends_later(it: About, place: int) -> bool:
    """Behind "there was": whether the message goes on to say that it is over."""
    line = it.line
    if line.has(place + 1, "not", "no_after", "not_done"):
        return True
    return any(_says_over(it, place, at) for at in range(place + 1, min(len(line.words), it.end + 8)))


def _says_over(it: About, since: int, at: int) -> bool:
    """ "But now ...", "not now", "went away"."""
    line = it.line
    turned = line.has(at - 1, "but") or (line.has(at + 1, "but") and line.words[at + 1].text not in ("কিন্তু", "but"))
    if line.has(at, "now") and turned:
        return True
    if line.has(at, "over"):
        return True
    said_of_now = any(line.has(before, "now", "but", "all") for before in range(since, at + 1))
    return line.has(at, "no_after") and said_of_now
