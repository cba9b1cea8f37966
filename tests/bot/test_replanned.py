"""What people and staff are told when the hub changes: once each, and only of their own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.channels.jsonl import CHANNEL
from bot.replanned import go_on, move_on, replan_and_tell, tell
from storage import decisions, people, replan, staff
from storage.bookings import book
from storage.records import Booking
from storage.replan import COMMAND_LINE, CloseSession, MoveSession
from storage.tables import Session, Spoke, Window
from storage.zone import KOLKATA
from tests.driving import MONDAY, Service

NOW = datetime.fromisoformat(MONDAY)
TUESDAY = date(2026, 11, 24)


class Day:
    """A general session of Tuesday at a hub, and how people get into it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.session, self.hub, self.windows = service.db.call(self._find)
        of_hub = select(Spoke.id).where(Spoke.hub_id == self.hub).order_by(Spoke.id)
        self.spokes = list(service.db.call(lambda s: s.scalars(of_hub).all()))

    @staticmethod
    def _find(s: Connection) -> tuple[int, str, list[int]]:
        of = select(Session.id, Session.hub_id).where(Session.specialty == "general_medicine", Session.date == TUESDAY)
        id, hub = s.execute(of.order_by(Session.starts_at, Session.id).limit(1)).one()
        return id, hub, list(s.scalars(select(Window.id).where(Window.session_id == id).order_by(Window.starts_at)))

    def asha(self, chat: str, spoke: str) -> str:
        """An ASHA worker of this spoke; her staff id."""
        return self._enrolled("asha", chat, area=spoke)

    def coordinator(self, chat: str) -> str:
        return self._enrolled("coordinator", chat, hub_id=self.hub)

    def _enrolled(self, role: str, chat: str, **bound: str) -> str:
        call = self.service.db.call
        call(people.set_language, f"{CHANNEL}:{chat}", "en", NOW)
        code = call(lambda s: staff.invitation(s, role, "Test", "command line", NOW, **bound))
        member = call(staff.accept, code, f"{CHANNEL}:{chat}", NOW)
        assert member is not None
        return member.id

    def booked(
        self, name: str, chat: str, by: str | None = None, spoke: int = 0, level: str = "consultation"
    ) -> Booking:
        """A booking of somebody new; `by`: the ASHA who looks after the family."""
        call, full = self.service.db.call, f"{CHANNEL}:{chat}"
        if by is None:
            call(people.set_language, full, "en", NOW)
        home = call(people.save_household, by, None, NOW) if by else None
        person = call(people.save_person, full, home, name, 30, "female", "other", None, None, NOW)
        decision = call(decisions.record, person, full, {}, level, "r", "fever", "1", "general_medicine", NOW)
        made = call(book, person, self.windows[1], self.spokes[spoke], full, decision, f"press {name}", NOW)
        assert isinstance(made, Booking)
        return made

    async def later(self, minutes: int) -> list[dict[str, Any]]:
        """What is said until then."""
        return await self.service.send(clock=(self.service.now() + timedelta(minutes=minutes)).isoformat())


@pytest.fixture
def day(service: Service) -> Day:
    made = Day(service)
    service.db.call(lambda s: s.execute(update(Window).values(capacity=20, reserved=0)))
    return made


async def test_an_asha_gets_one_list_of_her_own_families_alone(day: Day) -> None:
    mine, other = day.asha("a1", day.spokes[0]), day.asha("a2", day.spokes[0])
    for number in range(3):
        day.booked(f"Rahima {number}", "a1", mine)
    day.booked("Sabina", "a2", other)
    day.booked("Nobody of hers", "p1")
    await day.service.db.run(replan_and_tell, CloseSession(day.session), COMMAND_LINE, NOW)
    said = await day.later(3)
    (digest,) = [one for one in said if (one["chat"], one["id"]) == ("a1", "moved.digest")]
    assert "3 of your families" in digest["text"] and digest["text"].count("Rahima") == 3
    assert "Sabina" not in digest["text"] and "Nobody" not in digest["text"]
    assert [one["chat"] for one in said if one["id"] == "moved.told"].count("p1") == 1


async def test_a_list_gathers_what_several_batches_move_and_each_is_told_once(day: Day) -> None:
    mine, db = day.asha("a1", day.spokes[0]), day.service.db
    for number in range(4):
        day.booked(f"Rahima {number}", "a1", mine)
    db.call(lambda s: tell(s, replan.replan(s, CloseSession(day.session), COMMAND_LINE, NOW, 2), NOW))
    assert len(db.call(go_on, [day.session], NOW)) == 2
    assert db.call(go_on, [day.session], NOW) == [] and await move_on(db, lambda: NOW) == []
    said = await day.later(3)
    (digest,) = [one for one in said if one["id"] == "moved.digest"]
    assert "4 of your families" in digest["text"]
    assert len([one for one in said if one["id"] == "moved.told"]) == 4


async def test_the_tick_goes_on_where_a_process_was_killed(day: Day) -> None:
    """The first batch was committed, then nothing more came of that process."""
    mine = day.asha("a1", day.spokes[0])
    for number in range(5):
        day.booked(f"Rahima {number}", "a1", mine)
    await day.service.db.run(replan.replan, CloseSession(day.session), COMMAND_LINE, NOW, 0)
    first = await day.later(1)
    assert len([one for one in first if one["id"] == "moved.told"]) == 5
    (digest,) = [one for one in await day.later(3) if one["id"] == "moved.digest"]
    assert "5 of your families" in digest["text"]


async def test_who_finds_no_place_is_told_what_to_do_and_stands_on_the_coordinators_list(day: Day) -> None:
    day.coordinator("c1")
    urgent = day.booked("Rahima", "p1", level="consultation_24")
    others = update(Window).where(Window.specialty == "general_medicine")
    day.service.db.call(lambda s: s.execute(others.values(capacity=Window.taken)))
    await day.service.db.run(replan_and_tell, CloseSession(day.session), COMMAND_LINE, NOW)
    said = await day.later(3)
    (told,) = [one for one in said if one["id"] == "moved.waits"]
    assert "please do not go that day" in told["text"] and "102" in told["text"] and "today" in told["text"]
    assert [choice["id"].partition(":")[0] for choice in told["choices"]] == [
        "change",
        "cancel_token",
        "worse",
        "call_me",
    ]
    (listed,) = [one for one in said if one["chat"] == "c1"]
    assert f"token {urgent.token_number}" in listed["text"] and "Rahima" not in listed["text"]


async def test_a_moved_session_keeps_the_token_and_is_reminded_of_at_its_new_time(day: Day) -> None:
    mine = day.booked("Rahima", "p1")
    starts = datetime(2026, 11, 26, 15, tzinfo=KOLKATA)
    await day.service.db.run(replan_and_tell, MoveSession(day.session, starts), COMMAND_LINE, NOW)
    said = await day.later(1)
    (told,) = [one for one in said if one["id"] == "moved.told"]
    assert "3:30" in told["text"] and f"Token {mine.token_number}" in told["text"]
    again = await day.service.send(clock="2026-11-25T18:16+05:30")
    assert [one["id"] for one in again] == ["reminder.evening_before"] and "3:30" in again[0]["text"]
