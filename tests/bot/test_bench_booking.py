"""The measurement of bookings counts right: ours sells no place twice on either database, counting first does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from bot.bench_booking import ways
from bot.bench_booking.measure import _ours, measure, measure_processes
from bot.bench_booking.servers import new_database, sqlite_file
from bot.bench_booking.world import CAPACITY, EACH, ROWS_A_BOOKING, Plan
from tests.bot.test_command_line import ingit
from tests.storage.conftest import postgres

__all__ = ["postgres"]

HOT = Plan("hot", 4, hot=True)
SPREAD = Plan("spread", 4, hot=False)


@contextmanager
def fresh(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    made: AbstractContextManager[str]
    made = sqlite_file() if kind == "sqlite" else new_database(request.getfixturevalue("postgres"))
    with made as url:
        yield url


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("plan", [HOT, SPREAD], ids=lambda plan: plan.name)
def test_ours_fills_every_window_and_no_more(kind: str, plan: Plan, request: pytest.FixtureRequest) -> None:
    found = measure(lambda: fresh(kind, request), _ours, plan)
    assert (found["bookings"], found["oversold"]) == (plan.windows * CAPACITY, 0)
    assert found["outbox_rows_a_booking"] == ROWS_A_BOOKING


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_counting_first_sells_places_twice(kind: str, request: pytest.FixtureRequest) -> None:
    """The control: with as many at once, asking as often, the check of another transaction is not enough."""
    found = measure(lambda: fresh(kind, request), ways.count_then_insert, Plan("hot", 16, hot=True))
    assert found["oversold"] > 0


def test_the_plain_writer_books_the_same(request: pytest.FixtureRequest) -> None:
    found = measure(sqlite_file, ways.plain, SPREAD)
    assert (found["bookings"], found["oversold"]) == (SPREAD.windows * CAPACITY, 0)


def test_two_processes_share_the_work(request: pytest.FixtureRequest) -> None:
    found = measure_processes(lambda: fresh("postgresql", request), HOT)
    assert (found["bookings"], found["oversold"]) == (HOT.windows * CAPACITY, 0)
    shares = [SPREAD.presses(share, 2) for share in range(2)]
    assert sorted(one.person for share in shares for one in share) == sorted(one.person for one in SPREAD.presses())
    assert len(SPREAD.presses()) == SPREAD.windows * EACH


@pytest.mark.parametrize(
    ("url", "said"),
    [("sqlite:///x.db", "--postgres"), ("nonsense", "--postgres"), ("postgresql+psycopg://a@127.0.0.1:1/b", "reached")],
)
def test_a_server_that_cannot_be_used_is_said(url: str, said: str) -> None:
    ran = ingit("bench", "booking", "--quick", "--postgres", url)
    assert ran.returncode != 0
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
