"""From a need to a token: place, spoke, window, confirmation; and changing or giving back a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.actions import (
    Book,
    CancelBooking,
    ConfirmComing,
    FollowUps,
    Hold,
    MyBookings,
    MyWaiting,
    Release,
    WaitedFor,
)  # fmt: skip
from flows.agreement import still_agrees
from flows.decide import Decision
from flows.heard import Heard
from flows.places import choose_spoke
from flows.talk import Ask, Choice, Do, Flow, Say
from flows.waiting import about_waiting, earlier, join, leave_list
from flows.windows import FAR_DAYS, SOON_DAYS, choose_window

PersonFlow = Callable[[], Flow[str]]
"""The flow that gives the person's id, asking for what is not known yet."""


def book(
    person: PersonFlow, need: dict[str, Any], decision: Decision | None, spoke: dict[str, Any] | None = None
) -> Flow[dict[str, Any] | None]:
    """A token by `need` (specialty, within_days, decision), at `spoke` if it is known; it can be put off."""
    person = once(person)
    while True:
        spoke = spoke or (yield from choose_spoke(decision, need))
        ended = (yield from take(spoke, need, person)) if spoke else "not_now"
        if isinstance(ended, dict):
            return ended
        if ended == "already_booked":
            return None
        wish = "wait" if ended == "wait" else (yield from later(waits=spoke is not None))
        if wish == "wait" and spoke:
            yield from join(spoke, need, (yield from person()))
        if wish != "book":
            return None
        spoke = None if ended == "none_free" else spoke


def once(person: PersonFlow) -> PersonFlow:
    """The same person, asked for one time however often the id is needed."""
    known: list[str] = []

    def asked() -> Flow[str]:
        if not known:
            known.append((yield from person()))
        return known[0]

    return asked


def later(*, waits: bool) -> Flow[str]:
    """Nothing is booked: "book" goes on after all, "wait" joins the waiting list, "leave" ends it."""
    wait = (Choice("wait", {"t": "choice.wait"}),) if waits else ()
    choices = (Choice("book", {"t": "choice.get_token"}), *wait, Choice("leave", {"t": "choice.leave"}))
    answer = yield Ask("later", choices=choices, text="booking.later", reads=_after_all)
    if answer == "leave":
        yield Say("booking.closed")
    return str(answer)


def _after_all(heard: Heard) -> str | None:
    """ "OK" and "no" both let it rest."""
    if heard.intent == "book_appointment":
        return "book"
    return "leave" if heard.reply in ("yes", "no") else None


def take(spoke: dict[str, Any], need: dict[str, Any], person: PersonFlow) -> Flow[dict[str, Any] | str]:
    """A window at this spoke, booked; offered again while others are faster. `need["replaces"]` is given up for it.

    The place is held while it is confirmed. Without a booking: "not_now", "wait", "none_free" or "already_booked".
    """
    person, told = once(person), set[str]()
    while isinstance(window := (yield from choose_window(spoke, need, told)), dict):
        person_id = yield from person()
        made = yield Do(Hold(person_id, window["id"], spoke["id"], need["decision"], need.get("replaces")))
        if "refused" not in made:
            if (yield from confirm(spoke, window)) != "yes":
                yield Do(Release(made["id"]))
                return "not_now"
            made = yield Do(Book(made["id"]))
        if "refused" not in made:
            yield Say(
                "booking.moved" if need.get("replaces") else "booking.token",
                card(made),
                documents_of(made),
                {"booking": brief(made)},
            )
            if need["within_days"] <= SOON_DAYS and made["late"]:
                yield from earlier(made, need["within_days"])
            return dict(made)
        yield Say(f"booking.refused_{made['refused']}")
        if made["refused"] == "already_booked":
            return "already_booked"
    return window


def confirm(spoke: dict[str, Any], window: dict[str, Any]) -> Flow[str]:
    """The last look before the booking."""
    choices = (Choice("yes", {"t": "choice.book"}), Choice("no", {"t": "choice.not_now"}))
    span = {"span": [window["starts_at"], window["ends_at"]]}
    hub = {"hub": window["hub"], "specialty": {"t": f"specialty.{window['specialty']}"}}
    return str((yield Ask("confirm", "yes_no", choices, args={"spoke": spoke["name"], "window": span} | hub)))


def my_bookings() -> Flow[None]:
    """The tokens to come and what is waited for, with a way to change or end each."""
    bookings, waiting = (yield Do(MyBookings())), (yield Do(MyWaiting()))
    if not bookings and not waiting:
        yield Say("bookings.none")
        return
    for booking in bookings:
        yield Say("bookings.one", card(booking), also={"booking": brief(booking)})
    for entry in waiting:
        yield Say("waiting.one", about_waiting(entry))
    yield from manage(bookings, waiting=waiting)


