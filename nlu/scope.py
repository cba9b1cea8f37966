"""What is said about each finding: that it is there, that it is not, or that nobody knows.

Bengali denies after the finding (জ্বর নেই, কাশি হচ্ছে না), English before it (no fever); a denial reaches back or forward
over a list, and ends at another predicate, a contrast, or a mark. See docs/decisions for what was weighed.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlu.compile_lexicon import lexicon
from nlu.lexicon import Match
from nlu.line import Line

PRESENT, ABSENT, UNCERTAIN, NEITHER = "present", "absent", "uncertain", "neither"
_ASSERTS = tuple("for occur be day week month year hour today but".split())
_LIGHT = (
    *_ASSERTS[:-1],
    *"and along all now still my i he last_night morning night evening noon afternoon clock times".split(),
)
_REACH = 2  # other words that a denial may pass on its way to the finding


@dataclass(frozen=True)
class Judged:
    """A finding and what is said of it."""

    match: Match
    status: str


def judge(line: Line, asked: bool = False) -> list[Judged]:
    """Each finding of the message with its status. `asked`: a yes/no question about findings is pending."""
    places = {place for match in line.findings for place in match.words}
    return [Judged(match, _status(line, match, places, asked)) for match in line.findings]


def _status(line: Line, match: Match, places: set[int], asked: bool) -> str:
    start, end = _sentence(line, match)
    if _somebody_elses(line, match, start):
        return NEITHER
    before = _denied_before(line, match, start, places)
    after = _what_follows(line, match, end, places, asked)
    if before or after == ABSENT:
        return _unless_doubted(line, match, start, end, ABSENT)
    if after in (UNCERTAIN, PRESENT):
        return after if after == UNCERTAIN else _unless_doubted(line, match, start, end, PRESENT, settled=True)
    if _long_ago(line, match, start, end, places):
        return NEITHER
    if any(line.has(at, "was") for at in range(max(start, match.start - 3), match.start)) and _over_later(
        line, match.end, end
    ):
        return ABSENT
    return _unless_doubted(line, match, start, end, PRESENT)


def _sentence(line: Line, match: Match) -> tuple[int, int]:
    """Where the sentence around a finding begins and ends: at marks."""
    start, end = match.start, match.end
    while start > 0 and not line.ends(start - 1):
        start -= 1
    while not line.ends(end):
        end += 1
    return start, end


def _somebody_elses(line: Line, match: Match, start: int) -> bool:
    """ "The neighbour's boy has measles": said of somebody who is not the patient, unless the thought turns."""
    for place in range(match.start - 1, start - 1, -1):
        if line.begins(place, "others"):
            return True
        if line.words[place].kind == "comma" or line.has(place, "but", "my", "i"):
            return False
    return False


def _denied_before(line: Line, match: Match, start: int, places: set[int]) -> bool:
    """An English "no", "without" before the finding, with only a list or a word or two between."""
    passed, comma = 0, False
    for place in range(match.start - 1, start - 1, -1):
        if line.has(place, "no_before") and place not in places:
            return not (comma and not _list_of_no(line, match, place))
        if line.has(place, "no_after", "not_done", "but", "over") and place not in places:
            return False
        if line.words[place].kind == "comma":
            comma = True
        elif place in places or line.has(place, "and", "all") or line.words[place].text in _fillers():
            continue
        else:
            passed += 1
            if passed > _REACH or comma or line.has(place, "i", "be", "my"):
                return False
    return False


def _list_of_no(line: Line, match: Match, place: int) -> bool:
    """ "No fever, cough or vomiting" is one list; "no fever, cough for 3 days" is not."""
    behind = match.end
    tail_says_more = any(
        line.has(at, "for", "day", "week", "be", "since", "occur")
        for at in range(behind, min(behind + 4, len(line.words)))
    )
    return not tail_says_more


def _what_follows(line: Line, match: Match, end: int, places: set[int], asked: bool) -> str | None:
    """What the words behind the finding say of it: Bengali's predicates, "went away", "but"."""
    passed, comma, verb = 0, False, False
    place = match.end
    while place < end:
        if place in places and place not in match.words:
            if _begins_other(line, match, place) and comma and _segment_asserts(line, match):
                return None
            verb = False
        elif over := line.begins(place, "over"):
            return None if _still(line, over, end) else ABSENT
        elif line.has(place, "no_after", "not_done"):
            return _denial(line, match, place, comma, asked, verb)
        elif (line.has(place, "without_after") and place == match.end) or (line.has(place, "is_not") and passed == 0):
            return ABSENT
        elif line.has(place, "cease"):
            ceases = (
                line.has(place + 1, "not", "not_done") or line.has(place + 2, "not") or line.has(place - 1, "no_before")
            )
            return PRESENT if ceases else None
        elif line.has(place, "not"):
            return _plain_no(line, match, place, comma, asked, verb, passed)
        elif line.words[place].kind == "comma":
            comma, verb = True, False
        elif line.has(place, "but"):
            return _over_later(line, place, end) if line.has(place - 1, "was") or _was(line, match.end, place) else None
        elif line.has(place, "was"):
            return _over_later(line, place, end)
        elif line.has(place, "occur"):
            verb = True
            if line.has(place + 1, "not", "not_done", "no_after"):
                pass
            elif not line.has(place + 1, "occur", "over", "was", "ask"):
                return None
        elif line.has(place, "be"):
            if not line.begins(place + 1, "over"):
                return None
        elif line.has(place, *_LIGHT) or line.words[place].text in _fillers() or line.words[place].kind == "number":
            pass
        else:
            passed += 1
            if passed > _REACH:
                return None
        place += 1
    return None


