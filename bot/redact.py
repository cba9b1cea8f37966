"""No bot token and no person's word in any log: not in an address that httpx logs, not in a traceback.

An exception's text may hold what somebody wrote ("the dose '1-1' of ... cannot be read"): a traceback is logged with
the exceptions' names and places alone.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_plain_record = logging.getLogRecordFactory()


def redact(text: str) -> str:
    """`text` with anything that has the form of a bot token taken out."""
    return _TOKEN.sub("<token>", text)


def keep_tokens_out_of_logs() -> None:
    """From now on no record of the standard library's logging holds a token; httpx is quiet below a warning.

    httpx logs each address at INFO, and Telegram's addresses hold the token.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.setLogRecordFactory(_record)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor, to stand right before the renderer: the same for structlog's events."""
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


def traceback_without_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor in the place of format_exc_info: a traceback in which no exception says its text."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = _traceback(error)
    return event


def _traceback(error: BaseException) -> str:
    """The frames, and the names of the exception and of those that it came from."""
    lines = []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        lines.append(_traceback(before))
    frames = traceback.extract_tb(error.__traceback__)
    lines += [f'  File "{one.filename}", line {one.lineno}, in {one.name}' for one in frames]
    return "\n".join([*lines, type(error).__name__])


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain_record(*args, **kwargs)
    message = record.getMessage()
    if _TOKEN.search(message):
        record.msg, record.args = redact(message), None
    if record.exc_info and record.exc_info[1]:
        record.exc_text = _traceback(record.exc_info[1])
    return record
