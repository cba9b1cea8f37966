"""What somebody got by one call, and what it changed; then all of it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection

from bot.permissions import Rule
from storage import audit
from storage.changes import Impossible
from storage.records import NotAllowed, Refusal, Unknown
from storage.session import Database
from tests.permissions.world import MEMBER, PATIENT, Cast, theirs

REFUSED = "refused"
BY_AREA = {"calls.close", "CallEnded", "call_made", "not_reached", "asha_lists.to_call", "CallsToMake"}
"""Of a patient without an ASHA worker of their own those of the area are asked to call."""


NUMBERS = {
    "day.sittings", "Sittings", "HubSessions", "FollowUps", "asha_lists.absent", "Absent", "names.without_keys",
}  # fmt: skip
"""Lists that name nobody, or nobody today."""


@dataclass(frozen=True)
class Reached:
    """What a call gave (REFUSED if it was not allowed), whether this person's rows changed, how much the audit grew."""

    got: Any
    changed: bool
    traced: int

    @property
    def refused(self) -> bool:
        """Nothing was given and nothing of theirs was changed."""
        nothing = self.got is REFUSED or isinstance(self.got, Refusal) or not self.got
        return nothing and not self.changed


class _Undone(Exception):
    def __init__(self, reached: Reached) -> None:
        self.reached = reached


def reach(db: Database, cast: Cast, person: str, call: Callable[[Connection], Any]) -> Reached:
    """One call in a transaction that is rolled back."""

    def tried(s: Connection) -> NoReturn:
        before, entries = theirs(s, cast, person), len(s.info[audit.LAST])
        try:
            got = call(s)
        except (NotAllowed, Unknown, Impossible):
            got = REFUSED
        raise _Undone(Reached(got, theirs(s, cast, person) != before, len(s.info[audit.LAST]) - entries))

    try:
        db.call(tried)
    except _Undone as undone:
        return undone.reached
    raise AssertionError


def names(got: Any, cast: Cast, person: str) -> bool:
    """Whether what was given names this person, or anything of theirs."""
    name = PATIENT if person == cast.patient else MEMBER
    marks = (name, person, *(cast.of[person][what] for what in ("booking", "offer", "consult", "call")))
    return any(mark in repr(got) for mark in (*marks, *([cast.household] if person == cast.member else [])))


def expected(name: str, rule: Rule, role: str, cast: Cast, person: str) -> str:
    """What the table says of a role and a person: a patient has no part in the member, an ASHA none in the patient."""
    word = rule.of(role)
    own = {"patient": cast.patient, "asha": cast.member}.get(role, person)
    if word != "yes" or own == person or name in BY_AREA:
        return word
    return "own" if role in rule.own else "no"


def fault(name: str, rule: Rule, role: str, cast: Cast, person: str, found: Reached) -> str | None:
    """How what was reached differs from the table, or None."""
    word = expected(name, rule, role, cast, person)
    is_owner = (role, person) in (("patient", cast.patient), ("asha", cast.member))
    if word == "yes":
        wrong = found.got is REFUSED or isinstance(found.got, Refusal)
        wrong |= role in rule.own and name not in NUMBERS and not names(found.got, cast, person)
    elif word == "no":
        wrong = not found.refused
    else:
        wrong = found.got is REFUSED or (not is_owner and (found.changed or names(found.got, cast, person)))
    whose = "patient" if person == cast.patient else "member"
    return f"{name} by {role} of the {whose}: {word} in the table, {found}" if wrong else None
