"""Handing a case over to another specialty or hub: where to, a word for the other doctor, a last look."""

from __future__ import annotations

from typing import Any

from flows.heard import Heard
from flows.summary_actions import HandOver, HandOverTo, PlaceThere
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say


def hand_over(booking: str, opened: dict[str, Any]) -> Flow[None]:
    """The soonest place of the other kind of doctor (of the same kind: at another hub) instead of this booking."""
    kinds = (yield Do(HandOverTo(booking))) or ()
    labels = tuple(Choice(kind, _kind(kind, opened)) for kind in kinds)
    kind = yield _pick("hand_over", (*labels, Choice("leave", {"t": "choice.leave"})), {"name": opened["name"]})
    if kind == "leave":
        yield Say("handing.left")
        return
    place = yield Do(PlaceThere(booking, kind))
    if place is None:
        yield Say("handing.no_place", {"specialty": {"t": f"specialty.{kind}"}})
        return
    note = yield Ask(
        "hand_over_note", "text", (Choice("nil", {"t": "choice.nil"}),), verbatim=True, case_notes=True, reads=_note
    )
    where = {"hub": place["hub"], "when": {"span": [place["starts_at"], place["ends_at"]]}}
    args = where | {"specialty": {"t": f"specialty.{kind}"}, "name": opened["name"]}
    choices = (Choice("yes", {"t": "choice.hand_over"}), Choice("no", {"t": "choice.leave"}))
    if (yield _pick("hand_over_sure", choices, args)) == "no":
        yield Say("handing.left")
        return
    made = yield Do(HandOver(booking, kind, "" if note == "nil" else note))
    if made is None or "refused" in made:
        yield Say("handing.no_place", {"specialty": {"t": f"specialty.{kind}"}})
        return
    told = {"name": made["name"], "token": made["token"], "hub": made["hub"]}
    yield Say("handing.done", told | {"when": {"span": [made["starts_at"], made["ends_at"]]}})


def _kind(kind: str, opened: dict[str, Any]) -> Any:
    name = {"t": f"specialty.{kind}"}
    return {"t": "handing.elsewhere", "args": {"specialty": name}} if kind == opened["specialty"] else name


def _pick(question: str, choices: tuple[Choice, ...], args: dict[str, Any]) -> Ask:
    return Ask(question, choices=choices, args=args, case_notes=True, reads=_press)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_here")


def _note(heard: Heard) -> Any:
    return heard.text.strip()[:1000] or None
