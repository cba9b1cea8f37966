"""Few words compared with known ones: who says that they have arrived, and who only says so much like it."""

from __future__ import annotations

import pytest

from flows.heard import Heard
from flows.plainwords import plainly_arrived
from flows.summary import _signs
from flows.talk import Misfit
from flows.vitals import dangerous


@pytest.mark.parametrize("text", ["পৌঁছে গেছি", "pouche gechi", "we reached", "arrived", "at the hospital now"])
def test_who_has_arrived_says_so(text: str) -> None:
    assert plainly_arrived(text)


@pytest.mark.parametrize(
    "text", ["আটকে গেছি", "হারিয়ে গেছি", "ekhono pouchoini", "পৌঁছাইনি", "when will we be reached", "bhule gechi"]
)
def test_who_is_stuck_or_lost_has_not(text: str) -> None:
    assert not plainly_arrived(text)


@pytest.mark.parametrize("text", ["yes but paracetamol 650", "yes?", "yes, no wait", "হ্যাঁ কিন্তু ওষুধটা বদলাও"])
def test_a_yes_with_anything_beside_it_signs_nothing(text: str) -> None:
    assert isinstance(_signs(Heard(text=text, reply="yes")), Misfit)


def test_a_bare_yes_signs() -> None:
    assert (_signs(Heard(text="yes", reply="yes")), _signs(Heard(text="না", reply="no"))) == ("yes", "no")


def test_values_that_are_an_emergency_are_told_from_those_that_are_not() -> None:
    low = {"systolic": 70.0, "oxygen_percent": 72.0, "pulse": 88.0, "weight_kg": 54.0}
    assert dangerous(low) == ["systolic", "oxygen_percent"]
    assert dangerous({"systolic": 120.0, "diastolic": 80.0, "oxygen_percent": 97.0, "temperature_f": 101.0}) == []
