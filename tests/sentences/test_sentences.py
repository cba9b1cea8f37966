"""Sentences that neither the lexicon nor the training saw: which of them are read right, by the words alone.

What is said to be there and what is denied must be read from every sentence but those in failing.yaml; and a sentence
there that begins to be read right fails the test too, so that the list stays true.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.evaluation.score import faults
from bot.evaluation.sentences import Sentence, load_sentences
from flows.datafile import BadData
from nlu.compile_lexicon import WORDS
from nlu.read import Expects, read
from tests.rasa.sentences import alike, plain, training_lines

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.glob("*.yaml") if path.name != "failing.yaml")
SENTENCES = load_sentences(FILES)
FAILING = frozenset(yaml.safe_load((HERE / "failing.yaml").read_text("utf-8")))


def misread(sentence: Sentence) -> list[str]:
    """The findings that are read otherwise than they were meant."""
    heard = read(sentence.text, sentence.now, Expects(kind=sentence.expects, question=sentence.expects))
    return [fault for fault in faults(sentence, heard) if fault.startswith(("present", "absent"))]


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.text[:40])
def test_findings_are_read_as_they_were_meant(sentence: Sentence) -> None:
    wrong = misread(sentence)
    if sentence.text in FAILING:
        assert wrong, f"{sentence.text!r} is read right now: take it out of failing.yaml"
    else:
        assert not wrong


def test_there_are_enough_in_every_way_of_writing() -> None:
    ways = Counter(sentence.lang for sentence in SENTENCES)
    assert len(SENTENCES) >= 400
    assert all(ways[way] >= 60 for way in ("bn", "banglish", "en", "mixed"))


def test_what_is_known_to_fail_is_a_sentence_that_stands_here() -> None:
    assert {sentence.text for sentence in SENTENCES} >= FAILING


def test_none_is_taught_or_listed() -> None:
    taught = {alike(plain(line)) for _, line in training_lines()}
    listed = {alike(phrase.replace("...", " ")) for phrase in _phrases()}
    assert [s.text for s in SENTENCES if len(s.text.split()) > 3 and alike(s.text) in taught | listed] == []


def _phrases() -> list[str]:
    entries = [entry for path in WORDS.glob("*.yaml") for entry in yaml.safe_load(path.read_text("utf-8")).values()]
    return [str(phrase) for entry in entries for name in ("bn", "latin", "en") for phrase in entry.get(name, ())]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('- {text: "jor", lang: bn, intent: report_symptoms, present: [feverish]}', "no finding 'feverish'"),
        ('- {text: "jor", lang: bn, intent: ill}', "no intent 'ill'"),
        ('- {text: "jor", lang: hindi, intent: greet}', "lang"),
        ('- {text: "jor", intent: greet, lang: en}\n- {text: "jor", intent: greet, lang: en}', "stands twice"),
        ("text: jor", "a list of sentences"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadData, match=rf"bad\.yaml:\d+: .*{why}"):
        load_sentences([path])
