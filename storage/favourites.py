"""What a doctor writes often: counted when it is signed, and offered a tap away, the most used first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from storage.columns import new_id
from storage.dialect import insert_into
from storage.sealed import ring
from storage.tables import Favourite

Kind = Literal["medicine", "diagnosis", "advice", "test"]


@dataclass(frozen=True)
class Often:
    """One thing that a doctor writes often. `content`: the words, or a medicine's parts with its dose."""

    id: str
    kind: str
    content: Any
    used: int


def count(s: Connection, doctor_id: str, kind: Kind, content: Any, now: datetime) -> None:
    """One use more of `content` (JSON), which is kept once however often it is written."""
    keys = _keys(s, kind, content)
    mine = (Favourite.doctor_id == doctor_id, Favourite.kind == kind)
    one_more = {"used": Favourite.used + 1, "used_at": now}
    if s.execute(update(Favourite).where(*mine, Favourite.key.in_(keys)).values(key=keys[0], **one_more)).rowcount:
        return
    id = new_id()
    row = {"id": id, "doctor_id": doctor_id, "kind": kind, "key": keys[0], "used": 1, "used_at": now}
    new = insert_into(s.dialect.name, Favourite).values(content=ring(s).seal(content, _place(id)), **row)
    s.execute(new.on_conflict_do_update(index_elements=("doctor_id", "kind", "key"), set_=one_more))


def most_used(s: Connection, doctor_id: str, kind: Kind, limit: int) -> list[Often]:
    """What this doctor signs most, the most used first, then the latest."""
    found = select(Favourite.id, Favourite.kind, Favourite.content, Favourite.used)
    found = found.where(Favourite.doctor_id == doctor_id, Favourite.kind == kind)
    rows = s.execute(found.order_by(Favourite.used.desc(), Favourite.used_at.desc(), Favourite.id).limit(limit))
    return [Often(r.id, r.kind, ring(s).open(r.content, _place(r.id)), r.used) for r in rows]


def renew(s: Connection, contents: Mapping[str, Any]) -> None:
    """Favourite -> content: their blind indexes by the ring's first key."""
    kinds = s.execute(select(Favourite.id, Favourite.kind).where(Favourite.id.in_(contents)))
    for id, kind in kinds.all():
        s.execute(update(Favourite).where(Favourite.id == id).values(key=_keys(s, kind, contents[id])[0]))


def _keys(s: Connection, kind: str, content: Any) -> list[str]:
    return ring(s).blind(_written(content), f"favourite {kind}")


def _written(content: Any) -> str:
    """One text for one thing: capitals and blanks do not tell two apart."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, sort_keys=True)
    return " ".join(text.casefold().split())


def _place(id: str) -> str:
    return f"favourite/content/{id}"
