"""`ingit export fhir CONSULT`, `ingit import fhir FILE...`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.options import Database_, Now_, moment

if TYPE_CHECKING:
    from storage.session import Database

app = typer.Typer(help="Write what is kept for another system.", no_args_is_help=True)
SAID = {"new": "kept; the patient is told", "corrected": "kept as a correction; the patient is told",
        "there": "is here already; nothing changed"}  # fmt: skip


@app.command("fhir")
def export_fhir(
    consult: Annotated[str, typer.Argument(metavar="CONSULT", help="A signed summary's id, or its booking's.")],
    out: Annotated[Path | None, typer.Option(help="The file to write; left out: standard output.")] = None,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """A signed summary as a FHIR R4 document (docs/interchange.md). It names the patient: keep the file safe."""
    from bot.interchange.deliver import outgoing
    from bot.interchange.writing import bundle
    from storage.records import NotAllowed, Unknown

    db, at = _open(database), _now(now)
    try:
        made = bundle(db.call(outgoing, consult, at))
    except (Unknown, NotAllowed) as error:
        raise ValueError(f"{error}; a summary's id stands in the doctor's list and in `ingit import fhir`") from None
    finally:
        db.close()
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text)
        typer.echo(f"{out}: written.")


def import_fhir(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="FHIR documents, one consultation each.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """Summaries that a hub's own system wrote: each is brought to its patient, once (docs/interchange.md)."""
    from bot.interchange.document import Refused

    db, refused = _open(database), 0
    try:
        for file in files:
            try:
                typer.echo(f"{file}: {_bring(db, file, now, dry_run)}.")
            except Refused as error:
                refused += 1
                print(f"{file}: {error}. Nothing of it was kept.", file=sys.stderr)
    finally:
        db.close()
    if refused:
        raise typer.Exit(1)


class _Undone(Exception):
    """Takes back what a dry run did."""

    def __init__(self, came: str) -> None:
        super().__init__(came)
        self.came = came


def _bring(db: Database, file: Path, now: str | None, dry_run: bool) -> str:
    from bot.interchange.deliver import bring
    from bot.interchange.reading import read_file

    given = read_file(file)

    def work(s: Any) -> str:
        came = bring(s, given, _now(now))
        if dry_run:
            raise _Undone(came)
        return came

    try:
        return SAID[db.call(work)]
    except _Undone as undone:
        return f"would be {SAID[undone.came]}" if undone.came != "there" else SAID["there"]


def _write(out: Path, text: str) -> None:
    """Readable by its owner only, and whole or not at all."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ValueError(
            f"--out {out}: cannot be written ({error.strerror}); name a file in a folder of yours"
        ) from None


def _open(database: str | None) -> Database:
    from bot.app import open_database
    from bot.settings import settings

    return open_database(settings(), database)


def _now(now: str | None) -> Any:
    from bot.parts import Now

    return moment(now, "--now") if now else Now()()
