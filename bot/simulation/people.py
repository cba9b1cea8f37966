"""The people of a simulated day: who asks when, how urgently, for what; what they then do with their token.

The same seed gives the same people. The shares are assumptions, written here to be changed; none is measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.protocol import Level, Specialty
from storage.demo.state import PROPORTIONS

BEGINS, HOURS = 18, 24
"""From when (Asia/Kolkata) and how long people ask: from the evening before until the last session ends."""
BY_HOUR = {
    18: 6.0, 19: 8.0, 20: 8.0, 21: 4.0, 22: 2.0, 23: 1.0, 0: 0.4, 1: 0.3, 2: 0.2, 3: 0.2, 4: 0.6, 5: 2.0, 6: 5.0,
    7: 9.0, 8: 13.0, 9: 12.0, 10: 10.0, 11: 7.0, 12: 5.0, 13: 3.0, 14: 3.0, 15: 2.0, 16: 1.0, 17: 0.5,
}  # fmt: skip
"""How many ask in each hour, in parts: an evening hill, and a peak when the centres open."""
LEVELS: dict[Level, float] = {"consultation_24": 0.30, "consultation": 0.62, "self_care": 0.08}
"""Urgencies of those who book; emergencies are sent to a hospital, not given a token."""
WALKS_OFF, CHANGES, CANCELS, STAYS_AWAY = 0.04, 0.06, 0.08, 0.10
"""Shares: of holds that are never confirmed; of bookings that are changed, cancelled, or missed without a word."""
WAITS = 0.8
"""Of those who find nothing for the day and could come later: who waits for a place. Who cannot, always waits."""
ACCEPTS, DECLINES = 0.65, 0.15
"""Of those who are offered a place; the others do not answer."""


@dataclass(slots=True)
class Patient:
    """One person with a chat of their own; the last lines change as the day goes."""

    chat: str
    person: str
    spoke: str
    hub: str
    specialty: Specialty
    level: Level
    asks_at: datetime
    not_before: timedelta  # from now on: when they could come at the earliest
    walks_off: bool
    changes: bool
    cancels: bool
    comes: bool
    waits: bool  # on the list, where nothing is free
    answers: str  # what they make of an offer: accept, decline, silence
    decision: str | None = None
    booking: str | None = None
    stranded: str | None = None  # a token of a session that was closed, until there is another place
    seen_by: str = ""  # the hub of the booking: another one after a session was closed
    tries: int = 0

    @property
    def urgent(self) -> bool:
        """To be seen within a day."""
        return self.level == "consultation_24"


def patients(number: int, spokes: Sequence[tuple[str, str]], begins: datetime, seed: int) -> Iterator[Patient]:
    """`number` people, spread evenly over the spokes (id, hub), in the order in which they ask."""
    chance = random.Random(seed)
    moments = sorted(begins + timedelta(hours=hour, seconds=chance.uniform(0, 3600)) for hour in _hours(chance, number))
    specialties, levels = list(PROPORTIONS), list(LEVELS)
    for count, moment in enumerate(moments):
        spoke, hub = chance.choice(spokes)
        yield Patient(
            chat=f"sim:{count}", person=f"sim-person-{count}", spoke=spoke, hub=hub,
            specialty=chance.choices(specialties, list(PROPORTIONS.values()))[0],
            level=chance.choices(levels, list(LEVELS.values()))[0],
            asks_at=moment, not_before=timedelta(minutes=chance.choice((0, 30, 60, 120, 240, 480))),
            walks_off=chance.random() < WALKS_OFF, changes=chance.random() < CHANGES,
            cancels=chance.random() < CANCELS, comes=chance.random() >= STAYS_AWAY, waits=chance.random() < WAITS,
            answers=chance.choices(("accept", "decline", "silence"), (ACCEPTS, DECLINES, 1 - ACCEPTS - DECLINES))[0],
        )  # fmt: skip


def _hours(chance: random.Random, number: int) -> list[int]:
    """Hours after the beginning, one a person."""
    parts = [BY_HOUR[(BEGINS + ahead) % 24] for ahead in range(HOURS)]
    return chance.choices(range(HOURS), parts, k=number)
