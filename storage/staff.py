"""Enrolling ASHA workers, doctors and coordinators: by an invitation that works once and for a short time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from storage import audit, guesses
from storage.accounts import set_reachable
from storage.columns import new_id
from storage.records import Staff as Member
from storage.records import Unknown
from storage.scope import acting, enrolled
from storage.sealed import ring
from storage.tables import Conversation, Doctor, Inbox, Invitation, Outbox, Pin, Staff

__all__ = ["accept", "acting", "all_staff", "enrolled", "invitation", "revoke"]

VALID = timedelta(hours=72)
COMMAND_LINE = "command line"
"""Who makes the staff of a demonstration: their invitations need nobody else. A person there is "command line:NAME"."""
SECOND_PERSON = ("doctor", "coordinator")
"""Roles whose invitation works only when somebody other than who made it has approved it (storage/enrolments.py)."""


def invitation(
    s: Connection,
    role: str,
    name: str,
    made_by: str,
    now: datetime,
    *,
    hub_id: str | None = None,
    area: str | None = None,
    doctor_id: str | None = None,
    valid: timedelta = VALID,
) -> str:
    """A code that makes whoever sends it first a member of staff; it is shown once and kept only as a hash.

    An ASHA and a health officer need an `area` (a spoke id), a coordinator a hub, a doctor a `doctor_id` (the hub
    follows from it).
    `made_by` is a staff id, or "command line:NAME"; a doctor's or coordinator's then waits for a second person.
    Raises ValueError for an empty name, and for one that is not the name under which a real doctor is registered: a
    prescription carries one identity, name and registration together.
    """
    name = name.strip()
    if not name:
        raise ValueError("the name is empty; give it as patients shall see it, for example Dr A. Sen")
    if doctor_id is not None:
        _same_doctor(s, doctor_id, name)
        hub_id = _hub_of(s, doctor_id)
    if not {"asha": area, "health_officer": area, "doctor": doctor_id, "coordinator": hub_id}.get(role):
        raise ValueError(
            f"{role}: an ASHA or health officer needs an area (spoke id), a doctor a doctor id, a coordinator a hub id"
        )
    code = secrets.token_urlsafe(16)
    hash = _hash(code)
    bound = {"role": role, "hub_id": hub_id, "area": area, "doctor_id": doctor_id}
    sealed = ring(s).seal(name, f"invitation/name/{hash}")
    made = {"made_by": made_by, "made_at": now, "expires_at": now + valid}
    s.execute(insert(Invitation).values(code_hash=hash, name=sealed, **bound, **made))
    audit.append(s, made_by, "invitation", f"{role}:{doctor_id or hub_id or area}", now)
    return code


def accept(s: Connection, code: str, chat: str, now: datetime) -> Member | None:
    """Enrols this chat; None if the code is wrong, used, too old or not approved, or the chat is of the staff.

    None, too, if this chat has guessed at codes too often of late.
    """
    if enrolled(s, chat):
        return None
    return guesses.tried(s, guesses.code(chat), now, lambda: _accepted(s, code, chat, now))


def _accepted(s: Connection, code: str, chat: str, now: datetime) -> Member | None:
    hash, id = _hash(code), new_id()
    use = (
        update(Invitation)
        .where(Invitation.code_hash == hash, Invitation.used_at.is_(None), Invitation.expires_at > now)
        .where(approved())
        .values(used_at=now, used_by=id)
        .returning(Invitation.role, Invitation.name, Invitation.hub_id, Invitation.area, Invitation.doctor_id)
    )
    row = s.execute(use).first()
    if row is None:
        return None
    name = ring(s).open(row.name, f"invitation/name/{hash}")
    sealed = ring(s).seal(name, f"staff/name/{id}")
    bound = {"id": id, "role": row.role, "chat": chat, "name": sealed, "hub_id": row.hub_id, "area": row.area}
    s.execute(insert(Staff).values(**bound, enrolled_at=now))
    if row.doctor_id:
        called = _named(s, row.doctor_id, name)
        s.execute(update(Doctor).where(Doctor.id == row.doctor_id).values(staff_id=id, **called))
    set_reachable(s, chat, True, now)
    audit.append(s, id, "enrolled", f"{row.role}:{row.doctor_id or row.hub_id or row.area}", now)
    return acting(s, id)


def approved() -> ColumnElement[bool]:
    """That an invitation works, as far as a second person has to approve it."""
    of_itself = or_(Invitation.role.not_in(SECOND_PERSON), Invitation.made_by == COMMAND_LINE)
    return or_(of_itself, Invitation.approved_at.is_not(None) & (Invitation.approved_by != Invitation.made_by))


def revoke(s: Connection, staff_id: str, by: str, now: datetime) -> bool:
    """Ends an enrolment at once; the chat is a patient's again. False if it had ended before."""
    chat = s.scalar(select(Staff.chat).where(Staff.id == staff_id))
    ended = update(Staff).where(Staff.id == staff_id, Staff.revoked_at.is_(None))
    if s.execute(ended.values(revoked_at=now, chat=None)).rowcount == 0:
        return False
    _end_of_talk(s, chat)
    s.execute(update(Doctor).where(Doctor.staff_id == staff_id).values(staff_id=None))
    audit.append(s, by, "revoked", f"staff:{staff_id}", now)
    return True


def _end_of_talk(s: Connection, chat: str | None) -> None:
    """What was said and is to be said in a chat of staff is gone: it was of others. Its PIN is the chat's no more.

    What was read and done there stands in the audit.
    """
    s.execute(delete(Conversation).where(Conversation.chat == chat))
    s.execute(delete(Pin).where(Pin.chat == chat))
    s.execute(delete(Outbox).where(Outbox.chat == chat))
    s.execute(delete(Inbox).where(Inbox.chat == chat, Inbox.done_at.is_not(None)))


def all_staff(s: Connection, role: str | None = None) -> list[Member]:
    """Everybody enrolled now, for the command line."""
    found = select(Staff.id).where(Staff.revoked_at.is_(None)).order_by(Staff.enrolled_at, Staff.id)
    return [acting(s, id) for id in s.execute(found if role is None else found.where(Staff.role == role)).scalars()]


def _same_doctor(s: Connection, doctor_id: str, name: str) -> None:
    found = s.execute(select(Doctor.name_bn, Doctor.name_en, Doctor.invented).where(Doctor.id == doctor_id)).first()
    if found and not found.invented and name not in (found.name_bn, found.name_en):
        raise ValueError(f"{doctor_id} is registered as {found.name_en} ({found.name_bn}); give either as the name")


def _named(s: Connection, doctor_id: str, name: str) -> dict[str, str]:
    """What an invented doctor's record takes over from whoever enrols, so that every paper says one name."""
    columns = (Doctor.name_bn, Doctor.name_en, Doctor.qualification, Doctor.registration_number)
    found = s.execute(select(*columns).where(Doctor.id == doctor_id)).one()
    if name in (found.name_bn, found.name_en):
        return {}
    signature = f"{name}, {found.qualification}, Reg. no. {found.registration_number}"
    return {"name_bn": name, "name_en": name, "signature": signature}


def _hub_of(s: Connection, doctor_id: str) -> str:
    found = s.execute(select(Doctor.hub_id).where(Doctor.id == doctor_id)).scalar()
    if found is None:
        raise Unknown(f"no doctor {doctor_id}")
    return found


def _hash(code: str) -> str:
    # The code has 128 random bits, so a plain hash cannot be searched; there is nothing to slow down.
    return hashlib.sha256(code.encode()).hexdigest()
