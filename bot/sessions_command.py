"""`ingit sessions ...`: what a hub holds, and changing it; everybody affected is shown first, then re-planned."""

from __future__ import annotations

import asyncio
import difflib
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.options import Database_, moment

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.replan import Change, Move
    from storage.session import Database

app = typer.Typer(help="The sessions of a hub: list, close, shorten, move, cut; doctors away, holidays.",
                  no_args_is_help=True)  # fmt: skip
SHOWN = 8
"""Ids listed for one that there is not."""

Session_ = Annotated[int, typer.Argument(metavar="ID", help="The session's number, from `ingit sessions list`.")]
DryRun_ = Annotated[
    bool, typer.Option("--dry-run", help="Show who is affected and what they would get; write nothing.")
]
Yes_ = Annotated[bool, typer.Option("--yes", help="Do not ask before doing it.")]
Names_ = Annotated[bool, typer.Option("--names", help="Show names too.")]
Now_ = Annotated[str | None, typer.Option("--now", metavar="ISO", help="A standing clock, for trials.", hidden=True)]


@app.command("list")
def list_(
    hub: Annotated[str, typer.Option(help="The hub's id.")],
    day: Annotated[str | None, typer.Option(metavar="DAY", help="As 2026-11-26; today if left out.")] = None,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """The sessions of a hub on a day, with how many people have a place."""
    from storage import sessions

    with _Work(database, now) as work:
        on = _day(day, "--day") if day else work.today
        work.db.call(_known, "hub", hub)
        rows = work.db.call(sessions.sessions_of, hub, [on], work.now)
        for row in rows:
            hours = f"{_at(row['starts_at'])} to {_at(row['ends_at'])[11:]}"
            who = f"{row['name_en']} ({row['doctor_id']}), {row['specialty']}"
            typer.echo(f"{row['id']:>8}  {hours}  {row['people']:>4} booked  {row['status']:6}  {who}")
        typer.echo(f"{len(rows) or 'no'} sessions of {hub} on {on} that are not over.")


@app.command()
def close(
    session: Session_, dry_run: DryRun_ = False, yes: Yes_ = False, names: Names_ = False, database: Database_ = None,
    now: Now_ = None,
) -> None:  # fmt: skip
    """A session is not held."""
    from storage.replan import CloseSession

    _change(CloseSession(session), dry_run, yes, names, database, now)


@app.command()
def shorten(
    session: Session_,
    until: Annotated[str, typer.Option(metavar="TIME", help="When it ends, as 12:00.")],
    dry_run: DryRun_ = False,
    yes: Yes_ = False,
    names: Names_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """A session ends earlier."""
    from storage.replan import ShortenSession

    hour = _hour(until)
    _change(lambda s: ShortenSession(session, _end(s, session, hour)), dry_run, yes, names, database, now)


@app.command()
def move(
    session: Session_,
    to: Annotated[str, typer.Option(metavar="ISO", help="When it begins, as 2026-11-26T10:00.")],
    dry_run: DryRun_ = False,
    yes: Yes_ = False,
    names: Names_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """A session is held at another time; its people keep their tokens."""
    from storage.replan import MoveSession

    _change(MoveSession(session, moment(to, "--to")), dry_run, yes, names, database, now)


@app.command()
def capacity(
    session: Session_,
    people: Annotated[int, typer.Argument(metavar="N", help="How many people a window takes from now on.")],
    window: Annotated[int | None, typer.Option(help="One window of it only.")] = None,
    dry_run: DryRun_ = False,
    yes: Yes_ = False,
    names: Names_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """The windows of a session take fewer people, or more."""
    from storage.replan import CutCapacity

    _change(CutCapacity(people, session, window), dry_run, yes, names, database, now)


@app.command()
def away(
    doctor: Annotated[str, typer.Argument(metavar="DOCTOR", help="The doctor's id.")],
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day away, as 2026-11-26.")],
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day away.")],
    dry_run: DryRun_ = False,
    yes: Yes_ = False,
    names: Names_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """A doctor holds no session for some days."""
    from storage.replan import DoctorAway

    _change(DoctorAway(doctor, _day(from_, "--from"), _day(to, "--to")), dry_run, yes, names, database, now)


@app.command()
def holiday(
    day: Annotated[str, typer.Argument(metavar="DAY", help="As 2026-12-25.")],
    name_bn: Annotated[str, typer.Option(help="What it is called in Bengali.")],
    name_en: Annotated[str, typer.Option(help="What it is called in English.")],
    hub: Annotated[str | None, typer.Option(help="One hub's id; every hub if left out.")] = None,
    dry_run: DryRun_ = False,
    yes: Yes_ = False,
    names: Names_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """A hub, or every hub, holds no session on a day."""
    from storage.replan import HolidayDeclared

    _change(HolidayDeclared(_day(day, "DAY"), hub, name_bn, name_en), dry_run, yes, names, database, now)


class _Work:
    """The open database and the time."""

    def __init__(self, database: str | None, now: str | None) -> None:
        from bot.app import open_database
        from bot.parts import Now
        from bot.settings import settings
        from storage.zone import day_of

        self.now = moment(now, "--now") if now else Now()()
        self.today = day_of(self.now)
        self.db: Database = open_database(settings(), database)

    def __enter__(self) -> _Work:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()


def _change(change: Any, dry_run: bool, yes: bool, names: bool, database: str | None, now: str | None) -> None:
    """Who is affected; then, unless it is a dry run, the change and everybody's new place."""
    from storage.records import Unknown

    with _Work(database, now) as work:
        try:
            made: Change = work.db.call(change) if callable(change) else change
            _show(work, made, names)
            if dry_run:
                typer.echo("Nothing was changed.")
            elif yes or typer.confirm("Do it?"):
                _do(work, made)
            else:
                typer.echo("Nothing was changed.")
                raise typer.Exit(1)
        except Unknown as error:
            raise ValueError(f"{error}. {work.db.call(_near, str(error))}") from None


def _show(work: _Work, change: Change, names: bool) -> None:
    from storage import replan

    moves = asyncio.run(work.db.read(replan.affected, change, work.now))
    for one in moves:
        typer.echo(_line(one, names))
    typer.echo(_summary(moves, "would be affected"))


def _do(work: _Work, change: Change) -> None:
    """The change and the first people in one transaction; the others a few at a time."""
    from bot.replanned import go_on, replan_and_tell
    from storage import replan

    moves = work.db.call(replan_and_tell, change, replan.COMMAND_LINE, work.now)
    for sessions in asyncio.run(work.db.read(replan.unfinished, work.now)):
        while more := work.db.call(go_on, sessions, work.now):
            moves += more
            typer.echo(f"  {len(moves)} done", err=True)
    for one in moves:
        if not one.placed:
            typer.echo(f"No place: {_line(one, False)}")
    typer.echo(_summary(moves, "were moved or put on the waiting list, and are told"))


def _line(one: Move, names: bool) -> str:
    from flows.protocol import URGENCY

    level = next(level for level, rank in URGENCY.items() if rank == one.booking.urgency)
    new = f"{_at(one.starts_at)} at {one.hub_id}" if one.starts_at else "no place: waiting list"
    late = "  LATE: should be seen within a day" if one.late else ""
    name = f"  {one.booking.name or '-'}" if names else ""
    return f"token {one.booking.token_number:>4}  {level:19}  {_at(one.booking.starts_at)} -> {new}{late}{name}"


def _summary(moves: list[Move], what: str) -> str:
    from bot.perform_replan import counted

    n = counted(moves)
    return (
        f"{n['people']} people {what}: {n['same']} at the same hub, {n['other']} at another, "
        f"{n['waiting']} without a place; {n['late']} late."
    )


def _end(s: Connection, session: int, hour: time) -> datetime:
    """The first moment after the session's beginning at which it is that time of day."""
    from sqlalchemy import select

    from storage.records import Unknown
    from storage.tables import Session
    from storage.zone import at, day_of

    starts = s.scalar(select(Session.starts_at).where(Session.id == session))
    if starts is None:
        raise Unknown(f"no session {session}")
    end = at(day_of(starts), hour)
    return end if end > starts else end + timedelta(days=1)


def _known(s: Connection, kind: str, id: str) -> None:
    from sqlalchemy import select

    if s.scalar(select(_table(kind).id).where(_table(kind).id == id)) is None:
        raise ValueError(f"no {kind} {id}. {_near(s, f'no {kind} {id}')}")


def _near(s: Connection, said: str) -> str:
    """What there is that looks like what was meant; `said`: as Unknown says it, "no doctor dr-9"."""
    from sqlalchemy import func, select

    _, kind, id = said.split(" ", 2)
    table = _table(kind)
    if kind in ("session", "window"):
        near = select(table.id).order_by(func.abs(table.id - int(id))).limit(SHOWN)
        listed = [str(one) for one in sorted(s.scalars(near))]
        where = " `ingit sessions list --hub H --day D` lists a day's."
    else:
        every = list(s.scalars(select(table.id).order_by(table.id)))
        listed = difflib.get_close_matches(id, every, SHOWN, 0.4) or every[:SHOWN]
        where = ""
    return f"Near it: {', '.join(listed)}.{where}" if listed else f"There is no {kind} at all: ingit load demo"


def _table(kind: str) -> Any:
    from storage.tables import Doctor, Hub, Session, Window

    return {"session": Session, "window": Window, "doctor": Doctor, "hub": Hub}[kind]


def _at(moment: datetime | None) -> str:
    from storage.zone import KOLKATA

    return f"{moment.astimezone(KOLKATA):%Y-%m-%d %H:%M}" if moment else "-"


def _day(said: str, option: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise typer.BadParameter(f"{option}: {said!r} is no day; write for example 2026-11-26") from None


def _hour(said: str) -> time:
    try:
        return time.fromisoformat(said)
    except ValueError:
        raise typer.BadParameter(f"--until: {said!r} is no time of day; write for example 12:00") from None
