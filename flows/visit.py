"""The main way: what is wrong, who is ill, how soon and where, and the token."""

from __future__ import annotations

from typing import Any

from flows.account import welcome
from flows.actions import Account, Family, NearestEmergency, SavePerson
from flows.adult import BY_ADULT, OF_AGE, with_adult, writes_alone
from flows.agreement import agreement
from flows.asha_who import whose
from flows.booking import book
from flows.decide import Decision, alarm
from flows.heard import Heard
from flows.phones import phone_args
from flows.pin import opened
from flows.pin_actions import PinState
from flows.places import choose_place, places_of
from flows.plainwords import plainly_arrived, words
from flows.protocol import URGENCY, person_facts
from flows.somebody import asked_as
from flows.story import Story
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say
from flows.triage import because, interview, tell, what_now, yes_no

WITHIN_DAYS = {"consultation_24": 1, "consultation": 7, "self_care": 7}
FERTILE = (12, 50)
AGE_AT_MOST = 120


def visit(story: Story) -> Flow[None]:
    """One illness of one person, from the first words to the token."""
    if decision := alarm(_told(story)):
        return (yield from emergency(decision, _told(story)))
    account = yield Do(Account())
    if not (yield from welcome(account)):
        return (yield from without_consent())
    if not account["consented"]:
        account = yield Do(Account())
    if not story.has_complaint:
        again = bool(story.told.get("unclear"))
        yield Ask("complaint", "text", reads=lambda heard: complaint(heard, again))
    person = yield from who(story, account)
    if decision := alarm(_told(story) | _about(person)):  # known by the age: consent is asked for nothing before help
        return (yield from emergency(decision, _told(story) | _about(person), kept=account["role"] != "asha"))
    agreed = (yield from agreement(person)) if account["role"] == "asha" else {}
    decision, facts = yield from interview(story.facts | _about(person))
    if URGENCY[decision.level or "self_care"] <= URGENCY["emergency"]:
        return (yield from emergency(decision, facts, kept=agreed is not None, person=person["id"]))
    kept = yield from tell(decision, facts, kept=agreed is not None, person=person["id"])
    if agreed is None:
        yield Say("consent.not_booked")
        return None
    if decision.level == "self_care" and not (yield from wants_doctor(decision)):
        yield Say("self_care.closing")
        return None
    if "booking" not in account["purposes"]:
        yield Say("privacy.booking_refused")
        return None
    if not (yield from with_adult(person, account["role"])):
        return None
    need = {
        "specialty": _specialty(decision, facts),
        "within_days": WITHIN_DAYS[decision.level or "self_care"],
        "decision": kept,
    }
    if not (yield from opened()):
        return None
    yield from book(lambda: saved(person, agreed, account["role"]), need, decision)
    return None


def complaint(heard: Heard, again: bool) -> str | Misfit | None:
    """What the trouble is. A greeting or a bare yes is none; words that name no finding go to a doctor.

    `again`: words before these were not understood either; then nobody is asked a third time.
    """
    if heard.present or heard.uncertain or heard.intent == "book_appointment":
        return heard.text
    letters = sum(sign.isalpha() for sign in heard.text)
    if heard.reply or heard.intent in ("greet", "thanks", "affirm", "deny") or letters < 3:
        return Misfit("misfit.complaint")
    if heard.intent == "out_of_scope":
        return heard.text if again else Misfit("misfit.complaint")
    return heard.text if heard.intent in (None, "report_symptoms") else None


def without_consent() -> Flow[None]:
    """Who does not agree still gets the numbers, and the nearest centre if they say where they are."""
    yield Say("consent.refused", phone_args())
    spot = yield from choose_place("ask.place_only")
    if spot is None:
        yield Say("consent.closing")
        return
    centres = yield from places_of(spot)
    if centres:
        yield Say("centre.nearest", {"name": centres[0]["name"], "km": centres[0]["km"]})


def emergency(
    decision: Decision, facts: dict[str, Any], *, kept: bool = True, person: str | None = None
) -> Flow[None]:  # fmt: skip
    """The action first; then, if they say where they are, the nearest hospital. Nothing is booked.

    Whoever writes on is told again what to do, until they say that they have arrived.
    """
    yield from tell(decision, facts, kept=kept, person=person)
    yield from way_to_hospital(decision)
    choices = (Choice("again", {"t": "choice.again"}), Choice("reached", {"t": "choice.reached"}, by_press=True))
    while (yield Ask("after_emergency", choices=choices, reads=_again)) == "again":
        yield what_now(decision)
    yield Say("emergency.arrived")


