"""From an update of Telegram to what came in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from telegram import CallbackQuery, Chat, Message, Update

from bot.channels.telegram.keyboard import pressed
from bot.incoming import Incoming

log = structlog.get_logger(__name__)

KINDS = ("message", "edited_message", "callback_query")
"""The kinds of update that are asked for."""

_MEDIA = (
    "sticker photo voice video_note video animation audio document dice poll story game paid_media checklist "
    "invoice successful_payment passport_data"
).split()
_SERVICE = (
    "pinned_message message_auto_delete_timer_changed chat_background_set write_access_allowed boost_added "
    "connected_website proximity_alert_triggered"
).split()
"""What Telegram itself writes into a private chat: nobody said it, nobody waits for an answer."""


def incoming(raw: Mapping[str, Any], now: datetime) -> Incoming | None:
    """What came in with an update, as the Bot API sends it; None where nobody is to be answered.

    None: bots, channels, service messages, the moving of a live location. An update that cannot be read gives kind
    "other" where its chat is known. `now` dates presses, which carry no time of their own.
    """
    try:
        update = Update.de_json(dict(raw), None)
        return _of(update, now)
    except Exception as error:
        log.error("update_unreadable", update_id=raw.get("update_id"), error=type(error).__name__)
        return _unreadable(raw, now)


def press_id(raw: Mapping[str, Any]) -> str | None:
    """The id under which a press is to be acknowledged, so that the button stops spinning."""
    press = raw.get("callback_query")
    return str(press["id"]) if isinstance(press, Mapping) and "id" in press else None


def _of(update: Update, now: datetime) -> Incoming | None:
    key = str(update.update_id)
    if update.callback_query:
        return _press(update.callback_query, key, now)
    message = update.message or update.edited_message
    if message is None or (message.from_user and message.from_user.is_bot):
        return None
    if message.chat.type != Chat.PRIVATE:
        return Incoming(_chat(message.chat.id), key, "other", message.date, media="group", name=_name(message))
    return _message(message, key, edited=update.edited_message is not None)


def _press(press: CallbackQuery, key: str, now: datetime) -> Incoming | None:
    if press.from_user.is_bot:
        return None
    name = _clean(press.from_user.first_name)
    chat = press.message.chat if press.message else None
    if chat and chat.type != Chat.PRIVATE:
        return Incoming(_chat(chat.id), key, "other", now, media="group", name=name)
    step, choice = pressed(_clean(press.data or ""))
    former = press.message.message_id if press.message else None
    who = chat.id if chat else press.from_user.id
    return Incoming(_chat(who), key, "press", now, press=choice, step=step, message_id=former, name=name)


def _message(message: Message, key: str, edited: bool) -> Incoming | None:
    text = _clean(message.text or message.caption or "")
    content = _content(message)
    chat, name = _chat(message.chat.id), _name(message)
    if edited:
        at = message.edit_date or message.date
        return None if message.location else Incoming(chat, key, "edited", at, text, name=name)
    return (
        None
        if content is None
        else Incoming(chat, key, at=message.date, text=text, name=name, message_id=message.message_id, **content)
    )


def _content(message: Message) -> dict[str, Any] | None:
    """Kind and what belongs to it; None for what Telegram itself wrote."""
    if message.forward_origin:
        return {"kind": "media", "media": "forward"}
    if message.location:
        return {"kind": "location", "lat": message.location.latitude, "lon": message.location.longitude}
    if message.contact:
        return {"kind": "contact", "contact": message.contact.phone_number}
    for medium in _MEDIA:
        if getattr(message, medium, None):
            return {"kind": "media", "media": medium}
    if message.text:
        return {"kind": "text"}
    return None if any(getattr(message, service, None) for service in _SERVICE) else {"kind": "other"}


def _unreadable(raw: Mapping[str, Any], now: datetime) -> Incoming | None:
    message = raw.get("message")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    if not isinstance(chat, Mapping) or chat.get("type") != Chat.PRIVATE or "update_id" not in raw:
        return None
    return Incoming(_chat(chat["id"]), str(raw["update_id"]), "other", now)


def _chat(number: int) -> str:
    return f"tg:{number}"


def _name(message: Message) -> str:
    return _clean(message.from_user.first_name) if message.from_user else ""


def _clean(text: str) -> str:
    """Without NULs and half surrogate pairs, which neither databases nor UTF-8 can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
