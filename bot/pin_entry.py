"""A PIN that is typed: tried at once, before any flow sees the message, and kept nowhere.

The flow is told what came of it (Heard.pin), of a new PIN its hash; the inbox keeps the message without its text, and
Telegram is asked to delete it from the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.incoming import Incoming
from bot.perform import Acting
from flows import pin as asked_by
from flows.heard import Heard
from flows.routes import BEHIND_PIN
from flows.talk import Say
from storage import digests, guesses, inbox, outbox, pins, places, staff
from storage.outbox import Notice
from storage.zone import day_of

QUESTIONS = (asked_by.ASKED, asked_by.NEW, asked_by.AGAIN)
_PIN = re.compile(r"\s*(?:[0-9০-৯][\s-]*){4,6}")
_BENGALI = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_EASY = ("0123456789", "9876543210")


def typed(state: dict[str, Any], incoming: Incoming) -> str | None:
    """The digits of a PIN, if one is asked for and this is one."""
    question = ((state.get("offered") or {}).get("ask") or {}).get("question")
    if question not in QUESTIONS or incoming.kind != "text" or not _PIN.fullmatch(incoming.text):
        return None
    return "".join(sign for sign in incoming.text.translate(_BENGALI) if sign.isdigit())


def tried(acting: Acting, state: dict[str, Any], pin: str) -> Heard:
    """What comes of a PIN that was typed."""
    match state["offered"]["ask"]["question"]:
        case asked_by.ASKED:
            return Heard(pin=asked_by.RIGHT if _right(acting, pin) else asked_by.WRONG)
        case asked_by.NEW:
            return Heard(pin=asked_by.WEAK if is_easy(pin) else pins.hashed(pin))
    same = pins.matches(pin, _new_one(state))
    return Heard(pin=asked_by.SAME if same else asked_by.DIFFERS)


def is_easy(pin: str) -> bool:
    """Whether it is among what everybody tries first: one digit, a run of digits, a pair repeated, a year of birth."""
    runs = any(pin in run for run in _EASY)
    repeats = len(set(pin)) == 1 or (len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2))
    return runs or repeats or (len(pin) == 4 and pin[:2] in ("19", "20"))


def locked(acting: Acting, last_wrote: datetime | None) -> bool:
    """Whether a member of staff has to give, or to set, the PIN first; whoever need not stays free as long again."""
    if _is_patient(acting):
        return False
    standing = pins.standing(acting.s, acting.chat, acting.now)
    if not standing.is_set:
        return last_wrote is not None and acting.now - last_wrote >= pins.STAFF_OPEN
    if not standing.locked:
        pins.stay_open(acting.s, acting.chat, acting.now)
    return standing.locked


def closed(acting: Acting, state: dict[str, Any]) -> dict[str, Any]:
    """The conversation, with screens that need a PIN begun anew where it has to be given again."""
    frames: Sequence[dict[str, Any]] = state.get("frames", ())
    guarded = any(frame["flow"] in BEHIND_PIN for frame in frames)
    if not guarded or not pins.standing(acting.s, acting.chat, acting.now).locked:
        return state
    anew = [frame | {"journal": []} if frame["flow"] in BEHIND_PIN else frame for frame in frames]
    return state | {"frames": anew, "ticks": []}


def wipe(acting: Acting, incoming: Incoming, received: Iterable[int]) -> None:
    """Takes the PIN out of what was kept of the message, and has the message deleted where the channel can."""
    for one in received:
        inbox.wipe_text(acting.s, one)
    if incoming.message_id is not None:
        gone: dict[str, Any] = {"delete": incoming.message_id}
        key = f"delete:{acting.chat}:{incoming.message_id}"
        outbox.put(acting.s, [Notice(acting.chat, "delete", gone, acting.now, key=key)], acting.now)


def about(chat: str) -> str:
    """What the notices are about that a PIN falls away: called off when it is given."""
    return f"pin:{chat}"


def _right(acting: Acting, pin: str) -> bool:
    open_for = pins.FAMILY_OPEN if _is_patient(acting) else pins.STAFF_OPEN
    right = pins.enter(acting.s, acting.chat, pin, acting.now, open_for)
    if right:
        outbox.call_off(acting.s, about(acting.chat), acting.now)
    if not right and not _is_patient(acting) and guesses.shut_until(acting.s, f"pin:{acting.chat}", acting.now):
        _tell_coordinators(acting)
    return right


def _tell_coordinators(acting: Acting) -> None:
    """Somebody guesses at a member of staff's PIN: once a day, to those who can revoke."""
    assert acting.account is not None and acting.account.staff_id is not None
    member = staff.acting(acting.s, acting.account.staff_id)
    hub = member.hub_id or (places.spoke(acting.s, member.area).hub_id if member.area else None)
    words = Say("pin.staff_locked", {"name": member.name, "role": {"t": f"role.{member.role}"}}).payload()
    for chat in digests.coordinators_of(acting.s, hub) if hub else ():
        key = f"pin_locked:{member.id}:{day_of(acting.now)}:{chat}"
        if chat != acting.chat:
            row = Notice(chat, "staff_locked", words, acting.now, outbox.TIME_CRITICAL, key=key, must_arrive=True)
            outbox.put(acting.s, [row], acting.now)


def _new_one(state: dict[str, Any]) -> str:
    """The hash of the PIN that was typed first."""
    for kind, key, *rest in reversed(state["frames"][-1]["journal"]):
        if kind == "ask" and key.split("#")[0] == asked_by.NEW:
            return str(rest[0])
    raise LookupError("no new PIN was typed before")


def _is_patient(acting: Acting) -> bool:
    return acting.account is None or acting.account.role == "patient"
