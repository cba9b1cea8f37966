"""A patient's way to let somebody do one thing, once, for a short time: a code, of which only the hash is kept.

The code goes from hand to hand; whoever brings it first has it. It has 128 random bits, so it cannot be guessed.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from storage import audit
from storage.tables import Permit

Kind = Literal["join_person", "read_summary"]

VALID = timedelta(days=7)


def make(s: Connection, kind: Kind, subject: str, made_by: str, now: datetime) -> str:
    """A code for `subject` ("person:<id>", "consult:<id>"), shown once, valid for VALID and one use.

    The caller has found that `made_by` (a chat, or a staff id) may give it. A code made before for the same thing by
    the same hand ends with it: the last one is the one that works.
    """
    earlier = update(Permit).where(Permit.kind == kind, Permit.subject == subject, Permit.made_by == made_by)
    s.execute(earlier.where(Permit.used_at.is_(None), Permit.expires_at > now).values(expires_at=now))
    code = secrets.token_urlsafe(16)
    made = {"kind": kind, "subject": subject, "made_by": made_by, "made_at": now, "expires_at": now + VALID}
    s.execute(insert(Permit).values(code_hash=_hash(code), **made))
    audit.append(s, made_by, f"permit {kind}", subject, now)
    return code


def use(s: Connection, kind: Kind, code: str, chat: str, now: datetime) -> str | None:
    """The subject that the code is for, used up by this chat; None if it is wrong, of another kind, used or too old."""
    row = s.execute(
        update(Permit)
        .where(Permit.code_hash == _hash(code), Permit.kind == kind)
        .where(Permit.used_at.is_(None), Permit.expires_at > now)
        .values(used_at=now, used_by=chat)
        .returning(Permit.subject)
    ).first()
    if row is None:
        return None
    audit.append(s, chat, f"permit used {kind}", row.subject, now)
    return str(row.subject)


def look(s: Connection, kind: Kind, code: str, now: datetime) -> tuple[str, str] | None:
    """Subject and maker of a code that would work now, without using it up; None as of `use`."""
    found = select(Permit.subject, Permit.made_by).where(Permit.code_hash == _hash(code), Permit.kind == kind)
    row = s.execute(found.where(Permit.used_at.is_(None), Permit.expires_at > now)).first()
    return (row.subject, row.made_by) if row else None


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().encode()).hexdigest()
