"""One patient, one member of an ASHA worker's family, and everybody who might want to reach them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.permissions import ROLES
from flows.privacy_notice import notice
from nlu.names import name_keys
from storage import (
    allergies,
    bookings,
    calls,
    complaints,
    consults,
    conversations,
    decisions,
    enrolments,
    favourites,
    members,
    names,
    observations,
    outbox,
    people,
    permits,
    staff,
    waiting,
)
from storage.columns import Table
from storage.outbox import Notice
from storage.records import Booking
from storage.sealed import ring
from storage.tables import Booking as BookingRow
from storage.tables import Complaint, Guess, Household, Inbox, OptOut, Person, PersonKey, Pin, Session, Staff, Window
from storage.windows import free_windows
from storage.zone import day_of
from tests.storage.conftest import NOW
from tests.storage.world import build

PATIENT, MEMBER = "Marked Patient", "Marked Member"
ABHA = {PATIENT: "91234567890125", MEMBER: "91234567890133"}
OFTEN = "Marked advice of the doctor"
"""What the doctor, and no other, writes often."""


@dataclass
class Cast:
    """Ids of the people and of what is theirs; `staff` by role."""

    patient: str = ""
    member: str = ""
    household: str = ""
    closed: int = 0  # a session of the hub that nobody has a place in
    invitation: str = ""  # for a coordinator of the hub, not approved
    of: dict[str, dict[str, Any]] = field(default_factory=dict)  # person -> booking, held, offer, waiting, ...
    staff: dict[str, str] = field(default_factory=dict)

    def staff_id(self, role: str) -> str:
        """The staff id, of who was revoked too; for others what they might try: their chat."""
        return self.staff.get(role, chat(role))


def chat(role: str) -> str:
    """The chat of a role."""
    return "lines:" + role.replace(" ", "-")


def cast(s: Connection) -> Cast:
    """Everybody, in the small world of the storage tests."""
    build(s, capacity=6)
    return furnished(s)


def furnished(s: Connection) -> Cast:
    """Everybody, where that world is there."""
    found = Cast()
    for role in ROLES:
        if role not in ("nobody",):
            people.set_language(s, chat(role), "en", NOW)
    _enrol(s, found)
    people.give_consent(s, chat("patient"), notice().version, tuple(notice().purposes), "button", NOW)
    found.patient = people.save_person(s, chat("patient"), None, PATIENT, 34, "female", "self", None, None, NOW)
    _numbered(s, found.patient, ABHA[PATIENT])
    former = chat("revoked")
    found.household = people.save_household(s, found.staff["revoked"], "Home", NOW)
    found.member = people.save_person(s, former, found.household, MEMBER, 28, "female", "other", None, None, NOW)
    found.of = {found.patient: _has(s, found.patient, chat("patient")), found.member: _has(s, found.member, former)}
    staff.revoke(s, found.staff["revoked"], "command line", NOW)
    found.invitation = enrolments.id_of(
        staff.invitation(s, "coordinator", "Invited", "command line:somebody", NOW, hub_id="hub-1")
    )
    _hand_over(s, found)
    found.of[found.patient] |= {"name": PATIENT, "home": "nobody's"}
    found.of[found.member] |= {"name": MEMBER, "home": found.household}
    _asha_knows(s, found)
    found.closed = _closed_session(s)
    for person in found.of:
        _was_seen(s, found, person)
    for has in found.of.values():
        has["found"] = bookings.booking(s, has["booking"])
    favourites.count(s, "dr-1", "advice", OFTEN, NOW)
    paper = f"consult:{found.of[found.patient]['consult']}"
    found.of[found.patient]["code"] = permits.make(s, "read_summary", paper, chat("patient"), NOW)
    return found


def _numbered(s: Connection, person: str, abha: str) -> None:
    """An ABHA number, as a record of an ASHA worker's that became the patient's own has one."""
    key = ring(s).blind(abha, members.ABHA)[0]
    kept = {"abha": ring(s).seal(abha, f"person/abha/{person}"), "abha_key": key}
    s.execute(update(Person).where(Person.id == person).values(**kept))


def _asha_knows(s: Connection, found: Cast) -> None:
    """What the family's ASHA worker wrote down of its member, who agreed to it."""
    by, due = found.staff["asha"], NOW.date() + timedelta(days=60)
    told = {"due_date": due, "high_risk": True, "illnesses": ["asthma"], "lang": "bn", "abha": ABHA[MEMBER]}
    members.write(s, by, found.member, NOW, **told)
    names.put(s, found.member, name_keys(MEMBER))
    people.record_consent(s, found.member, "self", "in_person", ("triage", "booking"), chat("asha"), NOW)


