"""The figures of `ingit eval read` for people: tables, the worst sentences, a plot of recall by way of writing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.documents.make import plot_png
from bot.evaluation.measure import OVERALL, READERS, Measured

WAYS = ("bn", "banglish", "en", "mixed", OVERALL)
LABELS = {"bn": "Bengali script", "banglish": "romanised", "en": "English", "mixed": "mixed", OVERALL: "all"}


def as_json(measured: Measured) -> str:
    """One object: reader, way of writing, figure."""
    figures = {
        reader: {way: score.figures() for way, score in by_way.items()} for reader, by_way in measured.scores.items()
    }
    return json.dumps(figures, ensure_ascii=False)


def print_tables(measured: Measured) -> None:
    """A table a reader: figures down, ways of writing across."""
    for reader, ways in _by_reader(measured):
        table = Table("figure", *[LABELS[way] for way in ways], title=f"Read by {reader}")
        figures = {way: measured.scores[reader][way].figures() for way in ways}
        for name in dict.fromkeys(name for one in figures.values() for name in one):
            table.add_row(name.replace("_", " "), *[_cell(figures[way].get(name)) for way in ways])
        Console().print(table)


def print_confusion(measured: Measured, reader: str) -> None:
    """Which intents were taken for which, the most often first."""
    table = Table("meant", "read as", "times", title=f"Intents confused by {reader}")
    for (meant, read_as), times in measured.scores[reader][OVERALL].confused.most_common():
        table.add_row(meant, read_as, str(times))
    Console().print(table)


def print_worst(measured: Measured, reader: str, most: int) -> None:
    """The sentences with most faults."""
    for sentence, wrong in measured.worst(reader, most):
        print(f"{sentence.lang}: {sentence.text}\n    {'; '.join(wrong)}")


def save_plot(measured: Measured, path: Path) -> None:
    """Recall of findings and of danger signs by way of writing, a bar a reader, as a PNG."""
    readers = [reader for reader, _ in _by_reader(measured)]
    groups = []
    for name, title in (("present_recall", "Findings that are there"), ("danger_recall", "Danger signs")):
        for way in WAYS:
            if way in measured.scores[readers[0]]:
                shares = [measured.scores[reader][way].figures()[name] or 0.0 for reader in readers]
                groups.append({"of": title, "way": LABELS[way], "shares": shares})
    path.write_bytes(plot_png({"title": "Read of what was written: recall", "readers": readers, "groups": groups}))


def _by_reader(measured: Measured) -> Iterator[tuple[str, list[str]]]:
    for reader in READERS:
        if reader in measured.scores:
            yield reader, [way for way in WAYS if way in measured.scores[reader]]


def _cell(value: Any) -> str:
    return "-" if value is None else str(value)
