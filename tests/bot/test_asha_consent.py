"""Without a member's consent nothing of their triage is kept; with it, who and how stand beside it, once a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.tables import Consent, Decision, Person, PersonKey
from tests.driving import Service
from tests.enrolling import enrol


def kept(service: Service, *columns: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in service.db.call(lambda s: s.execute(select(*columns)).all())]


async def family(service: Service, *, lang: str = "en") -> None:
    await enrol(service, "asha", "p1", lang)
    await service.send(text="/family")
    await service.send(text="Rahima Bibi 55, son Sohel 6")
    await service.send(press="yes")
    await service.send(press="leave")


async def through(service: Service, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers what triage asks until something else is asked, or nothing."""
    for _ in range(12):
        asked = [message["asks"] for message in said if "asks" in message]
        if not asked or (asked[-1]["question"] not in ("danger_signs", "duration") and asked[-1]["kind"] != "yes_no"):
            return said
        said = await service.send(press={"danger_signs": "none", "duration": "7"}.get(asked[-1]["question"], "no"))
    raise AssertionError("triage did not end")


async def test_who_refuses_hears_how_urgent_it_is_and_nothing_is_kept(service: Service) -> None:
    await family(service)
    await service.send(text="Rahima has itching for 12 days")
    said = await through(service, await service.send(press="no_consent"))
    ids = [message["id"] for message in said]
    assert any(id.startswith("outcome.") for id in ids) and ids[-1] == "consent.not_booked"
    assert kept(service, Decision.id) == kept(service, Consent.id) == []


async def test_several_who_refuse_are_neither_kept_nor_booked(service: Service) -> None:
    await family(service)
    await service.send(text="/together")
    await service.send(press="all")
    said = await service.send(press="no_consent")
    for _ in range(2):
        said = await through(service, await service.send(press="itching"))
    assert [message["id"] for message in said][-2:] == ["together.outcomes", "together.told"]
    assert kept(service, Decision.id) == kept(service, Consent.id) == []


async def test_who_agrees_is_asked_once_a_day_and_the_triage_is_theirs(service: Service) -> None:
    await family(service)
    for _ in range(2):
        said = await service.send(text="Rahima has itching for 12 days")
        if said[-1]["asks"]["question"] == "member_consent":
            said = await service.send(press="patient_phone")
        await through(service, said)
        await service.send(text="/cancel")
    rahima = next(id for id, sex in kept(service, Person.id, Person.sex) if sex == "female")
    assert kept(service, Consent.person_id, Consent.who, Consent.how, Consent.purposes) == [
        (rahima, "self", "by_phone", ["triage", "booking"])
    ]
    assert kept(service, Decision.person_id) == [(rahima,)] * 2
    service.now.move(datetime.fromisoformat("2026-11-24T09:00+05:30"))
    said = await service.send(text="Rahima has itching for 12 days")
    assert said[-1]["asks"]["question"] == "member_consent"


async def test_somebody_kept_without_keys_is_found_all_the_same(service: Service) -> None:
    await family(service)
    service.db.call(lambda s: s.execute(PersonKey.__table__.delete()))
    said = await service.send(text="Rohima has itching for 12 days")
    assert said[-1]["asks"]["question"] == "member_consent" and "Rahima" in said[-1]["text"]


async def test_an_emergency_in_a_part_that_cannot_be_read_is_still_said(service: Service) -> None:
    await enrol(service, "asha", "p1", "en")
    await service.send(text="/family")
    said = await service.send(text="Rahima Bibi 34, son Sohel 6, 999 ogyan hoye geche sara dicche na")
    ids = [message["id"] for message in said]
    assert ids[0] == "together.emergency" and ids[1].startswith("outcome.emergency")
    assert said[-1]["asks"]["question"] == "confirm"
