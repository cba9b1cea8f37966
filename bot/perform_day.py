"""Actions of the day itself: marks, sessions, turns. Storage refuses whatever is outside the own hub."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.day_notices import after_mark, told_turn
from bot.notices import local, told_booking
from bot.perform import Acting, performs
from flows import actions, day_actions
from flows.visit import WITHIN_DAYS
from flows.windows import FAR_DAYS
from storage import bookings, day, people, turns
from storage.bookings import WITHIN_A_DAY
from storage.records import Booking

AGAIN_WITHIN = timedelta(days=7)
"""How long after a missed token its triage still says what is needed."""


@performs(actions.SetStatus)
def _status(acting: Acting, action: actions.SetStatus) -> Any:
    status: Any = action.status
    marked = day.mark(acting.s, _at_the_desk(acting), action.booking, status, acting.now)
    return _after(acting, marked, status)


@performs(day_actions.CallNext)
def _next(acting: Acting, action: day_actions.CallNext) -> Any:
    return _after(acting, day.call_next(acting.s, _at_the_desk(acting), int(action.session), acting.now), "called")


def _after(acting: Acting, marked: Booking | None, status: str) -> Any:
    if marked is None:
        return None
    after_mark(acting.s, marked, status, acting.now)
    return told_booking(marked, acting.now)


def _at_the_desk(acting: Acting) -> str:
    return acting.staff_id("doctor", "coordinator")


@performs(day_actions.Sittings)
def _sittings(acting: Acting, _action: day_actions.Sittings) -> Any:
    return [
        {
            "id": str(one.session_id), "specialty": one.specialty,
            "doctor": {"bn": one.doctor_bn, "en": one.doctor_en}, "starts_at": local(one.starts_at),
            "ends_at": local(one.ends_at), "booked": one.booked, "arrived": one.arrived, "done": one.done,
            "noshow": one.noshow,
        }
        for one in day.sittings(acting.s, _at_the_desk(acting), acting.now)
    ]  # fmt: skip


@performs(day_actions.Line)
def _line(acting: Acting, action: day_actions.Line) -> Any:
    found = day.line(acting.s, _at_the_desk(acting), int(action.session), acting.now)
    return [told_booking(one, acting.now) | {"called": one.called_at is not None} for one in found]


@performs(day_actions.ByToken)
def _by_token(acting: Acting, action: day_actions.ByToken) -> Any:
    found = day.by_token(acting.s, _at_the_desk(acting), action.token, acting.now)
    return [told_booking(one, acting.now) for one in found]


@performs(day_actions.MyTurns)
def _my_turns(acting: Acting, _action: day_actions.MyTurns) -> Any:
    return [told_turn(one, acting.now) for one in turns.turns_of(acting.s, acting.chat, acting.now)]


@performs(day_actions.Missed)
def _missed(acting: Acting, action: day_actions.Missed) -> Any:
    found = bookings.booking(acting.s, action.booking)
    people.require(acting.s, acting.chat, found.person_id)
    if found.status != "noshow" or acting.now > found.starts_at + AGAIN_WITHIN:
        return None
    soon = found.urgency <= WITHIN_A_DAY
    return told_booking(found, acting.now) | {"within_days": WITHIN_DAYS["consultation_24"] if soon else FAR_DAYS}
