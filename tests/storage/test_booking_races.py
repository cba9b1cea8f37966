"""Many at once, and two in the worst order: whatever comes first, the rules hold. Beside each its control, guard off.

On SQLite one writer is the guard of what a lock guards on PostgreSQL: there a control without the lock is of no use.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, select, update

from storage import bookings, decisions, waiting
from storage.bookings import book, booking, cancel, confirm, free_windows, hold, release, reschedule
from storage.prepared import Prepared
from storage.records import Booking, FreeWindow, Refusal
from storage.session import Database
from storage.tables import Booking as BookingTable
from storage.tables import Waiting, Window

from .conftest import NOW
from .invariants import broken
from .racing import meanwhile
from .world import build, somebody

MANY = 100
SOON = timedelta(minutes=1)
LATER = NOW + bookings.HOLD + SOON
TOO_LATE = NOW + waiting.ANSWER_WITHIN + SOON
on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


class Nothing:
    """A guard that is off: it looks at nothing and holds nothing."""

    def first(self, _s: Connection, **_: Any) -> tuple[int]:
        return (1,)


def windows(db: Database, specialty: str = "general_medicine", hub: str = "hub-1") -> list[FreeWindow]:
    return db.call(free_windows, hub, specialty, NOW, None, 20)


def sized(db: Database, window: FreeWindow, capacity: int, reserved: int = 0) -> FreeWindow:
    """The window with that many places."""
    of = update(Window).where(Window.id == window.window_id).values(capacity=capacity, reserved=reserved)
    db.call(lambda s: s.execute(of))
    return window


def person(db: Database, chat: str, level: str | None = None) -> tuple[str, str | None]:
    """Somebody new of this chat, and a decision of that level."""

    def make(s: Connection) -> tuple[str, str | None]:
        id = somebody(s, chat, NOW)
        led = (level, "rule", "fever", "1", "general_medicine")
        return id, decisions.record(s, id, chat, {}, *led, NOW) if level else None

    return db.call(make)


def ask(window: FreeWindow, chat: str, of: tuple[str, str | None], key: str = "") -> tuple[Any, ...]:
    return of[0], window.window_id, "spoke-1", chat, of[1], key or f"{chat} {window.window_id}", NOW


def booked(db: Database, chat: str, window: FreeWindow) -> Booking:
    made = db.call(book, *ask(window, chat, person(db, chat)))
    assert isinstance(made, Booking)
    return made


def held(db: Database, chat: str, window: FreeWindow, replaces: str | None = None, of: Any = None) -> Booking:
    made = db.call(hold, *ask(window, chat, of or person(db, chat), f"hold {chat}"), replaces)
    assert isinstance(made, Booking)
    return made


def waits(db: Database, chat: str, level: str | None = None) -> tuple[str, str]:
    """Somebody on the waiting list: person and entry."""
    id, decision = person(db, chat, level)
    wanted = (NOW, NOW + timedelta(days=6))
    entry = db.call(waiting.join, id, "spoke-1", "general_medicine", chat, decision, f"join {chat}", wanted, NOW)
    return id, entry.id


def offered(db: Database, chat: str, window: FreeWindow) -> Booking:
    """A place of this window, offered to somebody new."""
    waits(db, chat)
    offer = db.call(waiting.offer_on, window.window_id, NOW)
    assert offer is not None and offer.chat == chat
    return offer


def status(db: Database, id: str) -> str:
    return db.call(booking, id).status


def waits_still(db: Database, chat: str) -> bool:
    return [entry.chat for entry in db.call(waiting.waiting_of, chat)] == [chat]


def take_unguarded(s: Connection, window_id: int, _urgent: bool, _now: Any, numbered: bool = True) -> Any:
    """The place whether it is there or not."""
    more = {"taken": Window.taken + 1} | ({"issued": Window.issued + 1} if numbered else {})
    number = Window.first_token + Window.issued - 1
    take = update(Window).where(Window.id == window_id).values(**more)
    row = s.execute(take.returning(Window.session_id, Window.starts_at, Window.ends_at, number)).one()
    return (*row[:3], row[3] if numbered else None)


# --- many after the last place ---------------------------------------------------------------------------------------


def at_once(s: Connection, *asked: Any) -> Any:
    return book(s, *asked)


def held_first(s: Connection, *asked: Any) -> Any:
    made = hold(s, *asked)
    return confirm(s, made.id, made.chat, NOW) if isinstance(made, Booking) else made


async def rush(db: Database, window: FreeWindow, how: Callable[..., Any], level: str | None = None) -> int:
    """How many of MANY get a place of this window, all at once."""
    of = [person(db, f"tg:{number}", level) for number in range(MANY)]
    asked = (ask(window, f"tg:{number}", of[number]) for number in range(MANY))
    made = await asyncio.gather(*(db.run(how, *one) for one in asked))
    assert {one for one in made if not isinstance(one, Booking)} <= {Refusal("taken")}
    return sum(isinstance(one, Booking) for one in made)


@pytest.mark.parametrize("how", [at_once, held_first])
async def test_a_hundred_after_the_last_place(world: Database, how: Callable[..., Any]) -> None:
    window = windows(world)[0]
    booked(world, "tg:early", window)
    assert await rush(world, window, how) == 1
    assert world.call(broken) == []


@pytest.mark.parametrize("how", [at_once, held_first])
async def test_control_taking_without_looking_oversells(
    world: Database, how: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = windows(world)[0]
    monkeypatch.setattr(bookings, "take_place", take_unguarded)
    assert await rush(world, window, how) > 90  # some run out of token numbers
    assert "oversold" in str(world.call(broken))


@pytest.mark.parametrize("how", [hold, held_first, at_once])
async def test_reserved_places_are_for_those_who_must_be_seen_within_a_day(
    world: Database, how: Callable[..., Any]
) -> None:
    window = sized(world, windows(world)[0], 4, reserved=2)
    assert await rush(world, window, how, "consultation") == 2
    urgent = [person(world, f"tg:urgent {number}", "consultation_24") for number in range(3)]
    made = [world.call(how, *ask(window, f"tg:urgent {number}", urgent[number])) for number in range(3)]
    assert [isinstance(one, Booking) for one in made] == [True, True, False]
    assert world.call(broken) == []


async def test_control_without_the_reserve_nothing_is_left_for_them(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, real = sized(world, windows(world)[0], 4, reserved=2), bookings.take_place
    monkeypatch.setattr(bookings, "take_place", lambda s, id, _urgent, *rest, **how: real(s, id, True, *rest, **how))
    assert await rush(world, window, at_once, "consultation") == 4


def test_reserved_places_are_not_offered_to_others(world: Database) -> None:
    for window in windows(world):
        sized(world, window, 1, reserved=1)
    waits(world, "tg:1", "consultation")
    _, urgent = waits(world, "tg:2", "consultation_24")
    assert [offer.chat for offer in world.call(waiting.offer_free, NOW)] == ["tg:2"]
    world.call(waiting.leave, urgent, "tg:2", NOW)
    assert world.call(waiting.offer_free, NOW) == []


# --- one person twice ------------------------------------------------------------------------------------------------


def overlapping(db: Database) -> tuple[FreeWindow, FreeWindow, FreeWindow]:
    """The same half hour of three doctors at two hubs."""
    return windows(db)[0], windows(db, "paediatrics")[0], windows(db, hub="hub-2")[0]


async def test_one_person_after_many_windows_at_once_gets_one(world: Database) -> None:
    of, at = person(world, "tg:1"), [*windows(world)[:4], *(one for one in overlapping(world)[1:])]
    asked = [ask(at[number % 6], "tg:1", of, f"press {number}") for number in range(MANY)]
    made = await asyncio.gather(
        *(world.run((at_once, held_first)[number % 2], *one) for number, one in enumerate(asked))
    )
    assert sum(isinstance(one, Booking) for one in made) >= 1
    assert world.call(broken) == []


def test_two_doctors_at_the_same_hour(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    of, (here, there, _) = person(world, "tg:1"), overlapping(world)
    first, second = meanwhile(
        world, monkeypatch, bookings, "_stands_in_the_way",
        lambda s: book(s, *ask(here, "tg:1", of)), lambda s: book(s, *ask(there, "tg:1", of)),
    )  # fmt: skip
    assert isinstance(first, Booking) and second == Refusal("overlap")
    assert world.call(broken) == []


@on_postgresql
def test_control_without_the_lock_of_the_person_both_are_booked(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, (here, there, _) = person(world, "tg:1"), overlapping(world)
    monkeypatch.setattr(bookings, "_LOCK", Nothing())
    meanwhile(
        world, monkeypatch, bookings, "_stands_in_the_way",
        lambda s: book(s, *ask(here, "tg:1", of)), lambda s: book(s, *ask(there, "tg:1", of)),
    )  # fmt: skip
    assert "in two places at once" in str(world.call(broken))


def test_control_without_looking_both_are_booked(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    of, (here, there, _) = person(world, "tg:1"), overlapping(world)
    monkeypatch.setattr(bookings, "_stands_in_the_way", lambda *_: None)
    for window in (here, there):
        world.call(book, *ask(window, "tg:1", of))
    assert "in two places at once" in str(world.call(broken))


@on_postgresql
def test_within_a_session_the_database_itself_refuses_a_second(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, at = person(world, "tg:1"), windows(world)
    monkeypatch.setattr(bookings, "_LOCK", Nothing())
    first, second = meanwhile(
        world, monkeypatch, bookings, "_stands_in_the_way",
        lambda s: book(s, *ask(at[0], "tg:1", of)), lambda s: book(s, *ask(at[1], "tg:1", of)),
    )  # fmt: skip
    assert first == Refusal("already_booked") and isinstance(second, Booking)
    assert world.call(broken) == []


async def test_one_press_brought_many_times_at_once_books_once(world: Database) -> None:
    asked = ask(windows(world)[0], "tg:1", person(world, "tg:1"))
    for how in (at_once, held_first):
        made = await asyncio.gather(*(world.run(how, *asked) for _ in range(16)))
        assert len({one.id for one in made if isinstance(one, Booking)}) == 1
    assert world.call(broken) == []


# --- confirming ------------------------------------------------------------------------------------------------------


def test_a_hold_that_runs_out_just_before_it_is_confirmed(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = held(world, "tg:1", windows(world)[0])
    made, _ = meanwhile(
        world, monkeypatch, bookings, "_held_by",
        lambda s: confirm(s, mine.id, "tg:1", NOW), lambda s: waiting.expire_held(s, LATER),
    )  # fmt: skip
    assert isinstance(made, Booking) and made.status == "booked"
    assert world.call(broken) == []


def test_a_hold_that_runs_out_while_it_is_confirmed(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = held(world, "tg:1", windows(world)[0])
    made, freed = meanwhile(
        world, monkeypatch, bookings, "_stands_in_the_way",
        lambda s: confirm(s, mine.id, "tg:1", NOW), lambda s: waiting.expire_held(s, LATER),
    )  # fmt: skip
    assert freed == [] and isinstance(made, Booking)
    assert (made.id, made.status) == (mine.id, "booked")
    assert world.call(broken) == []


@on_postgresql
def test_control_without_the_lock_of_the_booking_a_place_is_lost(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = held(world, "tg:1", windows(world)[0])
    to_booked = update(BookingTable).where(BookingTable.id == bindparam("of"))
    monkeypatch.setattr(bookings, "_LOCK_BOOKING", Nothing())
    monkeypatch.setattr(
        bookings, "_CONFIRM", Prepared(to_booked.values(status="booked", token_number=bindparam("token")))
    )
    meanwhile(
        world, monkeypatch, bookings, "_stands_in_the_way",
        lambda s: confirm(s, mine.id, "tg:1", NOW), lambda s: waiting.expire_held(s, LATER),
    )  # fmt: skip
    assert "counter" in str(world.call(broken))


def test_a_hold_that_ran_out_takes_a_place_anew_if_one_is_left(world: Database) -> None:
    window = sized(world, windows(world)[0], 1)
    for number, sweep in enumerate((False, True)):
        chat = f"tg:{number}"
        mine = held(world, chat, window)
        if sweep:
            world.call(waiting.expire_held, LATER)
        made = world.call(confirm, mine.id, chat, LATER)
        assert isinstance(made, Booking) and made.status == "booked"
        assert world.call(confirm, mine.id, chat, LATER) == made
        world.call(cancel, made.id, chat, LATER)
    mine = held(world, "tg:slow", window)
    world.call(waiting.expire_held, LATER)
    booked(world, "tg:quick", window)
    assert world.call(confirm, mine.id, "tg:slow", LATER) == Refusal("taken")
    assert world.call(broken) == []


def test_what_a_person_gave_up_is_not_booked_by_an_old_press(world: Database) -> None:
    first, second, *_ = windows(world)
    released, cancelled = held(world, "tg:1", first), held(world, "tg:2", first)
    world.call(release, released.id, "tg:1", NOW)
    world.call(confirm, cancelled.id, "tg:2", NOW)
    world.call(cancel, cancelled.id, "tg:2", NOW)
    of = person(world, "tg:3")
    left, kept = held(world, "tg:3", first, of=of), world.call(hold, *ask(second, "tg:3", of, "other"))
    assert isinstance(kept, Booking)
    for one in (released, cancelled, left):
        assert world.call(confirm, one.id, one.chat, NOW) == Refusal("past")
    assert world.call(broken) == []


def test_a_hold_confirmed_while_it_is_released_stands(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = held(world, "tg:1", windows(world)[0])
    released, made = meanwhile(
        world, monkeypatch, bookings, "_held_by",
        lambda s: release(s, mine.id, "tg:1", NOW), lambda s: confirm(s, mine.id, "tg:1", NOW),
    )  # fmt: skip
    assert isinstance(made, Booking) is not released
    assert (status(world, mine.id) == "booked") is not released
    assert world.call(broken) == []


@on_postgresql
def test_control_giving_back_whatever_it_became_takes_a_token_away(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = held(world, "tg:1", windows(world)[0])
    monkeypatch.setattr(bookings, "let_go", bookings.close)
    released, made = meanwhile(
        world, monkeypatch, bookings, "_held_by",
        lambda s: release(s, mine.id, "tg:1", NOW), lambda s: confirm(s, mine.id, "tg:1", NOW),
    )  # fmt: skip
    assert released and isinstance(made, Booking) and status(world, mine.id) == "cancelled"


# --- changing --------------------------------------------------------------------------------------------------------


def both_ways(db: Database, patch: pytest.MonkeyPatch) -> tuple[Any, Any, Booking]:
    """A change of a booking into which its cancellation falls."""
    mine, target = booked(db, "tg:1", windows(db)[0]), windows(db)[1]
    changed, cancelled = meanwhile(
        db, patch, bookings, "_stands_in_the_way",
        lambda s: reschedule(s, mine.id, target.window_id, "change", "tg:1", NOW),
        lambda s: cancel(s, mine.id, "tg:1", NOW),
    )  # fmt: skip
    return changed, cancelled, mine


def test_a_booking_is_changed_or_cancelled_never_both(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, cancelled, mine = both_ways(world, monkeypatch)
    assert (changed == Refusal("past")) is (cancelled is not None)
    assert status(world, mine.id) == "cancelled"
    assert world.call(broken) == []


@on_postgresql
def test_control_giving_up_what_is_given_up_already_does_both(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookings, "_give_up", bookings.close)
    changed, cancelled, _ = both_ways(world, monkeypatch)
    assert isinstance(changed, Booking) and isinstance(cancelled, Booking)


def crossing(db: Database) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Two who want each other's place, in two windows of one place each."""
    here, there = (sized(db, window, 1) for window in windows(db)[:2])
    mine, other = booked(db, "tg:1", here), booked(db, "tg:2", there)
    return (
        lambda s: reschedule(s, mine.id, there.window_id, "change 1", "tg:1", NOW),
        lambda s: reschedule(s, other.id, here.window_id, "change 2", "tg:2", NOW),
    )


