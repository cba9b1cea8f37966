"""A case on a doctor's screen: eight lines at most however much is known, what matters most first."""

from __future__ import annotations

from typing import Any

import pytest

from bot.words import render, text_words
from flows.case_view import measured, story_lines, told
from flows.findings import findings
from flows.heard import Language
from flows.protocol import ABOUT_PERSON

CODES = [code for code in findings() if code not in ABOUT_PERSON]
CASE: dict[str, Any] = {
    "name": "Rahima Bibi", "age_years": 34.0, "sex": "female", "token": 3, "level": "consultation_24", "why": "-",
    "signed": False, "facts": {"fever": True, "duration_days": 3}, "observed": [], "allergies": None, "running": [],
    "last": None,
}  # fmt: skip


def shown(lang: Language, **more: Any) -> list[str]:
    return text_words(lang, "case.story", story_lines(CASE | more)).split("\n")


@pytest.mark.parametrize("lang", ["bn", "en"])
def test_everything_that_can_be_known_is_eight_lines(lang: Language) -> None:
    facts = dict.fromkeys(CODES[:40], True) | dict.fromkeys(CODES[40:80], False) | dict.fromkeys(CODES[80:99])
    lines = shown(
        lang,
        facts=facts,
        observed=[{"vitals": {"pulse": 88.0}, "remark": "pale"}],
        allergies=["penicillin"],
        running=[{"generic": "METFORMIN", "until": "2026-12-01"}],
        last={"date": "2026-11-01", "diagnosis": "Diabetes"},
    )
    assert len(lines) == 8
    assert "32" in lines[1] or "৩২" in lines[1]  # forty are there, eight are named


def test_what_is_urgent_and_who_it_is_stand_first() -> None:
    first, second, *_ = shown("en")
    assert "within a day" in first.lower() or "24" in first or "today" in first.lower()
    assert "Rahima Bibi" in first and "Fever" in second and "3 days" in second


def test_what_nobody_measured_or_asked_is_said_to_be_so() -> None:
    words = "\n".join(shown("en"))
    assert "nothing measured" in words and "not asked" in words and "first time here" in words
    assert "none known" in "\n".join(shown("en", allergies=[]))


def test_the_latest_value_of_each_is_shown_and_every_remark() -> None:
    later, earlier = (
        {"vitals": {"pulse": 90.0}, "remark": ""},
        {"vitals": {"pulse": 88.0, "weight_kg": 54.0}, "remark": "pale"},
    )
    words = "\n".join(shown("en", observed=[later, earlier]))
    assert "pulse 90, weight 54 kg, pale" in words and "88" not in words
    assert measured([]) is None


def test_the_complaint_holds_all_that_was_told() -> None:
    facts = dict.fromkeys(CODES[:20], True)
    assert len(told(CASE | {"facts": facts})["list"]) == 20


def test_words_of_people_stay_words() -> None:
    words = render("en", {"text": "case.story", "args": story_lines(CASE | {"name": "<b>x</b>", "allergies": ["<i>"]})})
    assert "&lt;b&gt;x" in words.text and "&lt;i&gt;" in words.text
