"""The coordinator's side: the first screen, from which each of their flows is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.board import hub_today, safety_board
from flows.complaints import complaints
from flows.day import sittings
from flows.enrolments import enrolments
from flows.heard import Heard
from flows.replan import close_session
from flows.talk import Ask, Choice, Flow, Misfit
from flows.timetable import open_session, timetable
from flows.undelivered import undelivered

MENU: dict[str, Callable[[], Flow[Any]]] = {
    "hub_today": hub_today,
    "sittings": sittings,
    "close_session": close_session,
    "open_session": open_session,
    "timetable": timetable,
    "undelivered": undelivered,
    "complaints": complaints,
    "board": safety_board,
    "enrolments": enrolments,
}
"""What the first screen offers: the button's id (its word is choice.<id>) -> its flow."""


def menu() -> Flow[Any]:
    """The coordinator's first screen; ends as the flow that was chosen ends."""
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in (*MENU, "leave"))
    wish = yield Ask("coordinator_menu", choices=choices, case_notes=True, reads=_press)
    return None if wish == "leave" else (yield from MENU[wish]())


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_token")
