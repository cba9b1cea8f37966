"""Where a chat stands: loaded, advanced and saved in the transaction of one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from storage.dialect import insert_into
from storage.prepared import Prepared
from storage.sealed import ring
from storage.session import Overtaken
from storage.tables import Conversation


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation as it was saved; `state` is the flow's own JSON."""

    chat: str
    state: dict[str, Any]
    step: int
    lang: str | None
    version: int
    updated_at: datetime


_of_chat = select(
    Conversation.state, Conversation.step, Conversation.lang, Conversation.version, Conversation.updated_at
).where(Conversation.chat == bindparam("of"))
_LOOK = Prepared(_of_chat)
_LOAD = Prepared(_of_chat.with_for_update())
_START = Prepared(
    lambda dialect: insert_into(dialect, Conversation).on_conflict_do_nothing(),
    columns=("chat", "state", "step", "lang", "version", "updated_at"),
)
_SAVE = Prepared(
    update(Conversation)
    .where(Conversation.chat == bindparam("of"), Conversation.version == bindparam("before"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "step", "lang", "version", "updated_at")})
)


def load(s: Connection, chat: str) -> Standing | None:
    """The conversation, held until the transaction ends; None if the chat has none yet."""
    return _standing(s, chat, _LOAD.first(s, of=chat))


def look(s: Connection, chat: str) -> Standing | None:
    """The conversation as it was saved last, without holding it."""
    return _standing(s, chat, _LOOK.first(s, of=chat))


def save(
    s: Connection, chat: str, state: dict[str, Any], step: int, lang: str | None, now: datetime, version: int | None
) -> None:
    """Saves what `load` gave, advanced: `version` is the loaded one, None for a new chat.

    Raises Overtaken if it moved on meanwhile.
    """
    sealed = ring(s).seal(state, _place(chat))
    if version is None:
        saved = _START.count(s, chat=chat, state=sealed, step=step, lang=lang, version=1, updated_at=now)
    else:
        new = {"new_state": sealed, "new_step": step, "new_lang": lang, "new_version": version + 1}
        saved = _SAVE.count(s, of=chat, before=version, new_updated_at=now, **new)
    if saved != 1:
        raise Overtaken(f"conversation {chat} was advanced by another process")


def _standing(s: Connection, chat: str, row: Any) -> Standing | None:
    return Standing(chat, ring(s).open(row[0], _place(chat)), *row[1:]) if row else None


def _place(chat: str) -> str:
    return f"conversation/state/{chat}"
