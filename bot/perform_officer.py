"""Actions of a spoke's health officer. Storage refuses whatever is of another spoke."""

from __future__ import annotations

from typing import Any

from bot.notices import told_booking
from bot.perform import Acting, performs
from flows.summary_actions import Observe, SpokeToday
from storage import observations


@performs(SpokeToday)
def _today(acting: Acting, _action: SpokeToday) -> list[dict[str, Any]]:
    today = observations.todays(acting.s, acting.staff_id("health_officer"), acting.today, acting.now)
    return [told_booking(one, acting.now) for one in today]


@performs(Observe)
def _observe(acting: Acting, action: Observe) -> bool:
    content = {"vitals": action.vitals, "remark": action.remark}
    observations.add(acting.s, acting.staff_id("health_officer"), action.booking, content, acting.now)
    return True
