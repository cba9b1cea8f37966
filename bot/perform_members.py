"""Actions of an ASHA worker about her families and who is in them. Storage refuses whatever is not hers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot import notices
from bot.perform import MEMBER_PURPOSES, Acting, performs, told_person
from flows import asha_actions as actions
from flows.abha import AADHAAR_DIGITS, DIGITS, is_abha
from nlu.member_dates import a_due_date
from nlu.members import as_json
from nlu.members import members as read_members
from nlu.names import asked_keys, given_keys, name_keys, surely
from nlu.spoken_digits import digits
from storage import consents, members, names, people
from storage.people import age_years
from storage.records import Person
from storage.zone import at, day_of

FOUND_SHOWN = 7
LATELY_SHOWN = 5
HOMES_ON_A_PAGE = 6
NEAR_YEARS, NEAR_YEARS_OF_A_CHILD, GROWN = 3.0, 1.5, 12.0
"""Ages so far apart may be one person's: people say them in round numbers."""


EVER = datetime(2020, 1, 1, tzinfo=UTC)
"""Before anything was kept."""


@performs(actions.ReadMembers)
def _read(acting: Acting, action: actions.ReadMembers) -> Any:
    acting.staff_id("asha")
    read = read_members(action.text, acting.today)
    return {"members": [as_json(told) for told in read.members], "unread": read.unread, "facts": read.facts}


@performs(actions.Alike)
def _alike(acting: Acting, action: actions.Alike) -> Any:
    staff_id = acting.staff_id("asha")
    return [
        {"of": at, "member": _member(acting, known)}
        for at, told in enumerate(action.members)
        for known in _like(acting, staff_id, told)[:2]
    ]


def _like(acting: Acting, staff_id: str, told: dict[str, Any]) -> list[Person]:
    """Who may be this one already: the same ABHA number, or a given name that sounds alike and an age that is near."""
    same = members.by_abha(acting.s, staff_id, told["abha"]) if told.get("abha") else None
    if same:
        return [people.person(acting.s, same)]
    given = given_keys(told["name"])
    found = (people.person(acting.s, id) for id in names.find(acting.s, staff_id, given))
    return [one for one in found if one.name and given & given_keys(one.name) and _may_be(acting, one, told)]


def _may_be(acting: Acting, known: Person, told: dict[str, Any]) -> bool:
    if known.sex and told.get("sex") and known.sex != told["sex"]:
        return False
    before, now = age_years(known, acting.today), told.get("age_years")
    if before is None or now is None:
        return True
    near = NEAR_YEARS if max(before, now) >= GROWN else NEAR_YEARS_OF_A_CHILD
    return bool(abs(before - now) <= near)


@performs(actions.SaveMembers)
def _save(acting: Acting, action: actions.SaveMembers) -> Any:
    staff_id = acting.staff_id("asha")
    if action.home:
        members.require_home(acting.s, staff_id, action.home)
    for known in filter(None, (told.get("same_as") for told in action.members)):
        members.require_hers(acting.s, staff_id, known)
    home = action.home or people.save_household(acting.s, staff_id, action.members[0]["name"], acting.now)
    return {
        "home": home,
        "members": [_kept(acting, staff_id, home, told, at) for at, told in enumerate(action.members)],
    }


def _kept(acting: Acting, staff_id: str, home: str, told: dict[str, Any], at: int) -> str:
    """One member written down, or known already: changed and brought into this family. Kept in the order told."""
    known = told.get("same_as")
    if known:
        members.move(acting.s, staff_id, known, home, acting.now)
        _change(acting, staff_id, known, {key: value for key, value in told.items() if key != "name"})
        return str(known)
    relation = told.get("relation") or "other"
    said = (told["name"], told.get("age_years"), told.get("sex"), relation, told.get("pregnant"), None)
    person = people.save_person(acting.s, acting.chat, home, *said, acting.now + timedelta(microseconds=at))
    names.put(acting.s, person, name_keys(told["name"]))
    _change(acting, staff_id, person, {key: told[key] for key in _LATER if told.get(key) is not None})
    return person


_LATER = ("phone", "due_date", "high_risk", "illnesses", "lang", "abha")
"""What is told of a new member and written beside its name, age and sex."""
_OF_PERSON = ("name", "phone", "age_years", "sex", "pregnant", "recent_delivery")


def _change(acting: Acting, staff_id: str, person: str, said: dict[str, Any]) -> None:
    members.require_hers(acting.s, staff_id, person)
    if said.get("pregnant") is False:
        members.not_pregnant(acting.s, staff_id, person, acting.now)
    people.update_person(acting.s, person, acting.now, **{key: said[key] for key in _OF_PERSON if key in said})
    due = {"due_date": date.fromisoformat(said["due_date"])} if said.get("due_date") else {}
    later = {key: said[key] for key in ("high_risk", "illnesses", "lang", "abha") if key in said}
    members.write(acting.s, staff_id, person, acting.now, **later, **due)
    if said.get("name"):
        names.put(acting.s, person, name_keys(said["name"]))


@performs(actions.ChangeMember)
def _change_member(acting: Acting, action: actions.ChangeMember) -> bool:
    _change(acting, acting.staff_id("asha"), action.person, action.said)
    return True


