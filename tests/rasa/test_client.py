"""The client against servers that are slow, talk nonsense, refuse or are not there."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from nlu.rasa_client import Nonsense, RasaClient, reading_of

SOUND = {
    "text": "x",
    "intent": {"name": "greet", "confidence": 0.9},
    "entities": [{"entity": "finding", "value": "fever", "extractor": "CRFEntityExtractor", "confidence_entity": 0.9}],
}


PATIENCE_S = 20.0
"""Where the deadline is not what is tested, a busy machine must not fail the test."""


def patient(url: str, clock: Callable[[], float] = time.monotonic) -> RasaClient:
    return RasaClient(url, PATIENCE_S, clock)


class Server:
    """A server on loopback that answers every request as `answer` does, and counts them."""

    def __init__(self, answer: Callable[[], Awaitable[bytes]]) -> None:
        self.answer = answer
        self.asked = 0
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(int(x.split(b":")[1]) for x in head.lower().split(b"\r\n") if b"content-length" in x)
                await reader.readexactly(length)
                self.asked += 1
                writer.write(await self.answer())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def says(body: str, status: str = "200 OK", after_s: float = 0.0) -> Callable[[], Awaitable[bytes]]:
    async def answer() -> bytes:
        await asyncio.sleep(after_s)
        return f"HTTP/1.1 {status}\r\ncontent-length: {len(body.encode())}\r\n\r\n{body}".encode()

    return answer


@asynccontextmanager
async def serving(answer: Callable[[], Awaitable[bytes]]) -> AsyncIterator[tuple[Server, str]]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def sound() -> str:
    return json.dumps(SOUND)


async def test_a_sound_answer_is_a_reading_over_one_kept_connection() -> None:
    async with serving(says(sound())) as (server, url):
        client = patient(url)
        for _ in range(5):
            reading = await client.parse("jor")
            assert reading is not None
            assert (reading.intent, reading.confidence, reading.findings) == ("greet", 0.9, ("fever",))
        assert (server.asked, server.connections, client.state) == (5, 1, None)
        await client.close()


async def test_a_slow_server_costs_no_more_than_the_deadline() -> None:
    """A server that would answer in half a minute is not waited for."""
    async with serving(says(sound(), after_s=30)) as (_, url), asyncio.timeout(15):
        client = RasaClient(url, deadline_s=0.2)
        assert await client.parse("jor") is None
        assert (client.health, client.state) == ("slow", "rasa_slow")
        await client.close()


@pytest.mark.parametrize(
    "body",
    ["", "not json", "[]", "null", "{}", '{"intent": null, "entities": []}',
     '{"intent": {"name": "greet"}, "entities": []}',
     '{"intent": {"name": "rob_a_bank", "confidence": 0.9}, "entities": []}',
     '{"intent": {"name": "greet", "confidence": 7}, "entities": []}',
     '{"intent": {"name": "greet", "confidence": NaN}, "entities": []}',
     '{"intent": {"name": "greet", "confidence": 0.9}, "entities": [1]}',
     '{"intent": {"name": ["greet"], "confidence": 0.9}, "entities": []}'],
)  # fmt: skip
async def test_nonsense_is_no_reading(body: str) -> None:
    async with serving(says(body)) as (_, url):
        client = patient(url)
        client.health = "up"
        assert await client.parse("jor") is None
        assert client.state == "rasa_down"
        await client.close()


async def test_an_error_status_is_no_reading() -> None:
    async with serving(says(sound(), status="500 Oh No")) as (_, url):
        client = patient(url)
        assert await client.parse("jor") is None
        await client.close()


async def test_nobody_there_is_starting_until_it_was_up_once() -> None:
    client = RasaClient("http://127.0.0.1:9")
    assert await client.parse("jor") is None
    assert (client.health, client.state) == ("starting", "rasa_down")


async def test_the_breaker_opens_after_five_failures_and_tries_again_after_five_seconds() -> None:
    clock = Clock()
    async with serving(says("nonsense")) as (server, url):
        client = patient(url, clock)
        for _ in range(20):
            await client.parse("jor")
        assert server.asked == 5, "open: nothing more is asked"
        clock.now += 5.1
        await asyncio.gather(*(client.parse("jor") for _ in range(10)))
        assert server.asked == 6, "half open: one question only"
        clock.now += 5.1
        server.answer = says(sound())
        assert await client.parse("jor") is not None
        assert await client.parse("jor") is not None
        assert (server.asked, client.state) == (8, None)
        await client.close()


async def test_four_failures_and_a_success_keep_it_shut() -> None:
    async with serving(says("nonsense")) as (server, url):
        client = patient(url)
        for _ in range(3):
            server.answer = says("nonsense")
            for _ in range(4):
                await client.parse("jor")
            server.answer = says(sound())
            assert await client.parse("jor") is not None
        await client.close()


async def test_an_empty_message_is_not_sent() -> None:
    async with serving(says(sound())) as (server, url):
        client = patient(url)
        assert await client.parse("  \n") is None
        assert server.asked == 0


async def test_the_address_may_change() -> None:
    async with serving(says(sound())) as (_, url):
        address = "http://127.0.0.1:9"
        client = RasaClient(lambda: address, PATIENCE_S)
        assert await client.parse("jor") is None
        address = url
        assert await client.parse("jor") is not None
        await client.close()


async def test_what_the_person_wrote_is_not_logged() -> None:
    async with serving(says("nonsense")) as (_, url):
        client = patient(url)
        client.health = "up"
        with capture_logs() as logged:
            await client.parse("amar gopon rog")
        await client.close()
    assert [line["event"] for line in logged] == ["rasa_turned"]
    assert "gopon" not in str(logged)


def entity(**more: Any) -> dict[str, Any]:
    return {"entity": "finding", "value": "fever", "extractor": "CRFEntityExtractor", "confidence_entity": 0.9, **more}


@pytest.mark.parametrize(
    "one",
    [entity(role="denied"), entity(extractor="LexiconFindings"), entity(confidence_entity=0.2), entity(entity="city")],
)
def test_left_out_are_the_denied_the_doubtful_and_the_lexicons_own(one: dict[str, Any]) -> None:
    assert reading_of(SOUND | {"entities": [one]}).findings == ()
    assert reading_of(SOUND | {"entities": [one, entity(value="cough")]}).findings == ("cough",)


def test_an_entity_without_a_value_is_nonsense() -> None:
    with pytest.raises(Nonsense):
        reading_of(SOUND | {"entities": [{"entity": "finding"}]})


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ({"fever": 0.91, "cough": 1}, (("cough", 1.0), ("fever", 0.91))),
        ({"fever": 0.91, "no_such_finding": 0.5}, (("fever", 0.91),)),
        *[(told, None) for told in (None, {}, [], "fever", 7, {"fever": "0.9"}, {"fever": 7}, {"fever": -0.1})],
        *[(told, None) for told in ({"fever": None}, {"fever": True}, {"fever": float("nan")}, {"fever": [0.5]})],
    ],
)
def test_what_the_second_reader_told_is_taken_only_where_it_makes_sense(told: Any, seen: Any) -> None:
    reading = reading_of(SOUND | {"findings_seen": told})
    assert reading.seen == seen
    assert reading.findings == ("fever",)


def test_a_server_without_a_second_reader_says_nothing_of_it() -> None:
    assert reading_of(SOUND).seen is None
