"""The doctor's side: the queue, a case in eight lines, what to do with it, and the papers signed of late."""

from __future__ import annotations

from typing import Any

from flows.actions import OpenCase, Queue
from flows.booking import brief
from flows.case_view import story_lines
from flows.day import MARKS, next_patient, set_status
from flows.handing import hand_over
from flows.heard import Heard
from flows.summary import summary
from flows.summary_actions import SignedLately
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say

OPEN = ("booked", "arrived", "noshow")
"""A booking's states in which it can still be marked or handed over."""


def menu() -> Flow[None]:
    """The doctor's first screen."""
    ways = {"queue": queue, "next_patient": next_patient, "signed": signed}
    wish = yield _pick("doctor_menu", tuple(Choice(id, {"t": f"choice.{id}"}) for id in (*ways, "leave")))
    if wish != "leave":
        yield from ways[wish]()


def _pick(question: str, choices: tuple[Choice, ...], args: dict[str, Any] | None = None) -> Ask:
    """A question that is answered by its buttons: whatever else a doctor types here is of a patient."""
    return Ask(question, choices=choices, args=args or {}, case_notes=True, reads=_press)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press")


def queue() -> Flow[None]:
    """Today's patients of this doctor, most urgent first; one is opened by a tap."""
    while True:
        waiting = yield Do(Queue())
        if not waiting:
            yield Say("queue.empty")
            return
        labels = [Choice(b["id"], {"t": "queue.choice", "args": _line(b)}) for b in waiting]
        chosen = yield _pick("case", (*labels, Choice("leave", {"t": "choice.leave"})), {"count": len(waiting)})
        if chosen == "leave":
            yield Say("queue.left")
            return
        yield from case(chosen)


def case(booking: str) -> Flow[None]:
    """One case: the story in eight lines, then what to do with it."""
    opened = yield Do(OpenCase(booking))
    if opened is None:
        yield Say("case.refused")
        return
    yield Say("case.story", story_lines(opened), also={"booking": brief(opened)})
    write = "correct_paper" if opened["signed_as"] else "write"
    verbs = (write, "hand_over", *MARKS) if opened["status"] in OPEN else (write,)
    wish = yield _pick("case_next", tuple(Choice(id, {"t": f"choice.{id}"}) for id in (*verbs, "leave")))
    if wish == write:
        yield from summary(booking, opened)
    elif wish == "hand_over":
        yield from hand_over(booking, opened)
    elif wish != "leave":
        yield from set_status(opened, wish)


def signed() -> Flow[None]:
    """The doctor's own papers of the last days: one is opened by a tap, to be corrected."""
    papers = yield Do(SignedLately())
    if not papers:
        yield Say("signed.none")
        return
    labels = tuple(Choice(one["booking"], {"t": "signed.choice", "args": _paper(one)}) for one in papers)
    chosen = yield _pick("signed", (*labels, Choice("leave", {"t": "choice.leave"})))
    if chosen != "leave":
        yield from case(chosen)


def _paper(one: dict[str, Any]) -> dict[str, Any]:
    return {"name": one["name"], "date": {"date": one["date"]}}


def _line(booking: dict[str, Any]) -> dict[str, Any]:
    return {"token": booking["token"], "name": booking["name"], "level": {"t": f"level.{booking['level']}"}}
