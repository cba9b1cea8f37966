"""The reach of an ASHA worker's evening: a family of four triaged and booked by one message and a few taps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.driving import Service
from tests.enrolling import enrol

TAPS_AT_MOST = 25
FAMILY = {
    "bn": "রহিমা বিবি ৩৪, স্বামী করিম ৪০, ছেলে সোহেল ৬, মেয়ে ২",
    "en": "Rahima Bibi 34, husband Karim 40, son Sohel 6, daughter 2",
}
WITH_TROUBLE = (
    "Rahima Bibi 34 jor 3 din, swami Karim 40 kashi 5 din, chhele Sohel 6 chulkani 12 din, meye 2 patla paikhana"
)
TAPS = {
    "asha_menu": "add_family", "confirm": "yes", "after_family": "ill_now", "together": "all",
    "member_consent": "patient_present", "child_consent": "mother", "danger_signs": "none", "duration": "3",
    "place": "last", "token_too": "yes",
}  # fmt: skip
"""What is touched, question by question; of what is not named here "no", or the first that is offered."""


async def booked(service: Service, family: str, troubles: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """How many taps it took until nothing more was asked, and the tokens that were said."""
    taps, tokens, left = 0, [], list(troubles)
    said = await service.send(text="/start")
    while asked := [message for message in said if "asks" in message]:
        question = asked[-1]["asks"]["question"]
        if question == "household":
            said = await service.send(text=family)
            continue
        offered = [choice["id"] for choice in asked[-1]["choices"]]
        no = "no" if asked[-1]["asks"]["kind"] == "yes_no" else offered[0]
        touched = left.pop(0) if question == "trouble" else TAPS.get(question, no)
        assert touched in offered, (question, offered)
        said, taps = await service.send(press=touched), taps + 1
        tokens += [document for message in said for document in message.get("documents", ())]
        assert taps <= 2 * TAPS_AT_MOST, f"still asking {question}"
    return taps, tokens


@pytest.mark.parametrize("lang", ["bn", "en"])
@pytest.mark.parametrize(
    "troubles",
    [
        ["fever", "cough", "diarrhoea", "fever"], ["headache", "itching", "cough", "diarrhoea"],
        ["abdominal_pain", "headache", "fever", "diarrhoea"], ["other_trouble"] * 4,
    ],
)  # fmt: skip
async def test_a_family_of_four_by_one_message_and_at_most_25_taps(
    service: Service, lang: str, troubles: list[str]
) -> None:
    await enrol(service, "asha", "p1", lang)
    taps, tokens = await booked(service, FAMILY[lang], troubles)
    assert [token["name"] for token in tokens] == ["token.png"] * 4
    assert taps <= TAPS_AT_MOST


async def test_with_the_troubles_in_the_message_it_takes_fewer(service: Service) -> None:
    await enrol(service, "asha", "p1", "bn")
    taps, tokens = await booked(service, WITH_TROUBLE, [])
    assert len(tokens) == 4 and taps <= 20


async def test_no_screen_of_hers_has_more_than_ten_buttons(service: Service, tmp_path: Path) -> None:
    """Of a long list: eight and what goes on, or leaves it."""
    await enrol(service, "asha", "p1", "bn")
    for start in range(0, 36, 12):
        for name in "Amina Sabina Rehana Fatema Sufia Jamila Nasima Halima Salma Rubina Marium Zohra".split():
            await service.send(text="/family")
            await service.send(text=f"{name} Bibi {20 + start} pregnant {start // 12 + 3} mas")
            said = await service.send(press="yes")
            while said[-1].get("asks", {}).get("question") == "same_person":
                said = await service.send(press="another_person")
            await service.send(press="leave")
    for command in ("/families", "/mothers", "/today", "/calls", "/followups", "/start"):
        said = await service.send(text=command)
        for _ in range(7):
            choices = said[-1].get("choices", [])
            assert len(choices) <= 10, (command, [choice["label"] for choice in choices])
            if "more" not in {choice["id"] for choice in choices}:
                break
            said = await service.send(press="more")
