"""Any sequence of booking, waiting, dying and waking: after each step the database says what a plain model says.

INGIT_LONG=1 tries many more, at random; otherwise the same sequences each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, delete, select, update

from storage import bookings, decisions, waiting
from storage.records import Booking, Refusal
from storage.sealed import Keyring
from storage.session import Database
from storage.tables import Booking as BookingTable
from storage.tables import Offer, Waiting, Window

from .booking_model import Clinic, Place, Taken
from .conftest import NOW
from .invariants import broken
from .world import build, somebody

LONG = bool(os.environ.get("INGIT_LONG"))
EXAMPLES, STEPS = (600, 60) if LONG else (30, 40)
SETTINGS = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=not LONG, database=None,
    print_blob=True, suppress_health_check=list(HealthCheck),
)  # fmt: skip
WHO = st.sampled_from(["p0", "p1", "p2", "p3"])
URGENT = {"p2", "p3"}
WHERE = st.integers(0, 3)
PICK = st.integers(0, 10_000)


class Died(Exception):
    """The process died before its commit."""


class Machine(RuleBasedStateMachine):
    """Four people, two of them urgent, after five places in four windows of two sessions that overlap."""

    def __init__(self, url: str, ring: Keyring, people: dict[str, tuple[str, str | None]]) -> None:
        super().__init__()
        self.url, self.ring, self.people = url, ring, people
        self.db = Database(url, ring, threads=1)
        self.dies = False
        self.number = 0
        self.ids: dict[str, str] = {}
        self.presses: list[tuple[str, tuple[Any, ...]]] = []

    @initialize()
    def empty(self) -> None:
        self.model = Clinic(self.db.call(_emptied), URGENT, NOW)

    def teardown(self) -> None:
        self.db.close()

    # --- a step: the same of the database and of the model ---

    def both(self, of_database: Callable[[Connection], Any], of_model: Callable[[], Any]) -> None:
        """Does it in both and compares; where the process dies first, the database must not have moved."""
        if self.dies:
            self.dies = False
            with pytest.raises(Died):
                self.db.call(_dying, of_database)
            self.agree()
            self.db.close()
            self.db = Database(self.url, self.ring, threads=1)
        said, expected = self.db.call(of_database), of_model()
        assert _plain(said) == _plain(expected)
        self.model.now += timedelta(seconds=1)

    def press(self, kind: str, *args: Any) -> None:
        """Something with a key: it may be brought again."""
        self.presses.append((kind, args))
        self.play(kind, args)

    def play(self, kind: str, args: tuple[Any, ...]) -> None:
        now = self.model.now
        if kind == "change":
            old, at, key = args
            work = (self.ids[old], at.id, key, self.chat(self.model.all[old].person), now)
            return self.both(lambda s: bookings.reschedule(s, *work), lambda: self.model.change(*args))
        who, at, key, *replaces = args
        asked = (self.people[who][0], at.id, "spoke-1", self.chat(who), self.people[who][1], key, now)
        if kind == "book":
            return self.both(lambda s: bookings.book(s, *asked), lambda: self.model.book(*args))
        old = self.ids[replaces[0]] if replaces[0] else None
        return self.both(lambda s: bookings.hold(s, *asked, old), lambda: self.model.hold(*args))

    def of(self, act: Callable[..., Any], key: str, model: Callable[[str], Any]) -> None:
        id, chat, now = self.ids[key], self.chat(self.model.all[key].person), self.model.now
        self.both(lambda s: act(s, id, chat, now), lambda: model(key))

    def key(self) -> str:
        self.number += 1
        return f"press {self.number}"

    def chat(self, who: str) -> str:
        return f"tg:{who}"

    def one(self, pick: int, *statuses: str) -> str:
        """The key of a booking: one of these statuses if there is any, else any."""
        fitting = [key for key, one in self.model.all.items() if one.status in statuses] or list(self.model.all)
        return fitting[pick % len(fitting)]

    # --- what can happen ---

    @rule(who=WHO, where=WHERE)
    def book(self, who: str, where: int) -> None:
        self.press("book", who, self.model.places[where], self.key())

    @rule(who=WHO, where=WHERE)
    def hold(self, who: str, where: int) -> None:
        self.press("hold", who, self.model.places[where], self.key(), None)

    @precondition(lambda self: self.model.all)
    @rule(pick=PICK, where=WHERE)
    def hold_instead(self, pick: int, where: int) -> None:
        old = self.one(pick, "booked")
        self.press("hold", self.model.all[old].person, self.model.places[where], self.key(), old)

    @precondition(lambda self: self.model.all)
    @rule(pick=PICK)
    def confirm(self, pick: int) -> None:
        self.of(bookings.confirm, self.one(pick, "pending"), self.model.confirm)

    @precondition(lambda self: self.model.all)
    @rule(pick=PICK)
    def confirm_an_old_one(self, pick: int) -> None:
        self.of(bookings.confirm, self.one(pick, "cancelled"), self.model.confirm)

    @precondition(lambda self: self.model.all)
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        self.of(bookings.release, self.one(pick, "pending"), self.model.release)

    @precondition(lambda self: self.model.all)
    @rule(pick=PICK, where=WHERE)
    def change(self, pick: int, where: int) -> None:
        self.press("change", self.one(pick, "booked"), self.model.places[where], self.key())

    @precondition(lambda self: self.model.all)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        key = self.one(pick, "booked")
        self.of(lambda *args: bookings.cancel(*args) is not None, key, self.model.cancel)

    @rule(who=WHO)
    def join(self, who: str) -> None:
        now, key = self.model.now, self.key()
        wanted = (now, now + timedelta(days=10))
        asked = (self.people[who][0], "spoke-1", "general_medicine", self.chat(who), self.people[who][1], key, wanted)
        entry = self.db.call(waiting.join, *asked, now)
        before = [one.id for one in self.model.entries.values() if one.person == who and one.active]
        assert entry.person_id == self.people[who][0] and before in ([], [entry.id])
        self.model.join(who, entry.id)
        self.model.now += timedelta(seconds=1)

    @rule(who=WHO, where=WHERE)
    def join_and_look(self, who: str, where: int) -> None:
        """Often together, else offers are rare."""
        self.join(who)
        self.offer_on(where)
        self.agree()
        self.offer_free()

    @precondition(lambda self: self.model.entries)
    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        entry = list(self.model.entries.values())[pick % len(self.model.entries)]
        if entry.active:
            asked = (entry.id, self.chat(entry.person), self.model.now)
            self.both(lambda s: waiting.leave(s, *asked), lambda: self.model.leave(entry.id))

    @precondition(lambda self: any(one.entry for one in self.model.all.values()))
    @rule(pick=PICK)
    def accept(self, pick: int) -> None:
        self.of(waiting.accept, self.offer(pick), self.model.accept)

    @precondition(lambda self: any(one.entry for one in self.model.all.values()))
    @rule(pick=PICK)
    def decline(self, pick: int) -> None:
        self.of(lambda *args: waiting.decline(*args) is not None, self.offer(pick), self.model.decline)

    def offer(self, pick: int) -> str:
        offers = [key for key, one in self.model.all.items() if one.entry]
        fitting = [key for key in offers if self.model.all[key].status == "proposed"] or offers
        return fitting[pick % len(fitting)]

    @rule(where=WHERE)
    def offer_on(self, where: int) -> None:
        at, now = self.model.places[where], self.model.now
        self.both(lambda s: waiting.offer_on(s, at.id, now), lambda: self.model.offer_on(at))

    @rule()
    def offer_free(self) -> None:
        now = self.model.now
        self.both(lambda s: waiting.offer_free(s, now), self.model.offer_free)

    @rule()
    def expire(self) -> None:
        now = self.model.now
        self.both(lambda s: sorted(waiting.expire_held(s, now)), self.model.expire)

    @rule(minutes=st.sampled_from([3, 6, 31, 60, -60]))
    def time_passes(self, minutes: int) -> None:
        """Or jumps back."""
        self.model.now += timedelta(minutes=minutes)

    @rule(where=WHERE, open=st.booleans())
    def close_or_open(self, where: int, open: bool) -> None:
        at = self.model.places[where]
        self.db.call(lambda s: s.execute(update(Window).where(Window.id == at.id).values(open=open)) and None)
        at.open = open

    @precondition(lambda self: self.presses)
    @rule(pick=PICK)
    def brought_again(self, pick: int) -> None:
        self.play(*self.presses[pick % len(self.presses)])

    @rule()
    def dies_in_the_next(self) -> None:
        self.dies = True

    @rule()
    def restart(self) -> None:
        self.db.close()
        self.db = Database(self.url, self.ring, threads=1)

    # --- what holds ---

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "model"):
            return
        assert self.db.call(broken) == []
        rows, counts = self.db.call(_state)
        keys = {id: key for id, key, *_ in rows}
        names = {person: who for who, (person, _) in self.people.items()}
        there = {_key(key, keys): (names[person], *rest) for _, key, person, *rest in rows}
        expected = {key: (one.person, one.place.id, one.status, one.token) for key, one in self.model.all.items()}
        assert there == expected
        assert counts == {place.id: (self.model.taken(place), place.issued) for place in self.model.places}
        self.ids = {_key(key, keys): id for id, key, *_ in rows}


def _key(key: str, keys: dict[str, str]) -> str:
    """The key of a place taken anew names another booking by its id; the model by its key."""
    return f"anew:{_key(keys[key[5:]], keys)}" if key.startswith("anew:") else key


def _plain(said: Any) -> Any:
    """An answer of the database or of the model, as both can say it."""
    if isinstance(said, list):
        return [_plain(one) for one in said]
    if isinstance(said, Booking):
        return said.window_id, said.status, said.token_number
    if isinstance(said, Taken):
        return said.place.id, said.status, said.token or 0
    return said.reason if isinstance(said, Refusal) else said


def _dying(s: Connection, work: Callable[[Connection], Any]) -> None:
    work(s)
    raise Died


def _state(s: Connection) -> tuple[list[Any], dict[int, tuple[int, int]]]:
    of = BookingTable
    rows = s.execute(select(of.id, of.key, of.person_id, of.window_id, of.status, of.token_number)).all()
    chosen = [place.id for place in _places(s)]
    counts = s.execute(select(Window.id, Window.taken, Window.issued).where(Window.id.in_(chosen)))
    return list(rows), {id: (taken, issued) for id, taken, issued in counts}


def _emptied(s: Connection) -> list[Place]:
    for table in (Offer, Waiting, BookingTable):
        s.execute(delete(table))
    places = _places(s)
    s.execute(update(Window).values(taken=0, issued=0, open=False, capacity=1, reserved=0))
    s.execute(update(Window).where(Window.id.in_([place.id for place in places])).values(open=True))
    s.execute(update(Window).where(Window.id == places[1].id).values(capacity=2, reserved=1))
    return _places(s)


def _places(s: Connection) -> list[Place]:
    """Three windows of one doctor and one of another at the same time as the first, a week ahead."""
    found = s.execute(
        select(Window)
        .where(Window.specialty == "general_medicine", Window.starts_at > NOW + timedelta(days=6))
        .order_by(Window.hub_id, Window.starts_at)
    ).all()
    return [
        Place(w.id, w.session_id, w.hub_id, w.starts_at, w.ends_at, w.capacity, w.reserved, w.first_token)
        for w in (*found[:3], found[4])
    ]


def _person(s: Connection, who: str) -> tuple[str, str | None]:
    id = somebody(s, f"tg:{who}", NOW)
    led = ("consultation_24", "rule", "fever", "1", "general_medicine")
    return id, decisions.record(s, id, f"tg:{who}", {}, *led, NOW) if who in URGENT else None


def test_whatever_happens_the_database_is_as_the_model(url: str, ring: Keyring) -> None:
    db = Database(url, ring)
    db.call(build)
    people = {who: db.call(_person, who) for who in ("p0", "p1", "p2", "p3")}
    db.close()
    examples = EXAMPLES if db.embedded else EXAMPLES // 3
    run_state_machine_as_test(lambda: Machine(url, ring, people), settings=settings(SETTINGS, max_examples=examples))
