"""The few things that SQLite and PostgreSQL write differently."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Text, any_, bindparam, func, select
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql, sqlite

from storage.columns import Table


@cache
def insert_into(dialect: str, table: type[Table]) -> Any:
    """An INSERT into `table` that knows ON CONFLICT."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_new(s: Connection, table: type[Table]) -> Any:
    """An INSERT that leaves alone what is known by a unique key."""
    return insert_into(s.dialect.name, table).on_conflict_do_nothing()


def one_at_a_time(s: Connection, name: str) -> None:
    """Until the transaction ends, whoever else comes here with `name` waits. SQLite has one writer anyway."""
    if s.dialect.name == "postgresql":
        s.execute(sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def among(dialect: str, column: Any, name: str) -> Any:
    """The condition that `column` is one of a list, bound under `name` as `listed` gives it."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=postgresql.ARRAY(Text)))
    return column.in_(select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value))


def listed(s: Connection, values: Iterable[str]) -> Any:
    """The values as `among` binds them."""
    return list(values) if s.dialect.name == "postgresql" else json.dumps(list(values))
