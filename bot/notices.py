"""What people are told of their bookings without having asked: reminders, and offers from the waiting list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.moments import ZONE
from flows.booking import card
from flows.reminders import for_booking
from flows.waiting import about_waiting
from storage import outbox, people, places, waiting
from storage.outbox import REMINDER, TIME_CRITICAL, Notice
from storage.records import Booking, Waits


def remind(s: Connection, booking: Booking, told: dict[str, Any], now: datetime) -> None:
    """Put the reminders of a booking into the outbox: to who booked, and to the person's own account."""
    notices = [
        Notice(
            chat, planned.kind, planned.payload, planned.due, TIME_CRITICAL if planned.time_critical else REMINDER,
            planned.expires_at, f"booking:{booking.id}", f"{planned.kind}:{booking.id}:{told['starts_at']}:{chat}",
            must_arrive=True,
        )
        for chat in chats_of(booking)
        for planned in for_booking(told, card(told), now)
    ]  # fmt: skip
    outbox.put(s, notices, now)


def offer_on(s: Connection, freed: Iterable[int], now: datetime) -> None:
    """Places that came free, by their windows, go to the first who wait for them."""
    tell_offers(s, [offer for window in freed if (offer := waiting.offer_on(s, window, now))], now)


def tell_offers(s: Connection, offers: Sequence[Booking], now: datetime) -> None:
    """Put the offers into the outbox; they are worth nothing after the place is given back."""
    for offer in offers:
        assert offer.held_until is not None
        args = card(told_booking(offer, now)) | {"until": {"time": _local(offer.held_until)}}
        del args["token"]
        payload = {"text": "waiting.offer", "args": args, "step": 0, "choices": _buttons(offer.id, "accept", "decline")}
        notices = [
            Notice(
                chat, "waiting_offer", payload, now, TIME_CRITICAL, offer.held_until, f"booking:{offer.id}",
                f"waiting_offer:{offer.id}:{chat}", must_arrive=True,
            )
            for chat in chats_of(offer)
        ]  # fmt: skip
        outbox.put(s, notices, now)


def tell_lapsed(s: Connection, over: Sequence[Waits], now: datetime) -> None:
    """Tell those for whom no place came free in their time."""
    for entry in over:
        payload = {"text": "waiting.lapsed", "args": about_waiting(told_waiting(s, entry)), "step": 0}
        payload["choices"] = [{"id": f"again:{entry.id}", "label": {"t": "choice.get_token"}}]
        outbox.put(s, [Notice(entry.chat, "waiting_lapsed", payload, now, REMINDER, key=f"lapsed:{entry.id}")], now)


def chats_of(booking: Booking) -> list[str]:
    """Who hears of a booking: who made it, and the person's own account."""
    return list(dict.fromkeys(chat for chat in (booking.chat, booking.own_chat) if chat))


def told_booking(booking: Booking, now: datetime) -> dict[str, Any]:
    """A booking as flows know it; times in Asia/Kolkata."""
    return {
        "id": booking.id, "token": booking.token_number, "name": booking.name or "-", "status": booking.status,
        "hub": both(booking.hub_bn, booking.hub_en), "spoke": both(booking.spoke_bn, booking.spoke_en),
        "starts_at": booking.starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
        "ends_at": booking.ends_at.astimezone(ZONE).isoformat(timespec="minutes"), "made_at": now.isoformat(),
        "person": booking.person_id, "specialty": booking.specialty, "spoke_id": booking.spoke_id,
        "decision": booking.decision_id,
    }  # fmt: skip


def told_waiting(s: Connection, entry: Waits) -> dict[str, Any]:
    """An entry of the waiting list as flows know it."""
    spoke = places.spoke(s, entry.spoke_id)
    return {
        "id": entry.id, "specialty": entry.specialty, "spoke": both(spoke.name_bn, spoke.name_en),
        "until": _local(entry.wanted_until), "name": people.person(s, entry.person_id).name or "-",
    }  # fmt: skip


def both(bn: str | None, en: str) -> dict[str, str]:
    """A name in both languages, as the arguments of texts have it."""
    return {"bn": bn or en, "en": en}


def _local(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat(timespec="minutes")


def _buttons(about: str, *verbs: str) -> list[dict[str, Any]]:
    return [{"id": f"{verb}:{about}", "label": {"t": f"choice.{verb}"}} for verb in verbs]
