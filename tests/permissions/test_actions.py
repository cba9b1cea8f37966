"""Every action that a flow may ask for, performed for everybody: as the table says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

import bot.handle  # noqa: F401  (it registers what performs them)
from bot.perform import _PERFORMERS, Acting, perform
from bot.permissions import ACTIONS, ROLES
from bot.trace import NAMES_NOBODY, WRITES_ITS_OWN
from bot.trace import ROLES as TRACED
from flows.talk import Action
from storage import people
from storage.session import Database
from tests.permissions.reach import expected, fault, reach
from tests.permissions.world import Cast, cast, chat
from tests.storage.conftest import NOW, db, migrated_file, postgres, ring, url  # noqa: F401

KINDS = {kind.__name__: kind for kind in _PERFORMERS}


def test_every_action_is_in_the_table() -> None:
    assert set(KINDS) == set(ACTIONS)


@pytest.fixture
def world(db: Database) -> tuple[Database, Cast]:  # noqa: F811
    return db, db.call(cast)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_table_holds(world: tuple[Database, Cast]) -> None:
    db, people_ = world  # noqa: F811
    faults, untraced = [], set()
    for name, rule in ACTIONS.items():
        for person in (people_.patient, people_.member):
            for role in ROLES:
                found = reach(db, people_, person, performed(made(name, people_, person), role))
                faults.append(fault_(name, role, people_, person, found))
                if role == "asha" and expected(name, rule, role, people_, person) != "no" and not found.traced:
                    untraced.add(name)
    assert [one for one in faults if one] == []
    left_alone = {kind.__name__ for kind in NAMES_NOBODY}
    assert untraced <= left_alone | {kind.__name__ for kind in WRITES_ITS_OWN}
    assert {"OpenCase", "TodaysList"} & left_alone == set() and "asha" in TRACED


def fault_(name: str, role: str, of: Cast, person: str, found: Any) -> str | None:
    """As `fault`; but that nothing came of an action is its way to say that it is not allowed."""
    word = expected(name, ACTIONS[name], role, of, person)
    if word == "yes" and found.got is None and name not in NOTHING_TO_SAY:
        return f"{name} by {role}: allowed in the table, and came to nothing"
    return fault(name, ACTIONS[name], role, of, person, found)


NOTHING_TO_SAY = {"CallMe", "Release", "RecordConsent", "LeaveWaiting", "Missed"}
"""Actions whose result is None though they were done; and Missed, which asks for somebody who did not come."""


def performed(action: Action, role: str) -> Callable[[Connection], Any]:
    """The action as the handler would have it performed for this role."""

    def call(s: Connection) -> Any:
        return perform(Acting(s, chat(role), people.account(s, chat(role)), NOW, f"{chat(role)}:1"), action)

    return call


def made(name: str, of: Cast, person: str) -> Action:
    """The action, about this person and what is theirs."""
    has = of.of[person]
    session, window = has["session"], str(has["window"])
    close = {"kind": "close", "session": session}
    written = {"diagnosis": "x", "complaints": "x", "findings": "", "medicines": [], "advice": "x"}
    arguments: dict[str, tuple[Any, ...]] = {
        "AcceptInvitation": ("guess",), "AcceptOffer": (has["offer"],), "Book": (has["held"],),
        "AddHousehold": (({"name": "Test", "age_years": 3, "sex": "male"},),),
        "BookFamily": (((person, None),), (window,), "spoke-1"), "ByToken": (has["token"],),
        "CallEnded": (has["call"], "done"), "CallNext": (session,), "FamilyWindows": ("spoke-1", "x", 2, 7),
        "FindPlaces": ("memari",), "FollowUps": ("2026-12-01",), "FreeWindows": ("spoke-1", "general_medicine", 7),
        "GiveConsent": ("1", ("triage",)), "Hold": (person, window, "spoke-1", None), "HubSessions": (0,),
        "JoinWaiting": (person, "spoke-1", "general_medicine", None, 7), "LeaveWaiting": (has["waiting"],),
        "WaitedFor": (has["waiting"],), "Line": (session,), "SessionEnds": (session,), "DeclineOffer": (has["offer"],),
        "CorrectPerson": (person, "Other"),
        "AnswerComplaint": (has["complaint"], "x"), "ApproveInvitation": (of.invitation,), "Complain": ("other", "x"),
        "EndEnrolment": (of.staff["doctor"],), "EndInvitation": (of.invitation,), "EnrolWhere": ("asha",),
        "Invite": ("coordinator", "Test", None), "SafetyBoard": (7,), "DoctorHours": ("dr-1", 0),
        "TryHours": ("dr-1", 0, (), "2026-11-23"),
        "SetHours": ("dr-1", 0, (), "2026-11-23"), "Reopen": (of.closed,),
        "NearestEmergency": (23.2, 87.8), "NearestSpokes": (23.2, 87.8), "RecordConsent": (person, "self", "in_person"),
        "PreviewSummary": (has["booking"], written), "SignSummary": (has["booking"], written),
        "RecordDecision": ({}, "consultation", "general_medicine", "r", "fever", "1"), "RefuseConsent": ("1",),
        "Release": (has["held"],), "Replan": (close,), "TryReplan": (close,), "SetLanguage": ("bn",),
        "SavePerson": ("Test", 3, "male", "child"), "SetStatus": (has["booking"], "noshow"),
        "TellAgain": (has["letter"],), "Want": (("reminders",), True),
    }  # fmt: skip
    about_a_booking = {"booking"} & set(getattr(KINDS[name], "__dataclass_fields__", {}))
    fields = arguments.get(name, (has["booking"],) if about_a_booking else ())
    kind: Any = KINDS[name]
    action: Action = kind(*fields)
    return action
