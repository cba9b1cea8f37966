"""The health officer at the spoke: who comes today, and what is measured and remarked for the doctor."""

from __future__ import annotations

from typing import Any

from flows.booking import card
from flows.heard import Heard
from flows.phones import phone_args
from flows.summary_actions import Observe, SpokeToday
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say
from flows.vitals import dangerous, read_vitals, vitals_words

WORDS_AT_MOST = 500
SHOWN = 30
"""Bookings on one screen; a spoke has about seven a day."""


def menu() -> Flow[None]:
    """Today's patients of the spoke; a tap opens one to be measured."""
    while True:
        today = (yield Do(SpokeToday())) or []
        if not today:
            yield Say("officer.nobody")
            return
        labels = tuple(Choice(one["id"], {"t": "officer.choice", "args": _line(one)}) for one in today[:SHOWN])
        choices = (*labels, Choice("leave", {"t": "choice.leave"}))
        args = {"count": len(today)}
        chosen = yield Ask("spoke_today", choices=choices, args=args, case_notes=True, reads=_press)
        if chosen == "leave":
            yield Say("officer.left")
            return
        yield from measure(next(one for one in today if one["id"] == chosen))


def measure(booking: dict[str, Any]) -> Flow[None]:
    """One message with the values and a remark, kept for the doctor and read back."""
    leave = Choice("leave", {"t": "choice.leave"})
    said = yield Ask(
        "vitals", "text", (leave,), args=card(booking), verbatim=True, case_notes=True, reads=_measured
    )  # fmt: skip
    if said == "leave":
        return
    kept = yield Do(Observe(booking["id"], said["vitals"], said["remark"]))
    if not kept:
        yield Say("officer.refused")
        return
    words = [one for one in (said["vitals"] and vitals_words(said["vitals"]), said["remark"]) if one]
    yield Say("officer.kept", {"name": booking["name"], "measured": {"list": words, "join": "lines"}})
    danger = dangerous(said["vitals"]) or (list(said["vitals"]) if kept["emergency"] else [])
    if danger:
        values = {"list": [{"t": f"vital.{name}"} for name in danger], "join": "comma"}
        yield Say("officer.danger", {"name": booking["name"], "values": values} | phone_args(), urgent=True)


def _measured(heard: Heard) -> Any:
    if len(heard.text) > WORDS_AT_MOST:
        return Misfit("misfit.long", {"most": WORDS_AT_MOST, "count": len(heard.text)})
    return read_vitals(heard.text)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_here")


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {"token": one["token"], "name": one["name"], "time": {"time": one["starts_at"]}}
