"""The message as an answer: yes, no, don't know; the second one; one of the choices on the screen."""

from __future__ import annotations

from flows.heard import Reply
from nlu.line import Line, lay_out
from nlu.numbers import Amount

_GLYPHS: dict[str, Reply] = {
    "👍": "yes",
    "✅": "yes",
    "👌": "yes",
    "✔": "yes",
    "🙆": "yes",
    "👎": "no",
    "❌": "no",
    "🙅": "no",
    "✖": "no",
    "🤷": "dont_know",
}
_ADDRESS = frozenset(
    "গো রে তো ডাক্তার ডাক্তারবাবু স্যার ম্যাডাম দাদা দিদি go re to sir madam doctor dr dada didi daktarbabu please".split()
)
"""Whom an answer is said to, and particles that only colour it."""
_SOMEWHAT = frozenset(
    "একটু অল্প মাঝে মধ্যে মাঝেমাঝে মাঝেমধ্যে খুব বেশ ভীষণ ektu olpo majhe modhye majhemajhe khub besh bhishon".split()
)
_WEAK = frozenset(
    "thik ঠিক k hu i it he she they done hobe তাই tai হ চলবে cholbe ache ase আছে তা ta ওই oi go do করে kore".split()
)
"""What is a yes only with nothing else behind it."""
_LATER = (["পরে"], ["pore"], ["পরে", "করব"])  # পরে is also a misspelt পড়ে, "falls"
_CODES: tuple[Reply, ...] = ("dont_know", "no", "yes")
_BARE_DENIALS = ("not", "no_after", "not_done", "is_not", "no_before")
_DENIALS = (*_BARE_DENIALS, "no", "dont_know")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last_one": -1}


def reply(line: Line, finding: str | None, present: tuple[str, ...], absent: tuple[str, ...]) -> Reply | None:
    """Yes, no or don't know, if the message answers a yes/no question. `finding`: what the question is about."""
    if finding in present:
        return "yes"
    if finding in absent:
        return "no"
    for glyph, meaning in _GLYPHS.items():
        if glyph in line.text:
            return meaning
    return _whole(line) or _opening(line) or _within(line, present + absent)


def _within(line: Line, found: tuple[str, ...]) -> Reply | None:
    """ "আমি অত জানি না বাপু", "ঠিক মনে পড়ছে না": a few words that say nothing else."""
    short = sum(word.kind in ("bengali", "latin", "number") for word in line.words) <= 6
    return "dont_know" if short and not found and line.said("dont_know") and not line.said("book_appointment") else None


def _whole(line: Line) -> Reply | None:
    """The message is nothing but a reply, "একটু", "না না", "yes yes"."""
    spoken = [at for at, word in enumerate(line.words) if word.kind in ("bengali", "latin", "number")]
    words = [at for at in spoken if line.words[at].text not in _ADDRESS] or spoken
    if not words or len(words) > 8:
        return None
    if [line.words[at].text for at in words] in _LATER:
        return None
    for code in _CODES:
        if all(
            line.has(at, code)
            or line.has(at, "i", "my", "he", "be", "occur", "all", "now", "still", "not", "but", "is_not")
            for at in words
        ) and any(line.has(at, code) for at in words):
            return code
    somewhat = [at for at in words if line.words[at].text in _SOMEWHAT]
    if all(at in somewhat or line.has(at, "be", "occur", "now", "all", "my", "he", "i", "still") for at in words):
        return "yes" if somewhat or any(line.has(at, "be", "occur") for at in words) else None
    if line.has(words[-1], "not", "not_done", "no_after") and all(
        line.has(at, "occur", "be", "not", "not_done", "no_after", "all") for at in words
    ):
        return "no"
    return None


