"""Families together: neighbouring tokens for all or for none; the race beside its control."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from storage import bookings, decisions, families
from storage.families import NotTogether, Together, book_family, family_windows
from storage.records import Booking, NotAllowed
from storage.session import Database
from storage.tables import Booking as BookingTable
from storage.tables import Window

from .conftest import NOW
from .invariants import broken
from .world import build, somebody

ELEVEN = NOW + timedelta(hours=1)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def world(db: Database) -> Database:
    """Each session has four windows of half an hour, four people each."""
    db.call(build, capacity=4)
    return db


def household(db: Database, many: int, chat: str = "tg:home") -> list[families.Member]:
    return [(db.call(somebody, chat, NOW), None) for _ in range(many)]


def fits(db: Database, size: int, urgent: bool = False) -> list[Together]:
    return db.call(family_windows, "spoke-1", "general_medicine", size, NOW, NOW + timedelta(days=1), urgent)


def ids(fit: Together) -> list[int]:
    return [window.window_id for window in fit.windows]


def book(db: Database, members: list[families.Member], fit: Together, key: str = "press") -> Any:
    return db.call(book_family, members, ids(fit), "spoke-1", "tg:home", key, NOW)


def taken(db: Database, windows: int, each: int) -> None:
    """So many places of the first windows of the session are gone."""
    ours = select(Window.id).where(Window.hub_id == "hub-1", Window.specialty == "general_medicine")
    first = db.call(lambda s: s.execute(ours.order_by(Window.starts_at).limit(windows)).scalars().all())
    db.call(lambda s: s.execute(update(Window).where(Window.id.in_(first)).values(taken=each, issued=each)))


def test_a_family_sits_in_one_window_with_tokens_in_a_row(world: Database) -> None:
    members = household(world, 4)
    found = fits(world, 4)
    assert [(fit.starts_at, len(fit.windows)) for fit in found] == [(ELEVEN + n * HALF_HOUR, 1) for n in range(4)]
    made = book(world, members, found[0])
    assert [one.token_number for one in made] == [1, 2, 3, 4]
    assert [one.person_id for one in made] == [person for person, _ in members]
    assert world.call(broken) == []


def test_where_no_window_takes_all_neighbours_do(world: Database) -> None:
    taken(world, 4, each=2)
    found = fits(world, 4)
    assert [(fit.starts_at, fit.ends_at) for fit in found] == [(ELEVEN, ELEVEN + 2 * HALF_HOUR)]
    assert [one.token_number for one in book(world, household(world, 4), found[0])] == [3, 4, 103, 104]


def test_windows_with_a_gap_between_them_are_no_neighbours(world: Database) -> None:
    taken(world, 4, each=4)
    ours = select(Window.id).where(Window.hub_id == "hub-1", Window.specialty == "general_medicine")
    four = world.call(lambda s: s.execute(ours.order_by(Window.starts_at).limit(4)).scalars().all())
    for window in (four[0], four[2]):
        world.call(lambda s, w=window: s.execute(update(Window).where(Window.id == w).values(taken=2)))
    assert fits(world, 4) == []
    assert [fit.starts_at for fit in fits(world, 2)] == [ELEVEN, ELEVEN + 2 * HALF_HOUR]


def test_too_large_for_any_session_is_offered_nothing(world: Database) -> None:
    assert fits(world, 16) and not fits(world, 17)


def test_reserved_places_are_for_who_must_be_seen_within_a_day(world: Database) -> None:
    world.call(lambda s: s.execute(update(Window).values(reserved=2)))
    assert len(fits(world, 4)[0].windows) == 2
    assert len(fits(world, 4, urgent=True)[0].windows) == 1
    led = ("consultation_24", "rule", "protocol", "1", "general_medicine")
    decision = world.call(decisions.record, None, "tg:home", {}, *led, NOW)
    ill, also, well, other = (person for person, _ in household(world, 4))
    members: list[families.Member] = [(ill, decision), (also, decision), (well, None), (other, None)]
    made = book(world, members, fits(world, 4, urgent=True)[0])
    assert {one.token_number for one in made} == {1, 2, 3, 4}


def test_a_family_of_four_after_three_places_books_nobody(world: Database) -> None:
    found = fits(world, 4)[0]
    taken(world, 1, each=1)
    assert book(world, household(world, 4), found) == NotTogether("taken")
    assert world.call(lambda s: s.execute(select(BookingTable.id)).all()) == []
    first = select(Window.taken, Window.issued).where(Window.id == ids(found)[0])
    assert tuple(world.call(lambda s: s.execute(first).one())) == (1, 1)


def test_control_without_all_or_none_three_are_booked(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "_all_or_none", lambda _s: nullcontext())
    found = fits(world, 4)[0]
    taken(world, 1, each=1)
    assert book(world, household(world, 4), found) == NotTogether("taken")
    assert len(world.call(lambda s: s.execute(select(BookingTable.id)).all())) == 3


def test_who_sits_there_already_is_named_and_nobody_is_booked(world: Database) -> None:
    members = household(world, 3)
    found = fits(world, 3)
    world.call(bookings.book, members[1][0], ids(found[1])[0], "spoke-1", "tg:home", None, "alone", NOW)
    assert book(world, members, found[0]) == NotTogether("already_booked", members[1][0])
    assert len(world.call(lambda s: s.execute(select(BookingTable.id)).all())) == 1


def test_the_same_press_books_a_family_once(world: Database) -> None:
    members, found = household(world, 3), fits(world, 3)[0]
    made = book(world, members, found)
    assert [one.id for one in book(world, members, found)] == [one.id for one in made]
    with pytest.raises(NotAllowed):
        world.call(book_family, members, ids(found), "spoke-1", "tg:thief", "press", NOW)


def test_nobody_books_anothers_family(world: Database) -> None:
    mine, theirs = household(world, 1), household(world, 1, "tg:other")
    with pytest.raises(NotAllowed):
        book(world, mine + theirs, fits(world, 2)[0])
    assert world.call(lambda s: s.execute(select(BookingTable.id)).all()) == []


@pytest.mark.parametrize("many", [0, 11])
def test_a_family_of_none_or_of_a_village_is_refused(world: Database, many: int) -> None:
    with pytest.raises(ValueError, match="1 to 10 are booked"):
        book(world, household(world, many), fits(world, 1)[0])


def test_nobody_is_named_twice(world: Database) -> None:
    with pytest.raises(ValueError, match="1 of them different"):
        book(world, household(world, 1) * 2, fits(world, 2)[0])


async def race(db: Database, singles: int) -> list[Any]:
    """Four families of four, and people alone, after the eleven places of three windows."""
    found = families.Together(tuple(one.windows[0] for one in fits(db, 4)[:3]))
    taken(db, 1, each=1)
    homes = {f"tg:home{n}": household(db, 4, f"tg:home{n}") for n in range(4)}
    alone = [(f"tg:alone{n}", household(db, 1, f"tg:alone{n}")[0][0]) for n in range(singles)]
    together = [
        db.run(book_family, members, ids(found), "spoke-1", chat, f"press {chat}", NOW)
        for chat, members in homes.items()
    ]
    singly = [
        db.run(bookings.book, person, ids(found)[n % 3], "spoke-1", chat, None, f"press {chat}", NOW)
        for n, (chat, person) in enumerate(alone)
    ]
    return list(await asyncio.gather(*together, *singly))


def complete(db: Database) -> bool:
    """Every family has a token each, or none has one."""
    rows = db.call(
        lambda s: s.execute(select(BookingTable.chat).where(BookingTable.chat.like("tg:home%"))).scalars().all()
    )
    return {rows.count(f"tg:home{n}") for n in range(4)} <= {0, 4}


async def test_families_and_people_at_once_oversell_nothing_and_part_nobody(world: Database) -> None:
    made = await race(world, singles=5)
    together = [one for one in made[:4] if isinstance(one, list)]
    assert all(len(one) == 4 for one in together) and together
    assert world.call(without_the_one_before) == [] and complete(world)
    tokens = world.call(lambda s: s.execute(select(BookingTable.session_id, BookingTable.token_number)).all())
    assert len(tokens) == len(set(tokens))


async def test_control_the_same_race_without_all_or_none_parts_a_family(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "_all_or_none", lambda _s: nullcontext())
    await race(world, singles=0)  # two fit, and the third gets the three places that are left
    assert not complete(world)


def without_the_one_before(s: Connection) -> list[str]:
    """The rules that are broken, apart from the one place of the first window that was gone before."""
    first = select(Window.id).where(Window.hub_id == "hub-1", Window.specialty == "general_medicine")
    id = s.execute(first.order_by(Window.starts_at).limit(1)).scalar_one()
    s.execute(update(Window).where(Window.id == id).values(taken=Window.taken - 1))
    return broken(s)


def test_two_members_of_one_family_are_booked_for_the_same_hour(world: Database) -> None:
    made: list[Booking] = book(world, household(world, 2), fits(world, 2)[0])
    assert len({one.starts_at for one in made}) == 1
