"""What a line may name: hubs, doctors and districts, by id or name; for one that is not there, the nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from bot.importing.cells import BadCell, shown
from storage.imports import Known

SUGGESTIONS = 40
"""Unknown names for which the nearest are looked up; a file of nothing else would take hours."""

Read = Callable[[str], str]


class Names:
    """Looks names up; `by_column` is what reads the cells of a column that names something."""

    def __init__(self, known: Known) -> None:
        self._districts = _by_name(known.districts)
        self._hubs = _by_name(known.hubs)
        self._doctors = {id.casefold(): id for id in known.doctors}
        self._near: dict[tuple[str, str], str] = {}
        self.by_column: dict[str, Read] = {
            "hub": lambda text: self._find("hub", self._hubs, text, "ingit import hubs"),
            "doctor_id": lambda text: self._find("doctor", self._doctors, text, "ingit import doctors"),
            "district": lambda text: self._find("district", self._districts, text, ""),
        }

    def _find(self, what: str, among: Mapping[str, str], text: str, first: str) -> str:
        found = among.get(_plain(text))
        if found is None:
            raise BadCell(f"there is no {what} {shown(text)}", self._mend(what, among, text, first))
        if found in AMBIGUOUS:
            raise BadCell(f"several are called {shown(text)}", f"write the id of the {what}")
        return found

    def _mend(self, what: str, among: Mapping[str, str], text: str, first: str) -> str:
        key = (what, text)
        if key not in self._near and len(self._near) < SUGGESTIONS:
            near = get_close_matches(_plain(text), list(among), 3, 0.6)
            self._near[key] = ", ".join(dict.fromkeys(among[name] for name in near if among[name] not in AMBIGUOUS))
        if near_ones := self._near.get(key):
            return f"did you mean {near_ones}?"
        return f"import it first: {first}" if first else "write a district of West Bengal, such as Purba Bardhaman"


AMBIGUOUS = frozenset({"?"})
"""What stands for a name that several have."""


def _by_name(known: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """By name, where one alone has it; an id always means itself."""
    found: dict[str, str] = {}
    for id, names in known.items():
        for name in dict.fromkeys(_plain(name) for name in names):
            found[name] = "?" if name in found else id
    return found | {id.casefold(): id for id in known}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
