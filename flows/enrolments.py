"""A coordinator's staff by conversation: inviting, approving as the second person, who is enrolled, ending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flows.heard import Heard
from flows.pages import LEAVE, one_of, press
from flows.talk import Action, Ask, Choice, Do, Flow, Misfit, Say, Then

ROLES = ("asha", "health_officer", "doctor", "coordinator")
NAME_AT_MOST = 60


@dataclass(frozen=True)
class EnrolWhere(Action):
    """-> [{"id", "name"}]: health centres of the own hub for an ASHA or officer, doctors who are not enrolled."""

    role: str


@dataclass(frozen=True)
class Invite(Action):
    """-> {"code", "needs_approval"} of a new invitation, shown once; None if it is not of the own hub."""

    final: ClassVar[bool] = True
    role: str
    name: str
    where: str | None


@dataclass(frozen=True)
class Invitations(Action):
    """-> [{"id", "role", "name", "on", "waits", "mine"}] of the own hub that can still be used; audited."""


@dataclass(frozen=True)
class ApproveInvitation(Action):
    """-> True. None for who made it, and where it is not of the own hub or cannot be used any more."""

    final: ClassVar[bool] = True
    invitation: str


@dataclass(frozen=True)
class EndInvitation(Action):
    """-> True. None where it is not of the own hub."""

    final: ClassVar[bool] = True
    invitation: str


@dataclass(frozen=True)
class HubStaff(Action):
    """-> [{"id", "role", "name"}] enrolled at the own hub and its health centres; audited."""


@dataclass(frozen=True)
class EndEnrolment(Action):
    """-> True if it ended now. None for oneself, and for another hub's."""

    final: ClassVar[bool] = True
    staff: str


def enrolments() -> Flow[Then | None]:
    """The first screen; each branch comes back to it."""
    invite = tuple(Choice(f"invite_{role}", {"t": "choice.invite", "args": _role(role)}) for role in ROLES)
    lists = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("invitations", "hub_staff"))
    chosen = yield Ask("enrol_menu", choices=(*invite, *lists, LEAVE), case_notes=True, reads=press)
    if chosen == "leave":
        return None
    if chosen == "invitations":
        yield from _invitations()
    elif chosen == "hub_staff":
        yield from _staff()
    else:
        yield from _invite(chosen.removeprefix("invite_"))
    return Then("enrolments")


def _invite(role: str) -> Flow[None]:
    """Where, then the name; a doctor has the name of the register."""
    place: dict[str, Any] | None = None
    if role != "coordinator":
        found = (yield Do(EnrolWhere(role))) or []
        if not found:
            yield Say(f"enrol.no_{'doctor' if role == 'doctor' else 'spoke'}")
            return
        place = yield from one_of("enrol_where", found, lambda one: one["name"], _role(role))
        if place is None:
            return
    name = place["name"]["en"] if role == "doctor" and place else (yield _name(role))
    made = yield Do(Invite(role, name, place["id"] if place else None))
    if made is None:
        yield Say("case.refused")
        return
    second = {"t": "enrol.second_person"} if made["needs_approval"] else ""
    yield Say("enrol.made", {"name": name, "code": made["code"], "second": second} | _role(role))


def _name(role: str) -> Ask:
    return Ask("enrol_name", "text", verbatim=True, case_notes=True, reads=_named, args=_role(role))


def _named(heard: Heard) -> Any:
    name = " ".join(heard.text.split())
    if len(name) > NAME_AT_MOST:
        return Misfit("misfit.long", {"most": NAME_AT_MOST, "count": len(name)})
    return name or None


def _invitations() -> Flow[None]:
    found = (yield Do(Invitations())) or []
    if not found:
        yield Say("enrol.no_invitation")
        return
    one = yield from one_of("invitations", found, _invitation)
    if one is None:
        return
    approve = (Choice("approve", {"t": "choice.approve"}),) if one["waits"] and not one["mine"] else ()
    state = "mine" if one["waits"] and one["mine"] else "waits" if one["waits"] else "works"
    args = {"name": one["name"], "on": {"date": one["on"]}, "state": {"t": f"enrol.{state}"}} | _role(one["role"])
    choices = (*approve, Choice("end", {"t": "choice.end_invitation"}), LEAVE)
    chosen = yield Ask("invitation_one", choices=choices, args=args, case_notes=True, reads=press)
    if chosen == "approve":
        done = yield Do(ApproveInvitation(one["id"]))
        yield Say("enrol.approved" if done else "enrol.gone", {"name": one["name"]})
    elif chosen == "end":
        done = yield Do(EndInvitation(one["id"]))
        yield Say("enrol.ended" if done else "enrol.gone", {"name": one["name"]})


def _invitation(one: dict[str, Any]) -> Any:
    return {
        "t": "enrol.waiting_choice" if one["waits"] else "enrol.choice",
        "args": {"name": one["name"]} | _role(one["role"]),
    }


def _staff() -> Flow[None]:
    found = (yield Do(HubStaff())) or []
    one = yield from one_of("hub_staff", found, _enrolled, {"count": len(found)})
    if one is None:
        return
    choices = (Choice("yes", {"t": "choice.end_enrolment"}), Choice("no", {"t": "choice.leave"}))
    args = {"name": one["name"]} | _role(one["role"])
    if (yield Ask("end_enrolment", choices=choices, args=args, case_notes=True, reads=press)) == "yes":
        done = yield Do(EndEnrolment(one["id"]))
        yield Say("enrol.staff_ended" if done else "enrol.not_ended", {"name": one["name"]})


def _enrolled(one: dict[str, Any]) -> Any:
    return {"t": "enrol.choice", "args": {"name": one["name"]} | _role(one["role"])}


def _role(role: str) -> dict[str, Any]:
    return {"role": {"t": f"role.{role}"}}
