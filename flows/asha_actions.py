"""The actions of an ASHA worker. bot/perform_members.py and perform_asha.py do them; storage refuses anybody else.

A member: as flows.actions.Family gives it, with "home" {"id", "name"}, "due_date" (ISO), "weeks_pregnant". What is told
of one (nlu.members): "name", "kin", "relation", "age_years", "sex", "pregnant", "due_date", "high_risk", "illnesses",
"lang", "abha", "phone", "facts"; only what was said is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class ReadMembers(Action):
    """-> {"members": [told], "unread": [part of the text], "facts": what the unread parts tell of a trouble}."""

    text: str


@dataclass(frozen=True)
class Alike(Action):
    """-> [{"of": place in `members`, "member": member}]: who of her families may be one of these already."""

    members: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class SaveMembers(Action):
    """-> {"home": id, "members": [ids, in the order of `members`]}. Without a `home` it is a new one, the head first.

    "same_as" in one of them: the person who is known already, changed by what is told now and moved here.
    """

    final: ClassVar[bool] = True
    members: tuple[dict[str, Any], ...]
    home: str | None = None


@dataclass(frozen=True)
class FindMembers(Action):
    """-> {"members": [member], "sure"}: who of her families is named, by sound, the likeliest first, at most 7.

    `given`: only by the given name, as in a sentence. Not `sure`: the name only sounds alike.
    """

    text: str
    given: bool = False


@dataclass(frozen=True)
class Lately(Action):
    """-> [member] of her families who were booked or written last, at most 5."""


@dataclass(frozen=True)
class Homes(Action):
    """-> {"homes": [{"id", "name", "count"}], "more"}: a page of her families, the newest first."""

    page: int


@dataclass(frozen=True)
class Home(Action):
    """-> {"id", "name", "members": [member]} or None."""

    home: str


@dataclass(frozen=True)
class MemberCard(Action):
    """-> member with "high_risk", "illnesses", "lang", "abha", "agreed"; None if she is not of her families."""

    person: str


@dataclass(frozen=True)
class ChangeMember(Action):
    """-> True. `said`: as told; "pregnant": False ends a pregnancy, "illnesses" takes the place of the former."""

    final: ClassVar[bool] = True
    person: str
    said: dict[str, Any]


@dataclass(frozen=True)
class MoveMember(Action):
    """-> True if moved; into a family of their own without a `home`."""

    final: ClassVar[bool] = True
    person: str
    home: str | None


@dataclass(frozen=True)
class RemoveMember(Action):
    """-> True. Out of her families."""

    final: ClassVar[bool] = True
    person: str


@dataclass(frozen=True)
class ReadDue(Action):
    """-> {"due_date"} (ISO) that a text tells, or None."""

    text: str


@dataclass(frozen=True)
class ReadAbha(Action):
    """-> {"abha"} or {"refused": "aadhaar" | "length" | "check"}."""

    text: str


@dataclass(frozen=True)
class AgreedToday(Action):
    """-> whether this person's consent to triage and booking stands since this morning."""

    person: str


@dataclass(frozen=True)
class EndConsent(Action):
    """-> how many consents of this person were withdrawn."""

    final: ClassVar[bool] = True
    person: str


@dataclass(frozen=True)
class HerDay(Action):
    """-> {"calls", "urgent"}: how many calls are to be made."""


@dataclass(frozen=True)
class CallsToMake(Action):
    """-> [{"id", "reason", "urgent", "name" or None, "contact", "spoke", "at"}], the urgent first."""


@dataclass(frozen=True)
class Absent(Action):
    """-> [booking] of the last days to which somebody of her families did not come, and who has no later token."""


@dataclass(frozen=True)
class FollowUpsDue(Action):
    """-> [booking with "day" (ISO), "overdue"]: whom a doctor wants to see within a week, or wanted to."""


@dataclass(frozen=True)
class Mothers(Action):
    """-> [member with "high_risk"] who are pregnant, those at high risk first."""


@dataclass(frozen=True)
class HerMonth(Action):
    """-> {"month" (ISO date), "families", "members", "triaged", "booked", "came", "did_not_come", "calls"}."""


@dataclass(frozen=True)
class NearHospital(Action):
    """-> {"name", "km"} of the hospital with an emergency room nearest to her centre, or None."""
