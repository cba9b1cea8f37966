"""A code that makes an ASHA worker's record and an own account one; who may act for somebody, and its end."""

from __future__ import annotations

import re
from typing import Any

from flows.account import welcome
from flows.actions import Account, Family
from flows.joining_actions import EndAccess, GiveCode, Join, LookAtCode, WhoActs
from flows.pin_actions import TakePinAway
from flows.talk import Ask, Choice, Do, Flow, Say

GIVEN = "join_"
"""Begins the code of a start link by which somebody joins; an invitation and a relative's code begin otherwise."""
ON_A_PAGE = 8
_LEAVE = Choice("leave", {"t": "choice.leave"})
_CODE = re.compile(r"\s*[0-9০-৯]{4} ?[0-9০-৯]{4}\s*")
_BENGALI = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


def code_in(text: str) -> str | None:
    """The code, if the text is one and nothing else: eight digits, in either script, at most parted in the middle."""
    if not _CODE.fullmatch(text):
        return None
    return "".join(sign for sign in text.translate(_BENGALI) if sign.isdigit())


def give_code(person: str | None = None) -> Flow[None]:
    """An ASHA worker gives somebody of her families a code for their own telephone."""
    chosen = person or (yield from _member())
    if chosen is None:
        return
    given = yield Do(GiveCode(chosen))
    if given is None:
        yield Say("join.not_yours")
    elif "refused" in given:
        yield Say(f"join.refused_{given['refused']}")
    else:
        code = str(given["code"])
        yield Say("join.code", {"name": given["name"], "code": f"{code[:4]} {code[4:]}", "link": f"{GIVEN}{code}"})


def _member() -> Flow[str | None]:
    family: list[dict[str, Any]] = yield Do(Family())
    if not family:
        yield Say("family.none")
        return None
    page = 0
    while True:
        shown = family[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        labels = tuple(Choice(one["id"], one["name"]) for one in shown if one["name"])
        more = (Choice("more", {"t": "choice.more_people"}),) if len(family) > (page + 1) * ON_A_PAGE else ()
        chosen = yield Ask("whose_code", choices=(*labels, *more, _LEAVE))
        if chosen != "more":
            return None if chosen == "leave" else str(chosen)
        page += 1


def join(code: str) -> Flow[None]:
    """Somebody brings a code: what it is about is shown as little as will do, and nothing is done without a yes."""
    account = yield Do(Account())
    if account["role"] != "patient" and (yield Do(TakePinAway(code))):
        yield Say("pin.took_away")
        return
    if not (yield from welcome(account)):
        yield Say("join.no_consent")
        return
    seen = yield Do(LookAtCode(code.removeprefix(GIVEN)))
    if seen is None:
        yield Say("join.code_refused")
        return
    choices = (Choice("yes", {"t": "choice.it_is_me"}), Choice("no", {"t": "choice.not_me"}))
    if (yield Ask("join", "yes_no", choices, *_asks(seen))) != "yes":
        yield Say("join.left")
        return
    joined = yield Do(Join(code.removeprefix(GIVEN)))
    yield Say("join.done" if joined else "join.code_refused", {"asha": seen["asha"]} if joined else {})


def _asks(seen: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The question and its arguments: what else changes is said where something does."""
    args = {"record": _hint(seen), "asha": seen["asha"]}
    if seen["leaves"]:
        return "ask.join_instead", args | {"leaves": seen["leaves"]}
    return ("ask.join_merge", args | {"own": _hint(seen["own"])}) if seen["own"] else ("ask.join", args)


def _hint(of: dict[str, Any]) -> dict[str, Any]:
    if of["born"] is None:
        return {"t": "join.hint_no_year", "args": {"initial": of["initial"]}}
    return {"t": "join.hint", "args": {"initial": of["initial"], "born": of["born"]}}


def access() -> Flow[None]:
    """Who may act for me; ended by two taps."""
    acts = yield Do(WhoActs())
    if not acts:
        yield Say("access.none")
        return
    one = acts[0]
    args = {"asha": one["asha"], "spoke": one["spoke"], "since": {"date": one["since"], "year": True}}
    if (yield Ask("access", choices=(Choice("end", {"t": "choice.end_access"}), _LEAVE), args=args)) == "leave":
        yield Say("access.kept", {"asha": one["asha"]})
        return
    choices = (Choice("yes", {"t": "choice.end_access"}), Choice("no", {"t": "choice.keep_access"}))
    if (yield Ask("end_access", "yes_no", choices, args={"asha": one["asha"]})) != "yes":
        yield Say("access.kept", {"asha": one["asha"]})
        return
    yield Do(EndAccess(one["person"]))
    yield Say("access.ended", {"asha": one["asha"]})
