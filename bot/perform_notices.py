"""Answers to notices, and what a chat wants to be told. Storage refuses whatever is not of the own people."""

from __future__ import annotations

from typing import Any

from bot.calls import about_call, ask_for_call
from bot.notices import key, told_booking
from bot.perform import Acting, performs
from flows import notice_actions as actions
from flows.reminders import ANSWERABLE
from storage import bookings, calls, decisions, notices_sent, optouts, outbox, people, places
from storage.calls import Outcome
from storage.records import Booking
from storage.zone import day_of


@performs(actions.JustTold)
def _just_told(acting: Acting, _action: actions.JustTold) -> str | None:
    """The booking of the last answerable notice, if it was sent since this chat last wrote."""
    keys = {
        key(kind, one, acting.chat): one.id
        for one in bookings.bookings_of(acting.s, acting.chat, acting.now)
        for kind in ANSWERABLE
    }
    last = notices_sent.last_since_heard(acting.s, acting.chat, list(keys))
    return keys[last] if last else None


@performs(actions.OfBooking)
def _of_booking(acting: Acting, action: actions.OfBooking) -> Any:
    found = _own(acting, action.booking)
    spoke = places.spoke(acting.s, found.spoke_id)
    return told_booking(found, acting.now) | {"place": {"lat": spoke.lat, "lon": spoke.lon}}


@performs(actions.KnownOf)
def _known_of(acting: Acting, action: actions.KnownOf) -> Any:
    found = _own(acting, action.booking)
    facts = decisions.get(acting.s, found.decision_id).facts if found.decision_id else {}
    return {"person": found.person_id, "name": found.name or "-", "facts": facts}


@performs(actions.CallMe)
def _call_me(acting: Acting, action: actions.CallMe) -> None:
    """Once a day for a booking, however often it is pressed."""
    found = _own(acting, action.booking)
    cause = f"call_me:{found.id}:{acting.chat}:{day_of(acting.now)}"
    who = (found.spoke_id, found.person_id, f"booking:{found.id}")
    ask_for_call(acting.s, cause, acting.chat, "call_me", *who, acting.now)


@performs(actions.CallEnded)
def _call_ended(acting: Acting, action: actions.CallEnded) -> bool:
    outcome: Outcome = "done" if action.outcome == "done" else "could_not_reach"
    ended = calls.close(acting.s, action.call, acting.chat, outcome, acting.now)
    if ended:
        outbox.call_off(acting.s, about_call(action.call), acting.now)
    return ended


@performs(actions.Unwanted)
def _unwanted(acting: Acting, _action: actions.Unwanted) -> list[str]:
    return sorted(optouts.opted_out(acting.s, acting.chat))


@performs(actions.Want)
def _want(acting: Acting, action: actions.Want) -> None:
    if action.wanted:
        optouts.opt_in(acting.s, acting.chat, action.groups)
    else:
        optouts.opt_out(acting.s, acting.chat, action.groups, acting.now)


def _own(acting: Acting, id: str) -> Booking:
    """The booking, if this chat may act for its person; else NotAllowed."""
    found = bookings.booking(acting.s, id)
    people.require(acting.s, acting.chat, found.person_id)
    return found
