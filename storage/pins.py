"""PINs: a family's on a shared telephone, and a member of staff's. Hashed, and closed again after a while.

A PIN that was forgotten falls away: at once by a code that a member of staff takes with the person present, or a day
after it was asked for. Whoever knows the PIN and enters it meanwhile ends that.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from storage import audit, guesses, permits
from storage.dialect import among, insert_into, listed
from storage.prepared import Prepared
from storage.scope import acting
from storage.tables import Permit, Pin, Staff

FAMILY_OPEN = timedelta(minutes=15)
"""How long a family's PIN is not asked for again."""
STAFF_OPEN = timedelta(hours=12)
"""How long a member of staff may write nothing until the PIN is asked for."""
FALLS_AWAY = timedelta(hours=24)
"""So long after it was said to be forgotten."""
COST, BLOCK, PARALLEL = 2**14, 8, 1
"""Of scrypt (RFC 7914): 16 MiB and some 40 ms a guess."""
MEETS_PEOPLE = ("asha", "health_officer", "coordinator")
"""Roles that may take a PIN away, with the person before them."""

_LOOK = Prepared(select(Pin.hash, Pin.open_until).where(Pin.chat == bindparam("of")))
_OPEN = Prepared(update(Pin).where(Pin.chat == bindparam("of")).values(open_until=bindparam("until")))
_STAY = Prepared(
    update(Pin)
    .where(Pin.chat == bindparam("of"), Pin.open_until > bindparam("now"), Pin.open_until < bindparam("until"))
    .values(open_until=bindparam("until"))
)
_of_staff = select(Staff.id).where(Staff.chat == Pin.chat, Staff.revoked_at.is_(None)).exists()
_WITH = Prepared(lambda dialect: select(Pin.chat).where(among(dialect, Pin.chat, "chats"), ~_of_staff))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a chat's PIN stands. `locked`: nothing personal is shown before it is given."""

    is_set: bool
    locked: bool
    shut_until: datetime | None = None  # after too many wrong ones
    falls_away: datetime | None = None  # it was forgotten, and ends by itself then


def hashed(pin: str) -> str:
    """The PIN as it is kept: "scrypt$cost$block$parallel$salt$hash"."""
    salt = os.urandom(16)
    return f"scrypt${COST}${BLOCK}${PARALLEL}${salt.hex()}${_scrypt(pin, salt, COST, BLOCK, PARALLEL).hex()}"


def matches(pin: str, kept: str) -> bool:
    """Whether it is the PIN of which `kept` is the hash."""
    _, cost, block, parallel, salt, hash = kept.split("$")
    found = _scrypt(pin, bytes.fromhex(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, bytes.fromhex(hash))


def standing(s: Connection, chat: str, now: datetime) -> Standing:
    """How the chat's PIN stands; one that was forgotten a day ago has fallen away."""
    row = _LOOK.first(s, of=chat)
    if row is None:
        return Standing(False, False)
    asked_at = _forgotten_at(s, chat, now)
    if asked_at is not None and asked_at + FALLS_AWAY <= now:
        _remove(s, chat, chat, "pin fell away", now)
        return Standing(False, False)
    locked = row[1] is None or row[1] <= now
    falls_away = asked_at + FALLS_AWAY if asked_at else None
    return Standing(True, locked, guesses.shut_until(s, _what(chat), now), falls_away)


def put(s: Connection, chat: str, hash: str, now: datetime, open_for: timedelta = FAMILY_OPEN) -> bool:
    """Sets or changes the chat's PIN, given as `hashed` makes it. False while the one before is not given rightly."""
    if standing(s, chat, now).locked:
        return False
    new = {"hash": hash, "set_at": now, "open_until": now + open_for}
    row = insert_into(s.dialect.name, Pin).values(chat=chat, **new)
    s.execute(row.on_conflict_do_update(index_elements=[Pin.chat], set_=new))
    guesses.right(s, _what(chat))
    audit.append(s, chat, "pin set", f"chat:{chat}", now)
    return True


def remove(s: Connection, chat: str, now: datetime) -> bool:
    """Takes the chat's PIN away. False if there is none, or it is not given rightly."""
    found = standing(s, chat, now)
    if not found.is_set or found.locked:
        return False
    _remove(s, chat, chat, "pin removed", now)
    return True


def enter(s: Connection, chat: str, pin: str, now: datetime, open_for: timedelta = FAMILY_OPEN) -> bool:
    """Whether it is the chat's PIN; then it is open for a while, and was not forgotten. Tries are limited."""
    row = _LOOK.first(s, of=chat)
    if row is None:
        return False
    right = guesses.tried(s, _what(chat), now, lambda: matches(pin, row[0]) or None, one_secret=True)
    if not right:
        return False
    _OPEN.count(s, of=chat, until=now + open_for)
    _end_forgetting(s, chat, now)
    return True


def stay_open(s: Connection, chat: str, now: datetime, open_for: timedelta = STAFF_OPEN) -> None:
    """Whoever writes while it is open has it open for as long again."""
    _STAY.count(s, of=chat, now=now, until=now + open_for)


def with_pin(s: Connection, chats: Iterable[str]) -> set[str]:
    """Those of the chats that have a family's PIN; a member of staff's is another thing."""
    return {row[0] for row in _WITH.rows(s, chats=listed(s, chats))}


def forgotten(s: Connection, chat: str, now: datetime) -> str | None:
    """Says that the chat's PIN is forgotten; the code by which staff take it away. None if there is no PIN.

    A code asked for again takes the place of the one before; the day until it falls away by itself goes on.
    """
    if _LOOK.first(s, of=chat) is None:
        return None
    since = _forgotten_at(s, chat, now)
    code = permits.make(s, "reset_pin", _subject(chat), chat, now, digits=True)
    if since is not None:
        still = update(Permit).where(Permit.subject == _subject(chat), Permit.kind == "reset_pin")
        s.execute(still.where(Permit.used_at.is_(None), Permit.expires_at > now).values(made_at=since))
    return code


def take_away(s: Connection, staff_id: str, code: str, chat: str, now: datetime) -> str | None:
    """Takes away the PIN for which the code was given, by staff who has the person present; the family's chat."""
    acting(s, staff_id, *MEETS_PEOPLE)
    subject = permits.use(s, "reset_pin", code, chat, now)
    if subject is None:
        return None
    of = subject.removeprefix("pin:")
    if of == chat:  # nobody vouches for themselves
        return None
    _remove(s, of, staff_id, "pin taken away", now)
    return of


def _remove(s: Connection, chat: str, by: str, action: str, now: datetime) -> None:
    s.execute(delete(Pin).where(Pin.chat == chat))
    guesses.right(s, _what(chat))
    _end_forgetting(s, chat, now)
    audit.append(s, by, action, f"chat:{chat}", now)


def _forgotten_at(s: Connection, chat: str, now: datetime) -> datetime | None:
    found = select(Permit.made_at).where(Permit.subject == _subject(chat), Permit.kind == "reset_pin")
    asked_at: datetime | None = s.execute(found.where(Permit.used_at.is_(None), Permit.expires_at > now)).scalar()
    return asked_at


def _end_forgetting(s: Connection, chat: str, now: datetime) -> None:
    still = update(Permit).where(Permit.subject == _subject(chat), Permit.kind == "reset_pin")
    s.execute(still.where(Permit.used_at.is_(None), Permit.expires_at > now).values(expires_at=now))


def _subject(chat: str) -> str:
    return f"pin:{chat}"


def _what(chat: str) -> str:
    return f"pin:{chat}"


def _scrypt(pin: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=64 * 2**20, dklen=32)
