"""The whole schema in one place. What is marked Sealed is unreadable without the keys; the rest names nobody.

Ids of places, hubs, spokes, doctors and rosters are chosen by whoever enters them ("hub-bardhaman-1"); ids of people,
bookings, decisions and consultations are random; queues count.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Id, Number, Sealed, Table

Table.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


# --- messages in and out ---------------------------------------------------------------------------------------------


UNDONE = text("done_at IS NULL")


class Inbox(Table):
    """What came in, from before it is acknowledged until it is dealt with."""

    __tablename__ = "inbox"
    id: Mapped[Number]
    channel: Mapped[str]
    key: Mapped[str]  # the channel's id of the update
    chat: Mapped[str]
    payload: Mapped[Sealed]  # Incoming as JSON
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # why it failed: an exception's name and place, never words of a person
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_inbox_waiting", "id", sqlite_where=UNDONE, postgresql_where=UNDONE),
        Index("ix_inbox_line", "chat", "id", sqlite_where=UNDONE, postgresql_where=UNDONE),
    )


WAITING = text("state = 'waiting'")
UNSAID = text("state = 'waiting' AND priority <= 1")


class Outbox(Table):
    """What is to be said: text id and arguments; put into words, in the person's language, when it is sent."""

    __tablename__ = "outbox"
    id: Mapped[Number]
    chat: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[Sealed]
    priority: Mapped[int]  # 0 emergency, 1 reply, 2 time-critical, 3 reminder, 4 digest
    due: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    about: Mapped[str | None]  # "booking:<id>": to be called off with it
    key: Mapped[str] = mapped_column(unique=True)  # said once
    must_arrive: Mapped[bool]  # sent again when delivery is uncertain
    state: Mapped[str]  # waiting, sent, dead, called_off, expired, opted_out
    tries: Mapped[int]
    leased_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    message_id: Mapped[str | None]  # the channel's id of what was sent
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_outbox_due", "priority", "due", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outbox_unsaid", "chat", "id", sqlite_where=UNSAID, postgresql_where=UNSAID),
        Index("ix_outbox_about", "about", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outbox_expires_at", "expires_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
    )


class Bucket(Table):
    """What may be sent in a second, shared by all processes of one bot."""

    __tablename__ = "bucket"
    name: Mapped[str] = mapped_column(primary_key=True)
    taken: Mapped[dict[str, Any]]  # what is counted, and when the next of what can wait is due (storage/bucket.py)
    paused_until: Mapped[datetime | None]


class Conversation(Table):
    """Where a chat stands: the journal of its questions and answers."""

    __tablename__ = "conversation"
    chat: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[Sealed]
    step: Mapped[int]
    lang: Mapped[str | None]
    version: Mapped[int]  # grows by one a save
    updated_at: Mapped[datetime]


# --- accounts and people ---------------------------------------------------------------------------------------------


_FORGOTTEN = text("forgotten_at IS NOT NULL")
_TO_DELETE = text("delete_after IS NOT NULL")


class Account(Table):
    """A chat that wrote to us: its language, consent, and how it may be reached."""

    __tablename__ = "account"
    chat: Mapped[str] = mapped_column(primary_key=True)
    lang: Mapped[str | None]
    consent_version: Mapped[str | None]
    consent_at: Mapped[datetime | None]
    consent_how: Mapped[str | None]  # "button", "words"
    consent_purposes: Mapped[list[str] | None]
    refused_at: Mapped[datetime | None]
    person_id: Mapped[str | None]  # the person who is "me"
    spoke_id: Mapped[str | None]  # the spoke of the last booking
    reachable: Mapped[bool]  # False after the channel said that the person blocked us
    forgotten_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_account_forgotten_at", "forgotten_at", sqlite_where=_FORGOTTEN, postgresql_where=_FORGOTTEN),
    )


class OptOut(Table):
    """A kind of notice that a chat does not want, kept until it wants it again; looked at when the notice is due."""

    __tablename__ = "opt_out"
    chat: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # flows.reminders' group of kinds
    at: Mapped[datetime]


