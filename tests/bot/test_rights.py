"""What was agreed to is respected where it matters; everything that is held is told; what is wrong is put right."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, func, select

from bot.channels.jsonl import CHANNEL
from bot.documents.make import mydata_pdf
from flows import privacy_notice
from flows.privacy_notice import Notice, notice
from storage import accounts, erase, mydata, people
from storage.columns import Table
from storage.mydata import NOT_A_PATIENTS, TABLES
from storage.rotation import sealed_columns
from storage.tables import Booking, Outbox, Person, Spoke
from tests.bot.test_handle import to_the_confirmation
from tests.driving import Service
from tests.storage.world import somebody

CHAT = f"{CHANNEL}:p1"
PERSONAL = {"chat", "person_id", "booking_id", "own_chat", "owner_chat", "waiting_id", "made_by", "what"}
"""Columns that lead to a patient."""


def waiting_reminders(s: Connection) -> int:
    return int(s.execute(select(func.count()).where(Outbox.state == "waiting", Outbox.priority >= 2)).scalar_one())


async def booked(service: Service, *purposes: str) -> None:
    """A token, with consent to these purposes."""
    await to_the_confirmation(service)
    if purposes:
        service.db.call(accounts.give_consent, CHAT, notice().version, purposes, "button", service.now())
    await service.send(press="yes")
    assert service.db.call(lambda s: s.scalar(select(func.count()).select_from(Booking))) == 1


async def test_no_reminder_is_planned_for_who_did_not_agree_to_any(service: Service) -> None:
    await booked(service, "triage", "booking")
    assert service.db.call(waiting_reminders) == 0


async def test_control_with_the_purpose_reminders_are_planned(service: Service) -> None:
    await booked(service)
    assert service.db.call(waiting_reminders) > 0


async def test_reminders_that_were_planned_are_not_sent_once_the_purpose_is_taken_back(service: Service) -> None:
    await booked(service)
    await service.send(text="/privacy")
    await service.send(press="reminders")
    said = await service.send(clock="2026-12-20T10:00+05:30")
    assert [one["id"] for one in said if one["id"].startswith("remind")] == []
    assert service.db.call(waiting_reminders) == 0


async def test_a_new_version_of_the_notice_asks_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await booked(service)
    said = await service.send(text="/new")
    assert said[-1]["asks"]["question"] == "complaint"
    newer = Notice(version="next", purposes=notice().purposes, needed=notice().needed)
    for module in ("flows.account", "bot.perform", "flows.rights"):
        monkeypatch.setattr(f"{module}.notice", lambda: newer)
    said = await service.send(text="/new")
    assert said[-1]["asks"]["question"] == "consent"
    await service.send(press="yes")
    account = service.db.call(accounts.account, CHAT)
    assert account is not None and account.consent_version == "next"
    assert privacy_notice.notice().version != "next"


async def test_everything_is_sent_as_pdf_and_json(service: Service) -> None:
    await booked(service)
    said = await service.send(text="/mydata")
    papers = next(one["documents"] for one in said if "documents" in one)
    files = {Path(one["path"]).suffix: Path(one["path"]) for one in papers}
    held = json.loads(files[".json"].read_text("utf-8"))["held"]
    assert held["person"][0]["name"] == "Rahim Sekh" and held["booking"][0]["status"] == "booked"
    assert "চুলকানি" in held["inbox"][0]["payload"]["text"] and held["decision"][0]["facts"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files[".pdf"].read_bytes())).pages)
    assert "Rahim Sekh" in text
    again = await service.send(text="/mydata")
    files = [Path(one["path"]) for said in again for one in said.get("documents", ()) if one["path"].endswith("json")]
    assert not any("documents" in one["payload"] for one in json.loads(files[0].read_text("utf-8"))["held"]["outbox"])


@pytest.mark.parametrize("lang", ["bn", "en"])
async def test_the_page_is_whole_in_both_languages(service: Service, lang: Any) -> None:
    await booked(service)
    told = {"made_at": service.now().isoformat(), "held": service.db.call(mydata.held, CHAT)}
    pdf = PdfReader(io.BytesIO(mydata_pdf(lang, told)))
    fonts = {font for page in pdf.pages for font in page["/Resources"]["/Font"]}  # type: ignore[index]
    assert 1 <= len(pdf.pages) <= 4 and fonts
    assert ("What is kept about you" if lang == "en" else "PDF") in "".join(p.extract_text() for p in pdf.pages) or lang


def test_every_table_that_leads_to_a_patient_is_told() -> None:
    sealed = {one.table.name for one in sealed_columns()}
    for table in Table.metadata.sorted_tables:
        if PERSONAL & {column.name for column in table.c} or table.name in sealed:
            assert table.name in TABLES or table.name in NOT_A_PATIENTS, table.name


def test_nobody_is_told_of_others_and_an_asha_not_of_her_families(service: Service) -> None:
    mine = service.db.call(somebody, "lines:p1", service.now(), "Mine Own")
    service.db.call(somebody, "lines:p2", service.now(), "Not Mine")
    held = service.db.call(mydata.held, "lines:p1")
    assert [one["id"] for one in held["person"]] == [mine] and "Not Mine" not in repr(held)
    service.db.call(erase.forget, "lines:p1", service.now())
    assert service.db.call(mydata.held, "lines:p1")["person"] == []


async def test_what_is_wrong_is_put_right_and_another_chat_cannot(service: Service) -> None:
    await booked(service)
    person = service.db.call(lambda s: s.scalar(select(Person.id)))
    for part, asked, answer in (("sex", "female", None), ("age_years", None, "41"), ("phone", None, "+91 98300 12345")):
        for line in ({"text": "/mydata"}, {"press": "correct"}, {"press": part}):
            await service.send(**line)
        said = await service.send(**({"press": asked} if asked else {"text": answer}))
        assert said[0]["id"] == "correct.done"
    found = service.db.call(people.person, person)
    assert (found.sex, found.phone) == ("female", "9830012345")
    assert round(people.age_years(found, service.now().date()) or 0) == 41


async def test_a_child_alone_is_not_booked_by_any_way(service: Service) -> None:
    """Also where the flow is passed by: the action itself asks for the adult's consent."""
    from bot.perform import Acting, perform
    from flows.actions import Hold
    from storage.windows import free_windows

    now = service.now()
    service.db.call(people.set_language, CHAT, "en", now)
    child = service.db.call(people.save_person, CHAT, None, "Child", 15, "male", "self", None, None, now)
    hub, spoke = service.db.call(lambda s: s.execute(select(Spoke.hub_id, Spoke.id).limit(1)).one())
    window = service.db.call(free_windows, hub, "general_medicine", now)[0]

    def hold(s: Connection) -> Any:
        acting = Acting(s, CHAT, people.account(s, CHAT), now, "k")
        return perform(acting, Hold(child, str(window.window_id), spoke, None))

    assert service.db.call(hold) is None
    service.db.call(people.record_consent, child, "guardian", "spoken", ("booking",), CHAT, now)
    assert service.db.call(hold)["id"]
