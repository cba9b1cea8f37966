"""Words of the day in three ways of writing, and the notices that the day brings."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.day import mark, my_turn, sitting
from flows.day_notices import missed, near_turn
from flows.day_words import a_token, asks_turn, calls_next, marks, together
from flows.reminders import KINDS, ZONE, by_day
from flows.talk import Then
from tests.flows.test_booking import run


@pytest.mark.parametrize(
    "text",
    [
        "amar palla kokhon", "amar pala kobe asbe", "koto jon baki", "ar koto jon ache age", "amar serial kokhon",
        "kokhon dakbe",
        "আমার পালা কখন?", "কত জন বাকি", "আর কতজন আছে আগে", "আমার ডাক কখন আসবে", "কখন ডাকবেন", "আর কতক্ষণ",
        "When is my turn?", "when will my turn come", "how many people are before me", "how many are ahead of me",
        "how much longer", "my turn kokhon",
    ],
)  # fmt: skip
def test_a_question_about_the_turn(text: str) -> None:
    assert asks_turn(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "amar jor", "koto din dhore jor", "3 din dhore", "buke betha koto", "doctor kokhon asbe", "how many days",
        "aro age",
        "আমার টোকেন", "কত দিন ধরে", "pala", "turn", "baki ta pore bolbo", "when can I see a doctor", "ডাক্তার কখন দেখবেন",
        "amar chele ta koto jon er shathe khele tar age ami jani na bujhte parchi na ki hobe",
    ],
)  # fmt: skip
def test_no_question_about_the_turn(text: str) -> None:
    assert not asks_turn(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("token 12 eseche", ("arrived", 12)), ("12 number eseche", ("arrived", 12)),
        ("টোকেন ১২ এসেছে", ("arrived", 12)),
        ("১২ নম্বর এসে গেছেন", ("arrived", 12)), ("token 12 has arrived", ("arrived", 12)),
        ("12 aseni", ("noshow", 12)), ("১২ আসেননি", ("noshow", 12)), ("token no. 12 did not come", ("noshow", 12)),
        ("12 ke dakun", ("called", 12)), ("12 dakun", ("called", 12)), ("call 12", ("called", 12)),
        ("১২ ডাকুন", ("called", 12)),
        ("12 hoye geche", ("fulfilled", 12)), ("১২ হয়ে গেছে", ("fulfilled", 12)), ("12 done", ("fulfilled", 12)),
        ("12 er jor eseche", None), ("jor eseche", None), ("token 12", None), ("12 13 eseche", None),
        ("12.5 eseche", None),
        ("token 0 eseche", None), ("patient 12 has fever", None),
    ],
)  # fmt: skip
def test_what_the_desk_writes_of_a_token_is_that_and_nothing_else(text: str, meant: object) -> None:
    assert marks(text) == meant


@pytest.mark.parametrize("text", ["next", "Next patient", "porer jon", "পরের জন", "পরের রোগী।"])
def test_the_next_patient_in_words(text: str) -> None:
    assert calls_next(text) and not calls_next(f"{text} kal asbe")


@pytest.mark.parametrize("text", ["puro poribar", "পুরো পরিবার", "whole family", "sobar token", "বাড়ির সবাই"])
def test_a_family_in_words(text: str) -> None:
    assert together(text) and not together(f"{text} er jor")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("১২", 12),
        ("#7", 7),
        ("0", None),
        ("-3", None),
        ("1 2", None),
        ("9" * 50, None),
        ("²", None),
        ("x", None),
    ],
)
def test_a_token_number(text: str, number: int | None) -> None:
    assert a_token(text) == number


BOOKING = {
    "id": "b1", "token": 12, "name": "Rahima", "spoke": {"bn": "মেমারি", "en": "Memari"},
    "specialty": "general_medicine", "hub": {"bn": "হাব", "en": "Hub"}, "status": "booked",
    "starts_at": "2026-11-23T11:00+05:30", "ends_at": "2026-11-23T11:30+05:30",
}  # fmt: skip
TURN = BOOKING | {"ahead": 3, "expected": "2026-11-23T11:20+05:30", "called": False, "today": True}
ELEVEN = datetime(2026, 11, 23, 11, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (TURN, "turn.after"), (TURN | {"ahead": 0}, "turn.next"), (TURN | {"expected": None}, "turn.unknown"),
        (TURN | {"called": True, "expected": None}, "turn.now"), (TURN | {"today": False}, "turn.another_day"),
        (TURN | {"status": "noshow"}, "turn.missed"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_turn(turn: dict[str, object], said: str) -> None:
    assert run(my_turn(), {}, {"MyTurns": [[turn]]})[0] == [said]


def test_on_the_day_only_the_turns_of_the_day_are_told() -> None:
    later = TURN | {"today": False}
    assert run(my_turn(), {}, {"MyTurns": [[TURN, later]]})[0] == ["turn.after"]
    assert run(my_turn(), {}, {"MyTurns": [[later, later]]})[0] == ["turn.another_day"] * 2
    assert run(my_turn(), {}, {"MyTurns": [[]]})[0] == ["turn.none"]


def test_a_number_that_stands_once_is_marked_and_one_that_stands_twice_is_asked_about() -> None:
    other = BOOKING | {"id": "b2"}
    assert run(mark("arrived", "12"), {}, {"ByToken": [[BOOKING]], "SetStatus": [BOOKING]})[0] == ["day.arrived"]
    found = {"ByToken": [[BOOKING, other]], "SetStatus": [None]}
    assert run(mark("noshow", "12"), {"which_token": "b2"}, found)[0] == ["which_token", "day.cannot"]
    assert run(mark("called"), {"day_token": "12"}, {"ByToken": [[]]})[0] == ["day_token", "day.no_token"]


def test_a_word_that_a_turn_is_near_is_said_at_once_or_not_at_all() -> None:
    planned = near_turn(TURN, ELEVEN)
    assert planned and (planned.due, KINDS[planned.kind].priority) == (ELEVEN, "time_critical")
    assert (planned.expires_at - ELEVEN).total_seconds() == 30 * 60
    found = [near_turn(TURN | change, ELEVEN) for change in ({}, {"ahead": 0}, {"expected": None})]
    assert [one.payload["text"] for one in found if one] == [
        "reminder.near_turn",
        "reminder.next_turn",
        "reminder.near_turn_untimed",
    ]


@pytest.mark.parametrize(
    ("hour", "day", "due"), [(11, 23, "23 11:"), (20, 23, "23 20:"), (21, 23, "24 08:"), (2, 23, "23 08:")]
)
def test_who_did_not_come_is_not_written_to_at_night(hour: int, day: int, due: str) -> None:
    planned = missed(BOOKING, datetime(2026, 11, day, hour, tzinfo=ZONE))
    assert planned and planned.due.strftime("%d %H:").startswith(due)
    assert planned.payload["choices"][0]["id"] == "book_again:b1"


def test_by_day_leaves_the_day_as_it_is() -> None:
    assert by_day(ELEVEN, "b1") == ELEVEN


def test_a_screen_that_is_shown_all_day_begins_anew_after_each_mark() -> None:
    line = [BOOKING | {"called": False}]
    marked = {"Line": [line], "SetStatus": [BOOKING]}
    for answers in ({"line": "b1", "mark": "arrived"}, {"line": {"status": "arrived", "token": "12"}}):
        told, ended = run(sitting("7"), answers, {name: list(results) for name, results in marked.items()})
        assert told[-1] == "day.arrived" and ended == Then("sitting", {"session": "7"})
    assert run(sitting("7"), {"line": "leave"}, {"Line": [line]})[1] == Then("sittings")
    assert run(sitting("7"), {}, {"Line": [[]]}) == (["sitting.empty"], None)
