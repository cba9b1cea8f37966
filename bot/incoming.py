"""One thing that came in from a person, whatever the channel: text, a press, a place, a phone number, or a medium."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

Kind = Literal["text", "press", "location", "contact", "media", "edited", "other"]


@dataclass(frozen=True)
class Incoming:
    """What came in, as JSON-able values. What does not belong to `kind` is empty or None."""

    chat: str  # channel and person: "tg:123"; the terminal's and JSON lines' chats have any name ("p1")
    key: str  # unique for each update of a channel: the same update received twice has the same key
    kind: Kind
    at: datetime  # when it was sent; timezone-aware
    text: str = ""  # as typed, or the caption of a medium; "/start" keeps what follows it
    press: tuple[str, ...] = ()  # choice ids; on a screen of many, "+id" is ticked and "-id" is unticked
    step: int | None = None  # the step the pressed keyboard belongs to; None: not known
    lat: float | None = None  # degrees north
    lon: float | None = None  # degrees east
    contact: str | None = None  # phone number as the channel gave it
    media: str | None = None  # photo, voice, sticker, document, forward, group ...: what it was that cannot be read
    name: str = ""  # the sender's first name
    message_id: int | None = None  # of the message itself, or of the one whose keyboard was pressed

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"Incoming.at must be timezone-aware, not {self.at!r}")
        if self.kind not in get_args(Kind):
            raise ValueError(f"Incoming.kind is one of {', '.join(get_args(Kind))}, not {self.kind!r}")

    def to_json(self) -> dict[str, Any]:
        """JSON values; what is empty or None is left out."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values |= {"at": self.at.isoformat(), "press": list(self.press)}
        return {name: value for name, value in values.items() if value not in (None, "", [])}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Incoming:
        """The reverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        at = datetime.fromisoformat(values["at"])
        return cls(**{**values, "at": at, "press": tuple(values.get("press", ()))})
