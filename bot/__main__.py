"""The command line: `ingit --help`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.importing.command import app as import_app
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
app.add_typer(sessions_app, name="sessions")
app.add_typer(simulate_app, name="simulate")
eval_app = typer.Typer(help="Measure how well it does what it is for, on files of examples.", no_args_is_help=True)
app.add_typer(eval_app, name="eval")


bench_app = typer.Typer(invoke_without_command=True)
app.add_typer(bench_app, name="bench")
protocols_app = typer.Typer(help="Read, check, compare and sign the clinical protocols.", no_args_is_help=True)
app.add_typer(protocols_app, name="protocols")


class Role(StrEnum):
    """Who is talking in the terminal."""

    patient = "patient"
    asha = "asha"
    doctor = "doctor"


class StaffRole(StrEnum):
    """Whom an invitation is for."""

    asha = "asha"
    doctor = "doctor"
    coordinator = "coordinator"


Database_ = Annotated[str | None, typer.Option("--database", metavar="URL", help="Instead of DATABASE_URL.")]
Now_ = Annotated[
    str | None, typer.Option("--now", metavar="ISO", help="A standing clock, e.g. 2026-11-23T09:00+05:30.")
]
Json_ = Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")]
Jsonl_ = Annotated[bool, typer.Option("--jsonl", help="JSON lines on standard input and output (docs/jsonl.md).")]


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
            _exit_if(answer_lines(answer, _lines()))


@eval_app.command("read")
def eval_read(
    files: Annotated[list[Path], typer.Argument(help="Files of sentences (docs/measuring.md).", exists=True)],
    json_: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    no_rasa: Annotated[bool, typer.Option("--no-rasa", help="By the words alone; starts at once.")] = False,
    confusion: Annotated[bool, typer.Option("--confusion", help="Also which intents were taken for which.")] = False,
    worst: Annotated[int, typer.Option("--worst", metavar="N", min=0, help="Also the N worst sentences.")] = 0,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.png", help="Also recall as bars.")] = None,
) -> None:
    """How well messages are read: by the lexicon alone, by Rasa alone, and by both, by way of writing."""
    from bot.app import rasa_for_reading
    from bot.evaluation import show
    from bot.evaluation.measure import measure
    from bot.evaluation.sentences import load_sentences

    sentences = load_sentences(files)
    with nullcontext() if no_rasa else rasa_for_reading() as rasa:
        measured = measure(sentences, rasa)
    best = "lexicon" if no_rasa else "both"
    if json_:
        typer.echo(show.as_json(measured))
    else:
        show.print_tables(measured)
    if confusion:
        show.print_confusion(measured, best)
    if worst:
        show.print_worst(measured, best, worst)
    if plot:
        show.save_plot(measured, plot)


@eval_app.command("triage")
def eval_triage(
    files: Annotated[list[Path], typer.Argument(help="Files of cases (docs/measuring.md).", exists=True)],
    json_: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    rasa: Annotated[bool, typer.Option("--rasa", help="With Rasa reading along; loads it first.")] = False,
    worst: Annotated[int, typer.Option("--worst", metavar="N", min=0, help="Also the N worst cases.")] = 0,
) -> None:
    """Cases through the whole conversation: levels, emergencies seen, specialty, taps, by way of writing."""
    import asyncio

    from bot.app import play_cases
    from bot.evaluation import show_triage
    from bot.evaluation.cases import load_cases

    figures = asyncio.run(play_cases(load_cases(files), rasa))
    if json_:
        typer.echo(show_triage.as_json(figures))
    else:
        show_triage.print_tables(figures, worst)


@protocols_app.command("show")
def protocols_show(code: Annotated[str, typer.Argument(help="A protocol's code, such as headache.")]) -> None:
    """One protocol as a page to read, both languages."""
    from bot.clinician.page import as_text
    from flows.protocol import protocols

    known = protocols()
    if code not in known:
        raise typer.BadParameter(f"{code!r} is no protocol. There are: {', '.join(known)}")
    _say(as_text(known[code]))


@protocols_app.command("html")
def protocols_html(folder: Annotated[Path, typer.Argument(help="Where to write index.html.")]) -> None:
    """All protocols as one book: decision diagrams, both languages, sources, examples, search; to browse or print."""
    from bot.clinician.book import write_book
    from bot.parts import Now

    typer.echo(f"Written: {write_book(folder, Now()())}")


@protocols_app.command("check")
def protocols_check() -> None:
    """Gaps, rules that cannot be reached, idle questions, texts too long; and how many are signed."""
    from bot.clinician.check import problems
    from flows.protocol import protocols

    found = list(problems())
    _say(found)
    signed = sum(protocol.signature is not None for protocol in protocols().values())
    typer.echo(f"{len(protocols())} protocols, {signed} signed; {len(found) or 'no'} problems.")
    _exit_if(len(found))


@protocols_app.command("diff")
def protocols_diff(
    old: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of protocols.")],
    new: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder to compare it with.")],
) -> None:
    """What another version of the protocols changes, on every example patient of both."""
    from bot.clinician.compare import as_text

    _say(as_text(old, new))


@protocols_app.command("sign")
def protocols_sign(
    codes: Annotated[list[str], typer.Argument(help="The protocols' codes.")],
    name: Annotated[str, typer.Option(help="The clinician's name.")],
    registration: Annotated[str, typer.Option(help="The number in the medical council's register.")],
) -> None:
    """Record that a clinician has read and approved these protocols as they now stand."""
    from bot.clinician.signing import sign
    from bot.parts import Now

    for code in sign(codes, name, registration, Now()().date()):
        typer.echo(f"{code}: signed by {name}. Commit the file; a later change of it makes the signature void.")


@app.command()
def explain(
    decision: Annotated[str | None, typer.Argument(help="A stored decision's id; left out, the last ones.")] = None,
    database: Database_ = None,
) -> None:
    """A stored decision again: what was known, which rule spoke, and what today's rules would say."""
    from bot.clinician.again import explain_decision, latest_decisions

    _say(explain_decision(decision, database) if decision else latest_decisions(database))


