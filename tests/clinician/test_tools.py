"""What a clinician reads, checks, compares and signs the protocols with."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from bot.clinician import check, compare
from bot.clinician.book import write_book
from bot.clinician.page import as_text
from bot.clinician.signing import CannotSign, sign
from bot.clinician.wording import clause, sentence
from flows.protocol import FOLDER, Protocol, Rule, protocols

RULES = [rule for protocol in protocols().values() for rule in protocol.rules]
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_UNITS = {"mmHg", "mg", "dl"}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the protocols, to be changed."""
    return Path(shutil.copytree(FOLDER, tmp_path / "library"))


def changed(library: Path, code: str, before: str, after: str) -> Path:
    """A new version of the copy beside it, with one thing changed."""
    new = Path(shutil.copytree(library, library.parent / "new"))
    file = new / f"{code}.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")
    return new


@pytest.mark.parametrize("protocol", protocols().values(), ids=lambda one: one.code)
def test_every_page_shows_every_rule_in_both_languages(protocol: Protocol) -> None:
    page = "\n".join(as_text(protocol))
    for rule in protocol.rules:
        assert f"[{rule.id}]" in page and rule.data.source in page
        assert rule.until.bn in page and rule.until.en in page


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.otherwise], ids=lambda rule: rule.id)
def test_conditions_are_said_in_words(rule: Rule) -> None:
    tree = clause(rule.data.when or "always")
    assert "_" not in sentence(tree, "en")
    assert not set(_LATIN_WORD.findall(sentence(tree, "bn"))) - _UNITS


def test_a_condition_keeps_its_brackets() -> None:
    tree = clause("fever and (stiff_neck or not cough) and at_least(2, rash, vomiting, age_years < 5) or lasting(30)")
    assert sentence(tree, "en") == (
        "(Fever and (Stiff neck or not Cough) and (at least 2 of: Skin rash, Vomiting, age under 5 years)) "
        "or known to last 30 days or more"
    )


def test_the_library_has_no_problem() -> None:
    assert list(check.problems()) == []


def test_a_hidden_rule_is_found(library: Path) -> None:
    new = changed(
        library, "headache", "when: headache and duration_days >= 14", "when: headache and duration_days >= 99"
    )
    found = list(check.problems(new))
    assert [problem for problem in found if problem.startswith("headache.headache_lasting")]


def test_an_idle_question_is_found(library: Path) -> None:
    new = changed(library, "headache", "danger_signs: [", "danger_signs: [rash, ")
    file = new / "headache.yaml"
    file.write_text(file.read_text("utf-8").replace("or jaw_pain or", "or jaw_pain or (rash and not rash) or"), "utf-8")
    assert [problem for problem in check.problems(new) if "asking rash" in problem]


def test_the_comparison_names_who_fares_less_urgently(library: Path) -> None:
    new = changed(library, "headache", "level: consultation_24", "level: consultation")
    found = compare.changes(library, new)
    assert [(change.rule.id, change.direction) for change in found] == [("headache_today", "less urgent")]
    assert "1 less urgent" in "\n".join(compare.as_text(library, new))


def test_nothing_changed_is_no_change(library: Path) -> None:
    assert compare.changes(FOLDER, library) == []


def test_a_signature_is_of_this_very_text(library: Path) -> None:
    sign(["fever", "headache"], "Dr. A. Sen", "WBMC 12345", date(2026, 11, 25), library)
    again = Path(shutil.copytree(library, library.parent / "again"))
    signature = protocols(again)["headache"].signature
    assert signature is not None and (signature.name, signature.registration) == ("Dr. A. Sen", "WBMC 12345")
    assert protocols(again)["cough"].signature is None
    later = changed(again, "headache", "level: consultation_24", "level: consultation")
    assert protocols(later)["headache"].signature is None
    assert protocols(later)["fever"].signature is not None


@pytest.mark.parametrize(
    ("codes", "name", "registration"),
    [(["nonsense"], "Dr. A", "WBMC 1"), (["fever"], " ", "WBMC 1"), (["fever"], "Dr. A", "")],
)
def test_what_cannot_be_signed_changes_nothing(library: Path, codes: list[str], name: str, registration: str) -> None:
    before = (library / "fever.yaml").read_text("utf-8")
    with pytest.raises(CannotSign):
        sign(["fever", *codes], name, registration, date(2026, 11, 25), library)
    assert (library / "fever.yaml").read_text("utf-8") == before


def test_the_book_holds_everything_and_needs_nothing_from_outside(tmp_path: Path) -> None:
    page = write_book(tmp_path / "book", datetime(2026, 11, 25, tzinfo=UTC)).read_text("utf-8")
    for rule in RULES:
        assert f'id="{rule.id}"' in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert page.count('class="diagram"') == len(protocols())
    assert f"{len(protocols())} not yet signed" in page


def test_the_book_escapes_what_it_is_given(library: Path, tmp_path: Path) -> None:
    new = changed(library, "headache", 'en: "Headache"', 'en: "<b>Head</b>ache"')
    page = write_book(tmp_path / "book", datetime(2026, 11, 25, tzinfo=UTC), new).read_text("utf-8")
    assert "&lt;b&gt;Head" in page and "<b>Head" not in page


def test_every_file_has_room_for_a_signature() -> None:
    for path in FOLDER.glob("*.yaml"):
        assert "signed" in yaml.safe_load(path.read_text("utf-8")), path
