"""`ingit read --jsonl`: the reading alone, a message a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.lines import BadLine, field
from flows.heard import Heard
from nlu.read import Expects, read
from nlu.reading import RasaReading

ALWAYS = (
    "intent confidence present absent duration_days age_years sex subject pregnant red_flag when language script by"
).split()
IF_THERE = "uncertain measures impossible part_of_day number ordinal reply command degraded".split()


def reading(now: datetime, rasa: Callable[[str], RasaReading | None]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The answer to a line {"text", "expects"?}: what was understood. `rasa`: its reading of a text, None if away."""

    def answer(line: dict[str, Any]) -> dict[str, Any]:
        text = field(line, "text", str, '"3 din dhore jor"')
        if text is None:
            raise BadLine('text: missing; write {"text": "3 din dhore jor"}')
        expects = _expects(line.get("expects"))
        return shown(read(text, now, expects, rasa(text)))

    return answer


def _expects(value: Any) -> Expects:
    if value is None:
        return Expects()
    if isinstance(value, str):
        return Expects(kind=value, question=value)
    if isinstance(value, dict) and all(isinstance(value.get(k), str | None) for k in ("kind", "question", "finding")):
        return Expects(value.get("kind"), value.get("question"), value.get("finding"))
    raise BadLine(f'expects: {value!r} cannot be; write a question\'s kind or id, for example "yes_no" or "age"')


def shown(heard: Heard) -> dict[str, Any]:
    """What was understood, in the documented form (docs/jsonl.md)."""
    whole = {name: _plain(getattr(heard, name)) for name in ALWAYS}
    whole["confidence"] = round(heard.confidence, 3)
    whole["by"] = {name: list(heard.by.get(name, ())) for name in ("lexicon", "rasa", "second")}
    more = {name: _plain(getattr(heard, name)) for name in IF_THERE}
    return whole | {name: value for name, value in more.items() if value not in (None, [], {})}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
