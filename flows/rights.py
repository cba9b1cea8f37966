"""A person's own data: what it is kept for, all that is kept of them, and putting right what is wrong."""

from __future__ import annotations

import re
from typing import Any

from flows.actions import Account, Family, GiveConsent, RefuseConsent
from flows.heard import Heard
from flows.privacy_notice import flipped, notice, toggles
from flows.rights_actions import CorrectPerson, SendMyData
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say, Then
from flows.visit import a_name, an_age

_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_PHONE = re.compile(r"(?:\+?91|0)?([6-9]\d{9})")


def privacy() -> Flow[Then | None]:
    """What is kept for what: a tap gives or takes back one purpose, another takes back all."""
    account = yield Do(Account())
    if not account["consented"] or account["role"] != "patient":
        return Then("consent")
    given = account["purposes"]
    end = (Choice("no", {"t": "choice.withdraw"}), Choice("done", {"t": "choice.done"}))
    chosen = yield Ask("privacy", choices=(*toggles(given), *end))
    if chosen == "done":
        yield Say("privacy.left")
        return None
    if chosen == "no" or (chosen in given and chosen in notice().needed):
        yield Do(RefuseConsent(notice().version))
        yield Say("consent.withdrawn")
        return None
    yield Do(GiveConsent(notice().version, flipped(given, str(chosen))))
    return Then("privacy")


def mydata() -> Flow[None]:
    """Everything held, sent; and putting right what is wrong."""
    yield Do(SendMyData())
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("correct", "done"))
    wish = yield Ask("mydata", choices=choices)
    if wish == "done":
        yield Say("privacy.left")
        return
    people = yield Do(Family())
    if not people:
        yield Say("correct.nobody")
        return
    yield from correct(people[0] if len(people) == 1 else (yield from _whose(people)))


def _whose(people: list[dict[str, Any]]) -> Flow[dict[str, Any]]:
    chosen = yield Ask("correct_whom", choices=tuple(Choice(one["id"], one["name"]) for one in people))
    return next(one for one in people if one["id"] == chosen)


def correct(person: dict[str, Any]) -> Flow[None]:
    """One thing of a person, said anew."""
    parts = ("name", "age_years", "sex", "phone")
    what = yield Ask(
        "correct", choices=tuple(Choice(one, {"t": f"correct.{one}"}) for one in parts), args={"name": person["name"]}
    )
    match what:
        case "name":
            said = yield Ask("correct_name", "text", verbatim=True, reads=a_name)
        case "age_years":
            said = yield Ask("correct_age", "number", case_notes=True, reads=an_age)
        case "sex":
            choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("female", "male"))
            said = yield Ask("correct_sex", choices=choices, reads=lambda heard: heard.sex)
        case _:
            said = yield Ask("correct_phone", "text", verbatim=True, reads=a_phone)
    done = yield Do(CorrectPerson(person["id"], **{str(what): said}))
    yield Say("correct.done" if done else "correct.nobody")


def a_phone(heard: Heard) -> str | Misfit:
    """A mobile number of India: ten digits, the first 6 to 9, with or without +91 or 0."""
    found = _PHONE.fullmatch(re.sub(r"[\s().-]", "", heard.text.translate(_DIGITS)))
    return found[1] if found else Misfit("misfit.phone")
