"""A document brought home: checked against booking, person and doctor, kept once; the patient is told."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection

from bot.day_notices import after_mark
from bot.documents.summary import IncompleteSummary, page
from bot.interchange.codes import ABHA, BOOKING, CONSULT, PERSON, REGISTRATION
from bot.interchange.document import Delivered, Outgoing, Refused
from bot.notices import both
from bot.perform import Acting
from bot.perform_case import FOLLOW_UP
from bot.perform_summary import bring_home, content_of
from bot.words import render
from flows.summary_words import summary_args
from flows.talk import Say
from storage import interchange, outbox, places
from storage.consults import standing, summary
from storage.people import person
from storage.records import Booking, Case, Consult, Doctor, NotAllowed, Person, Unknown

Came = Literal["new", "corrected", "there"]
AHEAD = timedelta(minutes=10)
"""How far another system's clock may be ahead of ours."""


def outgoing(s: Connection, id: str, now: datetime) -> Outgoing:
    """A signed summary with what its document says. Raises Unknown or NotAllowed."""
    found = interchange.whole(s, id, now)
    consult = found.consult
    assert consult.signed_at is not None
    return Outgoing(
        consult.id, found.identifier, consult.version, consult.signed_at, consult.content, consult.judged_level,
        found.booking, found.person, found.abha, found.doctor, found.hub, found.facts, found.before,
    )  # fmt: skip


def bring(s: Connection, given: Delivered, now: datetime) -> Came:
    """Keeps the summary and tells the patient, in one transaction. The same again does nothing. Raises Refused."""
    try:
        booking = interchange.lock(s, given.booking)
    except Unknown:
        raise Refused("Appointment.identifier", "there is no such booking here", f"give its id ({BOOKING})") from None
    who, doctor = _person(s, given, booking), _doctor(s, given, booking)
    if (known := _known(s, given)) is not None:
        return _as_before(known, given, booking)
    if given.signed_at > now + AHEAD:
        raise Refused("Composition.date", "is to come", "write when the doctor signed it")
    case = Case(booking, who, None, (), signed=standing(s, booking.id))
    acting = Acting(s, interchange.COMMAND_LINE, None, now, given.identifier)
    content = _whole(s, given, case, doctor)
    _sayable(content)
    args = (booking, doctor.id, content, given.identifier, given.signed_at, given.judged_level, now)
    try:
        signed = interchange.deliver(s, *args)
    except NotAllowed as error:
        mend = "another doctor's is corrected by who signed it; a correction has a later date than what it corrects"
        raise Refused("Composition", f"does not follow what is signed here ({error})", mend) from None
    outbox.put(s, bring_home(acting, case, signed), now)
    after_mark(s, booking, "fulfilled", now)
    return "corrected" if case.signed else "new"


def _person(s: Connection, given: Delivered, booking: Booking) -> Person:
    who = person(s, booking.person_id)
    if who.name is None:
        raise Refused("Patient", "asked to be forgotten", "nothing is kept of this person any more")
    if given.person is None and given.abha is None:
        mend = f"give the person's id ({PERSON}) or ABHA number ({ABHA})"
        raise Refused("Patient.identifier", "does not tell who it is", mend)
    same = given.person == who.id if given.person else given.abha == interchange.abha(s, who.id)
    if not same:
        raise Refused("Patient.identifier", "is not the person of this booking", "check booking and patient")
    if given.own and not _is_named(given.content["patient"], who):
        raise Refused("Patient.name", "name or sex is not what is kept here", "write the summary anew in the bot")
    return who


def _is_named(patient: dict[str, Any], who: Person) -> bool:
    return _folded(patient["name"]) == _folded(who.name or "") and patient["sex"] == who.sex


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _doctor(s: Connection, given: Delivered, booking: Booking) -> Doctor:
    found = interchange.doctor_of(s, booking.hub_id, given.registration)
    if found is None:
        mend = f"give the number ({REGISTRATION}) under which the doctor is in `ingit import doctors`"
        raise Refused("Practitioner.identifier", "is no doctor of the booking's hub", mend)
    named = both(found.name_bn, found.name_en)
    signs = given.content["doctor"] if given.own else {"name": named, "registration": found.registration_number}
    if (signs["name"], signs["registration"]) != (named, found.registration_number):
        raise Refused("Practitioner.identifier", "is not who signed the summary", "send the document as it was written")
    return found


def _known(s: Connection, given: Delivered) -> Consult | None:
    """What was delivered under this identifier, or was written here and comes back."""
    if known := interchange.delivered(s, given.identifier):
        return known
    system, value, _ = given.identifier.split("|")
    try:
        return summary(s, value) if system == CONSULT else None
    except Unknown:
        return None


def _as_before(known: Consult, given: Delivered, booking: Booking) -> Came:
    """That it is there; Refused where the document under this identifier is another one."""
    written = {name: known.content.get(name) for name in given.content}
    same = known.booking_id == booking.id and known.signed_at == given.signed_at and written == given.content
    if not same or known.status != "final":
        mend = "give a correction its own identifier or meta.versionId, and the date of the correction"
        raise Refused("Bundle.identifier", "was delivered before with other content", mend)
    return "there"


def _whole(s: Connection, given: Delivered, case: Case, doctor: Doctor) -> dict[str, Any]:
    """The whole paper: as it was signed in the bot, or what was written with who and where from the registers."""
    if given.own:
        return given.content
    listed_b = any(one.get("list") == "B" for one in given.content["medicines"])
    if listed_b and not interchange.was_seen(s, case.person.id, given.signed_at, FOLLOW_UP):
        raise Refused("MedicationRequest", "a medicine of list B at a first consultation",
                      "Telemedicine Practice Guidelines 2020: list B is for a follow-up")  # fmt: skip
    at = Acting(s, interchange.COMMAND_LINE, None, given.signed_at, given.identifier)
    hub, spoke = places.hub(s, doctor.hub_id), places.spoke(s, case.booking.spoke_id)
    made = content_of(at, doctor, hub, spoke, case, given.content)
    return (
        made | {"follow_up_on": given.content["follow_up_on"]} | _day(given.content["follow_up_on"]) | _history(given)
    )


def _day(day: str | None) -> dict[str, Any]:
    return {"follow_up": {"date": day} if day else ""}


def _history(given: Delivered) -> dict[str, Any]:
    return {"history": given.content["history"]} if "history" in given.content else {}


def _sayable(content: dict[str, Any]) -> None:
    """Refused unless it can be printed and said in both languages."""
    try:
        page(content)
        for lang in ("bn", "en"):
            render(lang, Say("summary.text", summary_args(content)).payload())
    except IncompleteSummary as error:
        raise Refused("the summary", str(error), "the guidelines require it") from None
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError) as error:
        wrong = f"cannot be put on paper ({type(error).__name__})"
        raise Refused("Composition.extension", wrong, "take the extension out: then the other parts are read") from None
