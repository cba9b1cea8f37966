"""Few words compared with known ones: who says that they have arrived, and who only says so much like it."""

from __future__ import annotations

import pytest

from flows.plainwords import plainly_arrived


@pytest.mark.parametrize("text", ["পৌঁছে গেছি", "pouche gechi", "we reached", "arrived", "at the hospital now"])
def test_who_has_arrived_says_so(text: str) -> None:
    assert plainly_arrived(text)


@pytest.mark.parametrize(
    "text", ["আটকে গেছি", "হারিয়ে গেছি", "ekhono pouchoini", "পৌঁছাইনি", "when will we be reached", "bhule gechi"]
)
def test_who_is_stuck_or_lost_has_not(text: str) -> None:
    assert not plainly_arrived(text)
