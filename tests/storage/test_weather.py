"""Clocks that jump, a file that another process holds, a line that is cut: no half-made booking, and once is once."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

from storage import bookings, outbox, waiting
from storage.bookings import book, confirm
from storage.outbox import Notice
from storage.records import Booking, Refusal
from storage.session import Database, DatabaseAway

from .conftest import NOW
from .invariants import broken
from .test_booking_races import ask, held, offered, person, sized, windows
from .world import build

HOUR = timedelta(hours=1)
AWAY_FOR = 12.0
"""Seconds for which the file is held: longer than SQLite itself waits for it."""


@pytest.fixture
def world(db: Database) -> Database:
    db.call(build)
    return db


def test_a_clock_an_hour_back_between_holding_and_confirming_does_no_harm(world: Database) -> None:
    mine = held(world, "tg:1", windows(world)[0])
    assert world.call(waiting.expire_held, NOW - HOUR) == []
    made = world.call(confirm, mine.id, "tg:1", NOW - HOUR)
    assert isinstance(made, Booking) and (made.id, made.status) == (mine.id, "booked")
    assert world.call(broken) == []


def test_a_clock_an_hour_on_takes_the_place_anew_or_says_that_it_is_gone(world: Database) -> None:
    window = sized(world, windows(world)[3], 1)  # the last, which is not over by then
    mine = held(world, "tg:1", window)
    made = world.call(confirm, mine.id, "tg:1", NOW + HOUR)
    assert isinstance(made, Booking) and made.status == "booked"
    gone = held(world, "tg:2", windows(world)[0])
    assert world.call(confirm, gone.id, "tg:2", NOW + 2 * HOUR) == Refusal("past")
    assert world.call(broken) == []


def test_a_clock_that_jumps_and_comes_back_makes_no_offer_twice(world: Database) -> None:
    offer = offered(world, "tg:1", windows(world)[0])
    world.call(waiting.expire_held, NOW + HOUR)
    assert world.call(waiting.offer_on, offer.window_id, NOW) is None
    again = world.call(waiting.offer_free, NOW)
    assert [one.window_id for one in again] == [windows(world)[1].window_id]
    assert world.call(broken) == []


def told(s: Connection, *asked: Any) -> Any:
    """A booking with its notice, as a turn makes it."""
    made = book(s, *asked)
    if isinstance(made, Booking):
        outbox.put(s, [Notice(made.chat, "reply", {}, NOW, key=f"made {made.id}")], NOW)
    return made


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seconds", [1.0, AWAY_FOR])
def test_a_file_that_another_process_holds_is_waited_for(world: Database, url: str, seconds: float) -> None:
    asked = ask(windows(world)[0], "tg:1", person(world, "tg:1"))
    holding = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    holding.execute("BEGIN IMMEDIATE")
    release = threading.Timer(seconds, holding.execute, ["ROLLBACK"])
    release.start()
    made = world.call(told, *asked)
    release.join()
    holding.close()
    assert isinstance(made, Booking)
    assert world.call(told, *asked) == made
    assert world.call(outbox.counts) == {"waiting": 1} and world.call(broken) == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("step", ["_stands_in_the_way", "take_place", "booking"])
def test_a_line_cut_in_the_middle_leaves_nothing_and_the_same_press_books_once(
    world: Database, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    asked, real = ask(windows(world)[0], "tg:1", person(world, "tg:1")), getattr(bookings, step)

    def cut(s: Connection, *args: Any, **kwargs: Any) -> Any:
        result = real(s, *args, **kwargs)
        monkeypatch.setattr(bookings, step, real)
        _end_of(world, s)
        return result

    monkeypatch.setattr(bookings, step, cut)
    with pytest.raises(DatabaseAway):
        world.call(told, *asked)
    assert world.call(broken) == [] and world.call(bookings.bookings_of, "tg:1", NOW) == []
    once, again = (world.call(told, *asked) for _ in range(2))
    assert isinstance(once, Booking) and once == again and once.token_number == 1
    assert world.call(outbox.counts) == {"waiting": 1} and world.call(broken) == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_line_cut_after_the_commit_and_before_its_answer_books_once(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked does not know whether it was done: the same press again tells."""
    asked, real = ask(windows(world)[0], "tg:1", person(world, "tg:1")), world.engine.dialect.do_commit

    def commit(connection: Any) -> None:
        real(connection)
        monkeypatch.undo()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(world.engine.dialect, "do_commit", commit)
    with pytest.raises(DatabaseAway):
        world.call(told, *asked)
    made = world.call(told, *asked)
    assert isinstance(made, Booking) and made.token_number == 1
    assert world.call(outbox.counts) == {"waiting": 1} and world.call(broken) == []


def _end_of(db: Database, s: Connection) -> None:
    pid = s.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with db.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
