"""Enrolling staff from the command line: an invitation to be sent on, or a chat made staff at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.channels.jsonl import CHANNEL
from bot.parts import Now
from bot.settings import settings
from storage import people, staff
from storage.tables import Doctor, Hub, Spoke

MADE_BY = "command line"


def enrol_staff(
    role: str, name: str, doctor: str | None, hub: str | None, area: str | None, chat: str | None, url: str | None
) -> Iterator[str]:
    """Makes the invitation and says how to use it. Raises ValueError for what does not go together."""
    from bot.app import open_database

    db = open_database(settings(), url)
    try:
        now = Now()()
        db.call(_must_be_bound, role, doctor, hub, area)
        code = db.call(_invite, role, name, doctor, hub, area, now)
        if chat:
            address = chat if ":" in chat else f"{CHANNEL}:{chat}"
            db.call(_accept, code, address, now)
            yield f"{chat} is enrolled as {role}."
        else:
            yield f"Invitation for {name} ({role}), single use, valid for {staff.VALID.days} days:"
            yield f"  send to the bot:  /start {code}"
            yield f"  or as a link:     https://t.me/<the bot's name>?start={code}"
    finally:
        db.close()


def _must_be_bound(s: Connection, role: str, doctor: str | None, hub: str | None, area: str | None) -> None:
    """An invitation is for one doctor, hub or area: without it, say which there are."""
    bound: dict[str, tuple[str, Any, str | None]] = {
        "doctor": ("--doctor", Doctor, doctor), "coordinator": ("--hub", Hub, hub), "asha": ("--area", Spoke, area),
        "health_officer": ("--area", Spoke, area),
    }  # fmt: skip
    option, table, given = bound[role]
    there = s.execute(select(table.id).order_by(table.id)).scalars().all()
    if given not in there:
        some = ", ".join(there[:: max(1, len(there) // 4)][:4]) or "none yet: ingit load demo"
        raise ValueError(f"{role}: name an id that there is with {option}; for example {some}")


def enrol_demo(s: Connection, role: str, chat: str, now: datetime) -> None:
    """Makes `chat` a demonstration doctor or ASHA worker, unless it is staff already."""
    known = people.account(s, chat)
    if known and known.role == role:
        return
    found: Any = None
    if role == "doctor":
        found = s.execute(
            select(Doctor.id, Doctor.name_en).where(Doctor.staff_id.is_(None)).order_by(Doctor.id)
        ).first()
        code = _invite(s, role, found.name_en, found.id, None, None, now)
    else:
        found = s.execute(select(Spoke.id).order_by(Spoke.id)).first()
        code = _invite(s, role, "Demo ASHA", None, None, found.id, now)
    _accept(s, code, chat, now)


def _invite(
    s: Connection, role: str, name: str, doctor: str | None, hub: str | None, area: str | None, now: datetime
) -> str:
    return staff.invitation(s, role, name, MADE_BY, now, hub_id=hub, area=area, doctor_id=doctor)


def _accept(s: Connection, code: str, chat: str, now: datetime) -> None:
    if staff.accept(s, code, chat, now) is None:
        raise ValueError(f"{chat} is enrolled already; revoke that first, or use another chat")
