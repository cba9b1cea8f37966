"""A coordinator's staff: invitations, the second person who approves them, who is enrolled at the hub, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from storage import audit
from storage import staff as enrolling
from storage.records import NotAllowed, Unknown
from storage.records import Staff as Member
from storage.scope import acting, at_hub
from storage.sealed import ring
from storage.staff import COMMAND_LINE, SECOND_PERSON
from storage.tables import Doctor, Invitation, Spoke, Staff

ID = 12
"""Letters of the hash of a code by which an invitation is named: enough to tell it, nothing to find the code by."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was not used and has not expired."""

    id: str
    role: str
    name: str
    made_by: str
    made_at: datetime
    needs_approval: bool  # by somebody other than who made it


@dataclass(frozen=True, slots=True)
class Made:
    """A new invitation; its code is shown once."""

    id: str
    code: str
    needs_approval: bool


def free_doctors(s: Connection, staff_id: str) -> list[tuple[str, str, str, str]]:
    """The doctors of the coordinator's hub who are not enrolled: id, names in Bengali and English, specialty."""
    member = acting(s, staff_id, "coordinator")
    t = Doctor
    found = select(t.id, t.name_bn, t.name_en, t.specialty).where(t.hub_id == member.hub_id, t.staff_id.is_(None))
    return [(row[0], row[1], row[2], row[3]) for row in s.execute(found.where(t.active).order_by(t.name_en, t.id))]


def spokes(s: Connection, staff_id: str) -> list[tuple[str, str, str]]:
    """The health centres of the coordinator's hub: id, names in Bengali and English."""
    member = acting(s, staff_id, "coordinator")
    found = select(Spoke.id, Spoke.name_bn, Spoke.name_en).where(Spoke.hub_id == member.hub_id)
    return [(row[0], row[1], row[2]) for row in s.execute(found.order_by(Spoke.name_en, Spoke.id))]


def invite(
    s: Connection, staff_id: str, role: str, name: str, now: datetime, *,
    area: str | None = None, doctor_id: str | None = None,
) -> Made:  # fmt: skip
    """A coordinator's invitation for somebody of the own hub: an area or a doctor of it, else NotAllowed.

    Raises ValueError as staff.invitation does.
    """
    member = acting(s, staff_id, "coordinator")
    if area is not None:
        at_hub(s, staff_id, _hub_of(s, Spoke, area), "coordinator")
    if doctor_id is not None:
        at_hub(s, staff_id, _hub_of(s, Doctor, doctor_id), "coordinator")
    hub = member.hub_id if role == "coordinator" else None
    code = enrolling.invitation(s, role, name, staff_id, now, hub_id=hub, area=area, doctor_id=doctor_id)
    return Made(id_of(code), code, role in SECOND_PERSON)


def invited(s: Connection, staff_id: str, now: datetime) -> list[Invited]:
    """The open invitations of the coordinator's hub, those that wait for approval first; kept in the audit."""
    member = acting(s, staff_id, "coordinator")
    audit.append(s, staff_id, "invitations", f"hub:{member.hub_id}", now)
    rows = s.execute(_open(now).where(_of_hub(str(member.hub_id))).order_by(Invitation.made_at))
    return sorted((_invited(s, row) for row in rows), key=lambda one: not one.needs_approval)


def approve(s: Connection, staff_id: str, id: str, now: datetime) -> Invited:
    """A second coordinator of the hub lets an invitation work. NotAllowed for who made it; Unknown if not open."""
    found = _required(s, id, now)
    at_hub(s, staff_id, _bound_to(s, id), "coordinator")
    return _approve(s, found, staff_id, now)


def approve_there(s: Connection, name: str, id: str, now: datetime) -> Invited:
    """As `approve`, by a person at the command line: not the one who made it there."""
    return _approve(s, _required(s, id, now), f"{COMMAND_LINE}:{name}", now)


