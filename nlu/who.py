"""Who is ill: oneself or which of one's family, of what sex, pregnant or not."""

from __future__ import annotations

from dataclasses import dataclass

from flows.heard import Sex, Subject
from nlu.line import Line

_KIN: dict[str, tuple[Subject, Sex | None]] = {
    "son": ("child", "male"),
    "daughter": ("child", "female"),
    "child": ("child", None),
    "mother": ("mother", "female"),
    "father": ("father", "male"),
    "wife": ("wife", "female"),
    "husband": ("husband", "male"),
    "other_woman": ("other", "female"),
    "other_man": ("other", "male"),
    "patient": ("other", None),
    "woman": ("other", "female"),
    "man": ("other", "male"),
}
_UNBORN = frozenset(
    "known_pregnancy reduced_fetal_movement labour_pain recent_delivery malpresentation waters_broken".split()
)
_OF_WOMEN = frozenset(
    "known_pregnancy reduced_fetal_movement labour_pain waters_broken pregnancy_abdominal_pain "
    "vaginal_bleeding vaginal_discharge "
    "heavy_menstrual_bleeding painful_periods irregular_periods missed_period malpresentation recent_delivery "
    "breast_pain breast_lump".split()
)
_NO_CASE = frozenset("বর bor দেওর দেবর deor dewar debor ভাশুর শ্বশুর shoshur mother father sister brother daughter".split())
"""Words for people that end as a genitive does."""
_OF_MEN = frozenset({"testicular_pain"})


@dataclass(frozen=True)
class Person:
    """The one who is ill, as far as it was said."""

    subject: Subject | None = None
    sex: Sex | None = None
    pregnant: bool | None = None


def person(line: Line) -> Person:
    """Whom this message is about."""
    kin = _kin(line)
    subject, sex = _KIN[kin] if kin else (None, None)
    if kin is not None and line.said("i") and any(match.code == "contact_with_tb" for match in line.findings):
        subject, sex = "self", None  # who has it is the one met, not the one who writes
    elif kin == "husband" and _beaten(line):
        subject, sex = "self", "female"  # he is who beats, not who is ill
    elif kin in (None, "woman", "man", "patient") and (_oneself(line) or line.said("i_do")):
        subject, sex = "self", sex
    elif kin in ("son", "daughter") and _grown_sex_only(line):
        subject = "self" if _oneself(line) else None
    pregnant = _pregnant(line)
    if pregnant and sex is None and subject in (None, "self"):
        sex = "female"
    return Person(subject, sex or _marked_sex(line), pregnant)


def _beaten(line: Line) -> bool:
    """ "My husband beats me": violence is told by the one who suffers it, unless it is told of another."""
    if not any(match.code in ("violence", "sexual_assault") for match in line.findings):
        return False
    return not any(line.has(at, "husband") and _of(line, at) for at in line.cued)


def _of(line: Line, place: int) -> bool:
    """Whether the word at this place is in the genitive or is an object: what is said is of this one."""
    word = line.words[place].text
    follows = line.words[place + 1].text if place + 1 < len(line.words) else ""
    inflected = word.endswith(("র", "কে", "er", "ke", "s")) and word not in _NO_CASE
    return inflected or follows in ("er", "r", "ke", "এর", "কে")


def _kin(line: Line) -> str | None:
    """The first of the family who is named, and who is not merely addressed or unborn."""
    found = [(place, code) for place in line.cued if (code := _longest(line, place))]
    found = [
        (place, code)
        for place, code in found
        if not _UNBORN & set(line.owners(place)) and not line.has(place, "pregnant")
    ]
    found = [
        (place, code) for place, code in found if not _addressed(line, place, code) and not _of_others(line, place)
    ]
    if _possessed_self(line) and found:
        bound = {at for place, code in found for at in range(place, line.begins(place, code) + 2)}
        own = next(
            (at for at in line.cued if line.begins(at, "my") and not (_kin_behind(line, at) or at in bound)), None
        )
        if own is not None and not (own > found[0][0] and _of(line, found[0][0])):
            return None
    specific = [code for place, code in found if code not in ("woman", "man", "patient")]
    codes = specific or [code for _, code in found]
    if not codes:
        return None
    if codes[0] == "child" and len(codes) > 1 and codes[1] in ("son", "daughter"):
        return codes[1]
    return codes[0]


