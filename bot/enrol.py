"""Enrolling staff from the command line: an invitation to be sent on, or a chat made staff at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from getpass import getuser
from typing import Any

from sqlalchemy import Connection, select

from bot.channels.jsonl import CHANNEL
from bot.parts import Now
from bot.settings import settings
from storage import enrolments, people, staff
from storage.records import NotAllowed, Unknown
from storage.staff import SECOND_PERSON
from storage.tables import Doctor, Hub, Spoke

MADE_BY = "command line"


def enrol_staff(
    role: str, name: str, doctor: str | None, hub: str | None, area: str | None, chat: str | None, url: str | None,
    by: str | None = None,
) -> Iterator[str]:  # fmt: skip
    """Makes the invitation and says how to use it. Raises ValueError for what does not go together.

    `by`: who sits at the command line; left out, the name of the login. A doctor or coordinator needs a second person.
    """
    from bot.app import open_database

    db = open_database(settings(), url)
    try:
        now = Now()()
        db.call(_must_be_bound, role, doctor, hub, area)
        if chat:
            address = chat if ":" in chat else f"{CHANNEL}:{chat}"
            _must_be_a_trial(role, address)
            db.call(_accept, db.call(_invite, role, name, doctor, hub, area, now), address, now)
            yield f"{chat} is enrolled as {role}."
        else:
            made_by = f"{MADE_BY}:{by or getuser()}"
            code = db.call(_invite, role, name, doctor, hub, area, now, made_by)
            yield f"Invitation for {name} ({role}), single use, valid for {staff.VALID.days} days:"
            yield f"  send to the bot:  /start {code}"
            yield f"  or as a link:     https://t.me/<the bot's name>?start={code}"
            if role in SECOND_PERSON:
                yield "It works when a second person has approved it: a coordinator of the hub in the bot (/enrol), or"
                yield f"  ingit enrol --approve {enrolments.id_of(code)} --by NAME   (not {made_by.split(':')[1]})"
    finally:
        db.close()


def approve(id: str, by: str | None, url: str | None) -> Iterator[str]:
    """A second person at the command line lets an invitation work. Raises ValueError for who made it."""
    from bot.app import open_database

    db = open_database(settings(), url)
    try:
        found = db.call(enrolments.approve_there, by or getuser(), id, Now()())
        yield f"The invitation of {found.name} ({found.role}) works now."
    except Unknown:
        raise ValueError(f"no open invitation {id}: `ingit enrol` says its id; it may be used or expired") from None
    except NotAllowed as error:
        raise ValueError(f"{error}; say who you are with --by NAME") from None
    finally:
        db.close()


def _must_be_a_trial(role: str, address: str) -> None:
    if role in SECOND_PERSON and address.startswith("tg:"):
        raise ValueError(f"--chat {address}: a {role} on Telegram needs an invitation, approved by a second person")


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
    s: Connection, role: str, name: str, doctor: str | None, hub: str | None, area: str | None, now: datetime,
    made_by: str = MADE_BY,
) -> str:  # fmt: skip
    return staff.invitation(s, role, name, made_by, now, hub_id=hub, area=area, doctor_id=doctor)


def _accept(s: Connection, code: str, chat: str, now: datetime) -> None:
    if staff.accept(s, code, chat, now) is None:
        raise ValueError(f"{chat} is enrolled already; revoke that first, or use another chat")
