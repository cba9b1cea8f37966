"""Actions of a spoke's health officer. Storage refuses whatever is of another spoke."""

from __future__ import annotations

from typing import Any

from bot.notices import told_booking
from bot.perform import Acting, performs
from flows.decide import alarm
from flows.summary_actions import Observe, SpokeToday
from flows.vitals import in_celsius
from storage import bookings, decisions, observations


@performs(SpokeToday)
def _today(acting: Acting, _action: SpokeToday) -> list[dict[str, Any]]:
    today = observations.todays(acting.s, acting.staff_id("health_officer"), acting.today, acting.now)
    return [told_booking(one, acting.now) for one in today]


@performs(Observe)
def _observe(acting: Acting, action: Observe) -> dict[str, bool]:
    content = {"vitals": action.vitals, "remark": action.remark}
    observations.add(acting.s, acting.staff_id("health_officer"), action.booking, content, acting.now)
    return {"emergency": _is_emergency(acting, action)}


def _is_emergency(acting: Acting, action: Observe) -> bool:
    """Whether the protocols alarm at what was measured, beside what was told at triage."""
    decision = bookings.booking(acting.s, action.booking).decision_id
    facts = decisions.get(acting.s, decision).facts if decision else {}
    return alarm(facts | in_celsius(action.vitals)) is not None
