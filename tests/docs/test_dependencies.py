"""The dependency audit finds what it is there to find."""

from __future__ import annotations

import pytest

from bot.settings import ROOT
from tests.dependencies import fault_of_licence, faults, faults_of_installed, faults_of_lock, locked

GOOD = f"a-package==1.0 \\\n    --hash=sha256:{'0' * 64}\n    # via us\n"


def test_all_is_well_here() -> None:
    assert list(faults()) == []
    assert len(locked((ROOT / "requirements.lock").read_text("utf-8"))) > 80


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("a-package==1.0\n", "a-package has no hash"),
        ("a-package>=1.0\n", "is not pinned"),
        ("git+https://example.org/x\n", "is not pinned"),
        ("# nothing\n", "no package there"),
    ],
)
def test_a_lock_that_vouches_for_nothing_is_refused(lock: str, said: str) -> None:
    assert list(faults_of_lock("lock", GOOD)) == []
    [fault] = faults_of_lock("lock", lock)
    assert said in fault


def test_what_is_installed_is_what_is_locked() -> None:
    assert list(faults_of_installed(GOOD, {"a-package": "1.0", "ingit": "0.1.0"})) == []
    assert len(list(faults_of_installed(GOOD, {"a-package": "1.1", "other": "2"}))) == 2


@pytest.mark.parametrize("said", ["MIT", "BSD-3-Clause", "Apache Software License", "OSI Approved :: ISC License"])
def test_permissive(said: str) -> None:
    assert fault_of_licence("x", said) is None


@pytest.mark.parametrize("said", ["", "GPL-3.0", "GNU Affero General Public License v3", "Proprietary"])
def test_not_permissive(said: str) -> None:
    assert fault_of_licence("x", said) is not None
