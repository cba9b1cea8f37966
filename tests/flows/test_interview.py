"""What is answered in an interview is what it is decided by: nothing is lost, nothing is denied that was not asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import talk
from flows.decide import unread
from flows.findings import findings
from flows.protocol import person_facts
from flows.story import Story, merge
from flows.talk import Ask, Journal, Step, sprint
from flows.triage import interview

TURNS_AT_MOST = 30
COMPLAINTS = sorted(set(findings()) - set(unread(findings())))


def answered(told: dict[str, Any], pick: st.DataObject | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of the outcome, and the facts as they were told and answered.

    `pick` None: chest pain is ticked first, then the first sign each time.
    """
    journal, true = Journal([["note", "", None, told]]), dict(told)
    for _ in range(TURNS_AT_MOST):
        facts: dict[str, Any] = {}
        for entry in journal.entries:
            facts = merge(facts, entry[3])
        going = sprint(interview(Story(facts).facts), journal)
        try:
            next(going)
        except StopIteration as end:
            came_to = end.value
        if came_to.ask is None:
            return came_to.result[1], true
        answer = _answer(came_to.ask, pick)
        meant = came_to.ask.facts(answer)
        true |= meant
        journal.add("ask", came_to.key, answer, meant)
    raise AssertionError(f"no end after {TURNS_AT_MOST} answers")


def _answer(ask: Ask, pick: st.DataObject | None) -> Any:
    ids = [choice.id for choice in ask.choices]
    if ask.kind == "many":
        signs = [choice.id for choice in ask.choices if choice.finding]
        if pick:
            return pick.draw(st.lists(st.sampled_from(signs), max_size=2, unique=True)) or ["none"]
        return ["chest_pain"] if "chest_pain" in signs else signs[:1]
    return pick.draw(st.sampled_from(ids)) if pick else "no" if "no" in ids else ids[0]


PEOPLE = st.builds(
    person_facts, st.sampled_from([0.1, 2.0, 8.0, 30.0, 70.0]), st.sampled_from(["female", "male"]), st.just(False)
)


@settings(max_examples=150, deadline=None)
@given(
    complaints=st.lists(st.sampled_from(COMPLAINTS), min_size=1, max_size=2, unique=True),
    person=PEOPLE,
    pick=st.data(),
)
def test_what_was_answered_is_what_is_decided_by(
    complaints: list[str], person: dict[str, Any], pick: st.DataObject
) -> None:
    facts, true = answered(dict.fromkeys(complaints, True) | person | {"duration_days": 3}, pick)
    assert {code: facts.get(code) for code in true} == true
    assert {code for code, value in facts.items() if value is False} <= set(true)


FEVER_AND_COUGH = {"fever": True, "cough": True, "duration_days": 3} | person_facts(34.0, "male", None)


def test_two_screens_in_a_row_end() -> None:
    facts, true = answered(FEVER_AND_COUGH, None)
    assert {code: facts.get(code) for code in true} == true


def test_without_a_key_of_its_own_a_second_screen_takes_the_place_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with screens under one key, what was ticked on the first is lost, and asked for ever."""
    keyed = talk._key

    def one_key(step: Step, times: Counter[str]) -> str:
        return step.question if isinstance(step, Ask) and step.kind == "many" else keyed(step, times)

    monkeypatch.setattr(talk, "_key", one_key)
    with pytest.raises(AssertionError):
        answered(FEVER_AND_COUGH, None)
