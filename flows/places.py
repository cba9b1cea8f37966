"""Where: a spot by its name or shared location, and the health centres near it."""

from __future__ import annotations

import re
from typing import Any

from flows.actions import FindPlaces, LastSpoke, NearestSpokes
from flows.decide import Decision
from flows.heard import Heard
from flows.plainwords import words
from flows.talk import Ask, Choice, Do, Flow, Say
from flows.triage import because
from flows.windows import SOON_DAYS, a_time


def choose_spoke(decision: Decision | None, need: dict[str, Any] | None = None) -> Flow[dict[str, Any] | None]:
    """The centre to go to: the last one, by shared location, or by the name of a place. None: not now.

    With a `need` (specialty, within_days) each is offered with its first free time, those that have none last.
    """
    last = yield Do(LastSpoke())
    while True:
        spot = yield from choose_place("ask.place", why=decision is not None, last=last)
        if spot == "why" and decision is not None:
            yield because(decision)
            continue
        if spot is None:
            return None
        if "id" in spot:
            return dict(spot)
        near = yield from places_of(spot, need)
        if not near:
            yield Say("place.no_spoke")
            continue
        if len(near) == 1:
            return dict(near[0])
        choices = [Choice(spoke["id"], _on_a_button(spoke)) for spoke in near]
        others = Choice("elsewhere", {"t": "choice.elsewhere"})
        chosen = yield Ask("spoke", choices=(*choices, others), reads=_a_spoke_by_time)
        if isinstance(chosen, dict):
            return _by_time(near, chosen)
        if chosen != "elsewhere":
            return next(dict(spoke) for spoke in near if spoke["id"] == chosen)


def _a_spoke_by_time(heard: Heard) -> Any:
    """A time said where a centre was asked for: "the soonest", "tomorrow afternoon"."""
    when = a_time(heard)
    return when if isinstance(when, dict) and ("soonest" in when or when.get("after") or when.get("part")) else None


def _by_time(near: list[dict[str, Any]], when: dict[str, Any]) -> dict[str, Any]:
    """The nearest centre, to be looked at for that time; for the soonest, the one that is free first."""
    if "soonest" not in when:
        return near[0] | {"asked_for": when}
    free = [spoke for spoke in near if spoke.get("first")]
    return dict(min(free, key=lambda spoke: (spoke["first"]["soon"], spoke["stands_in"]))) if free else dict(near[0])


_UNDERSTOOD = re.compile(r" (?:সু?স্বাস্থ্য কেন্দ্র|health (?:and wellness )?centre)| ?\((?:নমুনা|demo)\)", re.IGNORECASE)
"""What goes without saying on a button under "which health centre?"."""


def short(name: dict[str, str]) -> dict[str, str]:
    """A centre's name as it fits on a button: the place alone."""
    return {lang: _UNDERSTOOD.sub("", words) or words for lang, words in name.items()}


NAME_BESIDE_A_TIME = 16
"""Letters of a centre's name beside which its first free time still fits on a button."""


def _on_a_button(spoke: dict[str, Any]) -> dict[str, Any]:
    """A centre with how far it is, and when it is free where that is known and fits."""
    args = {"name": short(spoke["name"]), "km": spoke["km"]}
    if "first" not in spoke or max(map(len, args["name"].values())) > NAME_BESIDE_A_TIME:
        return {"t": "spoke.choice", "args": args}
    if spoke["first"] is None:
        return {"t": "spoke.choice_full", "args": args}
    free = "spoke.choice_general" if spoke["stands_in"] else "spoke.choice_free"
    return {"t": free, "args": args | {"first": spoke["first"]}}


def places_of(spot: dict[str, Any], need: dict[str, Any] | None = None) -> Flow[list[dict[str, Any]]]:
    """The spokes nearest to a spot; with a `need`, those with a free time first."""
    if need is None:
        return list((yield Do(NearestSpokes(spot["lat"], spot["lon"]))))
    days = need["within_days"]
    return list((yield Do(NearestSpokes(spot["lat"], spot["lon"], need["specialty"], days, urgent=days <= SOON_DAYS))))