class Staff(Table):
    """An ASHA worker, doctor or coordinator, from enrolment until revoked."""

    __tablename__ = "staff"
    id: Mapped[Id]
    role: Mapped[str]  # asha, health_officer, doctor, coordinator
    chat: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[Sealed]
    hub_id: Mapped[str | None] = mapped_column(ForeignKey("hub.id"))  # a doctor's and a coordinator's
    area: Mapped[str | None] = mapped_column(ForeignKey("spoke.id"))  # the spoke of an ASHA's families, or an officer's
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(Table):
    """A way in for one member of staff, once, for a short time. Only the hash of its code is kept."""

    __tablename__ = "invitation"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    name: Mapped[Sealed]
    hub_id: Mapped[str | None] = mapped_column(ForeignKey("hub.id"))
    area: Mapped[str | None] = mapped_column(ForeignKey("spoke.id"))
    doctor_id: Mapped[str | None] = mapped_column(ForeignKey("doctor.id"))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None]  # staff id
    approved_by: Mapped[str | None]  # who let in a doctor or coordinator: not who made the invitation
    approved_at: Mapped[datetime | None]


class Permit(Table):
    """A patient's way to let somebody do one thing, once, for a short time. Only the hash of its code is kept."""

    __tablename__ = "permit"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # join_person: the record becomes the account's own; read_summary: a relative reads it
    subject: Mapped[str]  # "person:<id>", "consult:<id>"
    made_by: Mapped[str]  # chat, or staff id
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None]  # chat


class Pin(Table):
    """What a chat asks for before names, history and summaries are shown: a family's on a shared phone, or staff's."""

    __tablename__ = "pin"
    chat: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]  # scrypt, with its salt and cost
    set_at: Mapped[datetime]
    open_until: Mapped[datetime | None]  # given rightly, it is not asked for again until then


class Guess(Table):
    """How often a secret was guessed wrongly of late: a chat's PIN, codes tried from a chat."""

    __tablename__ = "guess"
    what: Mapped[str] = mapped_column(primary_key=True)  # "pin:<chat>", "code:<chat>"
    wrong: Mapped[int]
    since: Mapped[datetime]
    shut_until: Mapped[datetime | None]


class Household(Table):
    """A family as an ASHA worker knows it, or the people of one account."""

    __tablename__ = "household"
    id: Mapped[Id]
    name: Mapped[Sealed | None]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)  # the ASHA who looks after it
    created_at: Mapped[datetime]


class Person(Table):
    """Somebody who may be ill. `owner_chat` entered them; `own_chat` is their own account if they have one."""

    __tablename__ = "person"
    id: Mapped[Id]
    household_id: Mapped[str | None] = mapped_column(ForeignKey("household.id"), index=True)
    owner_chat: Mapped[str] = mapped_column(index=True)
    own_chat: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[Sealed]
    phone: Mapped[Sealed | None]
    born: Mapped[date | None]
    born_to: Mapped[str | None]  # how exactly: day, month, year
    sex: Mapped[str | None]  # female, male
    pregnant: Mapped[bool | None]
    pregnant_until: Mapped[date | None]  # what was said of pregnancy or birth holds until then
    delivered: Mapped[bool | None]
    delivered_until: Mapped[date | None]
    relation: Mapped[str | None]  # to the owner: self, child, mother, father, wife, husband, other
    due_date: Mapped[date | None]  # expected date of delivery
    high_risk: Mapped[bool | None]  # a pregnancy that the ASHA worker was told is one
    illnesses: Mapped[Sealed | None]  # chronic ones: a list of findings' codes or words
    allergies: Mapped[Sealed | None]  # a list of words
    lang: Mapped[str | None]  # of this person, where it is not the account's
    abha: Mapped[Sealed | None]  # ABHA number, 14 digits
    abha_key: Mapped[str | None] = mapped_column(index=True)  # its blind index
    merged_into: Mapped[str | None]  # the record that this one became part of
    restricted_at: Mapped[datetime | None]  # unreadable to staff from then on
    delete_after: Mapped[date | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_person_delete_after", "delete_after", sqlite_where=_TO_DELETE, postgresql_where=_TO_DELETE),
    )


