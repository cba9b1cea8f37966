"""From a need to a token: place, spoke, window, confirmation; and changing or giving back a token."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

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
from flows.phones import phone_args
from flows.talk import Action, Ask, Choice, Do, Flow, Misfit, Say
from flows.triage import because

WINDOWS_ON_A_PAGE = 5
FAR_DAYS = 28
SOONER_SHOWN = 2
"""Windows of the day itself that stand beside those of a later day, where it should not wait."""
PersonFlow = Callable[[], Flow[str]]
"""The flow that gives the person's id, asking for what is not known yet."""


@dataclass(frozen=True)
class FollowUps(Action):
    """-> [booking]: the visits after which a doctor wants to see the patient again on `day` (ISO)."""

    day: str


def book(
    person: PersonFlow, need: dict[str, Any], decision: Decision | None, spoke: dict[str, Any] | None = None
) -> Flow[dict[str, Any] | None]:
    """A token by `need` (specialty, within_days, decision), at `spoke` if it is known; it can be put off."""
    person = once(person)
    while True:
        spoke = spoke or (yield from choose_spoke(decision))
        ended = (yield from take(spoke, need, person)) if spoke else "not_now"
        if isinstance(ended, dict):
            return ended
        if ended == "already_booked" or (yield from later()) == "leave":
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


def later() -> Flow[str]:
    """Nothing is booked: "book" goes on after all, "leave" ends it."""
    choices = (Choice("book", {"t": "choice.get_token"}), Choice("leave", {"t": "choice.leave"}))
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

    Without a booking: "not_now", "none_free" or "already_booked".
    """
    person, told = once(person), set[str]()
    while isinstance(window := (yield from choose_window(spoke, need, told)), dict):
        person_id = yield from person()
        if (yield from confirm(spoke, window)) != "yes":
            return "not_now"
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
            return "already_booked"
    return window


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
            Choice(spoke["id"], {"t": "spoke.choice", "args": {"name": short(spoke["name"]), "km": spoke["km"]}})
            for spoke in near
        ]
        chosen = yield Ask("spoke", choices=(*choices, Choice("elsewhere", {"t": "choice.elsewhere"})))
        if chosen != "elsewhere":
            return next(dict(spoke) for spoke in near if spoke["id"] == chosen)


_UNDERSTOOD = re.compile(r" (?:সু?স্বাস্থ্য কেন্দ্র|health (?:and wellness )?centre)| ?\((?:নমুনা|demo)\)", re.IGNORECASE)
"""What goes without saying on a button under "which health centre?"."""


def short(name: dict[str, str]) -> dict[str, str]:
    """A centre's name as it fits on a button: the place alone."""
    return {lang: _UNDERSTOOD.sub("", words) or words for lang, words in name.items()}


def places_of(spot: dict[str, Any]) -> Flow[list[dict[str, Any]]]:
    """The spokes nearest to a spot."""
    return list((yield Do(NearestSpokes(spot["lat"], spot["lon"]))))


def choose_place(text: str, *, why: bool = False, last: dict[str, Any] | None = None) -> Flow[Any]:
    """A spot {"lat", "lon"}, the last spoke, "why", or None for "not now"."""
    while True:
        choices: tuple[Choice, ...] = (Choice("last", short(last["name"])),) if last else ()
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
        if not found and answer.get("no"):
            return None
        if not found:
            here = not _HERE.isdisjoint(_words(answer["text"]))
            yield Say("place.here") if here else Say("place.unknown", {"text": answer["text"]})
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
    """The name of a place, or a sentence with one in it, that tells of no complaint.

    A "no" of at most three words is a no if no place is found in it: "না, মেমারি" names one.
    """
    text = heard.text.strip()
    if heard.present or heard.intent in _WISHES or not 2 <= len(text) <= PLACE_LETTERS:
        return None
    declines = heard.reply == "no" and len(_words(text)) <= 3
    return {"text": text} | ({"no": True} if declines else {})


def _words(text: str) -> list[str]:
    """The words in lower case and one encoding, without the marks around them."""
    return [bare for word in normalize("NFC", text).lower().split() if (bare := word.strip(".,;:!?।()\"'"))]


PLACE_LETTERS = 150
_HERE = frozenset(
    _words(
        "ekhane ekhanei eikhane ikhane here bari barite home kache kachei gram grame village "
        "এখানে এখানেই এইখানে বাড়ি বাড়িতে কাছে কাছেই গ্রাম গ্রামে"
    )
)
"""Words of somebody who means where they are, and does not say where that is."""
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


@dataclass(frozen=True)
class Wanted:
    """Which windows are looked at. `after`: a day, a day and time, or "2026-11-25/..", from that day on."""

    after: str | None = None
    part: str | None = None
    page: int = 0
    not_sooner: bool = False  # earlier days were ruled out in so many words
    soonest: bool = False  # the first of them is taken, unseen


