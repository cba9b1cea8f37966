"""Actions of a coordinator's staff. Storage refuses whatever is not of the own hub."""

from __future__ import annotations

from typing import Any

from bot.moments import ZONE
from bot.notices import both
from bot.perform import Acting, performs
from flows import enrolments as actions
from flows.talk import Say
from storage import digests, enrolments, outbox
from storage.outbox import Notice


@performs(actions.EnrolWhere)
def _where(acting: Acting, action: actions.EnrolWhere) -> list[dict[str, Any]]:
    by = acting.staff_id("coordinator")
    if action.role == "doctor":
        return [{"id": id, "name": both(bn, en)} for id, bn, en, _ in enrolments.free_doctors(acting.s, by)]
    return [{"id": id, "name": both(bn, en)} for id, bn, en in enrolments.spokes(acting.s, by)]


@performs(actions.Invite)
def _invite(acting: Acting, action: actions.Invite) -> dict[str, Any] | None:
    by = acting.staff_id("coordinator")
    where = {"doctor_id" if action.role == "doctor" else "area": action.where} if action.where else {}
    try:
        made = enrolments.invite(acting.s, by, action.role, action.name, acting.now, **where)
    except ValueError:  # the doctor's name was changed in the register meanwhile
        return None
    if made.needs_approval:
        _ask_the_others(acting, action)
    return {"code": made.code, "needs_approval": made.needs_approval}


def _ask_the_others(acting: Acting, action: actions.Invite) -> None:
    """The hub's other coordinators hear that one of them has to approve."""
    assert acting.account is not None and acting.account.hub_id is not None
    args = {"name": action.name, "role": {"t": f"role.{action.role}"}}
    said = Say("enrol.to_approve", args).payload()
    others = [chat for chat in digests.coordinators_of(acting.s, acting.account.hub_id) if chat != acting.chat]
    outbox.put(acting.s, [Notice(chat, "enrolment", said, acting.now) for chat in others], acting.now)


@performs(actions.Invitations)
def _invitations(acting: Acting, _action: actions.Invitations) -> list[dict[str, Any]]:
    by = acting.staff_id("coordinator")
    return [
        {
            "id": one.id, "role": one.role, "name": one.name, "waits": one.needs_approval, "mine": one.made_by == by,
            "on": one.made_at.astimezone(ZONE).date().isoformat(),
        }
        for one in enrolments.invited(acting.s, by, acting.now)
    ]  # fmt: skip


@performs(actions.ApproveInvitation)
def _approve(acting: Acting, action: actions.ApproveInvitation) -> bool:
    enrolments.approve(acting.s, acting.staff_id("coordinator"), action.invitation, acting.now)
    return True


@performs(actions.EndInvitation)
def _end_invitation(acting: Acting, action: actions.EndInvitation) -> bool:
    enrolments.call_back(acting.s, acting.staff_id("coordinator"), action.invitation, acting.now)
    return True


@performs(actions.HubStaff)
def _staff(acting: Acting, _action: actions.HubStaff) -> list[dict[str, Any]]:
    found = enrolments.hub_staff(acting.s, acting.staff_id("coordinator"), acting.now)
    return [{"id": one.id, "role": one.role, "name": one.name} for one in found]


@performs(actions.EndEnrolment)
def _end(acting: Acting, action: actions.EndEnrolment) -> bool:
    return enrolments.end(acting.s, acting.staff_id("coordinator"), action.staff, acting.now)
