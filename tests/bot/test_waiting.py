"""The waiting list in the conversation: joining when nothing is free, an offer, and every answer to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from storage.tables import Booking, Waiting, Window
from tests.driving import Service

ANSWERS: dict[str, dict[str, Any]] = {
    "consent": {"press": "yes"}, "duration": {"text": "12"}, "sex": {"press": "male"}, 
    "danger_signs": {"press": ["none"]},
    "after_self_care": {"press": "doctor"}, "place": {"text": "memari"}, "age": {"text": "30"},
    "name": {"text": "Rahim Sekh"}, "who": {"press": "self"},
}  # fmt: skip
Said = list[dict[str, Any]]


def full(s: Connection) -> None:
    """Not a place is left anywhere."""
    s.execute(update(Window).values(capacity=Window.taken, reserved=0))


def one_place(s: Connection, after: datetime) -> int:
    """A place comes free: in the first window from then on of what somebody waits for."""
    waits = s.execute(select(Waiting.hub_id, Waiting.specialty).where(Waiting.status == "active")).one()
    found = select(Window.id).where(
        Window.starts_at >= after, Window.hub_id == waits.hub_id, Window.specialty == waits.specialty
    )
    id = s.execute(found.order_by(Window.starts_at).limit(1)).scalar_one()
    s.execute(update(Window).where(Window.id == id).values(capacity=Window.taken + 1))
    return int(id)


def statuses(s: Connection) -> list[str]:
    return list(s.execute(select(Booking.status).order_by(Booking.created_at)).scalars())


def _first(said: Said) -> str:
    return str(said[-1].get("choices", [{"id": "?"}])[0]["id"])


async def until(service: Service, question: str, first: str) -> Said:
    """The conversation from a complaint to a question."""
    said = await service.send(text=first)
    for _ in range(25):
        asked = said[-1]["asks"]
        if asked["question"] == question:
            return said
        fallback = {"press": "no" if asked["kind"] == "yes_no" else _first(said)}
        said = await service.send(**ANSWERS.get(asked["question"], fallback))
    raise AssertionError(f"{question} was not asked")


async def on_the_list(service: Service, first: str = "amar 12 din dhore chulkani") -> Said:
    """Somebody for whom nothing was free waits."""
    await service.db.run(full)
    said = await until(service, "later", first)
    assert "wait" in [choice["id"] for choice in said[-1]["choices"]]
    return await _joined(service, "p1")


async def _joined(service: Service, chat: str) -> Said:
    await service.send(chat=chat, press="wait")
    return await service.send(chat=chat, text="Rahim Sekh")


async def offered(service: Service) -> tuple[Said, str]:
    """A place came free for who waits, by the clock; what is said, and the offer."""
    await service.db.run(one_place, service.now() + timedelta(hours=3))
    said = await service.send(clock=(service.now() + timedelta(minutes=1)).isoformat())
    offers = [one for one in said if one["id"] == "waiting.offer"]
    assert len(offers) == 1
    return said, offers[0]["choices"][0]["id"].partition(":")[2]


async def test_who_waits_is_offered_the_place_and_takes_it(service: Service) -> None:
    said = await on_the_list(service)
    assert said[-1]["id"] == "waiting.joined"
    _, offer = await offered(service)
    assert await service.db.read(statuses) == ["proposed"]
    said = await service.send(press=f"accept:{offer}")
    assert [one["id"] for one in said] == ["booking.token"]
    assert await service.db.read(statuses) == ["booked"]
    assert [row async for row in _waiting(service)] == ["completed"]


async def _waiting(service: Service) -> Any:
    for status in await service.db.read(lambda s: list(s.execute(select(Waiting.status)).scalars())):
        yield status


async def test_who_declines_stays_on_the_list_and_is_not_offered_it_again(service: Service) -> None:
    await on_the_list(service)
    _, offer = await offered(service)
    said = await service.send(press=f"decline:{offer}")
    assert [one["id"] for one in said] == ["waiting.declined"]
    assert [row async for row in _waiting(service)] == ["active"]
    said = await service.send(clock=(service.now() + timedelta(minutes=5)).isoformat())
    assert said == []
    assert await service.db.read(statuses) == ["cancelled"]
    said = await service.send(press=f"accept:{offer}")
    assert [one["id"] for one in said] == ["waiting.too_late"]


async def test_an_offer_runs_out_after_half_an_hour(service: Service) -> None:
    await on_the_list(service)
    _, offer = await offered(service)
    await service.send(clock=(service.now() + timedelta(minutes=31)).isoformat())
    assert await service.db.read(statuses) == ["cancelled"]
    said = await service.send(press=f"accept:{offer}")
    assert [one["id"] for one in said] == ["waiting.too_late"]
    assert [row async for row in _waiting(service)] == ["active"]


async def test_nothing_is_offered_by_night(service: Service) -> None:
    await on_the_list(service)
    evening = datetime.fromisoformat("2026-11-23T21:15+05:30")
    await service.send(clock=evening.isoformat())
    await service.db.run(one_place, evening + timedelta(hours=14))
    said = await service.send(clock=(evening + timedelta(minutes=5)).isoformat())
    assert [one["id"] for one in said if one["id"] == "waiting.offer"] == []
    said = await service.send(clock=(evening + timedelta(hours=11)).isoformat())
    assert [one["id"] for one in said] == ["waiting.offer"]


async def test_another_chat_cannot_take_the_offer(service: Service) -> None:
    await on_the_list(service)
    _, offer = await offered(service)
    said = await service.send(chat="p2", press=f"accept:{offer}")
    assert "booking.token" not in [one["id"] for one in said]
    assert await service.db.read(statuses) == ["proposed"]


async def test_a_place_given_back_goes_to_who_waits_at_once(service: Service) -> None:
    await until(service, "confirm", "amar 12 din dhore chulkani")
    await service.send(press="yes")
    await service.db.run(full)
    service_for_another = await _other_on_the_list(service)
    assert service_for_another[-1]["id"] == "waiting.joined"
    await service.send(text="/my")
    await service.send(press="cancel_token")
    said = await service.send(press="yes")
    assert [(one["chat"], one["id"]) for one in said if one["id"] == "waiting.offer"] == [("p2", "waiting.offer")]


async def _other_on_the_list(service: Service) -> Said:
    said = await service.send(chat="p2", text="amar 12 din dhore chulkani")
    for _ in range(25):
        asked = said[-1].get("asks")
        if asked is None or asked["question"] == "later":
            break
        fallback = {"press": "no" if asked["kind"] == "yes_no" else _first(said)}
        said = await service.send(chat="p2", **ANSWERS.get(asked["question"], fallback))
    return await _joined(service, "p2")


async def test_the_list_is_shown_and_left(service: Service) -> None:
    await on_the_list(service)
    said = await service.send(text="amar token")
    assert [one["id"] for one in said][:1] == ["waiting.one"]
    said = await service.send(press="leave_list")
    assert said[-1]["id"] == "waiting.left"
    assert [row async for row in _waiting(service)] == ["revoked"]


async def test_who_waited_in_vain_is_told_and_helped_on(service: Service) -> None:
    await on_the_list(service)
    said = await service.send(clock=(service.now() + timedelta(days=8)).isoformat())
    (lapsed,) = [one for one in said if one["id"] == "waiting.lapsed"]
    await service.db.run(lambda s: s.execute(update(Window).values(capacity=4)))
    said = await service.send(press=lapsed["choices"][0]["id"])
    assert said[-1]["asks"]["question"] == "place"


@pytest.mark.parametrize("words", ["amar token", "আমার টোকেন", "my token"])
async def test_an_earlier_place_is_taken_for_the_token(service: Service, words: str) -> None:
    await until(service, "window", "amar 12 din dhore chulkani")
    said = await service.send(text="porshur por")
    await service.send(press=_first(said))
    await service.send(text="Rahim Sekh")
    await service.send(press="yes")
    await service.db.run(full)
    await service.send(text=words)
    said = await service.send(press="earlier")
    assert said[-1]["id"] == "waiting.earlier"

    def earlier_place(s: Connection) -> None:
        mine = s.execute(select(Booking.starts_at, Booking.window_id)).one()
        specialty = s.execute(select(Window.specialty).where(Window.id == mine.window_id)).scalar_one()
        hub = s.execute(select(Waiting.hub_id)).scalar_one()
        before = Window.id != mine.window_id, Window.hub_id == hub, Window.specialty == specialty
        first = s.execute(select(Window.id).where(*before).order_by(Window.starts_at).limit(1)).scalar_one()
        start = mine.starts_at - timedelta(minutes=45)
        s.execute(update(Booking).values(starts_at=Booking.starts_at))
        s.execute(
            update(Window)
            .where(Window.id == first)
            .values(capacity=1, starts_at=start, ends_at=start + timedelta(minutes=30))
        )

    await service.db.run(earlier_place)
    said = await service.send(clock=(service.now() + timedelta(minutes=1)).isoformat())
    offers = [one for one in said if one["id"] == "waiting.offer"]
    assert len(offers) == 1
    said = await service.send(press=offers[0]["choices"][0]["id"])
    assert "booking.token" in [one["id"] for one in said]
    assert sorted(await service.db.read(statuses)) == ["booked", "cancelled"]
