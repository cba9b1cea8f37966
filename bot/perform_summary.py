"""What a doctor writes: drafts, allergies, the signed summary that is brought home, handing over to another doctor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot import notices
from bot.day_notices import after_mark, near_turns
from bot.moments import ZONE
from bot.notices import both, local, told_booking
from bot.perform import Acting, performs
from bot.perform_case import who
from flows import summary_actions as actions
from flows.booking import card
from flows.phones import phones
from flows.reminders import Planned, buttons, for_follow_up, for_medicines, plan
from flows.summary import SHOWN, STEPS
from flows.summary_words import summary_args
from flows.talk import Say
from storage import accounts, allergies, cases, consults, favourites, handing, outbox, places, waiting
from storage.favourites import Kind
from storage.outbox import Notice
from storage.records import Case, Consult, Doctor, Hub, Refusal, Spoke

FAVOURITES = 30
"""Read for a screen; what stands on the paper already is left out of it."""
PARTS: dict[Kind, str] = {"medicine": "medicines", "diagnosis": "diagnosis", "advice": "advice", "test": "tests"}
"""Kinds of favourites, and the part of a summary that holds them."""


@performs(actions.Favourites)
def _favourites(acting: Acting, _action: actions.Favourites) -> dict[str, list[dict[str, Any]]]:
    doctor = _doctor_id(acting)
    return {
        kind: [
            {"id": one.id, "content": one.content}
            for one in favourites.most_used(acting.s, doctor, kind, min(FAVOURITES, SHOWN[kind] * 2))
        ]
        for kind in PARTS
    }


@performs(actions.SaveDraft)
def _save_draft(acting: Acting, action: actions.SaveDraft) -> bool:
    consults.save(acting.s, acting.staff_id("doctor"), action.booking, action.written, acting.now)
    return True


@performs(actions.WriteAllergies)
def _write_allergies(acting: Acting, action: actions.WriteAllergies) -> list[str]:
    allergies.write(acting.s, acting.staff_id("doctor"), action.booking, action.words, acting.now)
    return list(action.words)


@performs(actions.PreviewSummary)
def _preview(acting: Acting, action: actions.PreviewSummary) -> dict[str, Any]:
    case = cases.case(acting.s, acting.staff_id("doctor"), action.booking, acting.now)
    consults.may_write(acting.s, acting.staff_id("doctor"), case.booking)
    return _content(acting, case, action.written)


def _content(acting: Acting, case: Case, written: dict[str, Any]) -> dict[str, Any]:
    """The paper, signed by the doctor who acts."""
    doctor = cases.doctor(acting.s, _doctor_id(acting))
    hub, spoke = places.hub(acting.s, doctor.hub_id), places.spoke(acting.s, case.booking.spoke_id)
    return content_of(acting, doctor, hub, spoke, case, written)


def content_of(
    acting: Acting, doctor: Doctor, hub: Hub, spoke: Spoke, case: Case, written: dict[str, Any]
) -> dict[str, Any]:
    """Every field that the Telemedicine Practice Guidelines 2020 ask for."""
    day = _follow_up(acting, case, written)
    told = {part: written.get(part, "") for part in STEPS}
    address = {"bn": spoke.address_bn or spoke.name_bn, "en": spoke.address_en or spoke.name_en}
    return told | {
        "date": acting.today.isoformat(), "hub": both(hub.name_bn, hub.name_en), "mode": "video",
        "doctor": {
            "name": both(doctor.name_bn, doctor.name_en), "qualification": doctor.qualification,
            "registration": doctor.registration_number, "contact": hub.phone or "",
            "address": {"bn": hub.address_bn or hub.name_bn, "en": hub.address_en or hub.name_en},
        },
        "patient": who(acting, case.person) | {"address": address},
        "investigations": list(written.get("tests") or ()),
        "follow_up_days": written.get("follow_up_days"), "follow_up": {"date": day} if day else "", "follow_up_on": day,
        "phones": {"ambulance": phones().ambulance, "emergency": phones().emergency},
    } | _version(case)  # fmt: skip


def _follow_up(acting: Acting, case: Case, written: dict[str, Any]) -> str | None:
    """The day to come back (ISO); where a correction leaves it as it was, it stays that day."""
    days = written.get("follow_up_days")
    if case.signed and case.signed.content.get("follow_up_days") == days:
        return case.signed.content.get("follow_up_on")
    return (acting.today + timedelta(days=days)).isoformat() if days else None


def _version(case: Case) -> dict[str, Any]:
    """Which version it is, and the day of the one that it corrects."""
    before = case.signed
    if before is None:
        return {"version": 1, "corrects": None}
    on = (before.signed_at or before.saved_at).astimezone(ZONE).date()
    return {"version": before.version + 1, "corrects": on.isoformat()}


@performs(actions.SignSummary)
def _sign(acting: Acting, action: actions.SignSummary) -> dict[str, Any]:
    doctor = acting.staff_id("doctor")
    case = cases.case(acting.s, doctor, action.booking, acting.now)
    content = _content(acting, case, action.written)
    consults.save(acting.s, doctor, action.booking, content, acting.now)
    judged = action.judged or (case.signed.judged_level if case.signed else None)
    signed = consults.sign(acting.s, doctor, action.booking, acting.now, judged)
    _count(acting, content, case.signed)
    outbox.put(acting.s, bring_home(acting, case, signed), acting.now)
    after_mark(acting.s, case.booking, "fulfilled", acting.now)
    return {"id": signed.id, "version": signed.version}


def _count(acting: Acting, content: dict[str, Any], before: Consult | None) -> None:
    """What is new on the paper is used once more; what a correction leaves as it was is not counted again."""
    doctor, former = _doctor_id(acting), before.content if before else {}
    for kind, part in PARTS.items():
        before_it, now_there = _listed(former.get(part)), _listed(content[part])
        for one in now_there:
            if one not in before_it:
                favourites.count(acting.s, doctor, kind, one, acting.now)


def _listed(value: Any) -> list[Any]:
    return [one for one in (value if isinstance(value, list) else [value]) if one]


def bring_home(acting: Acting, case: Case, signed: Consult) -> list[Notice]:
    """The summary to whoever booked and to the patient's own account; a token for the follow-up is offered; reminders.

    A corrected summary takes the place of the former one's reminders.
    """
    content, consult = signed.content, signed.id
    after, args = f"after:{case.booking.id}", {"name": case.person.name or "-"}
    outbox.call_off(acting.s, after, acting.now)
    planned = [
        one
        for first, medicines in _begins(acting, case, content).items()
        for one in for_medicines(medicines, acting.today.fromisoformat(first), consult, args, acting.now)
    ]
    if content["follow_up_on"]:
        day = acting.today.fromisoformat(content["follow_up_on"])
        planned += for_follow_up(day, consult, args | {"date": {"date": content["follow_up_on"]}}, acting.now)
    chats = dict.fromkeys(chat for chat in (case.person.own_chat, case.booking.chat) if chat)
    home = (_home(acting, signed), f"consult:{consult}", "summaries")
    told = [home, *((later, after, "reminders") for later in planned)]
    return [
        notices.notice(one, chat, about, f"{one.kind}:{consult}:{one.due.date()}:{chat}")
        for chat in chats
        for one, about, purpose in told
        if accounts.agreed(acting.s, chat, purpose)
    ]


def _begins(acting: Acting, case: Case, content: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The medicines by the day from which they are taken: what a correction leaves as it was goes on from its own."""
    former = case.signed.content if case.signed else {"date": acting.today.isoformat()}
    begins: dict[str, list[dict[str, Any]]] = {former["date"]: [], acting.today.isoformat(): []}
    for one in content["medicines"] or ():
        begins[former["date"] if one in (former.get("medicines") or ()) else acting.today.isoformat()].append(one)
    return begins