def call_back(s: Connection, staff_id: str, id: str, now: datetime) -> None:
    """A coordinator of the hub ends an invitation: its code works no more. Unknown if it is not open."""
    _required(s, id, now)
    at_hub(s, staff_id, _bound_to(s, id), "coordinator")
    s.execute(update(Invitation).where(Invitation.code_hash.startswith(id)).values(expires_at=now))
    audit.append(s, staff_id, "invitation ended", f"invitation:{id}", now)


def hub_staff(s: Connection, staff_id: str, now: datetime) -> list[Member]:
    """Who is enrolled at the coordinator's hub and its health centres; kept in the audit."""
    member = acting(s, staff_id, "coordinator")
    audit.append(s, staff_id, "staff", f"hub:{member.hub_id}", now)
    areas = select(Spoke.id).where(Spoke.hub_id == member.hub_id)
    theirs = or_(Staff.hub_id == member.hub_id, Staff.area.in_(areas))
    found = select(Staff.id).where(theirs, Staff.revoked_at.is_(None)).order_by(Staff.role, Staff.enrolled_at, Staff.id)
    return [acting(s, id) for id in s.scalars(found).all()]


def end(s: Connection, staff_id: str, of: str, now: datetime) -> bool:
    """A coordinator ends an enrolment of the own hub, at once; False if it had ended. Not their own: NotAllowed."""
    acting(s, staff_id, "coordinator")
    row = s.execute(select(Staff.hub_id, Staff.area).where(Staff.id == of)).first()
    if row is None:
        raise Unknown(f"no staff {of}")
    at_hub(s, staff_id, row.hub_id or _hub_of(s, Spoke, row.area), "coordinator")
    if of == staff_id:
        raise NotAllowed(f"staff {staff_id} cannot end their own enrolment: another coordinator can")
    return enrolling.revoke(s, of, staff_id, now)


def id_of(code: str) -> str:
    """The id under which an invitation is listed, from its code."""
    return enrolling._hash(code)[:ID]


def _open(now: datetime) -> Any:
    t = Invitation
    columns = (t.code_hash, t.role, t.name, t.made_by, t.made_at, ~enrolling.approved())
    return select(*columns).where(t.used_at.is_(None), t.expires_at > now)


def _of_hub(hub_id: str) -> Any:
    areas = select(Spoke.id).where(Spoke.hub_id == hub_id)
    return or_(Invitation.hub_id == hub_id, Invitation.area.in_(areas))


def _invited(s: Connection, row: Any) -> Invited:
    hash, role, name, made_by, made_at, needs = row
    return Invited(hash[:ID], role, ring(s).open(name, f"invitation/name/{hash}"), made_by, made_at, bool(needs))


def _required(s: Connection, id: str, now: datetime) -> Invited:
    """The open invitation of this id, held until the transaction ends."""
    if len(id) != ID or not id.isalnum():
        raise Unknown(f"no invitation {id}")
    row = s.execute(_open(now).where(Invitation.code_hash.startswith(id)).with_for_update()).first()
    if row is None:
        raise Unknown(f"no invitation {id}")
    return _invited(s, row)


def _approve(s: Connection, found: Invited, by: str, now: datetime) -> Invited:
    if by == found.made_by:
        raise NotAllowed(f"{by} made invitation {found.id}: another person approves it")
    change = update(Invitation).where(Invitation.code_hash.startswith(found.id), Invitation.approved_at.is_(None))
    if s.execute(change.values(approved_by=by, approved_at=now)).rowcount:
        audit.append(s, by, "invitation approved", f"invitation:{found.id}", now)
    return found


def _bound_to(s: Connection, id: str) -> str:
    """The hub that an invitation is for."""
    found = select(Invitation.hub_id, Invitation.area).where(Invitation.code_hash.startswith(id))
    hub_id, area = s.execute(found).one()
    return hub_id or _hub_of(s, Spoke, area)


def _hub_of(s: Connection, table: Any, id: str | None) -> str:
    found = s.execute(select(table.hub_id).where(table.id == id)).scalar()
    if found is None:
        raise Unknown(f"no {table.__tablename__} {id}")
    return str(found)
