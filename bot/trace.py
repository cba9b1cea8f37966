"""What an ASHA worker or a health officer reads and changes by the functions that patients use too, in the audit.

The functions that serve staff alone write their own entries, in storage; these do not know that it is staff who asks.
"""

from __future__ import annotations

import re

from flows import actions, asha_actions, day_actions, notice_actions, summary_actions
from flows.talk import Action
from storage.records import Account

ROLES = ("asha", "health_officer")
NAMES_NOBODY: frozenset[type[Action]] = frozenset({
    actions.Account, actions.SetLanguage, actions.FindPlaces, actions.NearestSpokes, actions.LastSpoke,
    actions.NearestEmergency, actions.FreeWindows, actions.AskForHuman, actions.GiveConsent, actions.RefuseConsent,
    day_actions.FamilyWindows, notice_actions.Unwanted, notice_actions.Want, notice_actions.JustTold,
    asha_actions.ReadMembers, asha_actions.ReadDue, asha_actions.ReadAbha, asha_actions.HerDay, asha_actions.HerMonth,
    asha_actions.NearHospital,
})  # fmt: skip
"""Actions that read and change nothing of a person other than who acts."""
WRITES_ITS_OWN: frozenset[type[Action]] = frozenset({
    actions.TodaysList, actions.AcceptInvitation, actions.Forget, notice_actions.CallEnded,
    asha_actions.Absent, asha_actions.CallsToMake, asha_actions.ChangeMember, asha_actions.FollowUpsDue,
    asha_actions.MemberCard, asha_actions.Mothers, asha_actions.MoveMember, asha_actions.RemoveMember,
    asha_actions.SaveMembers, summary_actions.Observe, summary_actions.SpokeToday,
})  # fmt: skip
"""Actions of these roles whose storage function writes the entry."""
_SUBJECTS = {
    "person": "person", "booking": "booking", "hold": "booking", "offer": "booking", "waiting": "waiting",
    "home": "household", "consult": "consult",
}  # fmt: skip
"""Fields of an action that say what it is about, and how the audit names that."""


def entry(account: Account | None, action: Action) -> tuple[str, str, str] | None:
    """Who, action and subject of the entry that this action of this account leaves; None if it leaves none."""
    if account is None or account.role not in ROLES or account.staff_id is None:
        return None
    if type(action) in NAMES_NOBODY | WRITES_ITS_OWN:
        return None
    return account.staff_id, words(type(action)), _subject(account, action)


def words(action: type[Action]) -> str:
    """The action's name as the audit has it: "my bookings"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", action.__name__).lower()


def _subject(account: Account, action: Action) -> str:
    found = ((of, getattr(action, name, None)) for name, of in _SUBJECTS.items())
    return next((f"{of}:{id}" for of, id in found if isinstance(id, str)), f"staff:{account.staff_id}")
