"""The command line: what is wrong is said in a sentence with a non-zero exit, never by a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.lines import BadLine, answer_lines
from bot.read_lines import reading
from bot.settings import ROOT
from bot.triage_lines import triage
from tests.driving import KEYS, MONDAY


def ingit(*arguments: str, lines: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    variables = os.environ | {"INGIT_KEYS": KEYS} | environment
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], input=lines, text=True, capture_output=True, cwd=ROOT, env=variables
    )


WRONG = [
    (("chat", "--jsonl", "--now", "junk"), {}, "2026-11-23T09:00+05:30"),
    (("triage",), {}, "--jsonl"),
    (("enrol", "doctor", "--name", "A"), {}, "--doctor"),
    (("enrol", "health_officer", "--name", "A"), {}, "--area"),
    (("load", "demo"), {"DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}, "DATABASE_URL"),
    (("load", "demo"), {"DATABASE_URL": "nonsense"}, "sqlite:///"),
    (("chat", "--jsonl"), {"INGIT_KEYS": "k1:short"}, "32 bytes"),
    (("run",), {"PORT": "door"}, "PORT"),
    (("sing",), {}, "sing"),
]


@pytest.mark.parametrize(
    ("arguments", "environment", "said"), WRONG, ids=[" ".join(a) + str(n) for n, (a, _, _) in enumerate(WRONG)]
)
def test_wrong_use_says_what_is_right(
    arguments: tuple[str, ...], environment: dict[str, str], said: str, tmp_path: Path
) -> None:
    ran = ingit(*arguments, **({"DATABASE_URL": f"sqlite:///{tmp_path}/i.db"} | environment))
    assert ran.returncode != 0
    assert said in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr


def test_help_and_version() -> None:
    assert "triage" in ingit("--help").stdout
    assert ingit("--version").stdout.startswith("ingit ")


def test_a_whole_conversation_by_json_lines(tmp_path: Path) -> None:
    lines = [
        {"chat": "p1", "text": "/start"},
        {"chat": "p1", "press": "en"},
        {"chat": "p1"},
        {"clock": "yesterday"},
        {"chat": "p 1", "text": "x"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + "{not json\n[1]\n\n"
    ran = ingit("chat", "--jsonl", "--database", f"sqlite:///{tmp_path}/i.db", "--now", MONDAY, lines=text)
    out = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, ran.stderr
    assert [line["done"] for line in out if "done" in line] == [1, 2, 3, 4, 5, 6, 7]
    assert len([line for line in out if "error" in line]) == 5
    assert [line["asks"]["question"] for line in out if "asks" in line] == ["language", "consent"]


BAD_CASES = [
    {"age_years": 250}, {"age_years": "34"}, {"age_years": True}, {"sex": "F"}, {"facts": ["fever"]},
    {"facts": {"fever": "yes"}},
    {"facts": {"temperature_c": "hot"}}, {"default": "maybe"}, {"pregnant": "yes"},
]  # fmt: skip


@pytest.mark.parametrize("case", BAD_CASES, ids=str)
def test_a_case_that_cannot_be_is_refused_with_what_is_right(case: dict[str, object]) -> None:
    with pytest.raises(BadLine, match=r"write|between"):
        triage(case)


def test_a_case_is_decided_and_unknown_codes_are_named() -> None:
    answer = triage({"age_years": 30, "sex": "male", "facts": {"fever": True, "stiff_neck": True, "nonsense": True}})
    assert answer["level"] == "emergency_ambulance"
    assert set(answer) >= {"specialty", "rule", "source", "protocol", "version", "why", "asked"}
    assert answer["ignored"] == ["nonsense"]


def test_not_known_is_never_milder_than_no() -> None:
    order = ["emergency_ambulance", "emergency", "consultation_24", "consultation", "self_care"]
    for facts in ({"fever": True}, {"headache": True}, {"cough": True}, {"abdominal_pain": True}, {"diarrhoea": True}):
        case = {"age_years": 30, "sex": "male", "facts": facts}
        unknown, no = triage(case | {"default": "unknown"}), triage(case | {"default": "no"})
        assert order.index(unknown["level"]) <= order.index(no["level"]), facts


def test_bad_lines_are_answered_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import datetime

    answer = reading(datetime.fromisoformat(MONDAY), lambda text: None)
    wrong = answer_lines(
        answer, iter(['{"text": "amar jor"}', "{}", '{"text": 5}', '{"text": "x", "expects": 7}', "junk", ""])
    )
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert wrong == 4
    assert [("error" in line) for line in said] == [False, True, True, True, True]
    assert said[0]["present"] == ["fever"]
