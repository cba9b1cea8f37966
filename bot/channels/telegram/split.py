"""Long texts, cut where a reader would draw breath, with the markup whole in every part."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

LIMIT = 4096
"""Characters of one message after its markup is read (core.telegram.org/bots/api#sendmessage)."""

_SENTENCE = re.compile(r"(?<=\n)|(?<=[।?!] )|(?<=[^\d\s]\. )")
_WORD = re.compile(r"(?<= )")
_ATOM = regex.compile(r"</?[bi]>|&[a-z0-9#]+;|\X")
_TAG = re.compile(r"<(/?)([bi])>")


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Telegram HTML in parts of at most `limit` UTF-16 units, markup counted: at lines and sentences, else at words.

    Tags that a cut falls into are closed before it and opened again after it.
    """
    if _units(text) <= limit:
        return [text]
    parts: list[str] = []
    part = ""
    for piece in _pieces(text, limit - 32):  # room for the tags opened and closed again
        if part and _units(part) + _units(piece) > limit - 32:
            opened = _opened(part)
            parts.append(part.strip() + "".join(f"</{tag}>" for tag in reversed(opened)))
            part = "".join(f"<{tag}>" for tag in opened)
        part += piece
    parts.append(part.strip())
    return [each for each in parts if _TAG.sub("", each).strip()]


def _pieces(text: str, most: int) -> Iterator[str]:
    """The text in sentences; one longer than `most` in words, a word longer than that in letters."""
    for sentence in _SENTENCE.split(text):
        if _units(sentence) <= most:
            yield sentence
            continue
        for word in _WORD.split(sentence):
            if _units(word) <= most:
                yield word
            else:
                yield from _ATOM.findall(word)


def _opened(part: str) -> tuple[str, ...]:
    """The tags of `part` that are not closed in it, outermost first."""
    opened: list[str] = []
    for closing, tag in _TAG.findall(part):
        if not closing:
            opened.append(tag)
        elif opened:
            opened.pop()
    return tuple(opened)


def _units(text: str) -> int:
    """Telegram counts in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
