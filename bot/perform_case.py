"""What a doctor reads: the queue, a case, the own papers of late. Storage refuses whatever is of another hub."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.moments import ZONE
from bot.notices import told_booking
from bot.perform import Acting, performs
from flows import actions
from flows.case_view import measured, told
from flows.prescribing import running
from flows.protocol import LEVELS, protocols
from flows.summary import STEPS
from flows.summary_actions import SignedLately
from storage import cases, consults, people
from storage.people import age_years
from storage.records import Case, Consult, Person

FOLLOW_UP = timedelta(days=183)
"""A consultation is a follow-up within six months of the one before (Telemedicine Practice Guidelines 2020, 1.4)."""
LATELY = timedelta(days=7)


@performs(actions.Queue)
def _queue(acting: Acting, _action: actions.Queue) -> Any:
    waiting = cases.queue(acting.s, acting.staff_id("doctor"), acting.today, acting.now)
    return [told_booking(one, acting.now) | {"level": LEVELS[one.urgency]} for one in waiting]


@performs(actions.OpenCase)
def _open(acting: Acting, action: actions.OpenCase) -> dict[str, Any]:
    case = cases.case(acting.s, acting.staff_id("doctor"), action.booking, acting.now)
    decision = case.decision
    known: dict[str, Any] = {
        "facts": decision.facts if decision else {},
        "level": decision.level if decision else "consultation",
    }
    known |= {"why": why(case), "signed": _signed(case), "observed": _observed(case)}
    known |= who(acting, case.person)
    return told_booking(case.booking, acting.now) | known | _for_summary(acting, case, known)


def _for_summary(acting: Acting, case: Case, known: dict[str, Any]) -> dict[str, Any]:
    """What the summary is written with: earlier papers, allergies, what was written of this booking before."""
    earlier = [one for one in case.summaries if one.booking_id != case.booking.id]
    last = earlier[0].content if earlier else None
    mine = case.signed is None or case.signed.doctor_id == _doctor_id(acting)
    return {
        "told": told(known), "measured": measured(known["observed"]),
        "allergies": None if case.allergies is None else list(case.allergies),
        "running": running([one.content for one in earlier], acting.today.isoformat()),
        "follows": any(one.signed_at and one.signed_at > acting.now - FOLLOW_UP for one in earlier),
        "last": last and {"date": last["date"], "diagnosis": last["diagnosis"]},
        "draft": _written(case.draft) if mine else None, "signed_as": _written(case.signed) if mine else None,
    }  # fmt: skip


def _written(version: Consult | None) -> dict[str, Any] | None:
    """The parts that a doctor writes, as they stand in a version."""
    if version is None:
        return None
    return {part: version.content[part] for part in STEPS if part in version.content}


def _doctor_id(acting: Acting) -> str | None:
    return acting.account.doctor_id if acting.account else None


def _observed(case: Case) -> list[dict[str, Any]]:
    return [{"vitals": one.vitals, "remark": one.remark} for one in case.observed]


def who(acting: Acting, person: Person) -> dict[str, Any]:
    """A patient as a paper and a case name them."""
    return {"name": person.name or "-", "age_years": age_years(person, acting.today) or 0.0, "sex": person.sex}


def why(case: Case) -> Any:
    """Why the rule that spoke says so, as a value of a text."""
    decision = case.decision
    protocol = protocols().get(decision.protocol) if decision else None
    rules = protocol.rules if protocol and decision else ()
    return next(
        (rule.data.why.model_dump() for rule in rules if decision and rule.id == decision.rule), {"t": "case.no_facts"}
    )


def _signed(case: Case) -> bool:
    """Whether a clinician has signed the rules, as they now stand, that judged this case."""
    protocol = protocols().get(case.decision.protocol) if case.decision else None
    return protocol is None or protocol.signature is not None


@performs(SignedLately)
def _signed_lately(acting: Acting, _action: SignedLately) -> list[dict[str, Any]]:
    found = consults.signed_lately(acting.s, acting.staff_id("doctor"), acting.now, LATELY)
    return [
        {
            "booking": one.booking_id, "name": people.person(acting.s, one.person_id).name or "-",
            "date": (one.signed_at or one.saved_at).astimezone(ZONE).date().isoformat(),
        }
        for one in found
    ]  # fmt: skip
