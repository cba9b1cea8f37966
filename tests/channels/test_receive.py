"""Received means committed: by long polling, by webhook, with the database away, and killed at any moment."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Connection, delete
from structlog.testing import capture_logs

from bot import gauges, web
from bot.channels.telegram import LineDown, Telegram
from bot.handle import Handler
from bot.receive import Receiver
from flows.texts import texts as wordings
from storage import inbox, outbox
from storage.inbox import Received
from storage.migrate import migrate
from storage.outbox import REMINDER, Notice
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Inbox, Outbox
from tests.botapi.faults import flood, in_turn
from tests.botapi.server import BotApi
from tests.channels.conftest import Time, eventually
from tests.channels.test_incoming import MEDIA, message
from tests.storage.conftest import url as url  # both databases

SECRET = "a-secret-of-the-tests"
OnReceived = Callable[[list[Received]], None]


@asynccontextmanager
async def polling(telegram: Telegram, db: Database, time: Time, on_received: OnReceived) -> AsyncIterator[None]:
    """A process that polls; it is killed at the end."""
    task = asyncio.create_task(Receiver(telegram, db, on_received, time, time.sleep).poll())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def nobody_expects(rows: list[Received]) -> None:
    raise AssertionError(f"received {texts(rows)}")


def texts(rows: list[Received]) -> list[str]:
    return [row.payload["text"] for row in rows]


async def kept(db: Database) -> list[str]:
    """What waits in the inbox."""
    return texts(await db.read(inbox.waiting))


async def test_what_people_write_is_in_the_inbox_and_handed_on(
    telegram: Telegram, api: BotApi, db: Database, time: Time
) -> None:
    got: list[Received] = []
    async with polling(telegram, db, time, got.extend):
        for n in range(3):
            api.person(n).say(f"জ্বর {n}")
        await eventually(lambda: len(got) == 3)
        await eventually(lambda: not api.updates.waiting)
    assert texts(got) == await kept(db) == ["জ্বর 0", "জ্বর 1", "জ্বর 2"]
    assert [(row.chat, row.channel) for row in got] == [("tg:0", "tg"), ("tg:1", "tg"), ("tg:2", "tg")]


async def test_a_kill_between_receipt_and_confirmation_loses_nothing_and_doubles_nothing(
    telegram: Telegram, api: BotApi, db: Database, time: Time
) -> None:
    committed = asyncio.Event()
    async with polling(telegram, db, time, lambda rows: committed.set()):
        numbers = [api.person(n).say(f"{n}") for n in range(30)]
        await committed.wait()
    assert api.updates.waiting, "killed before it confirmed: Telegram brings them again"
    again: list[Received] = []
    async with polling(telegram, db, time, again.extend):
        api.person(99).say("নতুন")
        await eventually(lambda: not api.updates.waiting)
    assert sorted(await kept(db)) == sorted([*(f"{n}" for n in range(len(numbers))), "নতুন"])
    assert len(texts(again)) < 31, "what the first had kept is not handed on a second time"


async def test_a_kill_before_the_commit_loses_nothing(
    telegram: Telegram, api: BotApi, db: Database, time: Time, tmp_path: Path
) -> None:
    """The first process gets the updates and cannot write them; then it dies."""
    away = Database(f"sqlite:///{tmp_path}/not/there/ingit.db", Keyring(new_key("k1")))
    async with polling(telegram, away, time, nobody_expects):
        api.person(1).say("বুকে ব্যথা")
        await eventually(lambda: api.came("getUpdates"))
        await asyncio.sleep(0.1)
    away.close()
    got: list[Received] = []
    async with polling(telegram, db, time, got.extend):
        await eventually(lambda: got)
    assert texts(got) == ["বুকে ব্যথা"]


async def test_control_a_receiver_that_confirms_first_loses_what_it_held(telegram: Telegram, api: BotApi) -> None:
    api.person(1).say("বুকে ব্যথা")
    [update] = await telegram.fetch(None, seconds=0)
    await telegram.fetch(update["update_id"] + 1, seconds=0)  # confirmed, and then killed
    assert await telegram.fetch(None, seconds=0) == []


async def test_a_database_that_is_away_is_waited_for(
    telegram: Telegram, api: BotApi, time: Time, tmp_path: Path
) -> None:
    later = f"sqlite:///{tmp_path}/later/ingit.db"
    db = Database(later, Keyring(new_key("k1")))
    got: list[Received] = []
    with capture_logs() as logs:
        async with polling(telegram, db, time, got.extend):
            api.person(1).say("জ্বর")
            await eventually(lambda: [entry for entry in logs if entry["event"] == "not_kept"])
            assert api.updates.waiting and not got, "not confirmed while it is not kept"
            migrate(later)
            await eventually(lambda: got and not api.updates.waiting)
    assert texts(got) == await kept(db) == ["জ্বর"]
    assert len([entry for entry in logs if entry["event"] == "not_kept"]) == 1, "told once, not at each try"
    db.close()


async def test_the_same_update_twice_is_received_once(
    telegram: Telegram, api: BotApi, db: Database, time: Time
) -> None:
    receiver = Receiver(telegram, db, (got := list[Received]()).extend, time)
    update = {"update_id": 7, "message": api.person(1).message_json(text="জ্বর")}
    await receiver.keep([update])
    await receiver.keep([update, {**update, "update_id": 8}])
    assert [row.key for row in got] == ["7", "8"]


async def test_a_press_stops_spinning(telegram: Telegram, api: BotApi, db: Database, time: Time) -> None:
    got: list[Received] = []
    person = api.person(1)
    async with polling(telegram, db, time, got.extend):
        person.press_data("4:yes", 1)
        await eventually(lambda: got and not person.spinning)
    assert got[0].payload["press"] == ["yes"]


async def test_an_update_that_python_telegram_bot_cannot_read_does_not_stop_the_others(
    telegram: Telegram, api: BotApi, db: Database, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[Received] = []
    api.update(message={"message_id": "?", "chat": 5, "text": "গোপন কথা"})
    api.update(callback_query="?")
    api.person(1).say("জ্বর")
    with capture_logs() as logs:
        async with polling(telegram, db, time, got.extend):
            await eventually(lambda: got and not api.updates.waiting)
    assert texts(got) == ["জ্বর"]
    assert "গোপন" not in caplog.text + str(logs), "no log holds what people wrote"


async def test_telegram_away_flooded_or_broken_is_waited_for(
    telegram: Telegram, api: BotApi, db: Database, time: Time
) -> None:
    got: list[Received] = []
    api.refuse()
    async with polling(telegram, db, time, got.extend):
        await asyncio.sleep(0.1)
        api.accept()
        api.fault(in_turn([flood(3), None], "getUpdates"))
        api.person(1).say("জ্বর")
        await eventually(lambda: got)
    assert texts(got) == ["জ্বর"]


async def test_a_fault_of_our_own_does_not_make_it_deaf(
    telegram: Telegram, api: BotApi, db: Database, time: Time
) -> None:
    got: list[Received] = []

    def stumbles_once(rows: list[Received]) -> None:
        got.extend(rows)
        if len(got) == 1:
            raise RuntimeError("a defect")

    with capture_logs() as logs:
        async with polling(telegram, db, time, stumbles_once):
            api.person(1).say("ক")
            await eventually(lambda: not api.updates.waiting)
            api.person(1).say("খ")
            await eventually(lambda: len(got) == 2)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["not_kept"]


async def test_polling_takes_over_from_a_webhook(telegram: Telegram, api: BotApi, db: Database, time: Time) -> None:
    await telegram.use_webhook("https://example.org/telegram", SECRET)
    assert api.updates.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    with pytest.raises(LineDown, match="another process"):
        await telegram.fetch(None, seconds=0)
    got: list[Received] = []
    api.person(1).say("জ্বর")
    async with polling(telegram, db, time, got.extend):
        await eventually(lambda: got)


async def test_two_processes_with_one_token_are_told_in_one_line(telegram: Telegram, api: BotApi) -> None:
    first = asyncio.create_task(telegram.fetch(None, seconds=30))
    await eventually(lambda: api.came("getUpdates"))
    async with httpx.AsyncClient() as client:
        await client.post(f"{api.url}/bot{api.token}/getUpdates", data={"timeout": 0})
    with pytest.raises(LineDown) as told:
        await first
    assert "stop it, or give this one a token of its own" in str(told.value)
    assert "\n" not in str(told.value)


@asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    """The address of a running server."""
    server = web.server(application, "127.0.0.1", 0)
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def well() -> dict[str, bool]:
    return {"database": True}


async def test_the_webhook_answers_200_only_when_the_update_is_committed(
    telegram: Telegram, db: Database, api: BotApi, time: Time
) -> None:
    receiver = Receiver(telegram, db, lambda rows: None, time)
    api.person(1).started = True
    update = {"update_id": 7, "message": api.person(1).message_json(text="জ্বর")}
    async with serving(web.app(well, receiver.keep, SECRET)) as url, httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/telegram", json=update, headers={web.SECRET_HEADER: SECRET})
        assert (answer.status_code, await kept(db)) == (200, ["জ্বর"])


async def test_the_webhook_answers_503_while_the_database_is_away_and_telegram_comes_again(
    telegram: Telegram, api: BotApi, time: Time, tmp_path: Path
) -> None:
    later = f"sqlite:///{tmp_path}/later/ingit.db"
    db = Database(later, Keyring(new_key("k1")))
    got: list[Received] = []
    receiver = Receiver(telegram, db, got.extend, time)
    with capture_logs() as logs:
        async with serving(web.app(well, receiver.keep, SECRET)) as here:
            api.person(1).say("জ্বর")
            await telegram.use_webhook(f"{here}/telegram", SECRET)
            await eventually(lambda: [entry for entry in logs if entry["event"] == "database_away"])
            assert api.updates.waiting and not got
            migrate(later)
            await eventually(lambda: not api.updates.waiting)
    assert texts(got) == await kept(db) == ["জ্বর"]
    db.close()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"update_id": 1}', 403),
        ({web.SECRET_HEADER: "wrong"}, b'{"update_id": 1}', 403),
        ({web.SECRET_HEADER: "ভুল".encode()}, b'{"update_id": 1}', 403),
        ({web.SECRET_HEADER: SECRET}, b"jor", 400),
        ({web.SECRET_HEADER: SECRET}, b"\xff\xfe", 400),
        ({web.SECRET_HEADER: SECRET}, b"[1, 2]", 400),
        ({web.SECRET_HEADER: SECRET}, b'{"update_id": "1"}', 400),
        ({web.SECRET_HEADER: SECRET}, b'{"update_id": 1, "x": "' + b"x" * (1 << 20) + b'"}', 413),
        ({web.SECRET_HEADER: SECRET}, b'{"update_id": 1}', 200),
    ],
)
async def test_the_webhook_takes_updates_from_telegram_alone(
    telegram: Telegram, db: Database, time: Time, headers: dict[str, Any], body: bytes, status: int
) -> None:
    receiver = Receiver(telegram, db, nobody_expects, time)
    async with serving(web.app(well, receiver.keep, SECRET)) as url, httpx.AsyncClient() as client:
        assert (await client.post(f"{url}/telegram", content=body, headers=headers)).status_code == status
        assert (await client.get(f"{url}/telegram")).status_code == 405


async def test_the_webhook_says_nothing_of_what_is_wrong_with_a_secret() -> None:
    async def keep(updates: Any) -> None:
        raise AssertionError("kept without the secret")

    async with serving(web.app(well, keep, SECRET)) as url, httpx.AsyncClient() as client:
        answers = [
            await client.post(f"{url}/telegram", content=b"{", headers=headers)
            for headers in ({}, {web.SECRET_HEADER: "wrong"}, {web.SECRET_HEADER: SECRET[:-1]})
        ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(403, b"")] * 3


async def test_the_webhook_does_not_answer_before_the_commit() -> None:
    begun, committed = asyncio.Event(), asyncio.Event()

    async def keep(updates: Any) -> None:
        begun.set()
        await committed.wait()

    async with serving(web.app(well, keep, SECRET)) as url, httpx.AsyncClient() as client:
        post = client.post(f"{url}/telegram", json={"update_id": 1}, headers={web.SECRET_HEADER: SECRET})
        answer = asyncio.create_task(post)
        await begun.wait()
        await asyncio.sleep(0.1)
        assert not answer.done()
        committed.set()
        assert (await answer).status_code == 200


UNKNOWN = [content for _, content in MEDIA] + [
    {"contact": {"phone_number": "+919830012345", "first_name": "অন্য কেউ"}},
    {"hologram": {"file_id": "invented later"}},
    {"location": {"latitude": 0.0, "longitude": 0.0}},
]


async def test_whatever_a_person_sends_is_kept_and_answered_in_words(
    telegram: Telegram, db: Database, api: BotApi, time: Time
) -> None:
    handler = Handler(db, None, time)
    receiver = Receiver(telegram, db, handler.take, time)
    async with serving(web.app(well, receiver.keep, SECRET)) as url, httpx.AsyncClient() as client:
        for number, content in enumerate(UNKNOWN):
            update = {"update_id": number, "message": message(**content, chat=private(number))}
            answer = await client.post(f"{url}/telegram", json=update, headers={web.SECRET_HEADER: SECRET})
            assert answer.status_code == 200
        edited = {"update_id": 99, "edited_message": message(text="৪ দিন", edit_date=1763872200, chat=private(99))}
        await client.post(f"{url}/telegram", json=edited, headers={web.SECRET_HEADER: SECRET})
    await handler.idle()
    assert await db.read(inbox.undone) == 0
    assert await db.read(inbox.dead_letters) == []
    said = {each.chat: each.payload["text"] for each in await db.run(outbox.claim, time(), 100, 30.0, "test")}
    assert set(said) == {f"tg:{number}" for number in [*range(len(UNKNOWN)), 99]}
    assert said["tg:0"] == "cannot.sticker" and said["tg:99"] == "cannot.edited"
    assert set(said.values()) <= set(wordings()), "each in words that there are"


def private(number: int) -> dict[str, Any]:
    return {"id": number, "type": "private"}


async def test_channels_are_passed_over_and_their_updates_confirmed(
    telegram: Telegram, db: Database, time: Time
) -> None:
    receiver = Receiver(telegram, db, nobody_expects, time)
    post = {"update_id": 5, "channel_post": message(text="?", chat={"id": -5, "type": "channel", "title": "?"})}
    async with serving(web.app(well, receiver.keep, SECRET)) as url, httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/telegram", json=post, headers={web.SECRET_HEADER: SECRET})
    assert answer.status_code == 200 and await kept(db) == []


def test_a_webhook_without_a_secret_is_refused() -> None:
    async def keep(updates: Any) -> None: ...

    with pytest.raises(ValueError, match="WEBHOOK_SECRET"):
        web.app(well, keep, "")


def gauge(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_the_metrics_tell_of_queue_lag_and_dead_letters(db: Database, time: Time) -> None:
    def fill(s: Connection) -> None:
        inbox.receive(s, "tg", "1", "tg:1", {}, time())
        late, later = time() - timedelta(minutes=3), time() + timedelta(hours=1)
        outbox.put(s, [Notice("tg:1", "a", {}, due, REMINDER) for due in (late, later)], time())
        [dead] = outbox.put(s, [Notice("tg:1", "b", {}, time())], time())
        outbox.dead(s, dead, "?", time())

    await db.run(fill)
    time.forward(7)
    await gauges.look(db, time)
    assert gauge("ingit_inbox_waiting") == 1 and gauge("ingit_inbox_lag_seconds") == 7
    assert gauge("ingit_outbox_waiting", priority="3") == 2 and gauge("ingit_outbox_due", priority="3") == 1
    assert gauge("ingit_outbox_oldest_due_seconds", priority="3") == 187
    assert gauge("ingit_outbox_dead") == 1
    await db.run(lambda s: s.execute(delete(Outbox)) and s.execute(delete(Inbox)))
    await gauges.look(db, time)
    assert gauge("ingit_outbox_oldest_due_seconds", priority="3") == gauge("ingit_inbox_lag_seconds") == 0


async def test_metrics_are_served_while_the_database_is_away(time: Time, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}/not/there/ingit.db", Keyring(new_key("k1")))
    async with serving(web.app(well, look=partial(gauges.look, away, time))) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/metrics")
    away.close()
    assert answer.status_code == 200 and 'ingit_database_away_total{where="metrics"}' in answer.text


async def test_health_and_metrics(telegram: Telegram, db: Database, api: BotApi, time: Time) -> None:
    parts = {"database": True, "sender": True}

    async def health() -> dict[str, bool]:
        return parts

    receiver = Receiver(telegram, db, lambda rows: None, time)
    await receiver.keep([{"update_id": 7, "message": api.person(1).message_json(text="জ্বর")}])
    async with serving(web.app(health)) as url, httpx.AsyncClient() as client:
        assert (await client.get(f"{url}/healthz")).json() == parts
        parts["sender"] = False
        assert (await client.get(f"{url}/healthz")).status_code == 503
        metrics = (await client.get(f"{url}/metrics")).text
        assert 'ingit_received_total{channel="tg",kind="text"}' in metrics
        assert (await client.post(f"{url}/telegram", content=json.dumps({}))).status_code == 404
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