def test_two_changes_crossing_in_full_windows_leave_all_as_it_was(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, back = crossing(world)
    results = meanwhile(world, monkeypatch, bookings, "_stands_in_the_way", there, back)
    assert results == (Refusal("taken"), Refusal("taken"))
    assert world.call(broken) == []
    assert [world.call(bookings.bookings_of, chat, NOW)[0].status for chat in ("tg:1", "tg:2")] == ["booked"] * 2


def test_control_two_changes_crossing_without_the_guard_oversell(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, _ = crossing(world)
    monkeypatch.setattr(bookings, "take_place", take_unguarded)
    world.call(there)
    assert "oversold" in str(world.call(broken))


async def test_many_changes_crossing_come_to_their_end(world: Database) -> None:
    """Windows are locked in order: nobody waits in a circle, and nothing has to be run again."""
    here, there = (sized(world, window, 60) for window in windows(world)[:2])
    mine = [booked(world, f"tg:{number}", (here, there)[number % 2]) for number in range(40)]

    def change(number: int) -> Callable[[Connection], Any]:
        one, target = mine[number], (there, here)[number % 2]
        return lambda s: reschedule(s, one.id, target.window_id, f"change {number}", one.chat, NOW)

    made = await asyncio.gather(*(world.run(change(number)) for number in range(40)))
    assert all(isinstance(one, Booking) for one in made)
    assert world.call(broken) == []


@on_postgresql
def test_control_windows_locked_out_of_order_wait_in_a_circle(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database ends one of two that wait for each other; it is run again, which is seen by its tries."""
    here, there = windows(world)[:2]
    mine, other = booked(world, "tg:1", here), booked(world, "tg:2", there)
    tries: list[str] = []

    def change(one: Booking, target: FreeWindow) -> Callable[[Connection], Any]:
        def work(s: Connection) -> Any:
            tries.append(one.chat)
            return reschedule(s, one.id, target.window_id, f"change {one.chat}", one.chat, NOW)

        return work

    monkeypatch.setattr(bookings, "_lock_change", lambda *_: None)
    results = meanwhile(world, monkeypatch, bookings, "take_place", change(mine, there), change(other, here))
    assert all(isinstance(one, Booking) for one in results) and len(tries) == 3
    assert world.call(broken) == []


async def test_changes_and_cancellations_at_once_lose_no_place_and_give_no_token_twice(world: Database) -> None:
    free = windows(world)[:4]
    mine = [booked(world, f"tg:{number}", free[number % 4]) for number in range(8)]

    def act(number: int) -> Callable[..., Any]:
        one, target = mine[number % 8], free[(number * 3 + 1) % 4].window_id
        if number % 5 == 0:
            return lambda s: cancel(s, one.id, one.chat, NOW)
        return lambda s: reschedule(s, one.id, target, f"press {number}", one.chat, NOW)

    await asyncio.gather(*(world.run(act(number)) for number in range(48)))
    assert world.call(broken) == []


# --- the waiting list ------------------------------------------------------------------------------------------------


def walk_in(db: Database, patch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """The last place of a window: offered to who waits, and in that moment somebody else books."""
    window = sized(db, windows(db)[0], 1)
    waits(db, "tg:waits")
    asked = ask(window, "tg:walks in", person(db, "tg:walks in"))
    offer: Callable[..., Any] = lambda s: waiting.offer_on(s, window.window_id, NOW)  # noqa: E731
    return meanwhile(db, patch, bookings, "_stands_in_the_way", offer, lambda s: book(s, *asked))


def test_a_place_is_offered_or_sold(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    offer, sold = walk_in(world, monkeypatch)
    assert (offer is None) is isinstance(sold, Booking)
    assert world.call(broken) == []


def test_control_a_place_offered_without_looking_is_sold_twice(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookings, "take_place", take_unguarded)
    offer, sold = walk_in(world, monkeypatch)
    assert isinstance(offer, Booking) and isinstance(sold, Booking)
    assert "oversold" in str(world.call(broken))


def two_offers(db: Database, patch: pytest.MonkeyPatch) -> list[Any]:
    """Two windows that come free at once, and one who waits."""
    waits(db, "tg:1")
    first, second, *_ = windows(db)
    offers = meanwhile(
        db, patch, bookings, "take_place",
        lambda s: waiting.offer_on(s, first.window_id, NOW), lambda s: waiting.offer_on(s, second.window_id, NOW),
    )  # fmt: skip
    return [offer for offer in offers if offer]


def test_one_who_waits_gets_one_offer_at_a_time(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(two_offers(world, monkeypatch)) == 1
    assert world.call(waiting.offer_free, NOW) == []
    assert world.call(broken) == []


@on_postgresql
def test_control_without_the_lock_of_the_entry_one_gets_two(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_HOLD_ENTRY", Nothing())
    assert len(two_offers(world, monkeypatch)) == 2
    assert "two offers to one" in str(world.call(broken))


def test_an_offer_that_ran_out_is_past_and_one_stays_on_the_list(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offered(world, "tg:1", sized(world, windows(world)[0], 1))
    accepted, freed = meanwhile(
        world, monkeypatch, waiting, "_offered",
        lambda s: waiting.accept(s, offer.id, "tg:1", NOW), lambda s: waiting.expire_held(s, TOO_LATE),
    )  # fmt: skip
    assert (accepted == Refusal("past")) is (freed == [offer.window_id])
    assert waits_still(world, "tg:1") is (accepted == Refusal("past"))
    assert world.call(broken) == []


@pytest.mark.parametrize("swept", [False, True])
def test_an_offer_is_not_taken_after_its_time(world: Database, swept: bool) -> None:
    """The place goes to the next in line: who was late does not take it again past them."""
    offer = offered(world, "tg:1", windows(world)[0])
    if swept:
        world.call(waiting.expire_held, TOO_LATE)
    assert world.call(waiting.accept, offer.id, "tg:1", TOO_LATE) == Refusal("past")
    assert waits_still(world, "tg:1")


def test_control_a_late_answer_taken_as_a_hold_passes_the_others(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offered(world, "tg:1", windows(world)[0])
    world.call(waiting.expire_held, TOO_LATE)
    monkeypatch.setattr(bookings, "_RAN_OUT", Nothing())
    assert isinstance(world.call(waiting.accept, offer.id, "tg:1", TOO_LATE), Booking)


def decline(s: Connection, offer: Booking) -> Any:
    return waiting.decline(s, offer.id, offer.chat, NOW)


def leave(s: Connection, offer: Booking) -> Any:
    entry = waiting.waiting_of(s, offer.chat)
    return waiting.leave(s, entry[0].id, offer.chat, NOW) if entry else []


def lapse(s: Connection, _offer: Booking) -> Any:
    return waiting.lapse(s, NOW + timedelta(days=7))


ENDS = [(decline, "_offered"), (leave, "waiting_of"), (lapse, "Waits")]


@pytest.mark.parametrize(("end", "step"), ENDS)
def test_an_offer_accepted_while_it_ends_stands_or_is_over(
    world: Database, monkeypatch: pytest.MonkeyPatch, end: Callable[..., Any], step: str
) -> None:
    offer = offered(world, "tg:1", windows(world)[0])
    _, accepted = meanwhile(
        world, monkeypatch, waiting, step,
        lambda s: end(s, offer), lambda s: waiting.accept(s, offer.id, "tg:1", NOW),
    )  # fmt: skip
    assert isinstance(accepted, Booking | Refusal)
    assert (status(world, offer.id) == "booked") is isinstance(accepted, Booking)
    assert world.call(broken) == []


@on_postgresql
@pytest.mark.parametrize(("end", "step"), ENDS[:2])
def test_control_ending_whatever_it_became_takes_an_accepted_place_away(
    world: Database, monkeypatch: pytest.MonkeyPatch, end: Callable[..., Any], step: str
) -> None:
    offer = offered(world, "tg:1", windows(world)[0])
    monkeypatch.setattr(waiting, "let_go", bookings.close)
    unanswered = select(BookingTable.id, BookingTable.window_id).where(BookingTable.id == offer.id)
    monkeypatch.setattr(waiting, "_OPEN_OFFERS", Prepared(unanswered))
    _, accepted = meanwhile(
        world, monkeypatch, waiting, step,
        lambda s: end(s, offer), lambda s: waiting.accept(s, offer.id, "tg:1", NOW),
    )  # fmt: skip
    assert isinstance(accepted, Booking) and status(world, offer.id) == "cancelled"


def test_an_answer_that_is_refused_is_an_answer(world: Database) -> None:
    """Who booked elsewhere meanwhile, and then cancels that, is offered places again."""
    offer = offered(world, "tg:1", windows(world)[0])
    elsewhere = ask(windows(world, hub="hub-2")[0], "tg:1", (offer.person_id, None))
    other = world.call(book, *elsewhere)
    assert world.call(waiting.accept, offer.id, "tg:1", NOW) == Refusal("overlap")
    world.call(cancel, other.id, "tg:1", NOW)
    assert [again.chat for again in world.call(waiting.offer_free, NOW)] == ["tg:1"]
    assert world.call(broken) == []


def test_an_offer_closed_from_elsewhere_stops_nobody_from_the_next(world: Database) -> None:
    offer = offered(world, "tg:1", windows(world)[0])
    world.call(bookings.close, offer.id, "coordinator", NOW)
    again = world.call(waiting.offer_free, NOW)
    assert [one.window_id for one in again] == [windows(world)[1].window_id]


def test_what_one_declined_is_offered_to_the_next(world: Database) -> None:
    window = windows(world)[0]
    for other in windows(world)[1:]:
        sized(world, other, 0)
    offer = offered(world, "tg:1", window)
    waits(world, "tg:2")
    assert world.call(waiting.decline, offer.id, "tg:1", NOW) == window.window_id
    assert [one.chat for one in world.call(waiting.offer_free, NOW)] == ["tg:2"]


def test_who_joins_again_more_urgent_moves_up_and_never_down(world: Database) -> None:
    id, entry = waits(world, "tg:1", "consultation")
    led = ("rule", "fever", "1", "general_medicine")
    for level, urgency in (("consultation_24", 2), ("consultation", 2)):
        decision = world.call(decisions.record, id, "tg:1", {}, level, *led, NOW)
        wanted = (NOW, NOW + timedelta(days=6))
        asked = (id, "spoke-1", "general_medicine", "tg:1", decision, f"join {level}", wanted, NOW)
        again = world.call(waiting.join, *asked)
        assert (again.id, again.urgency) == (entry, urgency)
    assert again.decision_id is not None and world.call(decisions.get, again.decision_id).level == "consultation_24"


def test_one_who_can_have_nothing_stops_nobody_behind(world: Database) -> None:
    """The most urgent wants an hour at which there is nothing; the others get what there is."""
    _, first = waits(world, "tg:urgent", "consultation_24")
    narrow = {"wanted_from": NOW + timedelta(days=2), "wanted_until": NOW + timedelta(days=2, hours=1)}
    world.call(lambda s: s.execute(update(Waiting).where(Waiting.id == first).values(**narrow)))
    waits(world, "tg:1")
    assert [offer.chat for offer in world.call(waiting.offer_free, NOW, 1)] == ["tg:1"]


async def test_many_offers_and_walk_ins_at_once(world: Database) -> None:
    for number in range(12):
        waits(world, f"tg:waits {number}")
    free = windows(world)[:4]
    of = [person(world, f"tg:{number}") for number in range(12)]
    walking = [world.run(book, *ask(free[number % 4], f"tg:{number}", of[number])) for number in range(12)]
    offering = [world.run(waiting.offer_on, window.window_id, NOW) for window in free * 3]
    sweeping = [world.run(waiting.offer_free, NOW) for _ in range(3)]
    results = await asyncio.gather(*walking, *offering, *sweeping)
    assert len(results) == 27
    assert world.call(broken) == []
