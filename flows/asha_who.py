"""Whom of her families an ASHA worker means: by name, in either script and by sound, or by a tap."""

from __future__ import annotations

from typing import Any

from flows.asha_actions import FindMembers, Lately, MemberCard
from flows.heard import Heard
from flows.member_words import button
from flows.story import Story
from flows.talk import Ask, Choice, Do, Flow, Say

NAME_LETTERS = 60
NOBODY: dict[str, Any] = {"relation": "other", "id": None}


def whose(story: Story) -> Flow[dict[str, Any]]:
    """The member who is ill: chosen before, named in what was said, or asked for; NOBODY for one not written yet."""
    if id := story.told.get("person"):
        known = yield Do(MemberCard(id))
        if known:
            return dict(known)
    said = story.told.get("said")
    if said and story.subject in (None, "self", "other"):
        found = yield Do(FindMembers(said, given=True))
        if found["members"]:
            member = yield from _of(found)
            if member is not None:
                return member
    return (yield from _asked())


def _asked() -> Flow[dict[str, Any]]:
    lately = yield Do(Lately())
    choices = tuple(Choice(one["id"], button(one)) for one in lately)
    while True:
        answer = yield Ask("who", "text", (*choices, Choice("other", {"t": "choice.new_person"})), "ask.asha_who",
                           reads=a_member)  # fmt: skip
        if answer == "other":
            return NOBODY
        if isinstance(answer, str):
            return dict(next(one for one in lately if one["id"] == answer))
        member = yield from named(answer["name"])
        if member is not None:
            return member


def named(name: str) -> Flow[dict[str, Any] | None]:
    """The one of her families who is called so; None, and said so, if nobody is, or another was meant."""
    found = yield Do(FindMembers(name))
    if not found["members"]:
        yield Say("member.not_found", {"name": name})
        return None
    return (yield from _of(found))


def _of(found: dict[str, Any]) -> Flow[dict[str, Any] | None]:
    """The only one if the name is surely theirs; else asked about."""
    members = found["members"]
    if len(members) == 1 and found["sure"]:
        return dict(members[0])
    labels = tuple(Choice(one["id"], {"t": "member.button_home", "args": _at_home(one)}) for one in members)
    chosen = yield Ask("which_member", choices=(*labels, Choice("elsewhere", {"t": "choice.nobody_of_these"})))
    return next((dict(one) for one in members if one["id"] == chosen), None)


def _at_home(one: dict[str, Any]) -> dict[str, Any]:
    args: dict[str, Any] = button(one)["args"]
    return args | {"home": one["home"]["name"]}


def a_member(heard: Heard) -> Any:
    """A name that was typed: short, and no complaint."""
    text = " ".join(heard.text.split())
    if heard.present or heard.uncertain or heard.reply or not 2 <= len(text) <= NAME_LETTERS:
        return None
    return {"name": text} if any(sign.isalpha() for sign in text) else None
