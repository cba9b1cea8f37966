"""What is typed as a PIN is nowhere to be read afterwards, and is taken off the screen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.jsonl import CHANNEL
from bot.incoming import Incoming
from bot.pin_entry import is_easy, typed
from storage import conversations, inbox
from storage.tables import Conversation, Inbox, Outbox
from tests.driving import Service

PIN = "258079"


async def set_pin(service: Service) -> None:
    """A family of one phone sets a PIN and gives it again, wrongly and rightly."""
    for said in ({"text": "itching"}, {"press": "yes"}, {"text": "/cancel"}, {"text": "/pin"}, {"press": "set"},
                 {"text": PIN}, {"text": PIN}, {"clock": "2026-11-23T09:00+05:30"}, {"text": "/my"},
                 {"text": "258078"}, {"text": PIN}):  # fmt: skip
        await service.send(**said)


def everything(s: Any, service: Service) -> list[str]:
    """All that is sealed in the tables of messages, opened."""
    opened = [json.dumps(conversations.look(s, chat).state) for chat in s.execute(select(Conversation.chat)).scalars()]  # type: ignore[union-attr]
    for row in s.execute(select(Inbox)).all():
        opened.append(json.dumps(service.db.ring.open(row.payload, f"inbox/payload/{row.channel}/{row.key}")))
    for row in s.execute(select(Outbox)).all():
        opened.append(json.dumps(service.db.ring.open(row.payload, f"outbox/payload/{row.chat}/{row.key}")))
    return opened


async def test_a_pin_is_nowhere_after_it_was_typed(
    service: Service, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    await set_pin(service)
    kept = service.db.call(everything, service)
    assert len(kept) > 20
    assert not [one for one in kept if "2580" in one]
    logged = capfd.readouterr()
    assert "2580" not in logged.out + logged.err + caplog.text


async def test_without_wiping_it_would_stand_in_the_inbox(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(inbox, "wipe_text", lambda s, id: None)
    await set_pin(service)
    assert [one for one in service.db.call(everything, service) if PIN in one]


async def test_the_reader_of_words_is_not_shown_it(service: Service) -> None:
    class Reader:
        state = None
        seen: list[str] = []  # noqa: RUF012

        async def parse(self, text: str) -> None:
            self.seen.append(text)

    service.parts.handler.rasa = Reader()
    await set_pin(service)
    assert Reader.seen and not [one for one in Reader.seen if "2580" in one]


@pytest.mark.parametrize("pin", ["1234", "4321", "0000", "777777", "1212", "121212", "1985", "2010", "345678"])
def test_what_everybody_tries_first_is_refused(pin: str) -> None:
    assert is_easy(pin)


@pytest.mark.parametrize("pin", ["2580", "258079", "4071", "91827"])
def test_other_digits_will_do(pin: str) -> None:
    assert not is_easy(pin)


@pytest.mark.parametrize(
    ("text", "question", "digits"),
    [
        ("২৫৮০", "pin", "2580"), (" 25-80 ", "new_pin", "2580"), ("258079", "new_pin_again", "258079"),
        ("258", "pin", None), ("2580791", "pin", None), ("amar 2580", "pin", None), ("2580", "age", None),
        ("right", "pin", None),
    ],
)  # fmt: skip
def test_only_digits_where_a_pin_is_asked_for_are_one(
    service: Service, text: str, question: str, digits: str | None
) -> None:
    said = Incoming(f"{CHANNEL}:p1", "k", "text", service.now(), text)
    assert typed({"offered": {"ask": {"question": question}}}, said) == digits
