"""Who did or read what: append-only, each row's keyed hash covering the row before it.

The end of the chain is one row for everybody. So what a transaction appends is written as its last act (`written_last`,
by storage/session.py): the row is held through a commit, and not through the work before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, insert, literal, select, union_all, update

from storage.dialect import insert_new
from storage.prepared import Prepared
from storage.sealed import ring
from storage.tables import Audit, AuditHead, Booking, Consult, Person

CHAIN = "audit"
LAST = "audit, to be written last"
START = "start"

_HEAD = Prepared(
    select(AuditHead.last, AuditHead.hash).where(AuditHead.name == bindparam("of")).with_for_update(),
)
_MOVE = Prepared(
    update(AuditHead)
    .where(AuditHead.name == bindparam("of"))
    .values(last=bindparam("to_last"), hash=bindparam("to_hash"))
)
_APPEND = Prepared(insert(Audit), columns=("id", "at", "who", "action", "subject", "before", "hash"))


def append(s: Connection, who: str, action: str, subject: str, now: datetime) -> None:
    """Adds to the chain: `who` (staff id, chat, "command line") did `action` to `subject` ("person:<id>"). No names."""
    entry = (now, who, action, subject)
    waiting: list[tuple[datetime, str, str, str]] | None = s.info.get(LAST)
    if waiting is None:
        _write(s, [entry])
    else:
        waiting.append(entry)


@contextmanager
def written_last(s: Connection) -> Iterator[None]:
    """What is appended within is written at its end; nothing of it if the work within raises."""
    kept = s.info  # of the driver's connection, which may be lost within
    waiting = kept[LAST] = []
    try:
        yield
    finally:
        kept.pop(LAST, None)
    if waiting:
        _write(s, waiting)


@dataclass(frozen=True)
class Checkpoint:
    """The end of the chain at a moment, to be kept elsewhere: who grows another chain afterwards cannot have this."""

    last: int
    hash: str
    at: str  # ISO
    mac: str

    @property
    def said(self) -> str:
        """What `mac` is made of."""
        return _text("checkpoint", self.last, self.hash, self.at)


def checkpoint(s: Connection, now: datetime) -> Checkpoint:
    """The end of the chain now, signed by the ring."""
    last, hash = _HEAD.first(s, of=CHAIN) or (0, START)
    bare = Checkpoint(last, hash, now.astimezone(UTC).isoformat(), "")
    return replace(bare, mac=ring(s).mac(bare.said))


def holds(s: Connection, kept: Checkpoint) -> bool:
    """Whether the chain still has the row that was its end at this checkpoint.

    Raises ValueError if the ring did not sign it.
    """
    if not ring(s).is_mac(kept.mac, kept.said):
        raise ValueError("the checkpoint was not signed by a key on the ring, or was changed since")
    if kept.last == 0:
        return True
    return s.scalar(select(Audit.hash).where(Audit.id == kept.last)) == kept.hash


def length(s: Connection) -> int:
    """How many rows there are."""
    return int(s.execute(select(func.count()).select_from(Audit)).scalar_one())


def of_person(s: Connection, person_id: str) -> list[tuple[datetime, str, str, str]]:
    """Who read or changed what of a person: when, who, action, subject; oldest first.

    Lists that they stood on count too: of their sessions, and of what was booked, decided and written for them.
    """
    bookings = select(Booking.id).where(Booking.person_id == person_id)
    subjects: list[Any] = [
        select(literal(f"person:{person_id}")),
        select(literal("booking:") + Booking.id).where(Booking.person_id == person_id),
        select(literal("session:") + cast(Booking.session_id, Text)).where(Booking.person_id == person_id),
        select(literal("consult:") + Consult.id).where(Consult.booking_id.in_(bookings)),
        select(literal("chat:") + Person.own_chat).where(Person.id == person_id, Person.own_chat.is_not(None)),
        select(literal("household:") + Person.household_id).where(
            Person.id == person_id, Person.household_id.is_not(None)
        ),
    ]
    found = select(Audit.at, Audit.who, Audit.action, Audit.subject).where(Audit.subject.in_(union_all(*subjects)))
    return [(row.at, row.who, row.action, row.subject) for row in s.execute(found.order_by(Audit.id))]


def verify(s: Connection) -> int | None:
    """Follows the chain from its start; the id of the first row that was changed or is missing, None if all is well."""
    before, expected = START, 1
    rows = s.execute(select(Audit).order_by(Audit.id).execution_options(stream_results=True, yield_per=1000))
    for row in rows:
        text = _text(expected, row.at, row.who, row.action, row.subject, before)
        if row.id != expected or row.before != before or not ring(s).is_mac(row.hash, text):
            return expected
        before, expected = row.hash, expected + 1
    head = _HEAD.first(s, of=CHAIN) or (0, START)
    return None if head == (expected - 1, before) else expected


def _write(s: Connection, entries: list[tuple[datetime, str, str, str]]) -> None:
    id, before = _hold(s)
    for entry in entries:
        id += 1
        hash = ring(s).mac(_text(id, *entry, before))
        at, who, action, subject = entry
        _APPEND.count(s, id=id, at=at, who=who, action=action, subject=subject, before=before, hash=hash)
        before = hash
    _MOVE.count(s, of=CHAIN, to_last=id, to_hash=before)


def _hold(s: Connection) -> tuple[int, str]:
    """The end of the chain, held until the transaction ends."""
    row = _HEAD.first(s, of=CHAIN)
    if row is None:
        s.execute(insert_new(s, AuditHead), {"name": CHAIN, "last": 0, "hash": START})
        row = _HEAD.first(s, of=CHAIN)
    if row is None:
        raise LookupError("the end of the audit's chain cannot be read")
    return row[0], row[1]


def _text(*parts: Any) -> str:
    """The parts so joined that no two rows give one text."""
    said = (part.astimezone(UTC).isoformat() if isinstance(part, datetime) else str(part) for part in parts)
    return "".join(f"{len(part)}:{part}" for part in said)
