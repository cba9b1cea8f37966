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


def choose_spoke(decision: Decision | None) -> Flow[dict[str, Any] | None]:
    """The centre to go to: the last one, by shared location, or by the name of a place. None: not now."""
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
        near = yield from places_of(spot)
        if not near:
            yield Say("place.no_spoke")
            continue
        if len(near) == 1:
            return dict(near[0])
        choices = [
            Choice(spoke["id"], {"t": "spoke.choice", "args": {"name": short(spoke["name"]), "km": spoke["km"]}})
            for spoke in near
        ]
        chosen = yield Ask("spoke", choices=(*choices, Choice("elsewhere", {"t": "choice.elsewhere"})))
        if chosen != "elsewhere":
            return next(dict(spoke) for spoke in near if spoke["id"] == chosen)


_UNDERSTOOD = re.compile(r" (?:সু?স্বাস্থ্য কেন্দ্র|health (?:and wellness )?centre)| ?\((?:নমুনা|demo)\)", re.IGNORECASE)
"""What goes without saying on a button under "which health centre?"."""


def short(name: dict[str, str]) -> dict[str, str]:
    """A centre's name as it fits on a button: the place alone."""
    return {lang: _UNDERSTOOD.sub("", words) or words for lang, words in name.items()}


def places_of(spot: dict[str, Any]) -> Flow[list[dict[str, Any]]]:
    """The spokes nearest to a spot."""
    return list((yield Do(NearestSpokes(spot["lat"], spot["lon"]))))


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
        found = yield Do(FindPlaces(answer["text"]))
        if len(found) == 1:
            return _spot(found[0])
        if not found and answer.get("no"):
            return None
        if not found:
            here = not _HERE.isdisjoint(words(answer["text"]))
            yield Say("place.here") if here else Say("place.unknown", {"text": answer["text"]})
            continue
        labels = [
            Choice(str(n), {"t": "place.choice", "args": {"name": p["name"], "district": p["district"]}})
            for n, p in enumerate(found)
        ]
        chosen = yield Ask("which_place", choices=(*labels, Choice("elsewhere", {"t": "choice.elsewhere"})))
        if chosen != "elsewhere":
            return _spot(found[int(chosen)])


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
