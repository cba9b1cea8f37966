"""What the day brings about: a turn that is near, and a kind word to who did not come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flows.reminders import Planned, plan


def near_turn(turn: dict[str, Any], now: datetime) -> Planned | None:
    """Said at once: that one's turn is near is of no use later. `turn`: a booking with "ahead" and "expected"."""
    args = {key: turn[key] for key in ("token", "name", "spoke", "ahead")}
    text = "reminder.near_turn_untimed"
    if turn["expected"] is not None:
        text = "reminder.near_turn" if turn["ahead"] else "reminder.next_turn"
        args["time"] = {"time": turn["expected"]}
    return plan("near_turn", now, turn["id"], args, now, text=text)


def missed(booking: dict[str, Any], now: datetime) -> Planned | None:
    """Said once staff had time to take a mistaken tap back, by day, with a way to a new token."""
    args = {"name": booking["name"], "date": {"date": booking["starts_at"]}}
    return plan("missed", now, booking["id"], args, now)
