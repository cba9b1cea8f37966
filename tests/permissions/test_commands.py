"""Commands and buttons through the whole turn: typed and pressed by everybody, forged, foreign, replayed, expired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from structlog.testing import capture_logs

from bot.permissions import BUTTONS, COMMANDS, ROLES
from flows.routes import COMMANDS as EVERYBODYS
from flows.routes import MARKS, NOTICES, STAFF_COMMANDS
from storage import erase, mydata, staff
from storage.tables import Booking, Conversation, Invitation, Outbox
from storage.tables import Staff as StaffRow
from tests.driving import Service
from tests.permissions.reach import expected, names
from tests.permissions.world import Cast, cast, chat, theirs
from tests.storage.conftest import migrated_file  # noqa: F401

TYPED_APART = {"start", "restart", "back", "emergency", "stop", "cancel", "help"}
"""Commands that the desk answers itself."""


@pytest.fixture
def world(migrated_file: Path, tmp_path: Path) -> Any:  # noqa: F811
    """The service in the world of the matrix."""
    made = Service(migrated_file, tmp_path)
    people_ = made.db.call(cast)
    yield made, people_
    made.close()


def test_every_command_and_button_is_in_the_table() -> None:
    of_staff = {name for commands in STAFF_COMMANDS.values() for name in commands}
    assert set(COMMANDS) == set(EVERYBODYS) | of_staff | set(MARKS) | TYPED_APART
    assert set(BUTTONS) == set(NOTICES)


async def test_a_command_of_staff_is_known_to_who_has_it_and_to_nobody_else(world: tuple[Service, Cast]) -> None:
    service, people_ = world
    faults = []
    for role in ROLES:
        for name, who in COMMANDS.items():
            if name in ("forget", "stop"):
                continue
            service.db.call(lambda s: s.execute(delete(Conversation)))
            said = await typed(service, role, f"/{name} 1" if name in MARKS else f"/{name}")
            known = said[0]["id"] != "desk.help" or name == "help"
            if known != (role in who):
                faults.append((role, name, [one["id"] for one in said]))
            elif role not in who and any(names(said, people_, person) for person in people_.of):
                faults.append((role, name, said))
    assert faults == []


async def typed(service: Service, role: str, text: str) -> list[dict[str, Any]]:
    """What is said to this role because of it."""
    said = await service.send(chat=chat(role).partition(":")[2], text=text)
    return [one for one in said if one["chat"] == chat(role).partition(":")[2]]


async def test_buttons_of_notices_pressed_by_everybody(world: tuple[Service, Cast]) -> None:
    """A forged press is one whose button was never sent to that chat: they all are, here."""
    service, people_ = world
    faults = []
    for name, rule in BUTTONS.items():
        for person in people_.of:
            about = people_.of[person][ABOUT.get(name, "booking")]
            for role in ROLES:
                if expected(name, rule, role, people_, person) == "yes":
                    continue
                service.db.call(lambda s: s.execute(delete(Conversation)))
                before = service.db.call(rows, people_, person)
                said = await service.send(chat=chat(role).partition(":")[2], press=f"{name}:{about}", step=0)
                told = json.dumps(said, ensure_ascii=False)
                owner = (role, person) in (("patient", people_.patient), ("asha", people_.member))
                if service.db.call(rows, people_, person) != before or (names(told, people_, person) and not owner):
                    faults.append((name, role, told))
    assert faults == []


ABOUT = {
    "call_made": "call", "not_reached": "call", "accept": "offer", "decline": "offer", "how_to_take": "consult",
    "not_understood": "consult",
}  # fmt: skip
"""What of a person a button is about, where it is not a booking."""


def rows(s: Any, of: Cast, person: str) -> list[str]:
    """This person's rows, but for what was received and answered."""
    return [row for row in theirs(s, of, person) if not row.startswith(("inbox ", "outbox ", "conversation "))]


async def test_control_the_patients_own_press_shows_and_changes(world: tuple[Service, Cast]) -> None:
    service, people_ = world
    said = await service.send(chat="patient", press=f"details:{people_.of[people_.patient]['booking']}", step=0)
    assert names(json.dumps(said), people_, people_.patient)
    before = service.db.call(rows, people_, people_.patient)
    await service.send(chat="patient", press=f"coming:{people_.of[people_.patient]['booking']}", step=0)
    assert service.db.call(rows, people_, people_.patient) != before


@pytest.mark.parametrize("name", ["how_to_take", "not_understood"])
async def test_control_the_patients_own_paper_is_explained(world: tuple[Service, Cast], name: str) -> None:
    service, people_ = world
    said = await service.send(chat="patient", press=f"{name}:{people_.of[people_.patient]['consult']}", step=0)
    assert said and "paper.gone" not in [one["id"] for one in said]


async def test_a_code_for_a_paper_ends_with_the_right_to_give_it(world: tuple[Service, Cast]) -> None:
    service, people_ = world
    line = f"/start paper_{people_.of[people_.patient]['code']}"
    assert (await service.send(chat="other-patient", text=f"{line[:-1]}"))[0]["id"] == "paper.code_refused"
    service.db.call(erase.forget, chat("patient"), service.now())
    said = await service.send(chat="other-patient", text=line)
    assert said[0]["id"] == "paper.code_refused" and not names(json.dumps(said), people_, people_.patient)


