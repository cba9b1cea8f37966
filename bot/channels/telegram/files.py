"""Documents of a letter: made once, uploaded once, and from then on sent by the id that Telegram gave them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

import structlog
from telegram import Bot, InputFile, Message

from bot.delivery import Documents, Letter

log = structlog.get_logger(__name__)

KEPT = 500
Request = Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class File:
    """Something to send: as a photo, or as a document; `content` may be the id that Telegram knows it by."""

    is_photo: bool
    content: str | InputFile


class Files:
    """The documents of one bot. `documents` makes them."""

    def __init__(self, bot: Bot, documents: Documents) -> None:
        self._bot = bot
        self._documents = documents
        self._sent: dict[str, File] = {}

    async def requests(self, chat: int, letter: Letter) -> tuple[list[Request], list[str]]:
        """A request for each document; and which could not be made: they must not hold back the words."""
        requests: list[Request] = []
        unmade = []
        for document in letter.payload.get("documents") or ():
            key = _digest([letter.lang, document])
            try:
                file = self._sent.get(key) or await self._made(letter, document)
            except Exception as error:
                log.exception("document_not_made", kind=document.get("kind"))
                unmade.append(f"{document.get('kind')}: {type(error).__name__}")
            else:
                requests.append(partial(self._send, chat, key, file))
        return requests, unmade

    async def _made(self, letter: Letter, document: Any) -> File:
        name, content, media_type = await asyncio.to_thread(self._documents, letter.lang, document)
        return File(media_type == "image/png", InputFile(content, filename=name))

    async def _send(self, chat: int, key: str, file: File) -> int:
        send = self._bot.send_photo if file.is_photo else self._bot.send_document
        message: Message = await send(chat, file.content)
        known = message.photo[-1] if message.photo else message.document
        if known:
            self._keep(key, File(file.is_photo, known.file_id))
        return message.message_id

    def _keep(self, key: str, file: File) -> None:
        if len(self._sent) >= KEPT:
            del self._sent[next(iter(self._sent))]
        self._sent[key] = file


def _digest(value: Any) -> str:
    return blake2b(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()
