"""Every action that a flow may ask for, performed for everybody: as the table says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

import bot.handle  # noqa: F401  (it registers what performs them)
from bot.perform import _PERFORMERS, Acting, perform
from bot.permissions import ACTIONS, ROLES
from bot.trace import NAMES_NOBODY
from flows.asha_actions import SaveMembers
from flows.summary_actions import Favourites
from flows.talk import Action
from storage import people
from storage.session import Database
from storage.tables import Household, Person
from tests.permissions.reach import expected, fault, reach
from tests.permissions.world import OFTEN, Cast, cast, chat
from tests.storage.conftest import NOW, db, migrated_file, postgres, ring, url  # noqa: F401

KINDS = {kind.__name__: kind for kind in _PERFORMERS}
LEAVES_A_TRACE = {"asha": ("yes", "own"), "officer": ("yes", "own"), "doctor": ("yes",), "coordinator": ("yes",)}
"""Of staff, what is in the audit; what doctors and coordinators do as anybody may, for themselves, is their own."""


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
                if expected(name, rule, role, people_, person) in LEAVES_A_TRACE.get(role, ()) and not found.traced:
                    untraced.add(name)
    assert [one for one in faults if one] == []
    assert untraced - {kind.__name__ for kind in NAMES_NOBODY} == LEFT_NO_TRACE.keys()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_a_doctor_writes_often_is_offered_to_that_doctor_alone(world: tuple[Database, Cast]) -> None:
    db, of = world  # noqa: F811
    offers = {role for role in ROLES if OFTEN in repr(reach(db, of, of.patient, performed(Favourites(), role)).got)}
    assert offers == {"doctor"}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_family_with_somebody_of_anothers_in_it_is_not_begun(world: tuple[Database, Cast]) -> None:
    """Refused as a whole: not those before the foreign one either, nor an empty household."""
    db, of = world  # noqa: F811
    save = SaveMembers(({"name": "New"}, {"name": "Taken", "same_as": of.member}))

    def kept(s: Connection, role: str) -> tuple[Any, int, int]:
        got = performed(save, role)(s)
        return got, *(s.scalar(select(func.count()).select_from(t)) or 0 for t in (Household, Person))

    assert db.call(kept, "other asha") == (None, 1, 2)
    assert db.call(kept, "asha")[1:] == (2, 3)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_one_reading_or_change_is_one_entry(world: tuple[Database, Cast]) -> None:
    """Of what storage writes into the audit itself, bot/trace.py writes nothing more."""
    db, of = world  # noqa: F811
    hers = (
        "Absent", "CallsToMake", "ChangeMember", "FindMembers", "FollowUpsDue", "Lately", "MemberCard", "Mothers",
        "MoveMember", "RemoveMember", "TodaysList",
    )  # fmt: skip
    for role, actions in (("asha", hers), ("officer", ("Observe", "SpokeToday"))):
        for name in actions:
            found = reach(db, of, of.member, performed(made(name, of, of.member), role))
            assert found.traced == (2 if name == "MoveMember" else 1), name  # and the new household


def fault_(name: str, role: str, of: Cast, person: str, found: Any) -> str | None:
    """As `fault`; but that nothing came of an action is its way to say that it is not allowed."""
    word = expected(name, ACTIONS[name], role, of, person)
    if word == "yes" and found.got is None and name not in NOTHING_TO_SAY:
        return f"{name} by {role}: allowed in the table, and came to nothing"
    return fault(name, ACTIONS[name], role, of, person, found)


LEFT_NO_TRACE = {
    "AcceptInvitation": "a guessed code: nothing was done",
    "DoctorHours": "the roster; no person",
    "HandOverTo": "kinds of doctor; no person",
    "HubSessions": "numbers; no person",
    "PlaceThere": "where there is a place; no person",
    "SessionEnds": "a time; no person",
    "Sittings": "numbers; no person",
}
"""Actions of staff that leave no entry in the audit, and why."""
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
        "AcceptInvitation": ("guess",), "EndAccess": (person,), "GiveCode": (person,), "Join": ("guess",),
        "LookAtCode": ("guess",),
        "SetPin": ("x" * 40,), "TakePinAway": ("guess",), "AcceptOffer": (has["offer"],), "Book": (has["held"],),
        "Alike": (({"name": has["name"], "age_years": 28, "sex": "female"},),), "AgreedToday": (person,),
        "ChangeMember": (person, {"name": "Other"}), "EndConsent": (person,), "FindMembers": (has["name"],),
        "Home": (has["home"],), "Homes": (0,), "MemberCard": (person,), "MoveMember": (person, None),
        "ReadAbha": ("5",), "ReadDue": ("5",), "ReadMembers": ("Test 3",), "RemoveMember": (person,),
        "SaveMembers": (({"name": "Test"}, {"name": "Test", "same_as": person}),),
        "SaveDraft": (has["booking"], written), "WriteAllergies": (has["booking"], ("dust",)),
        "HandOver": (has["booking"], "paediatrics", "x"), "PlaceThere": (has["booking"], "paediatrics"),
        "Observe": (has["booking"], {"temperature": 38.0}, "x"), "ReadGiven": ("guess",),
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
    about = [has[field] for field in KINDS[name].__dataclass_fields__ if field in ("booking", "consult")]
    fields = arguments.get(name, tuple(about))
    kind: Any = KINDS[name]
    action: Action = kind(*fields)
    return action
