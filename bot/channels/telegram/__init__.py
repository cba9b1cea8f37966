"""Telegram: the only place that imports python-telegram-bot."""

from bot.channels.telegram.incoming import incoming, press_id
from bot.channels.telegram.line import OFFICIAL, LineDown, Telegram

__all__ = ["OFFICIAL", "LineDown", "Telegram", "incoming", "press_id"]
