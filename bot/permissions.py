"""Who may do what: the one table. Tests hold storage, actions, commands and buttons to it; docs/security.md shows it.

`python -m bot.permissions` prints it as docs/security.md has it. A new function of storage that is told who acts, a new
action, command or button needs a line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ROLES = (
    "nobody", "patient", "other patient", "asha", "other asha", "officer", "other officer", "doctor", "other doctor",
    "coordinator", "other coordinator", "revoked",
)  # fmt: skip
"""Who acts, seen from one patient with a token and one member of an ASHA worker's family with another, at one hub.

nobody: a chat that never wrote. asha: of their area, and of the member's family. officer: of the spoke that they go to.
doctor, coordinator: of the hub. revoked: the member's ASHA worker before, who booked for them. other: the same
elsewhere.
"""
ALL = frozenset(ROLES)
NOBODY = frozenset[str]()
PATIENT, ASHA, DOCTOR, COORDINATOR = (frozenset({role}) for role in ("patient", "asha", "doctor", "coordinator"))
ASHAS, DOCTORS = ASHA | {"other asha"}, DOCTOR | {"other doctor"}
COORDINATORS = COORDINATOR | {"other coordinator"}
DESK, DESKS = DOCTOR | COORDINATOR, DOCTORS | COORDINATORS
STAFF = ASHAS | DESKS
OFFICER = frozenset({"officer"})
OFFICERS = OFFICER | {"other officer"}
THEIRS = PATIENT | ASHA


@dataclass(frozen=True)
class Rule:
    """Who reaches this patient, or this member, by it (`to`), and who may use it for what is their own (`own`)."""

    to: frozenset[str]
    own: frozenset[str] = NOBODY

    def of(self, role: str) -> str:
        """yes, own (may use it, and reaches only what is their own) or no (refused)."""
        return "yes" if role in self.to else "own" if role in self.own else "no"


OWN = Rule(NOBODY, ALL)
"""Everybody, for their own chat alone."""
ACTING = Rule(THEIRS)
"""Whoever may act for the person: the patient for themselves, the ASHA worker for her family's member."""
LISTS = Rule(THEIRS, ALL)
"""Everybody, who gets those that they may act for."""
HERS = Rule(ASHA)
"""The ASHA worker of the family that is named, and nobody else."""
OF_HERS = Rule(ASHA, ASHAS)
"""Every ASHA worker, who gets what is of her families, or hers to do."""
HER_OWN = Rule(NOBODY, ASHAS)
"""Every ASHA worker, for herself: nobody is named."""

