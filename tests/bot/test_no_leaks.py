"""After a whole run with marked names no personal word stands in a log, a metric, the database or a temporary file."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import generate_latest
from sqlalchemy import Connection, select

from bot import app, perform
from bot.channels.jsonl import CHANNEL
from bot.clock import Clock, Tick
from bot.redact import redact_event, traceback_without_words
from flows import actions
from storage import allergies, consults, favourites, mydata, observations, people, staff
from storage.tables import Booking, Inbox, Outbox, Session
from tests.driving import Service

MARKS = ("Zzmarkedname", "চিহ্নিতনাম", "9830099999", "Qqcomplaint", "Xxdiagnosis", "Zzfamily", "Wwremark", "Vvallergy")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The service's own log in a file, everything else that is temporary in a folder beside it."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before, factory, handlers = structlog.get_config(), logging.getLogRecordFactory(), logging.root.handlers[:]
    app._logs(to=tmp_path / "ingit.log", level=logging.DEBUG)
    yield tmp_path
    structlog.configure(**before)
    logging.setLogRecordFactory(factory)
    logging.root.handlers[:] = handlers


async def whole_run(service: Service) -> None:
    """Triage, a token, a family, a doctor's summary, all that is held, a correction, forgetting."""
    await service.send(text="amar 10 din dhore chulkani, Qqcomplaint")
    said = await service.send(press="yes")
    answers: dict[str, dict[str, Any]] = {
        "age": {"text": "30"}, "sex": {"press": "male"}, "place": {"text": "memari"}, "name": {"text": MARKS[0]},
        "danger_signs": {"press": ["none"]}, "after_self_care": {"press": "doctor"}, "who": {"press": "self"},
        "duration": {"text": "10"}, "confirm": {"press": "yes"},
    }  # fmt: skip
    for _ in range(25):
        if "asks" not in said[-1]:
            break
        asked = said[-1]["asks"]
        first = said[-1].get("choices", [{"id": ""}])[0]["id"]
        usual = {"press": "no" if asked["kind"] == "yes_no" else first}
        said = await service.send(**answers.get(asked["question"], usual))
    for line in ({"text": "/mydata"}, {"press": "correct"}, {"press": "phone"}, {"text": MARKS[2]}):
        await service.send(**line)
    service.db.call(seen, service)
    service.db.call(of_asha, service)
    await service.send(chat="a1", text="/family")
    await service.send(chat="a1", text=f"{MARKS[5]} 34, চিহ্নিতনাম 6")
    await service.send(chat="a1", text=MARKS[0])
    for command in ("/calls", "/followups", "/mothers", "/numbers", "/families"):
        await service.send(chat="a1", text=command)
    service.db.call(measured, service)
    await service.send(chat="p1", text="/my")


def seen(s: Connection, service: Service) -> None:
    now = service.now()
    booking = s.execute(select(Booking.id, Session.doctor_id).join(Session)).one()
    code = staff.invitation(s, "doctor", "Public Name", "command line", now, doctor_id=booking.doctor_id)
    doctor = staff.accept(s, code, f"{CHANNEL}:d1", now)
    assert doctor is not None
    consults.save(s, doctor.id, booking.id, {"diagnosis": MARKS[4]}, now)
    allergies.write(s, doctor.id, booking.id, [MARKS[7]], now)
    favourites.count(s, booking.doctor_id, "advice", MARKS[4], now)


def measured(s: Connection, service: Service) -> None:
    booking = s.execute(select(Booking.id, Booking.spoke_id)).one()
    code = staff.invitation(s, "health_officer", MARKS[5], "command line", service.now(), area=booking.spoke_id)
    officer = staff.accept(s, code, f"{CHANNEL}:o1", service.now())
    assert officer is not None
    observations.add(s, officer.id, booking.id, {"vitals": {"pulse": 88}, "remark": MARKS[6]}, service.now())


def of_asha(s: Connection, service: Service) -> None:
    from storage.tables import Spoke

    area = s.execute(select(Spoke.id).limit(1)).scalar_one()
    people.set_language(s, f"{CHANNEL}:a1", "bn", service.now())
    code = staff.invitation(s, "asha", MARKS[5], "command line", service.now(), area=area)
    assert staff.accept(s, code, f"{CHANNEL}:a1", service.now())


async def faults(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A performer, a document, a tick and a channel that fail with what somebody wrote in their mouths."""

    def fails(*_: Any) -> Any:
        raise ValueError(f"{MARKS[0]} cannot be read: {MARKS[3]}")

    monkeypatch.setitem(perform._PERFORMERS, actions.MyBookings, fails)
    await service.send(text="/my")
    monkeypatch.undo()
    monkeypatch.setattr("bot.papers.mydata_pdf", fails)
    await service.send(text="/mydata")

    async def ticks() -> None:
        fails()

    await Clock([])._do(Tick("test", 1.0, ticks))
    try:
        fails()
    except ValueError:
        logging.getLogger("library").exception("failed")
        structlog.get_logger().exception("failed")


def everything(folder: Path) -> dict[str, bytes]:
    """Every file but the documents, which are handed over."""
    files = [one for one in folder.rglob("*") if one.is_file() and "documents" not in one.parts]
    return {str(one): one.read_bytes() for one in files}


async def test_no_personal_word_is_written_down_readably(
    service: Service, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await whole_run(service)
    held = repr(service.db.call(mydata.held, f"{CHANNEL}:p1"))
    assert all(mark in held for mark in (MARKS[0], MARKS[2], *MARKS[3:5], *MARKS[6:]))  # control: the run had them
    await faults(service, monkeypatch)
    log = everything(written)[str(written / "ingit.log")].decode()
    assert "ValueError" in log and "tick_failed" in log
    reasons = service.db.call(lambda s: [*s.scalars(select(Inbox.reason)), *s.scalars(select(Outbox.reason))])
    assert any(reasons)
    texts = everything(written) | {"metrics": generate_latest()}
    assert any(name.endswith("ingit.db") for name in texts)
    found = [(name, mark) for name, text in texts.items() for mark in MARKS if mark.encode() in text]
    assert found == []


async def test_control_unsealed_and_with_whole_tracebacks_they_would_be_found(service: Service, tmp_path: Path) -> None:
    service.db.call(people.save_person, f"{CHANNEL}:p1", None, "ok", 30, "male", "self", None, None, service.now())
    try:
        raise ValueError(MARKS[0])
    except ValueError as error:
        plain = structlog.processors.format_exc_info(None, "", {"exc_info": error})
        wordless = traceback_without_words(None, "", {"exc_info": error})
    assert MARKS[0] in plain["exception"] and MARKS[0] not in redact_event(None, "", wordless)["exception"]
    assert "ValueError" in wordless["exception"] and __file__ in wordless["exception"]


def test_documents_that_are_handed_over_as_files_are_their_owners_alone(tmp_path: Path) -> None:
    from bot.delivery import keep

    path = keep(tmp_path / "documents" / "mydata.json", b"{}")
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
