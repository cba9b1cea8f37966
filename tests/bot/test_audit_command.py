"""`ingit audit`: what was changed, cut or grown anew is found; a person's trace is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

from storage import audit
from storage.tables import Audit, AuditHead
from tests.commands import ingit
from tests.driving import Service


def append(service: Service, *actions: str) -> None:
    for action in actions:
        service.db.call(audit.append, "staff-1", action, "person:p1", service.now())


def cut(s: Connection, after: int) -> None:
    """What somebody does who holds the database and the keys: the end is taken off and the head set back."""
    s.execute(delete(Audit).where(Audit.id > after))
    last = s.execute(Audit.__table__.select().where(Audit.id == after)).one()
    s.execute(update(AuditHead).values(last=last.id, hash=last.hash))


def test_a_whole_chain_and_a_changed_row(service: Service) -> None:
    append(service, "case", "line", "case")
    assert ingit(service.db.url, "audit", "verify") == "The audit is whole: 3 rows.\n"
    service.db.call(lambda s: s.execute(update(Audit).where(Audit.id == 2).values(action="queue")))
    assert ingit(service.db.url, "audit", "verify", code=1).startswith("Row 2 of the audit was changed")


def test_a_chain_that_was_cut_back_and_grown_anew_is_found_by_a_checkpoint(service: Service, tmp_path: Path) -> None:
    append(service, "case", "line", "case")
    file = str(tmp_path / "checkpoint.json")
    assert "the end of 3 rows" in ingit(service.db.url, "audit", "checkpoint", file)
    append(service, "queue")
    assert "It holds the checkpoint" in ingit(service.db.url, "audit", "verify", "--against", file)
    service.db.call(cut, 1)
    append(service, "case", "case", "case")
    assert "is whole" in ingit(service.db.url, "audit", "verify")  # control: the chain alone does not tell
    said = ingit(service.db.url, "audit", "verify", "--against", file, code=1)
    assert said.startswith("Row 3 is not the one of the checkpoint of 2026-")


@pytest.mark.parametrize("changed", [{"last": 1}, {"hash": "test:0"}, {"at": "2020-01-01T00:00:00+00:00"}])
def test_a_checkpoint_that_was_changed_is_refused(service: Service, tmp_path: Path, changed: dict[str, Any]) -> None:
    append(service, "case", "line")
    file = tmp_path / "checkpoint.json"
    ingit(service.db.url, "audit", "checkpoint", str(file))
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))
    assert "was not signed" in ingit(service.db.url, "audit", "verify", "--against", str(file), code=2)


def test_a_file_is_not_written_over_and_another_is_no_checkpoint(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("mine")
    assert "name a new file" in ingit(service.db.url, "audit", "checkpoint", str(file), code=2)
    assert "is no checkpoint" in ingit(service.db.url, "audit", "verify", "--against", str(file), code=2)
    assert file.read_text() == "mine"


def test_a_persons_trace(service: Service) -> None:
    append(service, "case")
    service.db.call(audit.append, "staff-2", "case", "person:p2", service.now())
    shown = ingit(service.db.url, "audit", "show", "--person", "p1")
    assert "staff-1" in shown and "case" in shown and "staff-2" not in shown
    assert json.loads(ingit(service.db.url, "audit", "show", "--person", "p1", "--json"))[0]["who"] == "staff-1"
    assert "Nothing is written" in ingit(service.db.url, "audit", "show", "--person", "p3")
