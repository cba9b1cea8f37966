"""Actions of ASHA workers, and of who wants to talk to a person. Storage refuses what is outside the own area."""

from __future__ import annotations

from typing import Any

from bot.notices import told_booking
from bot.perform import Acting, performs
from flows import actions
from flows.talk import Say
from storage import audit, cases, outbox, staff
from storage.outbox import Notice


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
