"""`ingit import hubs|spokes|doctors|rosters|holidays FILE.csv`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.options import Database_

if TYPE_CHECKING:
    from bot.importing.load import Report, Wish
    from storage.session import Database

app = typer.Typer(
    help="Load hubs, spokes, doctors, rosters, holidays from a spreadsheet (docs/importing.md); a hub's summaries.",
    no_args_is_help=True,
)
HELP = {
    "hubs": "Hospitals whose doctors consult by video.",
    "spokes": "Health centres, each with its hub.",
    "doctors": "Doctors, each with hub and specialty.",
    "rosters": "Doctors' weekly hours, and single days that are not as usual.",
    "holidays": "Days on which a hub, or every hub, holds no sessions.",
}
MANY = 200
"""Steps from which a bar shows how far it is."""

File_ = Annotated[Path | None, typer.Argument(help="A CSV file: UTF-8 or UTF-16; comma, semicolon or tab.")]
Columns_ = Annotated[bool, typer.Option("--columns", help="List the columns of such a file.")]
DryRun_ = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")]
Strict_ = Annotated[bool, typer.Option("--strict", help="Load nothing if any line is refused.")]
Replace_ = Annotated[
    bool,
    typer.Option("--replace", help="The file holds its doctors' whole week: their other weekly lines go."),
]


def _command(kind: str) -> Callable[..., None]:
    def command(
        file: File_ = None,
        columns: Columns_ = False,
        dry_run: DryRun_ = False,
        strict: Strict_ = False,
        database: Database_ = None,
    ) -> None:
        _run(kind, file, columns, database, dry_run, strict)

    return command


for _kind in ("hubs", "spokes", "doctors", "holidays"):
    app.command(_kind, help=HELP[_kind])(_command(_kind))


@app.command(help=HELP["rosters"])
def rosters(
    file: File_ = None,
    columns: Columns_ = False,
    dry_run: DryRun_ = False,
    strict: Strict_ = False,
    replace: Replace_ = False,
    database: Database_ = None,
) -> None:
    """Weekly hours and single days, and then the windows that follow from them."""
    _run("rosters", file, columns, database, dry_run, strict, replace)


def _run(kind: str, file: Path | None, columns: bool, database: str | None, *wish: bool) -> None:
    if columns:
        typer.echo("\n".join(_columns(kind)))
        return
    if file is None:
        raise typer.BadParameter(f"name a file: ingit import {kind} FILE.csv; --columns lists what stands in it")
    from bot.importing.load import Wish
    from bot.importing.report import said

    wished = Wish(*wish)
    report = _load(kind, file, wished, database)
    for line in said(file, report, wished):
        typer.echo(line)
    if report.refused:
        raise typer.Exit(1)


def _columns(kind: str) -> Iterator[str]:
    from bot.importing.columns import COLUMNS

    for column in COLUMNS[kind]:
        example = f" Example: {column.example}" if column.example else ""
        yield f"{column.name:20} {'needed' if column.needed else 'may be left out'}; {column.meaning}.{example}"


def _load(kind: str, file: Path, wish: Wish, database: str | None) -> Report:
    from bot.app import open_database
    from bot.importing.load import load_file
    from bot.parts import Now
    from bot.settings import settings
    from storage.session import DatabaseAway

    db = open_database(settings(), database)
    try:
        report = load_file(db, kind, file, wish, Now()(), watch=_bar)
        if report.written and kind in ("doctors", "rosters"):
            report.sessions = _make_windows(db)
        return report
    except DatabaseAway:
        print(f"{file}: the database went away. Nothing is half loaded: run the same command again.", file=sys.stderr)
        raise
    finally:
        db.close()


def _make_windows(db: Database) -> int:
    """The windows of the coming weeks, as the running service's tick would make them; how many sessions are new."""
    from bot.importing.load import PAUSE
    from bot.parts import WINDOWS_AHEAD, Now
    from storage import rosters
    from storage.zone import day_of

    gaps = db.call(rosters.gaps, day_of(Now()()), WINDOWS_AHEAD)
    made = 0
    for day, hub_id in _bar(gaps, "windows"):
        made += db.call(rosters.make_windows, day, 1, hub_id)
        time.sleep(PAUSE)
    return made


def _bar(steps: list[Any], what: str = "loading") -> Iterable[Any]:
    """The steps, with a bar on the screen while they are gone through if they are many."""
    if len(steps) < MANY or not sys.stderr.isatty():
        return steps
    from rich.console import Console
    from rich.progress import track

    return track(steps, what, console=Console(stderr=True), transient=True)
