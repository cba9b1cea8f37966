"""A family seen together: who, how each of them is, one time for all, one confirmation, a token each."""

from __future__ import annotations

from typing import Any

from flows.account import welcome
from flows.actions import Account, RecordConsent, RecordDecision
from flows.adult import OF_AGE
from flows.booking import brief, documents_of
from flows.day_actions import BookFamily, FamilyWindows, Households
from flows.day_words import together as whole_family
from flows.decide import Decision
from flows.heard import Heard
from flows.places import choose_spoke
from flows.plainwords import words
from flows.protocol import URGENCY, person_facts
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say
from flows.triage import interview
from flows.visit import FERTILE, WITHIN_DAYS, emergency, without_consent
from flows.windows import FAR_DAYS

AT_MOST = 10
GENERAL = "general_medicine"
Judged = list[tuple[Decision, str]]
"""Each one's decision, and the id under which it is kept."""


def together() -> Flow[None]:
    """Tokens next to each other for several of a family, for all of them or for none."""
    account = yield Do(Account())
    if not (yield from welcome(account)):
        return (yield from without_consent())
    homes = [home for home in (yield Do(Households())) if len(home["members"]) > 1]
    if not homes:
        yield Say("together.none")
        return None
    members = yield from _members(homes[0] if len(homes) == 1 else (yield from _home(homes)))
    judged = yield from _judge(members)
    if judged is None:
        return None
    if account["role"] == "asha":
        yield from _consents(members)
    spoke = yield from choose_spoke(None)
    if spoke is None:
        yield Say("booking.closed")
        return None
    yield from _book(members, judged, spoke)
    return None


def _home(homes: list[dict[str, Any]]) -> Flow[dict[str, Any]]:
    labels = tuple(Choice(home["id"], {"t": "together.home", "args": _home_args(home)}) for home in homes)
    chosen = yield Ask("which_home", choices=labels, reads=lambda heard: _named_home(heard, homes))
    return next(home for home in homes if home["id"] == chosen)


def _home_args(home: dict[str, Any]) -> dict[str, Any]:
    return {"name": home["name"], "count": len(home["members"])}


def _named_home(heard: Heard, homes: list[dict[str, Any]]) -> str | None:
    """The household of whose people one is named; None if none or several."""
    found = [home["id"] for home in homes if _named(heard, home["members"])]
    return found[0] if len(found) == 1 else None


def _named(heard: Heard, members: list[dict[str, Any]]) -> list[str]:
    said = words(heard.text)
    firsts = [(member["id"], words(str(member["name"]))[:1]) for member in members if "(" not in str(member["name"])]
    return [id for id, first in firsts if first and len(first[0]) > 2 and any(w.startswith(first[0]) for w in said)]


def _members(home: dict[str, Any]) -> Flow[list[dict[str, Any]]]:
    """Who of the household comes: all of it at a touch, or those who are ticked."""
    everybody = home["members"][:AT_MOST]

    def reads(heard: Heard) -> Any:
        if heard.reply == "yes" or whole_family(heard.text) or not _ALL.isdisjoint(words(heard.text)):
            return ["all"]
        return _named(heard, everybody) or Misfit("misfit.together")

    labels = (Choice("all", {"t": "choice.whole_family"}), *(Choice(one["id"], one["name"]) for one in everybody))
    ticked = yield Ask("together", "many", labels, reads=reads)
    return everybody if "all" in ticked else [one for one in everybody if one["id"] in ticked]


_ALL = frozenset(words("all everybody everyone sobai shobai sabai সবাই সকলে সবার"))


def _judge(members: list[dict[str, Any]]) -> Flow[Judged | None]:
    """How soon each of them has to be seen. An emergency comes first, and nothing is booked: None."""
    judged: Judged = []
    for number, one in enumerate(members, 1):
        yield Say("together.about", {"name": one["name"], "number": number, "count": len(members)})
        decision, facts = yield from interview(_about(one))
        assert decision.rule is not None and decision.level is not None
        if URGENCY[decision.level] <= URGENCY["emergency"]:
            yield from emergency(decision, facts)
            return None
        rule = decision.rule
        kept = RecordDecision(
            facts, decision.level, rule.specialty(facts), rule.id, rule.protocol.code, rule.protocol.data.version
        )
        judged.append((decision, str((yield Do(kept)))))
    return judged


def _about(one: dict[str, Any]) -> dict[str, Any]:
    """What is known of a member; where pregnancy can be and is not known, it stays open."""
    facts = person_facts(one["age_years"], one["sex"], None)
    if one["sex"] == "female" and one["age_years"] is not None and FERTILE[0] <= one["age_years"] <= FERTILE[1]:
        facts |= {"known_pregnancy": one["pregnant"], "recent_delivery": one["recent_delivery"] or False}
    return facts


def _consents(members: list[dict[str, Any]]) -> Flow[None]:
    """That they agree to what the ASHA books: one answer for the grown ones; for a minor it is an adult's."""
    grown = [one for one in members if (one["age_years"] or 0) >= OF_AGE]
    ways = ("patient_present", "patient_phone", "guardian") if grown else ("guardian",)
    choices = tuple(Choice(id, {"t": f"consent.{id}"}) for id in ways)
    answer = yield Ask("member_consent", choices=choices, text="ask.family_consent")
    how = "phone" if answer == "patient_phone" else "spoken"
    for one in members:
        by = "guardian" if answer == "guardian" or one not in grown else "patient"
        yield Do(RecordConsent(one["id"], by, how))


def _book(members: list[dict[str, Any]], judged: Judged, spoke: dict[str, Any]) -> Flow[None]:
    """One time for all, offered again while others are faster."""
    need, look = _need(judged), 0
    pairs = tuple((one["id"], kept) for one, (_, kept) in zip(members, judged, strict=True))
    while True:
        fit = yield from _time(spoke, need, len(members), look)
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


def _need(judged: Judged) -> dict[str, Any]:
    """The doctor for all of them, and within how many days: the shortest. Different needs go to the general doctor."""
    specialties = {decision.rule.specialty({}) for decision, _ in judged if decision.rule}
    levels = [decision.level or "self_care" for decision, _ in judged]
    return {
        "specialty": specialties.pop() if len(specialties) == 1 else GENERAL,
        "within_days": min(WITHIN_DAYS[level] for level in levels),
        "urgent": all(level == "consultation_24" for level in levels),
    }


def _time(spoke: dict[str, Any], need: dict[str, Any], size: int, look: int) -> Flow[dict[str, Any] | None]:
    """The time they choose; None if nothing fits or suits."""
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
    args = {"spoke": spoke["name"], "count": size}
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
