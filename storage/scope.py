"""Who of the staff may do what: every function that serves staff asks here first, whatever the flow thought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage.prepared import Prepared
from storage.records import NotAllowed
from storage.records import Staff as Member
from storage.sealed import ring
from storage.tables import Doctor, Staff

_columns = (Staff.id, Staff.role, Staff.name, Staff.chat, Staff.hub_id, Staff.area, Doctor.id)
_select = select(*_columns).outerjoin(Doctor, Doctor.staff_id == Staff.id).where(Staff.revoked_at.is_(None))
_BY_ID = Prepared(_select.where(Staff.id == bindparam("of")))
_BY_CHAT = Prepared(_select.where(Staff.chat == bindparam("of")))


def acting(s: Connection, staff_id: str | None, *roles: str) -> Member:
    """The member of staff who acts, in one of these roles; raises NotAllowed if revoked, unknown or of another role."""
    row = _BY_ID.first(s, of=staff_id)
    if row is None or (roles and row[1] not in roles):
        raise NotAllowed(f"staff {staff_id} may not act as {' or '.join(roles) or 'staff'}")
    return _member(s, row)


def at_hub(s: Connection, staff_id: str | None, hub_id: str, *roles: str) -> Member:
    """As `acting`, and only at their own hub."""
    member = acting(s, staff_id, *roles)
    if member.hub_id != hub_id:
        raise NotAllowed(f"staff {staff_id} is not of hub {hub_id}")
    return member


def enrolled(s: Connection, chat: str) -> Member | None:
    """The member of staff who writes from this chat, if any."""
    row = _BY_CHAT.first(s, of=chat)
    return _member(s, row) if row else None


def _member(s: Connection, row: tuple[Any, ...]) -> Member:
    id, role, name, *rest = row
    return Member(id, role, ring(s).open(name, f"staff/name/{id}"), *rest)
