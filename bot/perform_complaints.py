"""Actions of complaints: kept, the hub's coordinators told that there is one; the answer brought to who complained."""

from __future__ import annotations

from typing import Any

from bot.moments import ZONE
from bot.notices import both
from bot.perform import Acting, performs
from flows import complaints as actions
from flows.talk import Say
from storage import complaints, digests, outbox, places, staff
from storage.complaints import Told
from storage.outbox import DIGEST, Notice


@performs(actions.Complain)
def _complain(acting: Acting, action: actions.Complain) -> bool:
    kept = complaints.complain(acting.s, acting.chat, action.about, action.words, acting.now)  # type: ignore[arg-type]
    if kept is None:
        return False
    said = Say("complaint.come", {"about": {"t": f"complaint.{kept.about}"}}).payload()
    told = [Notice(chat, "complaint", said, acting.now, DIGEST, key=f"complaint:{kept.id}:{chat}")
            for chat in _coordinators(acting, kept)]  # fmt: skip
    outbox.put(acting.s, told, acting.now)
    return True


def _coordinators(acting: Acting, kept: Told) -> list[str]:
    if kept.hub_id:
        return digests.coordinators_of(acting.s, kept.hub_id)
    return [one.chat for one in staff.all_staff(acting.s, "coordinator") if one.chat]


@performs(actions.Complaints)
def _complaints(acting: Acting, _action: actions.Complaints) -> list[dict[str, Any]]:
    found = complaints.open_complaints(acting.s, acting.staff_id("coordinator"), acting.now)
    return [
        {
            "id": one.id, "about": one.about, "words": one.words,
            "on": one.at.astimezone(ZONE).date().isoformat(), "spoke": _spoke(acting, one),
        }
        for one in found
    ]  # fmt: skip


def _spoke(acting: Acting, one: Told) -> Any:
    if one.spoke_id is None:
        return None
    spoke = places.spoke(acting.s, one.spoke_id)
    return both(spoke.name_bn, spoke.name_en)


@performs(actions.AnswerComplaint)
def _answer(acting: Acting, action: actions.AnswerComplaint) -> bool | None:
    closed = complaints.answer(acting.s, acting.staff_id("coordinator"), action.complaint, action.words, acting.now)
    if closed is None:
        return None
    args = {"on": {"date": closed.at.astimezone(ZONE).date().isoformat()}}
    said = Say("complaint.answered", args | {"answer": closed.answer}) if closed.answer else Say("complaint.seen", args)
    row = Notice(closed.chat, "complaint", said.payload(), acting.now, key=f"complaint:{closed.id}", must_arrive=True)
    outbox.put(acting.s, [row], acting.now)
    return True
