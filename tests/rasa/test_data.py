"""The training and the held-out sentences: enough of them, apart from each other, about findings that exist."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from yaml import safe_load

from flows.findings import findings
from nlu.normal import script
from nlu.reading import INTENTS
from tests.rasa.conftest import PROJECT
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


def labelled() -> list[dict[str, Any]]:
    files = sorted((PROJECT / "data_findings").glob("*.yaml"))
    return [entry for path in files for entry in safe_load(path.read_text("utf-8"))]


def test_labelled_sentences_name_findings_that_we_have_and_none_comes_twice() -> None:
    assert len(labelled()) > 1_000
    assert {code for entry in labelled() for code in entry["present"]} - set(findings()) == set()
    seen = Counter(entry["text"].strip().lower() for entry in labelled())
    assert [text for text, times in seen.items() if times > 1] == []


def test_labelled_sentences_are_not_those_that_are_measured_on() -> None:
    """Neither here nor in tests/sentences; nothing of either is printed."""
    measured_on = {s.text.strip().lower() for s in held_out()}
    for way in ("bn", "banglish", "en", "mixed"):
        listed = safe_load((PROJECT.parents[1] / "tests" / "sentences" / f"{way}.yaml").read_text("utf-8"))
        measured_on |= {entry["text"].strip().lower() for entry in listed}
    taught_too = sum(entry["text"].strip().lower() in measured_on for entry in labelled())
    assert taught_too == 0
