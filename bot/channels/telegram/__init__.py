"""Telegram: the only place that imports python-telegram-bot."""

import os

# Spans of time as timedelta, as they will be in its next version; else it warns at each of them.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.channels.telegram.incoming import incoming, press_id
from bot.channels.telegram.line import OFFICIAL, LineDown, Telegram

__all__ = ["OFFICIAL", "LineDown", "Telegram", "incoming", "press_id"]
