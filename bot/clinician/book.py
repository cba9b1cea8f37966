"""`ingit protocols html DIR`: all protocols as one book, to browse, search and print, without a network."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clinician.page import LEVEL_NAMES, labels, patient, rule_pages, signed_by
from bot.clinician.wording import clause, sentence
from flows.protocol import LEVELS, Protocol, protocols
from flows.texts import texts

_TEMPLATES = Path(__file__).parent / "templates"


def write_book(folder: Path, now: datetime, library: Path | None = None) -> Path:
    """Write `index.html` into the folder, made if it is not there; the file. One file holds the whole book."""
    every = list((protocols(library) if library else protocols()).values())
    every.sort(key=lambda protocol: (not protocol.data.opens, protocol.data.title.en))
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    env.globals |= {
        "labels": labels, "patient": patient, "rule_pages": rule_pages, "signed_by": signed_by, "sentence": sentence,
        "clause": clause, "level_names": LEVEL_NAMES, "specialty": _specialty,
    }  # fmt: skip
    page = env.get_template("book.html.j2").render(
        protocols=every, made=now.strftime("%Y-%m-%d"), unsigned=sum(one.signature is None for one in every),
        levels=_levels(every), rules=sum(len(one.rules) for one in every),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "index.html"
    file.write_text(page, "utf-8")
    return file


def _specialty(code: str, lang: str) -> str:
    return str(getattr(texts()[f"specialty.{code}"], lang))


def _levels(every: list[Protocol]) -> list[tuple[str, str, int]]:
    counts = Counter(rule.level for protocol in every for rule in protocol.rules)
    return [(level, LEVEL_NAMES[level], counts[level]) for level in LEVELS]
