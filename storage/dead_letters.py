"""What could not be said: counted, looked at, tried again or dropped; nobody sees a word of what it was to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, or_, select, update

from storage import audit
from storage.accounts import set_reachable
from storage.bookings import booking
from storage.records import Booking as Booked
from storage.records import Unknown
from storage.scope import acting
from storage.tables import Booking, Outbox, Session

LOOKED_BACK = timedelta(days=7)
"""How long a coordinator is shown a dead letter."""
SHOWN = 50
ABOUT_BOOKING = "booking:"

_DEAD = Outbox.state == literal_column("'dead'")  # in the statement's text, for the partial index
_WAITING = Outbox.state == literal_column("'waiting'")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A notice that could not be sent, without what it says."""

    id: int
    kind: str
    chat: str
    about: str | None
    reason: str
    tries: int
    died_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Untold:
    """A dead letter of a hub, with the booking that it is about."""

    letter: DeadLetter
    booking: Booked


@dataclass(frozen=True, slots=True)
class Due:
    """What waits of one priority: how many are due, and since when the oldest is."""

    priority: int
    waiting: int
    due: int
    oldest: datetime | None


_COLUMNS = (
    Outbox.id, Outbox.kind, Outbox.chat, Outbox.about, Outbox.reason, Outbox.tries, Outbox.closed_at,
    Outbox.expires_at,
)  # fmt: skip


def counts_by_kind(s: Connection) -> dict[str, dict[str, int]]:
    """Kind -> state -> how many notices."""
    found: dict[str, dict[str, int]] = {}
    rows = s.execute(select(Outbox.kind, Outbox.state, func.count()).group_by(Outbox.kind, Outbox.state))
    for kind, state, count in rows:
        found.setdefault(kind, {})[state] = count
    return dict(sorted(found.items()))


def queue(s: Connection, now: datetime) -> list[Due]:
    """What waits, by priority."""
    late = Outbox.due <= now
    rows = s.execute(
        select(
            Outbox.priority, func.count(), func.count().filter(late), func.min(Outbox.due).filter(late)
        )
        .where(_WAITING)
        .group_by(Outbox.priority)
        .order_by(Outbox.priority)
    )  # fmt: skip
    return [Due(*row) for row in rows]


def dead_letters(s: Connection, kind: str | None = None, limit: int = 50) -> list[DeadLetter]:
    """What could not be sent, newest first."""
    found = select(*_COLUMNS).where(_DEAD).order_by(Outbox.id.desc()).limit(limit)
    return [_letter(row) for row in s.execute(found if kind is None else found.where(Outbox.kind == kind))]


def count(s: Connection) -> int:
    """How many there are."""
    return int(s.execute(select(func.count()).select_from(Outbox).where(_DEAD)).scalar_one())


def retry(s: Connection, now: datetime, who: str, id: int | None = None, kind: str | None = None) -> int:
    """Puts dead letters, one or all of a kind or all, into the queue again; how many. What has expired stays dead.

    Whether the people can be reached is asked anew. `who`, a staff id or "command line", stands in the audit.
    """
    again = [_DEAD, or_(Outbox.expires_at.is_(None), Outbox.expires_at > now), *_narrowed(id, kind)]
    fresh: dict[str, Any] = {"state": "waiting", "due": now, "tries": 0, "reason": None, "closed_at": None}
    rows = s.execute(update(Outbox).where(*again).values(fresh).returning(Outbox.id, Outbox.chat)).all()
    for chat in {row.chat for row in rows}:
        set_reachable(s, chat, True, now)
    for row in rows:
        audit.append(s, who, "outbox_retry", f"outbox:{row.id}", now)
    return len(rows)


def drop(s: Connection, now: datetime, who: str, id: int | None = None, kind: str | None = None) -> int:
    """Takes dead letters out of the list for good; how many. Their reasons stay."""
    dropped = update(Outbox).where(_DEAD, *_narrowed(id, kind)).values(state="called_off", closed_at=now)
    ids = s.execute(dropped.returning(Outbox.id)).scalars().all()
    for each in ids:
        audit.append(s, who, "outbox_drop", f"outbox:{each}", now)
    return len(ids)


def untold(s: Connection, staff_id: str, now: datetime) -> list[Untold]:
    """The dead letters about bookings of the own hub, newest first. Raises NotAllowed for all but a coordinator."""
    member = acting(s, staff_id, "coordinator")
    found = _of_hub(member.hub_id, now).order_by(Outbox.id.desc()).limit(SHOWN)
    letters = [_letter(row) for row in s.execute(found)]
    people = [Untold(one, booking(s, (one.about or "").removeprefix(ABOUT_BOOKING))) for one in letters]
    for id in sorted({one.booking.id for one in people}):
        audit.append(s, staff_id, "undelivered", f"{ABOUT_BOOKING}{id}", now)
    return people


def retry_untold(s: Connection, staff_id: str, id: int, now: datetime) -> bool:
    """Tries one of the own hub again; False if it has expired. Raises NotAllowed, and Unknown for any other."""
    member = acting(s, staff_id, "coordinator")
    if s.execute(_of_hub(member.hub_id, now).where(Outbox.id == id)).first() is None:
        raise Unknown(f"no dead letter {id} of hub {member.hub_id}")
    return retry(s, now, staff_id, id) == 1


def _of_hub(hub_id: str | None, now: datetime) -> Any:
    return (
        select(*_COLUMNS)
        .join(Booking, Booking.id == func.substr(Outbox.about, len(ABOUT_BOOKING) + 1))
        .join(Session, Session.id == Booking.session_id)
        .where(
            _DEAD,
            Outbox.about.startswith(ABOUT_BOOKING, autoescape=True),
            Outbox.closed_at > now - LOOKED_BACK,
            Session.hub_id == hub_id,
        )
    )


def _narrowed(id: int | None, kind: str | None) -> Sequence[ColumnElement[bool]]:
    return [
        condition
        for given, condition in ((id, Outbox.id == id), (kind, Outbox.kind == kind))
        if given is not None
    ]  # fmt: skip


def _letter(row: Any) -> DeadLetter:
    id, kind, chat, about, reason, tries, closed_at, expires_at = row
    return DeadLetter(id, kind, chat, about, reason or "", tries, closed_at, expires_at)
