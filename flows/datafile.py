"""Reading the project's own data files: YAML that a schema checks, refused with file, line and mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadData(ValueError):
    """A data file that is not as it must be; the message names file, line and mend."""


class Source:
    """A data file as read: its values, and the line each of them stands on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._node = yaml.compose(path.read_text("utf-8"), Loader=_Loader)
            self._refuse_repeated(self._node)
            loader = _Loader("")
            self.data: Any = loader.construct_document(self._node) if self._node else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise BadData(f"{path}:{line}: not YAML: {error.problem}. Mend the indentation or quotes there.") from None
        except UnicodeDecodeError:
            raise BadData(f"{path}:1: not UTF-8. Save the file as UTF-8.") from None

    def line(self, *keys: str | int) -> int:
        """The line (from 1) of the value under `keys`, or of the nearest thing above it."""
        node = self._node
        for key in keys:
            below = _child(node, key)
            if below is None:
                break
            node = below
        return node.start_mark.line + 1 if node else 1

    def wrong(self, message: str, *keys: str | int) -> BadData:
        """An error at `keys`, to be raised."""
        return BadData(f"{self.path}:{self.line(*keys)}: {message}")

    def _refuse_repeated(self, node: Any) -> None:
        """YAML keeps the last of two same keys without a word; here it is an error."""
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, below in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise BadData(f"{self.path}:{line}: {key.value} stands twice. Keep one.")
                seen.add(key.value)
                self._refuse_repeated(below)
        elif isinstance(node, yaml.SequenceNode):
            for below in node.value:
                self._refuse_repeated(below)

    def parse(self, model: type[Model], *keys: str | int) -> Model:
        """The value under `keys` as `model`; raises BadData with the line of the first fault."""
        value = self.data
        for key in keys:
            value = value[key]
        try:
            return model.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            where = tuple(key for key in first["loc"] if isinstance(key, str | int))
            name = ".".join(map(str, where)) or "the file"
            raise self.wrong(f"{name}: {first['msg']}", *keys, *where) from None


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None
