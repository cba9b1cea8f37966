"""`ingit outbox` and the coordinator's /undelivered: who could not be told and why, and trying again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.channels.jsonl import CHANNEL
from bot.why import WORDS, why
from flows.texts import texts
from storage import outbox
from storage.outbox import REMINDER, Notice
from storage.tables import Booking, Outbox
from tests.bot.test_handle import to_the_confirmation
from tests.commands import ingit
from tests.driving import Service
from tests.enrolling import enrol

SECRET = "গোপন কথা"


def run(url: str, *arguments: str, code: int = 0) -> str:
    return ingit(url, "outbox", *arguments, code=code)


def dead(s: Connection, service: Service, kind: str = "reply", **more: Any) -> int:
    payload = {"text": "choice.yes", "args": {"name": SECRET}}
    [id] = outbox.put(s, [Notice("tg:1", kind, payload, service.now(), **more)], service.now())
    outbox.dead(s, id, "BadRequest: message text is empty", service.now())
    return id


def states(service: Service) -> dict[str, int]:
    return service.db.call(outbox.counts)


def test_it_shows_counts_and_reasons_and_no_word_of_anybody(service: Service) -> None:
    assert run(service.db.url) == "The outbox is empty.\n"
    id = service.db.call(dead, service)
    shown, as_json = run(service.db.url), run(service.db.url, "--json")
    assert f"{id}  2026-11-23 02:30Z  reply  -  BadRequest: message text is empty" in shown
    found = json.loads(as_json)
    assert found["counts"] == {"reply": {"dead": 1}} and [one["id"] for one in found["dead"]] == [id]
    assert SECRET not in shown + as_json + json.dumps(found, ensure_ascii=False)


def test_retry_and_drop_one_or_all_or_a_kind(service: Service) -> None:
    first = service.db.call(dead, service)
    for kind in ("evening_before", "summary", "summary"):
        service.db.call(dead, service, kind)
    assert run(service.db.url, "retry", str(first)) == "1 dead letter will be tried again.\n"
    assert run(service.db.url, "retry", "--kind", "evening_before") == "1 dead letter will be tried again.\n"
    assert run(service.db.url, "drop", "--all") == "2 dead letters dropped.\n"
    assert states(service) == {"waiting": 2, "called_off": 2}


@pytest.mark.parametrize("arguments", [("retry",), ("drop",), ("retry", "1", "--all"), ("drop", "1", "--kind", "x")])
def test_what_is_meant_must_be_plain(service: Service, arguments: tuple[str, ...]) -> None:
    assert "give a dead letter's ID, or --all" in run(service.db.url, *arguments, code=2)


def test_an_id_that_is_no_dead_letter_is_told(service: Service) -> None:
    assert "77 is no dead letter" in run(service.db.url, "retry", "77", code=1)


async def told_nothing(service: Service, reason: str) -> None:
    """Somebody books, and a notice about it does not reach them."""
    await to_the_confirmation(service)
    await service.send(press="yes")

    def put(s: Connection) -> None:
        booking = s.execute(select(Booking.id)).scalar_one()
        s.execute(update(Outbox).where(Outbox.state == "waiting").values(state="called_off"))
        payload = {"text": "choice.yes", "args": {}}
        about, now = f"booking:{booking}", service.now()
        [id] = outbox.put(s, [Notice(f"{CHANNEL}:p1", "test", payload, now, REMINDER, about=about)], now)
        outbox.dead(s, id, reason, service.now())

    await service.db.run(put)


async def test_a_coordinator_sees_who_could_not_be_told_and_tries_again(service: Service) -> None:
    await told_nothing(service, "Forbidden: bot was blocked by the user")
    await enrol(service, "coordinator", "c1")
    said = await service.send(chat="c1", text="/undelivered")
    assert said[-1]["asks"]["question"] == "undelivered"
    letter = said[-1]["choices"][0]
    assert "Rahim Sekh" in letter["label"]
    said = await service.send(chat="c1", press=letter["id"])
    assert "closed this chat" in said[-1]["text"]
    said = await service.send(chat="c1", press="again")
    assert any("being sent again" in one["text"] for one in said if one["chat"] == "c1")
    assert any("Everybody was told" in one["text"] for one in said if one["chat"] == "c1"), "it is off the list"
    assert [one["chat"] for one in said if one["chat"] != "c1"] == ["p1"], "and it has been sent"


async def test_nobody_but_a_coordinator_has_the_command(service: Service) -> None:
    await told_nothing(service, "?")
    await enrol(service, "doctor", "d1")
    for chat in ("p1", "d1"):
        said = await service.send(chat=chat, text="/undelivered")
        assert all("undelivered" not in str(one.get("asks")) for one in said)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("known to be unreachable", "unreachable"),
        ("Forbidden: bot was blocked by the user", "unreachable"),
        ("BadRequest: Chat not found", "unreachable"),
        ("BadRequest: message text is empty", "refused"),
        ("it may not have arrived: TimedOut: Timed out (ReadTimeout)", "uncertain"),
        ("4 times it may not have arrived: x", "uncertain"),
        ("not put into words: MissingWords", "words"),
        ("documents not made: summary: RuntimeError", "document"),
        ("this process has no channel 'pigeon'", "channel"),
        ("NetworkError: Bad Gateway", "away"),
        ("?", "other"),
    ],
)
def test_every_reason_has_a_word(reason: str, word: str) -> None:
    assert why(reason) == word


def test_every_word_is_told_to_the_coordinator() -> None:
    assert {f"undelivered.why_{word}" for word in WORDS} <= set(texts())
