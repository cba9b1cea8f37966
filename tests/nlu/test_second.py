"""What the second reader's probabilities change in what the words told, and what they never change."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.heard import Heard
from nlu.read import read
from nlu.reading import RasaReading
from nlu.second import HIGH, HIGH_ASK, HIGHER

NOW = datetime.fromisoformat("2026-11-23T09:00+05:30")


def heard(text: str, **seen: float) -> Heard:
    """The reading of a text with these probabilities; every other finding is ruled out."""
    return read(text, NOW, rasa=RasaReading("report_symptoms", 0.9, seen=tuple(seen.items()) or (("boil", 0.001),)))


def test_without_its_word_nothing_changes() -> None:
    alone = read("amar jor ar kashi", NOW)
    for opinion in (None, RasaReading("report_symptoms", 0.9)):
        together = read("amar jor ar kashi", NOW, rasa=opinion)
        assert (together.present, together.uncertain) == (alone.present, alone.uncertain)
    assert set(alone.present) == {"fever", "cough"}


def test_what_the_words_told_stays_however_unlikely_it_thinks_it() -> None:
    assert set(heard("amar jor ar kashi", fever=0.9, cough=0.0001).present) == {"fever", "cough"}
    assert heard("amar kashi").present == ("cough",)


def test_a_vague_finding_beside_one_that_is_meant_is_left_out_unless_it_is_likely() -> None:
    text = "kukur kamreche, ghaa, kashi"
    assert set(read(text, NOW).present) == {"animal_bite", "wound", "cough"}
    assert set(heard(text, animal_bite=0.9, cough=0.0).present) == {"animal_bite", "cough"}
    assert "wound" in heard(text, animal_bite=0.9, wound=0.06).present
    assert "wound" in heard(text, animal_bite=0.1).present, "nothing else is surely meant"
    assert "wound" in heard("gha", cough=0.1).present


def test_a_danger_sign_of_the_words_stays_whatever_it_thinks() -> None:
    told = heard("সাপে কামড়েছে, জ্বর", fever=0.9)
    assert set(told.present) == {"snake_bite", "fever"}
    assert told.red_flag


def test_what_it_alone_is_sure_of_is_there() -> None:
    told = heard("ekta ajob kotha", cough=HIGH + 0.01)
    assert told.present == ("cough",)
    assert told.by["second"] == ["cough"]
    assert heard("ekta ajob kotha", cough=HIGH - 0.01).present == ()


def test_a_danger_sign_that_it_alone_saw_is_there_asked_about_or_neither() -> None:
    sure, likely, hardly = (heard("ekta ajob kotha", snake_bite=p) for p in (HIGHER + 0.01, HIGHER, HIGH_ASK))
    assert (sure.present, sure.uncertain, sure.red_flag) == (("snake_bite",), (), True)
    assert (likely.present, likely.uncertain, likely.red_flag) == ((), ("snake_bite",), False)
    assert (hardly.present, hardly.uncertain) == ((), ())


@pytest.mark.parametrize("text", ["jor nei", "সাপে কামড়ায়নি", "হার্ট অ্যাটাক হবে না তো?"])
def test_what_is_denied_or_feared_in_words_is_not_there(text: str) -> None:
    alone = read(text, NOW)
    [code] = [*alone.absent, *alone.uncertain]
    told = heard(text, **{code: 0.99})
    assert (told.present, told.absent, told.uncertain) == ((), alone.absent, alone.uncertain)


def test_a_kind_of_what_was_denied_is_not_there() -> None:
    assert heard("bomi hocche na", vomiting_everything=0.99).present == ()


def test_the_narrower_of_two_stands() -> None:
    assert heard("bomi hocche", vomiting=0.9, vomiting_everything=0.9).present == ("vomiting_everything",)
    assert heard("ja khay sob bomi", vomiting_everything=0.9, vomiting=0.9).present == ("vomiting_everything",)


def test_what_was_measured_is_not_for_it_to_judge() -> None:
    assert "fever" in heard("103 jor, kashi", cough=0.9, fever=0.9).present
    assert "low_oxygen" in heard("oxygen 85, kashi", cough=0.9).present


def test_no_narrower_ordinary_finding_takes_the_place_of_a_danger_sign() -> None:
    assert heard("buke betha", chest_pain=0.9, chest_wall_tenderness=0.9).present == ("chest_pain",)


def test_what_a_new_finding_implies_is_not_asked_about() -> None:
    told = heard("ekta ajob kotha", chest_wall_tenderness=0.9, chest_pain=0.4)
    assert (told.present, told.uncertain) == (("chest_wall_tenderness",), ())
