"""`ingit read --jsonl`: the reading alone, a message a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.lines import BadLine, field
from flows.heard import Heard
from nlu.read import Expects, read
from nlu.reading import RasaReading


def reading(now: datetime, rasa: Callable[[str], RasaReading | None]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The answer to a line {"text", "expects"?}: what was understood. `rasa`: its reading of a text, None if it is away."""

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
    whole = {
        "intent": heard.intent, "confidence": round(heard.confidence, 3), "present": list(heard.present),
        "absent": list(heard.absent), "duration_days": heard.duration_days, "age_years": heard.age_years, "sex": heard.sex,
        "subject": heard.subject, "pregnant": heard.pregnant, "red_flag": heard.red_flag, "when": heard.when,
        "language": heard.language, "script": heard.script,
        "by": {name: heard.by.get(name, []) for name in ("lexicon", "rasa")},
    }  # fmt: skip
    more = {"uncertain": list(heard.uncertain), "measures": heard.measures, "part_of_day": heard.part_of_day,
            "number": heard.number, "ordinal": heard.ordinal, "reply": heard.reply, "degraded": heard.degraded}  # fmt: skip
    return whole | {name: value for name, value in more.items() if value not in (None, [], {})}
