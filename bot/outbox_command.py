"""`ingit outbox`: what waits to be said, what could not be, and why; never the words themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.options import Database_, Json_

if TYPE_CHECKING:
    from storage.dead_letters import DeadLetter, Due
    from storage.session import Database

app = typer.Typer(
    help="Notices: counts, the oldest due, dead letters; retry or drop them.", invoke_without_command=True
)
STATES = ("waiting", "sent", "dead", "called_off", "expired", "opted_out")
PRIORITIES = ("emergency", "reply", "time-critical", "reminder", "digest")

Id_ = Annotated[int | None, typer.Argument(metavar="ID", help="A dead letter's number, from `ingit outbox`.")]
All_ = Annotated[bool, typer.Option("--all", help="All of them, or all of a --kind.")]
Kind_ = Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only of this kind.")]


@app.callback()
def show(
    context: typer.Context,
    database: Database_ = None,
    kind: Kind_ = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Dead letters shown.")] = 20,
    json_: Json_ = False,
) -> None:
    """What waits, by state and kind; the oldest due; dead letters with their reasons."""
    if context.invoked_subcommand is None:
        _with(database, lambda db, now: _print(db, now, kind, limit, json_))


@app.command()
def retry(id: Id_ = None, all_: All_ = False, kind: Kind_ = None, database: Database_ = None) -> None:
    """Try dead letters again now; what has expired stays dead."""
    from storage import dead_letters

    _one_or_all(id, all_, kind)
    _with(database, lambda db, now: _done(db.call(dead_letters.retry, now, BY, id, kind), id, "will be tried again"))


@app.command()
def drop(id: Id_ = None, all_: All_ = False, kind: Kind_ = None, database: Database_ = None) -> None:
    """Take dead letters out of the list for good."""
    from storage import dead_letters

    _one_or_all(id, all_, kind)
    _with(database, lambda db, now: _done(db.call(dead_letters.drop, now, BY, id, kind), id, "dropped"))


BY = "command line"


def _with(database: str | None, work: Callable[[Database, datetime], None]) -> None:
    from bot.app import open_database
    from bot.parts import Now
    from bot.settings import settings

    db = open_database(settings(), database)
    try:
        work(db, Now()())
    finally:
        db.close()


def _one_or_all(id: int | None, all_: bool, kind: str | None) -> None:
    if (id is None) != (all_ or kind is not None):
        raise typer.BadParameter("give a dead letter's ID, or --all, or --kind KIND; not several of them")


def _done(count: int, id: int | None, what: str) -> None:
    typer.echo(f"{count or 'no'} dead letter{'' if count == 1 else 's'} {what}.")
    if id is not None and not count:
        typer.echo(f"{id} is no dead letter, or its time is over; `ingit outbox` lists what there is.", err=True)
        raise typer.Exit(1)


def _print(db: Database, now: datetime, kind: str | None, limit: int, as_json: bool) -> None:
    from storage import dead_letters

    counts = db.call(dead_letters.counts_by_kind)
    queue = db.call(dead_letters.queue, now)
    dead = db.call(dead_letters.dead_letters, kind, limit)
    lines = [_json(counts, queue, dead)] if as_json else _tables(counts, queue, dead, now)
    for line in lines:
        typer.echo(line)


def _json(counts: dict[str, dict[str, int]], queue: list[Due], dead: list[DeadLetter]) -> str:
    import json
    from dataclasses import asdict

    found = {"counts": counts, "queue": [asdict(one) for one in queue], "dead": [asdict(one) for one in dead]}
    return json.dumps(found, ensure_ascii=False, default=lambda moment: moment.isoformat())


def _tables(
    counts: dict[str, dict[str, int]], queue: list[Due], dead: list[DeadLetter], now: datetime
) -> Iterator[str]:
    if not counts:
        yield "The outbox is empty."
        return
    yield f"{'kind':24}" + "".join(f"{state:>12}" for state in STATES)
    for kind, by_state in counts.items():
        yield f"{kind:24}" + "".join(f"{by_state.get(state, 0):>12}" for state in STATES)
    for one in queue:
        oldest = f", the oldest for {_ago(now - one.oldest)}" if one.oldest else ""
        yield f"{PRIORITIES[one.priority]}: {one.waiting} waiting, {one.due} due{oldest}"
    yield "Dead letters, newest first:" if dead else "No dead letters."
    for letter in dead:
        about = letter.about or "-"
        yield f"{letter.id:>8}  {letter.died_at:%Y-%m-%d %H:%M}Z  {letter.kind}  {about}  {letter.reason}"


def _ago(age: timedelta) -> str:
    return str(timedelta(seconds=int(age.total_seconds())))
