"""What people were not content with: told by anybody, answered by a coordinator of the hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, func, insert, or_, select, update

from storage import audit
from storage.columns import new_id
from storage.records import Unknown
from storage.scope import acting, at_hub
from storage.sealed import ring
from storage.tables import Account, Booking, Complaint, Session, Spoke, Staff

About = Literal["waiting", "doctor_absent", "behaviour", "medicine_not_there", "data", "other"]
MOST, WITHIN = 5, timedelta(days=1)
"""Complaints that one chat can make in that time."""
SHOWN = 50
_FORGOTTEN = select(Account.chat).where(Account.forgotten_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Told:
    """A complaint. `words`: None where a tap was all."""

    id: str
    chat: str
    hub_id: str | None
    spoke_id: str | None
    about: About
    words: str | None
    answer: str | None
    at: datetime
    closed_at: datetime | None


def complain(s: Connection, chat: str, about: About, words: str | None, now: datetime) -> Told | None:
    """Keeps it, for the hub of the chat's last token; None where the chat has made too many today."""
    if about not in get_args(About):
        raise ValueError(f"{about!r} is nothing to complain of; one of {', '.join(get_args(About))}")
    lately = select(func.count()).where(Complaint.chat == chat, Complaint.at > now - WITHIN)
    if s.execute(lately).scalar_one() >= MOST:
        return None
    id, (hub_id, spoke_id) = new_id(), _where(s, chat)
    sealed = ring(s).seal({"words": words}, _place(id)) if words else None
    row = {"id": id, "chat": chat, "hub_id": hub_id, "spoke_id": spoke_id, "about": about, "content": sealed}
    s.execute(insert(Complaint).values(**row, at=now))
    return _told(s, id)


def open_complaints(s: Connection, staff_id: str, now: datetime) -> list[Told]:
    """Those of the coordinator's hub, and those of none, that were not answered, oldest first; kept in the audit."""
    member = acting(s, staff_id, "coordinator")
    audit.append(s, staff_id, "complaints", f"hub:{member.hub_id}", now)
    mine = or_(Complaint.hub_id == member.hub_id, Complaint.hub_id.is_(None))
    found = select(Complaint.id).where(mine, Complaint.closed_at.is_(None), Complaint.chat.not_in(_FORGOTTEN))
    return [_told(s, id) for id in s.scalars(found.order_by(Complaint.at, Complaint.id).limit(SHOWN)).all()]


def answer(s: Connection, staff_id: str, id: str, words: str | None, now: datetime) -> Told | None:
    """A coordinator of its hub (any, if it has none) answers and closes it; None if it is closed or forgotten."""
    found = _told(s, id)
    acting(s, staff_id, "coordinator")
    if found.hub_id is not None:
        at_hub(s, staff_id, found.hub_id, "coordinator")
    shut = update(Complaint).where(Complaint.id == id, Complaint.closed_at.is_(None))
    shut = shut.where(Complaint.chat.not_in(_FORGOTTEN))
    kept = {"words": found.words, "answer": words} if found.words or words else None
    sealed = ring(s).seal(kept, _place(id)) if kept else None
    if s.execute(shut.values(closed_at=now, closed_by=staff_id, content=sealed)).rowcount == 0:
        return None
    audit.append(s, staff_id, "complaint answered", f"complaint:{id}", now)
    return _told(s, id)


def _where(s: Connection, chat: str) -> tuple[str | None, str | None]:
    """Hub and spoke of the chat's newest token; else of the health centre it used last, or works for."""
    newest = select(Session.hub_id, Booking.spoke_id).join(Session, Session.id == Booking.session_id)
    last = select(Spoke.hub_id, Spoke.id).join(Account, Account.spoke_id == Spoke.id)
    area = select(Spoke.hub_id, Spoke.id).join(Staff, Staff.area == Spoke.id)
    for found in (
        newest.where(Booking.chat == chat).order_by(Booking.created_at.desc()),
        last.where(Account.chat == chat),
        area.where(Staff.chat == chat, Staff.revoked_at.is_(None)),
    ):
        if row := s.execute(found.limit(1)).first():
            return row[0], row[1]
    return None, None


def _told(s: Connection, id: str) -> Told:
    t = Complaint
    columns: tuple[Any, ...] = (t.chat, t.hub_id, t.spoke_id, t.about, t.content, t.at, t.closed_at)
    row = s.execute(select(*columns).where(t.id == id)).first()
    if row is None:
        raise Unknown(f"no complaint {id}")
    content = ring(s).open(row.content, _place(id)) if row.content else {}
    said = (content.get("words"), content.get("answer"))
    return Told(id, row.chat, row.hub_id, row.spoke_id, row.about, *said, row.at, row.closed_at)


def _place(id: str) -> str:
    return f"complaint/content/{id}"
