"""A hub's own system delivers a summary: kept once, the patient told; what is not right is refused whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from bot.interchange.deliver import bring, outgoing
from bot.interchange.document import Refused
from bot.interchange.reading import read
from bot.interchange.writing import bundle
from bot.papers import paper
from bot.words import render
from storage import audit, consults, outbox, people
from storage.records import Booking, NotAllowed
from storage.records import Consult as Consulted
from storage.sealed import Keyring
from storage.session import Database
from storage.tables import Audit, Consult, Outbox, Person
from storage.tables import Booking as BookingTable
from tests.commands import ingit
from tests.driving import KEYS
from tests.interchange.papers import CONTENT, of_hub
from tests.storage.conftest import NOW
from tests.storage.consulting import enrol, patient
from tests.storage.world import build

HERE = CONTENT | {"doctor": CONTENT["doctor"] | {"name": {"bn": "নাম", "en": "নাম"}}}  # as the doctor enrolled
LATER = NOW + timedelta(hours=3)  # after the consultation of 12:10
CORRECTED = {"composition": {"date": "2026-11-23T12:30:00+05:30", "status": "amended"},
             "bundle": {"meta": {"versionId": "2"}}, "plan": {"description": "Rest too"}}  # fmt: skip


@pytest.fixture
def booked(db: Database) -> Iterator[Booking]:
    db.call(build)
    yield patient(db)


def deliver(db: Database, of: Booking, **changed: Any) -> str:
    """What became of a hub's document about this booking."""
    return db.call(bring, read(of_hub(of.id, of.person_id, **changed)), LATER)


def counts(db: Database) -> list[int]:
    """How many rows there are of what a delivery writes."""
    return [db.call(lambda s, t=t: s.execute(select(func.count()).select_from(t)).scalar_one())
            for t in (Consult, Outbox, Audit)]  # fmt: skip


def signed_here(db: Database, of: Booking) -> Consulted:
    """A summary that the booking's doctor signed in the bot."""
    doctor = enrol(db, "doctor", "tg:dr", doctor_id="dr-1")
    db.call(consults.save, doctor, of.id, HERE, NOW)
    return db.call(consults.sign, doctor, of.id, NOW, "emergency")


def told(db: Database, consult: str) -> list[dict[str, Any]]:
    """What is to be said about a summary."""
    return db.call(outbox.unsent, f"consult:{consult}", LATER)


def test_a_delivered_summary_comes_home_once(db: Database, booked: Booking) -> None:
    assert deliver(db, booked) == "new"
    kept = db.call(consults.summaries_for, "tg:1", booked.person_id)[0]
    assert (kept.version, kept.doctor_id, kept.content["diagnosis"]) == (1, "dr-1", "Acute upper respiratory infection")
    assert kept.content["patient"]["name"] == "রহিমা"  # as kept here, not as the other system writes it
    (said,) = told(db, kept.id)
    for lang in ("bn", "en"):
        words = render(lang, said).plain
        assert "PARACETAMOL" in words and "Drink enough" in words
    assert paper("bn", said["documents"][0])[1].startswith(b"%PDF")
    before = counts(db)
    assert deliver(db, booked) == "there"
    assert counts(db) == before
    status = db.call(lambda s: s.execute(select(BookingTable.status).where(BookingTable.id == booked.id)).scalar_one())
    assert status == "fulfilled"
    assert db.call(lambda s: s.execute(select(Audit.action).where(Audit.who == "command line")).scalars().all())[
        -1
    ] == ("summary delivered")
    assert db.call(audit.verify) is None


def test_a_newer_version_is_a_correction_and_the_patient_is_told(db: Database, booked: Booking) -> None:
    deliver(db, booked)
    assert deliver(db, booked, **CORRECTED) == "corrected"
    first, second = (db.call(_version, booked.id, n) for n in (1, 2))
    assert (first["advice"], second["advice"]) == ("Drink enough", "Rest too")
    assert (second["version"], second["corrects"]) == (2, "2026-11-23")
    assert deliver(db, booked) == "there"  # the first one once more, late
    assert "summary.corrected" in [one["text"] for one in told(db, db.call(consults.standing, booked.id).id)]


def _version(s: Any, booking: str, version: int) -> dict[str, Any]:
    id = s.execute(select(Consult.id).where(Consult.booking_id == booking, Consult.version == version)).scalar_one()
    return consults.summary(s, id).content


def test_export_and_import_lose_nothing(db: Database, booked: Booking) -> None:
    before = signed_here(db, booked)
    made = bundle(db.call(outgoing, before.id, NOW))
    assert db.call(bring, read(made), LATER) == "there"
    db.call(lambda s: s.execute(delete(Consult)))
    db.call(lambda s: s.execute(update(BookingTable).values(status="booked")))
    assert db.call(bring, read(made), LATER) == "new"
    after = db.call(consults.standing, booked.id)
    assert after is not None
    for field in ("booking_id", "person_id", "doctor_id", "version", "status", "content", "signed_at", "judged_level"):
        assert getattr(after, field) == getattr(before, field), field
    again = bundle(db.call(outgoing, booked.id, NOW))  # by the booking's id
    assert again["identifier"] == made["identifier"]
    assert db.call(bring, read(again), LATER) == "there"


@pytest.mark.parametrize(
    "other", [{"doctor": HERE["doctor"] | {"name": "Dr X"}}, {"patient": CONTENT["patient"] | {"name": "Somebody"}},
              {"patient": CONTENT["patient"] | {"sex": "male"}}], ids=["doctor", "name", "sex"],
)  # fmt: skip
def test_an_own_document_that_names_somebody_else_is_refused(
    db: Database, booked: Booking, other: dict[str, Any]
) -> None:
    made = bundle(db.call(outgoing, signed_here(db, booked).id, NOW))
    db.call(lambda s: s.execute(delete(Consult)))
    made["entry"][0]["resource"]["extension"][0]["valueString"] = json.dumps(HERE | other)
    with pytest.raises(Refused):
        db.call(bring, read(made), LATER)


