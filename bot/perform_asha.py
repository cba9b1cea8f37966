"""Actions of an ASHA worker about her day: calls, who did not come, follow-ups, mothers, her month."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from bot.notices import both, local, told_booking
from bot.perform import Acting, performs, told_person
from flows import asha_actions as actions
from storage import asha_lists, bookings, members, places
from storage.zone import KOLKATA

ABSENT_DAYS = 3
"""So many days back, today included, somebody who did not come is asked after."""


@performs(actions.HerDay)
def _day(acting: Acting, _action: actions.HerDay) -> Any:
    calls, urgent = asha_lists.count_calls(acting.s, acting.staff_id("asha"))
    return {"calls": calls, "urgent": urgent}


@performs(actions.CallsToMake)
def _calls(acting: Acting, _action: actions.CallsToMake) -> Any:
    return [
        {
            "id": one.id, "reason": one.reason, "urgent": one.urgent, "name": one.name, "contact": one.contact,
            "spoke": _spoke(acting, one.spoke_id), "at": local(one.created_at),
        }
        for one in asha_lists.to_call(acting.s, acting.staff_id("asha"), acting.now)
    ]  # fmt: skip


def _spoke(acting: Acting, id: str) -> dict[str, str]:
    spoke = places.spoke(acting.s, id)
    return both(spoke.name_bn, spoke.name_en)


@performs(actions.Absent)
def _absent(acting: Acting, _action: actions.Absent) -> Any:
    days = [acting.today - timedelta(days=back) for back in range(ABSENT_DAYS)]
    found = asha_lists.absent(acting.s, acting.staff_id("asha"), days, acting.now)
    return [told_booking(one, acting.now) for one in found if not bookings.comes_again(acting.s, one)]


@performs(actions.FollowUpsDue)
def _follow_ups(acting: Acting, _action: actions.FollowUpsDue) -> Any:
    found = asha_lists.follow_ups(acting.s, acting.staff_id("asha"), acting.today, acting.now)
    return [
        told_booking(bookings.booking(acting.s, one.booking_id), acting.now)
        | {"day": one.day.isoformat(), "overdue": one.day < acting.today}
        for one in found
    ]


@performs(actions.Mothers)
def _mothers(acting: Acting, _action: actions.Mothers) -> Any:
    found = members.mothers(acting.s, acting.staff_id("asha"), acting.today, acting.now)
    return [told_person(acting, one.person) | {"high_risk": one.high_risk} for one in found]


@performs(actions.HerMonth)
def _month(acting: Acting, _action: actions.HerMonth) -> Any:
    local_now = acting.now.astimezone(KOLKATA)
    since = local_now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = asha_lists.numbers(acting.s, acting.staff_id("asha"), since, acting.now)
    return {"since": {"date": since.date().isoformat()}} | asdict(month)