def way_to_hospital(decision: Decision) -> Flow[None]:
    """The nearest hospital with an emergency room, for who says where they are."""
    while (spot := (yield from choose_place("ask.place_emergency", why=True))) == "why":
        yield because(decision)
    hospital = (yield Do(NearestEmergency(spot["lat"], spot["lon"]))) if spot else None
    yield Say("emergency.nearest" if hospital else "emergency.closing", (hospital or {}) | phone_args())


def _again(heard: Heard) -> str | None:
    """Words that tell of nothing new ("what now?", "no car comes", "I am stuck") want to hear again what to do."""
    if heard.present or heard.uncertain:
        return None
    return "reached" if plainly_arrived(heard.text) else "again"


def wants_doctor(decision: Decision) -> Flow[bool]:
    """After self-care advice: a doctor all the same?"""
    while True:
        choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("doctor", "fine", "why"))
        answer = yield Ask("after_self_care", choices=choices)
        if answer != "why":
            return bool(answer == "doctor")
        yield because(decision)


def saved(person: dict[str, Any], agreed: dict[str, str], role: str) -> Flow[str]:
    """The person's id, asking for what a token needs: a name, and a member's consent where it was not asked for yet."""
    if person["id"]:
        return str(person["id"])
    name = yield Ask(
        "name",
        "text",
        text="ask.name_self" if person["relation"] == "self" else "ask.name",
        verbatim=True,
        reads=a_name,
    )
    if person["relation"] != "self" and not agreed:
        given_by, how = yield from member_consent(person["age_years"])
        agreed = {"given_by": given_by, "how": how}
    elif writes_alone(person, role):
        agreed = dict(zip(("given_by", "how"), BY_ADULT, strict=True))
    save = SavePerson(
        name,
        person["age_years"],
        person["sex"],
        person["relation"],
        person["pregnant"],
        person["recent_delivery"],
        agreed,
    )
    return str((yield Do(save)))


def member_consent(age_years: float | None) -> Flow[tuple[str, str]]:
    """Who agreed that this is booked for the person, and how; for a minor only an adult of the family can."""
    minor = age_years is not None and age_years < OF_AGE
    who = ("guardian",) if minor else ("patient_present", "patient_phone", "guardian")
    choices = tuple(Choice(id, {"t": f"consent.{id}"}) for id in who)
    answer = yield Ask("member_consent", choices=choices)
    return ("guardian" if answer == "guardian" else "patient"), ("phone" if answer == "patient_phone" else "spoken")


def a_name(heard: Heard) -> str | Misfit:
    """A name: letters, at most 60 signs."""
    name = " ".join(heard.text.split())
    ok = (
        2 <= len(name) <= 60
        and any(sign.isalpha() for sign in name)
        and not any(sign.isdigit() or sign == "/" for sign in name)
    )
    return name if ok else Misfit("misfit.name")


def who(story: Story, account: dict[str, Any]) -> Flow[dict[str, Any]]:
    """Who is ill, with age, sex and, for women of that age, pregnancy; only what is not known yet is asked."""
    known = (yield from whose(story)) if account["role"] == "asha" else (yield from _which(story))
    told = story.facts
    age = told.get("age_years", known.get("age_years"))
    if age is None or not 0 <= age <= AGE_AT_MOST:
        age = yield Ask("age", "number", reads=an_age, facts=lambda value: {"age_years": value})
    sex = story.sex or known.get("sex")
    if sex is None:
        choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("female", "male"))
        sex = yield Ask("sex", choices=choices, reads=lambda heard: heard.sex, facts=lambda value: {"sex": value})
    person = {"relation": "other", "id": None} | known | {"age_years": float(age), "sex": sex}
    return person | (yield from _pregnancy(story, person))


