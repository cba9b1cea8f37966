"""What the person wants, by strong words alone; and how Rasa's opinion is weighed against it."""

from __future__ import annotations

from functools import cache

from flows.heard import Reply
from nlu.compile_lexicon import lexicon, rules
from nlu.line import Line
from nlu.reading import RasaReading

SURE = 0.6
"""From this confidence on Rasa's intent counts."""

_BY_WORDS = (
    "delete_my_data",
    "cancel_appointment",
    "reschedule_appointment",
    "my_appointments",
    "talk_to_human",
    "get_summary",
    "change_language",
    "book_appointment",
)
_OF_REPLY: dict[Reply, str] = {"yes": "affirm", "no": "deny", "dont_know": "dont_know"}
_SOCIAL = ("thanks", "greet", "help")


def by_words(
    line: Line, ill: bool, denied: bool, reply: Reply | None, when: str | None, place: int | None
) -> tuple[str | None, float]:
    """Intent and confidence from the words. `ill`: something clinical was said of somebody, `denied`: only denied."""
    strong = _strong(line)
    if strong and not ill:
        return strong, 0.9
    if ill or denied:
        return "report_symptoms", 0.95
    if reply and len(line.words) <= 6 and not (reply == "yes" and _social(line)):
        return _OF_REPLY[reply], 0.9
    if (when or place) and _chooses(line):
        return "choose_time", 0.8
    if social := _social(line):
        return social, 0.85
    return (_OF_REPLY[reply], 0.7) if reply else (None, 0.0)


@cache
def _wishes() -> list[tuple[str, list[str]]]:
    """Intents with the parts that together mean them, the likelier first."""
    return [(intent, parts) for wish in rules("wishes") for intent, parts in wish.items()]


def _strong(line: Line) -> str | None:
    """The wish put together from its parts, else the one whose own phrase was said."""
    for intent, parts in _wishes():
        if all(line.said(part) for part in parts):
            return intent
    for intent in _BY_WORDS:
        if line.said(intent) and (intent != "change_language" or len(line.words) <= 6):
            return intent
    return None


def _chooses(line: Line) -> bool:
    """Whether the message is about nothing but the time: at most one word of it is strange, and it asks nothing."""
    strange = [
        at
        for at, word in enumerate(line.words)
        if word.kind in ("bengali", "latin") and not line.over[at] and word.text not in lexicon().fillers
    ]
    return len(strange) <= 1 and not line.said("w_what", "w_which", "ask")


def _social(line: Line) -> str | None:
    if line.said("w_favour"):
        return "thanks"
    if line.said("w_use") and line.said("w_how", "w_what"):
        return "help"
    return next((intent for intent in _SOCIAL if line.said(intent)), None)


def joined(words: tuple[str | None, float], rasa: RasaReading | None) -> tuple[str | None, float]:
    """Whose intent counts: symptoms read by words win; then a sure Rasa; then the words; then Rasa's guess as such."""
    intent, confidence = words
    if rasa is None:
        return (intent, confidence) if intent else ("out_of_scope", 0.0)
    if intent == "report_symptoms":
        booking = rasa.intent in ("book_appointment", "cancel_appointment", "reschedule_appointment")
        return (rasa.intent, rasa.confidence) if booking and rasa.confidence >= 0.9 else words
    if rasa.confidence >= SURE and not (intent and confidence >= 0.9 and rasa.confidence < 0.75):
        return rasa.intent, rasa.confidence
    return (intent, confidence) if intent else (rasa.intent, rasa.confidence)
