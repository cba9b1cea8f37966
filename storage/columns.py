"""Column types and small things that every table shares."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Dialect,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.orm import DeclarativeBase, mapped_column


def _written(value: datetime | None) -> str | None:
    """The text that SQLAlchemy keeps of a moment in SQLite, made in one go, which takes a fraction of the time."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = _aware(value).astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no timezone")
    return value


class Instant(TypeDecorator[datetime]):
    """A moment, timezone-aware on the way in and UTC on the way out, also where the database knows no zones."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _aware(value).astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Sealed = Annotated[bytes, mapped_column(LargeBinary)]
"""A value sealed for this table, column and row: see storage/sealed.py."""

Id = Annotated[str, mapped_column(String(40), primary_key=True)]
Number = Annotated[
    int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
]


class Table(DeclarativeBase):
    """All tables of the service."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it so
        str: Text,
        int: Integer,
        float: Float,
        bool: Boolean,
        datetime: Instant,
        date: Date,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


def new_id() -> str:
    """A fresh id of 16 small letters and digits, not to be guessed and not to be confused by eye with another."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()
