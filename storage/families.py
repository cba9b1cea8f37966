"""A family seen together: neighbouring tokens of one session, for all of them or for none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from storage.bookings import WITHIN_A_DAY, book_at, by_key, lock_person, urgency_of
from storage.people import require
from storage.records import Booking, FreeWindow, Refusal
from storage.windows import free_windows

FAMILY_AT_MOST = 10
LOOK_AT = 400
"""Windows looked at; more than a hub has in a month of one specialty."""
Member = tuple[str, str | None]
"""A person's id, and the id of the decision of their triage."""


@dataclass(frozen=True, slots=True)
class Together:
    """Neighbouring windows of one session in which a family fits."""

    windows: tuple[FreeWindow, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first of them begins."""
        return self.windows[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When the last of them ends."""
        return self.windows[-1].ends_at


@dataclass(frozen=True, slots=True)
class NotTogether:
    """Why none of them has a booking: "taken", or what stands in the way of one person."""

    reason: str
    person_id: str | None = None


class _Refused(Exception):
    def __init__(self, why: NotTogether) -> None:
        self.why = why


def family_windows(
    s: Connection,
    at_id: str,
    specialty: str,
    size: int,
    after: datetime,
    before: datetime | None = None,
    urgent: bool = False,
    limit: int = 6,
) -> list[Together]:
    """Where `size` people fit together, soonest first: each window that takes them all, else as few as it needs.

    At a hub, or a spoke's hub; `urgent` as in `free_windows`.
    """
    found = free_windows(s, at_id, specialty, after, before, LOOK_AT, urgent)
    found.sort(key=lambda window: (window.session_id, window.starts_at))
    fits = [fit for _, windows in groupby(found, lambda one: one.session_id) for fit in _fits(list(windows), size)]
    return sorted(fits, key=lambda fit: (fit.starts_at, fit.windows[0].window_id))[:limit]


def book_family(
    s: Connection,
    members: Sequence[Member],
    windows: Sequence[int],
    spoke_id: str,
    chat: str,
    key: str,
    now: datetime,
) -> list[Booking] | NotTogether:
    """Takes places for all of them, in their order, from `windows` in theirs; or for none.

    `windows`: ids of neighbouring windows of one session. The same press again gives the same bookings. Raises
    NotAllowed if the chat may not act for one of them, ValueError if they are none, too many, or one is named twice.
    """
    _check(members)
    keys = [f"{key}:{number}" for number in range(len(members))]
    if before := [found for one in keys if (found := by_key(s, one, chat))]:
        return before
    for person_id, _ in members:
        require(s, chat, person_id)
    for person_id in sorted(person_id for person_id, _ in members):
        lock_person(s, person_id)
    said = {"spoke_id": spoke_id, "chat": chat, "status": "booked"}
    urgencies = [urgency_of(s, decision_id) for _, decision_id in members]
    rows: list[dict[str, Any]] = [
        said | {"person_id": person_id, "decision_id": decision_id, "key": one}
        for (person_id, decision_id), one in zip(members, keys, strict=True)
    ]
    try:
        with _all_or_none(s):
            return _take(s, _last_places_last(rows, urgencies), list(windows), now)
    except _Refused as refused:
        return refused.why


def _check(members: Sequence[Member]) -> None:
    ids = {person_id for person_id, _ in members}
    if not 0 < len(members) <= FAMILY_AT_MOST or len(ids) != len(members):
        raise ValueError(f"a family of {len(members)}, {len(ids)} of them different; 1 to {FAMILY_AT_MOST} are booked")


def _all_or_none(s: Connection) -> AbstractContextManager[Any]:
    """What is taken inside is given back if one of them is refused."""
    return s.begin_nested()


def _last_places_last(rows: list[dict[str, Any]], urgencies: list[int]) -> list[dict[str, Any]]:
    """Those who may have reserved places after the others, who would find only those left; else in their order."""
    ranked = sorted(zip(urgencies, rows, strict=True), key=lambda one: one[0] <= WITHIN_A_DAY)
    return [row for _, row in ranked]


def _take(s: Connection, rows: Sequence[dict[str, Any]], windows: list[int], now: datetime) -> list[Booking]:
    made: list[Booking] = []
    for row in rows:
        while windows:
            taken = book_at(s, windows[0], row, now)
            if isinstance(taken, Booking):
                made.append(taken)
                break
            if taken.reason != "taken":
                raise _Refused(_because(taken, row))
            windows = windows[1:]
        else:
            raise _Refused(NotTogether("taken"))
    return made


def _because(refusal: Refusal, row: dict[str, Any]) -> NotTogether:
    return NotTogether(refusal.reason, None if refusal.reason == "past" else row["person_id"])


def _fits(windows: Sequence[FreeWindow], size: int) -> Iterator[Together]:
    """Each window of a session that takes all; if there is none, the shortest run of neighbours that does."""
    whole = [Together((window,)) for window in windows if window.left >= size]
    if whole:
        yield from whole
        return
    runs = [run for first in range(len(windows)) if (run := _run(windows[first:], size))]
    if runs:
        yield min(runs, key=lambda run: (len(run.windows), run.starts_at))


def _run(windows: Sequence[FreeWindow], size: int) -> Together | None:
    """The first of these and those right after it, until the family fits."""
    places = 0
    for many, window in enumerate(windows, 1):
        if many > 1 and window.starts_at != windows[many - 2].ends_at:
            return None
        places += window.left
        if places >= size:
            return Together(tuple(windows[:many]))
    return None