def _enrol(s: Connection, found: Cast) -> None:
    bound: dict[str, dict[str, Any]] = {
        "asha": {"area": "spoke-1"}, "other asha": {"area": "spoke-2"}, "revoked": {"area": "spoke-1"},
        "doctor": {"doctor_id": "dr-1"}, "other doctor": {"doctor_id": "dr-3"},
        "coordinator": {"hub_id": "hub-1"}, "other coordinator": {"hub_id": "hub-2"},
    }  # fmt: skip
    for role, where in bound.items():
        kind = "asha" if role == "revoked" else role.removeprefix("other ")
        code = staff.invitation(s, kind, "Doctor" if "doctor_id" in where else role, "command line", NOW, **where)
        member = staff.accept(s, code, chat(role), NOW)
        assert member is not None
        found.staff[role] = member.id
    for role, spoke in (("officer", "spoke-1"), ("other officer", "spoke-2")):
        id = role.replace(" ", "-")
        row = {"id": id, "role": "health_officer", "chat": chat(role), "area": spoke, "enrolled_at": NOW}
        s.execute(insert(Staff).values(**row, name=ring(s).seal(role, f"staff/name/{id}")))
        found.staff[role] = id


def _closed_session(s: Connection) -> int:
    hours = {"starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=1)}
    row = {"hub_id": "hub-1", "doctor_id": "dr-2", "specialty": "paediatrics", "date": day_of(hours["starts_at"])}
    made = insert(Session).values(**row, **hours, status="closed").returning(Session.id)
    id = s.execute(made).scalar_one()
    spot = {"session_id": id, "hub_id": "hub-1", "specialty": "paediatrics", "capacity": 1, "taken": 0, "issued": 0}
    s.execute(insert(Window).values(**spot, **hours, first_token=1, open=False))
    return id


def _hand_over(s: Connection, found: Cast) -> None:
    """The family has another ASHA worker now; who booked for its member is the one before."""
    s.execute(update(Household).where(Household.id == found.household).values(staff_id=found.staff["asha"]))


def _has(s: Connection, person: str, by: str) -> dict[str, Any]:
    """What a person has: a token, a hold, a signed summary, a place on the waiting list with an offer, a call."""
    windows = free_windows(s, "hub-1", "general_medicine", NOW)
    first = _taken(bookings.book(s, person, windows[0].window_id, "spoke-1", by, None, f"book {person}", NOW))
    later = [one for one in windows if one.session_id != first.session_id]
    held = _taken(bookings.hold(s, person, later[0].window_id, "spoke-1", by, None, f"hold {person}", NOW))
    wanted = (NOW, NOW + timedelta(days=9))
    joined = waiting.join(s, person, "spoke-1", "paediatrics", by, None, f"wait {person}", wanted, NOW)
    offer = waiting.offer_on(s, free_windows(s, "hub-1", "paediatrics", NOW)[-1].window_id, NOW)
    call = calls.put(s, f"call {person}", by, "call_me", "spoke-1", person, f"booking:{first.id}", False, NOW)
    assert offer is not None and call is not None
    hears = by if by == chat("patient") else chat("asha")
    complaint = complaints.complain(s, hears, "other", PATIENT if by == chat("patient") else MEMBER, NOW)
    assert complaint is not None
    put = Notice(
        hears, "evening_before", {"text": "choice.yes"}, NOW, about=f"booking:{first.id}", key=f"dead {person}"
    )
    [letter] = outbox.put(s, [put], NOW)
    outbox.dead(s, letter, "Forbidden", NOW)
    return {
        "booking": first.id, "session": first.session_id, "held": held.id, "waiting": joined.id, "offer": offer.id,
        "call": call.id, "complaint": complaint.id, "letter": letter,
        "window": later[1].window_id, "token": first.token_number,
    }  # fmt: skip


def _taken(made: Any) -> Booking:
    assert isinstance(made, Booking), made
    return made


def _was_seen(s: Connection, found: Cast, person: str) -> None:
    """Measured, a signed summary, a draft of its correction, and the person is at the desk again."""
    booking = found.of[person]["booking"]
    measured = {"vitals": {"temperature": 38.0}, "remark": "tired"}
    observations.add(s, found.staff["officer"], booking, measured, NOW)
    allergies.write(s, found.staff["doctor"], booking, ["penicillin"], NOW)
    consults.save(s, found.staff["doctor"], booking, _summary(person, found), NOW)
    found.of[person]["consult"] = consults.sign(s, found.staff["doctor"], booking, NOW).id
    consults.save(s, found.staff["doctor"], booking, _summary(person, found), NOW)
    s.execute(update(BookingRow).where(BookingRow.id == booking).values(status="arrived", called_at=None))


def _summary(person: str, found: Cast) -> dict[str, Any]:
    """What a doctor wrote: short, whole."""
    written = dict.fromkeys(("complaints", "findings", "advice", "follow_up"), "")
    patient = {"name": PATIENT if person == found.patient else MEMBER, "age_years": 34, "sex": "female"}
    doctor = {"name": "Doctor", "qualification": "MBBS", "registration": "1", "contact": "1"}
    told = {"date": "2026-11-23", "medicines": [], "diagnosis": "x", "complaints": "x", "hub": "Hub 1"}
    told |= {"follow_up_on": (NOW.date() + timedelta(days=5)).isoformat()}
    return written | told | {"patient": patient, "doctor": doctor}


def with_the_rest(s: Connection, found: Cast) -> None:
    """What the matrix has no part in: something of the patient in each other table that holds something of patients."""
    mine = chat("patient")
    key = {"channel": "lines", "key": "rest"}
    s.execute(insert(Inbox).values(**key, chat=mine, received_at=NOW, payload=_closed(s, "inbox/payload/lines/rest")))
    s.execute(insert(OptOut).values(chat=mine, kind="reminders", at=NOW))
    s.execute(insert(Pin).values(chat=mine, hash="scrypt$", set_at=NOW))
    s.execute(insert(Guess), [{"what": f"{of}:{mine}", "wrong": 1, "since": NOW} for of in ("pin", "code")])
    about = {"id": "c1", "chat": mine, "hub_id": "hub-1", "about": "waiting", "at": NOW}
    s.execute(insert(Complaint).values(content=_closed(s, "complaint/content/c1"), **about))
    s.execute(insert(PersonKey).values(key="of-the-patient", person_id=found.patient))
    people.record_consent(s, found.patient, "self", "in_person", ("triage",), mine, NOW)
    people.update_person(s, found.patient, NOW, phone="9830011111")
    decisions.record(
        s, found.patient, mine, {"fever": True}, "consultation", "r", "fever", "1", "general_medicine", NOW
    )
    calls.put(s, "of the chat", mine, "unreachable", "spoke-1", None, None, False, NOW)
    conversations.save(s, mine, {"frames": []}, 0, None, NOW, None)
    others = f"consult:{found.of[found.member]['consult']}"
    permits.use(s, "read_summary", permits.make(s, "read_summary", others, "lines:relative", NOW), mine, NOW)


def _closed(s: Connection, where: str) -> bytes:
    return ring(s).seal({"text": "words"}, where)


def theirs(s: Connection, found: Cast, person: str) -> list[str]:
    """Every row, of any table but the audit, that names this person, their chat, or anything of theirs."""
    own = found.of[person]
    marks = [person, own["booking"], own["held"], own["waiting"], own["offer"], own["call"], own["consult"]]
    marks += [found.household]
    marks += [f"book {person}", chat("patient" if person == found.patient else "asha")]
    rows = []
    for table in Table.metadata.sorted_tables:
        if table.name in ("audit", "audit_head", "place", "place_key", "window", "roster"):
            continue
        for row in s.execute(select(table)):
            told = repr(tuple(row))
            if any(mark in told for mark in marks) or (table.name == "session" and row.id == own["session"]):
                rows.append(f"{table.name} {told}")
    return sorted(rows)
