"""Four processes after the last three places, on both databases; and the control."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage.sealed import Keyring, new_key
from storage.session import Database

from .invariants import broken
from .test_booking_races import sized, windows
from .world import build

KEYS = new_key("k1")
PROCESSES = 4
ROOT = Path(__file__).parents[2]


@pytest.fixture
def ring() -> Keyring:
    """Keys that a worker can be given in writing."""
    return Keyring(KEYS)


def race(url: str, window: int, *how: str) -> int:
    """How many got a place of this window in all."""
    command = [sys.executable, "-m", "tests.storage.race_worker", url, KEYS, str(window)]
    workers = [
        subprocess.Popen(
            [*command, str(number), *how], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return sum(int(worker.communicate(timeout=60)[0]) for worker in workers)


@pytest.mark.parametrize("how", [(), ("unguarded",)])
def test_a_hundred_of_four_processes_after_three_places(db: Database, url: str, how: tuple[str, ...]) -> None:
    """With the guard three get a place; without it the window is oversold."""
    db.call(build)
    window = sized(db, windows(db)[0], 3)
    got = race(url, window.window_id, *how)
    if how:
        assert got > 90 and "oversold" in str(db.call(broken))
    else:
        assert got == 3 and db.call(broken) == []