def manage(
    bookings: list[dict[str, Any]], wish: str | None = None, waiting: list[dict[str, Any]] | None = None
) -> Flow[None]:
    """Change, cancel or leave a booking; ask for an earlier place; leave the waiting list."""
    of_bookings = ("change", "cancel_token", "earlier") if bookings else ()
    verbs = (*of_bookings, *(("leave_list",) if waiting else ()), "leave")
    wish = wish or (yield Ask("manage", choices=tuple(Choice(id, {"t": f"choice.{id}"}) for id in verbs)))
    if wish == "leave":
        yield Say("bookings.left")
    elif wish == "leave_list":
        yield from leave_list(waiting or [])
    else:
        booking = bookings[0] if len(bookings) == 1 else (yield from _which(bookings))
        yield from {"cancel_token": cancel, "earlier": _earlier}.get(str(wish), change)(booking)


def _earlier(booking: dict[str, Any]) -> Flow[None]:
    """An earlier place than that of a token, if one comes free."""
    yield from earlier(booking, FAR_DAYS)


def _which(bookings: list[dict[str, Any]]) -> Flow[dict[str, Any]]:
    labels = tuple(Choice(one["id"], {"t": "bookings.choice", "args": _short(one)}) for one in bookings)
    chosen = yield Ask("which_booking", choices=labels)
    return next(booking for booking in bookings if booking["id"] == chosen)


def _short(booking: dict[str, Any]) -> dict[str, Any]:
    return {"token": booking["token"], "name": booking["name"], "at": {"at": booking["starts_at"]}}


def manage_mine(wish: str, booking: str | None = None) -> Flow[None]:
    """Change or cancel one of one's own tokens; `booking`: the one a notice was about."""
    bookings = yield Do(MyBookings())
    if booking:
        bookings = [one for one in bookings if one["id"] == booking]
    if not bookings:
        yield Say("bookings.none")
        return
    yield from manage(bookings, wish)


def cancel(booking: dict[str, Any]) -> Flow[None]:
    """Give a token back, after one look."""
    choices = (Choice("yes", {"t": "choice.cancel_token"}), Choice("no", {"t": "choice.keep_token"}))
    if (yield Ask("confirm", "yes_no", choices, "ask.confirm_cancel", card(booking))) != "yes":
        yield Say("bookings.left")
        return
    done = yield Do(CancelBooking(booking["id"]))
    yield Say("booking.cancelled" if done else "bookings.none", card(booking) if done else {},
              also={"booking": brief(booking) | {"status": "cancelled"}} if done else {})  # fmt: skip


def change(booking: dict[str, Any]) -> Flow[None]:
    """Another time at the same centre: the new one first, then the old one is given back."""
    spoke = {"id": booking["spoke_id"], "name": booking["spoke"]}
    need = {"specialty": booking["specialty"], "within_days": FAR_DAYS, "decision": booking.get("decision")}
    if isinstance((yield from take(spoke, need | {"replaces": booking["id"]}, known_person(booking["person"]))), str):
        yield Say("bookings.left")


def follow_up(day: str) -> Flow[None]:
    """The token for the day (ISO) a doctor wants to see somebody again: the same centre, the same kind of doctor."""
    ordered = yield Do(FollowUps(day))
    if not ordered:
        yield Say("follow_up.none")
        return
    one = ordered[0] if len(ordered) == 1 else (yield from _whose(ordered))
    if not (yield from still_agrees(one["person"])):
        return
    need = {"specialty": one["specialty"], "within_days": FAR_DAYS, "decision": one["decision"], "from": day}
    yield from book(known_person(one["person"]), need, None, {"id": one["spoke_id"], "name": one["spoke"]})


def again(waited: str) -> Flow[None]:
    """Another day or centre for who waited in vain."""
    entry = yield Do(WaitedFor(waited))
    if entry is None:
        yield Say("bookings.none")
        return
    if not (yield from still_agrees(entry["person"])):
        return
    need = {"specialty": entry["specialty"], "within_days": FAR_DAYS, "decision": entry["decision"]}
    yield from book(known_person(entry["person"]), need, None)


def _whose(ordered: list[dict[str, Any]]) -> Flow[dict[str, Any]]:
    labels = tuple(
        Choice(one["id"], {"list": [one["name"], {"t": f"specialty.{one['specialty']}"}]}) for one in ordered
    )
    chosen = yield Ask("who", choices=labels)
    return next(one for one in ordered if one["id"] == chosen)


def known_person(id: str) -> PersonFlow:
    """Somebody about whom nothing need be asked."""

    def known() -> Flow[str]:
        yield from ()
        return id

    return known


def coming(booking: str) -> Flow[None]:
    """The answer to a reminder: I will come."""
    still = yield Do(ConfirmComing(booking))
    yield Say("coming.thanks" if still else "bookings.none")


def documents_of(booking: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The token card and the calendar file."""
    return {"kind": "token_card", "args": booking}, {"kind": "ics", "args": booking}


def brief(booking: dict[str, Any]) -> dict[str, Any]:
    """The booking as the JSON-lines channel tells it."""
    return {key: booking[key] for key in ("id", "token", "hub", "spoke", "starts_at", "status")}


def card(booking: dict[str, Any]) -> dict[str, Any]:
    """A booking as the arguments of a text."""
    span = {"span": [booking["starts_at"], booking["ends_at"]]}
    shown = {key: booking[key] for key in ("token", "spoke", "hub", "name")}
    return shown | {"when": span, "specialty": {"t": f"specialty.{booking['specialty']}"}}
