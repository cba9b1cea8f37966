"""What is booked in a measurement: windows of one hub, people with accounts, one booking with its outbox rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.notices import remind, told_booking
from storage import bookings, outbox
from storage.migrate import migrate
from storage.outbox import Notice
from storage.records import Refusal
from storage.sealed import ring
from storage.session import Database
from storage.tables import ACTIVE, Account, Booking, District, Doctor, Hub, Outbox, Person, Session, Spoke, Window

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
STARTS = NOW + timedelta(days=2)
CAPACITY = 40
"""Places of a window; the measurement asks for more than there are."""
EACH = 48
"""How many ask for one window."""
ROWS_A_BOOKING = 3
"""The reply and two reminders."""


@dataclass(frozen=True)
class Press:
    """One person asks for one window."""

    person: str
    chat: str
    window: int


@dataclass(frozen=True)
class Plan:
    """What is to be measured: `windows` of CAPACITY places, each asked for by EACH people, spread or one at a time."""

    name: str
    windows: int
    hot: bool

    def presses(self, share: int = 0, of: int = 1) -> list[Press]:
        """In the order in which they come; the part of one process of `of`."""
        order = self._one_window_at_a_time() if self.hot else self._round_and_round()
        pairs = [(number, window) for number, window in enumerate(order)]
        return [Press(f"{self.name}-{n}", f"{self.name}:{n}", w) for n, w in pairs if n % of == share]

    def _one_window_at_a_time(self) -> Iterator[int]:
        return (window for window in self.ids() for _ in range(EACH))

    def _round_and_round(self) -> Iterator[int]:
        return (window for _ in range(EACH) for window in self.ids())

    def ids(self) -> range:
        """The ids of its windows; those of the hot plan are others than those of the spread one."""
        first = 100_001 if self.hot else 1
        return range(first, first + self.windows)

    def as_json(self) -> dict[str, Any]:
        """To hand it to another process."""
        return asdict(self)


def build(url: str, plans: Sequence[Plan], db: Database) -> None:
    """The schema, a hub with its windows, and everybody who will ask."""
    migrate(url)
    db.call(_hub)
    for plan in plans:
        db.call(_windows, plan)
        db.call(_people, plan.presses())


def press(s: Connection, one: Press) -> bool:
    """The booking with its three outbox rows, in one transaction; False if the window was full."""
    made = bookings.book(s, one.person, one.window, "spoke", one.chat, None, f"press:{one.person}", NOW)
    if isinstance(made, Refusal):
        return False
    told = told_booking(made, NOW)
    remind(s, made, told, NOW)
    outbox.put(s, [Notice(one.chat, "reply", {"text": "booking.token"}, NOW, key=f"reply:{one.person}")], NOW)
    return True


def found(s: Connection, plan: Plan) -> dict[str, int]:
    """What is in the database afterwards: bookings, sold beyond the places there are, outbox rows of a booking."""
    ids = plan.ids()
    sold = (
        select(func.count().label("sold"))
        .where(Booking.window_id.between(ids[0], ids[-1]), Booking.status.in_(ACTIVE))
        .group_by(Booking.window_id)
    )
    each = [row[0] for row in s.execute(sold)]
    rows = s.scalar(select(func.count()).where(Outbox.chat.like(f"{plan.name}:%"))) or 0
    return {
        "bookings": sum(each), "oversold": sum(max(0, one - CAPACITY) for one in each),
        "outbox_rows": rows,
    }  # fmt: skip


def _hub(s: Connection) -> None:
    here = {"district_id": "d", "lat": 23.0, "lon": 87.0, "invented": True}
    s.execute(insert(District), {"id": "d", "name_bn": "নমুনা", "name_en": "Demo", "invented": True})
    names = {"name_bn": "নমুনা হাসপাতাল", "name_en": "Demo hospital"}
    s.execute(insert(Hub), {"id": "hub", "kind": "district_hospital", "emergency": True} | names | here)
    s.execute(insert(Spoke), {"id": "spoke", "hub_id": "hub"} | names | here)
    papers = {"qualification": "MBBS", "registration_number": "DEMO-1", "signature": "Dr", "active": True}
    s.execute(insert(Doctor), {"id": "doctor", "hub_id": "hub", "specialty": "general_medicine", "invented": True}
              | names | papers)  # fmt: skip


def _windows(s: Connection, plan: Plan) -> None:
    """A session each, by day and all more than a day ahead: both reminders are planned."""
    of = {"hub_id": "hub", "specialty": "general_medicine"}
    times: list[dict[str, Any]] = [
        {
            "id": id,
            "starts_at": (starts := STARTS + timedelta(days=id // 9, hours=id % 9)),
            "ends_at": starts + timedelta(minutes=30),
        }
        for id in plan.ids()
    ]
    s.execute(insert(Session), [
        time | of | {"doctor_id": "doctor", "date": time["starts_at"].date(), "status": "open"} for time in times
    ])  # fmt: skip
    s.execute(insert(Window), [
        time | of | {"session_id": time["id"], "capacity": CAPACITY, "reserved": 0, "taken": 0, "issued": 0,
                     "first_token": 1, "open": True}
        for time in times
    ])  # fmt: skip


def _people(s: Connection, presses: Sequence[Press]) -> None:
    name = {one.person: ring(s).seal("নমুনা মানুষ", f"person/name/{one.person}") for one in presses}
    s.execute(insert(Account), [
        {"chat": one.chat, "lang": "bn", "reachable": True, "created_at": NOW} for one in presses
    ])  # fmt: skip
    s.execute(insert(Person), [
        {"id": one.person, "owner_chat": one.chat, "own_chat": one.chat, "name": name[one.person], "relation": "self",
         "created_at": NOW}
        for one in presses
    ])  # fmt: skip
