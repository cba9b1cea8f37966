"""The ASHA worker's families: written down in one message, looked at, and put right."""

from __future__ import annotations

from typing import Any

from flows.abha import holds_aadhaar
from flows.asha_actions import Alike, FindMembers, HerDay, Home, Homes, ReadMembers, SaveMembers
from flows.asha_who import a_member
from flows.asha_words import menu_word
from flows.decide import alarm
from flows.heard import Heard
from flows.member_words import button, line, named
from flows.plainwords import lists_people
from flows.protocol import person_facts
from flows.story import Story, remark
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say, Then
from flows.troubles import said_at_once
from flows.visit import an_age, visit

HOMES_AT_MOST = 20
"""Members of one family, at most."""
ON_A_SCREEN = 5
"""People on one screen; the others behind "more"."""
Told = dict[str, Any]


def menu(story: Story) -> Flow[Then | None]:
    """Her first screen: few words, eight buttons."""
    day = (yield Do(HerDay())) or {"calls": 0}
    calls = {"t": "asha.calls", "args": {"count": day["calls"]}} if day["calls"] else {"t": "choice.calls"}
    ids = ("today", "ill", "families", "add_family", "calls", "follow_ups", "mothers", "numbers")
    choices = tuple(Choice(id, calls if id == "calls" else {"t": f"choice.{id}"}) for id in ids)
    wish = yield Ask("asha_menu", choices=choices, several=True, reads=_at_the_menu)
    if wish == "ill":
        yield from visit(story)
        return None
    if isinstance(wish, dict):
        return (yield from _written(wish["line"]))
    return Then("asha_numbers" if wish == "numbers" else str(wish))


def _at_the_menu(heard: Heard) -> Any:
    """What is typed instead of a tap: people with their ages, or a screen by its name."""
    if lists_people(heard.text):
        return _a_line(heard) if holds_aadhaar(heard.text) else {"line": heard.text}
    return None if heard.present or heard.uncertain else menu_word(heard.text)


def _written(text: str) -> Flow[Then]:
    """People who were written at the menu: a family to be kept, or one of them who is ill."""
    read = yield Do(ReadMembers(text))
    if len(read["members"]) > 1:
        return Then("add_family", {"written": text})
    told = dict(read["facts"])
    for one in read["members"]:
        told |= (one.get("facts") or {}) | {name: one[name] for name in ("age_years", "sex") if one.get(name)}
    return Then("visit", told=told)


def add_family(home: str | None = None, written: str | None = None) -> Flow[Then | None]:
    """A family, or more people of a known one, in one message or line by line; looked at before it is kept.

    `written`: what was typed of them already.
    """
    members = yield from _first_lines(home, written)
    if members is None:
        yield Say("family.left")
        return None
    head = ((yield Do(Home(home))) or {}).get("name") if home else None
    while True:
        members = yield from _alarmed(named(members, head))
        members = yield from _completed(members)
        choices = [Choice("yes", {"t": "choice.save"}), Choice("mend", {"t": "choice.mend"})]
        answer = yield Ask(
            "confirm", "yes_no", (*choices, Choice("no", {"t": "choice.not_now"})), "ask.confirm_family",
            {"members": {"list": [line(one) for one in members], "join": "lines"}}, several=True, reads=_more_lines,
        )  # fmt: skip
        if answer == "yes":
            return (yield from _save(members, home))
        if answer == "no":
            yield Say("family.left")
            return None
        members = (yield from _mend(members)) if answer == "mend" else (yield from _with(members, answer["line"]))


def _alarmed(members: list[Told]) -> Flow[list[Told]]:
    """An emergency that was written with somebody's name is said before anything else; the list goes on."""
    whole = []
    for one in members:
        facts = one.get("facts") or {}
        person = person_facts(one.get("age_years"), one.get("sex"), one.get("pregnant"))
        decision = alarm(facts | person) if facts else None
        if decision:
            yield from said_at_once(one, decision, facts | person, kept=False)
            one = {key: value for key, value in one.items() if key != "facts"}
        whole.append(one)
    return whole


def _first_lines(home: str | None, written: str | None) -> Flow[list[Told] | None]:
    while True:
        text = "ask.household_more" if home else "ask.household"
        answer = written or (yield Ask("household", "text", (Choice("not_now", {"t": "choice.not_now"}),), text,
                                       verbatim=True, several=True, reads=_a_line))  # fmt: skip
        written = None
        if answer == "not_now":
            return None
        read = yield Do(ReadMembers(answer))
        yield from _say_unread(read)
        if read["members"]:
            return list(read["members"])
        yield Say("misfit.household")


