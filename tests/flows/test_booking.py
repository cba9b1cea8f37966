"""Booking by itself: what an answer means, and what is not asked or said twice."""

from __future__ import annotations

from typing import Any

import pytest

from flows.booking import once, take
from flows.heard import Heard
from flows.places import a_place, choose_place, short
from flows.talk import Ask, Do, Flow, Misfit, Say
from flows.windows import a_time, choose_window

SPOKE = {"id": "s1", "name": {"bn": "মেমারি সুস্বাস্থ্য কেন্দ্র (নমুনা)", "en": "Memari health centre (demo)"}}
NEED = {"specialty": "dermatology", "within_days": 7, "decision": None}
WINDOW = {
    "id": "w1", "hub": {"bn": "হাব", "en": "Hub"}, "specialty": "general_medicine",
    "starts_at": "2026-11-24T09:00+05:30", "ends_at": "2026-11-24T09:30+05:30",
}  # fmt: skip
MADE = WINDOW | {"late": False, "token": 1, "spoke": SPOKE["name"], "name": "Rahim", "status": "booked"}


def run(flow: Flow[Any], answers: dict[str, Any], results: dict[str, list[Any]]) -> tuple[list[str], Any]:
    """What a flow asks and says with these answers and these results of actions, in order; and what it comes to."""
    told, reply = [], None
    while True:
        try:
            step = flow.send(reply)
        except StopIteration as end:
            return told, end.value
        match step:
            case Ask():
                told.append(step.question)
                reply = answers[step.question]
            case Say():
                told.append(step.text)
                reply = None
            case Do(action):
                reply = results[type(action).__name__].pop(0)


def a_person() -> Flow[str]:
    """Somebody whose name is asked."""
    return (yield Ask("name"))


@pytest.mark.parametrize("refused", ["taken", "past"])
def test_who_was_too_slow_is_asked_for_a_time_and_for_nothing_else(refused: str) -> None:
    free = {"windows": [WINDOW], "stands_in": True}
    results = {"FreeWindows": [free, free], "Hold": [{"refused": refused}, {"id": "b1"}], "Book": [MADE]}
    told, made = run(take(SPOKE, NEED, a_person), {"window": "w1", "name": "p1", "confirm": "yes"}, results)
    assert told == [
        "window.stands_in", "window", "name", f"booking.refused_{refused}", "window", "confirm",
        "booking.token",
    ]  # fmt: skip
    assert made["token"] == 1


@pytest.mark.parametrize("refused", ["taken", "past", "overlap"])
def test_a_hold_that_came_to_nothing_when_it_was_confirmed_is_offered_again(refused: str) -> None:
    free = {"windows": [WINDOW], "stands_in": False}
    results = {"FreeWindows": [free, free], "Hold": [{"id": "b1"}, {"id": "b2"}], "Book": [{"refused": refused}, MADE]}
    told, made = run(take(SPOKE, NEED, a_person), {"window": "w1", "name": "p1", "confirm": "yes"}, results)
    assert told == ["window", "name", "confirm", f"booking.refused_{refused}", "window", "confirm", "booking.token"]
    assert made["token"] == 1


def test_a_place_that_is_not_wanted_is_given_back() -> None:
    results = {"FreeWindows": [{"windows": [WINDOW], "stands_in": False}], "Hold": [{"id": "b1"}], "Release": [None]}
    answers = {"window": "w1", "name": "p1", "confirm": "no"}
    assert run(take(SPOKE, NEED, a_person), answers, results) == (["window", "name", "confirm"], "not_now")
    assert results["Release"] == []


def test_a_person_is_asked_for_once() -> None:
    asked = once(a_person)

    def twice() -> Flow[tuple[str, str]]:
        return (yield from asked()), (yield from asked())

    assert run(twice(), {"name": "p1"}, {}) == (["name"], ("p1", "p1"))


@pytest.mark.parametrize(
    ("text", "found", "comes_to"),
    [("na", [], None), ("na na, memari te", [{"lat": 23.2, "lon": 88.1}], {"lat": 23.2, "lon": 88.1})],
)
def test_a_no_is_a_place_only_if_one_is_found_in_it(text: str, found: list[Any], comes_to: Any) -> None:
    answer = a_place(Heard(text, reply="no"))
    assert run(choose_place("ask.place"), {"place": answer}, {"FindPlaces": [_found(found)]})[1] == comes_to


def _found(places: list[Any]) -> dict[str, Any]:
    return {"places": places, "more": 0, "sure": True, "pin": None}


def test_a_sentence_of_150_letters_may_name_a_place_and_a_longer_one_not() -> None:
    assert a_place(Heard("a" * 150)) == {"text": "a" * 150}
    assert a_place(Heard("a" * 151)) is None


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        (Heard("ekhon"), {"soonest": True}),
        (Heard("এখনই"), {"soonest": True}),
        (Heard("তাড়াতাড়ি"), {"soonest": True}),
        (Heard("ekhon noy"), "not_now"),
        (Heard("ajke noy", when="2026-11-24", reply="no"), {"not_on": "2026-11-24", "part": None}),
        (Heard("not today", when="2026-11-24"), {"not_on": "2026-11-24", "part": None}),
        (Heard("না, আজ", when="2026-11-24", reply="no"), {"after": "2026-11-24", "part": None}),
        (Heard("last one", ordinal=-1), {"last": True}),
        (Heard("Next day"), {"next_day": True}),
        (Heard("পরের দিন"), {"next_day": True}),
        (Heard("more"), {"more": True}),
        (Heard("আরো দেখাও"), {"more": True}),
        (Heard("গতকাল"), Misfit("misfit.past_day")),
        (Heard("২০/১১/২০২৬"), Misfit("misfit.past_day")),
        (Heard("hmm"), None),
    ],
)
def test_a_time_in_words(heard: Heard, meant: Any) -> None:
    assert a_time(heard) == meant


def test_the_last_one_is_the_last_window_that_is_shown() -> None:
    windows = [WINDOW, WINDOW | {"id": "w2"}]
    flow = choose_window(SPOKE, NEED, set())
    free = {"windows": windows, "stands_in": False}
    assert run(flow, {"window": {"last": True}}, {"FreeWindows": [free]})[1]["id"] == "w2"


def test_a_centre_on_a_button_is_its_place() -> None:
    assert short(SPOKE["name"]) == {"bn": "মেমারি", "en": "Memari"}
    assert short({"bn": "স্বাস্থ্য কেন্দ্র", "en": "Health centre"})["en"] == "Health centre"
