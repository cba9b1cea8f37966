"""No bot token in any log: not in an address that httpx logs, not in an exception, not in a traceback."""

from __future__ import annotations

import logging
import re
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


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain_record(*args, **kwargs)
    message = record.getMessage()
    if _TOKEN.search(message):
        record.msg, record.args = redact(message), None
    if record.exc_info and record.exc_info[1]:
        record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
    return record
