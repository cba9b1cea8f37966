"""What somebody is not content with: told in two taps, answered by the hub's coordinator, who complained is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from flows.heard import Heard
from flows.pages import LEAVE, one_of
from flows.talk import Action, Ask, Choice, Do, Flow, Misfit, Say, Then

ABOUT = ("waiting", "doctor_absent", "behaviour", "medicine_not_there", "data", "other")
WORDS_AT_MOST = 1000
_SAID = re.compile(
    r"অভিযোগ|নালিশ|(?<![a-z])(?:[ao](?:bh|v|b)ijog|nalish"
    r"|(?:lodge|file|make|register) (?:a |my )?complaint|complain(?:t|ts)? (?:about|against))(?![a-z])",
    re.I,
)
"""A bare "complaint" is not among them: to many it means what they suffer from."""
SHORT = 8
"""Words of a line that asks to complain; a longer one tells something."""


@dataclass(frozen=True)
class Complain(Action):
    """-> whether it is kept; False where the chat has made too many today."""

    final: ClassVar[bool] = True
    about: str
    words: str | None


@dataclass(frozen=True)
class Complaints(Action):
    """-> [{"id", "about", "words", "on", "spoke"}] of the own hub that were not answered, oldest first; audited."""


@dataclass(frozen=True)
class AnswerComplaint(Action):
    """-> True if it is closed now, and who complained is told. None if it is not of the own hub, or closed before."""

    final: ClassVar[bool] = True
    complaint: str
    words: str | None


def complains(text: str) -> bool:
    """Whether a short line asks to complain: "obhijog janate chai", "অভিযোগ আছে", "complaint"."""
    return len(text.split()) <= SHORT and _SAID.search(text) is not None


def complain() -> Flow[None]:
    """What it is about; words if there are any."""
    abouts = tuple(Choice(about, {"t": f"complaint.{about}"}) for about in ABOUT)
    about = yield Ask("complain", choices=(*abouts, LEAVE))
    if about == "leave":
        yield Say("complaint.left")
        return
    nil = Choice("nil", {"t": "choice.no_words"})
    words = yield Ask("complain_words", "text", (nil,), verbatim=True, reads=_words)
    kept = yield Do(Complain(about, None if words == "nil" else words))
    yield Say("complaint.kept" if kept else "complaint.too_many")


def complaints() -> Flow[Then | None]:
    """The coordinator's: one by one, answered in words or with a tap."""
    found = (yield Do(Complaints())) or []
    if not found:
        yield Say("complaint.none")
        return None
    one = yield from one_of("complaints", found, _label, {"count": len(found)})
    if one is None:
        return None
    args = {"about": {"t": f"complaint.{one['about']}"}, "on": {"date": one["on"]}, "spoke": one["spoke"] or "-"}
    args |= {"words": one["words"] or {"t": "complaint.no_words"}}
    choices = (Choice("close", {"t": "choice.close_complaint"}, by_press=True), LEAVE)
    said = yield Ask("complaint_one", "text", choices, args=args, verbatim=True, case_notes=True, reads=_words)
    if said != "leave":
        done = yield Do(AnswerComplaint(one["id"], None if said == "close" else said))
        yield Say("complaint.closed" if done else "complaint.gone")
    return Then("complaints")


def _label(one: dict[str, Any]) -> Any:
    return {"t": "complaint.choice", "args": {"on": {"date": one["on"]}, "about": {"t": f"complaint.{one['about']}"}}}


def _words(heard: Heard) -> Any:
    words = heard.text.strip()
    if len(words) > WORDS_AT_MOST:
        return Misfit("misfit.long", {"most": WORDS_AT_MOST, "count": len(words)})
    return words or None
