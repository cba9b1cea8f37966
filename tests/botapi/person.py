"""Somebody with Telegram on a phone: what they write and touch, and what they see."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.botapi.server import BotApi

_queries = itertools.count(1)


@dataclass
class Message:
    """A message of the bot on the person's screen, as it stands now."""

    id: int
    text: str  # as read
    html: str  # as sent
    markup: dict[str, Any]
    photo: tuple[str, bytes] | None = None
    document: tuple[str, bytes] | None = None
    place: dict[str, float] | None = None  # a pin on the map
    edits: int = 0

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The keyboard's buttons, row by row."""
        rows = self.markup.get("inline_keyboard", self.markup.get("keyboard", []))
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    @property
    def choices(self) -> list[str]:
        """The choice ids of the inline keyboard, as pressed ("+id" ticks, "-id" unticks)."""
        return [button["callback_data"].split(":", 1)[-1] for button in self.buttons if "callback_data" in button]


class Person:
    """One chat. `messages`: from the bot; `keyboard`: the reply keyboard on screen; `spinning`: presses unanswered."""

    def __init__(self, api: BotApi, chat: int, name: str) -> None:
        self.api = api
        self.chat = chat
        self.name = name
        self.started = False
        self.blocks = False
        self.messages: list[Message] = []
        self.keyboard: dict[str, Any] = {}
        self.spinning: list[str] = []
        self._ids = itertools.count(100_000)

    def say(self, text: str) -> int:
        """Write to the bot."""
        return self.send(text=text)

    def send(self, **content: Any) -> int:
        """Send a message with any content, in the Bot API's fields. Returns the update's id."""
        self.started = True
        return self.api.update(message=self.message_json(**content))

    def edit(self, text: str) -> int:
        """Change what was written before."""
        return self.api.update(edited_message=self.message_json(text=text, edit_date=int(time.time())))

    def send_location(self, lat: float, lon: float) -> int:
        return self.send(location={"latitude": lat, "longitude": lon})

    def send_contact(self, phone: str) -> int:
        return self.send(contact={"phone_number": phone, "first_name": self.name, "user_id": self.chat})

    def press(self, what: str, on: Message | None = None) -> int:
        """Touch the button with this label or choice id, on the newest message that has it (or `on` that message).

        A button of the reply keyboard sends its label. AssertionError where there is no such button.
        """
        with self.api.changed:
            for message in [on] if on else reversed(self.messages):
                for button in message.buttons if "inline_keyboard" in message.markup else []:
                    if _means(button, what):
                        return self.press_data(button["callback_data"], message.id)
            if any(what == button["text"] for row in self.keyboard.get("keyboard", []) for button in row):
                return self.say(what)
            raise AssertionError(f"no button {what!r}; there are {[message.choices for message in self.messages[-3:]]}")

    def press_data(self, data: str, message_id: int) -> int:
        """A press with any data, forged ones too."""
        query = f"query{next(_queries)}"
        self.spinning.append(query)
        former = {"message_id": message_id, "date": int(time.time()), "chat": self.chat_json(), "text": "?"}
        press = {"id": query, "from": self.user_json(), "chat_instance": "1", "data": data, "message": former}
        return self.api.update(callback_query=press)

    def wait_for(self, what: str | Callable[[Message], Any] = "", after: int = 0, timeout: float = 15.0) -> Message:
        """The first message (with id above `after`) that holds this text or fulfils this; blocks until there is one."""
        fits = what if callable(what) else (lambda message: what in message.text)

        def found() -> list[Message]:
            return [message for message in list(self.messages) if message.id > after and fits(message)]

        try:
            message: Message = self.api.wait(found, timeout)[0]
            return message
        except AssertionError:
            seen = "\n---\n".join(message.text for message in self.messages[-5:])
            raise AssertionError(f"no message with {what!r} in {timeout} s; last seen:\n{seen}") from None

    def receives(self, message: Message) -> None:
        """The server shows a message."""
        if "keyboard" in message.markup:
            self.keyboard = message.markup
        elif message.markup.get("remove_keyboard"):
            self.keyboard = {}
        self.messages.append(message)

    def chat_json(self) -> dict[str, Any]:
        return {"id": self.chat, "type": "private", "first_name": self.name}

    def user_json(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": self.name, "language_code": "bn"}

    def message_json(self, **content: Any) -> dict[str, Any]:
        head = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": self.chat_json(),
            "from": self.user_json(),
        }
        return head | content


def _means(button: dict[str, Any], what: str) -> bool:
    choice = button.get("callback_data", "").split(":", 1)[-1]
    return what in (button["text"], choice, choice.lstrip("+-"), button["text"].lstrip("☐☑ "))
