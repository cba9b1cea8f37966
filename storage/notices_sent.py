"""Which notice a chat has just read: what a word typed after it is an answer to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from storage.tables import Conversation, Outbox


def last_since_heard(s: Connection, chat: str, keys: Sequence[str]) -> str | None:
    """Of the notices with these keys the one sent last, if it was sent since the chat's last message was answered."""
    heard = select(Conversation.updated_at).where(Conversation.chat == chat).scalar_subquery()
    sent = select(Outbox.key).where(Outbox.key.in_(keys), Outbox.chat == chat, Outbox.state == "sent")
    row = s.execute(sent.where(Outbox.closed_at >= heard).order_by(Outbox.closed_at.desc()).limit(1)).first()
    return row[0] if row else None
