"""The words files become a matcher: what is refused, what a gap and an idiom do, and that Rasa's Python can use it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.datafile import BadData
from nlu.compile_lexicon import compile_lexicon, lexicon
from nlu.lexicon import Lexicon, find, load, matches
from nlu.normal import readable, tokens

ROOT = Path(__file__).parents[2]
Build = Callable[[str], Lexicon]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A lexicon from the text of one words file."""

    def built(text: str) -> Lexicon:
        (tmp_path / "words.yaml").write_text(text, "utf-8")
        return load(json.loads(json.dumps(compile_lexicon(tmp_path))))

    return built


def codes(lexicon: Lexicon, text: str) -> list[str]:
    return [match.code for match in matches(lexicon, tokens(readable(text)))]


def test_one_bengali_word_is_found_in_every_usual_spelling(build: Build) -> None:
    words = build('fever: {bn: [জ্বর]}\nheadache: {bn: ["মাথা ... ব্যথা"]}')
    for typed in ("জ্বর", "জ্বরে", "জ্বরের", "জর", "jor", "jwor", "jbor", "zor", "jorer", "JOR"):
        assert codes(words, typed) == ["fever"], typed
    for typed in ("মাথায় ব্যাথা", "মাথাটা বেথা", "matha betha", "mathay khub byatha", "matar batha"):
        assert codes(words, typed) == ["headache"], typed


def test_a_gap_lets_three_words_pass_and_no_mark(build: Build) -> None:
    words = build('chest_pain: {bn: ["বুকে ... ব্যথা"]}')
    assert codes(words, "বুকে ভাই সকাল থেকে ব্যথা") == ["chest_pain"]
    assert codes(words, "বুকে রাম শ্যাম যদু মধু ব্যথা") == []
    assert codes(words, "বুকে। ব্যথা") == []


def test_a_gap_does_not_leap_over_another_finding(build: Build) -> None:
    words = build('indigestion: {bn: [গ্যাস]}\nabdominal_pain: {bn: ["পেটে ... ব্যথা"]}\nchest_pain: {bn: ["বুকে ... ব্যথা"]}')
    assert codes(words, "পেটে গ্যাস আর বুকে ব্যথা") == ["indigestion", "chest_pain"]
    assert sorted(codes(words, "বুকে আর পেটে ব্যথা")) == ["abdominal_pain", "chest_pain"]


def test_the_longer_phrase_and_the_idiom_win(build: Build) -> None:
    words = build('fever: {bn: [জ্বর], not: ["jor kore"]}\nvomiting: {bn: [বমি]}\nvomiting_blood: {bn: ["রক্ত বমি"]}')
    assert codes(words, "রক্ত বমি") == ["vomiting_blood"]
    assert codes(words, "jor kore khawai") == []
    assert codes(words, "jor ar bomi") == ["fever", "vomiting"]


def test_a_function_word_names_nothing_by_itself(build: Build) -> None:
    with pytest.raises(BadData, match=r"words\.yaml:1: 'এখন' is an ordinary word"):
        build("fever: {bn: [এখন]}")


@pytest.mark.parametrize(
    "text",
    [
        "fever: {bn: [কাশি]}\ncough: {bn: [কাশি]}",
        "fever: {en: [wet cough]}\ncough: {en: [Wet  Cough]}",
        "fever: {latin: [ghaya]}\ncough: {latin: [ghaya]}",
    ],
)
def test_two_findings_with_one_phrase_are_refused_unless_one_wins(build: Build, text: str) -> None:
    with pytest.raises(BadData, match=r"words\.yaml:1: .* is a phrase of cough too"):
        build(text)
    settled = build(text.replace("fever: {", "fever: {wins_over: [cough], "))
    word = text.rsplit("[", 1)[1].rstrip("]}")
    assert codes(settled, word) == ["fever"]


def test_a_finding_stands_in_one_file_only(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("fever: {bn: [জ্বর]}", "utf-8")
    with pytest.raises(BadData, match=r"b\.yaml:1: fever stands in a\.yaml already"):
        compile_lexicon(tmp_path)


@pytest.mark.parametrize("text", ["fever: জ্বর", "fever: {bn: [জ্বর], hindi: [bukhar]}", 'fever: {bn: ["?!"]}'])
def test_a_words_file_that_is_not_as_it_must_be_is_refused_with_its_line(build: Build, text: str) -> None:
    with pytest.raises(BadData, match=r"words\.yaml:1: "):
        build(text)


def test_finding_tells_where(build: Build) -> None:
    text = readable("আমার খুব জ্বর হয়েছে")
    [(code, start, end)] = find(build("fever: {bn: [জ্বর]}"), text)
    assert (code, text[start:end]) == ("fever", "জ্বর")


def test_ordinary_talk_names_no_finding() -> None:
    for text in ("amar nam data ram", "আমি কাল বাজারে যাব", "apni kemon achen", "what time is it now", "জোর করে খাওয়াই"):
        assert codes(lexicon(), text) == [], text


@pytest.mark.parametrize(
    ("text", "not_there"),
    [
        ("kal theke paykhana hocche", "black_stool"), ("ojon komate chai", "unconscious"), ("amar kaka", "cough"),
        ("bhat khacchi", "joint_pain"), ("rokto jhore", "fever"), ("chele chakri kore", "dizziness"),
    ],
)  # fmt: skip
def test_a_romanised_word_is_not_its_likeness(text: str, not_there: str) -> None:
    assert not_there not in codes(lexicon(), text)


def test_two_words_may_stand_the_other_way_round() -> None:
    assert codes(lexicon(), "holud hoye gache chokh") == ["jaundice"]
    assert codes(lexicon(), "মাথা ব্যথা পেট খারাপ") == codes(lexicon(), "মাথা ব্যথা") + codes(lexicon(), "পেট খারাপ")


@pytest.mark.parametrize("text", ["severe headache", "অসহ্য মাথা ব্যথা", "the worst headache"])
def test_what_only_qualifies_stands_beside_the_finding(text: str) -> None:
    assert set(codes(lexicon(), text)) == {"severe_pain", "headache"}


def test_rasas_python_can_load_the_lexicon(tmp_path: Path) -> None:
    python = ROOT / "nlu/rasa/.venv/bin/python"
    if not python.exists():
        pytest.skip("Rasa's environment is not set up; `make run` sets it up")
    (tmp_path / "words.yaml").write_text("fever: {bn: [জ্বর]}", "utf-8")
    (tmp_path / "out.json").write_text(json.dumps(compile_lexicon(tmp_path)), "utf-8")
    asked = (
        "import json, sys; from nlu.lexicon import find, load; "
        "print(find(load(json.load(open(sys.argv[1]))), 'amar jor'))"
    )
    done = subprocess.run(
        [python, "-c", asked, str(tmp_path / "out.json")], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[('fever', 5, 8)]", done.stderr
