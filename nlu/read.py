"""Reading a message: text in, `Heard` out. The one way in; it never raises, and does not wait for Rasa."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from flows.datafile import BadData
from flows.decide import alarm, danger_signs
from flows.findings import findings, measured
from flows.heard import Heard, Script
from flows.protocol import person_facts
from nlu import scope
from nlu.about import ABSENT, PRESENT, UNCERTAIN, Judged
from nlu.commands import command
from nlu.intent import by_words, joined
from nlu.language import language
from nlu.line import Line, lay_out
from nlu.measures import impossible, measures
from nlu.normal import script, stored
from nlu.numbers import Amount, amounts, corrected
from nlu.reading import Client, RasaReading
from nlu.reply import choice, ordinal, reply
from nlu.second import seconded
from nlu.values import Span, age_years, duration_days, newborn_age, spans, weeks_pregnant
from nlu.when import part_of_day, when
from nlu.who import Person, person

KOLKATA = ZoneInfo("Asia/Kolkata")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Expects:
    """The question that is pending, for reading a short answer. `choices`: (choice id, its labels)."""

    kind: str | None = None  # yes_no, number, choice, many, text, date, place
    question: str | None = None
    finding: str | None = None
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read(text: str, now: datetime, expects: Expects = Expects(), rasa: RasaReading | None = None) -> Heard:
    """What was understood of `text`, said at `now` (with its zone). Never raises: what cannot be read is left empty."""
    try:
        return _joined(_read(text, now.astimezone(KOLKATA), expects, rasa), rasa)
    except Exception:  # a person is waiting: an unread message is asked about again, a raised one is lost
        log.exception("reading failed")
        return Heard(text=stored(text), degraded="unread")


async def understand(text: str, now: datetime, expects: Expects, client: Client) -> Heard:
    """`read` with Rasa's opinion asked for; without it where Rasa is down, slow or wrong. Never raises."""
    try:
        opinion = await client.parse(stored(text))
        state = client.state
    except Exception:
        log.exception("the Rasa client raised")
        opinion, state = None, "rasa_down"
    heard = read(text, now, expects, opinion)
    return heard if opinion is not None or heard.degraded else replace(heard, degraded=state or "rasa_down")


def _read(text: str, local: datetime, expects: Expects, rasa: RasaReading | None) -> Heard:
    """The words' own reading, and the intent with Rasa's weighed in."""
    line = lay_out(text)
    numbers = amounts(line)
    found = spans(line, numbers)
    present, absent, uncertain = _sorted(scope.judge(line, asked=expects.kind in ("yes_no", "many")))
    who = person(line)
    counted = measures(line, numbers, {span.amount.start for span in found})
    said = reply(line, expects.finding, present, absent)
    number, mended = None if counted else _only_number(line, numbers), corrected(line, numbers)
    at = _when(line, numbers, found, local, expects, bool(present or absent))
    ill = bool(present or uncertain or counted)
    place = ordinal(line, numbers)
    intent, confidence = joined(by_words(line, ill, bool(absent), said, at, place), rasa)
    return _with_measures(
        Heard(
            text=stored(text),
            intent=intent,
            confidence=confidence,
            present=present,
            absent=absent,
            uncertain=uncertain,
            duration_days=None if expects.question == "age" else duration_days(line, numbers, found, local),
            age_years=_age(line, numbers, found, expects, bool(counted)),
            corrects=mended[0] if mended else None,
            sex=who.sex,
            subject=who.subject,
            pregnant=_pregnant(who, present, absent),
            when=at,
            part_of_day=part_of_day(line),
            number=mended[1] if mended else number,
            ordinal=place,
            reply=said,
            choice=_named(line, expects, place, number),
            command=command(line),
            language=language(line),
            script=_script(text),
            by={"lexicon": [*present, *absent, *uncertain], "rasa": []},
        ),
        counted,
        weeks_pregnant(found),
        impossible(line, numbers, found),
    )


def _named(line: Line, expects: Expects, place: int | None, number: float | None) -> str | None:
    """The offered choice that was named; by its place only where the choices are a list to choose from."""
    if not expects.choices:
        return None
    a_list = expects.kind not in ("many", "yes_no", "number")
    return choice(line, expects.choices, place if a_list else None, number if a_list else None)


