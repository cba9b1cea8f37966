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
FIFTH = timedelta(seconds=0.2)
UNANSWERED = timedelta(seconds=2)
"""When a message arrived at the latest whose sender died before it was answered."""
SET_BACK = timedelta(seconds=60)
"""Further ahead than the clocks of two processes differ: a moment of a clock that was set back since."""
Going = dict[str, list[str]]
"""The messages that are counted, by id: when each was let go, and until when it is counted."""


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
    going, paused_until = _hold(s)
    now = clock()
    going = _counted(going, until or {}, now)
    turn = _turn(going, paused_until, now, rate, steady)
    if turn.now:
        going[id] = [now.isoformat(), (now + UNANSWERED + SECOND).isoformat()]
    if turn.now or until:
        s.execute(update(Bucket).where(Bucket.name == BOT).values(taken=going))
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


def _turn(going: Going, paused_until: datetime | None, now: datetime, rate: int, steady: bool) -> Turn:
    if paused_until is not None and now < paused_until:
        return Turn(False, (paused_until - now).total_seconds())
    if len(going) >= rate:
        soonest = min(datetime.fromisoformat(free) for _, free in going.values())
        return Turn(False, (soonest - now).total_seconds())
    if steady:
        lately = [let_go for let_go, _ in going.values() if now - FIFTH < datetime.fromisoformat(let_go)]
        if len(lately) > rate // 5:
            return Turn(False, (datetime.fromisoformat(min(lately)) + FIFTH - now).total_seconds())
    return Turn(True)


def _counted(going: Going, until: Mapping[str, datetime], now: datetime) -> Going:
    """Those that count now: neither over, nor of a clock that has been set back since."""
    told = {id: [let_go, until[id].isoformat() if id in until else free] for id, (let_go, free) in going.items()}
    return {
        id: [let_go, free]
        for id, (let_go, free) in told.items()
        if now < datetime.fromisoformat(free) and datetime.fromisoformat(let_go) <= now + SET_BACK
    }


def _hold(s: Connection) -> tuple[Going, datetime | None]:
    """The one row of all processes, held until the transaction ends."""
    found = select(Bucket.taken, Bucket.paused_until).where(Bucket.name == BOT).with_for_update()
    row = s.execute(found).first()
    if row is None:
        s.execute(insert_new(s, Bucket), {"name": BOT, "taken": {}})
        row = s.execute(found).first()
    if row is None:
        raise LookupError("the bot's rate cannot be read")
    # What a version before this one counted were moments and numbers; they are over in a second.
    return {id: kept for id, kept in row.taken.items() if isinstance(kept, list)}, row.paused_until
