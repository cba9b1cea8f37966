"""Guesses: after five wrong ones it is shut, for longer each time, however many come at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from storage import guesses
from storage.session import Database

from .conftest import NOW

WHAT = "pin:tg:1"
MINUTE = timedelta(minutes=1)


def guess(db: Database, at: datetime, right: bool = False) -> str | None:
    """What a guess came to: "in", or None; whether it was looked at is told by `looked`."""
    return db.call(lambda s: guesses.tried(s, WHAT, at, lambda: "in" if right else None, one_secret=True))


def looked(db: Database, at: datetime) -> bool:
    """Whether a wrong guess at this time is looked at at all."""
    seen: list[bool] = []
    db.call(lambda s: guesses.tried(s, WHAT, at, lambda: seen.append(True)))
    return bool(seen)


def test_five_are_looked_at_and_the_sixth_is_not(db: Database) -> None:
    assert [looked(db, NOW) for _ in range(6)] == [True] * 5 + [False]
    assert db.call(guesses.shut_until, WHAT, NOW) == NOW + 15 * MINUTE
    assert guess(db, NOW + 14 * MINUTE, right=True) is None


def test_then_one_at_a_time_each_shutting_for_twice_as_long_up_to_a_day(db: Database) -> None:
    for _ in range(5):
        guess(db, NOW)
    at, hours = NOW, [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24]
    for shut in hours:
        until = at + timedelta(hours=shut)
        assert not looked(db, until - MINUTE)
        assert looked(db, until)
        at = until


def test_the_right_one_ends_the_count(db: Database) -> None:
    for _ in range(4):
        guess(db, NOW)
    assert guess(db, NOW, right=True) == "in"
    assert [looked(db, NOW) for _ in range(6)] == [True] * 5 + [False]


def test_a_code_that_works_does_not_pay_for_guessing_at_others(db: Database) -> None:
    def own_code(s: Connection) -> str | None:
        return guesses.tried(s, WHAT, NOW, lambda: "own")

    for _ in range(4):
        assert looked(db, NOW)
    assert [db.call(own_code) for _ in range(3)] == ["own"] * 3
    assert [looked(db, NOW) for _ in range(2)] == [True, False]


def test_what_is_long_past_is_forgotten_and_other_secrets_are_others(db: Database) -> None:
    for _ in range(4):
        guess(db, NOW)
    later = NOW + guesses.FORGOTTEN
    assert [looked(db, later) for _ in range(6)] == [True] * 5 + [False]
    assert db.call(guesses.shut_until, "pin:tg:2", later) is None


def test_of_many_at_once_no_more_are_looked_at(db: Database) -> None:
    assert _at_once(db, guesses.tried) == guesses.ALLOWED


def test_without_counting_first_more_of_them_are_looked_at(db: Database) -> None:
    """The control: counted after looking, as one would at first write it, guesses at once pass the guard.

    SQLite has one writer: there is no "at once", and the guard holds even so.
    """
    together = threading.Barrier(1 if db.embedded else GUESSERS)

    def counted_after(s: Connection, what: str, now: datetime, look: Callable[[], Any]) -> Any:
        if guesses.shut_until(s, what, now):
            return None
        if not together.broken:
            together.wait(10)
        found = look()
        guesses.tried(s, what, now, lambda: found)
        return found

    assert _at_once(db, counted_after, times=1) == (guesses.ALLOWED if db.embedded else GUESSERS)


GUESSERS = 8


def _at_once(db: Database, tried: Callable[..., Any], times: int = 5) -> int:
    """How many of so many wrong guesses were looked at."""
    seen: list[int] = []

    def one(number: int) -> None:
        for _ in range(times):
            db.call(lambda s: tried(s, WHAT, NOW, lambda: seen.append(number)))

    with ThreadPoolExecutor(GUESSERS) as pool:
        list(pool.map(one, range(GUESSERS)))
    return len(seen)
