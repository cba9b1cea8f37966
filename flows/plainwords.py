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


_ARRIVED = (
    "পৌঁছ",
    "পৌছ",
    "pouch",
    "pouchh",
    "poucch",
    "reached",
    "arrived",
    "at hospital",
    "at the hospital",
    "in hospital",
)
_NOT_YET = ("না", "নি", "na", "ni", "not", "কখন", "kokhon", "when", "how", "কীভাবে", "kivabe", "যাব", "jabo", "will")


def plainly_arrived(text: str) -> bool:
    """Whether somebody says that they have come to the hospital, and nothing that takes it back."""
    said = words(text)
    there = any(sign in " ".join(said) for sign in _ARRIVED)
    return there and not any(word in _NOT_YET or word.endswith(("নি", "ini", "oni")) for word in said)
