"""Words: a payload of a flow, put into one language. What people wrote is escaped; a gap is refused, never sent."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.moments import at_words, date_words, day_of, soon_words, span_words, time_of, time_words
from flows.heard import Language
from flows.texts import PLACEHOLDER, bengali_digits, texts

Args = Mapping[str, Any]
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls of terminals and of the writing direction; a line break, and what joins Bengali letters, stay."""
_TAG = re.compile(r"</?[bi]>")


class MissingWords(LookupError):
    """A text or an argument of it that does not exist; the message names both."""


@dataclass(frozen=True)
class Rendered:
    """A message in one language."""

    text: str  # Telegram HTML
    plain: str  # the same without markup
    choices: tuple[tuple[str, str], ...]  # (id, label), labels plain


def render(lang: Language, payload: Args) -> Rendered:
    """The payload's message in `lang`. Raises MissingWords where a text or an argument is missing."""
    text = text_words(lang, payload["text"], payload.get("args") or {})
    choices = tuple((choice["id"], plain(say(lang, choice["label"]))) for choice in payload.get("choices") or ())
    return Rendered(text, plain(text), choices)


def say(lang: Language, value: Any) -> str:
    """One value of a payload as Telegram HTML. Raises TypeError for what is no value, MissingWords as `render`."""
    if isinstance(value, str):
        return _written(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_words(lang, value)
    for kind, words in _KINDS.items():
        if isinstance(value, Mapping) and kind in value:
            return words(lang, value)
    raise TypeError(f"{value!r} cannot be said: write a string, a number, or one of {', '.join(_KINDS)}")


def text_words(lang: Language, text_id: str, args: Args) -> str:
    """The text `text_id` with its placeholders filled, as Telegram HTML."""
    said = []
    for words, name in _pattern(lang, text_id):
        said.append(words)
        if name:
            if args.get(name) is None:
                raise MissingWords(f"text {text_id} needs the argument {name!r}; it got {sorted(args)}")
            said.append(say(lang, args[name]))
    return "".join(said)


def number_words(lang: Language, number: float) -> str:
    """A number as it is written: no trailing zeros, Bengali digits in Bengali."""
    words = str(number).removesuffix(".0")
    return bengali_digits(words) if lang == "bn" else words


def _written(words: str) -> str:
    """What somebody wrote, as it may stand in a message: no markup, nothing that turns the direction of the rest."""
    return html.escape(_UNSEEN.sub("", words), quote=False)


def plain(text: str) -> str:
    """Telegram HTML without its markup."""
    if "<" in text:
        text = _TAG.sub("", text)
    return html.unescape(text) if "&" in text else text


@cache
def _pattern(lang: Language, text_id: str) -> tuple[tuple[str, str | None], ...]:
    wording = texts().get(text_id)
    if wording is None:
        raise MissingWords(f"there is no text {text_id!r} in flows/texts")
    pieces = PLACEHOLDER.split(wording.bn if lang == "bn" else wording.en)
    return tuple((pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None) for at in range(0, len(pieces), 2))


def _list(lang: Language, value: Args) -> str:
    between = {"comma": ", ", "lines": "\n"}[value.get("join", "comma")]
    return between.join(say(lang, item) for item in value["list"])


def _phone(lang: Language, value: Args) -> str:
    """In Bengali also in the digits that a telephone can dial at a touch."""
    digits = html.escape(value["phone"], quote=False)
    return f"{bengali_digits(digits)} ({digits})" if lang == "bn" else digits


_KINDS: dict[str, Callable[[Language, Args], str]] = {
    "t": lambda lang, value: text_words(lang, value["t"], value.get("args") or {}),
    "bn": lambda lang, value: _written(value[lang]),
    "at": lambda lang, value: at_words(lang, value["at"], value.get("now")),
    "date": lambda lang, value: date_words(lang, day_of(value["date"]), year=value.get("year", False)),
    "time": lambda lang, value: time_words(lang, time_of(value["time"])),
    "soon": lambda lang, value: soon_words(lang, value["soon"], value["now"]),
    "span": lambda lang, value: span_words(lang, value["span"][0], value["span"][1], value.get("day", True)),
    "list": _list,
    "phone": _phone,
}