def choose_window(spoke: dict[str, Any], need: dict[str, Any], told: set[str]) -> Flow[dict[str, Any] | str]:
    """A free window: first free first, in pages, or by day and time said in words; else "not_now" or "none_free".

    `need["from"]`, if it is there, is the day to begin with. `told`: what was said and need not be said again.
    """
    wanted, within = Wanted(f"{need['from']}/.." if need.get("from") else None), need["within_days"]
    while True:
        free = yield Do(FreeWindows(spoke["id"], need["specialty"], within, wanted.after, wanted.part, wanted.page))
        windows = free["windows"]
        if not windows and wanted != Wanted():
            wanted = yield from _nothing_then(wanted, free.get("until"))
        elif not windows and within < FAR_DAYS:
            yield Say("window.none_soon" if need["within_days"] <= 1 else "window.none_week")
            within = FAR_DAYS
        elif not windows:
            yield Say("window.none", {"spoke": spoke["name"]})
            return "none_free"
        else:
            if free["stands_in"] and "stands_in" not in told:
                yield Say("window.stands_in", {"specialty": {"t": f"specialty.{need['specialty']}"}})
                told.add("stands_in")
            if wanted.soonest:
                return dict(windows[0])
            windows = [*(yield from _sooner(spoke, need, wanted, windows[0], told)), *windows]
            choices = _window_choices(windows, len(free["windows"]) >= WINDOWS_ON_A_PAGE)
            answer = yield Ask("window", "date", choices, args={"spoke": spoke["name"]}, reads=a_time)
            if answer == "not_now":
                return "not_now"
            if chosen := _chosen(answer, windows):
                return chosen
            wanted = _wanted(answer, wanted, windows[-1])
            within = FAR_DAYS if wanted.after else within


def _nothing_then(wanted: Wanted, until: str | None) -> Flow[Wanted]:
    """Says that nothing is free then, or that nobody can book so far ahead; gives what to look at instead."""
    if wanted.after and until and wanted.after[:10] > until:
        yield Say("window.beyond", {"until": {"date": until}})
        return Wanted()
    yield Say("window.none_then")
    return Wanted(wanted.after) if wanted.after and wanted.part else Wanted()


def _sooner(
    spoke: dict[str, Any], need: dict[str, Any], wanted: Wanted, first: dict[str, Any], told: set[str]
) -> Flow[list[dict[str, Any]]]:
    """What is free on an earlier day than the one asked for, where it should be seen within a day; and a plain word."""
    if need["within_days"] > 1 or not wanted.after:
        return []
    soon = yield Do(FreeWindows(spoke["id"], need["specialty"], need["within_days"]))
    sooner = [window for window in soon["windows"] if _day(window) < _day(first)]
    shown = [] if wanted.not_sooner else sooner[:SOONER_SHOWN]
    if sooner and "late" not in told:
        yield Say("window.late_sooner" if shown else "window.late", phone_args())
        told.add("late")
    return shown


def _day(window: dict[str, Any]) -> str:
    return str(window["starts_at"][:10])


def _window_choices(windows: list[dict[str, Any]], more: bool) -> tuple[Choice, ...]:
    spans = [Choice(window["id"], {"span": [window["starts_at"], window["ends_at"]]}) for window in windows]
    later = (Choice("more", {"t": "choice.more"}),) if more else ()
    return (*spans, *later, Choice("not_now", {"t": "choice.not_now"}))


def _chosen(answer: Any, windows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The window that was touched, or named as the last one."""
    if answer == {"last": True}:
        return dict(windows[-1])
    return next((dict(window) for window in windows if window["id"] == answer), None)


def _wanted(answer: Any, before: Wanted, last: dict[str, Any]) -> Wanted:
    """What to look at after this answer; `last`: the last window that was offered."""
    match answer:
        case "more" | {"more": True}:
            return Wanted(before.after, before.part, before.page + 1, before.not_sooner)
        case {"next_day": True}:
            return Wanted(_from_the_day_after(_day(last)), before.part)
        case {"not_on": str(day)}:
            return Wanted(_from_the_day_after(day), answer.get("part"), not_sooner=True)
        case {"after": after, "part": part}:
            return Wanted(after, part)
    return Wanted(soonest=True)


def _from_the_day_after(day: str) -> str:
    return f"{date.fromisoformat(day) + timedelta(days=1)}/.."


def a_time(heard: Heard) -> Any:
    """A day or time, or a day that does not suit; the soonest, the last one, the next day, more; a past day is none."""
    words = _words(heard.text)
    denied = bool(words) and (words[0] == "not" or words[-1] in _DENIALS)
    if not _PAST.isdisjoint(words) or (heard.when is None and _WHOLE_DATE.search(heard.text)):
        return Misfit("misfit.past_day")
    if heard.when and denied:
        return {"not_on": heard.when[:10], "part": heard.part_of_day}
    if heard.when or heard.part_of_day:
        return {"after": heard.when, "part": heard.part_of_day}
    if denied or heard.reply == "no":
        return "not_now"
    if " ".join(words) in _NEXT_DAY:
        return {"next_day": True}
    if heard.ordinal == -1:
        return {"last": True}
    named = (name for name, said in (("more", _MORE), ("soonest", _SOON)) if not said.isdisjoint(words))
    return next(({name: True} for name in named), None)


_DENIALS = frozenset(_words("noy noi na nai নয় না নাই"))
_PAST = frozenset(_words("gotokal gatakal gotokalke goto yesterday গতকাল গতকালকে গত"))
_WHOLE_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_NEXT_DAY = frozenset(
    " ".join(_words(said))
    for said in (
        "porer din", "porer dine", "tarporer din", "tar porer din", "next day", "the next day", "পরের দিন", "পরের দিনে",
        "তারপরের দিন", "তার পরের দিন",
    )
)  # fmt: skip
_MORE = frozenset(_words("more aro aaro aro baki others আরও আরো বাকি"))
_SOON = frozenset(
    _words(
        "ekhon ekhoni ekhuni akhon akhoni joldi jaldi taratari asap soon soonest now earliest "
        "এখন এখনই এখনি এক্ষুনি জলদি তাড়াতাড়ি"
    )
)


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
    need = {"specialty": one["specialty"], "within_days": FAR_DAYS, "decision": one["decision"], "from": day}
    yield from book(known_person(one["person"]), need, None, {"id": one["spoke_id"], "name": one["spoke"]})


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
