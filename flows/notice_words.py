"""Words typed as the answer to a notice, and those that stop notices and let them come again."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.datafile import Source
from flows.plainwords import words

Lists = tuple[tuple[str, ...], ...]
_SPELLINGS = (("chh", "ch"), ("sh", "s"), ("bh", "v"), ("বো", "ব"), ("’", "'"))
_FILLERS = frozenset("ami amra apni please plz ji ektu to i we am আমি আমরা একটু তো জি প্লিজ".split())


class NoticeWords(BaseModel):
    """Whole messages by what they answer (flows/notice_words.yaml); the names are those of buttons."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    coming: Lists = Field(min_length=3)
    cannot_come: Lists = Field(min_length=3)
    change: Lists = Field(min_length=3)
    cancel_token: Lists = Field(min_length=3)
    worse: Lists = Field(min_length=3)
    call_me: Lists = Field(min_length=3)
    way: Lists = Field(min_length=3)
    details: Lists = Field(min_length=3)
    agree: Lists
    stop: Lists = Field(min_length=3)
    start: Lists = Field(min_length=3)


VERBS = ("coming", "cannot_come", "change", "cancel_token", "worse", "call_me", "way", "details")


def answers(text: str) -> str | None:
    """What the whole message answers to a notice of a token: the verb of its button; None: nothing of the kind."""
    meant = _meaning(text)
    return meant if meant in VERBS else None


def agrees(text: str) -> bool:
    """Whether it is a bare yes."""
    return _meaning(text) == "agree"


def stops(text: str) -> bool:
    """Whether the whole message asks for no more notices."""
    return _meaning(text) == "stop"


def starts(text: str) -> bool:
    """Whether the whole message asks for notices again. A /command is none."""
    return _meaning(text) == "start"


def _meaning(text: str) -> str | None:
    return _meanings().get(_key(text)) if len(text) < 80 else None


@cache
def _meanings() -> dict[str, str]:
    """Each message, in one spelling, with what it means; raises BadData where one has two meanings."""
    source = Source(Path(__file__).parent / "notice_words.yaml")
    found: dict[str, str] = {}
    for meaning, lists in source.parse(NoticeWords).model_dump().items():
        for phrase in (phrase for phrases in lists for phrase in phrases):
            if found.setdefault(_key(phrase), meaning) != meaning:
                raise source.wrong(f"{phrase!r} stands under {found[_key(phrase)]} too; keep one.", meaning)
    return found


def _key(text: str) -> str:
    """The words of a message without fillers, spellings of romanised Bengali and of the last vowel brought together."""
    bare = " ".join(word for word in words(text) if word not in _FILLERS)
    bare = re.sub(r"(.)\1+", r"\1", bare) if bare.isascii() else bare
    for written, meant in _SPELLINGS:
        bare = bare.replace(written, meant)
    return bare
