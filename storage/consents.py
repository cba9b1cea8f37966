"""What people agreed to that somebody else does for them: looked up before it is asked again, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from storage import audit
from storage.people import require
from storage.prepared import Prepared
from storage.tables import Consent


@dataclass(frozen=True, slots=True)
class Given:
    """A consent that stands: who gave it (self, mother, father, guardian), how (in_person, by_phone), when."""

    who: str
    how: str
    at: datetime


_OF = Prepared(
    select(Consent.who, Consent.how, Consent.at, Consent.purposes)
    .where(Consent.person_id == bindparam("of"), Consent.recorded_by == bindparam("by"))
    .where(Consent.ended_at.is_(None), Consent.at >= bindparam("since"))
    .order_by(Consent.at.desc())
)


def standing(s: Connection, person_id: str, chat: str, purpose: str, since: datetime) -> Given | None:
    """The consent to this purpose that this chat recorded since then, unless it was withdrawn. Else NotAllowed."""
    require(s, chat, person_id)
    rows = _OF.rows(s, of=person_id, by=chat, since=since)
    return next((Given(who, how, at) for who, how, at, purposes in rows if purpose in purposes), None)


def end(s: Connection, person_id: str, chat: str, now: datetime) -> int:
    """Withdraws every consent of a person that stands, for a chat that may act for them; how many."""
    require(s, chat, person_id)
    stands = update(Consent).where(Consent.person_id == person_id, Consent.ended_at.is_(None))
    ended = s.execute(stands.values(ended_at=now)).rowcount
    if ended:
        audit.append(s, chat, "consent ended", f"person:{person_id}", now)
    return int(ended)
