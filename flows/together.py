"""A family seen together: who, how each of them is, one time for all, one confirmation, a token each."""

from __future__ import annotations

from typing import Any

from flows.account import welcome
from flows.actions import Account
from flows.agreement import agreements
from flows.asha_actions import FindMembers, Home, Homes
from flows.asha_who import a_member, named
from flows.booking import brief, documents_of
from flows.day_actions import BookFamily, FamilyWindows, Households
from flows.day_words import together as whole_family
from flows.heard import Heard
from flows.places import choose_spoke
from flows.plainwords import words
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say
from flows.troubles import Judged, judge
from flows.visit import WITHIN_DAYS, without_consent
from flows.windows import FAR_DAYS

AT_MOST = 10
GENERAL = "general_medicine"
Told = dict[str, dict[str, Any]]
"""Person id -> facts that were told already."""


def together(home: str | None = None, ill: Told | None = None) -> Flow[None]:
    """Tokens next to each other for several of a family, for all of them or for none.

    `home`, `ill`: an ASHA worker's family, and those of it whose trouble was told with their names.
    """
    account = yield Do(Account())
    if not (yield from welcome(account)):
        return (yield from without_consent())
    family = yield from _family(home, account["role"])
    if family is None:
        yield Say("together.none")
        return None
    asha = account["role"] == "asha"
    members = _told_ill(family, ill) if ill else (yield from _members(family, asha=asha))
    agreed = (yield from agreements(members)) if asha else True
    judged = yield from judge(members, ill or {}, agreed=agreed, asha=asha)
    groups = (yield from _groups(judged, asha=asha)) if judged else []
    if not agreed or not groups:
        yield Say("together.told" if judged else "together.all_sent")
        return None
    spoke = yield from choose_spoke(None)
    if spoke is None:
        yield Say("booking.closed")
        return None
    for group in (yield from _at_once(groups, spoke)):
        yield from _book(group, spoke)
    return None


def _at_once(groups: list[list[Judged]], spoke: dict[str, Any]) -> Flow[list[list[Judged]]]:
    """All in one group where there is room for all as soon as the first of them must be seen: one way for a family.

    Places that are kept for who must be seen within a day are not taken for the others.
    """
    whole = [one for group in groups for one in group]
    need = _need(whole)
    fits = len(groups) > 1 and (
        yield Do(FamilyWindows(spoke["id"], need["specialty"], len(whole), need["within_days"]))
    )
    return [whole] if fits else groups


def _family(home: str | None, role: str) -> Flow[dict[str, Any] | None]:
    """The family meant: an ASHA worker's is chosen or named, an account has one."""
    if role == "asha":
        home = home or (yield from _which_home())
        found = (yield Do(Home(home))) if home else None
    else:
        found = next((one for one in (yield Do(Households())) if len(one["members"]) > 1), None)
    return dict(found) if found and found["members"] else None


def _which_home() -> Flow[str | None]:
    """One of her families, by a tap or by somebody's name."""
    homes = ((yield Do(Homes(0))) or {"homes": []})["homes"]
    if len(homes) < 2:
        return homes[0]["id"] if homes else None
    labels = tuple(Choice(home["id"], {"t": "together.home", "args": _home_args(home)}) for home in homes)
    while True:
        chosen = yield Ask("which_home", "text", labels, reads=a_member)
        if isinstance(chosen, str):
            return chosen
        member = yield from named(chosen["name"])
        if member is not None:
            return str(member["home"]["id"])


def _home_args(home: dict[str, Any]) -> dict[str, Any]:
    return {"name": home["name"] or "?", "count": home["count"]}


def _told_ill(family: dict[str, Any], ill: Told) -> list[dict[str, Any]]:
    return [one for one in family["members"] if one["id"] in ill][:AT_MOST]


def _groups(judged: list[Judged], *, asha: bool) -> Flow[list[list[Judged]]]:
    """Who goes together: those of today, then those of this week; who can be cared for at home only if wanted.

    An account's own family goes together whatever the urgency, as it asked.
    """
    if not asha:
        return [judged]
    lines = [{"t": "together.outcome", "args": _outcome(one)} for one in judged]
    yield Say("together.outcomes", {"lines": {"list": lines, "join": "lines"}})
    if not any(one.decision_id for one in judged):
        return []
    at_home = [one for one in judged if one.level == "self_care"]
    groups = [[one for one in judged if one.level == level] for level in ("consultation_24", "consultation")]
    if at_home:
        names = {"names": {"list": [one.person["name"] for one in at_home], "join": "comma"}}
        choices = (Choice("yes", {"t": "choice.token_too"}), Choice("no", {"t": "choice.at_home"}))
        if (yield Ask("token_too", "yes_no", choices, args=names)) == "yes":
            groups[1] += at_home
    return [group for group in groups if group]


def _outcome(one: Judged) -> dict[str, Any]:
    rule = one.decision.rule
    assert rule is not None
    return {
        "name": one.person["name"], "level": {"t": f"level.{one.level}"},
        "specialty": {"t": f"specialty.{rule.specialty(one.facts)}"}, "return_if": rule.return_if.model_dump(),
    }  # fmt: skip


def _named(heard: Heard, members: list[dict[str, Any]]) -> list[str]:
    said = words(heard.text)
    firsts = [(member["id"], words(str(member["name"]))[:1]) for member in members if "(" not in str(member["name"])]
    return [id for id, first in firsts if first and len(first[0]) > 2 and any(w.startswith(first[0]) for w in said)]