def _sorted(judged: list[Judged]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Codes by status, once each: there outweighs doubted, doubted outweighs denied."""
    by_status = {
        status: [code for j in judged if j.status == status for code in _codes(j)]
        for status in (PRESENT, ABSENT, UNCERTAIN)
    }
    present = tuple(dict.fromkeys(by_status[PRESENT]))
    uncertain = tuple(dict.fromkeys(code for code in by_status[UNCERTAIN] if code not in present))
    absent = tuple(dict.fromkeys(c for c in by_status[ABSENT] if c not in present and c not in uncertain))
    return present, absent, uncertain


def _codes(judged: Judged) -> tuple[str, ...]:
    """What is said to be there, or not: a bare word may deny more than it can tell ("leg pain, no swelling")."""
    match = judged.match
    if judged.status == ABSENT:
        return match.denies or (match.code,)
    return () if match.only_denied else (match.code,)


def _age(line: Line, numbers: list[Amount], found: list[Span], expects: Expects, measured_too: bool) -> float | None:
    """The age. Where the age was asked for a lone number is one, unless it was measured: "101 f" is a fever."""
    born = newborn_age(line)
    asked = expects.question == "age" and not measured_too
    return born if born is not None else age_years(line, numbers, found, asked=asked)


def _pregnant(who: Person, present: tuple[str, ...], absent: tuple[str, ...]) -> bool | None:
    if who.pregnant is not None:
        return who.pregnant
    if not PREGNANT.isdisjoint(present):
        return True
    return False if "known_pregnancy" in absent else None


PREGNANT = frozenset("known_pregnancy waters_broken labour_pain reduced_fetal_movement malpresentation".split())
"""What is only said of somebody who is pregnant."""


def _only_number(line: Line, numbers: list[Amount]) -> float | None:
    alone = sum(word.kind in ("bengali", "latin", "number") for word in line.words) <= 1
    sure = [amount for amount in numbers if not amount.doubtful or alone]
    return sure[0].high if len(sure) == 1 else None


def _when(
    line: Line, numbers: list[Amount], found: list[Span], local: datetime, expects: Expects, ill: bool
) -> str | None:
    """A day or time is one to come only where a booking is spoken of: an illness's "yesterday" looks back."""
    asked = expects.kind == "date" or expects.question in ("window", "when", "date", "day")
    booking = line.said("book_appointment", "reschedule_appointment") or asked
    looks_back = line.said("was") or any(span.kind == "duration" for span in found) or (line.said("for") and ill)
    return when(line, numbers, found, local) if booking or not (ill or looks_back) else None


def _script(text: str) -> Script:
    written = script(text)
    return next(known for known in get_args(Script) if known == written)


def _with_measures(heard: Heard, counted: dict[str, float], weeks: float | None, beyond: dict[str, float]) -> Heard:
    """With what was measured. A finding that is denied in words and measured in numbers is asked about."""
    if weeks is not None and "weeks_pregnant" not in beyond:
        counted = counted | {"weeks_pregnant": weeks}
        pregnant = True if heard.pregnant is None else heard.pregnant
        of_her = heard.sex is None and heard.subject in (None, "self")
        heard = replace(heard, pregnant=pregnant, sex="female" if of_her else heard.sex)
    if "age_years" in beyond:
        heard = replace(heard, age_years=None, reply=None)
    if "weeks_pregnant" in beyond:
        heard = replace(heard, duration_days=None)
    at_odds = tuple(code for code in heard.absent if code in measured(dict(counted)))
    return replace(
        heard,
        measures=counted,
        impossible=beyond,
        absent=tuple(code for code in heard.absent if code not in at_odds),
        uncertain=(*heard.uncertain, *at_odds),
    )


def _joined(heard: Heard, rasa: RasaReading | None) -> Heard:
    """Rasa's findings beside the lexicon's, in this one place.

    The lexicon says what is there and what is not; the second reader adds to it (`nlu.second`). What only
    Rasa's tagger saw is asked about, never assumed: a danger sign always, any other where nothing else was seen at all
    and Rasa is sure that the person reports symptoms.
    """
    if rasa is not None and rasa.seen is not None:
        heard = seconded(heard, dict(rasa.seen))
    heard = _completed(heard)
    if rasa is not None:
        known = {*heard.present, *heard.absent, *heard.uncertain}
        new = [code for code in dict.fromkeys(rasa.findings) if code not in known and code in findings()]
        only_rasa = not known and rasa.intent == "report_symptoms" and rasa.confidence >= 0.6
        asked = tuple(code for code in new if only_rasa or code in danger_signs())
        heard = replace(
            heard,
            uncertain=heard.uncertain + asked,
            by=heard.by | {"rasa": list(dict.fromkeys(rasa.findings))},
        )
    return replace(heard, red_flag=_red_flag(heard))


def _completed(heard: Heard) -> Heard:
    """What the words told, with what the numbers amount to and what the state of the one who is ill makes of it."""
    present = _narrowest(_of_her_state(heard, _with_measured(heard)))
    denied = (_HERS.get(code, code) if heard.pregnant else code for code in heard.absent)
    heard = replace(heard, present=present, absent=tuple(code for code in denied if code not in present))
    return _mothers(heard)


def _with_measured(heard: Heard) -> tuple[str, ...]:
    """What is there, with what the numbers amount to; "sugar 45" is no high sugar."""
    meant = measured(dict(heard.measures))
    there = [code for code in heard.present if not _usual(code, heard.measures)]
    return tuple(dict.fromkeys([*there, *sorted(meant - set(heard.uncertain))]))


_AFTER_BIRTH = frozenset(
    "breast_pain recent_delivery vaginal_bleeding heavy_bleeding vaginal_discharge low_mood".split()
)


def _mothers(heard: Heard) -> Heard:
    """ "Both breasts are tight, the baby is 4 days old": she who gave birth is ill, and the age is the baby's."""
    new_baby = heard.age_years is not None and heard.age_years <= 42 / 365 and heard.subject in (None, "child")
    others = set(heard.present) - {"recent_delivery"}
    if not new_baby:
        return heard
    if not others or not others <= _AFTER_BIRTH:  # "born 10 days ago, does not feed": the baby is ill
        sex = heard.sex if heard.subject == "child" else None
        present = tuple(code for code in heard.present if code != "recent_delivery")
        return replace(heard, present=present, subject="child", sex=sex)
    present = tuple(dict.fromkeys([*heard.present, "recent_delivery"]))
    return replace(heard, age_years=None, subject=None, sex="female", present=present)


_HERS = {"abdominal_pain": "pregnancy_abdominal_pain"}


def _of_her_state(heard: Heard, present: tuple[str, ...]) -> tuple[str, ...]:
    """What is told of a pregnant woman, wherever in the message: "৩২ সপ্তাহ চলছে, তলপেটে ব্যথা" is her belly's pain."""
    if not heard.pregnant:
        return present
    told = {*present, *heard.uncertain, *heard.absent}
    known = () if not PREGNANT.isdisjoint(told) else ("known_pregnancy",)
    return tuple(dict.fromkeys([*(_HERS.get(code, code) for code in present), *known]))


def _usual(code: str, counted: dict[str, float]) -> bool:
    """ "BP 120/80", "sugar 110": the word alone means that it is high, the number beside it that it is not."""
    if code == "high_blood_pressure" and "systolic" in counted:
        return counted["systolic"] < 130 and counted.get("diastolic", 0) < 85
    return code == "high_blood_sugar" and counted.get("sugar_mg_dl", 999) < 140


def _narrowest(present: tuple[str, ...]) -> tuple[str, ...]:
    """Without the codes that another present one implies: vomiting goes where vomiting_everything was said."""
    implied = {broader for code in present if code in findings() for broader in findings()[code].implies}
    return tuple(code for code in present if code not in implied)


def _red_flag(heard: Heard) -> bool:
    """Whether what is there amounts to an emergency by itself."""
    try:
        facts = heard.finds() | person_facts(heard.age_years, heard.sex, heard.pregnant)
        return alarm(facts) is not None
    except (BadData, LookupError):
        return False
