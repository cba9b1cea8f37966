"""What is said unasked to a telephone that has a PIN: no name, no paper; the rest is behind a tap and the PIN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from flows.reminders import KINDS, buttons
from storage import pins
from storage.outbox import Claimed

SOMEBODY = {"t": "pin.somebody"}


def veiled(s: Connection, claimed: Sequence[Claimed]) -> list[Claimed]:
    """The notices as they may be shown; what somebody asked for just now, having given the PIN, is as it is."""
    unasked = {notice.chat for notice in claimed if notice.kind in KINDS}
    guarded = pins.with_pin(s, unasked) if unasked else set()
    return [_veiled(notice) if notice.kind in KINDS and notice.chat in guarded else notice for notice in claimed]


def _veiled(notice: Claimed) -> Claimed:
    payload = notice.payload
    if payload.get("documents"):
        about = (notice.about or "").partition(":")[2]
        return replace(notice, payload=_tap(about))
    args = dict(payload.get("args") or {})
    if "name" in args:
        args["name"] = SOMEBODY
    return replace(notice, payload={**payload, "args": args})


def _tap(about: str) -> dict[str, Any]:
    return {"text": "pin.paper_came", "args": {}, "choices": buttons(("papers",), about or "all"), "step": 0}
