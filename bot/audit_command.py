"""`ingit audit`: is the chain whole, its end to be kept elsewhere, and who read or changed what of a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.options import Database_, Json_

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.audit import Checkpoint

T = TypeVar("T")
app = typer.Typer(help="The trace of what staff read and changed: verify, checkpoint, show.", no_args_is_help=True)

File_ = Annotated[Path, typer.Argument(metavar="FILE", help="Kept where nobody who can write the database can write.")]


@app.command()
def verify(
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="A checkpoint: was the chain cut and regrown?")
    ] = None,
    database: Database_ = None,
) -> None:
    """Follow the chain from its start; exit code 1 if a row was changed, added or taken out."""
    from storage import audit

    kept = _read(against) if against else None

    def look(s: Connection) -> tuple[int | None, bool, int]:
        return audit.verify(s), kept is None or audit.holds(s, kept), audit.length(s)

    wrong, holds, rows = _call(database, look)
    if wrong is not None:
        typer.echo(f"Row {wrong} of the audit was changed, added or taken out: compare it with a copy.", err=True)
    if not holds:
        assert kept is not None
        typer.echo(
            f"Row {kept.last} is not the one of the checkpoint of {kept.at}: the chain was cut back and grown anew.",
            err=True,
        )
    if wrong is not None or not holds:
        raise typer.Exit(1)
    typer.echo(f"The audit is whole: {rows} rows." + (f" It holds the checkpoint of {kept.at}." if kept else ""))


@app.command()
def checkpoint(file: File_, database: Database_ = None) -> None:
    """Write the end of the chain, signed by the ring, to a file that is not there yet."""
    from bot.parts import Now
    from storage import audit

    end = _call(database, lambda s: audit.checkpoint(s, Now()()))
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(json.dumps(asdict(end)) + "\n")
    except OSError as error:
        raise ValueError(f"{file} cannot be written ({error.strerror}); name a new file") from None
    typer.echo(f"{file}: the end of {end.last} rows. Later: ingit audit verify --against {file}")


@app.command()
def show(
    person: Annotated[str, typer.Option("--person", metavar="ID", help="A person's id.")],
    json_: Json_ = False,
    database: Database_ = None,
) -> None:
    """Who read or changed what of a person, oldest first: moment (UTC), who, what, of what."""
    from storage import audit

    rows = _call(database, lambda s: audit.of_person(s, person))
    if json_:
        found = [{"at": at.isoformat(), "who": who, "action": action, "subject": of} for at, who, action, of in rows]
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for at, who, action, subject in rows:
        typer.echo(f"{at:%Y-%m-%d %H:%M:%S}Z  {who:20}  {action:16}  {subject}")
    if not rows:
        typer.echo(f"Nothing is written of {person}; `ingit audit show` wants a person's id.")


def _call(database: str | None, f: Callable[[Connection], T]) -> T:
    from bot.app import open_database
    from bot.settings import settings

    db = open_database(settings(), database)
    try:
        return db.call(f)
    finally:
        db.close()


def _read(file: Path) -> Checkpoint:
    from storage.audit import Checkpoint

    try:
        said = json.loads(file.read_text("utf-8"))
        return Checkpoint(int(said["last"]), str(said["hash"]), str(said["at"]), str(said["mac"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(f"{file} is no checkpoint: `ingit audit checkpoint FILE` makes one") from None
