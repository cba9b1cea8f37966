"""`ingit protocols ...`: the clinical protocols, to read, check, compare and sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.options import exit_if, say

app = typer.Typer(help="Read, check, compare and sign the clinical protocols.", no_args_is_help=True)


@app.command("show")
def protocols_show(code: Annotated[str, typer.Argument(help="A protocol's code, such as headache.")]) -> None:
    """One protocol as a page to read, both languages."""
    from bot.clinician.page import as_text
    from flows.protocol import protocols

    known = protocols()
    if code not in known:
        raise typer.BadParameter(f"{code!r} is no protocol. There are: {', '.join(known)}")
    say(as_text(known[code]))


@app.command("html")
def protocols_html(folder: Annotated[Path, typer.Argument(help="Where to write index.html.")]) -> None:
    """All protocols as one book: decision diagrams, both languages, sources, examples, search; to browse or print."""
    from bot.clinician.book import write_book
    from bot.parts import Now

    typer.echo(f"Written: {write_book(folder, Now()())}")


@app.command("check")
def protocols_check() -> None:
    """Gaps, rules that cannot be reached, idle questions, texts too long; and how many are signed."""
    from bot.clinician.check import problems
    from flows.protocol import protocols

    found = list(problems())
    say(found)
    signed = sum(protocol.signature is not None for protocol in protocols().values())
    typer.echo(f"{len(protocols())} protocols, {signed} signed; {len(found) or 'no'} problems.")
    exit_if(len(found))


@app.command("diff")
def protocols_diff(
    old: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of protocols.")],
    new: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder to compare it with.")],
) -> None:
    """What another version of the protocols changes, on every example patient of both."""
    from bot.clinician.compare import as_text

    say(as_text(old, new))


@app.command("sign")
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
