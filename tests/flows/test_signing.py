"""What signs a paper that is typed instead of touched."""

from __future__ import annotations

import pytest

from flows.heard import Heard
from flows.summary import _signs
from flows.talk import Misfit


@pytest.mark.parametrize("text", ["yes but paracetamol 650", "yes?", "yes, no wait", "হ্যাঁ কিন্তু ওষুধটা বদলাও"])
def test_a_yes_with_anything_beside_it_signs_nothing(text: str) -> None:
    assert isinstance(_signs(Heard(text=text, reply="yes")), Misfit)


def test_a_bare_yes_signs() -> None:
    assert (_signs(Heard(text="yes", reply="yes")), _signs(Heard(text="না", reply="no"))) == ("yes", "no")
