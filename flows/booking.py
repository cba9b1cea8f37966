"""From a need to a token: place, spoke, window, confirmation; and changing or giving back a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.actions import (
    Book,
    CancelBooking,
    ConfirmComing,
    FindPlaces,
    FreeWindows,
    LastSpoke,
    MyBookings,
    NearestSpokes,
)  # fmt: skip
from flows.decide import Decision
from flows.heard import Heard
from flows.talk import Ask, Choice, Do, Flow, Say
from flows.triage import because

WINDOWS_ON_A_PAGE = 5
FAR_DAYS = 28


def book(
    person: Callable[[], Flow[str]], need: dict[str, Any], decision: Decision | None
) -> Flow[dict[str, Any] | None]:
    """A token by `need` (specialty, within_days, decision). `person`: the flow that gives the person's id."""
    spoke = yield from choose_spoke(decision)
    booking = (yield from take(spoke, need, person)) if spoke else None
    if booking is None:
        yield Say("booking.later")
    return booking


def take(spoke: dict[str, Any], need: dict[str, Any], person: Callable[[], Flow[str]]) -> Flow[dict[str, Any] | None]:
    """A window at this spoke, booked; offered again while others are faster. `need["replaces"]` is given up for it."""
    while (window := (yield from choose_window(spoke, need))) is not None:
        person_id = yield from person()
        if (yield from confirm(spoke, window)) != "yes":
            return None
        made = yield Do(Book(person_id, window["id"], spoke["id"], need["decision"], need.get("replaces")))
        if "refused" not in made:
            yield Say(
                "booking.moved" if need.get("replaces") else "booking.token",
                card(made),
                documents_of(made),
                {"booking": brief(made)},
            )
            return dict(made)
        yield Say(f"booking.refused_{made['refused']}")
        if made["refused"] == "already_booked":
            return None
    return None


def choose_spoke(decision: Decision | None) -> Flow[dict[str, Any] | None]:
    """The centre to go to: the last one, by shared location, or by the name of a place. None: not now."""
    last = yield Do(LastSpoke())
    while True:
        spot = yield from choose_place("ask.place", why=decision is not None, last=last)
        if spot == "why" and decision is not None:
            yield because(decision)
            continue
        if spot is None:
            return None
        if "id" in spot:
            return dict(spot)
        near = yield from places_of(spot)
        if not near:
            yield Say("place.no_spoke")
            continue
        if len(near) == 1:
            return dict(near[0])
        choices = [
            Choice(spoke["id"], {"t": "spoke.choice", "args": {"name": spoke["name"], "km": spoke["km"]}})
            for spoke in near
        ]
        chosen = yield Ask("spoke", choices=(*choices, Choice("elsewhere", {"t": "choice.elsewhere"})))
        if chosen != "elsewhere":
            return next(dict(spoke) for spoke in near if spoke["id"] == chosen)


def places_of(spot: dict[str, Any]) -> Flow[list[dict[str, Any]]]:
    """The spokes nearest to a spot."""
    return list((yield Do(NearestSpokes(spot["lat"], spot["lon"]))))


def choose_place(text: str, *, why: bool = False, last: dict[str, Any] | None = None) -> Flow[Any]:
    """A spot {"lat", "lon"}, the last spoke, "why", or None for "not now"."""
    while True:
        choices: tuple[Choice, ...] = (Choice("last", last["name"]),) if last else ()
        if why:
            choices += (Choice("why", {"t": "choice.why"}),)
        choices += (Choice("not_now", {"t": "choice.not_now"}),)
        answer = yield Ask("place", "place", choices, text, reads=a_place)
        if answer in ("why", "not_now", "last"):
            return {"why": "why", "not_now": None, "last": last}[answer]
        if "lat" in answer:
            return dict(answer)
        found = yield Do(FindPlaces(answer["text"]))
        if len(found) == 1:
            return _spot(found[0])
        if not found:
            yield Say("place.unknown", {"text": answer["text"]})
            continue
        labels = [
            Choice(str(n), {"t": "place.choice", "args": {"name": p["name"], "district": p["district"]}})
            for n, p in enumerate(found)
        ]
        chosen = yield Ask("which_place", choices=(*labels, Choice("elsewhere", {"t": "choice.elsewhere"})))
        if chosen != "elsewhere":
            return _spot(found[int(chosen)])


