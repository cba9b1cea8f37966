"""Every rule has a patient for whom that very rule speaks; so every rule can fire, and none hides behind another."""

from __future__ import annotations

import pytest

from flows.decide import unread
from flows.findings import findings
from flows.protocol import ABOUT_PERSON, Rule, default_dont_know, protocols
from tests.flows.patients import interview, opened

ONLY_ASKED = {"blisters"}
"""Findings met only as an answer; who speaks of blisters first is read as `rash` or `burn`."""

RULES = [rule for protocol in protocols().values() for rule in protocol.rules]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_fires_its_rule(rule: Rule) -> None:
    example = rule.data.example.facts()
    decision, _ = interview(example, by=rule.protocol)
    assert decision.rule is not None
    assert decision.rule.id == rule.id, f"{decision.rule.id} ({decision.level}) speaks instead"
    assert decision.level == rule.level
    assert rule.protocol in opened(example), f"nothing in the example opens {rule.protocol.code}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_all_protocols_together_agree_with_the_rule(rule: Rule) -> None:
    decision, _ = interview(rule.data.example.facts())
    assert decision.level == rule.level, f"{decision.rule and decision.rule.id} ({decision.level}) speaks instead"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_dont_know_never_means_less_than_the_usual(rule: Rule) -> None:
    milder = {"emergency_ambulance": "emergency", "emergency": "consultation_24"}
    assert rule.dont_know in {rule.level, milder.get(rule.level), default_dont_know(rule.level)}


def test_every_finding_opens_a_protocol() -> None:
    assert not [code for code in unread(findings()) if code not in ABOUT_PERSON | ONLY_ASKED]


def test_danger_screens_stay_short() -> None:
    for protocol in protocols().values():
        most = 6 if protocol.data.opens else 5
        assert len(protocol.data.danger_signs) <= most, protocol.code
