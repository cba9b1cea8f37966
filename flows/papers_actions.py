"""The storage actions of the patient's side of a summary. bot/perform_papers.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class Paper(Action):
    """-> {"id", "content", "own"} of a signed summary of this chat's people, or None. `own`: may be given away."""

    consult: str


@dataclass(frozen=True)
class NotUnderstood(Action):
    """-> True. An ASHA worker or the spoke is to call or visit, and to explain."""

    final: ClassVar[bool] = True
    consult: str


@dataclass(frozen=True)
class GivePaper(Action):
    """-> {"code"}: it lets one other account read this summary, once, within a week; None if it is not theirs."""

    final: ClassVar[bool] = True
    consult: str


@dataclass(frozen=True)
class ReadGiven(Action):
    """-> {"content"} of the summary that a code is for, used up now; None if it is wrong, used or too old."""

    final: ClassVar[bool] = True
    code: str
