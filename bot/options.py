"""What several commands share: options, what is written behind them, how they answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import typer

Database_ = Annotated[str | None, typer.Option("--database", metavar="URL", help="Instead of DATABASE_URL.")]
Now_ = Annotated[
    str | None, typer.Option("--now", metavar="ISO", help="A standing clock, e.g. 2026-11-23T09:00+05:30.")
]
Json_ = Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")]
Postgres_ = Annotated[
    str | None, typer.Option("--postgres", metavar="URL", help="A server to make databases on, and drop them.")
]
Jsonl_ = Annotated[bool, typer.Option("--jsonl", help="JSON lines on standard input and output (docs/jsonl.md).")]


def moment(said: str, option: str) -> datetime:
    """A moment as ISO writes it, in Asia/Kolkata where it names no zone. Raises typer.BadParameter, naming `option`."""
    from storage.zone import KOLKATA

    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        example = "2026-11-23T09:00+05:30"
        raise typer.BadParameter(f"{option}: {said!r} cannot be read; write for example {example}") from None
    return found if found.tzinfo else found.replace(tzinfo=KOLKATA)


def say(lines: Iterable[str]) -> None:
    """Prints lines as they come."""
    for line in lines:
        typer.echo(line)


def exit_if(wrong: int) -> None:
    """Ends with exit code 1 if anything was wrong."""
    if wrong:
        raise typer.Exit(1)
