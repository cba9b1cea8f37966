"""Every function of storage that is told who acts, called by everybody: as the table says, and nothing else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

import storage
from bot.permissions import ALL, INNER, ROLES, STORAGE, Rule
from nlu.names import name_keys
from storage import people, scope
from storage.changes import CloseSession
from storage.records import NotAllowed
from storage.session import Database
from storage.tables import Staff
from tests.permissions.reach import expected, fault, names, reach
from tests.permissions.world import ABHA, Cast, cast, chat
from tests.storage.conftest import NOW, db, migrated_file, postgres, ring, url  # noqa: F401
from tests.storage.world import MONDAY

WHO = {"staff_id", "chat", "by", "owner_chat", "recorded_by", "made_by", "who"}
"""Names of a parameter that says who acts."""
TRACED_ELSEWHERE = {
    "asha_lists.count_calls": "numbers; no person",
    "asha_lists.follow_ups_due": "follow_ups writes it; else a list that is made for her",
    "asha_lists.numbers": "numbers; no person",
    "changes.scope": "affected and make write it",
    "consults.may_write": "the check itself",
    "day.sittings": "numbers; no person",
    "handing.place": "where there is a place; no person",
    "handing.specialties": "kinds of doctor; no person",
    "members.by_abha": "bot/trace.py",
    "members.home": "bot/trace.py",
    "members.homes": "bot/trace.py",
    "members.lately": "bot/trace.py",
    "members.require_hers": "the check itself",
    "members.require_home": "the check itself",
    "names.find": "bot/trace.py",
    "names.without_keys": "ids; no name",
    "timetable.closed_sessions": "numbers and doctors; no person",
    "timetable.doctors": "the register of doctors; no person",
    "timetable.hours_of": "the roster; no person",
    "enrolments.free_doctors": "the register of doctors; no person",
    "enrolments.spokes": "the register of health centres; no person",
    "people.households": "bot/trace.py",
    "people.members": "bot/trace.py",
    "pins.take_away": "a guessed code: nothing was done",
    "scope.acting": "the check itself",
    "scope.at_hub": "the check itself",
}  # fmt: skip
"""Functions for staff that leave no entry in the audit themselves, and why."""
BY_PATIENTS = {"bookings.cancel"}
"""Functions whose `by` is a chat."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of storage whose parameters say who acts."""
    for found in pkgutil.iter_modules(storage.__path__):
        if found.ispkg:
            continue
        module = importlib.import_module(f"storage.{found.name}")
        for name, f in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(f).parameters)
            own = f.__module__ == module.__name__ and not name.startswith("_")
            if own and parameters[:1] == ["s"] and WHO & set(parameters):
                yield f"{found.name}.{name}", f


FUNCTIONS = dict(functions())


def test_every_function_that_is_told_who_acts_is_in_the_table() -> None:
    assert set(FUNCTIONS) == set(STORAGE) | set(INNER)
    assert not set(STORAGE) & set(INNER)


@pytest.fixture
def world(db: Database) -> tuple[Database, Cast]:  # noqa: F811
    return db, db.call(cast)


def test_the_table_holds(world: tuple[Database, Cast]) -> None:
    db, people_ = world  # noqa: F811
    faults = []
    for name, rule in STORAGE.items():
        for person in (people_.patient, people_.member):
            for role in ROLES:
                found = reach(db, people_, person, call(name, people_, person, role))
                faults.append(fault(name, rule, role, people_, person, found))
    assert [one for one in faults if one] == []


def test_what_staff_read_and_change_is_in_the_audit(world: tuple[Database, Cast]) -> None:
    db, people_ = world  # noqa: F811
    untraced = set()
    for name, f in FUNCTIONS.items():
        if name in STORAGE and ({"staff_id", "by"} & set(inspect.signature(f).parameters)) and name not in BY_PATIENTS:
            role = min(STORAGE[name].to or STORAGE[name].own)
            if not reach(db, people_, people_.member, call(name, people_, people_.member, role)).traced:
                untraced.add(name)
    assert untraced == set(TRACED_ELSEWHERE)