def _opening(line: Line) -> Reply | None:
    """A reply with more behind it: "না, শুধু কাশি", "yes since morning"."""
    for code in _CODES:
        end = line.begins(0, code)
        if not end:
            continue
        follows = line.words[end] if end < len(line.words) else None
        set_off = (
            follows is None
            or follows.kind in ("comma", "mark")
            or line.has(end, code, "i", "my", "he", "but", "still", "now", "be", "for", "today")
        )
        if code == "no" and line.has(0, "no_before") and any(match.start <= end + 1 for match in line.findings):
            return None
        if code == "dont_know" or set_off or (code == "yes" and line.words[0].text not in _WEAK):
            return code
    return None


def ordinal(line: Line, numbers: list[Amount]) -> int | None:
    """The place in a list that was named, from 1; -1 for the last."""
    for place in line.cued:
        for code, value in _ORDINALS.items():
            end = line.begins(place, code)
            if end and (not _of_time(line, end) or _gives(line, end)):
                return value
    for amount in numbers:
        if (line.begins(amount.end, "number_word") or line.has(amount.start - 1, "number_word")) and amount.high == int(
            amount.high
        ):
            return int(amount.high) if 0 < amount.high < 100 else None
    return None


def _gives(line: Line, place: int) -> bool:
    """ "Prothom ta din": give me the first; "din" is a day too."""
    last = place == len(line.words) - 1
    return last and line.words[place].text in ("din", "দিন") and line.words[place - 1].text.endswith(("ta", "টা", "টাই"))


def _of_time(line: Line, place: int) -> bool:
    """ "Last night", "last 10 days": no place in a list."""
    number = place < len(line.words) and line.words[place].kind == "number"
    return number or bool(line.begins(place, "day", "week", "month", "year", "night", "hour"))


def choice(
    line: Line, choices: tuple[tuple[str, tuple[str, ...]], ...], place: int | None, number: float | None
) -> str | None:
    """The id of the choice that was named: by its label, else by its place in the list.

    A "no" in the one and not in the other is another thing: "ঘাড় শক্ত নেই" is not "ঘাড় শক্ত", "এখন" not "এখন না".
    """
    said, denies = _content(line), line.said(*_DENIALS)
    scored = []
    for identity, labels in choices:
        wanted = [label for text in labels if (label := lay_out(text)).said(*_DENIALS) == denies]
        scored.append((max((_overlap(said, _content(want)) for want in wanted), default=0.0), identity))
    best = max((score for score, _ in scored), default=0.0)
    named = [identity for score, identity in scored if score == best]
    if best >= 0.5 and len(named) == 1:
        return named[0]
    at = (
        place
        if place is not None
        else int(number)
        if number is not None and number == int(number) and _bare(line)
        else None
    )
    if at is not None and (at == -1 or 1 <= at <= len(choices)):
        return choices[at if at < 0 else at - 1][0]
    return None


def _bare(line: Line) -> bool:
    """Nothing but the number, and what is put to one in a list."""
    return (
        sum(
            word.kind in ("bengali", "latin") and not line.has(at, "clock", "number_word")
            for at, word in enumerate(line.words)
        )
        <= 1
    )


def _content(line: Line) -> list[frozenset[str]]:
    """The keys of every word that carries meaning, a set a word: two words are one where the sets meet."""
    from nlu.lexicon import token_keys
    from nlu.phonetic import keys

    found = []
    spoken = [at for at, word in enumerate(line.words) if word.kind in ("bengali", "latin", "number")]
    for word in (line.words[at] for at in [at for at in spoken if not line.has(at, *_BARE_DENIALS)] or spoken):
        own = {key for key, distance in token_keys(word.text, word.kind) if distance <= 1}
        if word.kind == "bengali" and len(word.text) < 12:
            own |= {"l:" + key for key in keys(word.text)[:16]}
        found.append(frozenset(own))
    return found


def _overlap(said: list[frozenset[str]], wanted: list[frozenset[str]]) -> float:
    """How much of the message and of the label is the same, 0 to 1: the label's part named, less the strange words."""
    if not said or not wanted:
        return 0.0
    named = sum(any(word & other for other in said) for word in wanted)
    known = sum(any(word & other for other in wanted) for word in said)
    return (named / len(wanted)) * 0.3 + (known / len(said)) * 0.7 if named else 0.0
