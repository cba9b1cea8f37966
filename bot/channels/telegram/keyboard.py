"""Buttons: what a letter offers, as rows of (label, data). A button carries "step:choice" and nothing else.

On a screen of many a choice carries "step:+choice" or "step:-choice", to tick or untick it: pressed twice by a nervous
finger, or brought twice by Telegram, it still means the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex

DONE = "done"
ENDS = frozenset({"none", "dont_know", "all", "back", "cancel", DONE})
"""Choices that end a screen of many instead of being ticked."""
SHORT = 16
"""Letters as the eye counts them: two buttons of this length stand side by side on a narrow phone."""
DATA_BYTES = 64  # core.telegram.org/bots/api#inlinekeyboardbutton
BUTTONS = 100

Choices = Sequence[tuple[str, str]]
Rows = list[list[tuple[str, str]]]


def rows(choices: Choices, step: int | None, many: bool = False, ticks: Iterable[str] = (), done: str = "") -> Rows:
    """The inline keyboard. `done`: label of the button that ends a screen of many.

    Raises ValueError where a choice cannot be carried: too long an id, one that begins with a sign, or too many.
    """
    if len(choices) > BUTTONS - 1:
        raise ValueError(f"{len(choices)} choices on one keyboard; Telegram takes {BUTTONS}: offer them in pages")
    if not many:
        return _laid([(label, data(step, choice)) for choice, label in choices])
    ticked = set(ticks)
    signs = [_toggle(step, choice, label, choice in ticked) for choice, label in choices if choice not in ENDS]
    ends = [(label, data(step, choice)) for choice, label in choices if choice in ENDS]
    if DONE not in dict(choices):
        ends.insert(0, (done, data(step, DONE)))
    return _laid(signs) + _laid(ends)


def data(step: int | None, choice: str, sign: str = "") -> str:
    """What a button carries; `pressed` is the reverse. Raises ValueError where it cannot be carried."""
    carried = f"{'' if step is None else step}:{sign}{choice}"
    if choice[:1] in ("", "+", "-"):
        raise ValueError(f"choice id {choice!r} must begin with a letter or digit")
    if len(carried.encode()) > DATA_BYTES:
        raise ValueError(f"choice id {choice!r} is too long: {carried!r} has over {DATA_BYTES} bytes; shorten the id")
    return carried


def pressed(carried: str) -> tuple[int | None, tuple[str, ...]]:
    """Step and choice of a pressed button. What is not ours keeps its whole text as a choice that nobody offered."""
    step, colon, choice = carried.partition(":")
    if not colon or not (step == "" or (step.isascii() and step.isdigit() and len(step) < 10)):
        return None, (carried,)
    return int(step) if step else None, (choice,)


def laid(labels: Iterable[str]) -> list[list[str]]:
    """Labels in rows, without data: the keyboard that stands in place of the letters."""
    return [[label for label, _ in row] for row in _laid([(label, "") for label in labels])]


def _toggle(step: int | None, choice: str, label: str, ticked: bool) -> tuple[str, str]:
    return f"{'☑' if ticked else '☐'} {label}", data(step, choice, "-" if ticked else "+")


def _laid(buttons: Iterable[tuple[str, str]]) -> Rows:
    """Short ones two a row, in order; a long one has a row to itself."""
    laid: Rows = []
    room = False
    for button in buttons:
        short = len(regex.findall(r"\X", button[0])) <= SHORT
        if short and room:
            laid[-1].append(button)
            room = False
        else:
            laid.append([button])
            room = short
    return laid
