"""Words of a message compared with a few known ones, where reading it as a whole says too little."""

from __future__ import annotations

from unicodedata import normalize


def words(text: str) -> list[str]:
    """The words in lower case and one encoding, without the marks around them."""
    return [bare for word in normalize("NFC", text).lower().split() if (bare := word.strip(".,;:!?।()\"'"))]
