"""Telegram's HTML, as the Bot API reads it: a few tags, four named entities, everything closed in order."""

from __future__ import annotations

import html
import re

TAGS = frozenset(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "span"))
"""core.telegram.org/bots/api#html-style, as far as a bot in words only may need them."""
_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z-]+)(?P<rest>[^<>]*)>|&(?P<entity>[^;&\s]{0,10});|[<>&]")
_ENTITY = re.compile(r"lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+")


class CannotParse(ValueError):
    """Not Telegram HTML."""


def visible(text: str) -> str:
    """What the reader sees of `text`. Raises CannotParse."""
    opened: list[str] = []
    for piece in _PIECE.finditer(text):
        if piece["entity"] is not None:
            if not _ENTITY.fullmatch(piece["entity"]):
                raise CannotParse(f"unknown entity &{piece['entity']};")
        elif piece["tag"] is None:
            if piece[0] != ">":
                raise CannotParse(f"{piece[0]!r} at {piece.start()} must be escaped")
        elif piece["tag"].lower() not in TAGS:
            raise CannotParse(f"unsupported start tag {piece['tag']!r} at {piece.start()}")
        elif not piece["close"]:
            opened.append(piece["tag"])
        elif not opened or opened.pop() != piece["tag"]:
            raise CannotParse(f"unexpected end tag {piece['tag']!r} at {piece.start()}")
    if opened:
        raise CannotParse(f"can't find end tag of {opened[-1]!r}")
    return html.unescape(re.sub(r"</?[a-zA-Z-][^<>]*>", "", text))
