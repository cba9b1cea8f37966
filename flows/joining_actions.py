"""The storage actions of own accounts. bot/perform_joining.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class GiveCode(Action):
    """-> {"code", "name"}, {"refused": "joined" or "child"}, or None for who is of no family of the ASHA worker's."""

    final: ClassVar[bool] = True
    person: str


@dataclass(frozen=True)
class LookAtCode(Action):
    """-> {"initial", "born", "asha", "own": {"initial", "born"} | None, "leaves": name | None}; None: it works not."""

    code: str


@dataclass(frozen=True)
class Join(Action):
    """-> True if the record is the account's own now. `code`: as in LookAtCode, used up by it."""

    final: ClassVar[bool] = True
    code: str


@dataclass(frozen=True)
class WhoActs(Action):
    """-> [{"person", "asha", "spoke", "since"}] who may act for the person of this account."""


@dataclass(frozen=True)
class EndAccess(Action):
    """-> True if somebody could act for the person, and can no longer."""

    final: ClassVar[bool] = True
    person: str