@app.command()
def triage(jsonl: Jsonl_ = False) -> None:
    """The rule engine alone, a case a line: {"age_years": 30, "sex": "male", "facts": {"fever": true}}."""
    from bot.lines import answer_lines
    from bot.triage_lines import triage as answer

    if not jsonl:
        raise typer.BadParameter("write `ingit triage --jsonl` and give a case a line on standard input")
    _exit_if(answer_lines(answer, _lines()))


@app.command()
def enrol(
    role: StaffRole,
    name: Annotated[str, typer.Option(help="The name, as patients shall see it.")],
    doctor: Annotated[str | None, typer.Option(help="The doctor's id; a wrong one lists some that there are.")] = None,
    hub: Annotated[str | None, typer.Option(help="A coordinator's hub id.")] = None,
    area: Annotated[str | None, typer.Option(help="An ASHA worker's spoke id.")] = None,
    chat_: Annotated[
        str | None, typer.Option("--chat", help="Enrol this chat at once (tests, demonstrations).")
    ] = None,
    database: Database_ = None,
) -> None:
    """Make an invitation for a doctor, ASHA worker or coordinator: single use, valid for three days."""
    from bot.enrol import enrol_staff

    _say(enrol_staff(role.value, name, doctor, hub, area, chat_, database))


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

    _say(load_demonstration(database, if_empty))


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
    postgres: Annotated[
        str | None, typer.Option("--postgres", metavar="URL", help="A server to make databases on, and drop them.")
    ] = None,
) -> None:
    """Bookings a second, 16 at once, beside a plain writer and beside count-then-insert; none may be sold twice."""
    from bot.bench_booking.measure import run_booking_bench

    run_booking_bench(json_, quick, postgres)


@bench_app.command("notices")
def bench_notices(
    json_: Json_ = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer notices.")] = False,
    postgres: Annotated[
        str | None, typer.Option("--postgres", metavar="URL", help="A server to make databases on, and drop them.")
    ] = None,
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


def _say(lines: Any) -> None:
    for line in lines:
        typer.echo(line)


def _lines() -> Any:
    from bot.channels.jsonl import standard_input

    return standard_input()


def _exit_if(wrong: int) -> None:
    if wrong:
        raise typer.Exit(1)


def _moment(iso: str | None) -> datetime | None:
    from bot.moments import ZONE

    if iso is None:
        return None
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        raise typer.BadParameter(f"--now: {iso!r} cannot be read; write for example 2026-11-23T09:00+05:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


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
