"""The line to Telegram: updates in, letters out."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram import Bot, BotCommand, LinkPreviewOptions, ReplyKeyboardRemove
from telegram.constants import ParseMode
from telegram.error import BadRequest, Conflict, TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.channels.telegram.files import Files, Request
from bot.channels.telegram.incoming import KINDS
from bot.channels.telegram.markup import Markup, inline, markup
from bot.channels.telegram.outcome import outcome
from bot.channels.telegram.split import split
from bot.delivery import Away, Delivered, Documents, Later, Letter, Outcome, Rejected, Uncertain
from bot.pace import Pace

log = structlog.get_logger(__name__)
T = TypeVar("T")

OFFICIAL = "https://api.telegram.org"
POLL_SECONDS = 30
ANSWER_SECONDS = 10.0
_GONE = ("message to delete not found", "message can't be deleted")
_AS_WANTED = ("message is not modified", "message to edit not found", "message can't be edited")

# The raw updates are wanted: get_updates() parses a whole batch at once, fails as a whole on one that it does not know,
# and then logs the batch with every word that people wrote.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)


class LineDown(Exception):
    """Telegram did not do it; the message says why in one line. `seconds`: when it asked us to come back, if it did."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Telegram:
    """One bot. `api_base` is a Bot API server's address without "/bot"; `patience`: seconds waited for an answer."""

    def __init__(
        self,
        token: str,
        pace: Pace,
        documents: Documents,
        api_base: str = OFFICIAL,
        patience: float = ANSWER_SECONDS,
    ) -> None:
        base = api_base.rstrip("/")
        self._patience = patience
        self._requests = [_http(1, patience), _http(32, patience)]
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self._pace = pace
        self._files = Files(self._bot, documents)

    async def close(self) -> None:
        """Gives back the connections."""
        for request in self._requests:
            await request.shutdown()

    async def name(self) -> str:
        """The bot's user name. Raises LineDown."""
        return (await _or_down(self._bot.get_me())).username or ""

    async def fetch(self, offset: int | None, seconds: int = POLL_SECONDS) -> list[dict[str, Any]]:
        """Updates from `offset` on, as they came, waiting up to `seconds`; confirms all before. Raises LineDown."""
        asked = {"offset": offset, "timeout": seconds, "limit": 100, "allowed_updates": list(KINDS)}
        answer: Awaitable[list[dict[str, Any]]] = self._bot.do_api_request(
            "getUpdates", asked, read_timeout=seconds + self._patience
        )
        return await _or_down(answer)

    async def acknowledge(self, press_id: str) -> None:
        """Lets the pressed button stop spinning, as far as that can be done: nothing hangs on it."""
        try:
            await self._bot.answer_callback_query(press_id)
        except TelegramError as error:
            log.debug("press_not_acknowledged", error=type(error).__name__)

    async def use_polling(self) -> None:
        """No webhook from now on; what waits is kept. Raises LineDown."""
        await _or_down(self._bot.delete_webhook(drop_pending_updates=False))

    async def use_webhook(self, url: str, secret: str) -> None:
        """Have updates sent to `url`, with `secret` in the header that Telegram has for it. Raises LineDown."""
        await _or_down(self._bot.set_webhook(url, secret_token=secret, allowed_updates=list(KINDS), max_connections=40))

    async def offer_commands(self, commands: Mapping[str, str], language: str | None = None) -> None:
        """The menu of commands, for people whose Telegram is in `language` (None: everybody). Raises LineDown."""
        menu = [BotCommand(command, about) for command, about in commands.items()]
        await _or_down(self._bot.set_my_commands(menu, language_code=language))

    async def deliver(self, letter: Letter) -> Outcome:
        """Send all parts of a letter that have not arrived yet, in order, each when the pace allows."""
        try:
            parts, unmade = await self._parts(letter)
        except (ValueError, LookupError) as error:
            return Rejected(str(error), letter.arrived)
        arrived = list(letter.arrived)
        for part in parts[len(arrived) :]:
            chat = letter.chat if letter.payload.get("edit") is None else None
            turn = await self._pace.take(chat, letter.can_wait)
            if not isinstance(turn, str):
                return Later(turn, True, "sending is paused", tuple(arrived))
            if not arrived and not letter.in_time():
                self._pace.answered(turn)
                return Later(0.0, False, "its turn came too late")
            try:
                arrived.append(await part())
            except TelegramError as error:
                came = outcome(error, tuple(arrived))
                if not isinstance(came, Uncertain | Away):  # what was not answered may be on its way still
                    self._pace.answered(turn)
                return came
            self._pace.answered(turn)
        if unmade:
            return Rejected(f"documents not made: {', '.join(unmade)}", tuple(arrived))
        return Delivered(tuple(arrived))

    async def _parts(self, letter: Letter) -> tuple[list[Request], list[str]]:
        """What is to be requested, one after the other, what asks for an answer last; and the documents not made.

        Raises ValueError where Telegram cannot carry the letter.
        """
        chat = _number(letter.chat)
        if letter.payload.get("edit") is not None:
            return [partial(self._edit, chat, letter)], []
        if (former := letter.payload.get("delete")) is not None:
            return [partial(self._delete, chat, int(former))], []
        *first, last = split(letter.text)
        under = markup(letter)
        place = letter.payload.get("place")
        words: list[Request] = [partial(self._pin, chat, place["lat"], place["lon"])] if place else []
        words += [partial(self._say, chat, text, ReplyKeyboardRemove()) for text in first]
        words.append(partial(self._say, chat, last, under))
        files, unmade = await self._files.requests(chat, letter)
        return ([*words, *files] if isinstance(under, ReplyKeyboardRemove) else [*files, *words]), unmade

    async def _say(self, chat: int, text: str, under: Markup) -> int:
        message = await self._bot.send_message(
            chat,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=under,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return message.message_id

    async def _pin(self, chat: int, lat: float, lon: float) -> int:
        """A pin on Telegram's own map, which leads on to the phone's."""
        return (await self._bot.send_location(chat, lat, lon)).message_id

    async def _edit(self, chat: int, letter: Letter) -> int:
        """Change a former message. That it is so already, or is gone from the screen, is no failure."""
        former, under = int(letter.payload["edit"]), inline(letter)
        try:
            if letter.text:
                text, html = letter.text, ParseMode.HTML
                await self._bot.edit_message_text(text, chat, former, parse_mode=html, reply_markup=under)
            else:
                await self._bot.edit_message_reply_markup(chat, former, reply_markup=under)
        except BadRequest as error:
            if not any(so in error.message.lower() for so in _AS_WANTED):
                raise
        return former

    async def _delete(self, chat: int, former: int) -> int:
        """Take a message off the screen. That it is gone already, or is too old, is no failure."""
        try:
            await self._bot.delete_message(chat, former)
        except BadRequest as error:
            if not any(so in error.message.lower() for so in _GONE):
                raise
        return former


def _number(chat: str) -> int:
    return int(chat.partition(":")[2])


def _http(pool_size: int, patience: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=pool_size, read_timeout=patience, write_timeout=patience, connect_timeout=5.0
    )


async def _or_down(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except Conflict as error:
        reason = "another process receives this bot's messages: stop it, or give this one a token of its own"
        raise LineDown(f"{reason} (Telegram says: {error.message})") from None
    except TelegramError as error:
        came = outcome(error)
        assert not isinstance(came, Delivered)
        raise LineDown(came.reason, came.seconds if isinstance(came, Later) else None) from None
