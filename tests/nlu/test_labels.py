"""The words on our own buttons can be typed: each label names its finding, and denied it is denied."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.findings import findings
from nlu.read import read

NOW = datetime.fromisoformat("2026-11-24T08:00+05:30")
SHORTENED = {"major_injury", "large_burn", "malpresentation", "pregnancy_abdominal_pain", "vaginal_bleeding"}
"""Labels that put several things into three words, as a button must."""
CODES = sorted(set(findings()) - SHORTENED)


@pytest.mark.parametrize("code", CODES)
def test_a_label_names_its_finding(code: str) -> None:
    label = findings()[code].label
    assert code in read(label.bn, NOW).present
    assert code in read(label.en, NOW).present


@pytest.mark.parametrize(
    "text",
    ["পেচ্ছাপে রক্ত নেই", "বিছানায় পেচ্ছাপ নেই", "কোনো ব্যথা নেই পেটে", "knee pain but no swelling", "বুকে ব্যথা নেই"],
)
def test_a_no_belongs_to_what_it_denies(text: str) -> None:
    heard = read(text, NOW)
    assert "no_urine" not in heard.present
    assert not {"abdominal_pain", "joint_swelling", "chest_pain", "blood_in_urine"} & set(heard.present)
