"""`ingit keys`: a new key, what each key has sealed, sealing anew what an older one sealed while the service runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot.options import Database_, Json_

if TYPE_CHECKING:
    from storage.rotation import Rotated
    from storage.session import Database

app = typer.Typer(help="Keys of what is personal: new, rotate, check.", no_args_is_help=True)
BY = "command line"
SHOWN = 20
"""Values that do not open, named one by one; the others are counted."""

NEXT = """\
1. Every process must be able to open what it seals: put it LAST in INGIT_KEYS (key,key,...) and restart them all.
2. Put it FIRST and restart them again: from now on it seals.
3. ingit keys rotate
4. ingit keys check: when no value is sealed by the old key, take it off the ring. The audit's rows before the change
   can be verified with the old key alone, so keep it (not on the servers) as long as they are kept."""


@app.command()
def new(
    name: Annotated[str | None, typer.Argument(metavar="ID", help="Its id; left out: k1, k2, ...")] = None,
    add: Annotated[bool, typer.Option("--add", help="Put it first in the key file instead of printing it.")] = False,
) -> None:
    """Make a key; printed as the ring is written, with what to do next."""
    from bot.settings import BadSetting, settings
    from storage.keys import add_key, keyring
    from storage.sealed import new_key

    given, written = settings(), settings().ingit_keys
    file = given.ingit_var / "keys"
    known = keyring(written.get_secret_value(), file).names if written else _in_file(file)
    name = name or next(id for number in range(1, 1000) if (id := f"k{number}") not in known)
    if name in known or set(name) & {":", ",", "\n", " "}:
        raise typer.BadParameter(f'"{name}" is on the ring already, or holds ":" or ","; choose another id')
    if not add:
        typer.echo(new_key(name))
        typer.echo(NEXT, err=True)
        return
    if written:
        raise BadSetting("INGIT_KEYS: is set, and the key file is not read; make one without --add and put it there")
    add_key(file, new_key(name))
    typer.echo(f"{name} stands first in {file}. Restart the service, then: ingit keys rotate")


@app.command()
def check(database: Database_ = None, json_: Json_ = False) -> None:
    """What each key has sealed; exit code 1 if a key that is needed is not on the ring."""
    from storage.rotation import keys_in_use

    db = _open(database)
    try:
        found, names = db.call(keys_in_use), db.ring.names
    finally:
        db.close()
    for line in [_json(found, names)] if json_ else _told(found, names):
        typer.echo(line)
    if lost := list(_lost(found, names)):
        for line in lost:
            typer.echo(line, err=True)
        raise typer.Exit(1)


@app.command()
def rotate(database: Database_ = None, json_: Json_ = False) -> None:
    """Seal anew, with the ring's first key, all that another has sealed. May be stopped and begun again at any time."""
    import asyncio
    import json

    db = _open(database)
    began = time.perf_counter()
    try:
        done = asyncio.run(_rotate(db))
    finally:
        db.close()
    seconds = time.perf_counter() - began
    if json_:
        lost = {f"{name}: {column}": many for (name, column), many in done.lost.items()}
        said = {"values": done.values, "seconds": round(seconds, 2), "lost": lost, "broken": len(done.broken)}
        typer.echo(json.dumps(said))
    else:
        how = f"in {seconds:.1f} s ({_rate(done, seconds)}/s)"
        typer.echo(f"{done.values} values sealed anew by {db.ring.current} {how}.")
    for line in _left(done):
        typer.echo(line, err=True)
    if done.lost or done.broken:
        raise typer.Exit(1)


async def _rotate(db: Database) -> Rotated:
    from datetime import UTC, datetime

    import bot.blind_indexes  # noqa: F401  (they follow)
    from storage import audit
    from storage.rotation import rotate as seal_anew

    done = await seal_anew(db)
    if done.values:
        await db.run(audit.append, BY, "keys rotated", f"key:{db.ring.current}", datetime.now(UTC))
    return done


def _open(database: str | None) -> Database:
    from bot.app import open_database
    from bot.settings import settings

    return open_database(settings(), database)


def _in_file(file: object) -> tuple[str, ...]:
    from pathlib import Path

    from storage.keys import keyring

    assert isinstance(file, Path)
    return keyring(None, file).names if file.exists() else ()


def _rate(done: Rotated, seconds: float) -> int:
    return round(done.values / seconds) if seconds else 0


def _left(done: Rotated) -> Iterator[str]:
    for (name, column), many in sorted(done.lost.items()):
        yield f'The key "{name}" is lost: {many} of {column} cannot be read; add it to INGIT_KEYS and rotate again.'
    yield from done.broken[:SHOWN]
    if len(done.broken) > SHOWN:
        yield f"and {len(done.broken) - SHOWN} more that do not open"


def _told(found: dict[str, dict[str, int]], names: tuple[str, ...]) -> Iterator[str]:
    yield f"On the ring: {', '.join(names)}. {names[0]} seals."
    for column, counts in found.items():
        yield f"  {column:24} " + ", ".join(f"{name}: {many}" for name, many in counts.items())
    values = [counts for column, counts in found.items() if column != AUDIT]
    old = sum(sum(counts.values()) - counts.get(names[0], 0) for counts in values)
    yield f"{old} values are sealed by another key still: ingit keys rotate" if old else "No other key seals a value."


AUDIT = "audit.hash"


def _lost(found: dict[str, dict[str, int]], names: tuple[str, ...]) -> Iterator[str]:
    for column, counts in found.items():
        for name, many in counts.items():
            if name not in names:
                what = "cannot be verified" if column == AUDIT else "cannot be read"
                yield f'The key "{name}" is not on the ring: {many} of {column} {what}. Add it to INGIT_KEYS.'


def _json(found: dict[str, dict[str, int]], names: tuple[str, ...]) -> str:
    import json

    return json.dumps({"ring": names, "columns": found})
