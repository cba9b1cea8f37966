"""A patient's way to let somebody do one thing, once, for a short time: a code, of which only the hash is kept.

The code goes from hand to hand; whoever brings it first has it. A long one has 128 random bits: nobody guesses it.
One of eight digits is for saying and typing: how often a chat may guess is limited (storage/guesses.py), and its hash
is keyed, so that the database alone does not give it away.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from storage import audit, guesses
from storage.sealed import ring
from storage.tables import Permit

Kind = Literal["join_person", "read_summary", "reset_pin"]

VALID = timedelta(days=7)
DIGITS = 8


def make(s: Connection, kind: Kind, subject: str, made_by: str, now: datetime, *, digits: bool = False) -> str:
    """A code for `subject` ("person:<id>", "consult:<id>"), shown once, valid for VALID and one use.

    The caller has found that `made_by` (a chat, or a staff id) may give it. A code made before for the same thing by
    the same hand ends with it: the last one is the one that works.
    """
    earlier = update(Permit).where(Permit.kind == kind, Permit.subject == subject, Permit.made_by == made_by)
    s.execute(earlier.where(Permit.used_at.is_(None), Permit.expires_at > now).values(expires_at=now))
    code = _fresh(s, kind) if digits else secrets.token_urlsafe(16)
    made = {"kind": kind, "subject": subject, "made_by": made_by, "made_at": now, "expires_at": now + VALID}
    s.execute(insert(Permit).values(code_hash=_hashes(s, kind, code)[0], **made))
    audit.append(s, made_by, f"permit {kind}", subject, now)
    return code


def use(s: Connection, kind: Kind, code: str, chat: str, now: datetime) -> str | None:
    """The subject that the code is for, used up by this chat.

    None if it is wrong, of another kind, used or too old, or if this chat has guessed too often of late.
    """
    subject = guesses.tried(s, guesses.code(chat), now, lambda: _used(s, kind, code, chat, now))
    if subject is not None:
        audit.append(s, chat, f"permit used {kind}", subject, now)
    return subject


def look(s: Connection, kind: Kind, code: str, chat: str, now: datetime) -> tuple[str, str] | None:
    """Subject and maker of a code that would work now, without using it up; None as of `use`."""
    return guesses.tried(s, guesses.code(chat), now, lambda: _found(s, kind, code, now))


def _used(s: Connection, kind: Kind, code: str, chat: str, now: datetime) -> str | None:
    row = s.execute(
        update(Permit)
        .where(Permit.code_hash.in_(_hashes(s, kind, code)), Permit.kind == kind)
        .where(Permit.used_at.is_(None), Permit.expires_at > now)
        .values(used_at=now, used_by=chat)
        .returning(Permit.subject)
    ).first()
    return str(row.subject) if row else None


def _found(s: Connection, kind: Kind, code: str, now: datetime) -> tuple[str, str] | None:
    found = select(Permit.subject, Permit.made_by).where(Permit.code_hash.in_(_hashes(s, kind, code)))
    found = found.where(Permit.kind == kind, Permit.used_at.is_(None), Permit.expires_at > now)
    row = s.execute(found).first()
    return (row.subject, row.made_by) if row else None


def _fresh(s: Connection, kind: Kind) -> str:
    """Digits that no code of this kind has or had."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if s.execute(select(Permit.code_hash).where(Permit.code_hash.in_(_hashes(s, kind, code)))).first() is None:
            return code


def _hashes(s: Connection, kind: Kind, code: str) -> list[str]:
    """The code's hash under each key, the one to keep first."""
    return ring(s).blind(code.strip(), f"permit/{kind}")
