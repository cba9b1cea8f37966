"""From what came in to the answer of the question that stands."""

from __future__ import annotations

from typing import Any, Protocol

from flows.heard import Heard
from flows.talk import Ask, Misfit

NONE, DONT_KNOW = "none", "dont_know"


class Event(Protocol):
    """What came in, as far as flows look at it (bot.incoming.Incoming)."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def press(self) -> tuple[str, ...]: ...
    @property
    def step(self) -> int | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def lon(self) -> float | None: ...
    @property
    def media(self) -> str | None: ...


def answer(ask: Ask, event: Event, heard: Heard) -> Any:
    """The answer `event` gives to `ask`: a JSON value, a Misfit (nearly one), or None (it is something else)."""
    if event.kind == "press":
        return pressed(ask, event.press)
    if event.kind == "location":
        return {"lat": event.lat, "lon": event.lon} if ask.kind == "place" else None
    if event.kind != "text":
        return None
    if ask.verbatim:
        return typed(ask, heard)
    offered = {choice.id for choice in ask.choices}
    if heard.choice in offered and ask.kind != "many":
        return heard.choice
    if ask.reads is not None:
        return ask.reads(heard)
    match ask.kind:
        case "many":
            return _ticked(ask, heard)
        case "yes_no":
            return heard.reply if heard.reply in offered else None
        case "text":
            return heard.text or None
    return None


def pressed(ask: Ask, press: tuple[str, ...]) -> Any:
    """The answer these presses give, None where one of them was not offered."""
    offered = {choice.id for choice in ask.choices}
    if not press or not set(press) <= offered:
        return None
    if ask.kind == "many":
        signs = [code for code in press if code not in (NONE,)]
        return signs or [NONE]
    return press[0] if len(press) == 1 else None


def typed(ask: Ask, heard: Heard) -> Any:
    """A dictation: the text as it stands, unless it names one of the offered choices."""
    if heard.choice in {choice.id for choice in ask.choices}:
        return heard.choice
    return ask.reads(heard) if ask.reads else (heard.text or None)


def _ticked(ask: Ask, heard: Heard) -> Any:
    codes = [choice.id for choice in ask.choices if choice.finding]
    named = {*heard.present, heard.choice} - set(heard.absent)
    if there := [code for code in codes if code in named]:
        return there
    if heard.choice in (NONE, DONT_KNOW):
        return [heard.choice]
    if heard.reply == "no" and not heard.absent and (heard.number, heard.age_years) == (None, None):
        return [NONE]
    if heard.reply == "dont_know":
        return [DONT_KNOW]
    return Misfit("misfit.which") if heard.reply == "yes" else None
