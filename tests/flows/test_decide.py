"""What holds of every decision, over all protocols, whatever a person says."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flows.decide import alarm, decide, in_play
from flows.findings import findings
from flows.protocol import ABOUT_PERSON, URGENCY, Level, person_facts, protocols
from tests.flows.patients import interview

CODES = sorted(set(findings()) - ABOUT_PERSON)
DANGER_SIGNS = sorted({sign for protocol in protocols().values() for sign in protocol.data.danger_signs} - ABOUT_PERSON)
OPENERS = sorted({code for protocol in protocols().values() for code in protocol.data.opens} - ABOUT_PERSON)
QUICK = settings(max_examples=250, deadline=None)


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    age = draw(st.sampled_from([0.01, 0.1, 0.3, 1.5, 4, 9, 16, 24, 33, 45, 58, 72]))
    sex = draw(st.sampled_from(["female", "male"]))
    state = {"known_pregnancy": False, "recent_delivery": False}
    if sex == "female" and 15 <= age < 50:
        state[draw(st.sampled_from(["known_pregnancy", "recent_delivery", "none"]))] = True
        state.pop("none", None)
    return person_facts(age, sex, None) | state


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Somebody with one to four findings, of which at least one is a complaint, and perhaps a duration."""
    present = {draw(st.sampled_from(OPENERS)), *draw(st.lists(st.sampled_from(CODES), max_size=3))}
    told = draw(people()) | dict.fromkeys(sorted(present), True)
    days = draw(st.sampled_from([None, 0, 2, 5, 10, 20, 45, 200, 400]))
    return told if days is None else told | {"duration_days": days}


def urgency(told: dict[str, Any], answer: bool | None = False) -> int:
    level: Level | None = interview(told, answer)[0].level
    assert level is not None
    return URGENCY[level]


@QUICK
@given(cases(), st.sampled_from(DANGER_SIGNS))
def test_a_danger_sign_more_never_lowers_the_level(told: dict[str, Any], sign: str) -> None:
    assume(sign not in told)
    assume(any(protocol.data.opens for protocol in in_play(told)))
    assert urgency(told | {sign: True}) <= urgency(told)


@QUICK
@given(cases())
def test_dont_know_never_lowers_the_level(told: dict[str, Any]) -> None:
    assert urgency(told, answer=None) <= urgency(told, answer=False)


@QUICK
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_what_was_said_does_not_matter(told: dict[str, Any], order: random.Random) -> None:
    shuffled = list(told.items())
    order.shuffle(shuffled)
    one, other = interview(told)[0], interview(dict(shuffled))[0]
    assert (one.level, one.rule) == (other.level, other.rule)


@QUICK
@given(cases(), st.sampled_from([True, False, None]))
def test_every_interview_ends_and_asks_nothing_twice(told: dict[str, Any], answer: bool | None) -> None:
    decision, asked = interview(told, answer)
    assert decision.rule is not None
    assert len(asked) == len(set(asked))
    assert not set(asked) & set(told)


@QUICK
@given(cases())
def test_an_alarm_is_never_taken_back(told: dict[str, Any]) -> None:
    raised = alarm(told)
    assume(raised is not None and raised.level is not None)
    assert raised is not None and raised.level is not None
    assert urgency(told) <= URGENCY[raised.level]


@QUICK
@given(cases())
def test_self_care_is_only_for_what_is_known(told: dict[str, Any]) -> None:
    decision, _ = interview(told, answer=None)
    if decision.level == "self_care":
        assert decision.rule is not None
        assert not decision.rule.condition.denied - told.keys()


USUAL_IN_INFANTS = {"drooling"}
"""What every infant does, and a child does not."""


@QUICK
@given(cases(), st.sampled_from([(0.05, 0.5), (0.5, 3.0), (72.0, 40.0)]))
def test_a_younger_infant_and_an_older_person_are_never_seen_later(
    told: dict[str, Any], ages: tuple[float, float]
) -> None:
    assume(not USUAL_IN_INFANTS & told.keys())
    of_age = {"known_pregnancy": False, "recent_delivery": False}
    frail, sturdy = (told | {"age_years": age} | of_age for age in ages)
    assert urgency(frail) <= urgency(sturdy)


@QUICK
@given(cases(), st.sampled_from(["known_pregnancy", "recent_delivery"]))
def test_pregnant_or_after_birth_is_never_seen_later(told: dict[str, Any], state: str) -> None:
    woman = told | person_facts(28.0, "female", None) | {"known_pregnancy": False, "recent_delivery": False}
    assert urgency(woman | {state: True}) <= urgency(woman)


def test_nothing_said_is_still_an_outcome() -> None:
    decision, _ = interview(person_facts(40, "male", None))
    assert (decision.level, decision.rule and decision.rule.protocol.code) == ("consultation", "unlisted")


def test_snake_bite_is_an_alarm_before_anything_is_known_of_the_person() -> None:
    raised = alarm({"snake_bite": True})
    assert raised and raised.level == "emergency_ambulance"


def test_a_limb_gone_weak_is_an_alarm_unless_it_is_of_long_standing() -> None:
    assert alarm({"limb_weakness": True})
    assert not alarm({"limb_weakness": True, "duration_days": 365})


def test_a_cold_is_no_alarm() -> None:
    assert alarm({"runny_nose": True, "age_years": 30.0}) is None


def test_what_was_said_is_not_asked_again() -> None:
    first = decide({"fever": True, "age_years": 30.0, "sex_male": True, "sex_female": False,
                    "known_pregnancy": False, "recent_delivery": False, "stiff_neck": False})  # fmt: skip
    assert "stiff_neck" not in first.ask and "fever" not in first.ask
