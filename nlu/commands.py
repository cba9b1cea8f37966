"""Words that steer the conversation when said alone: back, cancel, restart, stop."""

from __future__ import annotations

from functools import cache

from nlu.compile_lexicon import rules
from nlu.line import Line
from nlu.normal import readable, tokens

_POLITE = frozenset("please plz pls দয়া করে প্লিজ doya kore dada didi দাদা দিদি একটু ektu the to এটা eta".split())


@cache
def _commands() -> dict[tuple[str, ...], str]:
    return {_plain(phrase): command for command, phrases in rules("commands").items() for phrase in phrases}


def _plain(text: str) -> tuple[str, ...]:
    words = tuple(word.text for word in tokens(readable(str(text))) if word.kind in ("bengali", "latin", "number"))
    return tuple(word for word in words if word not in _POLITE) or words


def command(line: Line) -> str | None:
    """The command, if the whole message is one."""
    if len(line.words) > 10:
        return None
    words = tuple(word.text for word in line.words if word.kind in ("bengali", "latin", "number"))
    return _commands().get(tuple(word for word in words if word not in _POLITE) or words)
