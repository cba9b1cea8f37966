"""One key for both scripts."""

from __future__ import annotations

import pytest

from nlu.normal import readable, tokens
from nlu.phonetic import english, fold, keys, listed_sounds, tight, typed_sounds


@pytest.mark.parametrize(
    ("bengali", "typed"),
    [
        ("জ্বর", "jor jwor jwar zor jbor jhor"),
        ("ব্যথা", "betha batha byatha beta"),
        ("শ্বাসকষ্ট", "shashkoshto saskosto shwaskasto swaskosto"),
        ("খিঁচুনি", "khichuni kichuni khinchuni"),
        ("হয়েছে", "hoyeche hoyechhe hoeche hoyese"),
        ("ঘাড়", "ghar ghad gharh"),
        ("অজ্ঞান", "oggan aggan ogyan agyan"),
        ("পায়খানা", "paykhana paikhana"),
        ("আত্মহত্যা", "attohotta atmohotya atmahatya"),
    ],
)
def test_what_people_type_is_among_the_keys(bengali: str, typed: str) -> None:
    for word in typed.split():
        assert fold(word) in keys(readable(bengali)), word


@pytest.mark.parametrize(
    ("one", "other"), [("কাশি", "কাঁশী"), ("ব্যথা", "বেথা"), ("ব্যথা", "ব্যাথা"), ("শ্বাস", "স্বাস"), ("হচ্ছে", "হচ্ছে")]
)
def test_usual_misspellings_are_one_word(one: str, other: str) -> None:
    assert tight(readable(one)) == tight(readable(other))


@pytest.mark.parametrize(
    ("one", "other"), [("জ্বর", "জোর"), ("জল", "জ্বল"), ("কাশি", "কৃষি"), ("বমি", "বামে"), ("পেট", "পিঠ")]
)
def test_other_words_are_not(one: str, other: str) -> None:
    assert tight(readable(one)) != tight(readable(other))


def test_british_american_and_doubled_letters_are_one_word() -> None:
    assert english("diarrhoea") == english("diarrhea") == english("diarhea")
    assert english("vomitting") == english("vomiting")
    assert english("swollen") != english("sullen")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("পারছেনা", ["পারছে", "না"]),
        ("হয়নি", ["হয়", "নি"]),
        ("parchina", ["parchi", "na"]),
        ("hoyni", ["hoy", "ni"]),
        ("can't", ["cant"]),
        ("3din", ["3", "din"]),
        ("১০২.৫F", ["102.5", "f"]),
        ("jorrrrr", ["jorr"]),
    ],
)
def test_words_are_cut_as_they_are_meant(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(readable(text))] == [readable(word) for word in words]


@pytest.mark.parametrize("word", ["খিঁচুনি", "পায়খানা", "চুলকানি", "যন্ত্রণা", "আপনি", "paikhana", "khichuni"])
def test_a_word_that_ends_like_a_denial_is_none(word: str) -> None:
    assert len(tokens(readable(word))) == 1


@pytest.mark.parametrize("digits", ["\U00011f50", "\u0e51", "\u0661"])
def test_digits_of_other_scripts_are_no_numbers(digits: str) -> None:
    assert [token.kind for token in tokens(readable(digits))] == ["other"]


@pytest.mark.parametrize(
    ("typed", "listed", "may_be"),
    [
        ("betha", "ব্যথা", True), ("beta", "ব্যথা", True), ("bhat", "বাত", False), ("bat", "বাত", True),
        ("kalo", "কালো", True), ("kal", "কালো", False), ("khabar", "কবর", False),
    ],
)  # fmt: skip
def test_a_typed_breath_is_not_taken_away(typed: str, listed: str, may_be: bool) -> None:
    assert (typed_sounds(typed) & ~listed_sounds(readable(listed)) == 0) is may_be
