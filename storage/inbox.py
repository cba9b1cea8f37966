"""What came in: written before it is acknowledged, worked off in order, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, literal_column, select, update

from storage.dialect import insert_into
from storage.prepared import Prepared, Row
from storage.sealed import ring
from storage.tables import Inbox


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it waits to be dealt with; `payload` is what was received."""

    id: int
    channel: str
    key: str
    chat: str
    payload: dict[str, Any]
    received_at: datetime


_COLUMNS = (Inbox.id, Inbox.channel, Inbox.key, Inbox.chat, Inbox.payload, Inbox.received_at)
_RECEIVE = Prepared(
    lambda dialect: insert_into(dialect, Inbox).on_conflict_do_nothing().returning(Inbox.id),
    columns=("channel", "key", "chat", "payload", "received_at"),
)
_WAITING = Prepared(
    select(*_COLUMNS).where(Inbox.done_at.is_(None)).order_by(Inbox.id).limit(bindparam("most", type_=Integer))
)
_TAKE = Prepared(
    select(*_COLUMNS).where(Inbox.id == bindparam("row"), Inbox.done_at.is_(None)).with_for_update(skip_locked=True)
)
_EARLIER = Prepared(
    select(*_COLUMNS)
    .where(Inbox.chat == bindparam("of"), Inbox.id < bindparam("row"), Inbox.done_at.is_(None))
    .order_by(Inbox.id)
    .limit(literal_column("1"))
)
_LINE = Prepared(
    select(*_COLUMNS)
    .where(Inbox.chat == bindparam("of"), Inbox.id >= bindparam("row"), Inbox.done_at.is_(None))
    .order_by(Inbox.id)
    .limit(bindparam("most", type_=Integer))
)
_DONE = Prepared(
    update(Inbox)
    .where(Inbox.id == bindparam("row"), Inbox.done_at.is_(None))
    .values(done_at=bindparam("now"), failed_at=bindparam("failed"), reason=bindparam("why"))
)


def receive(s: Connection, channel: str, key: str, chat: str, payload: dict[str, Any], now: datetime) -> int | None:
    """Keeps an update; its row's id, or None if this channel brought it before."""
    sealed = ring(s).seal(payload, _place(channel, key))
    row = _RECEIVE.first(s, channel=channel, key=key, chat=chat, payload=sealed, received_at=now)
    return row[0] if row else None


def waiting(s: Connection, limit: int = 1000) -> list[Received]:
    """What has not been dealt with, oldest first: at start, what a killed process left behind."""
    return [_received(s, row) for row in _WAITING.rows(s, most=limit)]


def earlier(s: Connection, chat: str, id: int) -> Received | None:
    """The oldest message of a chat before this one that is not dealt with yet; None: it is its turn."""
    row = _EARLIER.first(s, of=chat, row=id)
    return _received(s, row) if row else None


def line(s: Connection, chat: str, id: int, limit: int = 100) -> list[Received]:
    """What waits of a chat, in order, from this message on; without it if it is done."""
    return [_received(s, row) for row in _LINE.rows(s, of=chat, row=id, most=limit)]


def take(s: Connection, id: int) -> Received | None:
    """The message, held for this transaction; None if it is done, or another process holds it."""
    row = _TAKE.first(s, row=id)
    return _received(s, row) if row else None


def done(s: Connection, id: int, now: datetime) -> bool:
    """Marks it dealt with; False if it was already, and the transaction had better be rolled back."""
    return _DONE.count(s, row=id, now=now, failed=None, why=None) == 1


def wipe_text(s: Connection, id: int) -> None:
    """Takes what was typed out of a message that is dealt with: a secret is not kept longer than it is needed."""
    row = s.execute(select(*_COLUMNS).where(Inbox.id == id)).one()
    payload = {name: value for name, value in _received(s, tuple(row)).payload.items() if name != "text"}
    sealed = ring(s).seal(payload, _place(row.channel, row.key))
    s.execute(update(Inbox).where(Inbox.id == id).values(payload=sealed))


def oldest(s: Connection) -> datetime | None:
    """When the oldest message that is not dealt with was received; None if there is none."""
    first = select(Inbox.received_at).where(Inbox.done_at.is_(None)).order_by(Inbox.id).limit(1)
    found: datetime | None = s.execute(first).scalar()
    return found


def undone(s: Connection) -> int:
    """How many messages are not dealt with."""
    return int(s.execute(select(func.count()).select_from(Inbox).where(Inbox.done_at.is_(None))).scalar_one())


def failed(s: Connection, id: int, reason: str, now: datetime) -> None:
    """Gives it up as a dead letter. `reason` names the error and holds no word of a person."""
    _DONE.count(s, row=id, now=now, failed=now, why=reason)


def dead_letters(s: Connection, limit: int = 100) -> list[tuple[int, str, str, datetime]]:
    """What was given up, newest first: id, chat, reason, when."""
    found = select(Inbox.id, Inbox.chat, Inbox.reason, Inbox.failed_at).where(Inbox.failed_at.is_not(None))
    return [(r.id, r.chat, r.reason, r.failed_at) for r in s.execute(found.order_by(Inbox.id.desc()).limit(limit))]


def _received(s: Connection, row: Row) -> Received:
    id, channel, key, chat, sealed, received_at = row
    return Received(id, channel, key, chat, ring(s).open(sealed, _place(channel, key)), received_at)


def _place(channel: str, key: str) -> str:
    return f"inbox/payload/{channel}/{key}"
