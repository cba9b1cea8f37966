"""The training and the held-out sentences: enough of them, apart from each other, about findings that exist."""

from __future__ import annotations

import json
import re
from collections import Counter

from flows.findings import findings
from nlu.normal import script
from nlu.reading import INTENTS
from tests.rasa.sentences import alike, held_out, plain, training_lines


def test_every_intent_has_enough_sentences_in_every_way_of_writing() -> None:
    by_intent = Counter(intent for intent, _ in training_lines())
    in_bengali = Counter(intent for intent, line in training_lines() if script(plain(line)) == "bengali")
    assert set(by_intent) == set(INTENTS)
    for intent in INTENTS:
        assert by_intent[intent] >= (300 if intent == "report_symptoms" else 60), intent
        assert in_bengali[intent] >= 15, intent
        assert by_intent[intent] - in_bengali[intent] >= 30, intent


def test_no_sentence_is_taught_twice() -> None:
    seen = Counter(alike(plain(line)) or plain(line) for _, line in training_lines())
    assert [text for text, times in seen.items() if times > 1] == []


def test_held_out_sentences_are_not_taught() -> None:
    taught = {alike(plain(line)) for _, line in training_lines()}
    assert [s.text for s in held_out() if alike(s.text) in taught] == []


def test_held_out_sentences_cover_every_intent_in_every_way_of_writing() -> None:
    each = Counter((s.intent, s.way) for s in held_out())
    assert {intent for intent, _ in each} == set(INTENTS)
    for intent in INTENTS:
        assert all(each[intent, way] >= 3 for way in ("bengali", "romanised", "english")), intent
        assert sum(times for (i, _), times in each.items() if i == intent) >= 8, intent


def test_every_marked_finding_is_one_that_we_have() -> None:
    marks = [json.loads(mark) for _, line in training_lines() for mark in re.findall(r"\](\{[^}]*\})", line)]
    assert len(marks) > 400
    assert {mark["value"] for mark in marks} - set(findings()) == set()
    assert {mark.get("role", "denied") for mark in marks} == {"denied"}