def _a_line(heard: Heard) -> Any:
    """Anything typed but an Aadhaar number, which is not even kept in the conversation."""
    return Misfit("misfit.aadhaar") if holds_aadhaar(heard.text) else heard.text


def _a_sex(heard: Heard) -> str | None:
    """Male or female; a line with an age is of somebody else."""
    return None if any(sign.isdigit() for sign in heard.text) else heard.sex


def _more_lines(heard: Heard) -> Any:
    """Under the list: yes, no, or a line that adds to it or puts it right ("Sohel 7")."""
    if holds_aadhaar(heard.text):
        return Misfit("misfit.aadhaar")
    if any(sign.isdigit() for sign in heard.text) or heard.sex or "\n" in heard.text:
        return {"line": heard.text}
    return heard.reply if heard.reply in ("yes", "no") else None


def _say_unread(read: dict[str, Any]) -> Flow[None]:
    """What could not be read; an emergency in it first, whosever it is."""
    decision = alarm(read["facts"]) if read["facts"] else None
    if decision:
        yield from said_at_once({"name": {"t": "consent.somebody"}}, decision, read["facts"], kept=False)
    if read["unread"]:
        yield Say("family.unread", {"parts": {"list": read["unread"], "join": "comma"}})


def _with(members: list[Told], text: str) -> Flow[list[Told]]:
    """The list with a later line: who is in it already is changed, the others are added."""
    read = yield Do(ReadMembers(text))
    if not read["members"]:
        yield Say("misfit.household")
    yield from _say_unread(read)
    whole = list(members)
    for told in read["members"]:
        at = next((at for at, one in enumerate(whole) if _same(one, told)), None)
        if at is None:
            whole.append(told)
        else:
            whole[at] = whole[at] | {key: value for key, value in told.items() if key not in ("name", "kin")}
    return whole[:HOMES_AT_MOST]


def _same(one: Told, told: Told) -> bool:
    """Whether a later line is of this member: by the first name, or by the relation of who has no name."""
    if told.get("name"):
        return bool(one["name"].split()[:1] == told["name"].split()[:1]) or one["name"].lower() == told["name"].lower()
    return bool(told.get("kin")) and one.get("kin") == told.get("kin")


def _completed(members: list[Told]) -> Flow[list[Told]]:
    """What must be known of each and was not said: the age, the sex."""
    whole = []
    for number, one in enumerate(members):
        who = {"name": one["name"]}
        if one.get("age_years") is None:
            age = yield Ask(f"member_age_{number}", "number", text="ask.member_age", args=who, reads=an_age)
            one = one | {"age_years": float(age)}
        if one.get("sex") is None:
            choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("female", "male"))
            sex = yield Ask(f"member_sex_{number}", choices=choices, text="ask.member_sex", args=who,
                            reads=_a_sex)  # fmt: skip
            one = one | {"sex": sex}
        whole.append(one)
    return whole


def _mend(members: list[Told]) -> Flow[list[Told]]:
    """One of the list written anew, or taken out."""
    labels = tuple(Choice(str(at), button(one)) for at, one in enumerate(members))
    at = int((yield Ask("mend_whom", choices=labels)))
    choices = (Choice("drop", {"t": "choice.drop"}), Choice("leave", {"t": "choice.leave"}))
    answer = yield Ask("mend_line", "text", choices, args={"name": members[at]["name"]}, verbatim=True, reads=_a_line)
    if answer == "leave":
        return members
    if answer == "drop":
        rest = members[:at] + members[at + 1 :]
        return rest or members
    read = yield Do(ReadMembers(answer))
    told = read["members"] or [{"name": answer.strip()}]
    changed = {key: value for key, value in told[0].items() if value is not None}
    return [*members[:at], members[at] | changed, *members[at + 1 :], *told[1:]]


