"""What is said about each finding: that it is there, that it is not, or that nobody knows.

Bengali denies after the finding (জ্বর নেই, কাশি হচ্ছে না), English before it (no fever); a denial reaches back or forward
over a list, and ends at another predicate, a contrast, or a mark. The first rule of `_RULES` that has something to say
decides; see docs/reading.md for what was weighed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nlu.about import ABSENT, NEITHER, PRESENT, UNCERTAIN, About, Judged
from nlu.line import Line
from nlu.predicate import ends_later, said_behind

_REACH = 2  # other words that an English denial may pass on its way to the finding
_ASKED_FROM, _ASKED_TO = 5, 4  # how far before and behind a finding a doubt about it may stand


def judge(line: Line, asked: bool = False) -> list[Judged]:
    """Each finding of the message with its status. `asked`: a yes/no question about findings is pending."""
    places = frozenset(place for match in line.findings for place in match.words)
    judged = [Judged(match, _status(About.of(line, match, places, asked))) for match in line.findings]
    judged = [one for one in judged if not _taken_back(line, one, judged)]
    return judged if asked or not _nothing_left(line, judged) else [replace(judged[0], status=PRESENT), *judged[1:]]


def _nothing_left(line: Line, judged: list[Judged]) -> bool:
    """ "Ga hat pa betha jor nei": one "no" that would leave nothing to complain of is of what it stands behind."""
    if len(judged) < 2 or any(one.status != ABSENT for one in judged) or line.said("all"):
        return False
    first, second = judged[0].match, judged[1].match
    between = range(first.end, second.start)
    own = any(line.has(at, "no_after", "not", "not_done", "over", "is_not") for at in between)
    before = any(line.has(at, "no_before") for at in range(first.start))
    return first.kind == "find" and len(first.words) > 1 and not own and not before


def _taken_back(line: Line, one: Judged, judged: list[Judged]) -> bool:
    """ "Fever was there 3 days, now no fever": what is denied of now had been said of then."""
    if one.status != PRESENT:
        return False
    later = (other for other in judged if other.match.code == one.match.code and other.status == ABSENT)
    return any(
        line.has(at, "now")
        for other in later
        for at in range(one.match.end, other.match.start)
        if at < other.match.start
    )


_TURNED_WITHIN = 4  # words behind "is all right" in which a "no" turns it: "masik thik moto hocche na"


def _status(it: About) -> str:
    if it.match.kind == "denied":
        behind = range(it.match.end, _to_comma(it, min(it.end, it.match.end + _TURNED_WITHIN)))
        turned = any(it.line.has(at, "not", "no_after", "not_done") for at in behind)
        return (PRESENT if turned else ABSENT) if not any(it.other(at) for at in behind) or not turned else UNCERTAIN
    return next(status for rule in _RULES if (status := rule(it)) is not None)


def _somebody_elses(it: About) -> str | None:
    """ "The neighbour's boy has measles": said of somebody who is not the patient, unless the thought turns."""
    for place in range(it.match.start - 1, it.start - 1, -1):
        if it.line.begins(place, "others"):
            return NEITHER
        if it.comma(place) or it.line.has(place, "but", "my", "i"):
            return None
    return None


def _all_but_this(it: About) -> str | None:
    """ "Nothing but cough", "কাশি ছাড়া আর কিছু নেই": what is excepted from a denial is there."""
    if not it.line.has(it.match.end, "without_after"):
        return None
    behind = range(it.match.end + 1, it.end)
    everything = next((at for at in behind if it.line.has(at, "all") and at not in it.places), None)
    denied = everything is not None and any(
        it.line.has(at, "no_after", "not", "not_done") for at in range(everything, it.end)
    )
    return PRESENT if denied else None


def _neither_nor(it: About) -> str | None:
    """ "না জ্বর না কাশি": each denied by a না of its own, and none behind."""
    if not it.line.has(it.match.start - 1, "not") or it.line.has(it.match.start - 2, "occur", "be", "can"):
        return None
    others = [match for match in it.line.findings if match.start != it.match.start and it.start <= match.start < it.end]
    return ABSENT if any(it.line.has(other.start - 1, "not") for other in others) else None


def _denied_before(it: About) -> str | None:
    """An English "no", "without" before the finding, with only a list or a word or two between."""
    line, passed, comma = it.line, 0, False
    for place in range(it.match.start - 1, it.start - 1, -1):
        if line.has(place, "no_before") and place not in it.places and not _ends_here(it, place):
            return None if comma and _says_more(it) else _doubted(it, ABSENT)
        if line.has(place, "no_after", "not_done", "but", "over") and place not in it.places:
            return None
        if it.comma(place):
            comma = True
        elif not (place in it.places or line.has(place, "and", "all") or it.filler(place)):
            passed += 1
            if passed > _REACH or comma or line.has(place, "i", "be", "my"):
                return None
    return None


def _ends_here(it: About, place: int) -> bool:
    """ "Blood vomiting no, blood in cough": this no is of what stood before it."""
    return it.comma(place + 1) and (place - 1) in it.places


def _says_more(it: About) -> bool:
    """ "No fever, cough or vomiting" is one list; "no fever, cough for 3 days" is not."""
    behind = range(it.match.end, min(it.match.end + 4, len(it.line.words)))
    return any(it.line.has(at, "for", "day", "week", "be", "since", "occur") for at in behind)


EPISODES = frozenset(
    "convulsions fainting limb_weakness slurred_speech facial_droop vision_loss snake_bite animal_bite insect_sting "
    "poisoning electric_shock drowning fall head_injury road_accident major_injury burn large_burn needle_stick "
    "sexual_assault violence self_harm abdominal_injury eye_injury nosebleed".split()
)
"""What is told also when it has passed: "the arm went dead for ten minutes, now it is well"; "got a shock, fine"."""


def _passed(it: About) -> bool:
    """Whether the finding is said to be over, and not that it never was."""
    behind = range(it.match.end, it.end)
    return any(it.line.begins(at, "over") for at in behind) or any(it.line.has(at, "was") for at in behind)


def _denied_behind(it: About) -> str | None:
    """What Bengali's predicates behind the finding say: নেই, হচ্ছে না, কমে গেছে, কমছে না."""
    said = said_behind(it)
    if said == ABSENT and it.match.code in EPISODES and _passed(it):
        return PRESENT
    if said == UNCERTAIN or said is None:
        return said
    return _doubted(it, said, settled=said == PRESENT)


