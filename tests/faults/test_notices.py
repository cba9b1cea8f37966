"""Told though Telegram fails and senders die: none lost, in order, at the pace, not after its time.

NOTICES sets how many (20000 for the long run, which takes one and three processes on both databases), NOTICES_RATE the
limit a second.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.faults.telling import Closed, Reckoning, Trial
from tests.storage.conftest import migrated_file, postgres, url

__all__ = ["migrated_file", "postgres", "url"]

NOTICES = int(os.environ.get("NOTICES", "100"))
RATE = int(os.environ.get("NOTICES_RATE", "30"))


TRIALS = [("sqlite", 1), ("postgresql", 3)]
if NOTICES > 1000:
    TRIALS += [("sqlite", 3), ("postgresql", 1)]


@pytest.mark.parametrize(("url", "processes"), TRIALS, indirect=["url"])
def test_killed_and_refused_everybody_is_told(url: str, processes: int) -> None:
    trial = Trial(url, NOTICES, processes, RATE, within=60 + 4 * NOTICES / RATE)
    wrong = trial.run()
    print(trial.figures)
    assert wrong == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_control_without_the_limit_the_account_says_so(url: str) -> None:
    trial = Trial(url, 400, 1, 30, every=5.0, unlimited=True)
    assert "the limit is 30" in str(trial.run())


def told_as(shown: list[int], states: dict[int, str], night: timedelta = timedelta(days=1)) -> list[str]:
    """What the account says of 36 notices to nine people that were shown in this order, none with a fault."""
    trial = Trial("-", 36, 1, 40)
    said = {number: one for number, one in trial.said.items() if not (one.refused or one.blocked)}
    trial.said = {number: replace(one, night=one.began + night) for number, one in said.items()}
    trial.figures = {"kills": 0, "died": 0}
    closed = {number: Closed(number, states.get(number, "sent"), None, trial.said[number].due) for number in trial.said}
    trial.record.came = [(trial.said[number].due.timestamp() + 0.5, number) for number in shown]
    return Reckoning(trial, shown, (closed, set())).wrong()


ALL = [number for number in range(36) if number not in (7,) and (1 + number % 9) % 40 != 3]


def test_the_account_of_what_went_well_is_clean() -> None:
    assert told_as(ALL, {}) == []


@pytest.mark.parametrize(
    ("shown", "states", "said"),
    [
        (ALL[1:], {}, "lost"),
        ([*ALL, 0], {}, "said twice"),
        ([n for n in ALL if n != 0] + [0], {}, "out of order"),
        (ALL, {4: "waiting"}, "still waiting"),
    ],
)  # fmt: skip
def test_control_what_went_wrong_is_seen(shown: list[int], states: dict[int, str], said: str) -> None:
    assert said in str(told_as(shown, states))


def test_control_what_was_said_in_the_quiet_hours_is_seen() -> None:
    assert "in the quiet hours" in str(told_as(ALL, {}, night=timedelta(0)))
