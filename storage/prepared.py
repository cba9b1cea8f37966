"""Statements of the hot paths, compiled once and run on the driver's own cursor, in the transaction of `s`.

SQLAlchemy spends 70-100 microseconds a statement on what never changes between two calls; this spends 10. The
statement, its types and its dialect stay SQLAlchemy's, and so do the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]
Processor = Callable[[Any], Any]


class Prepared:
    """A statement, or what gives it for a dialect's name; `columns` are those that an INSERT fills. Binds no lists."""

    def __init__(self, build: Any, columns: Sequence[str] | None = None) -> None:
        self._build = build
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, s: Connection, **values: Any) -> list[Row]:
        """All rows, as tuples in the order of the statement's columns."""
        compiled, cursor = self._execute(s, values)
        return [compiled.row(found, cursor) for found in cursor.fetchall()]

    def first(self, s: Connection, **values: Any) -> Row | None:
        """The first row, if there is one."""
        compiled, cursor = self._execute(s, values)
        found = cursor.fetchone()
        return None if found is None else compiled.row(found, cursor)

    def count(self, s: Connection, **values: Any) -> int:
        """How many rows it changed."""
        number: int = self._execute(s, values)[1].rowcount
        return number

    def many(self, s: Connection, each: Iterable[Mapping[str, Any]], **same: Any) -> int:
        """How many rows it changed, run once for each of `each`, with what is the `same` for all. Returns no rows."""
        compiled = self._for(s.dialect)
        driver: Any = s.connection.driver_connection
        cursor = driver.cursor()
        try:
            cursor.executemany(compiled.sql, compiled.bound_each(each, same))
        except s.dialect.loaded_dbapi.Error as error:
            _raise(s, compiled.sql, error)
        number: int = cursor.rowcount
        return number

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            statement = self._build(dialect.name) if callable(self._build) else self._build
            compiled = self._compiled[dialect.name] = _Compiled(statement, dialect, self._columns)
        return compiled

    def _execute(self, s: Connection, values: dict[str, Any]) -> tuple[_Compiled, Any]:
        compiled = self._for(s.dialect)
        driver: Any = s.connection.driver_connection
        try:
            return compiled, driver.execute(compiled.sql, compiled.bound(values))
        except s.dialect.loaded_dbapi.Error as error:
            _raise(s, compiled.sql, error)


class _Compiled:
    """A statement in the words of one dialect, with what its values go through on the way in and out."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self._positions: list[str] | None = compiled.positiontup if compiled.positional else None
        names = dict.fromkeys(self._positions or compiled.binds)
        self._ins = {name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._returned = [column.type.dialect_impl(dialect) for column in getattr(statement, "exported_columns", ())]
        self._dialect = dialect
        self._outs: list[tuple[int, Processor]] | None = None

    def bound(self, values: dict[str, Any]) -> Any:
        given = {**self._fixed, **values}
        if self._positions is None:
            return {name: process(given[name]) if process else given[name] for name, process in self._ins.items()}
        ins = self._ins
        return [process(given[name]) if (process := ins[name]) else given[name] for name in self._positions]

    def bound_each(self, each: Iterable[Mapping[str, Any]], same: Mapping[str, Any]) -> Iterator[Any]:
        """As `bound`, for many: what is the same for all is processed once."""
        given = {**self._fixed, **same}
        order = self._positions or list(self._ins)
        fixed = [process(given[name]) if name in given and (process := self._ins[name]) else given.get(name)
                 for name in order]  # fmt: skip
        varied = [(at, name, self._ins[name]) for at, name in enumerate(order) if name not in given]
        for one in each:
            values = fixed.copy()
            for at, name, process in varied:
                values[at] = process(one[name]) if process else one[name]
            yield values if self._positions else dict(zip(order, values, strict=True))

    def row(self, found: Row, cursor: Any) -> Row:
        if self._outs is None:
            self._outs = self._processors([column[1] for column in cursor.description])
        if not self._outs:
            return found
        values = list(found)
        for at, process in self._outs:
            values[at] = process(values[at])
        return tuple(values)

    def _processors(self, kinds: list[Any]) -> list[tuple[int, Processor]]:
        """What the returned columns go through; `kinds` are the driver's own types of them."""
        made = (
            column.result_processor(self._dialect, kind) for column, kind in zip(self._returned, kinds, strict=True)
        )
        return [(at, processor) for at, processor in enumerate(made) if processor]


def _raise(s: Connection, sql: str, error: Any) -> NoReturn:
    """The driver's error as SQLAlchemy would raise it, without the values."""
    driver: Any = s.connection.driver_connection
    lost = s.dialect.is_disconnect(error, driver, None)
    if lost:
        s.invalidate(error)
    kind: Any = s.dialect.loaded_dbapi.Error
    raised = DBAPIError.instance(sql, None, error, kind, True, lost, s.dialect)
    raise raised from error
