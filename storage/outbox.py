"""What is to be said: put by the transaction that decides it, claimed under a lease by the sender, marked when sent.

Order within a chat: a row waits while an older reply or emergency of the same chat, at least as urgent, is unsent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.orm import aliased

from flows.reminders import group_of
from storage.columns import new_id
from storage.dialect import insert_into
from storage.optouts import unwanted
from storage.prepared import Prepared
from storage.sealed import ring
from storage.tables import Account, Conversation, Outbox

AT_ONCE = 8
"""Rows put by one statement, at most."""
EMERGENCY, REPLY, TIME_CRITICAL, REMINDER, DIGEST = range(5)
"""Priorities, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be said to a chat: `payload` is text id, arguments and what goes with them."""

    chat: str
    kind: str
    payload: dict[str, Any]
    due: datetime
    priority: int = REPLY
    expires_at: datetime | None = None  # dropped rather than said later than this
    about: str | None = None  # "booking:<id>": called off with it
    key: str | None = None  # what is said once has one
    must_arrive: bool = False  # said again when delivery is uncertain


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that this worker may send until its lease ends. `lang` is the chat's language, if known."""

    id: int
    chat: str
    kind: str
    payload: dict[str, Any]
    priority: int
    due: datetime
    expires_at: datetime | None
    about: str | None
    must_arrive: bool
    tries: int  # this one included
    lang: str | None
    reachable: bool


_COLUMNS = (
    "chat", "kind", "payload", "priority", "due", "expires_at", "about", "key", "must_arrive",
    "state", "tries", "created_at",
)  # fmt: skip
_older = aliased(Outbox)
_waiting: Any = literal_column("'waiting'")  # in the statement's text: a bound value would pass by the partial indexes
_reply: Any = literal_column(str(REPLY), Integer)
_WAITING = Outbox.state == _waiting
_oldest_unsaid = (
    select(_older.id)
    .where(
        _older.chat == Outbox.chat,
        _older.state == _waiting,
        _older.priority <= _reply,
        _older.priority <= Outbox.priority,
    )
    .order_by(_older.id)
    .limit(literal_column("1"))
    .scalar_subquery()
)
_IN_TURN = func.coalesce(_oldest_unsaid, Outbox.id) >= Outbox.id
_DUE = Prepared(
    select(
        Outbox.id, Outbox.chat, Outbox.kind, Outbox.payload, Outbox.priority, Outbox.due, Outbox.expires_at,
        Outbox.about, Outbox.key, Outbox.must_arrive, Outbox.tries, func.coalesce(Account.lang, Conversation.lang),
        Account.reachable,
    )
    .outerjoin(Account, Account.chat == Outbox.chat)
    .outerjoin(Conversation, Conversation.chat == Outbox.chat)
    .where(
        _WAITING,
        Outbox.priority == bindparam("of_priority"),
        Outbox.due <= bindparam("now"),
        or_(Outbox.expires_at.is_(None), Outbox.expires_at > bindparam("now")),
        or_(Outbox.leased_until.is_(None), Outbox.leased_until <= bindparam("now")),
        _IN_TURN,
    )
    .order_by(Outbox.due, Outbox.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=Outbox, skip_locked=True)
)  # fmt: skip
_LEASE = Prepared(
    update(Outbox)
    .where(Outbox.id == bindparam("row"))
    .values(leased_until=bindparam("until"), worker=bindparam("by"), tries=Outbox.tries + 1)
)
_CLOSE = Prepared(
    update(Outbox)
    .where(Outbox.id == bindparam("row"), _WAITING)
    .values(
        state=bindparam("as_state"),
        closed_at=bindparam("now"),
        message_id=bindparam("message"),
        reason=bindparam("why"),
        leased_until=None,
    )
)
_AGAIN = Prepared(
    update(Outbox)
    .where(Outbox.id == bindparam("row"), _WAITING)
    .values(due=bindparam("next_due"), reason=bindparam("why"), leased_until=None)
)
_CALL_OFF = Prepared(
    update(Outbox)
    .where(Outbox.about == bindparam("of"), _WAITING)
    .values(state="called_off", closed_at=bindparam("now"))
)
_PLAN = Prepared(lambda dialect: insert_into(dialect, Outbox).on_conflict_do_nothing(), columns=_COLUMNS)
_TAKE_BACK = Prepared(delete(Outbox).where(Outbox.about == bindparam("of"), _WAITING, Outbox.leased_until.is_(None)))


def put(s: Connection, notices: Sequence[Notice], now: datetime) -> list[int]:
    """Keeps what is to be said; the ids of what is new. A key used before is passed over, whatever came of it."""
    kept: list[int] = []
    for first in range(0, len(notices), AT_ONCE):
        some = notices[first : first + AT_ONCE]
        named = {f"{name}_{n}": value for n, one in enumerate(some) for name, value in _row(s, one, now).items()}
        kept += [row[0] for row in _put(len(some)).rows(s, **named)]
    return kept


def plan(s: Connection, notices: Iterable[Notice], now: datetime) -> int:
    """As `put`, for a day's notices, some thousands at a time: how many are new, without their ids."""
    same = {"state": "waiting", "tries": 0, "created_at": now}
    return _PLAN.many(s, (_varied(s, one) for one in notices), **same)


