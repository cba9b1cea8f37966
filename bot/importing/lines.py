"""The lines of a sheet -> what each says, or why it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.importing.cells import BadCell, clean
from bot.importing.columns import COLUMNS, Column
from bot.importing.names import Names
from bot.importing.sheet import Line, Refused, Sheet
from storage.columns import Table
from storage.tables import Doctor, Holiday, Hub, Spoke

Values = dict[str, Any]
ID_LENGTH = 40


@dataclass(frozen=True)
class Entry:
    """What a line says: the row of a table that it makes or changes. No two lines of a file share a key."""

    line: int
    table: type[Table]
    key: tuple[Any, ...]
    row: Values


class BadLine(ValueError):
    """A line whose cells are right one by one and do not go together."""

    def __init__(self, column: str | None, wrong: str, mend: str) -> None:
        super().__init__(wrong)
        self.refused = (column, wrong, mend)


def entries(
    kind: str,
    sheet: Sheet,
    lines: Iterable[Line],
    names: Names,
    entry: Callable[[int, Values], Entry],
    refused: list[Refused],
) -> Iterator[Entry]:
    """The entries of the lines that are right; the others go to `refused`, with everything that is wrong with them."""
    columns = [column for column in COLUMNS[kind] if column.name in sheet.columns]
    first: dict[tuple[Any, ...], int] = {}
    for line in lines:
        values, wrong = _values(columns, line, names)
        if wrong:
            refused += wrong
            continue
        try:
            made = entry(line.number, values)
            if made.key in first:
                raise BadLine(None, f"says the same as line {first[made.key]}", "keep one of the two")
        except BadLine as error:
            refused.append(Refused(line.number, *error.refused))
            continue
        first[made.key] = line.number
        yield made


def _values(columns: list[Column], line: Line, names: Names) -> tuple[Values, list[Refused]]:
    values: Values = {}
    wrong: list[Refused] = []
    for column in columns:
        try:
            values[column.name] = _value(column, line.cells.get(column.name, ""), names)
        except BadCell as error:
            wrong.append(Refused(line.number, column.name, str(error), error.mend))
    return values, wrong


def _value(column: Column, cell: str, names: Names) -> Any:
    text = clean(cell)
    if not text:
        if column.needed:
            raise BadCell("is empty", f"write the {column.meaning}")
        return None
    read: Callable[[str], Any] = names.by_column.get(column.name, column.reads)
    return read(text)


def hub(line: int, values: Values) -> Entry:
    """A hub: the columns of its table."""
    return Entry(line, Hub, (values["id"],), _place(values))


def spoke(line: int, values: Values) -> Entry:
    """A spoke, at its hub."""
    row = _place(values)
    return Entry(line, Spoke, (values["id"],), row | {"hub_id": row.pop("hub")})


def doctor(line: int, values: Values) -> Entry:
    """A doctor; the signature is made of the rest where none is given."""
    row = dict(values)
    row["hub_id"] = row.pop("hub")
    if "active" in row and row["active"] is None:
        row["active"] = True
    parts = (row["name_en"], row["qualification"], f"Reg. no. {row['registration_number']}")
    row["signature"] = row.get("signature") or ", ".join(parts)
    return Entry(line, Doctor, (row["id"],), row)


def holiday(line: int, values: Values) -> Entry:
    """A holiday of a hub or of all, known by its day and hub."""
    key = (values["date"], values.get("hub"))
    row = {"hub_id": key[1], **{name: values[name] for name in ("date", "name_bn", "name_en")}}
    return Entry(line, Holiday, key, row | {"id": made_id(f"{key[0]}", key[1] or "all")})


def made_id(*parts: str) -> str:
    """An id from what the line says, the same each time; cut where it would be too long."""
    whole = "-".join(parts)
    if len(whole) <= ID_LENGTH:
        return whole
    return f"{whole[: ID_LENGTH - 11]}-{hashlib.sha256(whole.encode()).hexdigest()[:10]}"


def _place(values: Values) -> Values:
    row = dict(values)
    row["district_id"] = row.pop("district")
    return row
