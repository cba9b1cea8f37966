"""What Rasa makes of a message, and whom to ask for it: the narrow place between the reading and Rasa."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

INTENTS = (
    "report_symptoms book_appointment reschedule_appointment cancel_appointment my_appointments get_summary "
    "choose_time affirm deny dont_know greet thanks help talk_to_human change_language delete_my_data out_of_scope"
).split()
"""Every intent there is, for the words' own reading and for Rasa's alike."""


@dataclass(frozen=True)
class RasaReading:
    """One message as Rasa reads it: an intent with its confidence (0 to 1), and the finding codes of its entities.

    `seen`: the second reader's (code, probability) of every finding not all but ruled out; None: it did not say.
    """

    intent: str
    confidence: float
    findings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # persons and places, if any, as typed
    seen: tuple[tuple[str, float], ...] | None = None


class Client(Protocol):
    """Somebody to ask. `state`: why there is no answer ("rasa_down", "rasa_slow"), None when all is well."""

    @property
    def state(self) -> str | None: ...

    async def parse(self, text: str) -> RasaReading | None:
        """The reading of this text, or None after its own deadline or while Rasa is away; never raises."""
        ...
