"""Who could not be told: a coordinator sees the people of the own hub whom a notice did not reach, and tries again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flows.heard import Heard
from flows.talk import Action, Ask, Choice, Do, Flow, Misfit, Say, Then

ON_A_PAGE = 8


@dataclass(frozen=True)
class Undelivered(Action):
    """-> [{"id", "name", "token", "starts_at", "why", "late"}]: the own hub's, newest first."""


@dataclass(frozen=True)
class TellAgain(Action):
    """-> whether it is tried again; None if it is not of the own hub, or done with."""

    final: ClassVar[bool] = True
    letter: int


def undelivered() -> Flow[Then | None]:
    """The people one by one; a tap shows why, and tries again."""
    found = (yield Do(Undelivered())) or []
    if not found:
        yield Say("undelivered.none")
        return None
    leave = Choice("leave", {"t": "choice.leave"})
    shown = tuple(Choice(str(one["id"]), {"t": "undelivered.choice", "args": _who(one)}) for one in found[:ON_A_PAGE])
    args = {"count": len(found)}
    chosen = yield Ask("undelivered", choices=(*shown, leave), args=args, case_notes=True, reads=_press)
    if chosen == "leave":
        return None
    yield from _one(next(one for one in found if str(one["id"]) == chosen))
    return Then("undelivered")


def _one(letter: dict[str, Any]) -> Flow[None]:
    again = (Choice("again", {"t": "undelivered.again"}),) if not letter["late"] else ()
    args = _who(letter) | {"why": {"t": f"undelivered.why_{letter['why']}"}}
    choices = (*again, Choice("leave", {"t": "choice.leave"}))
    if (yield Ask("undelivered_one", choices=choices, args=args, case_notes=True, reads=_press)) == "again":
        tried = yield Do(TellAgain(letter["id"]))
        yield Say("undelivered.tried" if tried else "undelivered.late")


def _who(letter: dict[str, Any]) -> dict[str, Any]:
    return {"name": letter["name"], "token": letter["token"], "when": {"at": letter["starts_at"]}}


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_token")