@performs(actions.MoveMember)
def _move(acting: Acting, action: actions.MoveMember) -> bool:
    staff_id = acting.staff_id("asha")
    members.require_hers(acting.s, staff_id, action.person)
    name = people.person(acting.s, action.person).name
    home = action.home or people.save_household(acting.s, staff_id, name, acting.now)
    members.move(acting.s, staff_id, action.person, home, acting.now)
    return True


@performs(actions.RemoveMember)
def _remove(acting: Acting, action: actions.RemoveMember) -> bool:
    freed = members.leave(acting.s, acting.staff_id("asha"), action.person, acting.now)
    notices.offer_on(acting.s, freed, acting.now)
    return True


@performs(actions.FindMembers)
def _find(acting: Acting, action: actions.FindMembers) -> Any:
    """Those of whom the most words were said; in a sentence, only whose given name was."""
    asked, staff_id = asked_keys(action.text), acting.staff_id("asha")
    keys = [key for keys in asked for key in keys]
    found = names.find(acting.s, staff_id, keys)
    if keys and not found and _keyed_anew(acting, staff_id):
        found = names.find(acting.s, staff_id, keys)
    ranked = []
    for person in (people.person(acting.s, id) for id in found):
        name = person.name or ""
        given = given_keys(name)
        own = set(name_keys(name))
        words = sum(not own.isdisjoint(keys) for keys in asked)
        if not action.given or any(not given.isdisjoint(keys) for keys in asked):
            ranked.append((surely(name, action.text), words, person))
    best = max((words for _, words, _ in ranked), default=0)
    ranked = sorted((one for one in ranked if one[1] == best), key=lambda one: (not one[0], one[2].id))
    sure = [one for one in ranked if one[0]]
    shown = sure or ranked
    return {"members": [_member(acting, one[2]) for one in shown[:FOUND_SHOWN]], "sure": bool(sure)}


def _keyed_anew(acting: Acting, staff_id: str) -> bool:
    """Keys for those of her people who came into her families without them; whether there were any."""
    bare = names.without_keys(acting.s, staff_id)
    for id in bare:
        names.put(acting.s, id, name_keys(people.person(acting.s, id).name or ""))
    return bool(bare)


@performs(actions.Lately)
def _lately(acting: Acting, _action: actions.Lately) -> Any:
    found = members.lately(acting.s, acting.staff_id("asha"), LATELY_SHOWN)
    return [told_person(acting, person) for person in found]


@performs(actions.Homes)
def _homes(acting: Acting, action: actions.Homes) -> Any:
    first = action.page * HOMES_ON_A_PAGE
    found = members.homes(acting.s, acting.staff_id("asha"), first, HOMES_ON_A_PAGE + 1)
    shown = [{"id": one.id, "name": one.name, "count": one.members} for one in found[:HOMES_ON_A_PAGE]]
    return {"homes": shown, "more": len(found) > HOMES_ON_A_PAGE}


@performs(actions.Home)
def _home(acting: Acting, action: actions.Home) -> Any:
    staff_id = acting.staff_id("asha")
    home = members.home(acting.s, staff_id, action.home)
    found = [one for one in people.members(acting.s, staff_id, action.home) if one.name is not None]
    return {"id": home.id, "name": home.name, "members": [_full(acting, staff_id, one) for one in found]}


@performs(actions.MemberCard)
def _card(acting: Acting, action: actions.MemberCard) -> Any:
    staff_id = acting.staff_id("asha")
    members.require_hers(acting.s, staff_id, action.person)
    person = people.person(acting.s, action.person)
    given = consents.standing(acting.s, person.id, acting.chat, MEMBER_PURPOSES[0], EVER)
    return _full(acting, staff_id, person) | _at_home(acting, person) | {"agreed": given is not None}


def _full(acting: Acting, staff_id: str, person: Person) -> dict[str, Any]:
    kept = members.details(acting.s, staff_id, person.id, acting.now)
    also = {"high_risk": kept.high_risk, "illnesses": list(kept.illnesses), "lang": kept.lang, "abha": kept.abha}
    return told_person(acting, person) | also


def _member(acting: Acting, person: Person) -> dict[str, Any]:
    return told_person(acting, person) | _at_home(acting, person)


def _at_home(acting: Acting, person: Person) -> dict[str, Any]:
    assert person.household_id is not None
    home = members.home(acting.s, acting.staff_id("asha"), person.household_id)
    return {"home": {"id": home.id, "name": home.name or "?"}}


@performs(actions.ReadDue)
def _due(acting: Acting, action: actions.ReadDue) -> Any:
    day = a_due_date(action.text, acting.today)
    return {"due_date": day.isoformat()} if day else None


@performs(actions.ReadAbha)
def _abha(acting: Acting, action: actions.ReadAbha) -> Any:
    told = digits(action.text)
    if is_abha(told):
        return {"abha": told}
    return {"refused": _WRONG.get(len(told), "length")}


_WRONG = {AADHAAR_DIGITS: "aadhaar", DIGITS: "check"}


@performs(actions.AgreedToday)
def _agreed_today(acting: Acting, action: actions.AgreedToday) -> bool:
    since = at(day_of(acting.now), time(0))
    return all(consents.standing(acting.s, action.person, acting.chat, one, since) for one in MEMBER_PURPOSES)


@performs(actions.EndConsent)
def _end(acting: Acting, action: actions.EndConsent) -> int:
    return consents.end(acting.s, action.person, acting.chat, acting.now)
