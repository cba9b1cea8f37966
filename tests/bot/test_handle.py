"""The turn of one message: once, whole or not at all, and never in silence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.channels.jsonl import CHANNEL
from bot.handle import Handler, expects
from bot.incoming import Incoming
from storage import conversations, inbox
from storage.inbox import Received
from storage.tables import Booking, Inbox, Outbox, Window
from tests.driving import Service

TO_CONFIRM: list[dict[str, Any]] = [
    {"text": "আমার ১০ দিন ধরে চুলকানি"}, {"press": "yes"}, {"text": "30"}, {"press": "male"},
]  # fmt: skip


def counted(s: Connection, table: Any, *where: Any) -> int:
    """How many rows."""
    return int(s.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


async def to_the_confirmation(service: Service) -> None:
    """A conversation up to the last look before the booking."""
    said: list[dict[str, Any]] = []
    for line in TO_CONFIRM:
        said = await service.send(**line)
    answers = {"place": {"text": "memari"}, "name": {"text": "Rahim Sekh"}, "danger_signs": {"press": ["none"]}}
    answers |= {"after_self_care": {"press": "doctor"}}
    while (asked := said[-1]["asks"]["question"]) != "confirm":
        first = said[-1].get("choices", [{"id": ""}])[0]["id"]
        fallback = {"press": "no" if said[-1]["asks"]["kind"] == "yes_no" else first}
        said = await service.send(**answers.get(asked, fallback))


async def received(service: Service, incoming: Incoming) -> Received:
    """The message in the inbox."""
    now, payload = service.now(), incoming.to_json()
    row = await service.db.run(inbox.receive, CHANNEL, incoming.key, incoming.chat, payload, now)
    assert row is not None
    return Received(row, CHANNEL, incoming.key, incoming.chat, payload, now)


async def test_the_same_message_dealt_with_by_two_at_once_books_once(service: Service) -> None:
    await to_the_confirmation(service)
    press = Incoming(f"{CHANNEL}:p1", "press", "press", service.now(), press=("yes",))
    row = await received(service, press)
    handler = service.parts.handler
    await handler.handle(row)
    said = await service.db.read(counted, Outbox)
    for _ in range(2):
        await handler.handle(row)
    assert await service.db.read(counted, Booking) == 1
    assert await service.db.read(counted, Window, Window.taken > 0) == 1
    assert await service.db.read(counted, Outbox) == said


async def test_a_chats_messages_keep_their_order_whichever_process_takes_them(service: Service) -> None:
    await to_the_confirmation(service)
    chat = f"{CHANNEL}:p1"
    first = await received(service, Incoming(chat, "first", "press", service.now(), press=("no",)))
    await received(service, Incoming(chat, "second", "press", service.now(), press=("book",)))
    third = await received(service, Incoming(chat, "third", "text", service.now(), text="memari"))
    other = Handler(service.db, None, service.now)  # as another process has it: it knows of the third alone
    other.take([third])
    service.parts.handler.take([first])
    await asyncio.gather(other.idle(), service.parts.handler.idle())
    assert await service.db.read(counted, Inbox, Inbox.done_at.is_(None)) == 0
    state = await service.db.read(conversations.look, chat)
    assert state is not None and state.state["offered"]["ask"]["question"] in ("spoke", "window")


async def test_control_without_the_look_at_older_messages_the_third_is_answered_first(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await to_the_confirmation(service)
    chat = f"{CHANNEL}:p1"
    await received(service, Incoming(chat, "first", "press", service.now(), press=("no",)))
    third = await received(service, Incoming(chat, "third", "text", service.now(), text="memari"))
    monkeypatch.setattr(inbox, "earlier", lambda *_: None)
    await service.parts.handler.handle(third)
    assert await service.db.read(counted, Inbox, Inbox.done_at.is_(None)) == 1


async def test_an_update_that_comes_again_is_not_kept_again(service: Service) -> None:
    await service.send(text="/start")
    again = Incoming(f"{CHANNEL}:p1", "same", "text", service.now(), text="bangla")
    await received(service, again)
    repeated = await service.db.run(inbox.receive, CHANNEL, "same", again.chat, again.to_json(), service.now())
    assert repeated is None


async def test_what_breaks_us_is_kept_and_the_person_is_told(service: Service) -> None:
    await service.send(text="/start")
    broken = {"frames": [{"flow": "visit", "args": {"nonsense": 1}, "journal": []}], "step": 3}
    await service.db.run(_save, f"{CHANNEL}:p1", broken, service.now())
    said = await service.send(text="amar jor")
    assert [message["id"] for message in said] == ["desk.sorry"]
    assert await service.db.read(counted, Inbox, Inbox.failed_at.is_not(None)) == 1
    assert "TypeError" in (await service.db.read(inbox.dead_letters))[0][2]
    assert "jor" not in (await service.db.read(inbox.dead_letters))[0][2]
    assert (await service.send(text="amar jor"))[-1]["asks"]["question"] in ("language", "consent")


def _save(s: Connection, chat: str, state: dict[str, Any], now: Any) -> None:
    standing = conversations.load(s, chat)
    assert standing is not None
    conversations.save(s, chat, state, 3, None, now, standing.version)


async def test_a_message_left_in_the_inbox_is_answered_at_the_next_start(service: Service) -> None:
    await received(service, Incoming(f"{CHANNEL}:p9", "left", "text", service.now(), text="amar jor"))
    await service.parts.handler.left_over()
    await service.parts.handler.idle()
    await service.parts.sender.drain()
    assert await service.db.read(counted, Inbox, Inbox.done_at.is_(None)) == 0
    assert await service.db.read(counted, Outbox, Outbox.chat == f"{CHANNEL}:p9", Outbox.state == "sent") == 1


async def test_a_question_overtaken_before_it_was_sent_is_not_sent(service: Service) -> None:
    rows = [
        await received(service, Incoming(f"{CHANNEL}:p2", f"m{n}", "text", service.now(), text="amar jor"))
        for n in range(5)
    ]
    service.parts.handler.take(rows)
    await service.parts.handler.idle()
    waiting = await service.db.read(
        counted, Outbox, Outbox.about == f"question:{CHANNEL}:p2", Outbox.state == "waiting"
    )
    assert waiting == 1


async def test_labels_of_the_question_are_expected_in_both_languages(service: Service) -> None:
    await service.send(text="/start")
    await service.send(press="bn")
    standing = await service.db.read(conversations.look, f"{CHANNEL}:p1")
    assert standing is not None
    labels = dict(expects(standing.state).choices)["yes"]
    assert any("রাজি" in label for label in labels)
    assert any("agree" in label for label in labels)
