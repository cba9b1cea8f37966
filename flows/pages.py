"""A question over a list that may be long: eight a screen, and the next ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flows.heard import Heard
from flows.talk import Ask, Choice, Flow, Misfit

ON_A_PAGE = 8
ONE = "one_"
"""Begins the id of each button."""


def one_of(
    question: str,
    found: Sequence[dict[str, Any]],
    label: Callable[[dict[str, Any]], Any],
    args: Mapping[str, Any] | None = None,
) -> Flow[dict[str, Any] | None]:
    """The one that was touched, by its "id"; None where it is left."""
    page = 0
    while True:
        shown = found[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        more = (Choice("more", {"t": "choice.more_of_it"}),) if len(found) > ON_A_PAGE else ()
        choices = (*(Choice(f"{ONE}{one['id']}", label(one)) for one in shown), *more, LEAVE)
        chosen = yield Ask(question, choices=choices, args=args or {}, case_notes=True, reads=press)
        if chosen == "leave":
            return None
        if chosen != "more":
            return dict(next(one for one in found if f"{ONE}{one['id']}" == chosen))
        page = (page + 1) % -(-len(found) // ON_A_PAGE)


LEAVE = Choice("leave", {"t": "choice.leave"})


def press(_heard: Heard) -> Misfit:
    """On a screen of staff only a press counts."""
    return Misfit("misfit.press_here")
