"""docs/privacy.md names every table that names somebody; docs/security.md shows the table that the tests hold."""

from __future__ import annotations

import re

from bot.permissions import tables
from bot.settings import ROOT
from storage.columns import Table
from storage.erase import KEPT
from storage.mydata import NOT_A_PATIENTS, TABLES
from storage.retention import CODES_KEPT, MESSAGES_KEPT
from storage.rotation import sealed_columns

PRIVACY = (ROOT / "docs" / "privacy.md").read_text("utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text("utf-8")


def rows() -> dict[str, str]:
    """Table -> its row of the record."""
    lines = [line for line in PRIVACY.splitlines() if line.startswith("| `")]
    return {name: line for line in lines for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])}


def test_every_table_is_in_the_record_or_names_nobody() -> None:
    nobody = set(re.findall(r"`([a-z_]+)`", PRIVACY.split("Nobody is named in")[1].split("\n")[0]))
    every = {table.name for table in Table.metadata.sorted_tables}
    assert set(rows()) | nobody == every and not set(rows()) & nobody
    assert set(TABLES) | set(NOT_A_PATIENTS) == set(rows())


def test_every_sealed_column_is_named_in_its_row() -> None:
    for one in sealed_columns():
        assert f"*{one.column.name}*" in rows()[one.table.name], one.name


def test_the_times_are_those_of_the_code() -> None:
    assert KEPT == MESSAGES_KEPT == CODES_KEPT
    assert f"{KEPT.days} days" in rows()["inbox"] and f"after {KEPT.days} days" in rows()["person"]


def test_the_matrix_is_that_of_the_code() -> None:
    assert "\n".join(tables()) in SECURITY, (
        "python -m bot.permissions prints what belongs at the end of docs/security.md"
    )


def test_the_tests_that_show_it_are_there() -> None:
    named = set(re.findall(r"tests/[a-z_/]+(?:\.py)?", SECURITY))
    assert len(named) > 8
    for path in named:
        assert (ROOT / path).exists(), path
