"""What storage gives: frozen values, read from rows, with names opened where the reader may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Role = Literal["patient", "asha", "health_officer", "doctor", "coordinator"]


class NotAllowed(Exception):
    """Whoever asked may not see or do this: another's hub, area or family, or an enrolment that was revoked."""


class Unknown(LookupError):
    """There is no such thing; the message names its kind and id."""


@dataclass(frozen=True, slots=True)
class Account:
    """A chat, with what it is in the service."""

    chat: str
    lang: str | None
    consent_version: str | None
    consent_at: datetime | None
    consent_purposes: tuple[str, ...]
    refused: bool
    person_id: str | None  # "me"
    spoke_id: str | None  # of the last booking
    reachable: bool
    role: Role
    staff_id: str | None
    hub_id: str | None
    area: str | None  # an ASHA's: a spoke id
    doctor_id: str | None


@dataclass(frozen=True, slots=True)
class Staff:
    id: str
    role: Role
    name: str
    chat: str | None
    hub_id: str | None
    area: str | None
    doctor_id: str | None


@dataclass(frozen=True, slots=True)
class Household:
    id: str
    name: str | None
    staff_id: str | None
    members: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be ill. `name` is None where it may not be read: the person asked to be forgotten."""

    id: str
    name: str | None
    phone: str | None
    born: date | None
    born_to: str | None  # how exactly: day, month, year
    sex: str | None
    pregnant: bool | None
    pregnant_until: date | None
    delivered: bool | None
    delivered_until: date | None
    relation: str | None
    household_id: str | None
    owner_chat: str
    own_chat: str | None
    due_date: date | None = None  # when a child is expected


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    name_bn: str | None
    name_en: str
    kind: str
    block: str | None
    pin: str | None
    lat: float | None
    lon: float | None
    district_id: str
    district_bn: str
    district_en: str


@dataclass(frozen=True, slots=True)
class Hub:
    id: str
    name_bn: str
    name_en: str
    kind: str
    district_id: str
    address_bn: str | None
    address_en: str | None
    phone: str | None
    lat: float
    lon: float
    emergency: bool
    km: float | None = None  # from where it was asked, as the crow flies


@dataclass(frozen=True, slots=True)
class Spoke:
    id: str
    hub_id: str
    name_bn: str
    name_en: str
    district_id: str
    block: str | None
    address_bn: str | None
    address_en: str | None
    lat: float
    lon: float
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Doctor:
    id: str
    hub_id: str
    specialty: str
    name_bn: str
    name_en: str
    qualification: str
    registration_number: str
    signature: str
    staff_id: str | None


@dataclass(frozen=True, slots=True)
class FreeWindow:
    window_id: int
    session_id: int
    hub_id: str
    hub_bn: str
    hub_en: str
    specialty: str
    starts_at: datetime
    ends_at: datetime
    left: int
    stands_in: bool = False  # another specialty than the one asked for


@dataclass(frozen=True, slots=True)
class Booking:
    id: str
    person_id: str
    name: str | None
    own_chat: str | None  # the person's own account
    chat: str  # who booked
    window_id: int
    session_id: int
    hub_id: str
    hub_bn: str
    hub_en: str
    doctor_id: str
    specialty: str
    spoke_id: str
    spoke_bn: str
    spoke_en: str
    token_number: int  # 0 while it is only held or offered
    status: str
    starts_at: datetime
    ends_at: datetime
    urgency: int
    decision_id: str | None
    confirmed_coming: bool | None
    instead_of: str | None
    held_until: datetime | None = None
    arrived_at: datetime | None = None
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """An entry of the waiting list."""

    id: str
    person_id: str
    chat: str
    spoke_id: str
    hub_id: str
    specialty: str
    urgency: int
    decision_id: str | None
    replaces: str | None
    wanted_from: datetime
    wanted_until: datetime
    status: str
    hub_bn: str = ""
    hub_en: str = ""
    spoke_bn: str = ""
    spoke_en: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there was no booking."""

    reason: Literal["taken", "already_booked", "overlap", "past"]


@dataclass(frozen=True, slots=True)
class Decision:
    id: str
    person_id: str | None
    chat: str
    facts: dict[str, Any]
    level: str
    rule: str
    protocol: str
    version: str
    specialty: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consult:
    """One version of a doctor's summary."""

    id: str
    booking_id: str
    person_id: str
    doctor_id: str
    version: int
    status: Literal["draft", "final"]
    content: dict[str, Any]
    saved_at: datetime
    signed_at: datetime | None
    judged_level: str | None = None  # how soon the doctor would have had the person seen, if not as was decided


@dataclass(frozen=True, slots=True)
class Observed:
    """What was measured or remarked before a consultation."""

    vitals: dict[str, float]
    remark: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What a doctor opens: the booking, who it is for, what triage found, what was written so far and before."""

    booking: Booking
    person: Person
    decision: Decision | None
    summaries: tuple[Consult, ...]
    observed: tuple[Observed, ...] = ()  # newest first
    allergies: tuple[str, ...] | None = None  # None: nobody asked
    draft: Consult | None = None
    signed: Consult | None = None  # of this booking, the version that stands
