"""Outcomes of triage as they were given, each with the facts, the rule and the protocol's version that led to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select

from storage.columns import new_id
from storage.prepared import Prepared
from storage.records import Decision as Decided
from storage.records import Unknown
from storage.sealed import ring
from storage.tables import Conversation, Decision

_COLUMNS = ("id", "person_id", "chat", "facts", "level", "rule", "protocol", "version", "specialty", "at")
_RECORD = Prepared(insert(Decision), columns=_COLUMNS)
_select = select(*(Decision.__table__.c[name] for name in _COLUMNS))
_GET = Prepared(_select.where(Decision.id == bindparam("of")))
_OF_PERSON = Prepared(_select.where(Decision.person_id == bindparam("of")).order_by(Decision.at.desc()).limit(20))

_UNANSWERED = Prepared(
    select(Decision.id, Decision.chat, Decision.person_id)
    .join(Conversation, Conversation.chat == Decision.chat)
    .where(Decision.at > bindparam("after"), Decision.at <= bindparam("until"))
    .where(or_(Decision.level == "emergency_ambulance", Decision.level == "emergency"))
    .where(Conversation.updated_at <= Decision.at)
    .order_by(Decision.at)
)


def record(
    s: Connection,
    person_id: str | None,
    chat: str,
    facts: dict[str, Any],
    level: str,
    rule: str,
    protocol: str,
    version: str,
    specialty: str,
    now: datetime,
) -> str:
    """Keeps an outcome; its id."""
    id = new_id()
    sealed = ring(s).seal(facts, _place(id))
    led_to = {"level": level, "rule": rule, "protocol": protocol, "version": version, "specialty": specialty}
    _RECORD.count(s, id=id, person_id=person_id, chat=chat, facts=sealed, at=now, **led_to)
    return id


def get(s: Connection, id: str) -> Decided:
    """The outcome, for those who were already found to be allowed. Raises LookupError if there is none."""
    row = _GET.first(s, of=id)
    if row is None:
        raise Unknown(f"no decision {id}")
    return _decided(s, row)


def unanswered(s: Connection, after: datetime, until: datetime) -> list[tuple[str, str, str | None]]:
    """Emergencies told between these times to whom nobody wrote a word since: decision, chat, person if known."""
    return [(id, chat, person) for id, chat, person in _UNANSWERED.rows(s, after=after, until=until)]


def latest(s: Connection, most: int) -> list[tuple[str, datetime, str, str]]:
    """The last outcomes of anybody, newest first: id, when, level, rule; nothing of whom they are."""
    found = select(Decision.id, Decision.at, Decision.level, Decision.rule).order_by(Decision.at.desc()).limit(most)
    return [(row.id, row.at, row.level, row.rule) for row in s.execute(found)]


def _decided(s: Connection, row: tuple[Any, ...]) -> Decided:
    id, person_id, chat, facts, *rest = row
    return Decided(id, person_id, chat, ring(s).open(facts, _place(id)), *rest)


def _place(id: str) -> str:
    return f"decision/facts/{id}"
