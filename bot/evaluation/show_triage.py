"""The figures of `ingit eval triage` for people: figures by way of writing, the confusion matrix, what went wrong."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.clinician.page import LEVEL_NAMES
from bot.evaluation.show import LABELS, WAYS
from bot.evaluation.triage import Ended, Figures
from flows.protocol import LEVELS

_ENDS = {**LEVEL_NAMES, "none": "no outcome"}


def as_json(figures: Figures) -> str:
    """One object: figures by way of writing, the matrix, and every case that went wrong."""
    matrix = {expected: {got: n for (of, got), n in figures.matrix().items() if of == expected} for expected in LEVELS}
    return json.dumps(
        {**_by_way(figures), "matrix": matrix, "wrong": [_told(one) for one in figures.wrong()]}, ensure_ascii=False
    )


def print_tables(figures: Figures, worst: int) -> None:
    """Figures across ways of writing, the matrix, and the worst cases."""
    ways = _by_way(figures)
    table = Table("figure", *[LABELS[way] for way in ways], title="Cases through the whole conversation")
    for name in ways["all"]:
        table.add_row(name.replace("_", " "), *["-" if one[name] is None else str(one[name]) for one in ways.values()])
    Console().print(table)
    matrix = figures.matrix()
    ends = [*LEVELS, *(["none"] if any(got == "none" for _, got in matrix) else [])]
    table = Table("expected", *[_ENDS[got] for got in ends], title="Expected, and what it came to")
    for expected in LEVELS:
        table.add_row(_ENDS[expected], *[str(matrix.get((expected, got), 0)) for got in ends])
    Console().print(table)
    for one in figures.wrong()[:worst]:
        told = _told(one)
        print(f"{told['side']}: {told['name']} ({told['opening']})")
        print(f"    accepted {', '.join(told['accept'])}; {told['came_to']}; asked {', '.join(one.asked)}")


def _by_way(figures: Figures) -> dict[str, dict[str, Any]]:
    ways = {way: figures.of(way).figures() for way in WAYS if figures.of(way).ended}
    return {**ways, "all": figures.figures()}


def _told(one: Ended) -> dict[str, Any]:
    if one.outcome:
        came_to = f"{one.outcome['level']}, {one.outcome['specialty']} by {one.outcome['rule']}"
    else:
        came_to = one.problem
    return {
        "name": one.case.name, "lang": one.case.lang, "opening": one.case.opening, "side": one.side,
        "accept": list(one.case.accept), "came_to": came_to, "taps": one.taps,
    }  # fmt: skip
