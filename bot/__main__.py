"""The command line: `ingit --help`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.audit_command import app as audit_app
from bot.clinician.command import app as protocols_app
from bot.evaluation.command import app as eval_app
from bot.importing.command import app as import_app
from bot.interchange.command import app as export_app
from bot.interchange.command import import_fhir
from bot.keys_command import app as keys_app
from bot.options import Database_, Json_, Jsonl_, Now_, Postgres_, exit_if, moment, say
from bot.outbox_command import app as outbox_app
from bot.sessions_command import app as sessions_app
from bot.settings import BadSetting
from bot.simulation.command import app as simulate_app

app = typer.Typer(
    name="ingit",
    help="Ingit: how soon, where, a token, a reminder, the doctor's summary; in Bengali and English, on Telegram.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
load_app = typer.Typer(help="Load data.", no_args_is_help=True)
app.add_typer(load_app, name="load")
app.add_typer(import_app, name="import")
import_app.command("fhir")(import_fhir)
app.add_typer(export_app, name="export")
app.add_typer(eval_app, name="eval")
app.add_typer(protocols_app, name="protocols")
app.add_typer(outbox_app, name="outbox")
app.add_typer(sessions_app, name="sessions")
app.add_typer(simulate_app, name="simulate")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
bench_app = typer.Typer(invoke_without_command=True)
app.add_typer(bench_app, name="bench")


class Role(StrEnum):
    """Who is talking in the terminal."""

    patient = "patient"
    asha = "asha"
    health_officer = "health_officer"
    doctor = "doctor"


class StaffRole(StrEnum):
    """Whom an invitation is for."""

    asha = "asha"
    health_officer = "health_officer"
    doctor = "doctor"
    coordinator = "coordinator"


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"ingit {version('ingit')}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False,
) -> None:
    pass


@app.command()
def run() -> None:
    """Start: on Telegram if TELEGRAM_BOT_TOKEN is set, else the conversation in this terminal."""
    from bot.app import run_service
    from bot.settings import settings

    given = settings()
    _go(run_service(given) if given.telegram_bot_token else _terminal("patient", None, None))


@app.command()
def chat(
    as_: Annotated[Role, typer.Option("--as", help="Who is talking.")] = Role.patient,
    jsonl: Jsonl_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """Talk in this terminal, or by JSON lines for programs and tests."""
    from bot.app import run_jsonl

    _go(run_jsonl(database, _moment(now)) if jsonl else _terminal(as_.value, database, _moment(now)))


@app.command()
def read(
    jsonl: Jsonl_ = False,
    now: Now_ = None,
    no_rasa: Annotated[bool, typer.Option("--no-rasa", help="By the words alone; starts at once.")] = False,
    text: Annotated[str | None, typer.Argument(help="One message to read.")] = None,
) -> None:
    """What is understood of a message; with --jsonl a message a line: {"text": "..."}."""
    from bot.app import rasa_for_reading
    from bot.lines import answer_lines, write
    from bot.parts import Now
    from bot.read_lines import reading

    if not jsonl and not text:
        raise typer.BadParameter('give a message, or --jsonl and lines on standard input: ingit read "3 din dhore jor"')
    with nullcontext(lambda text: None) if no_rasa else rasa_for_reading() as rasa:
        answer = reading(_moment(now) or Now()(), rasa)
        if text:
            write(answer({"text": text}))
        else:
            exit_if(answer_lines(answer, _lines()))


@app.command()
def explain(
    decision: Annotated[str | None, typer.Argument(help="A stored decision's id; left out, the last ones.")] = None,
    database: Database_ = None,
) -> None:
    """A stored decision again: what was known, which rule spoke, and what today's rules would say."""
    from bot.clinician.again import explain_decision, latest_decisions

    say(explain_decision(decision, database) if decision else latest_decisions(database))


@app.command()
def triage(jsonl: Jsonl_ = False) -> None:
    """The rule engine alone, a case a line: {"age_years": 30, "sex": "male", "facts": {"fever": true}}."""
    from bot.lines import answer_lines
    from bot.triage_lines import triage as answer

    if not jsonl:
        raise typer.BadParameter("write `ingit triage --jsonl` and give a case a line on standard input")
    exit_if(answer_lines(answer, _lines()))


