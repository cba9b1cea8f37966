"""The storage actions of a person's own data. bot/perform_rights.py does each of them; results are JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flows.talk import Action


@dataclass(frozen=True)
class SendMyData(Action):
    """-> None. Everything held about this chat's people is sent to it, as a PDF and as JSON."""

    final: ClassVar[bool] = True


@dataclass(frozen=True)
class CorrectPerson(Action):
    """-> True. What was wrong of a person is put right: any of name, age_years, sex, phone; None stays as it is."""

    final: ClassVar[bool] = True
    person: str
    name: str | None = None
    age_years: float | None = None
    sex: str | None = None
    phone: str | None = None
