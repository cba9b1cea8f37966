"""What is said unasked to a telephone with a PIN names nobody and carries no paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.discreet import veiled
from bot.words import render
from storage import outbox, pins
from storage.outbox import Claimed
from tests.driving import Service

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
PAPER = {"text": "summary.text", "args": {"name": "Rahima"}, "documents": [{"kind": "summary_pdf", "args": {}}]}
REMINDER = {"text": "reminder.follow_up", "args": {"name": "Rahima", "date": {"date": "2026-11-24"}}}


def claimed(chat: str, kind: str, payload: dict[str, Any]) -> Claimed:
    return Claimed(1, chat, kind, payload, outbox.REMINDER, NOW, None, "consult:c1", True, 1, "en", True)


@pytest.fixture
def shown(service: Service) -> Any:
    def show(chat: str, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        def veil(s: Connection) -> Any:
            pins.put(s, "tg:1", pins.hashed("2580"), NOW)
            return veiled(s, [claimed(chat, kind, payload)])[0].payload

        return dict(service.db.call(veil))

    return show


def test_a_paper_is_behind_a_tap(shown: Any) -> None:
    payload = shown("tg:1", "summary", PAPER)
    assert payload["text"] == "pin.paper_came" and "documents" not in payload
    said = render("en", payload)
    assert [id for id, _ in said.choices] == ["papers:c1"]
    assert "Rahima" not in said.plain


def test_a_reminder_names_nobody(shown: Any) -> None:
    said = render("en", shown("tg:1", "follow_up", REMINDER))
    assert "Rahima" not in said.plain and "24 November" in said.plain


@pytest.mark.parametrize(("chat", "kind"), [("tg:2", "follow_up"), ("tg:1", "reply")])
def test_without_a_pin_or_as_an_answer_it_is_as_it_is(shown: Any, chat: str, kind: str) -> None:
    assert shown(chat, kind, REMINDER) == REMINDER