STORAGE: dict[str, Rule] = {
    "access.end": Rule(PATIENT),
    "access.who_acts": OWN,
    "accounts.account": OWN,
    "accounts.agreed": OWN,
    "accounts.give_consent": OWN,
    "accounts.refuse_consent": OWN,
    "accounts.set_language": OWN,
    "accounts.set_reachable": OWN,
    "accounts.set_spoke": OWN,
    "accounts.withdraw": OWN,
    "allergies.write": Rule(DOCTOR),
    "asha_lists.absent": OF_HERS,
    "asha_lists.count_calls": HER_OWN,
    "asha_lists.follow_ups": OF_HERS,
    "asha_lists.follow_ups_due": OF_HERS,
    "asha_lists.numbers": HER_OWN,
    "asha_lists.to_call": OF_HERS,
    "board.board": Rule(NOBODY, COORDINATORS),
    "board.today": Rule(NOBODY, COORDINATORS),
    "booked.bookings_of": LISTS,
    "bookings.book": ACTING,
    "bookings.cancel": ACTING,
    "bookings.confirm": ACTING,
    "bookings.confirm_coming": ACTING,
    "bookings.hold": ACTING,
    "bookings.release": ACTING,
    "bookings.reschedule": ACTING,
    "calls.close": Rule(ASHA),
    "cases.case": Rule(DESK),
    "cases.day_list": OF_HERS,
    "cases.queue": Rule(DESK, DESKS),
    "changes.make": Rule(COORDINATOR),
    "changes.scope": Rule(COORDINATOR),
    "consents.end": ACTING,
    "consents.standing": ACTING,
    "complaints.answer": Rule(COORDINATOR),
    "complaints.complain": OWN,
    "complaints.open_complaints": Rule(COORDINATOR, COORDINATORS),
    "consults.save": Rule(DOCTOR),
    "consults.may_write": Rule(DOCTOR),
    "consults.require_own": Rule(PATIENT),
    "consults.sign": Rule(DOCTOR),
    "consults.signed_lately": Rule(DOCTOR, DOCTORS),
    "consults.summaries_for": ACTING,
    "consults.summary_for": ACTING,
    "conversations.load": OWN,
    "conversations.look": OWN,
    "conversations.save": OWN,
    "day.by_token": Rule(DESK, DESKS),
    "day.call_next": Rule(DESK),
    "day.line": Rule(DESK),
    "day.mark": Rule(DESK),
    "day.sittings": Rule(DESK, DESKS),
    "dead_letters.retry_untold": Rule(COORDINATOR),
    "dead_letters.untold": Rule(COORDINATOR, COORDINATORS),
    "enrolments.approve": Rule(COORDINATOR),
    "enrolments.call_back": Rule(COORDINATOR),
    "enrolments.end": Rule(COORDINATOR),
    "enrolments.free_doctors": Rule(NOBODY, COORDINATORS),
    "enrolments.hub_staff": Rule(NOBODY, COORDINATORS),
    "enrolments.invite": Rule(NOBODY, COORDINATORS),
    "enrolments.invited": Rule(NOBODY, COORDINATORS),
    "enrolments.spokes": Rule(NOBODY, COORDINATORS),
    "erase.forget": OWN,
    "families.book_family": ACTING,
    "handing.hand_over": Rule(DOCTOR),
    "handing.place": Rule(DOCTOR),
    "handing.specialties": Rule(DOCTOR),
    "inbox.receive": OWN,
    "joining.give_code": Rule(ASHA),
    "joining.join": OWN,
    "joining.seen": OWN,
    "members.by_abha": OF_HERS,
    "members.details": HERS,
    "members.home": HERS,
    "members.homes": OF_HERS,
    "members.lately": OF_HERS,
    "members.leave": HERS,
    "members.mothers": OF_HERS,
    "members.move": HERS,
    "members.not_pregnant": HERS,
    "members.require_hers": HERS,
    "members.require_home": HERS,
    "members.write": HERS,
    "mydata.held": Rule(PATIENT, ALL),
    "mydata.people_of": Rule(PATIENT, ALL),
    "names.find": OF_HERS,
    "names.without_keys": OF_HERS,
    "observations.add": Rule(DOCTOR | OFFICER),
    "observations.todays": Rule(OFFICER, OFFICERS),
    "optouts.opt_in": OWN,
    "optouts.opt_out": OWN,
    "optouts.opted_out": OWN,
    "optouts.unwanted": OWN,
    "people.family": LISTS,
    "people.households": OF_HERS,
    "people.may_act_for": ACTING,
    "people.members": OF_HERS,
    "people.person_for": ACTING,
    "people.record_consent": ACTING,
    "people.require": ACTING,
    "people.save_household": HER_OWN,
    "people.save_person": OWN,
    "pins.enter": OWN,
    "pins.forgotten": OWN,
    "pins.put": OWN,
    "pins.remove": OWN,
    "pins.standing": OWN,
    "pins.stay_open": OWN,
    "pins.take_away": Rule(NOBODY, ASHAS | OFFICERS | COORDINATORS),
    "places.last_spoke": OWN,
    "replan.affected": Rule(COORDINATOR),
    "replan.replan": Rule(COORDINATOR),
    "scope.acting": Rule(NOBODY, STAFF | {"officer", "other officer"}),
    "scope.at_hub": Rule(DESK),
    "scope.enrolled": OWN,
    "timetable.closed_sessions": Rule(NOBODY, COORDINATORS),
    "timetable.doctors": Rule(NOBODY, COORDINATORS),
    "timetable.hours_of": Rule(COORDINATOR),
    "timetable.reopen": Rule(COORDINATOR),
    "timetable.set_hours": Rule(COORDINATOR),
    "timetable.try_hours": Rule(COORDINATOR),
    "turns.turns_of": LISTS,
    "waiting.accept": ACTING,
    "waiting.decline": ACTING,
    "waiting.join": ACTING,
    "waiting.leave": ACTING,
    "waiting.waiting_of": LISTS,
}
"""Functions of storage that are told who acts, as module.function."""