def _long_ago(it: About) -> str | None:
    """A past event: "snake bite last year", "আগে সাপে কেটেছিল", "৩ মাস আগে"; not "since before", not "two days ago"."""
    if not it.line.said("long_ago", "before"):
        return None
    for place in range(it.start, it.end):
        if place in it.places or it.line.has(place, "still") or not _same_thought(it, place):
            continue
        if it.line.has(place, "long_ago"):
            return NEITHER
        if it.line.has(place, "before") and not it.line.has(place, "just_before") and _is_past(it, place):
            return NEITHER
    return None


def _is_past(it: About, before: int) -> bool:
    """Whether "before" here puts the finding behind us: years back, or months back or at no said time in the past."""
    if it.line.has(before - 1, "year"):
        return True
    if it.line.has(before - 1, "minute", "hour", "day", "week") or it.line.has(before + 1, "for"):
        return False
    return any(it.line.has(at, "was") for at in range(before, it.end))


def _same_thought(it: About, place: int) -> bool:
    low, high = sorted((it.match.start, place))
    return not any(it.comma(at) or it.line.has(at, "but", "now") for at in range(low, high))


def _was_and_ended(it: About) -> str | None:
    """ "I had fever, not any more"."""
    before = range(max(it.start, it.match.start - 3), it.match.start)
    ended = any(it.line.has(at, "was") for at in before) and ends_later(it, it.match.end)
    return ABSENT if ended and it.match.code not in EPISODES else None


def _there(it: About) -> str:
    return _doubted(it, PRESENT)


def _denied_within(it: About) -> str | None:
    """ "Knee pain but no swelling": a "no" among the words of a gap. Bengali denies what stands before it instead."""
    between = [at for at in range(it.match.start, it.match.end) if at not in it.match.words]
    if any(it.line.has(at, "no_before") for at in between):
        return ABSENT
    return NEITHER if any(it.line.has(at, "no_after", "not_done") for at in between) else None


def _figure_of_speech(it: About) -> str | None:
    """ "Fainted at the price": no illness."""
    near = range(max(it.start, it.match.start - 4), min(it.end, it.match.end + 3))
    return NEITHER if it.line.said("figurative") and any(it.line.has(at, "figurative") for at in near) else None


_RULES: tuple[Callable[[About], str | None], ...] = (
    _figure_of_speech,
    _denied_within,
    _somebody_elses,
    _all_but_this,
    _neither_nor,
    _denied_before,
    _denied_behind,
    _long_ago,
    _was_and_ended,
    _there,
)


def _to_comma(it: About, end: int) -> int:
    """Where a doubt said behind the finding must stand: "fell from the bed, no head injury I hope?" doubts no fall."""
    return next((at for at in range(it.match.end, end) if it.comma(at)), end)


def _doubted(it: About, status: str, settled: bool = False) -> str:
    """Feared, supposed or only asked about makes it uncertain. `settled`: the predicate says it is there."""
    line = it.line
    before = range(max(it.start, it.match.start - _ASKED_FROM), it.match.start)
    after = range(it.match.end, _to_comma(it, min(it.end, it.match.end + _ASKED_TO)))
    if any(line.has(at, "if") for at in before) or any(line.has(at, "when") for at in after[:2]):
        return UNCERTAIN
    if line.has(it.match.end - 1, "when") and any(line.begins(at, "what_to_do", "ask") for at in after):
        return UNCERTAIN
    if status == PRESENT and any(line.begins(at, "ask") for at in after):
        return UNCERTAIN
    if not settled and not it.asserted() and any(line.has(at, "fear") for at in after[:2]):
        return UNCERTAIN
    asks = [at for at in before if line.begins(at, "ask") or line.has(at, "fear")]
    cut = bool(asks) and any(it.comma(at) or line.has(at, "but") for at in range(asks[-1], it.match.start))
    return UNCERTAIN if asks and not cut and status == PRESENT else status
