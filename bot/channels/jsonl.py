"""The JSON-lines channel: the whole service for programs and tests, an object a line in and out (docs/jsonl.md)."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.delivery import Delivered, Documents, Letter, Outcome, keep
from bot.digests import next_list
from bot.incoming import Incoming
from bot.lines import BadLine, field, parse_line, write
from bot.moments import ZONE
from bot.parts import Parts
from bot.words import plain, say
from storage import inbox, outbox
from storage.inbox import Received
from storage.session import DatabaseAway

CHANNEL = "lines"
TEXT_AT_MOST = 100_000
_INPUTS = ("text", "press", "location", "contact", "media", "edited")


class JsonLines:
    """One run of the channel; documents are written into `folder`."""

    def __init__(self, documents: Documents, folder: Path, out: Callable[[dict[str, Any]], None] = write) -> None:
        self._out = out
        self._documents = documents
        self._folder = folder
        self._run = uuid.uuid4().hex
        self._keys = itertools.count(1)
        self._messages = itertools.count(1)

    async def serve(self, lines: AsyncIterator[str]) -> None:
        """Deal with each line in turn: what it brings about is written first, then {"done": n}."""
        done = itertools.count(1)
        async for line in lines:
            if not line.strip():
                continue
            try:
                await self.deal(parse_line(line))
            except BadLine as error:
                self._out({"error": str(error)})
            self._out({"done": next(done)})

    def attach(self, parts: Parts) -> None:
        """The parts to work with; they in turn deliver through this channel."""
        self._parts = parts

    async def deal(self, said: dict[str, Any]) -> None:
        """One object of the input, dealt with to its end; raises BadLine."""
        if "clock" in said:
            await self._clock(_moment(said["clock"], self._parts.now()))
            return
        chat = field(said, "chat", str, '"p1"')
        if not chat or not re.fullmatch(r"[^\s:]{1,64}", chat):
            raise BadLine(
                'chat: missing, too long or with a space or colon; write for example {"chat": "p1", "text": "jor"}'
            )
        incoming = self._incoming(chat, said)
        now = self._parts.now()
        row = None
        while row is None:
            try:
                row = await self._parts.db.run(
                    inbox.receive, CHANNEL, incoming.key, incoming.chat, incoming.to_json(), now)  # fmt: skip
            except DatabaseAway:
                await asyncio.sleep(1)
        self._parts.handler.take([Received(row, CHANNEL, incoming.key, incoming.chat, incoming.to_json(), now)])
        await self._settle()

    async def _settle(self) -> None:
        await self._parts.handler.idle()
        await self._parts.sender.drain()

    async def _clock(self, to: datetime) -> None:
        """Move the clock on, stopping wherever something falls due in between."""
        while (stop := await self._next_stop()) <= to:
            before = await self._parts.db.read(outbox.next_due)
            self._parts.now.move(max(stop, self._parts.now()))
            await self._parts.lists()
            await self._settle()
            if stop == before == await self._parts.db.read(outbox.next_due):
                break
        self._parts.now.move(to)
        await self._parts.housekeeping()
        await self._parts.places()
        await self._parts.lists()
        await self._parts.windows()
        await self._parts.retention()
        await self._settle()

    async def _next_stop(self) -> datetime:
        """When the next notice falls due or the next list for staff is made."""
        due = await self._parts.db.read(outbox.next_due)
        listed = next_list(self._parts.now())
        return listed if due is None else min(due, listed)

    def _incoming(self, chat: str, said: dict[str, Any]) -> Incoming:
        given = [name for name in _INPUTS if said.get(name) is not None]
        if len(given) != 1:
            raise BadLine('one of "text", "press", "location", "contact", "media", "edited" or "clock" is needed')
        kind = given[0]
        base: dict[str, Any] = {
            "chat": f"{CHANNEL}:{chat}",
            "key": f"{self._run}:{next(self._keys)}",
            "at": self._parts.now(),
        }
        match kind:
            case "text" | "edited":
                text = field(said, kind, str, '"3 din dhore jor"')[:TEXT_AT_MOST]
                return Incoming(kind=kind, text=text, **base)
            case "press":
                return Incoming(kind="press", press=_presses(said["press"]), step=field(said, "step", int, "4"), **base)
            case "location":
                lat, lon = _spot(said["location"])
                return Incoming(kind="location", lat=lat, lon=lon, **base)
            case "contact":
                return Incoming(kind="contact", contact=field(said, "contact", str, '"+919800000000"'), **base)
        return Incoming(kind="media", media=field(said, "media", str, '"photo"'), **base)

    async def deliver(self, letter: Letter) -> Outcome:
        """One message, written out."""
        payload = letter.payload
        number = next(self._messages)
        out: dict[str, Any] = {
            "chat": letter.chat.partition(":")[2], "message": number, "id": payload.get("text"), "lang": letter.lang,
            "text": letter.plain,
        }  # fmt: skip
        if letter.choices:
            out["choices"] = [_choice(id, label, payload) for id, label in letter.choices]
        out |= {"many": True} if payload.get("many") else {}
        out |= {name: payload[name] for name in ("asks", "step", "outcome") if name in payload}
        if "ask" in payload:
            out["asks"] = payload["ask"]
        if "booking" in payload:
            out["booking"] = {name: _told(letter, value) for name, value in payload["booking"].items()}
        if payload.get("documents"):
            out["documents"] = [self._document(letter, document) for document in payload["documents"]]
        self._out(out)
        return Delivered((number,))

    def _document(self, letter: Letter, document: Mapping[str, Any]) -> dict[str, str]:
        name, content, media = self._documents(letter.lang, document)
        path = keep(self._folder / f"{hashlib.blake2b(content, digest_size=6).hexdigest()}-{name}", content)
        return {"name": name, "type": media, "path": str(path)}


def _choice(id: str, label: str, payload: Mapping[str, Any]) -> dict[str, str]:
    finding = next((c.get("finding") for c in payload["choices"] if c["id"] == id), None)
    return {"id": id, "label": label} | ({"finding": finding} if finding else {})


def _told(letter: Letter, value: Any) -> Any:
    return plain(say(letter.lang, value)) if isinstance(value, dict) else value


def _presses(value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed) or len(listed) > 50:
        raise BadLine('press: write a choice id, or a list of them: {"chat": "p1", "press": ["stiff_neck"]}')
    return tuple(listed)


def _spot(value: Any) -> tuple[float, float]:
    if isinstance(value, dict):
        lat, lon = (field(value, name, (int, float), "23.25") for name in ("lat", "lon"))
        if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
            return float(lat), float(lon)
    raise BadLine('location: write {"lat": 23.25, "lon": 87.86}, in degrees')


def _moment(value: Any, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadLine(f'clock: {value!r} cannot be read; write for example "2026-11-24T08:00+05:30"') from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    if moment < now:
        raise BadLine(f"clock: {value} lies before {now.isoformat()}; the clock only moves on")
    return moment


def standard_input() -> Iterator[str]:
    """The lines of standard input, whatever bytes they hold."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace")
