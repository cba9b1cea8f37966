"""Would Telegram take this request? aiogram's models of the Bot API say what fields there are; limits are ours.

aiogram is written by others than python-telegram-bot, so it is an independent witness.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import aiogram.methods
from aiogram.methods.base import TelegramMethod
from aiogram.types import BufferedInputFile
from pydantic import BaseModel, ValidationError

from tests.botapi.markup import CannotParse, visible

Params = dict[str, Any]
METHODS = {
    model.__api_method__.lower(): model
    for model in vars(aiogram.methods).values()
    if isinstance(model, type) and issubclass(model, TelegramMethod) and model is not TelegramMethod
}


class BadRequest(Exception):
    """Telegram would answer 400 with this description."""


def checked(method: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> Params:
    """The parameters of a request as values. Raises BadRequest where the Bot API has no such request."""
    model = METHODS[method.lower()]
    params = {name: _value(model, name, text) for name, text in fields.items()}
    uploads = {name: BufferedInputFile(body, filename) for name, (filename, body) in files.items()}
    try:
        request = model.model_validate(params | uploads)
    except ValidationError as error:
        raise BadRequest(f"Bad Request: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from None
    for extra in _unknown(request):
        raise BadRequest(f"Bad Request: {method} has no field {extra!r}")
    _limits(params, files)
    return params


def shown(params: Params, name: str) -> str:
    """The text or caption as the reader sees it. Raises BadRequest where its markup is broken."""
    text = params.get(name) or ""
    if params.get("parse_mode", "").upper() != "HTML":
        return str(text)
    try:
        return visible(text)
    except CannotParse as error:
        raise BadRequest(f"Bad Request: can't parse entities: {error}") from None


def _value(model: type[BaseModel], name: str, text: str) -> Any:
    """Fields travel as text; what is not text in the Bot API travels as JSON."""
    field = model.model_fields.get(name)
    if name == "chat_id" and text.lstrip("-").isdigit():
        return int(text)
    if field is None or str in _members(field.annotation):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _members(annotation: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if is_union else (annotation,)


def _unknown(value: Any) -> Iterator[str]:
    """aiogram lets fields through that it does not know; a misspelt one would be silently without effect."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in value.model_fields_set:
            yield from _unknown(getattr(value, name, None))
    elif isinstance(value, list):
        for item in value:
            yield from _unknown(item)


def _limits(params: Params, files: Mapping[str, tuple[str, bytes]]) -> None:
    _text_limits(params)
    _keyboard_limits(params.get("reply_markup") or {})
    if len(files.get("photo", ("", b""))[1]) > 10 << 20 or len(files.get("document", ("", b""))[1]) > 50 << 20:
        raise BadRequest("Bad Request: file is too big")
    for command in params.get("commands") or ():
        name, about = command["command"], command["description"]
        if not (1 <= len(name) <= 32 and name == name.lower() and name.replace("_", "a").isalnum()):
            raise BadRequest("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(about) <= 256:
            raise BadRequest("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def _text_limits(params: Params) -> None:
    if "text" in params and "callback_query_id" not in params:
        text = shown(params, "text").strip()
        if not text:
            raise BadRequest("Bad Request: message text is empty")
        if len(text) > 4096:
            raise BadRequest("Bad Request: message is too long")
    if len(shown(params, "caption")) > 1024:
        raise BadRequest("Bad Request: message caption is too long")


def _keyboard_limits(markup: Mapping[str, Any]) -> None:
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    buttons = [button for row in rows for button in row]
    if any(len(row) > 8 for row in rows) or len(buttons) > 100:
        raise BadRequest("Bad Request: reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            raise BadRequest("Bad Request: text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise BadRequest("Bad Request: BUTTON_DATA_INVALID")
        if "inline_keyboard" in markup and len(button) < 2:
            raise BadRequest("Bad Request: inline keyboard button without an action")
