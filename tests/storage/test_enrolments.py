"""A coordinator's staff: a second person for doctors and coordinators, the own hub alone, an end at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import enrolments, scope, staff
from storage.records import NotAllowed, Unknown
from storage.session import Database
from storage.tables import Audit, Invitation

from .conftest import NOW
from .consulting import enrol
from .world import build


@pytest.fixture
def hub(db: Database) -> dict[str, str]:
    """Two coordinators of one hub, and one of another."""
    db.call(build)
    return {
        "first": enrol(db, "coordinator", "tg:c1", hub_id="hub-1"),
        "second": enrol(db, "coordinator", "tg:c2", hub_id="hub-1"),
        "other": enrol(db, "coordinator", "tg:c3", hub_id="hub-2"),
    }


def doctor(db: Database, by: str) -> enrolments.Made:
    return db.call(lambda s: enrolments.invite(s, by, "doctor", "Doctor", NOW, doctor_id="dr-1"))


def test_a_doctors_code_works_only_when_a_second_coordinator_approved(db: Database, hub: dict[str, str]) -> None:
    made = doctor(db, hub["first"])
    assert made.needs_approval
    assert db.call(staff.accept, made.code, "tg:dr", NOW) is None
    for by in (hub["first"], hub["other"]):
        with pytest.raises(NotAllowed):
            db.call(enrolments.approve, by, made.id, NOW)
    assert db.call(staff.accept, made.code, "tg:dr", NOW) is None
    db.call(enrolments.approve, hub["second"], made.id, NOW)
    member = db.call(staff.accept, made.code, "tg:dr", NOW)
    assert member is not None and member.doctor_id == "dr-1"
    assert db.call(staff.accept, made.code, "tg:thief", NOW) is None
    traced = db.call(
        lambda s: s.execute(select(Audit.who).where(Audit.action == "invitation approved")).scalars().all()
    )
    assert traced == [hub["second"]]


def test_control_without_the_look_at_approval_the_code_works_at_once(
    db: Database, hub: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = doctor(db, hub["first"])
    monkeypatch.setattr(staff, "approved", lambda: Invitation.role.is_not(None))
    assert db.call(staff.accept, made.code, "tg:dr", NOW) is not None


def test_an_approval_by_who_made_it_does_not_count_even_in_the_table(db: Database, hub: dict[str, str]) -> None:
    made = doctor(db, hub["first"])
    db.call(lambda s: s.execute(update(Invitation).values(approved_by=Invitation.made_by, approved_at=NOW)))
    assert db.call(staff.accept, made.code, "tg:dr", NOW) is None


def test_at_the_command_line_two_persons_are_told_apart(db: Database, hub: dict[str, str]) -> None:
    code = db.call(lambda s: staff.invitation(s, "coordinator", "C", "command line:rina", NOW, hub_id="hub-1"))
    id = enrolments.id_of(code)
    with pytest.raises(NotAllowed):
        db.call(enrolments.approve_there, "rina", id, NOW)
    assert db.call(staff.accept, code, "tg:c9", NOW) is None
    db.call(enrolments.approve_there, "mina", id, NOW)
    assert db.call(staff.accept, code, "tg:c9", NOW) is not None
    with pytest.raises(Unknown):
        db.call(enrolments.approve_there, "mina", id, NOW)


def test_an_asha_workers_and_an_officers_code_work_at_once(db: Database, hub: dict[str, str]) -> None:
    for role, chat in (("asha", "tg:a"), ("health_officer", "tg:o")):
        made = db.call(lambda s, r=role: enrolments.invite(s, hub["first"], r, "Name", NOW, area="spoke-1"))
        assert not made.needs_approval
        member = db.call(staff.accept, made.code, chat, NOW)
        assert member is not None and (member.role, member.area) == (role, "spoke-1")


def test_only_who_is_of_the_own_hub_is_invited_seen_and_ended(db: Database, hub: dict[str, str]) -> None:
    made, asha = doctor(db, hub["first"]), enrol(db, "asha", "tg:a", area="spoke-1")
    refused: list[Any] = [
        lambda s: enrolments.invite(s, hub["other"], "doctor", "Doctor", NOW, doctor_id="dr-1"),
        lambda s: enrolments.invite(s, hub["other"], "asha", "A", NOW, area="spoke-1"),
        lambda s: enrolments.call_back(s, hub["other"], made.id, NOW),
        lambda s: enrolments.end(s, hub["other"], asha, NOW),
        lambda s: enrolments.end(s, hub["first"], hub["first"], NOW),
        lambda s: enrolments.invited(s, asha, NOW),
        lambda s: enrolments.hub_staff(s, asha, NOW),
    ]
    for call in refused:
        with pytest.raises(NotAllowed):
            db.call(call)
    assert db.call(enrolments.invited, hub["other"], NOW) == []
    assert [one.id for one in db.call(enrolments.hub_staff, hub["other"], NOW)] == [hub["other"]]
    assert {one.id for one in db.call(enrolments.hub_staff, hub["first"], NOW)} == {hub["first"], hub["second"], asha}
    assert db.call(enrolments.end, hub["first"], asha, NOW)
    assert not db.call(enrolments.end, hub["first"], asha, NOW)
    with pytest.raises(NotAllowed):
        db.call(scope.acting, asha)


def test_what_is_over_cannot_be_approved(db: Database, hub: dict[str, str]) -> None:
    made = doctor(db, hub["first"])
    for id in (made.id[:-1], "%" * 12, "_" * 12, ""):
        with pytest.raises(Unknown):
            db.call(enrolments.approve, hub["second"], id, NOW)
    with pytest.raises(Unknown):
        db.call(enrolments.approve, hub["second"], made.id, NOW + timedelta(days=4))
    db.call(enrolments.call_back, hub["second"], made.id, NOW)
    with pytest.raises(Unknown):
        db.call(enrolments.approve, hub["second"], made.id, NOW)
    assert db.call(staff.accept, made.code, "tg:dr", NOW) is None
