"""What the Bot API's methods do here: messages reach people's screens, keyboards are edited, files are kept."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

from tests.botapi.check import BadRequest, Params, shown
from tests.botapi.person import Message, Person

if TYPE_CHECKING:
    from tests.botapi.server import BotApi

Files = dict[str, tuple[str, bytes]]


class Methods:
    """The effects of requests that have been checked. Called under the server's lock."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self.files: Files = {}
        self.commands: list[dict[str, str]] = []
        self._ids = itertools.count(1)

    def call(self, method: str, params: Params, files: Files) -> Any:
        """The result of a request. Raises BadRequest."""
        effect = getattr(self, method.lower(), None)
        if effect is None:
            raise BadRequest(f"Not Found: {method} is not played here; add it to tests/botapi/methods.py")
        return effect(params, files)

    def getme(self, params: Params, files: Files) -> dict[str, Any]:
        return {"id": 7654321, "is_bot": True, "first_name": "Ingit", "username": "ingit_test_bot"}

    def setmycommands(self, params: Params, files: Files) -> bool:
        self.commands = params["commands"]
        return True

    def setwebhook(self, params: Params, files: Files) -> bool:
        self.api.updates.webhook = params
        self.api.wake()
        return True

    def deletewebhook(self, params: Params, files: Files) -> bool:
        self.api.updates.webhook = {}
        if params.get("drop_pending_updates"):
            self.api.updates.waiting.clear()
        return True

    def getwebhookinfo(self, params: Params, files: Files) -> dict[str, Any]:
        waiting = len(self.api.updates.waiting)
        url = self.api.updates.webhook.get("url", "")
        return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}

    def sendchataction(self, params: Params, files: Files) -> bool:
        self._reader(params)
        return True

    def sendmessage(self, params: Params, files: Files) -> dict[str, Any]:
        return self._show(params, text=shown(params, "text"))

    def sendlocation(self, params: Params, files: Files) -> dict[str, Any]:
        place = {"latitude": params["latitude"], "longitude": params["longitude"]}
        return self._show(params, text="", place=place) | {"location": place}

    def sendphoto(self, params: Params, files: Files) -> dict[str, Any]:
        kept = self._keep(params, files, "photo")
        size = {"file_id": kept, "file_unique_id": kept, "width": 800, "height": 600}
        return self._show(params, text=shown(params, "caption"), photo=self.files[kept]) | {"photo": [size]}

    def senddocument(self, params: Params, files: Files) -> dict[str, Any]:
        kept = self._keep(params, files, "document")
        name = self.files[kept][0]
        file = {"file_id": kept, "file_unique_id": kept, "file_name": name}
        return self._show(params, text=shown(params, "caption"), document=self.files[kept]) | {"document": file}

    def editmessagetext(self, params: Params, files: Files) -> dict[str, Any]:
        message = self._former(params)
        return self._change(message, shown(params, "text"), params.get("reply_markup") or {})

    def editmessagereplymarkup(self, params: Params, files: Files) -> dict[str, Any]:
        message = self._former(params)
        return self._change(message, message.text, params.get("reply_markup") or {})

    def deletemessage(self, params: Params, files: Files) -> bool:
        person = self._reader(params)
        there = [message for message in person.messages if message.id == params["message_id"]]
        if not there:
            raise BadRequest("Bad Request: message to delete not found")
        person.messages.remove(there[0])
        return True

    def answercallbackquery(self, params: Params, files: Files) -> bool:
        for person in self.api.people.values():
            if params["callback_query_id"] in person.spinning:
                person.spinning.remove(params["callback_query_id"])
                return True
        raise BadRequest("Bad Request: query is too old and response timeout expired or query ID is invalid")

    def getfile(self, params: Params, files: Files) -> dict[str, Any]:
        if params["file_id"] not in self.files:
            raise BadRequest("Bad Request: invalid file_id")
        return {"file_id": params["file_id"], "file_unique_id": params["file_id"], "file_path": params["file_id"]}

    def _reader(self, params: Params) -> Person:
        person: Person | None = self.api.people.get(params["chat_id"])
        if person is None or not person.started:
            raise BadRequest("Bad Request: chat not found")
        if person.blocks:
            raise BadRequest("Forbidden: bot was blocked by the user")
        return person

    def _show(self, params: Params, text: str, **files: Any) -> dict[str, Any]:
        person = self._reader(params)
        markup = params.get("reply_markup") or {}
        message = Message(next(self._ids), text, params.get("text", ""), markup, **files)
        person.receives(message)
        return self._as_json(person, message)

    def _keep(self, params: Params, files: Files, name: str) -> str:
        if name not in files:
            if params[name] not in self.files:
                raise BadRequest("Bad Request: wrong file identifier/HTTP URL specified")
            return str(params[name])
        kept = f"file{len(self.files)}-{name}"
        self.files[kept] = files[name]
        return kept

    def _former(self, params: Params) -> Message:
        for message in self._reader(params).messages:
            if message.id == params["message_id"]:
                return message
        raise BadRequest("Bad Request: message to edit not found")

    def _change(self, message: Message, text: str, markup: dict[str, Any]) -> dict[str, Any]:
        if "keyboard" in message.markup or "remove_keyboard" in message.markup:
            raise BadRequest("Bad Request: message can't be edited")
        if (text, markup) == (message.text, message.markup):
            raise BadRequest(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            )
        message.text, message.markup = text, markup
        message.edits += 1
        person = next(person for person in self.api.people.values() if message in person.messages)
        return self._as_json(person, message)

    def _as_json(self, person: Person, message: Message) -> dict[str, Any]:
        values = {
            "message_id": message.id,
            "date": int(time.time()),
            "chat": person.chat_json(),
            "from": self.getme({}, {}),
        }
        inline = {"reply_markup": message.markup} if "inline_keyboard" in message.markup else {}
        return values | ({"text": message.text} if message.text else {}) | inline
