"""The engine: replaying, going back, and what an upgrade of the questions does to a conversation in progress."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from flows.talk import Action, Ask, Choice, Do, Flow, Journal, Say, Sprint, sprint


@dataclass(frozen=True)
class Look(Action):
    """A reading action."""

    what: str


@dataclass(frozen=True)
class Book(Action):
    """An action that takes effect."""

    final: ClassVar[bool] = True
    what: str


YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


def trip() -> Flow[str]:
    """A small flow with every kind of step."""
    seen = yield Do(Look("places"))
    place = yield Ask("place", choices=tuple(Choice(name, name) for name in seen))
    yield Say("going", {"place": place})
    if (yield Ask("sure", choices=YES_NO)) == "no":
        return "stayed"
    ticket = yield Do(Book(place))
    yield Say("booked", {"ticket": ticket})
    seat = yield Ask("seat", kind="text")
    return f"{place} {seat}"


class Outside:
    """Performs actions and counts them."""

    def __init__(self) -> None:
        self.done: list[Action] = []

    def run(self, flow: Flow[Any], journal: Journal) -> Sprint:
        """One sprint with its actions performed."""
        going: Generator[Do, Any, Sprint] = sprint(flow, journal)
        result: Any = None
        try:
            while True:
                action = going.send(result).action
                self.done.append(action)
                result = ["north", "south"] if isinstance(action, Look) else len(self.done)
        except StopIteration as end:
            came_to: Sprint = end.value
            return came_to


def stored(journal: Journal) -> Journal:
    """The journal as it comes back from the database."""
    return Journal(json.loads(json.dumps(journal.entries)))


ANSWERS = st.lists(st.sampled_from(["north", "south", "yes", "no", "window", "back", "nonsense"]), max_size=12)


@given(ANSWERS)
def test_a_replayed_journal_waits_at_the_same_question_and_says_and_does_nothing_again(answers: list[str]) -> None:
    outside, journal = Outside(), Journal()
    at = outside.run(trip(), journal)
    for answer in answers:
        if answer == "back":
            journal.back()
        elif at.ask and at.key and (not at.ask.choices or answer in {choice.id for choice in at.ask.choices}):
            journal.add("ask", at.key, answer, None)
        at = outside.run(trip(), journal)
        done = len(outside.done)
        again = outside.run(trip(), stored(journal))
        assert (again.ask, again.key, again.result) == (at.ask, at.key, at.result)
        assert again.said == ()
        assert len(outside.done) == done
    booked = [action for action in outside.done if isinstance(action, Book)]
    assert len(booked) <= 1


def test_back_takes_the_last_answer_back_but_not_what_took_effect() -> None:
    outside, journal = Outside(), Journal()
    at = outside.run(trip(), journal)
    for answer in ("north", "yes", "window"):
        assert at.key
        journal.add("ask", at.key, answer, None)
        at = outside.run(trip(), journal)
    assert at.result == "north window"
    assert journal.back()
    assert outside.run(trip(), journal).key == "seat"
    assert not journal.back()
    assert outside.run(trip(), journal).key == "seat"


def test_back_before_the_effect_changes_what_is_done() -> None:
    outside, journal = Outside(), Journal()
    outside.run(trip(), journal)
    journal.add("ask", "place", "north", None)
    outside.run(trip(), journal)
    assert journal.back()
    journal.add("ask", "place", "south", None)
    said = outside.run(trip(), journal).said
    assert [say.args["place"] for say in said] == ["south"]
    journal.add("ask", "sure", "yes", None)
    outside.run(trip(), journal)
    assert outside.done[-1] == Book("south")


def upgraded() -> Flow[str]:
    """The next version: a question before the others, and one that is gone."""
    name = yield Ask("name", kind="text")
    seen = yield Do(Look("places"))
    place = yield Ask("place", choices=tuple(Choice(one, one) for one in seen))
    ticket = yield Do(Book(place))
    return f"{name} {ticket}"


def test_an_upgrade_asks_what_is_new_and_keeps_the_answers_that_still_fit() -> None:
    outside, journal = Outside(), Journal()
    outside.run(trip(), journal)
    journal.add("ask", "place", "north", None)
    outside.run(trip(), journal)
    at = outside.run(upgraded(), stored(journal))
    assert at.key == "name"
    journal.add("ask", "name", "Rahima", None)
    assert outside.run(upgraded(), journal).result == "Rahima 2"


def narrowed() -> Flow[str]:
    """A version in which a former choice is no longer offered."""
    place = yield Ask("place", choices=(Choice("east", "east"),))
    return f"{place}"


def test_an_answer_that_is_no_longer_offered_is_asked_again() -> None:
    journal = Journal([["ask", "place", "north", None]])
    at = Outside().run(narrowed(), journal)
    assert at.key == "place"
    journal.add("ask", "place", "east", None)
    assert Outside().run(narrowed(), journal).result == "east"


def again_and_again() -> Flow[int]:
    """A question that is asked until it is answered by yes."""
    tries = 1
    while (yield Ask("sure", choices=YES_NO)) == "no":
        tries += 1
    return tries


@given(st.integers(0, 6))
def test_the_same_question_asked_again_has_an_answer_of_its_own(times: int) -> None:
    journal = Journal()
    for answer in ["no"] * times + ["yes"]:
        at = Outside().run(again_and_again(), stored(journal))
        assert at.key
        journal.add("ask", at.key, answer, None)
    assert Outside().run(again_and_again(), journal).result == times + 1


def test_a_flow_that_goes_round_in_circles_is_stopped() -> None:
    def circle() -> Flow[None]:
        while True:
            yield Say("round")

    try:
        Outside().run(circle(), Journal())
    except RuntimeError as error:
        assert "steps" in str(error)
    else:
        raise AssertionError("it was not stopped")
