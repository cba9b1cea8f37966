"""Words that name a finding only beside another one, and how far a "no" reaches from them."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.findings import findings
from nlu import lexicon as matching
from nlu.compile_lexicon import rules
from nlu.read import read

NOW = datetime.fromisoformat("2026-11-24T08:00+05:30")


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("knee pain but no swelling", {"joint_pain"}, {"joint_swelling"}),
        ("চোখ লাল, পুঁজ নেই", {"eye_redness"}, {"eye_discharge"}),
        ("loose motion but no blood", {"diarrhoea"}, {"blood_in_stool"}),
        ("বমি হচ্ছে, রক্ত নেই", {"vomiting"}, {"vomiting_blood"}),
        ("kashi ache kintu rokto othe na", {"cough"}, {"coughing_blood"}),
        ("ear pain and pus coming", {"ear_pain", "ear_discharge"}, set()),
        ("পা মচকেছে কিন্তু ভাঙে নি", {"sprain"}, {"fracture_suspected"}),
        ("hatute betha fola nei", {"joint_pain"}, {"joint_swelling"}),
        ("হাঁটুতে ব্যথা ফোলা কিছু নেই", set(), {"joint_pain", "joint_swelling"}),
        ("হাত কেটেছে, রক্ত পড়া বন্ধ হয়েছে", {"wound"}, {"heavy_bleeding"}),
        ("swelling in one place", {"swelling_local"}, set()),
    ],
)
def test_a_bare_word_is_of_what_stands_beside_it(text: str, present: set[str], absent: set[str]) -> None:
    heard = read(text, NOW)
    assert (set(heard.present), set(heard.absent)) == (present, absent)


def test_what_would_say_too_little_is_only_ever_denied() -> None:
    assert "heavy_bleeding" not in read("হাত কেটেছে, রক্ত পড়ছে", NOW).present


def test_without_it_a_bare_word_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: unplaced, "no blood" beside loose motions denies nothing that triage knows."""
    monkeypatch.setattr(matching, "placed", lambda found, bare: [match for match in found if match.code not in bare])
    assert read("loose motion but no blood", NOW).absent == ()


def test_every_code_in_the_table_is_a_finding() -> None:
    for word, entry in rules("bare").items():
        named = {*entry.get("means", {}), *entry.get("means", {}).values(), *entry.get("denies", {})}
        named |= {code for codes in entry.get("denies", {}).values() for code in codes}
        assert not named - set(findings()), word


def test_the_mothers_complaint_is_not_the_babys_age() -> None:
    hers = read("both breasts full and tight paining baby is 4 days old no fever", NOW)
    assert (hers.age_years, hers.sex) == (None, "female") and "recent_delivery" in hers.present
    babys = read("baby born 10 days ago not feeding", NOW)
    assert (babys.subject, babys.present, babys.age_years) == ("child", ("poor_feeding",), 0.027)


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("bam hat ta dosh minit obosh hoye chilo ekhon thik ache", "limb_weakness"),
        ("got electric shock, now fine", "electric_shock"),
        ("খিঁচুনি হয়েছিল এখন ঠিক আছে", "convulsions"),
    ],
)
def test_what_has_passed_is_told_all_the_same(text: str, present: str) -> None:
    assert present in read(text, NOW).present


def test_an_english_word_is_no_bengali_one_that_sounds_alike() -> None:
    assert "breast_pain" not in read("kidney stone pain in the back", NOW).present
    assert "known_pregnancy" not in read("my stomach is paining", NOW).present
    assert "headache" in read("head ache since morning", NOW).present
