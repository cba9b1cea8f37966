"""Words of a message compared with a few known ones, where reading it as a whole says too little."""

from __future__ import annotations

import re
from unicodedata import normalize


def words(text: str) -> list[str]:
    """The words in lower case and one encoding, without the marks around them."""
    return [bare for word in normalize("NFC", text).lower().split() if (bare := word.strip(".,;:!?।()\"'"))]


def lists_people(text: str) -> bool:
    """Whether at least two parts of it, between commas or on lines, have a number: people with their ages."""
    return sum(any(sign.isdigit() for sign in part) for part in re.split(r"[,;\n]+", text)) > 1
