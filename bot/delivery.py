"""What a channel is given to deliver, and what can come of it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.heard import Language


@dataclass(frozen=True)
class Letter:
    """One outbox payload in one language, on its way to one chat."""

    chat: str
    lang: Language
    text: str  # Telegram HTML: <b>, <i>, escaped; empty where only a former keyboard is changed
    plain: str  # the same without markup
    choices: tuple[tuple[str, str], ...] = ()  # (id, label), labels plain
    payload: Mapping[str, Any] = field(default_factory=dict)  # as flows made it: step, many, ticks, ask, documents ...
    arrived: tuple[int, ...] = ()  # message ids of the parts that a former try has delivered
    can_wait: bool = False  # nobody sits before the screen and waits for it
    in_time: Callable[[], bool] = lambda: True  # asked when its turn has come, before its first part goes


@dataclass(frozen=True)
class Delivered:
    """It is there."""

    message_ids: tuple[int, ...] = ()  # of all its parts, in order; empty where a channel has no such ids


@dataclass(frozen=True)
class Later:
    """The channel said when to come back. `whole_bot`: that goes for every chat."""

    seconds: float
    whole_bot: bool
    reason: str
    arrived: tuple[int, ...] = ()


@dataclass(frozen=True)
class Unreachable:
    """The person blocked the bot, left, or never started it: trying again is of no use."""

    reason: str
    arrived: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """The channel does not take this message, now or later."""

    reason: str
    arrived: tuple[int, ...] = ()


@dataclass(frozen=True)
class Uncertain:
    """It was sent and no answer came: it may have arrived, or not."""

    reason: str
    arrived: tuple[int, ...] = ()


@dataclass(frozen=True)
class Away:
    """The channel could not be reached, or failed by its own account: nothing arrived."""

    reason: str
    arrived: tuple[int, ...] = ()


Outcome = Delivered | Later | Unreachable | Rejected | Uncertain | Away

Deliver = Callable[[Letter], Awaitable[Outcome]]
Documents = Callable[[Language, Mapping[str, Any]], tuple[str, bytes, str]]
"""A document of a payload in a language -> file name, content, media type."""


def keep(path: Path, content: bytes) -> Path:
    """Writes a document that is handed over as a file, for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
    return path
