"""A protocol with a hole is refused when it is loaded, with its file, its line and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.datafile import BadData
from flows.findings import findings
from flows.protocol import FOLDER, protocols

WHOLE = """\
protocol: trial
version: "0.1"
signed: null
title: {bn: "জ্বর", en: "Fever"}
opens: [fever]
specialty: general_medicine
danger_signs: [stiff_neck]
questions: [duration_days]
if_said: [temperature_c]
until: {bn: "জল খান।", en: "Drink."}
return_if: {bn: "বাড়লে আসুন।", en: "Come if worse."}
rules:
  - id: trial_neck
    level: emergency
    when: fever and stiff_neck
    source: "a document and its place"
    why: {bn: "ঘাড় শক্ত।", en: "The neck is stiff."}
    example: {age_years: 30, sex: male, present: [fever, stiff_neck]}
  - id: trial_long
    level: consultation_24
    when: fever and duration_days >= 7
    source: "a document and its place"
    why: {bn: "অনেক দিন।", en: "It is long."}
    example: {age_years: 30, sex: male, present: [fever], values: {duration_days: 8}}
otherwise:
  id: trial_other
  level: consultation
  source: "a document and its place"
  why: {bn: "দেখানো ভালো।", en: "Better seen."}
  example: {age_years: 30, sex: male, present: [fever]}
"""

HOLES = {
    "a code that is no finding": ("stiff_neck]\nquestions", "stif_neck]\nquestions", "trial.yaml:7:", "no finding"),
    "a condition that cannot be read": ("fever and stiff_neck", "fever && stiff_neck", "trial.yaml:15:", "condition"),
    "a fact that nobody declares": ("fever and stiff_neck", "fever and stiff_neck and cough", "trial.yaml:", "cough"),
    "a question that changes nothing": ("[duration_days]", "[duration_days, cough]", "trial.yaml:", "cough"),
    "a level that is none": ("level: emergency\n", "level: urgent\n", "trial.yaml:14:", "emergency_ambulance"),
    "a rule without a source": (
        '    source: "a document and its place"\n    why: {bn: "ঘাড়',
        '    why: {bn: "ঘাড়',
        "trial.yaml:13:",
        "source",
    ),
    "one language only": (
        'why: {bn: "ঘাড় শক্ত।", en: "The neck is stiff."}',
        'why: {bn: "ঘাড় শক্ত।"}',
        "trial.yaml:17:",
        "en",
    ),
    "a rule twice": ("id: trial_long", "id: trial_neck", "trial.yaml:", "trial_neck"),
    "a name that is not the file's": ("protocol: trial", "protocol: other", "trial.yaml:1:", "other"),
    "not YAML": ("opens: [fever]", "opens: [fever", "trial.yaml:", "YAML"),
    "self-care on what is never asked": (
        "level: consultation_24\n    when: fever and duration_days >= 7",
        "level: self_care\n    when: fever and duration_days >= 7 and not cough",
        "trial.yaml:",
        "cough",
    ),
}


def written(folder: Path, text: str) -> Path:
    """A folder with this protocol alone."""
    (folder / "trial.yaml").write_text(text, "utf-8")
    return folder


def test_the_whole_one_is_taken(tmp_path: Path) -> None:
    assert list(protocols(written(tmp_path, WHOLE))) == ["trial"]


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_refused_with_file_line_and_mend(hole: str, tmp_path: Path) -> None:
    before, after, where, named = HOLES[hole]
    assert before in WHOLE
    with pytest.raises(BadData) as refused:
        protocols(written(tmp_path, WHOLE.replace(before, after, 1)))
    assert where in str(refused.value)
    assert named in str(refused.value)


def test_no_protocol_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="cannot start"):
        protocols(tmp_path)


def test_a_finding_that_implies_an_unknown_one_is_refused(tmp_path: Path) -> None:
    named = '{bn: "শুকনো কাশি", en: "Dry cough"}'
    whole = f"dry_cough:\n  meaning: a dry cough\n  label: {named}\n  ask: {named}\n"
    (tmp_path / "a.yaml").write_text(whole + "  implies: [cogh]\n", "utf-8")
    with pytest.raises(BadData, match=r"a\.yaml:\d+: dry_cough implies cogh"):
        findings(tmp_path)


def test_the_protocols_in_force_are_the_folders(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(FOLDER, tmp_path / "copy"))
    assert list(protocols(copy)) == list(protocols())
    assert len(protocols()) == len(list(FOLDER.glob("*.yaml")))
