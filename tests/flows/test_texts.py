"""The loader of the texts: what it takes, what it refuses, and that it says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.datafile import BadData
from flows.findings import findings
from flows.protocol import protocols
from flows.texts import script_fault, texts

GOOD = 'first: {bn: "নমস্কার", en: "Hello"}\n'


def test_every_text_of_the_project_loads() -> None:
    assert texts()["card.token"].bn == "টোকেন"


@pytest.mark.parametrize(
    "line",
    [
        'a: {bn: "<b>{name}</b>, {count} দিন", en: "{name}, <i>{count}</i> days"}',
        'a: {bn: "আবার শুরু করতে /start লিখুন। PDF ফাইল, ABHA নম্বর, OK", en: "Write /start"}',
        'a: {bn: "ভাষা / Language 1", en: "ভাষা / Language", both_scripts: true}',
        'a: {bn: "English বা বাংলা", en: "English or বাংলা"}',
    ],
)
def test_taken(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.yaml").write_text(GOOD + line, "utf-8")
    assert set(texts(tmp_path)) == {"first", "a"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('a: {bn: "জল"}', "en: Field required"),
        ('a: {bn: "জল", en: ""}', "en: String should have at least 1"),
        ('a: {bn: "জল", en: "water", hi: "x"}', "hi: Extra inputs"),
        ('a: {bn: "{name} জল", en: "water"}', "{name} stands in one language only"),
        ('a: {bn: "জল {x}", en: "water {y}"}', "{x, y} stands in one language only"),
        ('a: {bn: "water", en: "water"}', "'water' in the Bengali"),
        ('a: {bn: "৩টা বা 4টা", en: "3 or 4"}', "'4' in the Bengali"),
        ('a: {bn: "জল", en: "জল"}', "'জল' in the English"),
        ('a: {bn: "<u>জল</u>", en: "water"}', "'<u>জল</u>' is neither"),
        ('a: {bn: "<b>জল", en: "water"}', "<b> is never closed"),
        ('a: {bn: "<b><i>জল</b></i>", en: "water"}', "</b> closes nothing"),
        ('a: {bn: "{জল} জল", en: "water"}', "'{জল} জল' is neither"),
        ('first: {bn: "জল", en: "water"}', "first stands twice"),
    ],
)
def test_refused_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.yaml").write_text(GOOD + line, "utf-8")
    with pytest.raises(BadData) as refused:
        texts(tmp_path)
    assert f"{tmp_path}/a.yaml:2: " in str(refused.value)
    assert message in str(refused.value)


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "b.yaml").write_text("# one\n" + GOOD, "utf-8")
    with pytest.raises(BadData, match=r"b\.yaml:2: first stands in another file"):
        texts(tmp_path)


def test_a_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- first\n", "utf-8")
    with pytest.raises(BadData, match=r"a\.yaml:1: not texts by id"):
        texts(tmp_path)


def test_no_text_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no text there"):
        texts(tmp_path)


def test_clinical_wording_is_in_its_own_script_too() -> None:
    wordings = [wording for finding in findings().values() for wording in (finding.label, finding.ask)]
    for protocol in protocols().values():
        wordings += [protocol.data.title, protocol.data.until, protocol.data.return_if]
        wordings += [wording for rule in protocol.rules for wording in (rule.data.why, rule.until, rule.return_if)]
    assert [fault for wording in wordings if (fault := script_fault(wording))] == []
