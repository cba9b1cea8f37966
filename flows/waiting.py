"""The waiting list: joining it, the answer to an offer, leaving it."""

from __future__ import annotations

from typing import Any

from flows.actions import AcceptOffer, DeclineOffer, JoinWaiting, LeaveWaiting
from flows.talk import Ask, Choice, Do, Flow, Say


def join(spoke: dict[str, Any], need: dict[str, Any], person: str) -> Flow[None]:
    """On the list for a place at this spoke within the time of the need."""
    where = (spoke["id"], need["specialty"], need["decision"], need["within_days"], need.get("replaces"))
    entry = yield Do(JoinWaiting(person, *where))
    yield Say("waiting.joined" if entry else "bookings.none", about_waiting(entry) if entry else {})


def earlier(booking: dict[str, Any], within_days: int) -> Flow[None]:
    """On the list for a place before that of a token, which is kept until then."""
    where = (booking["spoke_id"], booking["specialty"], booking.get("decision"), within_days, booking["id"])
    entry = yield Do(JoinWaiting(booking["person"], *where))
    yield Say("waiting.earlier" if entry else "bookings.none")


def accept(offer: str) -> Flow[None]:
    """The place that was offered is taken."""
    from flows.booking import brief, card, documents_of  # they know how to show a token; this is what makes one

    made = yield Do(AcceptOffer(offer))
    if made is None or "refused" in made:
        yield Say("waiting.too_late")
        return
    yield Say("booking.token", card(made), documents_of(made), {"booking": brief(made)})


def decline(offer: str) -> Flow[None]:
    """The place that was offered does not suit; the list goes on."""
    stood = yield Do(DeclineOffer(offer))
    yield Say("waiting.declined" if stood else "waiting.too_late")


def leave_list(entries: list[dict[str, Any]]) -> Flow[None]:
    """Off the list."""
    one = entries[0] if len(entries) == 1 else (yield from _which(entries))
    yield Do(LeaveWaiting(one["id"]))
    yield Say("waiting.left")


def _which(entries: list[dict[str, Any]]) -> Flow[dict[str, Any]]:
    labels = tuple(
        Choice(one["id"], {"list": [one["name"], {"t": f"specialty.{one['specialty']}"}]}) for one in entries
    )
    chosen = yield Ask("which_waiting", choices=labels)
    return next(one for one in entries if one["id"] == chosen)


def about_waiting(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as the arguments of a text."""
    specialty = {"t": f"specialty.{entry['specialty']}"}
    return {"specialty": specialty, "spoke": entry["spoke"], "until": {"at": entry["until"]}, "name": entry["name"]}