def _longest(line: Line, place: int) -> str | None:
    """Who is named here: "mother in law" is not "mother"."""
    here = line.cues[place]
    named = [code for code in _KIN if code in here]
    return max(named, key=here.__getitem__) if named else None


def _addressed(line: Line, place: int, code: str) -> bool:
    """ "Dada, I have a fever": spoken to, not of."""
    if code not in ("other_man", "other_woman", "mother", "father", "child"):
        return False
    end = line.begins(place, code)
    bare = end - place == 1 and not line.words[place].text.endswith(("র", "r", "কে", "ke", "s"))
    speaks_of_self = any(line.begins(at, "my", "i") for at in range(end, min(len(line.words), end + 3)))
    opening = (
        place <= 1
        or line.ends(place - 1)
        or line.words[place - 1].kind == "comma"
        or line.begins(place - 1, "greet", "yes", "no")
    )
    aged = end + 1 < len(line.words) and line.words[end + 1].kind == "number"
    return bool(
        bare
        and not aged
        and opening
        and (speaks_of_self or (end < len(line.words) and line.words[end].kind == "comma" and code != "child"))
    )


def _of_others(line: Line, place: int) -> bool:
    return any(line.has(at, "others") for at in range(max(0, place - 2), place))


def _possessed_self(line: Line) -> bool:
    return any(line.begins(at, "my") for at in line.cued)


def _kin_behind(line: Line, place: int) -> bool:
    """ "My ... mother": somebody of the family within the next words."""
    for at in range(place + 1, min(len(line.words), place + 5)):
        if line.words[at].kind in ("mark", "comma"):
            return False
        if line.has(at, *_KIN):
            return True
    return False


def _oneself(line: Line) -> bool:
    return any(line.begins(at, "i") or (line.begins(at, "my") and not _kin_behind(line, at)) for at in line.cued)


def _grown_sex_only(line: Line) -> bool:
    """ "I am a girl of 20": the word names the sex, not somebody's child."""
    first = line.first("son", "daughter")
    return first is not None and bool(
        line.first("i") is not None and (line.first("i") or 0) < first and not line.said("my", "he")
    )


def _pregnant(line: Line) -> bool | None:
    if line.said("not_pregnant"):
        return False
    if not line.said("pregnant"):
        return None
    place = line.first("pregnant") or 0
    end = line.begins(place, "pregnant")
    denied = (
        line.has(end, "no_after", "not", "is_not")
        or line.has(place - 1, "no_before")
        or line.has(place - 2, "no_before")
    )
    if any(line.has(at, "when", "if", "long_ago") for at in (place - 2, place - 1, end)):
        return None
    return not denied


def _marked_sex(line: Line) -> Sex | None:
    """ "45/F", "male 30", "he has"; a complaint that only women have."""
    texts = [word.text for word in line.words]
    for place, text in enumerate(texts):
        beside = any(line.words[at].kind in ("number", "sign") for at in (place - 1, place + 1) if 0 <= at < len(texts))
        before = line.words[place - 1].value if place else None
        fahrenheit = text == "f" and before is not None and 93 <= before <= 110
        if text in ("f", "m") and beside and not fahrenheit and not line.said("temperature_word", "degree"):
            return "female" if text == "f" else "male"
    if line.said("en_she", "woman"):
        return "female"
    if line.said("en_he", "man"):
        return "male"
    if any(match.code in _OF_MEN for match in line.findings):
        return "male"
    return "female" if any(match.code in _OF_WOMEN for match in line.findings) else None
