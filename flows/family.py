"""The ASHA worker's side: her families, and who of them goes where today."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flows.actions import AddHousehold, Family, TodaysList
from flows.heard import Heard
from flows.story import Story
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say
from flows.visit import AGE_AT_MOST, visit

_SEX = {
    "female": [
        "মেয়ে",
        "মহিলা",
        "স্ত্রী",
        "বউ",
        "মা",
        "বউমা",
        "শাশুড়ি",
        "f",
        "female",
        "woman",
        "girl",
        "wife",
        "meye",
        "mohila",
        "bou",
        "stri",
        "ma",
        "mother",
        "daughter",
    ],
    "male": [
        "ছেলে",
        "পুরুষ",
        "স্বামী",
        "বাবা",
        "শ্বশুর",
        "m",
        "male",
        "man",
        "boy",
        "husband",
        "chhele",
        "chele",
        "purush",
        "swami",
        "baba",
        "father",
        "son",
    ],
}
_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_MEMBER = re.compile(
    r"^(?P<words>[^\d,;]+?)[\s,]+(?P<age>\d{1,3})\s*(?P<unit>mas|maser|months?|মাস|মাসের|m(?=\s|$))?\s*(?P<after>[^\d]*)$",
    re.IGNORECASE,
)


def menu(story: Story) -> Flow[None]:
    """Her first screen: few words, four buttons."""
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("today", "ill", "add_family", "families"))
    wish = yield Ask("asha_menu", choices=choices)
    if wish == "ill":
        yield from visit(story)
    else:
        yield from {"today": todays_list, "add_family": add_family, "families": my_families}[wish]()


def add_family() -> Flow[None]:
    """A household in one message: name and age of each, the head first."""
    line = yield Ask(
        "household", "text", (Choice("not_now", {"t": "choice.not_now"}),), verbatim=True, reads=_members_read
    )
    if line == "not_now":
        yield Say("family.left")
        return
    members = household(line)
    unsure = [m for m in members if m["sex"] is None]
    for number, member in enumerate(unsure):
        choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("female", "male"))
        member["sex"] = yield Ask(
            f"member_sex_{number}",
            choices=choices,
            text="ask.member_sex",
            args={"name": member["name"]},
            reads=lambda h: h.sex,
        )
    lines = [{"t": "family.member", "args": _member_args(m)} for m in members]
    choices = (Choice("yes", {"t": "choice.save"}), Choice("no", {"t": "choice.not_now"}))
    if (
        yield Ask("confirm", "yes_no", choices, "ask.confirm_family", {"members": {"list": lines, "join": "lines"}})
    ) == "yes":
        yield Do(AddHousehold(tuple(members)))
        yield Say("family.saved", {"count": len(members)})
    else:
        yield Say("family.left")


def _members_read(heard: Heard) -> Any:
    return heard.text if household(heard.text) else Misfit("misfit.household")


def household(text: str) -> list[dict[str, Any]]:
    """The members named in `text`, comma or line apart: {"name", "age_years", "sex"}; empty if any part is not one.

    >>> household("Rahima 34, chhele 6, meye 2")[1]
    {'name': 'Rahima (chhele)', 'age_years': 6.0, 'sex': 'male'}
    """
    parts = [part.strip() for part in re.split(r"[,;\n]+", text.translate(_DIGITS)) if part.strip()]
    read = [_MEMBER.match(part) for part in parts]
    if not parts or not all(read):
        return []
    members: list[dict[str, Any]] = []
    for match in read:
        assert match is not None
        age = int(match["age"]) / (12 if match["unit"] else 1)
        if age > AGE_AT_MOST:
            return []
        words = match["words"].split()
        names = [word for word in words if _sex(word) is None]
        sex = next((found for word in [*words, *match["after"].split()] if (found := _sex(word))), None)
        name = " ".join(names) or f"{members[0]['name'] if members else '?'} ({' '.join(words)})"
        members.append({"name": name, "age_years": round(age, 3), "sex": sex})
    return members


def _sex(word: str) -> str | None:
    bare = unicodedata.normalize("NFC", word.lower().strip(".()"))
    return next((sex for sex, words in _SEX.items() if bare in words), None)


def _member_args(member: dict[str, Any]) -> dict[str, Any]:
    years = member["age_years"]
    age = (
        {"t": "age.years", "args": {"n": int(years)}}
        if years >= 2
        else {"t": "age.months", "args": {"n": round(years * 12)}}
    )
    return {"name": member["name"], "age": age, "sex": {"t": f"choice.{member['sex']}"}}


def my_families() -> Flow[None]:
    """Everybody in her families."""
    members = yield Do(Family())
    if not members:
        yield Say("family.none")
        return
    lines = [{"t": "family.member", "args": _member_args(m)} for m in members if m["age_years"] is not None]
    yield Say("family.list", {"members": {"list": lines, "join": "lines"}, "count": len(members)})


def todays_list() -> Flow[None]:
    """Who of her families goes where today."""
    bookings = yield Do(TodaysList())
    if not bookings:
        yield Say("today.none")
        return
    lines = [{"t": "today.line", "args": _going(booking)} for booking in bookings]
    yield Say("today.list", {"lines": {"list": lines, "join": "lines"}, "count": len(bookings)})


def _going(booking: dict[str, Any]) -> dict[str, Any]:
    shown = {key: booking[key] for key in ("token", "name", "spoke")}
    return shown | {"time": {"time": booking["starts_at"]}, "status": {"t": f"status.{booking['status']}"}}
