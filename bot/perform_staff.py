"""Actions of doctors and ASHA workers. Storage refuses whatever is outside the own hub or area."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot import notices
from bot.day_notices import after_mark
from bot.notices import told_booking
from bot.perform import Acting, performs
from flows import actions
from flows.consult import summary_args
from flows.phones import phones
from flows.protocol import protocols
from flows.reminders import Planned, for_follow_up, for_medicines
from flows.talk import Say
from storage import accounts, audit, cases, consults, outbox, people, places, staff
from storage.outbox import Notice
from storage.people import age_years
from storage.records import Case


@performs(actions.Queue)
def _queue(acting: Acting, _action: actions.Queue) -> Any:
    waiting = cases.queue(acting.s, acting.staff_id("doctor"), acting.today, acting.now)
    levels = ("emergency_ambulance", "emergency", "consultation_24", "consultation", "self_care")
    return [told_booking(one, acting.now) | {"level": levels[one.urgency]} for one in waiting]


@performs(actions.OpenCase)
def _open(acting: Acting, action: actions.OpenCase) -> Any:
    case = cases.case(acting.s, acting.staff_id("doctor"), action.booking, acting.now)
    decision = case.decision
    told = {"facts": decision.facts if decision else {}, "level": decision.level if decision else "consultation"}
    marked = {"why": _why(case), "signed": _signed(case)}
    return told_booking(case.booking, acting.now) | told | _who(acting, case) | marked


def _who(acting: Acting, case: Case) -> dict[str, Any]:
    return {
        "name": case.person.name or "-",
        "age_years": age_years(case.person, acting.today) or 0.0,
        "sex": case.person.sex,
    }


def _why(case: Case) -> Any:
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


@performs(actions.PreviewSummary)
def _preview(acting: Acting, action: actions.PreviewSummary) -> dict[str, Any]:
    case = cases.case(acting.s, acting.staff_id("doctor"), action.booking, acting.now)
    return _content(acting, case, action.written)


def _content(acting: Acting, case: Case, written: dict[str, Any]) -> dict[str, Any]:
    """Every field that the Telemedicine Practice Guidelines 2020 ask for."""
    doctor = cases.doctor(acting.s, case.booking.doctor_id)
    hub = places.hub(acting.s, doctor.hub_id)
    spoke = places.spoke(acting.s, case.booking.spoke_id)
    days = written.get("follow_up_days")
    day = (acting.today + timedelta(days=days)).isoformat() if days else None
    told = {key: written.get(key, "") for key in ("complaints", "findings", "diagnosis", "medicines", "advice")}
    address = {"bn": spoke.address_bn or spoke.name_bn, "en": spoke.address_en or spoke.name_en}
    return told | {
        "date": acting.today.isoformat(), "hub": {"bn": hub.name_bn, "en": hub.name_en}, "mode": "video",
        "doctor": {
            "name": {"bn": doctor.name_bn, "en": doctor.name_en}, "qualification": doctor.qualification,
            "registration": doctor.registration_number, "contact": hub.phone or "",
            "address": {"bn": hub.address_bn or hub.name_bn, "en": hub.address_en or hub.name_en},
        },
        "patient": _who(acting, case) | {"address": address},
        "follow_up": {"date": day} if day else "", "follow_up_on": day,
        "phones": {"ambulance": phones().ambulance, "emergency": phones().emergency},
    }  # fmt: skip


@performs(actions.SignSummary)
def _sign(acting: Acting, action: actions.SignSummary) -> dict[str, Any]:
    doctor = acting.staff_id("doctor")
    case = cases.case(acting.s, doctor, action.booking, acting.now)
    content = _content(acting, case, action.written)
    consults.save(acting.s, doctor, action.booking, content, acting.now)
    signed = consults.sign(acting.s, doctor, action.booking, acting.now)
    outbox.put(acting.s, _bring_home(acting, case, content, signed.id), acting.now)
    after_mark(acting.s, case.booking, "fulfilled", acting.now)
    return {"id": signed.id}


def _bring_home(acting: Acting, case: Case, content: dict[str, Any], consult: str) -> list[Notice]:
    """The summary to whoever booked and to the patient's own account; reminders of the follow-up and the medicines.

    A corrected summary takes the place of the former one's reminders.
    """
    after, args = f"after:{case.booking.id}", {"name": case.person.name or "-"}
    outbox.call_off(acting.s, after, acting.now)
    said = Say("summary.text", summary_args(content), ({"kind": "summary_pdf", "args": content},)).payload()
    planned = for_medicines(content["medicines"] or (), acting.today, consult, args, acting.now)
    if content["follow_up_on"]:
        day = acting.today.fromisoformat(content["follow_up_on"])
        planned += for_follow_up(day, consult, args | {"date": {"date": content["follow_up_on"]}}, acting.now)
    home = Planned("summary", acting.now, None, said)
    chats = dict.fromkeys(chat for chat in (case.person.own_chat, case.booking.chat) if chat)
    told = [(home, f"consult:{consult}", "summaries"), *((later, after, "reminders") for later in planned)]
    return [
        notices.notice(one, chat, about, f"{one.kind}:{consult}:{one.due.date()}:{chat}")
        for chat in chats
        for one, about, purpose in told
        if accounts.agreed(acting.s, chat, purpose)
    ]


@performs(actions.Summaries)
def _summaries(acting: Acting, _action: actions.Summaries) -> Any:
    if not accounts.agreed(acting.s, acting.chat, "summaries"):
        return []
    found = [
        one
        for person in people.family(acting.s, acting.chat)
        for one in consults.summaries_for(acting.s, acting.chat, person.id)
    ]
    found.sort(key=lambda one: one.signed_at or one.saved_at, reverse=True)
    return [{"id": one.id, "content": one.content} for one in found]


@performs(actions.TodaysList)
def _today(acting: Acting, _action: actions.TodaysList) -> Any:
    return [
        told_booking(one, acting.now)
        for one in cases.day_list(acting.s, acting.staff_id("asha"), acting.today, acting.now)
    ]


@performs(actions.AskForHuman)
def _human(acting: Acting, _action: actions.AskForHuman) -> None:
    audit.append(acting.s, acting.chat, "asked for a person", f"chat:{acting.chat}", acting.now)
    for member in staff.all_staff(acting.s, "coordinator"):
        if member.chat:
            said = Say("human.wanted", {"chat": acting.chat}).payload()
            outbox.put(acting.s, [Notice(member.chat, "human", said, acting.now, must_arrive=True)], acting.now)
