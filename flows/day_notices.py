"""What the day brings about: a turn that is near, and a kind word to who did not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flows.reminders import MORNING, QUIET_FROM, ZONE, Planned

NEAR_FOR = timedelta(minutes=30)
"""A word that one's turn is near is of no use later."""
TAKE_BACK = timedelta(minutes=30)
"""How long staff have to take back a mistaken tap before the person hears of it."""
MISSED_FOR = timedelta(days=2)


def near_turn(turn: dict[str, Any], now: datetime) -> Planned:
    """Said at once. `turn`: a booking with "ahead" and "expected"."""
    args = {key: turn[key] for key in ("token", "name", "spoke", "ahead")}
    if turn["expected"] is None:
        text = "reminder.near_turn_untimed"
    else:
        text = "reminder.near_turn" if turn["ahead"] else "reminder.next_turn"
        args["time"] = {"time": turn["expected"]}
    return Planned("near_turn", now, now + NEAR_FOR, {"text": text, "args": args}, time_critical=True)


def missed(booking: dict[str, Any], now: datetime) -> Planned:
    """Said once there was time to take it back, by day, with a way to a new token."""
    due = by_day(now + TAKE_BACK)
    args = {"name": booking["name"], "date": {"date": booking["starts_at"]}}
    choices = [{"id": f"book_again:{booking['id']}", "label": {"t": "choice.book_again"}}]
    payload = {"text": "reminder.missed", "args": args, "choices": choices, "step": 0}
    return Planned("missed", due, due + MISSED_FOR, payload, time_critical=False)


def by_day(moment: datetime) -> datetime:
    """This moment, or in the evening and at night the next morning (Asia/Kolkata)."""
    local = moment.astimezone(ZONE)
    morning = datetime.combine(local.date(), MORNING, ZONE)
    if local.time() >= QUIET_FROM:
        return morning + timedelta(days=1)
    return morning if local.hour < 8 else local