class PersonKey(Table):
    """A person under each key of the name, as it sounds in either script: keyed hashes, to be looked for, not read."""

    __tablename__ = "person_key"
    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Consent(Table):
    """A person's consent to what was done for them by somebody else: who consented, how, when, recorded by whom."""

    __tablename__ = "consent"
    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    who: Mapped[str]  # self, or the adult: mother, father, guardian
    how: Mapped[str]  # in_person, by_phone
    purposes: Mapped[list[str]]
    recorded_by: Mapped[str]  # chat
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # withdrawn


class CallTask(Table):
    """Somebody an ASHA worker is to call or visit, because a message could not do: who blocked us, or did not read."""

    __tablename__ = "call_task"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)  # one for each cause
    spoke_id: Mapped[str] = mapped_column(ForeignKey("spoke.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    chat: Mapped[str]  # whom the message was for
    reason: Mapped[str]  # emergency_unread, unreachable, call_me, did_not_come
    about: Mapped[str | None]  # "booking:<id>", "decision:<id>"
    urgent: Mapped[bool]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # done, could_not_reach
    done_by: Mapped[str | None]  # staff id
    __table_args__ = (
        Index(
            "ix_call_task_open", "spoke_id", "created_at", sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )  # fmt: skip


# --- where -----------------------------------------------------------------------------------------------------------


class District(Table):
    __tablename__ = "district"
    id: Mapped[Id]
    name_bn: Mapped[str]
    name_en: Mapped[str]
    invented: Mapped[bool]


class Place(Table):
    """The gazetteer: a place people name when asked where they are."""

    __tablename__ = "place"
    id: Mapped[Id]
    name_bn: Mapped[str | None]
    name_en: Mapped[str]
    kind: Mapped[str]  # district, subdivision, block, town, village, post_office
    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), index=True)
    block: Mapped[str | None]  # tells places of one name apart
    pin: Mapped[str | None] = mapped_column(index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    invented: Mapped[bool]


class PlaceKey(Table):
    """A place under each key that its names and spellings have; the key function is the caller's."""

    __tablename__ = "place_key"
    key: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("place.id"), primary_key=True)


class Hub(Table):
    """A hospital whose doctors consult by video; `emergency` ones take emergencies in person."""

    __tablename__ = "hub"
    id: Mapped[Id]
    name_bn: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]  # medical_college, district_hospital, sub_divisional_hospital, rural_hospital
    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), index=True)
    address_bn: Mapped[str | None]
    address_en: Mapped[str | None]
    phone: Mapped[str | None]
    lat: Mapped[float]
    lon: Mapped[float]
    emergency: Mapped[bool]
    invented: Mapped[bool]
    __table_args__ = (Index("ix_hub_at", "lat", "lon"),)


class Spoke(Table):
    """A health and wellness centre: where a patient goes to be connected to a hub's doctor."""

    __tablename__ = "spoke"
    id: Mapped[Id]
    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id"), index=True)
    name_bn: Mapped[str]
    name_en: Mapped[str]
    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), index=True)
    block: Mapped[str | None]
    address_bn: Mapped[str | None]
    address_en: Mapped[str | None]
    lat: Mapped[float]
    lon: Mapped[float]
    invented: Mapped[bool]
    __table_args__ = (Index("ix_spoke_at", "lat", "lon"),)


# --- when ------------------------------------------------------------------------------------------------------------


class Doctor(Table):
    __tablename__ = "doctor"
    id: Mapped[Id]
    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id"), index=True)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), unique=True)  # once enrolled
    specialty: Mapped[str]  # general_medicine, paediatrics, ...
    name_bn: Mapped[str]
    name_en: Mapped[str]
    qualification: Mapped[str]
    registration_number: Mapped[str]
    signature: Mapped[str]  # what stands at the foot of a summary
    active: Mapped[bool]
    invented: Mapped[bool]


