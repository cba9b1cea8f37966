"""The terminal: the same conversation for one person at a keyboard."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.channels.keyboard import typed_lines
from bot.delivery import Delivered, Documents, Letter, Outcome, keep
from bot.incoming import Incoming
from bot.parts import Parts
from storage import conversations, inbox
from storage.inbox import Received

CHANNEL = "term"
HELP = (
    "Write as you would on Telegram; a number chooses a button (several: 1 3). "
    "@23.25,87.86 shares a location. Ctrl-C ends."
)


class Terminal:
    """One person at the keyboard; documents are written into `folder`."""

    def __init__(self, documents: Documents, folder: Path) -> None:
        self._documents = documents
        self._folder = folder
        self._console = Console(highlight=False)
        self._choices: list[str] = []
        self._many = False
        self._step: int | None = None
        self._messages = itertools.count(1)

    async def talk(self, parts: Parts, who: str) -> None:
        """Read and answer until the input ends."""
        chat = f"{CHANNEL}:{who}"
        self._console.print(Text(HELP, style="dim"))
        if await parts.db.read(conversations.look, chat) is None:
            await self._take(parts, Incoming(chat, uuid.uuid4().hex, "text", parts.now(), text="/start"))
        else:
            await parts.handler.idle()
            await parts.sender.drain()
        self._prompt()
        async for line in typed_lines():
            if line.strip():
                await self._take(parts, self._incoming(chat, parts, line.strip()))
            self._prompt()

    def _prompt(self) -> None:
        self._console.print("\n> ", end="")

    async def _take(self, parts: Parts, incoming: Incoming) -> None:
        self._choices = []
        now, payload = parts.now(), incoming.to_json()
        row = await parts.db.run(inbox.receive, CHANNEL, incoming.key, incoming.chat, payload, now)
        if row is not None:
            parts.handler.take([Received(row, CHANNEL, incoming.key, incoming.chat, payload, now)])
        await parts.handler.idle()
        await parts.sender.drain()

    def _incoming(self, chat: str, parts: Parts, line: str) -> Incoming:
        base: dict[str, Any] = {"chat": chat, "key": uuid.uuid4().hex, "at": parts.now()}
        if press := self._chosen(line.replace(",", " ").split()):
            return Incoming(kind="press", press=press, step=self._step, **base)
        if line.startswith("@"):
            lat, _, lon = line[1:].partition(",")
            try:
                return Incoming(kind="location", lat=float(lat), lon=float(lon), **base)
            except ValueError:
                pass
        return Incoming(kind="text", text=line, **base)

    def _chosen(self, numbers: list[str]) -> tuple[str, ...]:
        """The choices named by their numbers; empty where the line is not that."""
        named = [int(one) for one in numbers if one.isascii() and one.isdigit()]
        if len(named) != len(numbers) or not all(1 <= one <= len(self._choices) for one in named):
            return ()
        return tuple(self._choices[one - 1] for one in named) if self._many or len(named) == 1 else ()

    async def deliver(self, letter: Letter) -> Outcome:
        """One message, printed, its choices numbered."""
        self._console.print()
        self._console.print(Text(letter.plain))
        for document in letter.payload.get("documents") or ():
            self._console.print(Text(f"[{self._written(letter, document)}]", style="dim"))
        if "step" in letter.payload:
            self._choices = [id for id, _ in letter.choices]
            self._many = bool(letter.payload.get("many"))
            self._step = letter.payload["step"]
        for number, (_, label) in enumerate(letter.choices, 1):
            self._console.print(Text(f"  {number}. {label}", style="cyan"))
        return Delivered((next(self._messages),))

    def _written(self, letter: Letter, document: Mapping[str, Any]) -> Path:
        name, content, _ = self._documents(letter.lang, document)
        return keep(self._folder / name, content)
