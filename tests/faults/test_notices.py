"""Told though Telegram fails and senders die: none lost, in order, at the pace, not after its time.

NOTICES sets how many (20000 for the long run), NOTICES_RATE the limit a second.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.telling import Trial
from tests.storage.conftest import migrated_file, postgres, url

__all__ = ["migrated_file", "postgres", "url"]

NOTICES = int(os.environ.get("NOTICES", "160"))
RATE = int(os.environ.get("NOTICES_RATE", "30"))


@pytest.mark.parametrize("processes", [1, 3])
def test_killed_and_refused_everybody_is_told(url: str, processes: int) -> None:
    trial = Trial(url, NOTICES, processes, RATE, within=60 + 4 * NOTICES / RATE)
    wrong = trial.run()
    print(trial.figures)
    assert wrong == []
