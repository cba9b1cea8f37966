"""What people do with a notice: I cannot come, the way, details, I feel worse, call me; and what they want to get."""

from __future__ import annotations

from typing import Any

from flows.actions import Account
from flows.booking import cancel, card, change
from flows.notice_actions import CallEnded, CallMe, KnownOf, OfBooking, Unwanted, Want
from flows.phones import phone_args
from flows.reminders import GROUPS, STAFF_GROUPS
from flows.talk import Ask, Choice, Do, Flow, Say, Then

MAP = "https://maps.google.com/?q={lat:.5f},{lon:.5f}"
FADES = ("duration_days", "known_pregnancy", "recent_delivery")
"""Facts that hold for a time: who feels worse is asked again."""


def cannot_come(booking_id: str) -> Flow[None]:
    """Another time, or the token given back."""
    booking = yield Do(OfBooking(booking_id))
    if booking is None:
        yield Say("bookings.none")
        return
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("change", "cancel_token", "keep_token"))
    wish = yield Ask("cannot_come", choices=choices, args=card(booking))
    if wish == "keep_token":
        yield Say("bookings.left")
    else:
        yield from (change if wish == "change" else cancel)(booking)


def way(booking_id: str) -> Flow[None]:
    """A pin on the map where the spoke is, and the link for who is not on Telegram."""
    booking = yield Do(OfBooking(booking_id))
    if booking is None:
        yield Say("bookings.none")
    else:
        link = MAP.format(**booking["place"])
        yield Say("notice.way", {"spoke": booking["spoke"], "link": link}, also={"place": booking["place"]})


def details(booking_id: str) -> Flow[None]:
    """All that a notice kept to itself on a shared phone."""
    booking = yield Do(OfBooking(booking_id))
    if booking is None:
        yield Say("bookings.none")
    else:
        yield Say("bookings.one" if booking["token"] else "notice.offer", card(booking))


def worse(booking_id: str) -> Flow[Then]:
    """A visit that begins with what is known of the person; what was denied and measured then is asked again."""
    known = yield Do(KnownOf(booking_id))
    if known is None:
        return Then("visit")
    yield Say("notice.worse", {"name": known["name"]} | phone_args())
    return Then("visit", told=what_holds(known["facts"]) | {"person": known["person"]})


def what_holds(facts: dict[str, Any]) -> dict[str, Any]:
    """Of the facts of a former triage what may be taken as said: the complaints, and who it is.

    A danger sign that was denied then may be there now, and a temperature is another.
    """
    complaints = {code: True for code, value in facts.items() if value is True and code not in FADES}
    return complaints | {name: facts[name] for name in ("age_years", "sex") if facts.get(name) is not None}


def call_me(booking_id: str) -> Flow[None]:
    """Somebody is to call."""
    yield Do(CallMe(booking_id))
    yield Say("notice.call_me", phone_args())


def call_ended(call: str, outcome: str) -> Flow[None]:
    """Staff write down what came of a call."""
    done = yield Do(CallEnded(call, outcome))
    yield Say("call.done" if done else "call.gone")


def notices() -> Flow[Then | None]:
    """What to be told of: a tap changes one, and the same screen stands anew."""
    account, unwanted = (yield Do(Account())), (yield Do(Unwanted()))
    groups = [group for group in GROUPS if group not in STAFF_GROUPS or account["role"] != "patient"]
    toggles = tuple(Choice(group, _toggle(group, group not in unwanted)) for group in groups)
    chosen = yield Ask("notices", choices=(*toggles, Choice("done", {"t": "choice.done"})))
    if chosen == "done":
        yield Say("notices.left")
        return None
    yield Do(Want((str(chosen),), wanted=chosen in unwanted))
    return Then("notices")


def _toggle(group: str, on: bool) -> Any:
    return {"t": "notices.on" if on else "notices.off", "args": {"what": {"t": f"notices.{group}"}}}


def stop() -> Flow[None]:
    """Nothing more that can wait."""
    yield Do(Want(GROUPS, wanted=False))
    yield Say("notices.stopped")


def start_again() -> Flow[None]:
    """Everything again."""
    yield Do(Want(GROUPS, wanted=True))
    yield Say("notices.started")
