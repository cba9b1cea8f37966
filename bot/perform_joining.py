"""Joining an own account, and who may act for it. Storage refuses whatever is of other people."""

from __future__ import annotations

from typing import Any

from bot import notices
from bot.moments import ZONE
from bot.notices import both, told_booking
from bot.perform import Acting, performs
from flows import joining_actions as actions
from flows.talk import Say
from storage import access, bookings, joining, outbox, people
from storage.joining import Hint, Joined
from storage.outbox import Notice
from storage.tables import STANDS


@performs(actions.GiveCode)
def _give_code(acting: Acting, action: actions.GiveCode) -> dict[str, Any]:
    staff_id = acting.staff_id("asha")
    who = people.person_for(acting.s, acting.chat, action.person)
    if who.own_chat is not None:
        return {"refused": "joined"}
    if joining.is_child(who, acting.now):
        return {"refused": "child"}
    code = joining.give_code(acting.s, staff_id, action.person, acting.now)
    return {"code": code, "name": who.name or "-"}


@performs(actions.LookAtCode)
def _look(acting: Acting, action: actions.LookAtCode) -> dict[str, Any] | None:
    seen = joining.seen(acting.s, action.code, acting.chat, acting.now)
    if seen is None:
        return None
    own = _told(seen.own) if seen.own else None
    return _told(seen.record) | {"asha": seen.asha, "own": own, "leaves": seen.leaves}


def _told(hint: Hint) -> dict[str, Any]:
    return {"initial": hint.initial, "born": hint.born}


@performs(actions.Join)
def _join(acting: Acting, action: actions.Join) -> bool:
    joined = joining.join(acting.s, action.code, acting.chat, acting.now)
    if joined is None:
        return False
    for id in joined.given_up:
        notices.tell_others(acting.s, "cancelled", bookings.booking(acting.s, id), acting.chat, acting.now)
    notices.offer_on(acting.s, joined.freed, acting.now)
    _remind(acting, joined)
    name = people.person(acting.s, joined.person_id).name or "-"
    _tell(acting, joined.asha_chat, Say("join.told_asha", {"name": name}), f"joined:{joined.person_id}")
    return True


def _remind(acting: Acting, joined: Joined) -> None:
    """What reminds of the person's tokens comes to the own account too, from now on."""
    for one in bookings.bookings_of(acting.s, acting.chat, acting.now):
        if one.person_id == joined.person_id and one.status in STANDS:
            notices.remind(acting.s, one, told_booking(one, acting.now), acting.now)


@performs(actions.WhoActs)
def _who_acts(acting: Acting, _action: actions.WhoActs) -> list[dict[str, Any]]:
    return [
        {
            "person": one.person_id, "asha": one.asha, "spoke": both(one.spoke_bn, one.spoke_en),
            "since": one.since.astimezone(ZONE).date().isoformat(),
        }
        for one in access.who_acts(acting.s, acting.chat)
    ]  # fmt: skip


@performs(actions.EndAccess)
def _end(acting: Acting, action: actions.EndAccess) -> bool:
    hers = access.chat_of_asha(acting.s, action.person)
    ended = access.end(acting.s, acting.chat, action.person, acting.now)
    if ended and hers:
        _tell(acting, hers, Say("access.told_asha"), f"access_ended:{action.person}:{acting.now.isoformat()}")
    return ended


def _tell(acting: Acting, chat: str, words: Say, key: str) -> None:
    row = Notice(chat, "own_account", words.payload(), acting.now, outbox.TIME_CRITICAL, key=key, must_arrive=True)
    outbox.put(acting.s, [row], acting.now)
