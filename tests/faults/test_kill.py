"""Killed at any statement or commit: no place sold twice, no acknowledged message lost, none answered twice.

KILLS sets how often (200 for the long run); on PostgreSQL three processes are at it at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from bot.settings import ROOT
from storage.sealed import new_key
from tests.storage.conftest import migrated_file, postgres, url

__all__ = ["migrated_file", "postgres", "url"]

KILLS = int(os.environ.get("KILLS", "12"))


def killed(url: str, kills: int, **environment: str) -> dict[str, Any]:
    """The figures of so many kills."""
    processes = 1 if url.startswith("sqlite") else 3
    command = [sys.executable, "-m", "tests.faults.killing", url, new_key("k1"), str(kills), str(processes)]
    run = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)
    assert run.stdout, run.stderr[-2000:]
    figures: dict[str, Any] = json.loads(run.stdout)
    return figures


def test_killed_anywhere_nothing_is_lost_and_nothing_done_twice(url: str) -> None:
    figures = killed(url, KILLS)
    assert figures["wrong"] == []
    assert figures["killed"] >= KILLS and figures["acknowledged"] > KILLS
    print(figures)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_control_acknowledged_before_the_commit_messages_are_lost(url: str) -> None:
    assert "lost" in str(killed(url, 12, KILLING_EARLY="1")["wrong"])
