"""Actions of PINs. What is typed as one is dealt with in bot/pin_entry.py and comes to no action."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.notices import local
from bot.perform import Acting, performs
from bot.pin_entry import about
from flows import pin_actions as actions
from flows.reminders import by_day
from flows.talk import Say
from storage import outbox, pins
from storage.outbox import Notice


@performs(actions.PinState)
def _state(acting: Acting, _action: actions.PinState) -> dict[str, Any]:
    found = pins.standing(acting.s, acting.chat, acting.now)
    return {
        "set": found.is_set, "locked": found.locked, "shut_until": _when(found.shut_until),
        "falls_away": _when(found.falls_away),
    }  # fmt: skip


@performs(actions.SetPin)
def _set(acting: Acting, action: actions.SetPin) -> bool:
    patient = acting.account is None or acting.account.role == "patient"
    open_for = pins.FAMILY_OPEN if patient else pins.STAFF_OPEN
    return pins.put(acting.s, acting.chat, action.hash, acting.now, open_for)


@performs(actions.RemovePin)
def _remove(acting: Acting, _action: actions.RemovePin) -> bool:
    return pins.remove(acting.s, acting.chat, acting.now)


@performs(actions.ForgotPin)
def _forgot(acting: Acting, _action: actions.ForgotPin) -> dict[str, Any] | None:
    """The chat hears of it half a day before the PIN falls away, and then: none goes unseen."""
    if acting.account is not None and acting.account.role != "patient":
        return None
    code = pins.forgotten(acting.s, acting.chat, acting.now)
    falls_away = pins.standing(acting.s, acting.chat, acting.now).falls_away
    if code is None or falls_away is None:
        return None
    when = local(falls_away)
    for text, due in (("pin.will_fall", falls_away - pins.FALLS_AWAY / 2), ("pin.fell", falls_away)):
        words = Say(text, {"when": {"at": when}} if text == "pin.will_fall" else {}).payload()
        due, key = by_day(max(due, acting.now), acting.chat), f"{text}:{acting.chat}:{when}"
        row = Notice(acting.chat, "pin", words, due, outbox.TIME_CRITICAL, about=about(acting.chat), key=key)
        outbox.put(acting.s, [row], acting.now)
    return {"code": code, "falls_away": when}


@performs(actions.TakePinAway)
def _take_away(acting: Acting, action: actions.TakePinAway) -> bool:
    staff_id = acting.staff_id(*pins.MEETS_PEOPLE)
    chat = pins.take_away(acting.s, staff_id, action.code, acting.chat, acting.now)
    if chat is None:
        return False
    outbox.call_off(acting.s, about(chat), acting.now)
    role = acting.account.role if acting.account else ""
    words = Say("pin.taken_away", {"by": {"t": f"role.{role}"}}).payload()
    key = f"pin_taken:{chat}:{acting.now.isoformat()}"
    outbox.put(acting.s, [Notice(chat, "pin", words, acting.now, outbox.TIME_CRITICAL, key=key)], acting.now)
    return True


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else local(moment)
