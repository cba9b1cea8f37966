"""What a chat does not want to be told, by group of kinds: kept until it wants it again, and after it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from storage.dialect import insert_into
from storage.prepared import Prepared
from storage.tables import OptOut

_OF_CHAT = Prepared(select(OptOut.kind).where(OptOut.chat == bindparam("of")))
_UNWANTED = Prepared(select(OptOut.kind).where(OptOut.chat == bindparam("of"), OptOut.kind == bindparam("group")))


def opt_out(s: Connection, chat: str, groups: Iterable[str], now: datetime) -> None:
    """These groups no more."""
    for group in groups:
        row = insert_into(s.dialect.name, OptOut).values(chat=chat, kind=group, at=now)
        s.execute(row.on_conflict_do_nothing())


def opt_in(s: Connection, chat: str, groups: Iterable[str]) -> None:
    """These groups again."""
    s.execute(delete(OptOut).where(OptOut.chat == chat, OptOut.kind.in_(list(groups))))


def opted_out(s: Connection, chat: str) -> set[str]:
    """The groups that this chat does not want."""
    return {row[0] for row in _OF_CHAT.rows(s, of=chat)}


def unwanted(s: Connection, chat: str, group: str) -> bool:
    """Whether this chat has opted out of the group."""
    return _UNWANTED.first(s, of=chat, group=group) is not None
