"""From python-telegram-bot's errors to what came of a delivery."""

from __future__ import annotations

import httpx
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.delivery import Away, Later, Outcome, Rejected, Uncertain, Unreachable
from bot.redact import redact

_GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "chat_write_forbidden")
_NOT_SENT = (httpx.PoolTimeout, httpx.ConnectTimeout, httpx.ConnectError, httpx.WriteTimeout, httpx.WriteError)
"""Errors after which Telegram cannot have had the whole request."""
TOKEN_REFUSED_SECONDS = 60.0


def outcome(error: TelegramError, arrived: tuple[int, ...] = ()) -> Outcome:
    """What `error` means for the message; `arrived`: the parts of it that went before."""
    reason = redact(f"{type(error).__name__}: {error.message}")
    match error:
        case RetryAfter():
            return Later(flood_seconds(error), True, reason, arrived)
        case InvalidToken():
            return Later(TOKEN_REFUSED_SECONDS, True, reason, arrived)
        case Forbidden():
            return Unreachable(reason, arrived)
        case BadRequest() if any(gone in error.message.lower() for gone in _GONE):
            return Unreachable(reason, arrived)
        case BadRequest():
            return Rejected(reason, arrived)
        case NetworkError():
            return _network(error, reason, arrived)
    return Uncertain(reason, arrived)


def flood_seconds(error: RetryAfter) -> float:
    """How long Telegram asks to be left alone; a number of seconds or a timedelta, as PTB is configured."""
    told = error.retry_after
    return float(told) if isinstance(told, int) else told.total_seconds()


def _network(error: NetworkError, reason: str, arrived: tuple[int, ...]) -> Outcome:
    """With no cause beneath it, Telegram itself answered that it failed (5xx)."""
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPError) and not isinstance(cause, _NOT_SENT):
        return Uncertain(f"{reason} ({type(cause).__name__})", arrived)
    return Away(reason, arrived)
