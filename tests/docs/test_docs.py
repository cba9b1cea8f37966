"""The documents say what the code does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from bot.settings import ROOT, Settings
from flows import reminders
from flows.findings import Finding
from flows.protocol import LEVELS, ProtocolData
from flows.reminders import KINDS
from flows.talk import Kind
from flows.texts import texts

DOCS = ROOT / "docs"
FLOWS = sorted((ROOT / "flows").glob("*.py"))


def calls(name: str) -> Iterator[ast.Call]:
    """Every call of `name` in the flows."""
    for path in FLOWS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def literal(node: ast.expr | None) -> str | None:
    """A string written out in the code; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


QUESTIONS = sorted({id for call in calls("Ask") if call.args and (id := literal(call.args[0]))})


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_documented_and_has_words(question: str) -> None:
    assert f"`{question}`" in (DOCS / "jsonl.md").read_text("utf-8")
    own = any(literal(k.value) for call in calls("Ask") for k in call.keywords if k.arg == "text")
    assert f"ask.{question}" in texts() or own


def said_ids() -> set[str]:
    """Every text id that the flows say, as far as it is written out."""
    ids = {id for call in calls("Say") if call.args and (id := literal(call.args[0]))}
    for path in FLOWS:
        ids |= set(re.findall(r'\{"t": "([a-z0-9_.]+)"', path.read_text("utf-8")))
        ids |= set(re.findall(r'Misfit\("([a-z0-9_.]+)"', path.read_text("utf-8")))
        ids |= set(re.findall(r'\.say\("([a-z0-9_.]+)"', path.read_text("utf-8")))
    return ids


def test_everything_that_is_said_has_words() -> None:
    assert len(said_ids()) > 60
    assert said_ids() - set(texts()) == set()


def test_every_level_has_words() -> None:
    for level in LEVELS:
        assert f"outcome.{level}" in texts()
        assert f"level.{level}" in texts()
        assert level in (DOCS / "jsonl.md").read_text("utf-8")


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (DOCS / "settings.md").read_text("utf-8"), re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def yaml_of(text: str, after: str) -> str:
    """The first YAML block after these words."""
    return text.split(after, 1)[1].split("```yaml\n", 1)[1].split("```", 1)[0]


def test_the_way_to_add_a_finding_is_the_way() -> None:
    first = yaml.safe_load(yaml_of((DOCS / "extending.md").read_text("utf-8"), "**A symptom").split("# nlu/words")[0])
    for code, written in first.items():
        assert Finding.model_validate(written).label.bn, code


def test_the_way_to_add_a_protocol_is_the_way() -> None:
    page = (DOCS / "extending.md").read_text("utf-8")
    written = yaml.safe_load(yaml_of(page, "**A protocol.**").replace("{...}", "null"))
    assert set(written) <= set(ProtocolData.model_fields)
    assert set(written["rules"][0]) <= {"id", "level", "when", "source", "why", "example", "specialty"}


def test_the_kinds_of_questions_are_documented() -> None:
    listed = re.search(r"`kind` is one of\n`([^`]+)`", (DOCS / "jsonl.md").read_text("utf-8"))
    assert listed is not None
    assert set(listed[1].split()) == set(get_args(Kind))


def test_the_table_of_notices_is_that_of_the_code() -> None:
    page = (DOCS / "notices.md").read_text("utf-8")
    written = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if "|" in line][2:]
    assert written == [notice_row(kind) for kind in KINDS.values()]


def notice_row(kind: reminders.Kind) -> list[str]:
    """A kind as docs/notices.md shows it."""
    spread = f" ± {int(kind.spread.total_seconds() // 60)} min" if kind.spread else ""
    until = ("the visit" if str(kind.until) == "at once" else str(kind.until)) if kind.until else "what it is about"
    quiet, buttons = "waits" if kind.quiet else "no", ", ".join(kind.buttons) or "-"
    due = f"{kind.of}: {kind.due}{spread}"
    return [kind.name, due, until, kind.priority, kind.group or "-", quiet, kind.condition, buttons]


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / Path(target)).exists(), f"{page}: {target}"
