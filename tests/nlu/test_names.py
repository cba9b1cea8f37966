"""Names by how they sound, in either script."""

from __future__ import annotations

from itertools import combinations

import pytest

from nlu.names import asked_keys, given_keys, name_keys, sex_of, surely


@pytest.mark.parametrize(
    "written",
    [
        ("রহিমা", "Rohima", "Rahima", "Raheema"), ("ফাতেমা", "Fatema", "Fatima"), ("আয়েশা", "Ayesha", "Aisha"),
        ("সোহেল", "Sohel", "Suhel", "Sohail"), ("মিনা", "Mina", "Meena"), ("রেহানা", "Rehana", "Rehena"),
        ("মোস্তফা", "Mostafa", "Mustafa"), ("মমতা", "Mamata", "Momota"), ("সুভাষ", "Subhash", "Subhas"),
        ("জয়নাল", "Joynal", "Jainal"), ("শ্যামল", "Shyamal", "Samal"), ("কৃষ্ণা", "Krishna", "Krisna"),
    ],
)  # fmt: skip
def test_one_name_has_a_key_in_common_however_it_is_written(written: tuple[str, ...]) -> None:
    for one, other in combinations(written, 2):
        assert set(name_keys(one)) & set(name_keys(other)), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rahima", "Rahim"),
        ("রহিমা", "রহিম"),
        ("Mina", "Mona"),
        ("Sabina", "Amina"),
        ("Karim", "Karima"),
        ("Rina", "Rani"),
    ],
)
def test_different_names_have_none(one: str, other: str) -> None:
    assert not set(name_keys(one)) & set(name_keys(other))


def test_titles_have_no_key_and_tell_the_sex() -> None:
    assert name_keys("Rahima Bibi") == name_keys("Rahima")
    assert name_keys("Md Karim Sk") == name_keys("Karim")
    assert (sex_of("রহিমা বিবি"), sex_of("Sk Karim"), sex_of("Karim")) == ("female", "male", None)


def test_who_has_no_name_of_their_own_has_no_key() -> None:
    assert name_keys("রহিমা বিবি (ছেলে)") == ()


def test_a_case_ending_in_a_sentence_is_cut() -> None:
    for text in ("রহিমার ৩ দিন জ্বর", "rohimar 3 din jor", "Rahima has fever"):
        keys = {key for word in asked_keys(text) for key in word}
        assert keys & given_keys("রহিমা বিবি"), text


def test_a_name_that_only_sounds_alike_is_not_sure() -> None:
    assert surely("রহিমা বিবি", "Raheema")
    assert not surely("রহিমা বিবি", "Rahama")