class Roster(Table):
    """A doctor's weekly hours, in the time of Asia/Kolkata, cut into windows."""

    __tablename__ = "roster"
    id: Mapped[Id]
    doctor_id: Mapped[str] = mapped_column(ForeignKey("doctor.id"), index=True)
    weekday: Mapped[int]  # 0 Monday .. 6 Sunday
    starts: Mapped[time]
    ends: Mapped[time]  # past midnight when not after `starts`
    slot_minutes: Mapped[int]
    capacity: Mapped[int]  # people a window
    reserved: Mapped[int] = mapped_column(server_default="0")  # of these, kept for who must be seen within a day
    from_date: Mapped[date | None]
    to_date: Mapped[date | None]
    invented: Mapped[bool]
    __table_args__ = (
        UniqueConstraint("doctor_id", "weekday", "starts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("slot_minutes > 0 AND capacity > 0", name="size"),
    )


class RosterException(Table):
    """A day on which a doctor's week is not as usual: other hours, or away (no hours at all)."""

    __tablename__ = "roster_exception"
    id: Mapped[Id]
    doctor_id: Mapped[str] = mapped_column(ForeignKey("doctor.id"))
    date: Mapped[date]
    starts: Mapped[time | None]  # None: away that day
    ends: Mapped[time | None]
    slot_minutes: Mapped[int | None]
    capacity: Mapped[int | None]
    reserved: Mapped[int | None]
    __table_args__ = (Index("ix_roster_exception_doctor_date", "doctor_id", "date"),)


class Holiday(Table):
    """A day on which a hub (or, without one, every hub) holds no sessions."""

    __tablename__ = "holiday"
    id: Mapped[Id]
    date: Mapped[date] = mapped_column(index=True)
    hub_id: Mapped[str | None] = mapped_column(ForeignKey("hub.id"))
    name_bn: Mapped[str]
    name_en: Mapped[str]


class Session(Table):
    """One doctor's sitting on one day."""

    __tablename__ = "session"
    id: Mapped[Number]
    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id"))
    doctor_id: Mapped[str] = mapped_column(ForeignKey("doctor.id"))
    specialty: Mapped[str]
    date: Mapped[date]  # of its beginning, in Asia/Kolkata
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str]  # open, closed
    __table_args__ = (UniqueConstraint("doctor_id", "starts_at"), Index("ix_session_hub_date", "hub_id", "date"))


class Window(Table):
    """A part of a session that takes `capacity` people. `issued` only grows, so that no token is given twice."""

    __tablename__ = "window"
    id: Mapped[Number]
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    hub_id: Mapped[str]
    specialty: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    reserved: Mapped[int] = mapped_column(server_default="0")  # the last places, for who must be seen within a day
    taken: Mapped[int]
    issued: Mapped[int]
    first_token: Mapped[int]  # tokens of this window: first_token, first_token + 1, ...
    open: Mapped[bool]
    __table_args__ = (
        UniqueConstraint("session_id", "starts_at"),
        Index("ix_window_free", "hub_id", "specialty", "starts_at"),
        Index("ix_window_shut", "session_id", sqlite_where=text("NOT open"), postgresql_where=text("NOT open")),
        CheckConstraint("taken >= 0 AND issued >= 0", name="counts"),
    )


ACTIVE = ("proposed", "pending", "booked", "arrived")
"""FHIR Appointment's words for a booking that holds its place: offered, held while confirming, booked, come."""
STANDS = ("booked", "arrived")
"""Those of them that are a token in somebody's hand."""

_STANDS = text("status IN ('booked', 'arrived')")
_UNMARKED = text("status = 'booked'")
_PASSING = text("status IN ('proposed', 'pending')")


class Booking(Table):
    """A person's place in a window, with the spoke to go to."""

    __tablename__ = "booking"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)  # one press books once
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    spoke_id: Mapped[str] = mapped_column(ForeignKey("spoke.id"), index=True)
    chat: Mapped[str] = mapped_column(index=True)  # who booked
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    urgency: Mapped[int]  # of the decision: 0 emergency_ambulance .. 4 self_care
    token_number: Mapped[int | None]  # None while offered or held: a number is given out once, with the booking
    status: Mapped[str]  # FHIR Appointment: proposed, pending, booked, arrived, fulfilled, cancelled, noshow, waitlist
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    held_until: Mapped[datetime | None]  # of a pending or proposed one: given back then
    arrived_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    confirmed_coming: Mapped[bool | None]
    cancelled_by: Mapped[str | None]  # chat, or staff id
    instead_of: Mapped[str | None]  # the booking that this one replaced, or will when it is confirmed
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_booking_stands", "person_id", "session_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS
        ),
        Index("ix_booking_unmarked", "ends_at", sqlite_where=_UNMARKED, postgresql_where=_UNMARKED),
        Index("ix_booking_held", "held_until", sqlite_where=_PASSING, postgresql_where=_PASSING),
        UniqueConstraint("session_id", "token_number"),
    )


