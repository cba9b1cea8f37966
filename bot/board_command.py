"""`ingit board`: a hub's safety board, in lines or as JSON; it names nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from bot.app import open_database
from bot.parts import Now
from bot.perform_board import told
from bot.settings import settings
from storage import board
from storage.records import Unknown


def lines(hub: str, days: int, as_json: bool, url: str | None, at: datetime | None) -> Iterator[str]:
    """The board of a hub. Raises ValueError for a hub that there is not."""
    db = open_database(settings(), url)
    try:
        found = told(db.call(board.of_hub, hub, days, at or Now()()))
    except Unknown as error:
        raise ValueError(f"{error}; `ingit import hubs` or `ingit load demo` makes them") from None
    finally:
        db.close()
    if as_json:
        yield json.dumps({"hub": hub, "days": days} | found)
        return
    yield f"{'level':20}{'outcomes':>10}{'seen':>7}{'median h':>10}{'90% h':>8}"
    for one in found["levels"]:
        hours = ("-" if one[part] is None else one[part] for part in ("median", "ninetieth"))
        yield "{:20}{:>10}{:>7}{:>10}{:>8}".format(one["level"], one["count"], one["seen"], *hours)
    yield f"Seen by a doctor: {found['consulted']}; should have been seen sooner: {len(found['sooner'])}."
    for one in found["sooner"]:
        yield f"  {one['on']}  {one['level']} -> {one['judged']}  {one['rule']}  booking {one['id']}"
