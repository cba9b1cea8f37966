"""A file as a spreadsheet program wrote it -> its columns and lines, whatever the encoding, separator and line ends."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

LARGEST = 100_000_000
"""Bytes of a file that is read."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class BadFile(ValueError):
    """A file of which nothing can be used; the message says what to do."""


@dataclass(frozen=True)
class Refused:
    """What is wrong on a line (from 1, as an editor counts), in which column, and how to mend it."""

    line: int
    column: str | None
    wrong: str
    mend: str


@dataclass(frozen=True)
class Line:
    """A line's cells by column, as written; a cell that is not there is empty."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file's lines, those that could not be parted into cells, and what is to be said of its columns."""

    columns: tuple[str, ...]
    lines: list[Line]
    refused: list[Refused]
    notes: list[str]


def read_sheet(path: Path, names: dict[str, str], needed: Sequence[str]) -> Sheet:
    """The sheet. `names`: what a column may be called -> its name. Raises BadFile."""
    text = _text(path)
    refused: list[Refused] = []
    records = _records(text, refused)
    header = next(records, None)
    if header is None:
        raise BadFile(f"{path} is empty. Its first line must name the columns: {', '.join(needed)}.")
    columns, notes = _columns(path, header[1], names, needed)
    lines = [line for number, cells in records if (line := _line(number, cells, columns, refused))]
    return Sheet(tuple(filter(None, columns)), lines, refused, notes)


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise BadFile(f"{path} is a folder. Name a file in it.")
        if path.stat().st_size > LARGEST:
            raise BadFile(f"{path} is larger than {LARGEST // 1_000_000} MB. Part it into several files.")
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise BadFile(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, BadFile):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadFile(f"{path} cannot be read: {reason}.") from None
    return _decoded(path, raw)


def _decoded(path: Path, raw: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None) or _guess(raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        mend = "In the spreadsheet program save it as CSV UTF-8."
        raise BadFile(f"{path}:{line}: not {encoding.removesuffix('-sig').upper()}. {mend}") from None


def _guess(raw: bytes) -> str:
    """UTF-16 without its mark shows by the NULs of the header's Latin letters."""
    start = raw[:64]
    if start[1:8:2] == b"\0\0\0\0"[: len(start[1:8:2])] and len(start) > 3:
        return "utf-16-le"
    if start[0:8:2] == b"\0\0\0\0"[: len(start[0:8:2])] and len(start) > 3:
        return "utf-16-be"
    return "utf-8"


def _records(text: str, refused: list[Refused]) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line it begins on."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skip = 0
    if lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        skip = 1
    separator = lines[0][4] if skip else _separator(next((line for line in lines if line.strip()), ""))
    reader = csv.reader((f"{line}\n" for line in lines[skip:]), delimiter=separator, strict=True)
    while True:
        begins = reader.line_num + 1 + skip
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refused.append(_parted(begins, reader.line_num + skip, str(error)))
            continue
        if any(cell.strip() for cell in cells):
            yield begins, cells


def _parted(begins: int, ends: int, error: str) -> Refused:
    if "end of data" in error or "limit" in error:
        wrong = f'a quote (") opens here and is never closed: lines {begins} to {ends} were not read'
        return Refused(begins, None, wrong, "close it or take it out")
    return Refused(begins, None, f"the quotes do not fit ({error})", 'write a quote inside a cell twice: ""')


def _separator(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(
    path: Path, header: list[str], names: dict[str, str], needed: Sequence[str]
) -> tuple[list[str | None], list[str]]:
    """The name of each column, None for one that is not known, with a note on those."""
    said = [" ".join(cell.replace("\ufeff", "").split()).lower().replace(" ", "_") for cell in header]
    columns = [names.get(cell) for cell in said]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise BadFile(f"{path}:1: the column {', '.join(twice)} stands twice. Take one out.")
    missing = [name for name in needed if name not in columns]
    unknown = [cell[:40] for cell, column in zip(said, columns, strict=True) if column is None and cell]
    if missing:
        raise BadFile(f"{path}:1: {_missing(missing, unknown)}")
    return columns, [_unknown(cell, names, columns) for cell in unknown]


def _missing(missing: list[str], unknown: list[str]) -> str:
    said = [f"the column {name} is missing{_meant(name, unknown)}." for name in missing]
    return f"{' '.join(said)} The first line must name the columns; --columns lists them."


def _meant(name: str, among: Sequence[str]) -> str:
    near = get_close_matches(name, among, 1, 0.7)
    return f' (is "{near[0]}" meant for it?)' if near else ""


def _unknown(cell: str, names: dict[str, str], columns: list[str | None]) -> str:
    near = get_close_matches(cell, [name for name in names if names[name] not in columns], 1, 0.75)
    meant = f"; did you mean {near[0]}?" if near else "."
    return f'the column "{cell}" is not known and was left out{meant}'


def _line(number: int, cells: list[str], columns: list[str | None], refused: list[Refused]) -> Line | None:
    if any(cell.strip() for cell in cells[len(columns) :]):
        wrong = f"{len(cells)} cells, but there are {len(columns)} columns"
        refused.append(Refused(number, None, wrong, "put a name that holds the separator in quotes"))
        return None
    named = zip(columns, cells, strict=False)
    return Line(number, {column: cell for column, cell in named if column})
