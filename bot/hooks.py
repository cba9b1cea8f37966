"""What the sender asks of storage before and after it sends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.sender import Hooks
from storage import bookings, people
from storage.outbox import Claimed
from storage.records import Unknown
from storage.tables import ACTIVE


def still_wanted(s: Connection, notice: Claimed) -> bool:
    """A reminder is sent only while its booking holds its place, as things stand now."""
    kind, _, id = (notice.about or "").partition(":")
    if kind != "booking":
        return True
    try:
        return bookings.booking(s, id).status in ACTIVE
    except Unknown:
        return False


def unreachable(s: Connection, notice: Claimed, now: datetime) -> None:
    """The person blocked the bot or left."""
    people.set_reachable(s, notice.chat, False, now)


def reached(s: Connection, chat: str, now: datetime) -> None:
    """A person thought unreachable got a message."""
    people.set_reachable(s, chat, True, now)


HOOKS = Hooks(still_wanted, unreachable, reached)
