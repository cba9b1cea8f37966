"""What patients are told: the action first and short, no illness named, no medicine but oral rehydration salts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.protocol import LEVELS, protocols
from flows.texts import texts

WORDS_AT_MOST = 12
ILLNESSES = (
    "dengue malaria stroke pneumonia tuberculosis cancer diabetes asthma meningitis epilepsy rabies tetanus typhoid "
    "appendicitis sepsis eclampsia ectopic torsion migraine leprosy scabies glaucoma hepatitis measles dysentery "
    "ডেঙ্গু ম্যালেরিয়া স্ট্রোক নিউমোনিয়া যক্ষ্মা টিবি ক্যান্সার ডায়াবেটিস হাঁপানি মেনিনজাইটিস মৃগী জলাতঙ্ক টাইফয়েড অ্যাপেন্ডিসাইটিস "
    "একলাম্পসিয়া মাইগ্রেন কুষ্ঠ গ্লুকোমা হেপাটাইটিস আমাশা"
).split()
PHRASES = ("heart attack", "হার্ট অ্যাটাক")
MEDICINES = (
    "paracetamol ibuprofen diclofenac aspirin antibiotic amoxicillin azithromycin metformin cetirizine omeprazole "
    "ranitidine metronidazole domperidone salbutamol প্যারাসিটামল আইবুপ্রোফেন ডাইক্লোফেনাক অ্যাসপিরিন অ্যান্টিবায়োটিক অ্যামোক্সিসিলিন "
    "অ্যাজিথ্রোমাইসিন মেটফর্মিন সেটিরিজিন ওমিপ্রাজল র‍্যানিটিডিন মেট্রোনিডাজল সালবুটামল"
).split()


def told() -> Iterator[tuple[str, str, str]]:
    """Every wording of a rule that reaches a patient: where it stands, the language, the words."""
    for protocol in protocols().values():
        for rule in protocol.rules:
            for name, wording in (("why", rule.data.why), ("until", rule.until), ("return_if", rule.return_if)):
                yield f"{protocol.code}.{rule.id}.{name}", "en", wording.en
                yield f"{protocol.code}.{rule.id}.{name}", "bn", wording.bn


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("lang", ["bn", "en"])
def test_the_action_stands_first_and_is_short(level: str, lang: str) -> None:
    first = getattr(texts()[f"outcome.{level}"], lang).split("\n")[0]
    assert 2 <= len(first.split()) <= WORDS_AT_MOST, first


@pytest.mark.parametrize("level", ["emergency_ambulance", "emergency"])
@pytest.mark.parametrize("lang", ["bn", "en"])
def test_an_emergency_says_whom_to_call_before_what_to_do(level: str, lang: str) -> None:
    said = getattr(texts()[f"outcome.{level}"], lang)
    assert 0 < said.index("{ambulance}") < said.index("{until}")


def named(said: str) -> list[str]:
    """The illnesses and medicines that these words name."""
    return [word for word in (*ILLNESSES, *MEDICINES, *PHRASES) if word in said.lower()]


def test_no_illness_and_no_medicine_is_named() -> None:
    assert {(where, word) for where, _, said in told() for word in named(said)} == set()


def test_one_that_is_named_would_be_found() -> None:
    """The control."""
    assert named("It may be Dengue; take paracetamol.") == ["dengue", "paracetamol"]
