"""How much the bot may send: at most its rate in any one second by the receiver's clock, over all processes.

A message is counted from when it was let go until a second after it was answered. It arrived somewhere in between, so
no second of the receiver's holds more than the rate, however long each message was on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.dialect import insert_new
from storage.tables import Bucket

BOT = "bot"
SECOND = timedelta(seconds=1)
AT_ONCE = 2
"""Messages by which what can wait may be ahead of its even pace, to make up for a late waking."""
UNANSWERED = timedelta(seconds=2)
"""When a message arrived at the latest whose sender died before it was answered."""
SET_BACK = timedelta(seconds=60)
"""Further ahead than the clocks of two processes differ: a moment of a clock that was set back since."""
Going = dict[str, list[str]]
"""The messages that are counted, by id: when each was let go, and until when it is counted."""


@dataclass(slots=True)
class Kept:
    """The row: what is counted, when the next of what can wait is due at an even pace, until when nobody sends."""

    going: Going
    next_steady: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a message may go now; if not, for how many seconds there is no use in asking again."""

    now: bool
    wait: float = 0.0


def take_turn(
    s: Connection,
    id: str,
    clock: Callable[[], datetime],
    rate: int = 30,
    steady: bool = False,
    until: Mapping[str, datetime] | None = None,
) -> Turn:
    """Lets the message `id` go, if fewer than `rate` are counted and the bot was not told to wait.

    The `clock` is read when this process's turn has come, not when it queued. `steady` is for what can wait: it is
    spread over the second, so that a reply finds room in it. `until`: of messages that were answered meanwhile, until
    when they are counted.
    """
    kept = _hold(s)
    now = clock()
    kept.going = _counted(kept.going, until or {}, now)
    turn = _turn(kept, now, rate, steady)
    if turn.now:
        kept.going[id] = [now.isoformat(), (now + UNANSWERED + SECOND).isoformat()]
        if steady:
            kept.next_steady = _steady(kept, now) + SECOND / rate
    if turn.now or until:
        next_steady = kept.next_steady and kept.next_steady.isoformat()
        taken = {"going": kept.going, "next_steady": next_steady}
        s.execute(update(Bucket).where(Bucket.name == BOT).values(taken=taken))
    return turn


def pause(s: Connection, until: datetime) -> None:
    """Nobody sends until then: the channel told us to wait. A longer wait already in force stays."""
    s.execute(insert_new(s, Bucket), {"name": BOT, "taken": {}})
    shorter = (Bucket.paused_until.is_(None)) | (Bucket.paused_until < until)
    s.execute(update(Bucket).where(Bucket.name == BOT, shorter).values(paused_until=until))


def paused_until(s: Connection) -> datetime | None:
    """Until when all sending is paused, if it was ever."""
    found: datetime | None = s.execute(select(Bucket.paused_until).where(Bucket.name == BOT)).scalar()
    return found


def _turn(kept: Kept, now: datetime, rate: int, steady: bool) -> Turn:
    if kept.paused_until is not None and now < kept.paused_until:
        return Turn(False, (kept.paused_until - now).total_seconds())
    if len(kept.going) >= rate:
        soonest = min(datetime.fromisoformat(free) for _, free in kept.going.values())
        return Turn(False, (soonest - now).total_seconds())
    early = _steady(kept, now) - AT_ONCE * SECOND / rate - now
    return Turn(False, early.total_seconds()) if steady and early > timedelta(0) else Turn(True)


def _steady(kept: Kept, now: datetime) -> datetime:
    """When the next of what can wait is due; now, if none was of late or the clock was set back."""
    due = kept.next_steady
    return now if due is None or not now < due <= now + SECOND else due


def _counted(going: Going, until: Mapping[str, datetime], now: datetime) -> Going:
    """Those that count now: neither over, nor of a clock that has been set back since."""
    told = {id: [let_go, until[id].isoformat() if id in until else free] for id, (let_go, free) in going.items()}
    return {
        id: [let_go, free]
        for id, (let_go, free) in told.items()
        if now < datetime.fromisoformat(free) and datetime.fromisoformat(let_go) <= now + SET_BACK
    }


def _hold(s: Connection) -> Kept:
    """The one row of all processes, held until the transaction ends."""
    found = select(Bucket.taken, Bucket.paused_until).where(Bucket.name == BOT).with_for_update()
    row = s.execute(found).first()
    if row is None:
        s.execute(insert_new(s, Bucket), {"name": BOT, "taken": {}})
        row = s.execute(found).first()
    if row is None:
        raise LookupError("the bot's rate cannot be read")
    next_steady = row.taken.get("next_steady")
    return Kept(
        row.taken.get("going", {}), datetime.fromisoformat(next_steady) if next_steady else None, row.paused_until
    )