def test_control_without_the_look_at_the_hub_another_hubs_doctor_reaches_the_patient(
    world: tuple[Database, Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, people_ = world  # noqa: F811
    for module in ("day", "consults"):
        monkeypatch.setattr(f"storage.{module}.at_hub", lambda s, staff_id, _hub, *roles: scope.acting(s, staff_id))
    monkeypatch.setattr("storage.consults.standing", lambda *_: None)  # nor what another doctor has signed
    for name in ("day.mark", "consults.save"):
        found = reach(db, people_, people_.patient, call(name, people_, people_.patient, "other doctor"))
        assert fault(name, STORAGE[name], "other doctor", people_, people_.patient, found) is not None


def test_control_without_may_act_for_a_stranger_reaches_the_patient(
    world: tuple[Database, Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, people_ = world  # noqa: F811
    monkeypatch.setattr(people, "may_act_for", lambda *_: True)
    for name in ("people.person_for", "bookings.cancel", "waiting.leave", "consults.summaries_for"):
        found = reach(db, people_, people_.patient, call(name, people_, people_.patient, "other patient"))
        assert fault(name, STORAGE[name], "other patient", people_, people_.patient, found) is not None


def test_control_a_revoked_workers_bookings_were_theirs_by_the_chat_alone(world: tuple[Database, Cast]) -> None:
    """The one who booked for the member was revoked: were they staff again, with the family, they would reach it."""
    db, people_ = world  # noqa: F811
    mine = call("booked.bookings_of", people_, people_.member, "revoked")
    assert not names(reach(db, people_, people_.member, mine).got, people_, people_.member)

    def again(s: Connection) -> Any:
        back = update(Staff).where(Staff.id == people_.staff["revoked"])
        s.execute(back.values(revoked_at=None, chat=chat("revoked")))
        s.execute(update(people.Household).values(staff_id=people_.staff["revoked"]))
        return mine(s)

    assert names(reach(db, people_, people_.member, again).got, people_, people_.member)


def test_who_was_forgotten_is_reached_by_nobody(world: tuple[Database, Cast]) -> None:
    from storage import erase

    db, people_ = world  # noqa: F811
    db.call(erase.forget, chat("patient"), NOW)
    told = set()
    for name in STORAGE:
        for role in ROLES:
            found = reach(db, people_, people_.patient, call(name, people_, people_.patient, role))
            if names(found.got, people_, people_.patient):
                told.add((name, role))
    assert told == {("mydata.held", "patient")}  # the chat itself is told what is left of it, by ids


def test_a_staff_id_that_is_a_patients_chat_acts_for_nobody(world: tuple[Database, Cast]) -> None:
    db, _ = world  # noqa: F811
    for who in (chat("patient"), "", None):
        with pytest.raises(NotAllowed):
            db.call(scope.acting, who)


def test_the_words_of_the_table() -> None:
    rule = Rule(frozenset({"patient"}), ALL)
    assert (rule.of("patient"), rule.of("doctor"), Rule(frozenset()).of("doctor")) == ("yes", "own", "no")
    mine = Cast(patient="p", member="m")
    assert expected("people.family", rule, "patient", mine, "m") == "own"


def call(name: str, of: Cast, person: str, role: str) -> Callable[[Connection], Any]:
    """The function as this role would call it to reach this person."""
    f = FUNCTIONS[name]
    has = of.of[person]
    by = of.staff_id(role) if name.split(".")[0] in ("changes", "replan") else chat(role)
    known: dict[str, Any] = {
        "staff_id": of.staff_id(role), "chat": chat(role), "owner_chat": chat(role), "recorded_by": chat(role),
        "by": by, "now": NOW, "day": MONDAY, "booking_id": has["booking"], "person_id": person, "id": person,
        "window_id": has["window"], "spoke_id": "spoke-1", "hub_id": "hub-1", "session_id": has["session"],
        "token": has["token"], "household": of.household, "waiting_id": has["waiting"], "key": f"{name} {role}",
        "decision_id": None, "content": {}, "change": CloseSession(has["session"]), "status": "noshow",
        "version": None, "purposes": ("triage",), "how": "button", "lang": "bn", "reachable": True, "coming": True,
        "purpose": "reminders",
        "who": "self", "outcome": "done", "groups": ("reminders",), "group": "reminders", "name": "Test",
        "members": [(person, None)], "windows": [has["window"]], "specialty": "general_medicine",
        "wanted": (NOW, NOW + timedelta(days=3)), "state": {}, "step": 0, "channel": "lines", "payload": {},
        "age_years": 3, "sex": "male", "relation": "child", "pregnant": None, "recent_delivery": None,
        "words": ["dust"], "note": "see her soon", "within": timedelta(days=7), "found": has["found"],
        "today": NOW.date(), "days": (MONDAY,), "since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1),
        "first": 0, "most": 50, "keys": sorted(name_keys(has["name"])), "abha": ABHA[has["name"]],
    }  # fmt: skip
    known |= SPECIAL.get(name, lambda _of, _has: {})(of, has)
    wanted = [one for one in inspect.signature(f).parameters.values() if one.name != "s"]
    needed = [one.name for one in wanted if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    assert set(needed) <= set(known), f"{name}: say in `known` what is given for {set(needed) - set(known)}"
    given = {one.name: known[one.name] for one in wanted if one.name in known}
    return lambda s: f(s, **given)


SPECIAL: dict[str, Callable[[Cast, dict[str, Any]], dict[str, Any]]] = {
    "joining.join": lambda _of, _has: {"code": "guess"},
    "joining.seen": lambda _of, _has: {"code": "guess"},
    "pins.enter": lambda _of, _has: {"pin": "1234"},
    "pins.put": lambda _of, _has: {"hash": "x"},
    "pins.take_away": lambda _of, _has: {"code": "guess"},
    "bookings.confirm": lambda _of, has: {"booking_id": has["held"]},
    "bookings.release": lambda _of, has: {"booking_id": has["held"]},
    "calls.close": lambda _of, has: {"id": has["call"]},
    "complaints.answer": lambda _of, has: {"id": has["complaint"], "words": "x"},
    "complaints.complain": lambda _of, _has: {"about": "other", "words": "x"},
    "enrolments.approve": lambda of, _has: {"id": of.invitation},
    "enrolments.call_back": lambda of, _has: {"id": of.invitation},
    "enrolments.end": lambda of, _has: {"of": of.staff["doctor"]},
    "enrolments.invite": lambda _of, _has: {"role": "coordinator"},
    "timetable.hours_of": lambda _of, _has: {"doctor_id": "dr-1", "weekday": 0},
    "timetable.set_hours": lambda _of, _has: {"doctor_id": "dr-1", "weekday": 0, "hours": [], "first": MONDAY},
    "timetable.try_hours": lambda _of, _has: {"doctor_id": "dr-1", "weekday": 0, "hours": [], "first": MONDAY},
    "timetable.reopen": lambda of, _has: {"session_id": of.closed},
    "board.board": lambda _of, _has: {"days": 7},
    "conversations.save": lambda _of, has: {"version": None},
    "consults.summary_for": lambda _of, has: {"id": has["consult"]},
    "dead_letters.retry_untold": lambda _of, has: {"id": has["letter"]},
    "people.save_person": lambda _of, has: {"household": None},
    "members.home": lambda _of, has: {"household": has["home"]},
    "members.move": lambda _of, has: {"household": has["home"]},
    "members.require_home": lambda _of, has: {"household": has["home"]},
    "waiting.accept": lambda _of, has: {"booking_id": has["offer"]},
    "waiting.decline": lambda _of, has: {"booking_id": has["offer"]},
}  # fmt: skip