def choose_place(text: str, *, why: bool = False, last: dict[str, Any] | None = None) -> Flow[Any]:
    """A spot {"lat", "lon"}, the last spoke, "why", or None for "not now"."""
    while True:
        choices: tuple[Choice, ...] = (Choice("last", short(last["name"])),) if last else ()
        if why:
            choices += (Choice("why", {"t": "choice.why"}),)
        choices += (Choice("not_now", {"t": "choice.not_now"}),)
        answer = yield Ask("place", "place", choices, text, reads=a_place)
        if answer in ("why", "not_now", "last"):
            return {"why": "why", "not_now": None, "last": last}[answer]
        if "lat" in answer:
            return dict(answer)
        spot = yield from _named(answer)
        if spot != "elsewhere":
            return spot


def _named(answer: dict[str, Any]) -> Flow[Any]:
    """The spot that was meant by a name or PIN code; None for a plain "no", "elsewhere" to ask for another."""
    text, within = answer["text"], None
    while True:
        found = yield Do(FindPlaces(text, within))
        places = found["places"]
        if len(places) == 1 and found["sure"]:
            return _spot(places[0])
        if not places and answer.get("no"):
            return None
        if not places:
            yield _not_found(text, found["pin"])
            return "elsewhere"
        labels = tuple(Choice(str(n), _told_apart(place, places)) for n, place in enumerate(places))
        which = (
            "ask.which_place_of_many" if found["more"] else "ask.which_place" if found["sure"] else "ask.place_meant"
        )
        choices = (*labels, Choice("elsewhere", {"t": "choice.elsewhere"}))
        chosen = yield Ask("which_place", "place", choices, which, reads=a_place)
        if chosen == "elsewhere":
            return chosen
        if isinstance(chosen, str):
            return _spot(places[int(chosen)])
        if "lat" in chosen:
            return dict(chosen)
        text, within = chosen["text"], text


def _not_found(text: str, pin: dict[str, Any] | None) -> Say:
    if pin:
        return Say("place.pin_unknown" if pin["in_state"] else "place.pin_elsewhere", {"pin": pin["code"]})
    return Say("place.unknown", {"text": text}) if _HERE.isdisjoint(words(text)) else Say("place.here")


def _told_apart(place: dict[str, Any], among: list[dict[str, Any]]) -> dict[str, Any]:
    """A place with what no other of its name has: its district, else its block, else its PIN code."""
    namesakes = [other for other in among if other is not place and _name(other) == _name(place)]
    args = {"name": place["name"], "district": place["district"]}
    if not namesakes:
        return {"t": "place.choice", "args": args}
    if place["block"] and all(other["block"] != place["block"] for other in namesakes):
        return {"t": "place.choice_block", "args": args | {"block": place["block"]}}
    return {"t": "place.choice_pin", "args": args | {"pin": place["pin"]}} if place["pin"] else {
        "t": "place.choice", "args": args
    }  # fmt: skip


def _name(place: dict[str, Any]) -> tuple[str, str]:
    return place["name"]["en"], place["district"]["en"]


def _spot(place: dict[str, Any]) -> dict[str, float]:
    return {"lat": place["lat"], "lon": place["lon"]}


def a_place(heard: Heard) -> Any:
    """The name of a place, or a sentence with one in it, that tells of no complaint.

    A "no" of at most three words is a no if no place is found in it: "না, মেমারি" names one.
    """
    text = heard.text.strip()
    if heard.present or heard.intent in _WISHES or not 2 <= len(text) <= PLACE_LETTERS:
        return None
    declines = heard.reply == "no" and len(words(text)) <= 3
    return {"text": text} | ({"no": True} if declines else {})


PLACE_LETTERS = 150
_HERE = frozenset(
    words(
        "ekhane ekhanei eikhane ikhane here bari barite home kache kachei gram grame village "
        "এখানে এখানেই এইখানে বাড়ি বাড়িতে কাছে কাছেই গ্রাম গ্রামে"
    )
)
"""Words of somebody who means where they are, and does not say where that is."""
_WISHES = frozenset(
    [
        "my_appointments",
        "cancel_appointment",
        "reschedule_appointment",
        "get_summary",
        "help",
        "talk_to_human",
        "change_language",
        "delete_my_data",
        "thanks",
    ]
)