def test_a_draft_goes_on_behind_what_was_delivered(db: Database, booked: Booking) -> None:
    doctor = enrol(db, "doctor", "tg:dr", doctor_id="dr-1")
    db.call(consults.save, doctor, booked.id, CONTENT, NOW)
    assert deliver(db, booked) == "new"
    draft, stands = db.call(consults.draft, booked.id), db.call(consults.standing, booked.id)
    assert draft and stands and (draft.version, stands.version) == (2, 1)
    assert draft.content == CONTENT


def _foreign_person(db: Database, booked: Booking) -> dict[str, Any]:
    other = patient(db, chat="tg:2")
    return {"patient": {"identifier": [{"system": "https://ingit.example/fhir/person", "value": other.person_id}]}}


def _other_doctor(_db: Database, _booked: Booking) -> dict[str, Any]:
    return {"doctor": {"identifier": [{"system": "https://doctor.ndhm.gov.in", "value": "WBMC-dr-3"}]}}


def _list_b(_db: Database, _booked: Booking) -> dict[str, Any]:
    return {"medicine": {"medicationCodeableConcept": {"text": "Sitagliptin 50 mg tablet"}}}


def _same_name_other_words(db: Database, booked: Booking) -> dict[str, Any]:
    deliver(db, booked)
    return {"plan": {"description": "Something else"}}


def _older(db: Database, booked: Booking) -> dict[str, Any]:
    deliver(db, booked)
    return CORRECTED | {"composition": {"date": "2026-11-23T12:05:00+05:30"}}


def _colleague_signed(db: Database, booked: Booking) -> dict[str, Any]:
    signed_here(db, booked)
    return {"doctor": {"identifier": [{"system": "https://doctor.ndhm.gov.in", "value": "WBMC-dr-2"}]}}


def _forgotten(db: Database, booked: Booking) -> dict[str, Any]:
    db.call(lambda s: s.execute(update(Person).values(restricted_at=NOW)))
    return {}


def _to_come(_db: Database, _booked: Booking) -> dict[str, Any]:
    return {"composition": {"date": "2026-11-23T18:00:00+05:30"}, "again": None}


REFUSED = [
    _foreign_person,
    _other_doctor,
    _list_b,
    _same_name_other_words,
    _older,
    _colleague_signed,
    _forgotten,
    _to_come,
]


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.__name__)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(db: Database, booked: Booking, change: Any) -> None:
    changed = change(db, booked)
    if change is _to_come:
        changed["composition"] |= {"section": of_hub("", "")["entry"][0]["resource"]["section"][:4]}
    before = counts(db)
    with pytest.raises(Refused) as refused:
        deliver(db, booked, **changed)
    assert counts(db) == before
    assert "রহিমা" not in str(refused.value) and ";" in str(refused.value)


def test_a_draft_and_a_forgotten_persons_summary_do_not_go_out(db: Database, booked: Booking) -> None:
    doctor = enrol(db, "doctor", "tg:dr", doctor_id="dr-1")
    db.call(consults.save, doctor, booked.id, CONTENT, NOW)
    draft = db.call(consults.draft, booked.id)
    assert draft
    with pytest.raises(NotAllowed):
        db.call(outgoing, draft.id, NOW)
    signed = db.call(consults.sign, doctor, booked.id, NOW)
    assert db.call(outgoing, signed.id, NOW).content == CONTENT
    db.call(lambda s: s.execute(update(Person).values(restricted_at=NOW)))
    with pytest.raises(NotAllowed):
        db.call(outgoing, signed.id, NOW)


def test_on_the_command_line(url: str, tmp_path: Path) -> None:
    db = Database(url, Keyring(KEYS))
    try:
        db.call(build)
        of = patient(db)
    finally:
        db.close()
    good, bad, later = tmp_path / "good.json", tmp_path / "bad.json", ("--now", LATER.isoformat())
    good.write_text(json.dumps(of_hub(of.id, of.person_id)), "utf-8")
    bad.write_text('{"resourceType": ', "utf-8")
    assert "would be kept" in ingit(url, "import", "fhir", str(good), "--dry-run", *later)
    said = ingit(url, "import", "fhir", str(bad), str(good), str(tmp_path / "none.json"), *later, code=1)
    assert f"{bad}: line 1" in said and f"{good}: kept" in said and "none.json: the file" in said
    assert "nothing changed" in ingit(url, "import", "fhir", str(good), *later)
    out = tmp_path / "out.json"
    ingit(url, "export", "fhir", of.id, "--out", str(out), *later)
    assert out.stat().st_mode & 0o077 == 0
    assert json.loads(out.read_text("utf-8"))["identifier"] == {"system": "https://his.example", "value": "doc-7"}
    assert json.loads(ingit(url, "export", "fhir", of.id, *later)) == json.loads(out.read_text("utf-8"))
    assert "no signed summary" in ingit(url, "export", "fhir", "nobody", code=2)
    assert "cannot be written" in ingit(
        url, "export", "fhir", of.id, "--out", str(tmp_path / "no" / "x"), *later, code=2
    )


def test_control_without_the_look_at_the_person_a_foreign_document_is_kept(
    db: Database, booked: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = _foreign_person(db, booked)
    who = db.call(people.person, booked.person_id)
    monkeypatch.setattr("bot.interchange.deliver._person", lambda *_: who)
    assert deliver(db, booked, **changed) == "new"