def _spot(place: dict[str, Any]) -> dict[str, float]:
    return {"lat": place["lat"], "lon": place["lon"]}


def a_place(heard: Heard) -> Any:
    """The name of a place: short words that are no complaint."""
    if heard.reply == "no":
        return "not_now"
    if heard.present or heard.intent in _WISHES or not 2 <= len(heard.text.strip()) <= 60:
        return None
    return {"text": heard.text.strip()}


_WISHES = frozenset(
    [
        "my_appointments",
        "cancel_appointment",
        "reschedule_appointment",
        "get_summary",
        "help",
        "talk_to_human",
        "change_language",
        "delete_my_data",
        "thanks",
    ]
)


def choose_window(spoke: dict[str, Any], need: dict[str, Any]) -> Flow[dict[str, Any] | None]:
    """A free window: first free first, in pages, or by day and time said in words. None: nothing suits."""
    after, part, page, within, told = None, None, 0, need["within_days"], False
    while True:
        free = yield Do(FreeWindows(spoke["id"], need["specialty"], within, after, part, page))
        windows = free["windows"]
        if not windows and (after or part or page):
            yield Say("window.none_then")
            after, part, page = None, None, 0
            continue
        if not windows and within < FAR_DAYS:
            yield Say("window.none_soon" if need["within_days"] <= 1 else "window.none_week")
            within = FAR_DAYS
            continue
        if not windows:
            yield Say("window.none", {"spoke": spoke["name"]})
            return None
        if free["stands_in"] and not told:
            told = True
            yield Say("window.stands_in", {"specialty": {"t": f"specialty.{need['specialty']}"}})
        answer = yield Ask("window", "date", _window_choices(windows), args={"spoke": spoke["name"]}, reads=a_time)
        if isinstance(answer, dict):
            after, part, page = answer.get("after"), answer.get("part"), 0
            within = max(within, FAR_DAYS if after else within)
        elif answer == "more":
            page += 1
        elif answer == "not_now":
            return None
        else:
            return next(dict(window) for window in windows if window["id"] == answer)


def _window_choices(windows: list[dict[str, Any]]) -> tuple[Choice, ...]:
    spans = [Choice(window["id"], {"span": [window["starts_at"], window["ends_at"]]}) for window in windows]
    more = (Choice("more", {"t": "choice.more"}),) if len(windows) >= WINDOWS_ON_A_PAGE else ()
    return (*spans, *more, Choice("not_now", {"t": "choice.not_now"}))


def a_time(heard: Heard) -> Any:
    """A day or time in words, "the first one", or any that is soonest."""
    if heard.when or heard.part_of_day:
        return {"after": heard.when, "part": heard.part_of_day}
    return None


def confirm(spoke: dict[str, Any], window: dict[str, Any]) -> Flow[str]:
    """The last look before the booking."""
    choices = (Choice("yes", {"t": "choice.book"}), Choice("no", {"t": "choice.not_now"}))
    span = {"span": [window["starts_at"], window["ends_at"]]}
    hub = {"hub": window["hub"], "specialty": {"t": f"specialty.{window['specialty']}"}}
    return str((yield Ask("confirm", "yes_no", choices, args={"spoke": spoke["name"], "window": span} | hub)))


def my_bookings() -> Flow[None]:
    """The tokens to come, with a way to change or cancel each."""
    bookings = yield Do(MyBookings())
    if not bookings:
        yield Say("bookings.none")
        return
    for booking in bookings:
        yield Say("bookings.one", card(booking), also={"booking": brief(booking)})
    yield from manage(bookings)


def manage(bookings: list[dict[str, Any]], wish: str | None = None) -> Flow[None]:
    """Change, cancel or leave a booking."""
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("change", "cancel_token", "leave"))
    wish = wish or (yield Ask("manage", choices=choices))
    if wish == "leave":
        yield Say("bookings.left")
        return
    booking = bookings[0] if len(bookings) == 1 else (yield from _which(bookings))
    yield from (cancel(booking) if wish == "cancel_token" else change(booking))


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

    def same_person() -> Flow[str]:
        yield from ()
        return str(booking["person"])

    spoke = {"id": booking["spoke_id"], "name": booking["spoke"]}
    need = {"specialty": booking["specialty"], "within_days": FAR_DAYS, "decision": booking.get("decision")}
    if (yield from take(spoke, need | {"replaces": booking["id"]}, same_person)) is None:
        yield Say("bookings.left")


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