def _which(story: Story) -> Flow[dict[str, Any]]:
    """The known person meant, or {"relation"} of a new one."""
    family: list[dict[str, Any]] = yield Do(Family())
    myself = next((member for member in family if member["relation"] == "self"), {"relation": "self", "id": None})
    others = [member for member in family if member["relation"] != "self"]
    others.sort(key=lambda member: -(member["age_years"] or 0))
    if meant := next((member for member in family if member["id"] == story.told.get("person")), None):
        return meant
    if story.subject == "self":
        return myself
    if story.subject not in (None, "self") and not others:
        return {"relation": story.subject}
    if named := _named(story, others):
        return named
    locked = bool(others) and (yield Do(PinState()))["locked"]
    members = tuple(Choice(member["id"], asked_as(member, discreet=locked)) for member in others)
    answer = yield Ask(
        "who",
        choices=(Choice("self", {"t": "choice.self"}), *members, Choice("other", {"t": "choice.other"})),
        reads=_self_or_other,
    )
    if answer == "self":
        return myself
    return next((member for member in others if member["id"] == answer), {"relation": story.subject or "other"})


def _named(story: Story, members: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The one of the families whose first name was written, as in "রহিমার জ্বর"; None if none or several.

    Who has no name of their own ("রহিমা বিবি (ছেলে)") is not named by another's.
    """
    if story.subject not in (None, "self", "other"):
        return None
    said = words(story.told.get("said", ""))
    firsts = [(member, words(str(member["name"]))[:1]) for member in members if "(" not in str(member["name"])]
    found = [
        member
        for member, first in firsts
        if first and len(first[0]) > 2 and any(word.startswith(first[0]) for word in said)
    ]
    return found[0] if len(found) == 1 else None


def _self_or_other(heard: Heard) -> str | None:
    return None if heard.subject is None else "self" if heard.subject == "self" else "other"


def an_age(heard: Heard) -> float | Misfit | None:
    """An age in years; a bare number is years."""
    age = heard.age_years if heard.age_years is not None else heard.number
    if age is None:
        return None if heard.present else Misfit("misfit.age")
    below_nought = heard.text.lstrip().startswith(("-", "−"))
    return float(age) if 0 <= age <= AGE_AT_MOST and not below_nought else Misfit("misfit.age_range")


def _pregnancy(story: Story, person: dict[str, Any]) -> Flow[dict[str, Any]]:
    """Whether pregnant or recently delivered, asked where it can be."""
    told = story.facts
    pregnant, delivered = told.get("known_pregnancy"), told.get("recent_delivery")
    if pregnant is None and not delivered:
        pregnant, delivered = person.get("pregnant") or None, person.get("recent_delivery") or None
    fertile = person["sex"] == "female" and FERTILE[0] <= person["age_years"] <= FERTILE[1]
    if pregnant is None and not delivered and fertile:
        yes, no, dont_know = yes_no()
        choices = (yes, Choice("recent_delivery", {"t": "choice.recent_delivery"}), no, dont_know)
        answer = yield Ask("pregnant", "yes_no", choices, reads=_pregnant_in_words, facts=_pregnancy_facts)
        meant = _pregnancy_facts(answer)
        pregnant, delivered = meant["known_pregnancy"], meant["recent_delivery"]
    return {"pregnant": pregnant, "recent_delivery": delivered, "fertile": fertile}


def _pregnant_in_words(heard: Heard) -> str | None:
    if "recent_delivery" in heard.present:
        return "recent_delivery"
    if heard.pregnant is not None:
        return "yes" if heard.pregnant else "no"
    return heard.reply


def _pregnancy_facts(answer: str) -> dict[str, Any]:
    unsure = None if answer == "dont_know" else False
    return {
        "known_pregnancy": True if answer == "yes" else unsure,
        "recent_delivery": True if answer == "recent_delivery" else unsure,
    }


def _about(person: dict[str, Any]) -> dict[str, Any]:
    """What rules may look at of the person; pregnancy and birth only where they can be."""
    facts = person_facts(person["age_years"], person["sex"], None)
    if person["fertile"]:
        facts |= {"known_pregnancy": person["pregnant"], "recent_delivery": person["recent_delivery"] or False}
        if person["pregnant"] and person.get("weeks_pregnant") is not None:
            facts |= {"weeks_pregnant": person["weeks_pregnant"]}
    return facts


def _told(story: Story) -> dict[str, Any]:
    """What was heard, as facts of a person about whom nobody has asked yet."""
    facts = story.facts
    return {code: value for code, value in facts.items() if code not in ("?", "sex")} | person_facts(
        facts.get("age_years"), facts.get("sex"), facts.get("known_pregnancy"))  # fmt: skip


def _specialty(decision: Decision, facts: dict[str, Any]) -> str:
    assert decision.rule is not None
    return decision.rule.specialty(facts)