def call_off(s: Connection, about: str, now: datetime) -> int:
    """Calls off what still waits about this; how many. What is being sent in this moment may still arrive."""
    return _CALL_OFF.count(s, of=about, now=now)


def unsent(s: Connection, about: str, now: datetime) -> list[dict[str, Any]]:
    """The payloads of what waits about this and is not being sent in this moment, oldest first."""
    found = select(Outbox.chat, Outbox.key, Outbox.payload).where(Outbox.about == about, _WAITING, _not_leased(now))
    rows = s.execute(found.order_by(Outbox.id))
    return [ring(s).open(payload, _place(chat, key)) for chat, key, payload in rows]


def take_back(s: Connection, about: str) -> int:
    """Takes out what still waits about this, as if it had never been put; how many. Its keys may be used again."""
    return _TAKE_BACK.count(s, of=about)


def claim(
    s: Connection, now: datetime, limit: int, lease_seconds: float, worker: str, down_to: int = DIGEST
) -> list[Claimed]:
    """Up to `limit` notices to send now, the most urgent first, one a chat, nobody else's while the lease lasts.

    None is less urgent than `down_to`.
    """
    claimed: dict[str, Claimed] = {}
    until = now + timedelta(seconds=lease_seconds)
    for priority in range(down_to + 1):
        if len(claimed) >= limit:
            break
        for row in _DUE.rows(s, of_priority=priority, now=now, most=limit - len(claimed)):
            notice = _claimed(s, row)
            if (group := group_of(notice.kind)) and unwanted(s, notice.chat, group):
                _close(s, notice.id, "opted_out", now)
            elif notice.chat not in claimed:
                claimed[notice.chat] = notice
                _LEASE.count(s, row=notice.id, until=until, by=worker)
    return list(claimed.values())


def sent(s: Connection, id: int, message_id: str | int | None, now: datetime) -> None:
    """It was delivered, as the channel's message `message_id`."""
    _close(s, id, "sent", now, message=None if message_id is None else str(message_id))


def again(s: Connection, id: int, due: datetime, reason: str) -> None:
    """It could not be sent: to be tried again at `due`."""
    _AGAIN.count(s, row=id, next_due=due, why=reason)


def dead(s: Connection, id: int, reason: str, now: datetime) -> None:
    """It cannot be sent: a dead letter for the coordinator to see. `reason` holds no word of a person."""
    _close(s, id, "dead", now, why=reason)


def expire(s: Connection, now: datetime) -> int:
    """Drops what came too late to be said; how many."""
    late = update(Outbox).where(_WAITING, Outbox.expires_at <= now, _not_leased(now))
    return s.execute(late.values(state="expired", closed_at=now)).rowcount


def counts(s: Connection) -> dict[str, int]:
    """How many notices there are in each state."""
    return {row[0]: row[1] for row in s.execute(select(Outbox.state, func.count()).group_by(Outbox.state))}


def next_due(s: Connection) -> datetime | None:
    """When the next waiting notice falls due; None if nothing waits."""
    found: datetime | None = s.execute(select(func.min(Outbox.due)).where(_WAITING)).scalar()
    return found


@cache
def _put(number: int) -> Prepared:
    """An INSERT of so many rows: what is said of one booking goes to the database in one statement."""
    columns = Outbox.__table__.c
    rows = [{name: bindparam(f"{name}_{n}", type_=columns[name].type) for name in _COLUMNS} for n in range(number)]
    return Prepared(
        lambda dialect: insert_into(dialect, Outbox).values(rows).on_conflict_do_nothing().returning(Outbox.id)
    )


def _not_leased(now: datetime) -> Any:
    return or_(Outbox.leased_until.is_(None), Outbox.leased_until <= now)


def _close(
    s: Connection, id: int, state: str, now: datetime, message: str | None = None, why: str | None = None
) -> None:
    _CLOSE.count(s, row=id, as_state=state, now=now, message=message, why=why)


def _row(s: Connection, notice: Notice, now: datetime) -> dict[str, Any]:
    return _varied(s, notice) | {"state": "waiting", "tries": 0, "created_at": now}


def _varied(s: Connection, notice: Notice) -> dict[str, Any]:
    key = notice.key or f"one:{new_id()}"
    return {
        "chat": notice.chat, "kind": notice.kind, "priority": notice.priority, "due": notice.due,
        "payload": ring(s).seal(notice.payload, _place(notice.chat, key)), "expires_at": notice.expires_at,
        "about": notice.about, "key": key, "must_arrive": notice.must_arrive,
    }  # fmt: skip


def _claimed(s: Connection, row: tuple[Any, ...]) -> Claimed:
    id, chat, kind, sealed, priority, due, expires_at, about, key, must_arrive, tries, lang, reachable = row
    payload = ring(s).open(sealed, _place(chat, key))
    said_of = (priority, due, expires_at, about, must_arrive, tries + 1, lang, reachable is not False)
    return Claimed(id, chat, kind, payload, *said_of)


def _place(chat: str, key: str) -> str:
    return f"outbox/payload/{chat}/{key}"