def _save(members: list[Told], home: str | None) -> Flow[Then | None]:
    """Kept, after a look at who may be known already; then whoever is ill is seen to."""
    members = yield from _told_apart(members)
    saved = yield Do(SaveMembers(tuple(members), home))
    if saved is None:
        yield Say("family.left")
        return None
    yield Say("family.saved", {"count": len(members)})
    ill = {id: one["facts"] for id, one in zip(saved["members"], members, strict=True) if one.get("facts")}
    if ill:
        return Then("together", {"home": saved["home"], "ill": ill})
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("ill_now", "home_now", "leave"))
    wish = yield Ask("after_family", choices=choices, reads=_ill_in_words)
    if isinstance(wish, dict):
        return Then("visit", told=wish["told"])
    if wish == "ill_now":
        return Then("together", {"home": saved["home"]})
    return Then("home", {"home": saved["home"]}) if wish == "home_now" else None


def _ill_in_words(heard: Heard) -> Any:
    """ "Rahima has fever": whom and what she means is heard as anywhere."""
    if heard.present or heard.uncertain:
        return {"told": remark(heard) | {"said": heard.text}}
    return "leave" if heard.reply == "no" else None


def _told_apart(members: list[Told]) -> Flow[list[Told]]:
    """Each who sounds and is as old as somebody of her families: the same person, or another?"""
    known: dict[int, str] = {}
    alike = yield Do(Alike(tuple(members)))
    for one in alike or ():
        if one["of"] in known:
            continue
        member = one["member"]
        choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("same_person", "another_person"))
        args = {"new": line(members[one["of"]]), "old": line(member), "home": member["home"]["name"]}
        if (yield Ask("same_person", choices=choices, args=args, reads=_same_or_not)) == "same_person":
            known[one["of"]] = member["id"]
    return [one | ({"same_as": known[at]} if at in known else {}) for at, one in enumerate(members)]


def _same_or_not(heard: Heard) -> str | None:
    return {"yes": "same_person", "no": "another_person"}.get(heard.reply or "")


def my_families(page: int = 0) -> Flow[Then | None]:
    """Her families, a page at a time; a name that is typed finds the person."""
    found = yield Do(Homes(page))
    if not found or not found["homes"]:
        yield Say("family.none")
        return None
    labels = tuple(Choice(one["id"], {"t": "together.home", "args": _head(one)}) for one in found["homes"])
    more = (Choice("more", {"t": "choice.more_people"}),) if found["more"] else ()
    while True:
        answer = yield Ask("families", "text", (*labels, *more, Choice("leave", {"t": "choice.leave"})), reads=a_member)
        if answer == "leave":
            return None
        if answer == "more":
            return Then("families", {"page": page + 1})
        if isinstance(answer, str):
            return Then("home", {"home": answer})
        if (going := (yield from _found(answer["name"]))) is not None:
            return going


def _head(home: dict[str, Any]) -> dict[str, Any]:
    return {"name": home["name"] or "?", "count": home["count"]}


def _found(name: str) -> Flow[Then | None]:
    """The screen of whoever is called so; asked about if they are several."""
    members = (yield Do(FindMembers(name)))["members"]
    if not members:
        yield Say("member.not_found", {"name": name})
        return None
    if len(members) == 1:
        return Then("member", {"person": members[0]["id"]})
    labels = tuple(
        Choice(one["id"], {"t": "member.button_home", "args": button(one)["args"] | {"home": one["home"]["name"]}})
        for one in members
    )
    chosen = yield Ask("which_member", choices=(*labels, Choice("elsewhere", {"t": "choice.nobody_of_these"})))
    return None if chosen == "elsewhere" else Then("member", {"person": str(chosen)})


def one_home(home: str, page: int = 0) -> Flow[Then | None]:
    """One family: everybody in it, somebody ill, one more."""
    found = yield Do(Home(home))
    if not found or not found["members"]:
        yield Say("family.none")
        return None
    members = found["members"]
    shown = members[page * ON_A_SCREEN : (page + 1) * ON_A_SCREEN]
    acts = ["ill_now", "add_member", *(["more_people"] if len(members) > (page + 1) * ON_A_SCREEN else []), "leave"]
    choices = (
        *(Choice(one["id"], button(one)) for one in shown), *(Choice(id, {"t": f"choice.{id}"}) for id in acts)
    )  # fmt: skip
    args = {"name": found["name"], "members": {"list": [line(one) for one in shown], "join": "lines"}}
    wish = yield Ask("home", choices=choices, args=args)
    if wish == "leave":
        return None
    onward = {
        "ill_now": Then("together", {"home": home}), "add_member": Then("add_family", {"home": home}),
        "more_people": Then("home", {"home": home, "page": page + 1}),
    }  # fmt: skip
    return onward.get(str(wish)) or Then("member", {"person": str(wish)})