def _denial(line: Line, match: Match, place: int, comma: bool, asked: bool, verb: bool) -> str | None:
    """নেই, হয়নি: denies the list before it; across a comma only with "any of it", or where signs were asked for."""
    if (
        line.begins(place, "ask")
        or line.has(place + 1, "ask")
        or (line.words[place + 1].text in ("তো", "to") if place + 1 < len(line.words) else False)
    ):
        return UNCERTAIN
    if not comma:
        return ABSENT
    quantified = any(line.has(at, "all") for at in range(match.end, place))
    listed = any(line.has(at, "and") for at in range(match.end, place))
    if quantified or (listed and not _segment_asserts(line, match)):
        return ABSENT
    return ABSENT if asked and not _segment_asserts(line, match) else None


def _plain_no(line: Line, match: Match, place: int, comma: bool, asked: bool, verb: bool, passed: int) -> str | None:
    """না denies only behind "is", "does", "comes", or right behind the finding."""
    if line.has(place, "ask") or line.has(place + 1, "ask"):
        return UNCERTAIN
    if line.has(place - 1, "when", "if"):
        return None
    near = verb or place == match.end or line.has(place - 1, "occur", "be", "all", "and")
    if not near or passed > 1:
        return None
    if place + 1 < len(line.words) and line.words[place + 1].text.endswith(("লে", "le", "মা", "পর্যন্ত")):
        return None
    if place == match.end and place + 1 < len(line.words) and place + 1 in {p for m in line.findings for p in m.words}:
        return UNCERTAIN
    return _denial(line, match, place, comma, asked, verb)


def _begins_other(line: Line, match: Match, place: int) -> bool:
    return any(other.start == place and other is not match for other in line.findings)


def _segment_asserts(line: Line, match: Match) -> bool:
    """Whether the words between commas around the finding say more of it: since when, that it is there."""
    start, end = match.start, match.end
    while start > 0 and line.words[start - 1].kind not in ("comma", "mark"):
        start -= 1
    while end < len(line.words) and line.words[end].kind not in ("comma", "mark"):
        end += 1
    return any(line.has(at, *_ASSERTS) for at in range(start, end) if at not in match.words)


def _was(line: Line, start: int, end: int) -> bool:
    return any(line.has(at, "was") for at in range(start, end))


def _over_later(line: Line, place: int, end: int) -> str | None:
    """Behind "there was": over if the message goes on to say so."""
    if line.has(place + 1, "not", "no_after", "not_done"):
        return ABSENT
    stop = min(len(line.words), end + 8)
    for at in range(place + 1, stop):
        if (
            line.has(at, "now")
            and (line.has(at + 1, "but") or line.has(at - 1, "but"))
            and line.words[at + 1].text not in ("কিন্তু", "but")
        ):
            return ABSENT
        if line.has(at, "no_after", "over") and (
            line.has(at, "over") or any(line.has(k, "now", "but", "all") for k in range(place, at + 1))
        ):
            return ABSENT
    return None


def _still(line: Line, place: int, end: int) -> bool:
    """ "Went away, but came back"."""
    return any(line.words[at].text in ("আবার", "abar", "again", "returned") for at in range(place, min(end, place + 6)))


def _long_ago(line: Line, match: Match, start: int, end: int, places: set[int]) -> bool:
    """A past event: "snake bite last year", "আগে সাপে কেটেছিল"; not "since before", not "two days ago"."""
    for place in range(start, end):
        if place in places or line.has(place, "still"):
            continue
        if line.has(place, "long_ago") and _same_thought(line, match, place):
            return True
        if (
            line.has(place, "before")
            and _same_thought(line, match, place)
            and not line.has(place, "still", "just_before")
        ):
            if _years_before(line, place):
                return True
            if not _measured(line, place) and any(line.has(at, "was") for at in range(place, end)):
                return True
    return False


def _same_thought(line: Line, match: Match, place: int) -> bool:
    low, high = sorted((match.start, place))
    return not any(line.words[at].kind == "comma" or line.has(at, "but") for at in range(low, high))


def _measured(line: Line, place: int) -> bool:
    return line.has(place - 1, "minute", "hour", "day", "week", "month")


def _years_before(line: Line, place: int) -> bool:
    return line.has(place - 1, "year")


def _unless_doubted(line: Line, match: Match, start: int, end: int, status: str, settled: bool = False) -> str:
    """Feared, supposed or only asked about makes it uncertain."""
    before = range(max(start, match.start - 5), match.start)
    after = range(match.end, min(end, match.end + 4))
    if any(line.has(at, "if") for at in before) or any(line.has(at, "when") for at in after[:2]):
        return UNCERTAIN
    if any(line.begins(at, "ask") for at in after) and status == PRESENT:
        return UNCERTAIN
    if any(line.has(at, "fear") for at in after[:2]) and not settled:
        return UNCERTAIN
    english = [at for at in before if line.begins(at, "ask") or line.has(at, "fear")]
    if english and not any(
        line.words[at].kind == "comma" or line.has(at, "but") for at in range(english[-1], match.start)
    ):
        return UNCERTAIN if status == PRESENT else status
    return status


def _fillers() -> frozenset[str]:
    return lexicon().fillers