def _home(acting: Acting, signed: Consult) -> Planned:
    """The summary as it comes home: short words, the paper, and what can be asked of it."""
    content = signed.content
    kind, text, args = "summary", "summary.text", summary_args(content)
    if content["corrects"]:
        kind, text, args = "summary_corrected", "summary.corrected", args | {"corrects": {"date": content["corrects"]}}
    said = Say(text, args, ({"kind": "summary_pdf", "args": content},)).payload()
    verbs = ("how_to_take", "not_understood", "papers") if content["medicines"] else ("not_understood", "papers")
    return Planned(kind, acting.now, None, said | {"choices": buttons(verbs, signed.id), "step": 0})


@performs(actions.HandOverTo)
def _hand_over_to(acting: Acting, action: actions.HandOverTo) -> list[str]:
    return handing.specialties(acting.s, acting.staff_id("doctor"), action.booking)


@performs(actions.PlaceThere)
def _place_there(acting: Acting, action: actions.PlaceThere) -> dict[str, Any] | None:
    spot = handing.place(acting.s, acting.staff_id("doctor"), action.booking, action.specialty, acting.now)
    if spot is None:
        return None
    return {
        "hub": both(spot.hub_bn, spot.hub_en), "starts_at": local(spot.starts_at), "ends_at": local(spot.ends_at),
    }  # fmt: skip


@performs(actions.HandOver)
def _hand_over(acting: Acting, action: actions.HandOver) -> dict[str, Any]:
    by = acting.staff_id("doctor")
    done = handing.hand_over(acting.s, by, action.booking, action.specialty, action.note, acting.now)
    if isinstance(done, Refusal):
        return {"refused": done.reason}
    old, made = done
    told = told_booking(made, acting.now)
    args = card(told) | {"doctor": both(*_doctor_names(acting))}
    planned = plan("handed_over", acting.now, made.id, args, acting.now)
    outbox.put(acting.s, notices.of_booking(made, [planned], notices.chats_of(made)), acting.now)
    notices.remind(acting.s, made, told, acting.now)
    freed = waiting.satisfied(acting.s, made.person_id, made.specialty, acting.now)
    freed += waiting.no_longer_earlier(acting.s, old.id, acting.now)
    notices.offer_on(acting.s, [old.window_id, *freed], acting.now)
    near_turns(acting.s, old.session_id, acting.now)
    return told


def _doctor_names(acting: Acting) -> tuple[str, str]:
    doctor = cases.doctor(acting.s, _doctor_id(acting))
    return doctor.name_bn, doctor.name_en


def _doctor_id(acting: Acting) -> str:
    """The register's id of the doctor who acts; raises NotAllowed for anybody else."""
    acting.staff_id("doctor")
    assert acting.account is not None and acting.account.doctor_id is not None
    return acting.account.doctor_id
