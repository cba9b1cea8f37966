"""JSON lines: one object a line in, one or more out; a line that is not valid gets an error and changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO


class BadLine(ValueError):
    """What is wrong with a line, and what is right."""


def parse_line(line: str) -> dict[str, Any]:
    """The object on a line; raises BadLine."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON: {error}") from None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadLine("half a character stands in it (a lone surrogate); write the whole character") from None
    if not isinstance(value, dict):
        raise BadLine('one JSON object a line, for example {"text": "..."}')
    return value


def write(value: Any, out: TextIO | None = None) -> None:
    """One value on one line, at once."""
    stream = out or sys.stdout
    stream.write(json.dumps(value, ensure_ascii=False) + "\n")
    stream.flush()


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]], lines: Iterator[str]) -> int:
    """Write `answer` of each line; the number of lines that were not valid."""
    wrong = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            write(answer(parse_line(line)))
        except BadLine as error:
            wrong += 1
            write({"error": str(error)})
    return wrong


def field(value: dict[str, Any], name: str, kinds: type | tuple[type, ...], example: str) -> Any:
    """The field `name`, None if left out; raises BadLine if it is of another kind."""
    found = value.get(name)
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if found is not None and (not isinstance(found, wanted) or (isinstance(found, bool) and bool not in wanted)):
        raise BadLine(f"{name}: {found!r} cannot be; write for example {example}")
    return found
