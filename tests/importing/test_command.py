"""The command as a coordinator runs it, a database that goes away, and the page that documents it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.importing.columns import COLUMNS
from bot.settings import ROOT
from storage.session import DatabaseAway
from storage.tables import Spoke
from tests.bot.test_command_line import ingit
from tests.importing.desk import ALL, HUBS, SPOKES, Desk, counts

KILLS = """
CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.id = 'spoke-700' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
CREATE TRIGGER die BEFORE INSERT ON spoke FOR EACH ROW EXECUTE FUNCTION die();
"""


def many_spokes(number: int) -> str:
    head, line = SPOKES.splitlines()
    return "\n".join([head, *(line.replace("spoke-1", f"spoke-{n}") for n in range(1, number + 1))])


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_that_goes_away_in_the_middle_leaves_nothing_half_loaded(known: Desk) -> None:
    known.db.call(lambda s: s.execute(text(KILLS)))
    with pytest.raises(DatabaseAway):
        known.load("spokes", many_spokes(1000))
    assert known.count(Spoke) == 1
    known.db.call(lambda s: s.execute(text("DROP TRIGGER die ON spoke")))
    assert counts(known.load("spokes", many_spokes(1000))) == (999, 0, 1)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_in_the_middle_leaves_nothing_half_loaded(known: Desk, here: dict[str, str]) -> None:
    known.file.write_text(many_spokes(20_000), "utf-8")
    command = f"ulimit -f 2000; exec {sys.executable} -m bot import spokes {known.file}"  # files of 2 MB at most
    full = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, env=os.environ | here)
    assert (full.returncode, full.stdout) == (3, "")
    assert "Nothing is half loaded: run the same command again." in full.stderr and "Traceback" not in full.stderr
    assert known.count(Spoke) == 1
    assert counts(known.load("spokes", many_spokes(20_000))) == (19_999, 0, 1)


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where the command finds its database."""
    yield {"DATABASE_URL": url, "INGIT_VAR": str(tmp_path)}


def test_the_command_loads_reports_and_ends_with_one_if_a_line_is_refused(here: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "hubs.csv"
    file.write_text(HUBS, "utf-8")
    ran = ingit("import", "hubs", str(file), **here)
    assert (ran.returncode, ran.stdout) == (0, f"{file}: 2 new, 0 changed, 0 as before.\n")
    file.write_text(HUBS.replace("88.13", "23.13"), "utf-8")
    ran = ingit("import", "hubs", str(file), "--dry-run", **here)
    assert ran.returncode == 1
    assert ran.stdout.splitlines() == [
        f'{file}:3: lon: "23.13" lies outside West Bengal; lat and lon seem to be swapped',
        f"{file}: 0 new, 0 changed, 1 as before; 1 line refused. Dry run: nothing was written.",
    ]


def test_rosters_make_windows_at_once(here: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    for kind, content in ALL.items():
        file.write_text(content, "utf-8")
        ran = ingit("import", kind, str(file), **here)
        assert ran.returncode == 0
    assert "Sessions made with their windows: " in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(("hubs",), 2, "--columns"), (("hubs", "no.csv"), 2, "There is no file no.csv"), (("hubs", "."), 2, "folder"),
     (("cats", "x.csv"), 2, "cats")],
)  # fmt: skip
def test_wrong_use_is_told(arguments: tuple[str, ...], code: int, said: str, tmp_path: Path) -> None:
    ran = ingit("import", *arguments, DATABASE_URL=f"sqlite:///{tmp_path}/i.db")
    assert ran.returncode == code
    assert said in ran.stdout + ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_is_listed_and_documented(kind: str) -> None:
    from bot.importing.command import app

    listed = CliRunner().invoke(app, [kind, "--columns"]).stdout
    page = (ROOT / "docs" / "importing.md").read_text("utf-8").split(f"## {kind}", 1)[1].split("\n## ", 1)[0]
    for column in COLUMNS[kind]:
        assert column.name in listed
        assert f"| `{column.name}` |" in page


def test_the_examples_of_the_page_load_as_they_stand(desk: Desk) -> None:
    page = (ROOT / "docs" / "importing.md").read_text("utf-8")
    for kind in ("hubs", "spokes", "doctors", "rosters", "holidays"):
        example = page.split(f"## {kind}", 1)[1].split("```csv\n", 1)[1].split("```", 1)[0]
        report = desk.load(kind, example)
        assert (report.refused, report.notes) == ([], [])
        assert report.new == example.count("\n") - 1