@app.command()
def enrol(
    role: Annotated[StaffRole | None, typer.Argument()] = None,
    name: Annotated[str | None, typer.Option(help="The name, as patients shall see it.")] = None,
    doctor: Annotated[str | None, typer.Option(help="The doctor's id; a wrong one lists some that there are.")] = None,
    hub: Annotated[str | None, typer.Option(help="A coordinator's hub id.")] = None,
    area: Annotated[str | None, typer.Option(help="An ASHA worker's or health officer's spoke id.")] = None,
    chat_: Annotated[
        str | None, typer.Option("--chat", help="Enrol this chat at once (tests, demonstrations).")
    ] = None,
    approve: Annotated[
        str | None, typer.Option(metavar="ID", help="As the second person, let an invitation work.")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who you are; left out, your login.")] = None,
    database: Database_ = None,
) -> None:
    """Make an invitation for a doctor, ASHA worker, health officer or coordinator: single use, valid for three days.

    A doctor's or coordinator's works when a second person has approved it.
    """
    from bot.enrol import approve as approved
    from bot.enrol import enrol_staff

    if approve:
        say(approved(approve, by, database))
    elif role is None or name is None:
        raise typer.BadParameter('say whom: ingit enrol doctor --name "Dr A. Sen" --doctor ID, or --approve ID')
    else:
        say(enrol_staff(role.value, name, doctor, hub, area, chat_, database, by))


@app.command()
def board(
    hub: Annotated[str, typer.Option(help="The hub's id.")],
    days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 7,
    json_: Json_ = False,
    database: Database_ = None,
    now: Now_ = None,
) -> None:
    """A hub's safety board: outcomes, cases judged more urgent than was decided, hours to the consultation."""
    from bot.board_command import lines

    say(lines(hub, days, json_, database, _moment(now)))


@load_app.command("places")
def load_the_places(database: Database_ = None) -> None:
    """Load the gazetteer: districts, blocks, towns and post offices of West Bengal. Safe to repeat."""
    from bot.app import load_gazetteer

    for line in load_gazetteer(database):
        typer.echo(line)


@load_app.command("demo")
def load_demo(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Only if there is no hub yet.")] = False,
    database: Database_ = None,
) -> None:
    """Load the demonstration: invented hubs, spokes, doctors and rosters in all districts."""
    from bot.app import load_demonstration

    say(load_demonstration(database, if_empty))


@bench_app.callback()
def bench(
    context: typer.Context,
    json_: Json_ = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer turns; no stock Rasa beside it.")] = False,
) -> None:
    """Measure: turns a second beside a stock Rasa assistant, replay, reading, start, memory; or one part of it."""
    from bot.bench import run_bench

    if context.invoked_subcommand is None:
        run_bench(json_, quick)


@bench_app.command("booking")
def bench_booking(
    json_: Json_ = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer bookings.")] = False,
    postgres: Postgres_ = None,
) -> None:
    """Bookings a second, 16 at once, beside a plain writer and beside count-then-insert; none may be sold twice."""
    from bot.bench_booking.measure import run_booking_bench

    run_booking_bench(json_, quick, postgres)


@bench_app.command("keys")
def bench_keys(
    json_: Json_ = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer values and rounds.")] = False,
    postgres: Postgres_ = None,
) -> None:
    """Sealing a million values anew while something else writes; what encryption adds to a turn."""
    from bot.bench_keys import run_keys_bench

    run_keys_bench(json_, quick, postgres)


@bench_app.command("notices")
def bench_notices(
    json_: Json_ = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer notices.")] = False,
    postgres: Postgres_ = None,
    seconds: Annotated[int, typer.Option("--seconds", min=1, help="How long the rate is watched.")] = 15,
) -> None:
    """Planning a day's notices beside APScheduler, sending them, a reply among them, memory, the clock's work."""
    from bot.bench_notices.measure import run_notices_bench

    run_notices_bench(json_, quick, postgres, seconds)


def _terminal(role: str, database: str | None, now: datetime | None) -> Any:
    from bot.app import run_terminal

    return run_terminal(role, database, now)


def _go(service: Any) -> None:
    import asyncio

    try:
        asyncio.run(service)
    except KeyboardInterrupt:
        typer.echo("")


def _lines() -> Any:
    from bot.channels.jsonl import standard_input

    return standard_input()


def _moment(iso: str | None) -> datetime | None:
    return None if iso is None else moment(iso, "--now")


def main() -> None:
    """Run the command line; what is wrong is said in one sentence, with a non-zero exit."""
    from flows.datafile import BadData
    from storage.keys import UnsafeKeys
    from storage.session import DatabaseAway

    try:
        app()
    except (BadData, BadSetting, UnsafeKeys, ValueError) as error:
        print(f"ingit: {error}", file=sys.stderr)
        sys.exit(2)
    except DatabaseAway as error:
        print(
            f"ingit: the database cannot be reached ({error}). Check DATABASE_URL, and that it is running.",
            file=sys.stderr,
        )
        sys.exit(3)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
