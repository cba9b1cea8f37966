"""`ingit eval ...`: how well it does what it is for, on files of examples."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bot.options import Json_

app = typer.Typer(help="Measure how well it does what it is for, on files of examples.", no_args_is_help=True)


@app.command("read")
def eval_read(
    files: Annotated[list[Path], typer.Argument(help="Files of sentences (docs/measuring.md).", exists=True)],
    json_: Json_ = False,
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


@app.command("triage")
def eval_triage(
    files: Annotated[list[Path], typer.Argument(help="Files of cases (docs/measuring.md).", exists=True)],
    json_: Json_ = False,
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