async def test_control_the_code_for_a_paper_works_before(world: tuple[Service, Cast]) -> None:
    service, people_ = world
    said = await service.send(chat="other-patient", text=f"/start paper_{people_.of[people_.patient]['code']}")
    assert said[0]["id"] == "summary.text"


async def test_a_refused_press_is_counted_and_logged_without_a_person(world: tuple[Service, Cast]) -> None:
    service, people_ = world
    with capture_logs() as logged:
        await service.send(chat="other-patient", press=f"details:{people_.of[people_.patient]['booking']}", step=0)
    refused = [one for one in logged if one["event"] == "refused"]
    assert refused == [{"event": "refused", "action": "OfBooking", "role": "patient", "log_level": "warning"}]


FORGED = [
    "details:", "details:nothing", "details:' OR 1=1 --", "coming:../../etc/passwd", "call_made:x", "queue:1", "case:1",
    "yes", "forget", "x" * 200, "accept:\x00", "details:<b>x</b>",
]  # fmt: skip


@pytest.mark.parametrize("press", FORGED)
async def test_a_press_that_was_never_offered_does_nothing(world: tuple[Service, Cast], press: str) -> None:
    service, people_ = world
    before = [service.db.call(rows, people_, person) for person in people_.of]
    said = await service.send(chat="other-patient", press=press, step=0)
    assert said and [one["id"] for one in said] != ["desk.sorry"]
    assert [service.db.call(rows, people_, person) for person in people_.of] == before
    assert not any(names(json.dumps(said, ensure_ascii=False), people_, person) for person in people_.of)


async def test_the_press_of_a_former_screen_and_the_same_press_again_do_nothing(world: tuple[Service, Cast]) -> None:
    """Cancelling: the screen of before the last answer, then the right one twice."""
    service, people_ = world
    await service.send(chat="patient", press=f"cancel_token:{people_.of[people_.patient]['booking']}", step=0)
    asked = await service.send(chat="patient", text="/my")
    for stale in (0, 99, -1):
        said = await service.send(chat="patient", press="yes", step=stale)
        assert said[0]["id"] in ("press.stale", "press.nothing")
    assert asked and service.db.call(status, people_) == "arrived"


def status(s: Any, of: Cast) -> str:
    return str(s.execute(select(Booking.status).where(Booking.id == of.of[of.patient]["booking"])).scalar_one())


@pytest.mark.parametrize("what", ["used", "expired", "guessed", "short", "of somebody enrolled"])
async def test_an_invitation_that_does_not_hold_lets_nobody_in(world: tuple[Service, Cast], what: str) -> None:
    service, _ = world
    code = service.db.call(staff.invitation, "coordinator", "Thief", "command line", service.now(), hub_id="hub-1")
    if what == "used":
        service.db.call(staff.accept, code, "lines:first", service.now())
    elif what == "expired":
        service.db.call(lambda s: s.execute(update(Invitation).values(expires_at=service.now())))
    code = {"guessed": "A" * len(code), "short": code[:-1]}.get(what, code)
    who = "asha" if what == "of somebody enrolled" else "other-patient"
    before = service.db.call(lambda s: s.scalar(select(func.count()).select_from(StaffRow)))
    with capture_logs() as logged:
        said = await service.send(chat=who, text=f"/start {code}")
    assert said[0]["id"] == "invitation.refused"
    assert [one["event"] for one in logged if one["event"] == "invitation refused"] and code not in repr(logged)
    assert service.db.call(lambda s: s.scalar(select(func.count()).select_from(StaffRow))) == before


async def test_a_session_of_staff_ends_with_the_enrolment(world: tuple[Service, Cast]) -> None:
    """In the middle of a case: nothing of it is shown any more, and what was to be told is called off."""
    service, people_ = world
    assert (await typed(service, "doctor", "/queue"))[0]["id"] != "desk.help"
    service.db.call(lambda s: s.execute(insert(Outbox).values(**unsaid(service, people_))))
    service.db.call(staff.revoke, people_.staff["doctor"], "command line", service.now())
    assert service.db.call(lambda s: s.scalar(select(func.count()).where(Conversation.chat == chat("doctor")))) == 0
    assert service.db.call(lambda s: s.scalar(select(func.count()).where(Outbox.chat == chat("doctor")))) == 0
    assert people_.patient not in repr(service.db.call(mydata.held, chat("doctor")))
    for text in ("/queue", "/next"):
        said = await typed(service, "doctor", text)
        assert said[0]["id"] == "desk.help"
    said = await service.send(chat="doctor", press=people_.of[people_.patient]["booking"], step=1)
    assert not names(json.dumps(said), people_, people_.patient)


def unsaid(service: Service, of: Cast) -> dict[str, Any]:
    sealed = service.db.ring.seal({"text": "desk.help"}, f"outbox/payload/{chat('doctor')}/unsaid")
    return {
        "chat": chat("doctor"), "kind": "reply", "payload": sealed, "priority": 4, "due": service.now(),
        "key": "unsaid", "must_arrive": False, "state": "waiting", "tries": 0, "created_at": service.now(),
    }  # fmt: skip
