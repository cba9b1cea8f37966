"""A member's consent to what an ASHA worker does for them: who, how; in two taps at most, once a day."""

from __future__ import annotations

from typing import Any

from flows.actions import RecordConsent
from flows.adult import OF_AGE
from flows.asha_actions import AgreedToday, MemberCard
from flows.heard import Heard
from flows.talk import Ask, Choice, Do, Flow, Say

NO = "no_consent"
ADULTS = ("mother", "father", "guardian")
"""Who may agree for a child."""
Agreed = dict[str, str]
"""Who gave it and how, as RecordConsent takes it."""


def is_minor(person: dict[str, Any]) -> bool:
    """Whether an adult is to agree for this person."""
    return person["age_years"] is not None and person["age_years"] < OF_AGE


def agreement(person: dict[str, Any]) -> Flow[Agreed | None]:
    """The consent of one person: recorded where they are known, and given back for the others. None: they refuse."""
    if person["id"] and (yield Do(AgreedToday(person["id"]))):
        return {}
    agreed = yield from _ask([person])
    if agreed and person["id"]:
        yield Do(RecordConsent(person["id"], **agreed))
    if agreed is None:
        yield Say("consent.member_refused")
    return agreed


def still_agrees(person_id: str) -> Flow[bool]:
    """Before a token that somebody gets anew: the consent of a member of an ASHA worker's families; True for others."""
    card = yield Do(MemberCard(person_id))
    if card is None or (yield from agreement(card)) is not None:
        return True
    yield Say("consent.not_booked")
    return False


def agreements(members: list[dict[str, Any]]) -> Flow[bool]:
    """The consent of several of a family in one go; an adult's for the children. False if they refuse."""
    anew = []
    for one in members:
        if not (yield Do(AgreedToday(one["id"]))):
            anew.append(one)
    if not anew:
        return True
    grown, minors = [one for one in anew if not is_minor(one)], [one for one in anew if is_minor(one)]
    how: str | None = None
    for group in (grown, minors):
        agreed = (yield from _ask(group, how)) if group else {}
        if agreed is None:
            yield Say("consent.member_refused")
            return False
        for one in group:
            yield Do(RecordConsent(one["id"], **agreed))
        how = agreed.get("how")
    return True


def _ask(group: list[dict[str, Any]], how: str | None = None) -> Flow[Agreed | None]:
    """How these agree: grown ones, or minors, who all have the same adult. `how` the adults of the family just did."""
    names = {"names": {"list": [one.get("name") or {"t": "consent.somebody"} for one in group], "join": "comma"}}
    if is_minor(group[0]):
        choices = tuple(Choice(id, {"t": f"consent.{id}"}) for id in (*ADULTS, NO))
        who = yield Ask("child_consent", choices=choices, args=names, verbatim=True, reads=_refuses)
    else:
        choices = tuple(
            Choice(id, {"t": f"consent.{id}"}) for id in ("patient_present", "patient_phone", "guardian", NO)
        )
        who = yield Ask("member_consent", choices=choices, text="ask.asha_consent", args=names, verbatim=True,
                        reads=_in_words)  # fmt: skip
    if who == NO:
        return None
    if who in ("patient_present", "patient_phone"):
        return {"given_by": "patient", "how": "phone" if who == "patient_phone" else "spoken"}
    if how:
        return {"given_by": str(who), "how": how}
    ways = tuple(Choice(id, {"t": f"consent.{id}"}) for id in ("in_person", "by_phone"))
    way = yield Ask("consent_how", choices=ways, args={"who": {"t": f"consent.{who}"}})
    return {"given_by": str(who), "how": "phone" if way == "by_phone" else "spoken"}


def _refuses(heard: Heard) -> str | None:
    """ "The mother agreed", "baba phone e bolechen"; a no is a no."""
    if heard.reply == "no":
        return NO
    return heard.subject if heard.subject in ("mother", "father") and not heard.present else None


def _in_words(heard: Heard) -> str | None:
    """A no is a no; how a yes was given has to be said."""
    return NO if heard.reply == "no" else None
