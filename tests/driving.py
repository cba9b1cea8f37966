"""Driving the whole service in one process by the JSON-lines channel: real database, real reading, real flows."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.channels.jsonl import CHANNEL, JsonLines
from bot.papers import paper
from bot.parts import Now, assemble
from nlu.places import place_keys
from nlu.reading import Client
from storage.demo.load import load_demo
from storage.migrate import migrate
from storage.sealed import Keyring, new_key
from storage.session import Database

MONDAY = "2026-11-23T08:00+05:30"
KEYS = new_key("test")


def furnished(folder: Path, at: datetime = datetime.fromisoformat(MONDAY)) -> Path:
    """A database with the demonstration in it and windows from `at` on, to be copied for each test."""
    file = folder / "furnished.db"
    migrate(f"sqlite:///{file}")
    db = Database(f"sqlite:///{file}", Keyring(KEYS))
    db.call(load_demo, at, place_keys)
    db.close()
    return file


class Service:
    """The service on a database of its own, with a clock that stands until it is moved."""

    def __init__(self, template: Path, folder: Path, rasa: Client | None = None) -> None:
        file = folder / "ingit.db"
        shutil.copy(template, file)
        self.db = Database(f"sqlite:///{file}", Keyring(KEYS))
        self.now = Now(datetime.fromisoformat(MONDAY))
        self._heard: list[dict[str, Any]] = []
        self.channel = JsonLines(paper, folder / "documents", self._heard.append)
        self.parts = assemble(self.db, self.now, rasa, {CHANNEL: self.channel.deliver})
        self.channel.attach(self.parts)

    async def send(self, **said: Any) -> list[dict[str, Any]]:
        """One input; everything said because of it, to whomever."""
        self._heard.clear()
        await self.channel.deal({"chat": "p1", **said} if "clock" not in said else said)
        return list(self._heard)

    def close(self) -> None:
        """End it."""
        self.db.close()