def _members(home: dict[str, Any], *, asha: bool) -> Flow[list[dict[str, Any]]]:
    """Who of the household comes: all of it at a touch, those who are ticked, or those who are named."""
    everybody = home["members"][:AT_MOST]

    def reads(heard: Heard) -> Any:
        if heard.reply == "yes" or whole_family(heard.text) or not _ALL.isdisjoint(words(heard.text)):
            return ["all"]
        if named_here := _named(heard, everybody):
            return named_here
        return a_member(heard) if asha else Misfit("misfit.together")

    labels = (Choice("all", {"t": "choice.whole_family"}), *(Choice(one["id"], one["name"]) for one in everybody))
    while True:
        ticked = yield Ask("together", "many", labels, "ask.who_is_ill" if asha else "ask.together", reads=reads)
        if isinstance(ticked, dict):  # by sound, in the other script
            ticked = [one["id"] for one in (yield Do(FindMembers(ticked["name"])))["members"]]
        chosen = everybody if "all" in ticked else [one for one in everybody if one["id"] in ticked]
        if chosen:
            return chosen
        yield Say("misfit.together")


_ALL = frozenset(words("all everybody everyone sobai shobai sabai সবাই সকলে সবার"))


def _book(judged: list[Judged], spoke: dict[str, Any]) -> Flow[None]:
    """One time for all, offered again while others are faster."""
    members, need, look = [one.person for one in judged], _need(judged), 0
    pairs = tuple((one.person["id"], one.decision_id) for one in judged)
    while True:
        fit = yield from _time(spoke, need, members, look)
        if fit is None:
            return
        choices = (Choice("yes", {"t": "choice.book"}), Choice("no", {"t": "choice.not_now"}))
        if (yield Ask("confirm", "yes_no", choices, "ask.confirm_together", _shown(members, spoke, fit))) != "yes":
            yield Say("booking.closed")
            return
        made = yield Do(BookFamily(pairs, tuple(fit["windows"]), spoke["id"]))
        if isinstance(made, list):
            yield from _tokens(made)
            return
        look += 1
        if made["name"]:
            yield Say(f"together.refused_{made['refused']}", {"name": made["name"]})
            return
        yield Say(f"booking.refused_{made['refused']}")


def _need(judged: list[Judged]) -> dict[str, Any]:
    """The doctor for all of them, and within how many days: the shortest. Different needs go to the general doctor."""
    specialties = {one.decision.rule.specialty(one.facts) for one in judged if one.decision.rule}
    return {
        "specialty": specialties.pop() if len(specialties) == 1 else GENERAL,
        "within_days": min(WITHIN_DAYS[one.level] for one in judged),
        "urgent": all(one.level == "consultation_24" for one in judged),
    }


def _time(
    spoke: dict[str, Any], need: dict[str, Any], members: list[dict[str, Any]], look: int
) -> Flow[dict[str, Any] | None]:  # fmt: skip
    """The time they choose; None if nothing fits or suits."""
    size = len(members)
    soon, far = need["within_days"], FAR_DAYS + look  # another number of days: looked at anew after a refusal
    fits = yield Do(FamilyWindows(spoke["id"], need["specialty"], size, soon, need["urgent"]))
    if look or not fits:
        fits = yield Do(FamilyWindows(spoke["id"], need["specialty"], size, far, need["urgent"]))
        if fits and not look:
            yield Say("window.none_soon" if soon <= 1 else "window.none_week")
    if not fits:
        yield Say("together.no_room", {"count": size})
        return None
    labels = tuple(Choice(fit["id"], {"span": [fit["starts_at"], fit["ends_at"]]}) for fit in fits)
    args = {"spoke": spoke["name"], "count": size, "names": {"list": [one["name"] for one in members], "join": "comma"}}
    chosen = yield Ask(
        "family_window", choices=(*labels, Choice("not_now", {"t": "choice.not_now"})), args=args, reads=_not_now
    )
    if chosen == "not_now":
        yield Say("booking.closed")
        return None
    return dict(next(fit for fit in fits if fit["id"] == chosen))


def _not_now(heard: Heard) -> str | None:
    return "not_now" if heard.reply == "no" else None


def _shown(members: list[dict[str, Any]], spoke: dict[str, Any], fit: dict[str, Any]) -> dict[str, Any]:
    return {
        "names": {"list": [one["name"] for one in members], "join": "comma"}, "spoke": spoke["name"],
        "window": {"span": [fit["starts_at"], fit["ends_at"]]}, "hub": fit["hub"],
        "specialty": {"t": f"specialty.{fit['specialty']}"}, "count": len(members),
    }  # fmt: skip


def _tokens(made: list[dict[str, Any]]) -> Flow[None]:
    """Every token, each with its card."""
    first = made[0]
    lines = [{"t": "together.token", "args": {key: one[key] for key in ("token", "name")}} for one in made]
    documents = tuple(document for one in made for document in documents_of(one) if document["kind"] == "token_card")
    args = {
        "tokens": {"list": lines, "join": "lines"}, "spoke": first["spoke"], "hub": first["hub"],
        "when": {"span": [first["starts_at"], made[-1]["ends_at"]]},
        "specialty": {"t": f"specialty.{first['specialty']}"},
    }  # fmt: skip
    yield Say("together.booked", args, documents, {"booking": brief(first)})
