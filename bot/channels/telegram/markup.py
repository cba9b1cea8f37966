"""What stands under a letter: buttons, the keyboard that shares where one is, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.telegram import keyboard
from bot.delivery import Letter
from bot.words import plain, say

DONE_LABEL = {"t": "choice.done"}
SHARE_PLACE_LABEL = {"t": "choice.share_place"}

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def markup(letter: Letter) -> Markup:
    """Without buttons, a location keyboard that may still stand there is taken away: no harm where there is none."""
    if (letter.payload.get("ask") or {}).get("kind") == "place":
        return _location(letter)
    return inline(letter) or ReplyKeyboardRemove()


def inline(letter: Letter) -> InlineKeyboardMarkup | None:
    """The buttons of a letter. Raises ValueError where Telegram cannot carry them."""
    if not letter.choices:
        return None
    said = letter.payload
    done = _label(letter, DONE_LABEL) if said.get("many") else ""
    rows = keyboard.rows(letter.choices, said.get("step"), bool(said.get("many")), said.get("ticks") or (), done)
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    )


def _location(letter: Letter) -> ReplyKeyboardMarkup:
    """One touch shares where one is. Telegram has that only in place of the letters, where a button sends its label."""
    share = KeyboardButton(_label(letter, SHARE_PLACE_LABEL), request_location=True)
    rest = keyboard.laid(label for _, label in letter.choices)
    rows: Sequence[Sequence[KeyboardButton]] = [[share], *([KeyboardButton(label) for label in row] for row in rest)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _label(letter: Letter, value: Any) -> str:
    return plain(say(letter.lang, value))
