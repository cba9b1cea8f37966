"""The storage actions that flows ask for. bot/perform.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class Account(Action):
    """-> {"lang", "consented", "refused", "role", "purposes"}. Consent to a former notice is none."""


@dataclass(frozen=True)
class SetLanguage(Action):
    """-> None"""

    lang: str


@dataclass(frozen=True)
class GiveConsent(Action):
    """-> None. `purposes`: what was agreed to."""

    final: ClassVar[bool] = True
    version: str
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class RefuseConsent(Action):
    """-> None. Also withdraws a consent given before."""

    final: ClassVar[bool] = True
    version: str


@dataclass(frozen=True)
class Family(Action):
    """-> [{"id", "name", "age_years", "sex", "relation", "pregnant", "recent_delivery"}]: oneself first."""


@dataclass(frozen=True)
class SavePerson(Action):
    """-> the person's id. `consent`: who agreed and how, where somebody else writes for them."""

    name: str
    age_years: float | None
    sex: str | None
    relation: str
    pregnant: bool | None = None
    recent_delivery: bool | None = None
    consent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordConsent(Action):
    """-> None. A member's consent to what somebody books for them."""

    person: str
    given_by: str
    how: str


@dataclass(frozen=True)
class RecordDecision(Action):
    """-> the decision's id. Kept for audit: facts, rule, protocol and its version."""

    facts: dict[str, Any]
    level: str
    specialty: str
    rule: str
    protocol: str
    version: str
    person: str | None = None  # whose it is, where that is known


@dataclass(frozen=True)
class FindPlaces(Action):
    """-> {"places": [{"id", "name", "district", "block", "pin", "lat", "lon"}], "more", "sure", "pin"}.

    Best first, at most 6; `more`: how many others fit; not `sure`: their names are only like what was written.
    `pin`: {"code", "in_state"} where a PIN code was not found, else None.
    `within`: what was written before, and had several meanings: `text` may say which.
    """

    text: str
    within: str | None = None


@dataclass(frozen=True)
class NearestSpokes(Action):
    """-> [{"id", "name", "km"}], nearest first, at most 4.

    With a specialty, at most 6, those that are full last; each has "first", when its first place is free within so many
    days or None, and "stands_in". `urgent`: places kept for who must be seen within a day count too.
    """

    lat: float
    lon: float
    specialty: str | None = None
    within_days: int = 7
    urgent: bool = False


@dataclass(frozen=True)
class LastSpoke(Action):
    """-> the spoke this chat went to last, or None."""


@dataclass(frozen=True)
class NearestEmergency(Action):
    """-> {"name", "km"} of the nearest hospital that takes emergencies, or None."""

    lat: float
    lon: float


@dataclass(frozen=True)
class FreeWindows(Action):
    """-> {"windows": [{"id", "starts_at", "ends_at", "left", "hub", "specialty"}], "stands_in": bool}.

    `after`: ISO date or date and time; only windows from then on. `before`: only until then.
    """

    spoke: str
    specialty: str
    within_days: int
    after: str | None = None
    part_of_day: str | None = None
    page: int = 0
    urgent: bool = False  # with the places that are reserved for who must be seen within a day


@dataclass(frozen=True)
class Hold(Action):
    """-> {"id"} of a place kept for five minutes, or {"refused": "taken" | "already_booked" | "overlap" | "past"}.

    `replaces`: a booking that is given up for it once it is booked.
    """

    person: str
    window: str
    spoke: str
    decision: str | None
    replaces: str | None = None


@dataclass(frozen=True)
class Release(Action):
    """-> None. The place that was held is given back."""

    hold: str


@dataclass(frozen=True)
class Book(Action):
    """-> the booking that a hold becomes, or {"refused"} as of Hold."""

    final: ClassVar[bool] = True
    hold: str


@dataclass(frozen=True)
class JoinWaiting(Action):
    """-> {"id", "hub", "until"}: on the waiting list of the spoke's hub for places within `within_days`.

    `earlier_than`: a booking for which an earlier place is wanted; it is kept until then.
    """

    final: ClassVar[bool] = True
    person: str
    spoke: str
    specialty: str
    decision: str | None
    within_days: int
    earlier_than: str | None = None


@dataclass(frozen=True)
class MyWaiting(Action):
    """-> [{"id", "specialty", "hub", "spoke", "until"}] that this chat's people wait for."""


@dataclass(frozen=True)
class WaitedFor(Action):
    """-> {"person", "specialty", "decision"} of an entry of the waiting list, ended or not."""

    waiting: str


@dataclass(frozen=True)
class LeaveWaiting(Action):
    """-> None. Off the waiting list."""

    final: ClassVar[bool] = True
    waiting: str


@dataclass(frozen=True)
class AcceptOffer(Action):
    """-> the booking, or {"refused": "past" | "taken" | "already_booked" | "overlap"}."""

    final: ClassVar[bool] = True
    offer: str


@dataclass(frozen=True)
class DeclineOffer(Action):
    """-> True if the offer stood. One stays on the list."""

    final: ClassVar[bool] = True
    offer: str


@dataclass(frozen=True)
class MyBookings(Action):
    """-> [booking] to come, soonest first: {"id", "token", "hub", "spoke", "starts_at", "ends_at", "status", "person",
    "name", "specialty", "spoke_id"}."""


@dataclass(frozen=True)
class CancelBooking(Action):
    """-> True if it was active and is cancelled now."""

    final: ClassVar[bool] = True
    booking: str


@dataclass(frozen=True)
class ConfirmComing(Action):
    """-> True if it is still active."""

    final: ClassVar[bool] = True
    booking: str


@dataclass(frozen=True)
class Summaries(Action):
    """-> [{"id", "at", "doctor", "name", "content"}] that doctors signed for this chat's people, newest first."""


@dataclass(frozen=True)
class AskForHuman(Action):
    """-> None. A coordinator is told that this chat wants to talk to a person."""

    final: ClassVar[bool] = True


@dataclass(frozen=True)
class Forget(Action):
    """-> None. Everything of this chat is restricted at once, deleted when the law allows."""

    final: ClassVar[bool] = True


@dataclass(frozen=True)
class AcceptInvitation(Action):
    """-> {"role", "name"} or None if the code is used, expired or wrong."""

    final: ClassVar[bool] = True
    code: str


@dataclass(frozen=True)
class Queue(Action):
    """-> [booking with "level"] of the acting doctor's day, most urgent first."""


@dataclass(frozen=True)
class OpenCase(Action):
    """-> booking with person, facts, level, rule, words of the case; audited. None if not the doctor's."""

    booking: str


@dataclass(frozen=True)
class SetStatus(Action):
    """-> the booking, or None if that cannot follow what it is. `status`: arrived, called, fulfilled, noshow."""

    final: ClassVar[bool] = True
    booking: str
    status: str


@dataclass(frozen=True)
class TodaysList(Action):
    """-> [booking] of the acting ASHA's families today."""


@dataclass(frozen=True)
class FollowUps(Action):
    """-> [booking]: the visits after which a doctor wants to see the patient again on `day` (ISO)."""

    day: str