_WAITS = text("status = 'active'")


class Waiting(Table):
    """Somebody who found nothing that suits and waits for a place. Status words are FHIR ServiceRequest's."""

    __tablename__ = "waiting"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)  # one press joins once
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    chat: Mapped[str]
    spoke_id: Mapped[str] = mapped_column(ForeignKey("spoke.id"))
    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id"))
    specialty: Mapped[str]
    urgency: Mapped[int]
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    replaces: Mapped[str | None]  # a booking that is given up for the place that comes
    wanted_from: Mapped[datetime]
    wanted_until: Mapped[datetime]
    status: Mapped[str]  # active, completed (has a place), revoked (left, or its time is over)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_waiting_active", "person_id", "specialty", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS
        ),
        Index("ix_waiting_replaces", "replaces", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index(
            "ix_waiting_next", "hub_id", "specialty", "urgency", "created_at", sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )  # fmt: skip


class Offer(Table):
    """A place that was offered to somebody who waits; the place is held by a proposed booking. Once a window."""

    __tablename__ = "offer"
    waiting_id: Mapped[str] = mapped_column(ForeignKey("waiting.id"), primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"), primary_key=True)
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), index=True)
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # accepted, declined, expired


# --- what was decided and done ---------------------------------------------------------------------------------------


class Decision(Table):
    """An outcome of triage, with the facts, the rule and the protocol's version that led to it."""

    __tablename__ = "decision"
    id: Mapped[Id]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    chat: Mapped[str] = mapped_column(index=True)
    facts: Mapped[Sealed]
    level: Mapped[str]
    rule: Mapped[str]
    protocol: Mapped[str]
    version: Mapped[str]
    specialty: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class Consult(Table):
    """A doctor's summary of a consultation, a version a row; the last signed one stands."""

    __tablename__ = "consult"
    id: Mapped[Id]
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"))
    doctor_id: Mapped[str] = mapped_column(ForeignKey("doctor.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int]
    status: Mapped[str]  # draft, final
    content: Mapped[Sealed]
    saved_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    judged_level: Mapped[str | None]  # how soon the doctor would have had the person seen, if not as the bot decided
    identifier: Mapped[str | None] = mapped_column(unique=True)  # of a hub's own system that it came from
    __table_args__ = (UniqueConstraint("booking_id", "version"),)


class Observation(Table):
    """What the spoke's health officer measured or remarked before a consultation: vital signs, words."""

    __tablename__ = "observation"
    id: Mapped[Id]
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    content: Mapped[Sealed]
    taken_by: Mapped[str]  # staff id
    taken_at: Mapped[datetime]


class Favourite(Table):
    """What a doctor writes often, a tap away: a medicine with its dose, a diagnosis, advice, a test."""

    __tablename__ = "favourite"
    id: Mapped[Id]
    doctor_id: Mapped[str] = mapped_column(ForeignKey("doctor.id"))
    kind: Mapped[str]  # medicine, diagnosis, advice, test
    key: Mapped[str]  # blind index of the content: one thing is kept once
    content: Mapped[Sealed]
    used: Mapped[int]
    used_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("doctor_id", "kind", "key"),)


class Complaint(Table):
    """What somebody was not content with, for the coordinator of the hub."""

    __tablename__ = "complaint"
    id: Mapped[Id]
    chat: Mapped[str]
    hub_id: Mapped[str | None] = mapped_column(ForeignKey("hub.id"), index=True)
    spoke_id: Mapped[str | None] = mapped_column(ForeignKey("spoke.id"))
    about: Mapped[str]  # waiting, doctor_absent, behaviour, medicine_not_there, data, other
    content: Mapped[Sealed | None]
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]  # staff id


class Audit(Table):
    """Who did or read what, append-only; each row's keyed hash covers the row before it."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str]  # staff id, chat, or "command line"
    action: Mapped[str]
    subject: Mapped[str]  # "person:<id>", "booking:<id>"
    before: Mapped[str]
    hash: Mapped[str]


class AuditHead(Table):
    """The end of the audit's chain: the one row that a writer locks."""

    __tablename__ = "audit_head"
    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
    hash: Mapped[str]
