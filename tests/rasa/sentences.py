"""The sentences of the held-out file and of the training data, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = ROOT / "tests" / "rasa" / "intents.yaml"
TRAINING = ROOT / "nlu" / "rasa" / "data"
_MARKED = re.compile(r"\[([^\]]+)\]\{[^}]*\}")


class Sentence(NamedTuple):
    """A sentence with its intent and the way it is written."""

    intent: str
    way: str
    text: str


def held_out() -> list[Sentence]:
    """The sentences to be tried."""
    ways = yaml.safe_load(HELD_OUT.read_text("utf-8"))
    return [
        Sentence(i, way, str(text)) for i, by_way in ways.items() for way, texts in by_way.items() for text in texts
    ]


def training_lines() -> Iterator[tuple[str, str]]:
    """Each training sentence as it stands, entities marked, with its intent."""
    for path in sorted(TRAINING.glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                yield block["intent"], line.removeprefix("- ").strip()


def plain(line: str) -> str:
    """A training sentence without its entity marks."""
    return _MARKED.sub(r"\1", line)


def alike(text: str) -> str:
    """What two sentences have in common that differ in case, spaces and marks alone."""
    return re.sub(r"[\s।,.?!]+", " ", text).strip().lower()
