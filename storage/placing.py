"""The place that suits somebody best instead of the one that is lost. Reading only; what it gives out it remembers.

The same hub and specialty first, then the other hubs of the specialty, nearest to the person's spoke first; at each the
time nearest to the old one, the same day before another. Within a week, if there is a place; else within FAR. Who must
be seen within a day: within that day, at whatever hub; else the earliest of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from storage.bookings import WITHIN_A_DAY
from storage.changes import LEAD
from storage.distance import kilometres
from storage.prepared import Prepared
from storage.records import Booking
from storage.tables import STANDS, Doctor, Hub, Spoke, Window
from storage.tables import Booking as BookingTable
from storage.windows import TOKENS
from storage.zone import day_of

NEAR = timedelta(days=7)
FAR = timedelta(days=28)
DAY = timedelta(days=1)

_ROOM = Prepared(
    select(
        Window.id, Window.session_id, Hub.id, Hub.name_bn, Hub.name_en, Window.starts_at, Window.ends_at,
        Window.capacity - Window.taken, Window.reserved, Window.capacity,
    )
    .join(Hub, Hub.id == Window.hub_id)
    .where(
        Window.hub_id == bindparam("of_hub"),
        Window.specialty == bindparam("of_specialty"),
        Window.starts_at >= bindparam("after"),
        Window.starts_at < bindparam("before"),
        Window.taken < Window.capacity,
        Window.issued < TOKENS - 1,
        Window.open,
    )
    .order_by(Window.starts_at, Window.id)
)  # fmt: skip
_HUBS = Prepared(
    select(Hub.id, Hub.lat, Hub.lon)
    .join(Doctor, Doctor.hub_id == Hub.id)
    .where(Doctor.specialty == bindparam("of"), Doctor.active)
    .distinct()
)
_SPOKE_AT = Prepared(select(Spoke.lat, Spoke.lon).where(Spoke.id == bindparam("of")))
_STANDING = Prepared(
    select(BookingTable.id, BookingTable.status, BookingTable.session_id, BookingTable.starts_at, BookingTable.ends_at)
    .where(BookingTable.person_id == bindparam("of"), BookingTable.ends_at > bindparam("now"))
)  # fmt: skip


@dataclass
class Spot:
    """A window with places left."""

    window_id: int
    session_id: int
    hub_id: str
    hub_bn: str
    hub_en: str
    starts_at: datetime
    ends_at: datetime
    left: int
    reserved: int
    capacity: int

    def room(self, urgent: bool) -> bool:
        """Whether there is a place; the reserved ones are for who is urgent."""
        return self.left > (0 if urgent else self.reserved)


class Placing:
    """The free windows as they were when first looked at, less what was given out since."""

    def __init__(self, s: Connection, now: datetime, look: Callable[[Spot], Spot | None] = lambda spot: spot) -> None:
        """`look`: a window as a change that is not made yet will leave it; None if it shuts it."""
        self._s = s
        self._now = now
        self._look = look
        self._rooms: dict[tuple[str, str], list[Spot]] = {}
        self._hubs: dict[tuple[str, str], list[str]] = {}
        self._standing: dict[str, dict[str, tuple[int, datetime, datetime]]] = {}

    def spots(self, booking: Booking) -> Iterator[Spot]:
        """Windows with a place that suits, the best first."""
        urgent, seen = booking.urgency <= WITHIN_A_DAY, set[int]()
        for spot in self._in_order(booking, urgent):
            if spot.window_id not in seen and spot.room(urgent) and self.is_free(booking, spot):
                seen.add(spot.window_id)
                yield spot

    def took(self, booking: Booking, spot: Spot) -> None:
        """The booking has a place there now, and the one it had no more."""
        spot.left -= 1
        standing = self._of(booking.person_id)
        standing.pop(booking.id, None)
        standing[f"instead of {booking.id}"] = (spot.session_id, spot.starts_at, spot.ends_at)

    def is_late(self, booking: Booking, starts: datetime | None) -> bool:
        """Who must be seen within a day and will not be; None: there is no place at all."""
        return booking.urgency <= WITHIN_A_DAY and (starts is None or starts > self._soon(booking))

    def _in_order(self, booking: Booking, urgent: bool) -> Iterator[Spot]:
        hubs = self._hubs_for(booking)
        if urgent:
            soon = self._soon(booking)
            for hub in hubs:
                yield from self._nearest(booking, hub, lambda spot: spot.starts_at <= soon)
            every = (spot for hub in hubs for spot in self._room(hub, booking.specialty))
            yield from sorted(every, key=lambda spot: spot.starts_at)  # hubs stay in order where times are equal
            return
        week = booking.starts_at + NEAR
        for near in (lambda spot: spot.starts_at <= week, lambda spot: True):
            for hub in hubs:
                yield from self._nearest(booking, hub, near)

    def _soon(self, booking: Booking) -> datetime:
        """Until when somebody who must be seen within a day is in time: what was agreed on is not late."""
        return max(self._now + DAY, booking.ends_at)

    def _nearest(self, booking: Booking, hub: str, fits: Callable[[Spot], bool]) -> list[Spot]:
        old, day = booking.starts_at, day_of(booking.starts_at)
        fitting = [spot for spot in self._room(hub, booking.specialty) if fits(spot)]
        return sorted(
            fitting, key=lambda spot: (day_of(spot.starts_at) != day, abs(spot.starts_at - old), spot.starts_at < old)
        )

    def _room(self, hub: str, specialty: str) -> list[Spot]:
        if (hub, specialty) not in self._rooms:
            span = {"after": self._now + LEAD, "before": self._now + FAR}
            rows = _ROOM.rows(self._s, of_hub=hub, of_specialty=specialty, **span)
            looked = (self._look(Spot(*row)) for row in rows)
            self._rooms[hub, specialty] = [spot for spot in looked if spot]
        return self._rooms[hub, specialty]

    def _hubs_for(self, booking: Booking) -> list[str]:
        """The booking's hub, then the others of the specialty by their distance from the person's spoke."""
        key = (booking.specialty, booking.spoke_id)
        if key not in self._hubs:
            lat, lon = _SPOKE_AT.first(self._s, of=booking.spoke_id) or (0.0, 0.0)
            away = [(kilometres(lat, lon, *at), id) for id, *at in _HUBS.rows(self._s, of=booking.specialty)]
            self._hubs[key] = [id for _, id in sorted(away)]
        return [booking.hub_id, *(hub for hub in self._hubs[key] if hub != booking.hub_id)]

    def is_free(self, booking: Booking, spot: Spot) -> bool:
        """Whether nothing else of this person is in that session or at that time."""
        return not any(
            session == spot.session_id or (starts < spot.ends_at and spot.starts_at < ends)
            for id, (session, starts, ends) in self._of(booking.person_id).items()
            if id != booking.id
        )

    def _of(self, person_id: str) -> dict[str, tuple[int, datetime, datetime]]:
        if person_id not in self._standing:
            rows = _STANDING.rows(self._s, of=person_id, now=self._now)
            self._standing[person_id] = {
                id: (session, starts, ends) for id, status, session, starts, ends in rows if status in STANDS
            }
        return self._standing[person_id]
