"""The waiting list: who found no place that suits, and the offers that go out in order of urgency, then of time.

An offer is a proposed booking: its place is held until it is answered or runs out, so that nobody else can take it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, case, insert, literal_column, select, update

from storage.bookings import EXPIRED, WITHIN_A_DAY, book_at, booking, confirm, let_go, urgency_of
from storage.columns import new_id
from storage.dialect import insert_into, one_at_a_time
from storage.people import of_chat, require
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.records import Refusal, Unknown, Waits
from storage.session import Overtaken
from storage.tables import Booking, Hub, Offer, Person, Spoke, Waiting, Window
from storage.windows import GENERAL, free_windows
from storage.zone import KOLKATA

ANSWER_WITHIN = timedelta(minutes=30)
"""How long an offer stands."""
LEAD = timedelta(minutes=60)
"""A place that begins sooner than this is not offered any more: somebody has to get there."""
NIGHT = (time(21), time(8))
"""From when to when (Asia/Kolkata) nothing is offered: nobody should lose a place by sleeping."""
LOOK_AT = 50

_active = Waiting.status == literal_column("'active'")
_offered_now = (
    select(Offer.booking_id)
    .join(Booking, Booking.id == Offer.booking_id)
    .where(Offer.waiting_id == Waiting.id, Booking.status == literal_column("'proposed'"))
    .exists()
)
_COLUMNS = (
    Waiting.id, Waiting.person_id, Waiting.chat, Waiting.spoke_id, Waiting.hub_id, Waiting.specialty, Waiting.urgency,
    Waiting.decision_id, Waiting.replaces, Waiting.wanted_from, Waiting.wanted_until, Waiting.status,
)  # fmt: skip
_BY_ID = Prepared(select(*_COLUMNS).where(Waiting.id == bindparam("of")))
_BY_KEY = Prepared(select(*_COLUMNS).where(Waiting.key == bindparam("of")))
_OF_PERSON = Prepared(
    select(*_COLUMNS).where(Waiting.person_id == bindparam("of"), Waiting.specialty == bindparam("for_"), _active)
)
_OF_CHAT = Prepared(
    select(*_COLUMNS, Hub.name_bn, Hub.name_en, Spoke.name_bn, Spoke.name_en)
    .join(Hub, Hub.id == Waiting.hub_id)
    .join(Spoke, Spoke.id == Waiting.spoke_id)
    .where(Waiting.person_id.in_(of_chat), _active)
    .order_by(Waiting.created_at, Waiting.id)
)
_JOIN = Prepared(
    lambda dialect: insert_into(dialect, Waiting).on_conflict_do_nothing().returning(Waiting.id),
    columns=(
        "id", "key", "person_id", "chat", "spoke_id", "hub_id", "specialty", "urgency", "decision_id", "replaces",
        "wanted_from", "wanted_until", "status", "created_at", "updated_at",
    ),
)  # fmt: skip
_END = Prepared(
    update(Waiting).where(Waiting.id == bindparam("of"), _active).values(
        status=bindparam("as_status"), updated_at=bindparam("now")
    )
)  # fmt: skip
_WIDEN = Prepared(
    update(Waiting).where(Waiting.id == bindparam("of")).values(
        wanted_from=bindparam("new_from"), wanted_until=bindparam("new_until"),
        urgency=bindparam("new_urgency"),
        decision_id=bindparam("new_decision"),
        updated_at=bindparam("now")
    )
)  # fmt: skip
_WINDOW = Prepared(
    select(Window.hub_id, Window.specialty, Window.starts_at).where(Window.id == bindparam("of"), Window.open)
)
_next = select(*_COLUMNS).where(_active, ~_offered_now)
_NEXT = Prepared(
    _next.where(
        Waiting.hub_id == bindparam("of_hub"),
        Waiting.specialty == bindparam("for_"),
        Waiting.wanted_from <= bindparam("starts"),
        Waiting.wanted_until > bindparam("starts"),
        ~select(Offer.booking_id)
        .where(Offer.waiting_id == Waiting.id, Offer.window_id == bindparam("of_window"))
        .exists(),
    )
    .order_by(Waiting.urgency, Waiting.created_at, Waiting.id)
    .limit(bindparam("most", type_=Integer))
)
_some_place = (
    select(Window.id)
    .where(
        Window.hub_id == Waiting.hub_id,
        Window.specialty == Waiting.specialty,
        Window.starts_at >= bindparam("after"),
        Window.starts_at >= Waiting.wanted_from,
        Window.starts_at < Waiting.wanted_until,
        Window.taken
        < Window.capacity - case((Waiting.urgency <= literal_column(str(WITHIN_A_DAY)), 0), else_=Window.reserved),
        Window.open,
        ~select(Offer.booking_id)
        .where(Offer.waiting_id == Waiting.id, Offer.window_id == Window.id)
        .correlate(Waiting, Window)
        .exists(),
    )
    .correlate(Waiting)
    .exists()
)
_ALL = Prepared(
    _next.where(Waiting.wanted_until > bindparam("after"), _some_place)
    .order_by(Waiting.urgency, Waiting.created_at, Waiting.id)
    .limit(bindparam("most", type_=Integer))
)
_INSTEAD = Prepared(select(Waiting.id).where(Waiting.replaces == bindparam("of"), _active))
_HOLD_ENTRY = Prepared(
    select(Waiting.id)
    .join(Person, Person.id == Waiting.person_id)
    .where(Waiting.id == bindparam("of"), _active)
    .with_for_update(key_share=True, skip_locked=True)
)
_WITHOUT_OFFER = Prepared(select(Waiting.id).where(Waiting.id == bindparam("of"), ~_offered_now))
_OFFERED = Prepared(select(Offer.window_id).where(Offer.waiting_id == bindparam("of")))
_OPEN_OFFERS = Prepared(
    select(Offer.booking_id, Offer.window_id).where(Offer.waiting_id == bindparam("of"), Offer.answered_at.is_(None))
)
_ANSWER = Prepared(
    update(Offer)
    .where(Offer.booking_id == bindparam("of"), Offer.answered_at.is_(None))
    .values(answered_at=bindparam("now"), answer=bindparam("said"))
    .returning(Offer.waiting_id)
)
_SITS = Prepared(
    select(Window.id)
    .where(
        Window.hub_id == bindparam("of_hub"),
        Window.specialty == bindparam("for_"),
        Window.starts_at >= bindparam("after"),
    )
    .order_by(Window.starts_at)
    .limit(literal_column("1"))
)
_HUB_OF = Prepared(select(Spoke.hub_id).where(Spoke.id == bindparam("of")))
_RUN_OUT = Prepared(
    select(Booking.id, Booking.window_id, Booking.status)
    .where(
        Booking.status.in_([literal_column("'proposed'"), literal_column("'pending'")]),
        Booking.held_until <= bindparam("now"),
    )
    .order_by(Booking.held_until)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_OVER = Prepared(
    select(*_COLUMNS)
    .where(_active, Waiting.wanted_until <= bindparam("now"))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)


def join(
    s: Connection,
    person_id: str,
    spoke_id: str,
    specialty: str,
    chat: str,
    decision_id: str | None,
    key: str,
    wanted: tuple[datetime, datetime],
    now: datetime,
    replaces: str | None = None,
) -> Waits:
    """Puts a person on the list of their spoke's hub for places that begin within `wanted`.

    Where the hub has no doctor of the specialty, for the one who stands in. Who is on it for that specialty already
    stays where they are with the new times, or moves up if it is more urgent by now. Raises NotAllowed.
    """
    if before := _BY_KEY.first(s, of=key):
        return Waits(*before)
    require(s, chat, person_id)
    hub = _HUB_OF.first(s, of=spoke_id)
    if hub is None:
        raise Unknown(f"no spoke {spoke_id}")
    if not _SITS.first(s, of_hub=hub[0], for_=specialty, after=now):
        specialty = GENERAL
    if before := _OF_PERSON.first(s, of=person_id, for_=specialty):
        known = Waits(*before)
        urgency, decision = min(
            (urgency_of(s, decision_id), decision_id), (known.urgency, known.decision_id), key=_first
        )
        new = {"new_from": wanted[0], "new_until": wanted[1], "new_urgency": urgency, "new_decision": decision}
        _WIDEN.count(s, of=known.id, now=now, **new)
        return waits(s, before[0])
    row = {
        "id": new_id(), "key": key, "person_id": person_id, "chat": chat, "spoke_id": spoke_id, "hub_id": hub[0],
        "specialty": specialty, "urgency": urgency_of(s, decision_id), "decision_id": decision_id,
        "replaces": replaces, "wanted_from": wanted[0], "wanted_until": wanted[1], "status": "active",
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    _JOIN.first(s, **row)
    found = _OF_PERSON.first(s, of=person_id, for_=specialty)
    if found is None:
        raise Overtaken(f"the press {key} was dealt with by another process")
    return Waits(*found)


def _first(of: tuple[int, str | None]) -> int:
    return of[0]


def waits(s: Connection, id: str) -> Waits:
    """The entry, for those who were found to be allowed. Raises LookupError if there is none."""
    row = _BY_ID.first(s, of=id)
    if row is None:
        raise Unknown(f"no waiting list entry {id}")
    return Waits(*row)


def waiting_of(s: Connection, chat: str) -> list[Waits]:
    """What those wait for whom this chat may act for, with the names of the hub and the spoke."""
    return [Waits(*row) for row in _OF_CHAT.rows(s, of_chat=chat)]


def leave(s: Connection, waiting_id: str, chat: str, now: datetime) -> list[int]:
    """Takes a person off the list; the windows of which a place that was offered is free again. Raises NotAllowed."""
    entry = waits(s, waiting_id)
    require(s, chat, entry.person_id)
    return _end(s, waiting_id, "revoked", chat, now)


def satisfied(s: Connection, person_id: str, specialty: str, now: datetime) -> list[int]:
    """The person has a place of this specialty now and waits no longer; windows as of `leave`."""
    row = _OF_PERSON.first(s, of=person_id, for_=specialty)
    return _end(s, row[0], "completed", "booked", now) if row else []


def no_longer_earlier(s: Connection, booking_id: str, now: datetime) -> list[int]:
    """The booking for which an earlier place was wanted is given up: so is the waiting; windows as of `leave`."""
    return [window for (id,) in _INSTEAD.rows(s, of=booking_id) for window in _end(s, id, "revoked", "cancelled", now)]


def accept(s: Connection, booking_id: str, chat: str, now: datetime) -> Booked | Refusal:
    """Takes the place that was offered. Refusal("past") if the offer ran out: then one stays on the list."""
    _offered(s, booking_id, chat)
    taken = confirm(s, booking_id, chat, now)
    if isinstance(taken, Refusal):
        if booking(s, booking_id).status != "proposed":
            _ANSWER.first(s, of=booking_id, now=now, said="refused")
    elif row := _ANSWER.first(s, of=booking_id, now=now, said="accepted"):
        _END.count(s, of=row[0], as_status="completed", now=now)
    return taken


def decline(s: Connection, booking_id: str, chat: str, now: datetime) -> int | None:
    """Gives back the place that was offered and stays on the list; its window, or None if it was offered no more."""
    offer = _offered(s, booking_id, chat)
    if offer.status != "proposed" or not let_go(s, booking_id, chat, now):
        return None
    _ANSWER.first(s, of=booking_id, now=now, said="declined")
    return offer.window_id


def offer_on(s: Connection, window_id: int, now: datetime) -> Booked | None:
    """Offers a place of this window that came free to the first who waits for it; the proposed booking."""
    window = _WINDOW.first(s, of=window_id)
    if window is None or is_night(now) or window[2] < now + LEAD:
        return None
    hub, specialty, starts = window
    for row in _NEXT.rows(s, of_hub=hub, for_=specialty, starts=starts, of_window=window_id, most=LOOK_AT):
        offered = _offer(s, Waits(*row), window_id, now)
        if isinstance(offered, Booked):
            return offered
        if offered and offered.reason in ("taken", "past"):
            return None
    return None


def offer_free(s: Connection, now: datetime, limit: int = 200) -> list[Booked]:
    """Offers what is free to those who wait, most urgent first, one place each; the proposed bookings."""
    if is_night(now):
        return []
    one_at_a_time(s, "waiting list")
    made: list[Booked] = []
    for row in _ALL.rows(s, after=now + LEAD, most=limit):
        entry = Waits(*row)
        for window_id in list(_suiting(s, entry, now)):
            if isinstance(offered := _offer(s, entry, window_id, now), Booked):
                made.append(offered)
                break
    return made


def expire_held(s: Connection, now: datetime, limit: int = 500) -> list[int]:
    """Gives back the places of holds and offers that ran out; their windows. Who let an offer pass goes on waiting."""
    freed = []
    for id, window_id, status in _RUN_OUT.rows(s, now=now, most=limit):
        if let_go(s, id, EXPIRED, now):
            freed.append(window_id)
            if status == "proposed":
                _ANSWER.first(s, of=id, now=now, said="expired")
    return freed


def lapse(s: Connection, now: datetime, limit: int = 200) -> list[Waits]:
    """Ends the entries whose time is over without a place: who has to be told."""
    over = [Waits(*row) for row in _OVER.rows(s, now=now, most=limit)]
    for entry in over:
        _end(s, entry.id, "revoked", "lapsed", now)
    return over


def is_night(now: datetime) -> bool:
    """Whether nothing is offered at this time of day."""
    hour = now.astimezone(KOLKATA).time()
    return hour >= NIGHT[0] or hour < NIGHT[1]


def _suiting(s: Connection, entry: Waits, now: datetime) -> Iterator[int]:
    """Windows with a place for this entry that were not offered to it yet, soonest first."""
    before = {row[0] for row in _OFFERED.rows(s, of=entry.id)}
    after, urgent = max(now + LEAD, entry.wanted_from), entry.urgency <= WITHIN_A_DAY
    for window in free_windows(s, entry.hub_id, entry.specialty, after, entry.wanted_until, LOOK_AT, urgent):
        if not window.stands_in and window.window_id not in before:
            yield window.window_id


def _offer(s: Connection, entry: Waits, window_id: int, now: datetime) -> Booked | Refusal | None:
    """None if another transaction is busy with the person just now, or made them an offer meanwhile."""
    if _HOLD_ENTRY.first(s, of=entry.id) is None or _WITHOUT_OFFER.first(s, of=entry.id) is None:
        return None
    said: dict[str, Any] = {
        "person_id": entry.person_id, "spoke_id": entry.spoke_id, "chat": entry.chat, "decision_id": entry.decision_id,
        "key": f"offer:{entry.id}:{window_id}", "status": "proposed", "held_until": now + ANSWER_WITHIN,
        "instead_of": entry.replaces,
    }  # fmt: skip
    offered = book_at(s, window_id, said, now)
    if isinstance(offered, Booked):
        of = {"waiting_id": entry.id, "window_id": window_id, "booking_id": offered.id}
        s.execute(insert(Offer).values(**of, offered_at=now))
    return offered


def _offered(s: Connection, booking_id: str, chat: str) -> Booked:
    offer = booking(s, booking_id)
    require(s, chat, offer.person_id)
    return offer


def _end(s: Connection, waiting_id: str, status: str, by: str, now: datetime) -> list[int]:
    _END.count(s, of=waiting_id, as_status=status, now=now)
    freed = []
    for booking_id, window_id in _OPEN_OFFERS.rows(s, of=waiting_id):
        if let_go(s, booking_id, by, now):
            freed.append(window_id)
        _ANSWER.first(s, of=booking_id, now=now, said="declined")
    return freed
