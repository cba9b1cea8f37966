"""What troubles each of several people, and how soon each is to be seen: the fewest questions, one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.actions import NearestEmergency, RecordDecision
from flows.asha_actions import NearHospital
from flows.decide import Decision
from flows.findings import findings
from flows.heard import Heard
from flows.phones import phone_args
from flows.places import choose_place
from flows.protocol import URGENCY, person_facts
from flows.talk import Ask, Choice, Do, Flow, Say
from flows.triage import because, interview, tell, what_now
from flows.visit import FERTILE

COMMON = ("fever", "cough", "diarrhoea", "abdominal_pain", "itching", "headache")
"""On the screen of everybody; anything else is written, or asked about in general."""
OTHER = "other_trouble"
Person = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One of several people after triage. `decision_id`: None where nothing may be kept."""

    person: Person
    decision: Decision
    facts: dict[str, Any]
    decision_id: str | None

    @property
    def level(self) -> str:
        """How soon."""
        return self.decision.level or "self_care"


def judge(
    members: list[Person], told: dict[str, dict[str, Any]], *, agreed: bool, asha: bool
) -> Flow[list[Judged]]:  # fmt: skip
    """Each in turn. An emergency is said at once, and the others are gone on with; it is not among what comes back.

    `told`: person id -> facts that were told already. `agreed`: whether outcomes may be kept.
    """
    judged: list[Judged] = []
    for number, one in enumerate(members, 1):
        yield Say("together.about", {"name": one["name"], "number": number, "count": len(members)})
        known = told.get(one["id"])
        facts = about(one) | (known if known is not None else (yield from _trouble(one)) if asha else {})
        decision, facts = yield from interview(facts)
        if URGENCY[decision.level or "self_care"] <= URGENCY["emergency"]:
            yield from _alarm(one, decision, facts, agreed=agreed, asha=asha, last=number == len(members))
        else:
            judged.append(Judged(one, decision, facts, (yield from keep(one, decision, facts)) if agreed else None))
    return judged


def keep(person: Person, decision: Decision, facts: dict[str, Any]) -> Flow[str]:
    """Keep an outcome; its id."""
    rule = decision.rule
    assert rule is not None and decision.level is not None
    protocol = rule.protocol
    made = (facts, decision.level, rule.specialty(facts), rule.id, protocol.code, protocol.data.version, person["id"])
    return str((yield Do(RecordDecision(*made))))


def about(one: Person) -> dict[str, Any]:
    """What is known of a member; where pregnancy can be and is not known, it stays open."""
    facts = person_facts(one["age_years"], one["sex"], None)
    if one["sex"] == "female" and one["age_years"] is not None and FERTILE[0] <= one["age_years"] <= FERTILE[1]:
        facts |= {"known_pregnancy": one["pregnant"], "recent_delivery": one["recent_delivery"] or False}
        if one["pregnant"] and one.get("weeks_pregnant") is not None:
            facts["weeks_pregnant"] = one["weeks_pregnant"]
    return facts


def _trouble(one: Person) -> Flow[dict[str, Any]]:
    """By one tap, or in words."""
    known = findings()
    codes = [*_OWN.get(_stage(one), ()), *COMMON][: len(COMMON) + 1]
    choices = tuple(Choice(code, known[code].label.model_dump()) for code in codes)
    answer = yield Ask("trouble", choices=(*choices, Choice(OTHER, {"t": f"choice.{OTHER}"})),
                       args={"name": one["name"]}, reads=_in_words)  # fmt: skip
    if isinstance(answer, dict):
        return answer
    return {} if answer == OTHER else {str(answer): True}


_OWN = {"pregnant": ("antenatal_visit",), "baby": ("immunisation",)}


def _stage(one: Person) -> str:
    return "pregnant" if one["pregnant"] else "baby" if (one["age_years"] or 99) < 5 else ""


def _in_words(heard: Heard) -> dict[str, Any] | str | None:
    """The findings and measures of what was written, and for how long; a plain no is no known trouble."""
    told = {code: value for code, value in heard.finds().items() if code not in _OF_PERSON}
    if heard.uncertain:
        told["?"] = list(heard.uncertain)
    return told or (OTHER if heard.reply == "no" else None)


_OF_PERSON = ("age_years", "sex", "known_pregnancy")


def _alarm(
    one: Person, decision: Decision, facts: dict[str, Any], *, agreed: bool, asha: bool, last: bool
) -> Flow[None]:  # fmt: skip
    """What to do now, and where; until she goes on with the others."""
    yield from said_at_once(one, decision, facts, kept=agreed, asha=asha)
    onward = "end" if last else "others"
    choices = (Choice("again", {"t": "choice.again"}), Choice("onward", {"t": f"choice.{onward}"}))
    while (yield Ask("emergency_others", choices=choices, args={"name": one["name"]}, reads=_again)) == "again":
        yield what_now(decision)


def said_at_once(
    one: Person, decision: Decision, facts: dict[str, Any], *, kept: bool, asha: bool = True
) -> Flow[None]:  # fmt: skip
    """An emergency of one of several: whose it is, what to do now, and the hospital."""
    yield Say("together.emergency", {"name": one["name"]}, urgent=True)
    yield from tell(decision, facts, kept=kept, person=one.get("id"))
    yield from (_hospital_near_her() if asha else _hospital(decision))


def _again(heard: Heard) -> str | None:
    if heard.reply in ("yes", "no"):
        return "onward" if heard.reply == "yes" else "again"
    return None if heard.present or heard.uncertain else "again"


def _hospital_near_her() -> Flow[None]:
    hospital = yield Do(NearHospital())
    yield Say("emergency.nearest" if hospital else "emergency.closing", (hospital or {}) | phone_args())


def _hospital(decision: Decision) -> Flow[None]:
    while (spot := (yield from choose_place("ask.place_emergency", why=True))) == "why":
        yield because(decision)
    hospital = (yield Do(NearestEmergency(spot["lat"], spot["lon"]))) if spot else None
    yield Say("emergency.nearest" if hospital else "emergency.closing", (hospital or {}) | phone_args())
