"""One action of a flow -> storage -> its JSON result. What flows may do is what stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.moments import ZONE
from bot.trace import entry
from flows import actions
from flows.privacy_notice import notice
from flows.talk import Action
from nlu.names import name_keys
from storage import audit, decisions, erase, names, people, staff
from storage.people import age_years, is_pregnant, recently_delivered
from storage.records import Account, NotAllowed, Person, Unknown

log = structlog.get_logger()
A = TypeVar("A", bound=Action)


@dataclass(frozen=True)
class Acting:
    """For whom an action is done: the open transaction, the chat, its account (None: it never wrote), the time."""

    s: Connection
    chat: str
    account: Account | None
    now: datetime
    key: str  # of the message that brings it about: the same message again does the same thing once
    forgotten: list[datetime] = field(default_factory=list)  # when the chat's conversation was deleted in this turn

    @property
    def today(self) -> Any:
        """The date in West Bengal."""
        return self.now.astimezone(ZONE).date()

    def staff_id(self, *roles: str) -> str:
        """The acting member of staff; raises NotAllowed for anybody else."""
        if self.account is None or self.account.role not in roles or self.account.staff_id is None:
            raise NotAllowed(f"{self.chat} is not enrolled as {' or '.join(roles)}")
        return self.account.staff_id


MEMBER_PURPOSES = ("triage", "booking")
"""What a member of a family consents to when somebody else writes for them."""
_WHO = {"patient": "self"}
_HOW = {"spoken": "in_person", "phone": "by_phone"}
Performer = Callable[[Acting, Any], Any]
_PERFORMERS: dict[type[Action], Performer] = {}


def performs(kind: type[A]) -> Callable[[Callable[[Acting, A], Any]], Callable[[Acting, A], Any]]:
    """Register a function as what performs this kind of action."""

    def register(f: Callable[[Acting, A], Any]) -> Callable[[Acting, A], Any]:
        _PERFORMERS[kind] = f
        return f

    return register


def perform(acting: Acting, action: Action) -> Any:
    """The JSON result of an action. What is not allowed, or about nothing there is, comes to nothing: None."""
    try:
        result = _PERFORMERS[type(action)](acting, action)
    except NotAllowed:
        metrics.REFUSED.labels(type(action).__name__).inc()
        log.warning("refused", action=type(action).__name__, role=acting.account.role if acting.account else None)
        return None
    except Unknown:
        return None
    if left := entry(acting.account, action):
        audit.append(acting.s, *left, acting.now)
    return result


@performs(actions.Account)
def _account(acting: Acting, _action: actions.Account) -> Any:
    known = people.account(acting.s, acting.chat)
    if known is None:
        return {"lang": None, "consented": False, "refused": False, "role": "patient", "purposes": []}
    consented = known.consent_version == notice().version or known.role != "patient"
    purposes = [one for one in notice().purposes if known.role != "patient" or one in known.consent_purposes]
    told = {"lang": known.lang, "consented": consented, "refused": known.refused, "role": known.role}
    return told | {"purposes": purposes if consented else []}


@performs(actions.SetLanguage)
def _language(acting: Acting, action: actions.SetLanguage) -> None:
    people.set_language(acting.s, acting.chat, action.lang, acting.now)


@performs(actions.GiveConsent)
def _consent(acting: Acting, action: actions.GiveConsent) -> None:
    people.give_consent(acting.s, acting.chat, action.version, action.purposes, "button", acting.now)


@performs(actions.RefuseConsent)
def _refuse(acting: Acting, _action: actions.RefuseConsent) -> None:
    people.refuse_consent(acting.s, acting.chat, acting.now)


@performs(actions.Family)
def _family(acting: Acting, _action: actions.Family) -> Any:
    return [told_person(acting, person) for person in people.family(acting.s, acting.chat)]


def told_person(acting: Acting, person: Person) -> dict[str, Any]:
    """A person as flows know them."""
    age, due = age_years(person, acting.today), person.due_date
    expecting = {"due_date": due.isoformat(), "weeks_pregnant": _weeks(due, acting.today)} if due else {}
    return expecting | {
        "id": person.id, "name": person.name, "age_years": None if age is None else round(age, 3), "sex": person.sex,
        "relation": "self" if person.own_chat == acting.chat else (person.relation or "other"),
        "pregnant": is_pregnant(person, acting.today), "recent_delivery": recently_delivered(person, acting.today),
    }  # fmt: skip


def _weeks(due: date, today: date) -> int:
    return max(0, 40 - (due - today).days // 7)


@performs(actions.SavePerson)
def _save(acting: Acting, action: actions.SavePerson) -> str:
    said = (action.name, action.age_years, action.sex, action.relation, action.pregnant, action.recent_delivery)
    household = None
    if acting.account and acting.account.role == "asha":
        household = people.save_household(acting.s, acting.staff_id("asha"), None, acting.now)
    person = people.save_person(acting.s, acting.chat, household, *said, acting.now)
    if household:
        names.put(acting.s, person, name_keys(action.name))
    if action.consent:
        _agreed(acting, person, action.consent["given_by"], action.consent["how"])
    return person


@performs(actions.RecordConsent)
def _record_consent(acting: Acting, action: actions.RecordConsent) -> None:
    _agreed(acting, action.person, action.given_by, action.how)


def _agreed(acting: Acting, person: str, given_by: str, how: str) -> None:
    said = (_WHO.get(given_by, given_by), _HOW.get(how, how))
    people.record_consent(acting.s, person, *said, MEMBER_PURPOSES, acting.chat, acting.now)


@performs(actions.RecordDecision)
def _decision(acting: Acting, action: actions.RecordDecision) -> str | None:
    known = people.account(acting.s, acting.chat)
    if known and known.refused:
        return None  # nothing is kept of who refused, an emergency included
    rule = (action.level, action.rule, action.protocol, action.version, action.specialty)
    if action.person:
        people.require(acting.s, acting.chat, action.person)
    return decisions.record(acting.s, action.person, acting.chat, action.facts, *rule, acting.now)


@performs(actions.Forget)
def _forget(acting: Acting, _action: actions.Forget) -> None:
    erase.forget(acting.s, acting.chat, acting.now)
    acting.forgotten.append(acting.now)


@performs(actions.AcceptInvitation)
def _invitation(acting: Acting, action: actions.AcceptInvitation) -> Any:
    accepted = staff.accept(acting.s, action.code, acting.chat, acting.now)
    if accepted is None:
        metrics.REFUSED.labels("AcceptInvitation").inc()
        log.warning("invitation refused")
    return {"role": accepted.role, "name": accepted.name} if accepted else None
