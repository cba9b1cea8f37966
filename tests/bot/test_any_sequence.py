"""Whatever a person types and presses, in whatever order: an answer each time, nothing raised, nothing done twice."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from storage import inbox
from storage.tables import Booking, Inbox, Window
from tests.driving import Service

TEXTS = st.sampled_from(
    [
        "amar 3 din dhore jor", "বুকে খুব ব্যথা, ঘামছি", "my child has loose motion", "35", "২৫০", "memari", "না",
        "kal bikele", "hyan", "jani na", "back", "cancel", "/start", "/start junk", "/help", "/my", "amar token",
        "english please", "বাংলায় বলুন", "keno", "thanks", "hi", "", "😀", "x" * 5000, "a\x00b", "saap kamreche",
        "token batil koro",
        "emergency", "না না ৪৫ নয় ৫৪", "actually it is my son", "মানুষ", "ekhane", "aro dekhao", "ajke noy", "-3",
        "/forget", "/queue", "/family", "koto jon baki", "whole family", "token 1 eseche", "/done 1",
        "Rahima Bibi", "prothom ta", "2",
    ]
)  # fmt: skip
ODD = st.text(max_size=60)
PRESSES = st.sampled_from(
    ["yes", "no", "none", "back", "cancel", "female", "self", "bn", "forged", "coming:nothing", "1", "why", "not_now"]
)
OFFERED = st.integers(0, 9)
EVENTS = st.one_of(
    TEXTS.map(lambda text: {"text": text}), ODD.map(lambda text: {"text": text}), PRESSES.map(lambda id: {"press": id}),
    OFFERED.map(lambda place: {"offered": place}), OFFERED.map(lambda place: {"offered": place}),
    st.just({"location": {"lat": 23.25, "lon": 87.86}}),
    st.sampled_from(["photo", "voice", "other"]).map(lambda media: {"media": media}),
    st.just({"edited": "jor"}),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=st.lists(EVENTS, min_size=5, max_size=25))
def test_every_input_is_answered_and_nothing_is_left_over(template: Path, events: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_converse(template, Path(folder), events))


async def _converse(template: Path, folder: Path, events: list[dict[str, Any]]) -> None:
    service = Service(template, folder)
    said: list[dict[str, Any]] = []
    try:
        for event in events:
            if "offered" in event:
                choices = next((m["choices"] for m in reversed(said) if m.get("choices")), [{"id": "yes"}])
                event = {"press": choices[event["offered"] % len(choices)]["id"]}
            said = await service.send(**event)
            assert said, f"{event} was met with silence"
            assert all(message["id"] != "desk.sorry" for message in said), event
            assert all(message["text"].strip() for message in said)
        assert await service.db.read(_state) == (0, 0, 0)
    finally:
        service.close()


def _state(s: Connection) -> tuple[int, int, int]:
    """Messages left over, dead letters, and windows whose count of places taken is not that of their bookings."""
    active = Booking.status.in_(("booked", "arrived", "pending", "proposed"))
    held = select(func.count()).where(Booking.window_id == Window.id, active).scalar_subquery()
    wrong = s.execute(select(func.count()).select_from(Window).where(Window.taken != held)).scalar_one()
    dead = s.execute(select(func.count()).select_from(Inbox).where(Inbox.failed_at.is_not(None))).scalar_one()
    return len(inbox.waiting(s)), dead, wrong