INNER: dict[str, str] = {
    "permits.look": "whoever holds a code that works, as permits.use",
    "access.ended": "the sender and lists, about people that they found already",
    "accounts.set_self": "people.save_person calls it for the person just kept",
    "audit.append": "writes who did what; decides nothing",
    "bookings.by_key": "what the same press of the same chat made before; book, hold and reschedule ask it",
    "bookings.close": "behind cancel and what the clock and staff do",
    "bookings.let_go": "behind release and what the clock does",
    "calls.put": "the clock and the sender, about whoever could not be told",
    "calls.where_found": "the sender, about whoever could not be told",
    "day_lists.of_families": "asha_lists.absent; the clock, for the list that an ASHA worker gets",
    "observations.keep": "behind add, and handing.hand_over after its own look",
    "permits.make": "after consults.require_own",
    "permits.use": "whoever holds the code: the code is the permission",
    "dead_letters.drop": "the command line",
    "dead_letters.retry": "the command line, and retry_untold after its own look",
    "decisions.record": "keeps an outcome of the chat that told it; reads nothing",
    "digests.add": "the clock, for lists that staff get",
    "inbox.earlier": "the handler, about the message that it deals with",
    "inbox.line": "the handler, about the message that it deals with",
    "notices_sent.last_since_heard": "JustTold, about keys of bookings that were found to be the chat's",
    "staff.accept": "whoever holds a code that was not used and has not expired: tests of invitations",
    "staff.invitation": "the command line",
    "staff.revoke": "the command line",
}
"""Functions of storage that are told who acts and decide nothing: who calls them, after what look."""

ACTIONS: dict[str, Rule] = {
    "Absent": OF_HERS,
    "AcceptInvitation": OWN,
    "AcceptOffer": ACTING,
    "Account": OWN,
    "AgreedToday": ACTING,
    "Alike": OF_HERS,
    "AnswerComplaint": Rule(COORDINATOR),
    "ApproveInvitation": Rule(COORDINATOR),
    "AskForHuman": OWN,
    "Book": ACTING,
    "BookFamily": ACTING,
    "ByToken": Rule(DESK, DESKS),
    "CallEnded": Rule(ASHA),
    "CallMe": ACTING,
    "CallNext": Rule(DESK),
    "CallsToMake": OF_HERS,
    "CancelBooking": ACTING,
    "ChangeMember": HERS,
    "ClosedSessions": Rule(NOBODY, COORDINATORS),
    "Complain": OWN,
    "Complaints": Rule(COORDINATOR, COORDINATORS),
    "ConfirmComing": ACTING,
    "CorrectPerson": ACTING,
    "DeclineOffer": ACTING,
    "DoctorHours": Rule(COORDINATOR),
    "EndAccess": Rule(PATIENT),
    "EndConsent": ACTING,
    "EndEnrolment": Rule(COORDINATOR),
    "EndInvitation": Rule(COORDINATOR),
    "EnrolWhere": Rule(NOBODY, COORDINATORS),
    "Family": LISTS,
    "FamilyWindows": OWN,
    "Favourites": Rule(NOBODY, DOCTORS),
    "FindMembers": OF_HERS,
    "FindPlaces": OWN,
    "FollowUps": LISTS,
    "FollowUpsDue": OF_HERS,
    "Forget": OWN,
    "ForgotPin": OWN,
    "FreeWindows": OWN,
    "GiveCode": Rule(ASHA),
    "GiveConsent": OWN,
    "GivePaper": Rule(PATIENT),
    "HandOver": Rule(DOCTOR),
    "HandOverTo": Rule(DOCTOR),
    "HerDay": HER_OWN,
    "HerMonth": HER_OWN,
    "Hold": ACTING,
    "Home": HERS,
    "Homes": OF_HERS,
    "Households": LISTS,
    "HubDoctors": Rule(NOBODY, COORDINATORS),
    "HubSessions": Rule(COORDINATOR, COORDINATORS),
    "HubStaff": Rule(NOBODY, COORDINATORS),
    "HubToday": Rule(NOBODY, COORDINATORS),
    "Invitations": Rule(NOBODY, COORDINATORS),
    "Invite": Rule(NOBODY, COORDINATORS),
    "Join": OWN,
    "JoinWaiting": ACTING,
    "JustTold": OWN,
    "KnownOf": ACTING,
    "LastSpoke": OWN,
    "Lately": OF_HERS,
    "LeaveWaiting": ACTING,
    "Line": Rule(DESK),
    "LookAtCode": OWN,
    "MemberCard": HERS,
    "Missed": ACTING,
    "Mothers": OF_HERS,
    "MoveMember": HERS,
    "MyBookings": LISTS,
    "MyTurns": LISTS,
    "MyWaiting": LISTS,
    "NearHospital": OWN,
    "NearestEmergency": OWN,
    "NearestSpokes": OWN,
    "NotUnderstood": ACTING,
    "Observe": Rule(OFFICER),
    "OfBooking": ACTING,
    "OpenCase": Rule(DOCTOR),
    "OpenJudged": Rule(COORDINATOR),
    "Paper": ACTING,
    "PinState": OWN,
    "PlaceThere": Rule(DOCTOR),
    "PreviewSummary": Rule(DOCTOR),
    "Queue": Rule(DOCTOR, DOCTORS),
    "ReadAbha": OWN,
    "ReadDue": OWN,
    "ReadGiven": OWN,
    "ReadMembers": HER_OWN,
    "RecordConsent": ACTING,
    "RecordDecision": OWN,
    "RefuseConsent": OWN,
    "Release": ACTING,
    "RemoveMember": HERS,
    "RemovePin": OWN,
    "Reopen": Rule(COORDINATOR),
    "Replan": Rule(COORDINATOR),
    "SafetyBoard": Rule(NOBODY, COORDINATORS),
    "SaveDraft": Rule(DOCTOR),
    "SaveMembers": HERS,
    "SavePerson": OWN,
    "SendMyData": OWN,
    "SessionEnds": Rule(COORDINATOR),
    "SetHours": Rule(COORDINATOR),
    "SetLanguage": OWN,
    "SetPin": OWN,
    "SetStatus": Rule(DESK),
    "SignSummary": Rule(DOCTOR),
    "SignedLately": Rule(DOCTOR, DOCTORS),
    "Sittings": Rule(DESK, DESKS),
    "SpokeToday": Rule(OFFICER, OFFICERS),
    "Summaries": LISTS,
    "TakePinAway": Rule(NOBODY, ASHAS | OFFICERS | COORDINATORS),
    "TellAgain": Rule(COORDINATOR),
    "TodaysList": OF_HERS,
    "TryHours": Rule(COORDINATOR),
    "TryReplan": Rule(COORDINATOR),
    "Undelivered": Rule(COORDINATOR, COORDINATORS),
    "Unwanted": OWN,
    "WaitedFor": ACTING,
    "Want": OWN,
    "WhoActs": OWN,
    "WriteAllergies": Rule(DOCTOR),
}
"""What flows may ask for (flows/*actions.py)."""

COMMANDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("start", "restart", "back", "cancel", "emergency", "stop", "help", "my", "summaries", "language", "new",
         "forget", "privacy", "mydata", "access", "pin", "human", "turn", "together", "notices", "complaint"), ALL,
    ),
    "queue": DOCTORS,
    "signed": DOCTORS,
    "next": DESKS,
    "sittings": COORDINATORS,
    "close": COORDINATORS,
    **dict.fromkeys(("hub", "board", "complaints", "enrol", "week", "open"), COORDINATORS),
    "undelivered": COORDINATORS,
    **dict.fromkeys(("arrived", "call", "done", "absent"), DESKS),
    **dict.fromkeys(("family", "families", "ill", "calls", "followups", "mothers", "numbers", "code"), ASHAS),
    "today": ASHAS | OFFICERS,
}  # fmt: skip
"""What may be typed after a slash, and who gets it; whoever does not is told of the commands that they have."""

BUTTONS: dict[str, Rule] = {
    **dict.fromkeys(
        ("coming", "follow_up", "again", "accept", "decline", "accept_move", "change", "cancel_token", "book_again",
         "cannot_come", "worse", "call_me", "way", "details", "papers", "how_to_take", "not_understood"), ACTING,
    ),
    **dict.fromkeys(("call_made", "not_reached", "give_code"), Rule(ASHA)),
}  # fmt: skip
"""Buttons of notices, which carry what they are about; every other button answers the question of its own chat."""

SIGNS = {"yes": "yes", "own": "own", "no": "-"}


def tables() -> Iterator[str]:
    """The matrix in Markdown, as docs/security.md has it."""
    yield from _table("Functions of storage", {f"`{name}`": rule for name, rule in STORAGE.items()})
    yield from _table("Actions of flows", {f"`{name}`": rule for name, rule in ACTIONS.items()})
    yield from _table("Buttons of notices", {f"`{name}`": rule for name, rule in BUTTONS.items()})
    yield from _table("Commands", {f"`/{name}`": Rule(NOBODY, who) for name, who in sorted(COMMANDS.items())})


def _table(title: str, rules: dict[str, Rule]) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"| | {' | '.join(ROLES)} |"
    yield "|---" * (len(ROLES) + 1) + "|"
    for name, rule in rules.items():
        yield f"| {name} | {' | '.join(SIGNS[rule.of(role)] for role in ROLES)} |"
    yield ""


if __name__ == "__main__":
    print("\n".join(tables()))
