"""What people are told of their bookings without having asked: reminders, and offers from the waiting list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.moments import ZONE
from flows import reminders
from flows.booking import card
from flows.reminders import KINDS, Planned, for_booking, plan
from flows.waiting import about_waiting
from storage import accounts, outbox, people, places, waiting
from storage.outbox import DIGEST, EMERGENCY, REMINDER, REPLY, TIME_CRITICAL, Notice
from storage.records import Booking, Waits

PRIORITIES = {
    "emergency": EMERGENCY, "reply": REPLY, "time_critical": TIME_CRITICAL, "reminder": REMINDER, "digest": DIGEST,
}  # fmt: skip
"""The words of flows.reminders as the numbers of the outbox."""


def notice(planned: Planned, chat: str, about: str | None, key: str) -> Notice:
    """A planned notice as a row of the outbox, for one chat."""
    kind = KINDS[planned.kind]
    row = (chat, kind.name, planned.payload, planned.due, PRIORITIES[kind.priority], planned.expires_at, about, key)
    return Notice(*row, must_arrive=kind.must_arrive)


def of_booking(
    booking: Booking, planned: Iterable[Planned | None], chats: Iterable[str], of: str = "booking"
) -> list[Notice]:
    """What is said about a booking, once to each of these chats; called off with what it is `of`."""
    known, about = [one for one in planned if one], f"{of}:{booking.id}"
    return [notice(one, chat, about, key(one.kind, booking, chat)) for chat in chats for one in known]


def key(kind: str, booking: Booking, chat: str) -> str:
    """The outbox key of what is said of a booking as it stands: after a change of its time it is said anew."""
    return reminders.key(kind, booking.id, local(booking.starts_at), chat)


def remind(s: Connection, booking: Booking, told: dict[str, Any], now: datetime) -> None:
    """Put the reminders of a booking into the outbox: to who booked, and to the person's own account."""
    chats = [chat for chat in chats_of(booking) if accounts.agreed(s, chat, "reminders")]
    outbox.put(s, of_booking(booking, for_booking(told, card(told), now), chats), now)


def tell_others(s: Connection, kind: str, booking: Booking, by: str, now: datetime) -> None:
    """Tell those who hear of a booking, but for the chat that did it, that it was booked, changed or cancelled."""
    others = [chat for chat in chats_of(booking) if chat != by]
    args = card(told_booking(booking, now)) if others else {}
    planned = plan(kind, now, booking.id, args, now, until=booking.starts_at) if others else None
    of = "cancelled" if kind == "cancelled" else "booking"  # that it is cancelled is not called off with it
    outbox.put(s, of_booking(booking, [planned], others, of), now)


def offer_on(s: Connection, freed: Iterable[int], now: datetime) -> None:
    """Places that came free, by their windows, go to the first who wait for them."""
    tell_offers(s, [offer for window in freed if (offer := waiting.offer_on(s, window, now))], now)


def tell_offers(s: Connection, offers: Sequence[Booking], now: datetime) -> None:
    """Put the offers into the outbox; they are worth nothing after the place is given back."""
    for offer in offers:
        assert offer.held_until is not None
        args = card(told_booking(offer, now)) | {"until": {"time": local(offer.held_until)}}
        del args["token"]
        planned = plan("waiting_offer", now, offer.id, args, now, until=offer.held_until)
        outbox.put(s, of_booking(offer, [planned], chats_of(offer)), now)


def tell_lapsed(s: Connection, over: Sequence[Waits], now: datetime) -> None:
    """Tell those for whom no place came free in their time."""
    for entry in over:
        planned = plan("waiting_lapsed", now, entry.id, about_waiting(told_waiting(s, entry)), now)
        if planned:
            outbox.put(s, [notice(planned, entry.chat, None, f"lapsed:{entry.id}")], now)


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
        "until": local(entry.wanted_until), "name": people.person(s, entry.person_id).name or "-",
    }  # fmt: skip


def both(bn: str | None, en: str) -> dict[str, str]:
    """A name in both languages, as the arguments of texts have it."""
    return {"bn": bn or en, "en": en}


def local(moment: datetime) -> str:
    """The moment in Asia/Kolkata, to the minute, as flows have it."""
    return moment.astimezone(ZONE).isoformat(timespec="minutes")
