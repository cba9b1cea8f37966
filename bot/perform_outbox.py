"""Actions of a coordinator about what could not be said. Storage refuses whatever is not of the own hub."""

from __future__ import annotations

from typing import Any

from bot.notices import told_booking
from bot.perform import Acting, performs
from bot.why import why
from flows.undelivered import TellAgain, Undelivered
from storage import dead_letters


@performs(Undelivered)
def _undelivered(acting: Acting, _action: Undelivered) -> Any:
    found = dead_letters.untold(acting.s, acting.staff_id("coordinator"), acting.now)
    return [
        {
            "id": one.letter.id, "why": why(one.letter.reason),
            "late": one.letter.expires_at is not None and one.letter.expires_at <= acting.now,
        } | {name: told_booking(one.booking, acting.now)[name] for name in ("name", "token", "starts_at")}
        for one in found
    ]  # fmt: skip


@performs(TellAgain)
def _again(acting: Acting, action: TellAgain) -> Any:
    return dead_letters.retry_untold(acting.s, acting.staff_id("coordinator"), action.letter, acting.now)
