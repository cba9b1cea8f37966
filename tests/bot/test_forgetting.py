"""/forget: unreadable at once, deleted when the year is over, by the clock; old messages go too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.channels.jsonl import CHANNEL
from storage import accounts, audit, erase, people, retention
from storage.columns import Table
from storage.tables import Audit, Booking, Inbox, Outbox, Person, Window
from tests.bot.test_handle import to_the_confirmation
from tests.commands import ingit
from tests.driving import Service

CHAT = f"{CHANNEL}:p1"


async def booked(service: Service) -> str:
    """A conversation to its token; the person's id."""
    await to_the_confirmation(service)
    await service.send(press="yes")
    return str(service.db.call(lambda s: s.scalar(select(Booking.person_id))))


async def forget(service: Service) -> list[dict[str, Any]]:
    await service.send(text="/forget")
    return await service.send(press="yes")


def left(s: Connection, *marks: str) -> list[str]:
    """Tables, but for the audit, with a row that names one of these."""
    tables = (table for table in Table.metadata.sorted_tables if not table.name.startswith("audit"))
    return [table.name for table in tables if any(m in repr(tuple(r)) for r in s.execute(select(table)) for m in marks)]


async def move(service: Service, by: timedelta) -> None:
    await service.send(clock=(service.now() + by).isoformat())


async def test_at_once_unreadable_and_deleted_when_the_year_is_over(service: Service) -> None:
    person = await booked(service)
    said = await forget(service)
    assert [one["id"] for one in said] == ["forget.done"]
    assert service.db.call(people.person, person).name is None and service.db.call(accounts.account, CHAT) is None
    assert "person" in service.db.call(left, person)
    service.now.move(service.now() + erase.KEPT - timedelta(days=1))
    await service.parts.retention()
    assert "person" in service.db.call(left, person)  # control: not a day too early
    service.now.move(service.now() + timedelta(days=2))
    await service.parts.retention()
    assert service.db.call(left, person, CHAT) == []
    assert service.db.call(audit.verify) is None
    trace = service.db.call(
        lambda s: s.execute(select(Audit.who, Audit.subject).where(Audit.action == "deleted")).all()
    )
    assert {tuple(row) for row in trace} == {("clock", f"person:{person}"), ("clock", f"chat:{CHAT}")}
    assert ("clock" in ingit(service.db.url, "audit", "show", "--person", person)) and service.db.call(counts_hold)


def counts_hold(s: Connection) -> bool:
    """No window counts a place that nobody has."""
    return s.scalar(select(func.count()).where(Window.taken > 0)) == 0


async def test_the_standing_clock_of_the_channel_deletes_too(service: Service) -> None:
    person = await booked(service)
    await forget(service)
    await move(service, erase.KEPT + timedelta(days=2))
    assert service.db.call(left, person) == []


async def test_who_began_anew_keeps_what_is_new(service: Service) -> None:
    person = await booked(service)
    await forget(service)
    again = await booked_anew(service)
    service.now.move(service.now() + erase.KEPT + timedelta(days=2))
    await service.parts.retention()
    assert "person" not in service.db.call(left, person)
    assert service.db.call(people.person, again).name is not None and service.db.call(accounts.account, CHAT)


async def booked_anew(service: Service) -> str:
    await service.send(text="/start")
    service.db.call(people.set_language, CHAT, "bn", service.now())
    return service.db.call(people.save_person, CHAT, None, "নতুন", 30, "male", "self", None, None, service.now())


async def test_old_messages_are_pruned_and_what_waits_stays(service: Service) -> None:
    await booked(service)
    waiting = service.db.call(many, Outbox, Outbox.state == "waiting")
    assert waiting and service.db.call(many, Inbox)
    service.now.move(service.now() + retention.MESSAGES_KEPT + timedelta(days=1))
    await service.parts.retention()
    assert service.db.call(many, Inbox) == 0
    assert service.db.call(many, Outbox) == service.db.call(many, Outbox, Outbox.state == "waiting") == waiting
    assert service.db.call(many, Booking) == service.db.call(many, Person) == 1


def many(s: Connection, table: Any, *where: Any) -> int:
    return int(s.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


@pytest.mark.parametrize("age", [timedelta(days=364), timedelta(days=366)])
def test_what_is_received_and_dealt_with_is_kept_for_a_year(service: Service, age: timedelta) -> None:
    now = datetime.fromisoformat("2026-11-23T09:00+05:30")
    service.db.call(lambda s: s.execute(Inbox.__table__.insert().values(
        channel="tg", key="1", chat="tg:1", payload=b"", received_at=now - age, done_at=now - age)))  # fmt: skip
    assert service.db.call(retention.prune, now) == (age.days > 365)
