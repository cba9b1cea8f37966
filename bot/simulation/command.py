"""`ingit simulate day`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.simulation.day import Played
    from bot.simulation.furnish import World

app = typer.Typer(help="Play what a whole state does, on a database made for it.", no_args_is_help=True)


@app.callback()
def _simulate() -> None:
    """So that `day` is a command of its own, also while it is the only one."""


@app.command()
def day(
    hubs: Annotated[int, typer.Option(min=1, help="Hospitals with doctors.")] = 63,
    spokes: Annotated[int, typer.Option(min=1, help="Health centres.")] = 11_000,
    consultations: Annotated[int, typer.Option(min=1, help="People who ask for a token.")] = 80_000,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="An empty database, filled and kept; else a temporary file."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed: the same state and the same people.")] = 1,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Also load and waiting over the day.")
    ] = None,
) -> None:
    """A day of the state: tokens, changes, sessions closed, waiting lists, arrivals; then what must hold is checked."""
    if spokes < hubs:
        raise typer.BadParameter(f"--spokes: {spokes} health centres are too few for {hubs} hubs: one each at least")
    if plot is not None and not plot.resolve().parent.is_dir():
        raise typer.BadParameter(f"--plot: there is no folder {plot.resolve().parent}; make it first")
    from bot.simulation import report

    with _database(database) as url:
        played, found = _play(url, hubs, spokes, consultations, seed)
    if json_:
        typer.echo(report.as_json(found))
    else:
        report.print_tables(found)
    if plot:
        report.save_plot(found, played, plot)
    if found["broken"]:
        print(f"ingit: {found['broken']} invariants do not hold", file=sys.stderr)
        raise typer.Exit(1)


@contextmanager
def _database(url: str | None) -> Iterator[str]:
    """The one named, or a file that is gone afterwards."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="ingit-day-") as folder:
        yield f"sqlite:///{folder}/day.db"


def _play(url: str, hubs: int, spokes: int, consultations: int, seed: int) -> tuple[Played, dict[str, Any]]:
    from bot.simulation import report
    from bot.simulation.day import LENGTH, Day
    from bot.simulation.furnish import furnish, open_empty
    from bot.simulation.invariants import check

    db = open_empty(url)
    try:
        began = time.perf_counter()
        print("furnishing the state ...", file=sys.stderr)
        world = furnish(db, hubs, spokes, consultations, seed)
        furnished = time.perf_counter() - began
        with _watched(world) as watch:
            played = asyncio.run(Day(db, world, seed).play(watch))
        faults = db.call(check, world.begins + LENGTH, played.acknowledged)
        return played, report.figures(played, faults, consultations, world.rows, furnished)
    finally:
        db.close()


@contextmanager
def _watched(world: World) -> Iterator[Callable[[datetime, Played], None]]:
    """A bar of the day's hours, with what has happened so far."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from bot.simulation.day import LENGTH, SLICE
    from flows.reminders import ZONE

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("the evening before", total=LENGTH / SLICE)

        def watch(at: datetime, played: Played) -> None:
            said = (
                f"{at.astimezone(ZONE):%H:%M}  {played.counts['booked']:,} booked, {played.samples[-1].waiting:,} wait"
            )
            progress.update(task, advance=1, description=said)

        yield watch
