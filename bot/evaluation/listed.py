"""Files that are a list of one kind of thing, each told from the others by one of its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from flows.datafile import Source
from flows.findings import findings

Listed = TypeVar("Listed", bound=BaseModel)


def load_listed(paths: Iterable[Path], kind: type[Listed], what: str, by: str, mend: str) -> list[Listed]:
    """Everything in these files. Raises BadData with file, line and mend.

    `what`: the plural, for the message; `by`: the value that may stand only once in a file; `mend`: what to do then.
    """
    return [one for path in paths for one in _load(path, kind, what, by, mend)]


def _load(path: Path, kind: type[Listed], what: str, by: str, mend: str) -> list[Listed]:
    source = Source(path)
    if not isinstance(source.data, list):
        raise source.wrong(f"a list of {what} is needed; docs/measuring.md shows one")
    read = [source.parse(kind, at) for at in range(len(source.data))]
    times = Counter(getattr(one, by) for one in read)
    for at, one in enumerate(read):
        if times[getattr(one, by)] > 1:
            raise source.wrong(f"{getattr(one, by)!r} stands twice. {mend}", at)
    return read


def known_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """These finding codes; raises ValueError at the first that is none."""
    if strange := [code for code in codes if code not in findings()]:
        raise ValueError(f"no finding {strange[0]!r}; the codes stand in flows/findings_data")
    return codes
