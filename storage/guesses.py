"""Wrong guesses of a secret, counted by what is guessed: a chat's PIN ("pin:<chat>"), the codes a chat tries.

Each guess is counted as wrong before it is looked at, in the transaction that looks at it; the row is held until that
ends. So of any number of guesses at once no more are looked at than one after the other would be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, literal_column, or_, select, update

from storage.dialect import insert_into
from storage.prepared import Prepared
from storage.tables import Guess

T = TypeVar("T")

ALLOWED = 5
"""Wrong guesses until nothing more is looked at for FIRST; from then on each one shuts for twice as long."""
FIRST = timedelta(minutes=15)
LONGEST = timedelta(days=1)
FORGOTTEN = timedelta(days=2)
"""So long after the last wrong guess they are counted anew."""

_COUNT = Prepared(
    lambda dialect: (
        (new := insert_into(dialect, Guess))
        .on_conflict_do_update(
            index_elements=[Guess.what],
            set_={"wrong": Guess.wrong + literal_column("1"), "since": new.excluded.since},
            where=or_(Guess.shut_until.is_(None), Guess.shut_until <= new.excluded.since),
        )
        .returning(Guess.wrong)
    ),
    columns=("what", "wrong", "since", "shut_until"),
)
_SHUT = Prepared(update(Guess).where(Guess.what == bindparam("of")).values(shut_until=bindparam("until")))
_OLD = Prepared(
    delete(Guess)
    .where(Guess.what == bindparam("of"), Guess.since <= bindparam("before"))
    .where(or_(Guess.shut_until.is_(None), Guess.shut_until <= bindparam("now")))
)
_UNTIL = Prepared(select(Guess.shut_until).where(Guess.what == bindparam("of"), Guess.shut_until > bindparam("now")))
_TAKEN_BACK = Prepared(
    update(Guess).where(Guess.what == bindparam("of")).values(wrong=Guess.wrong - literal_column("1"), shut_until=None)
)
_RIGHT = Prepared(delete(Guess).where(Guess.what == bindparam("of")))


def code(chat: str) -> str:
    """What a chat guesses at with codes of any kind: invitations and permits."""
    return f"code:{chat}"


def tried(
    s: Connection, what: str, now: datetime, look: Callable[[], T | None], *, one_secret: bool = False
) -> T | None:
    """What `look` finds, if it may be looked; a guess that finds None counts as wrong.

    None, and `look` is not called, while too many wrong guesses keep it shut. `one_secret`: there is one right answer,
    and whoever knows it may begin to count anew; of many codes, one that is known says nothing about the others.
    """
    if not _counted(s, what, now):
        return None
    found = look()
    if found is not None and one_secret:
        right(s, what)
    elif found is not None:
        _TAKEN_BACK.count(s, of=what)
    return found


def right(s: Connection, what: str) -> None:
    """Nothing wrong is remembered any more: the secret was given rightly, or is a new one."""
    _RIGHT.count(s, of=what)


def shut_until(s: Connection, what: str, now: datetime) -> datetime | None:
    """Until when no guess is looked at; None: one may be made now."""
    row = _UNTIL.first(s, of=what, now=now)
    return row[0] if row else None


def shut_for(wrong: int) -> timedelta | None:
    """For how long so many wrong guesses shut it; None while there are fewer than ALLOWED."""
    if wrong < ALLOWED:
        return None
    doubled = min(wrong - ALLOWED, 10)  # far beyond LONGEST
    return min(FIRST * (1 << doubled), LONGEST)


def _counted(s: Connection, what: str, now: datetime) -> bool:
    _OLD.count(s, of=what, before=now - FORGOTTEN, now=now)
    row = _COUNT.first(s, what=what, wrong=1, since=now, shut_until=None)
    if row is None:
        return False
    if shuts := shut_for(row[0]):
        _SHUT.count(s, of=what, until=now + shuts)
    return True
