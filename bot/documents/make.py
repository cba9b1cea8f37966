"""What is handed to people: the token card (PNG), the doctor's summary (PDF), the calendar entry (.ics)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.documents.mydata import mydata_page
from bot.documents.summary import page
from bot.moments import evening_before, local
from bot.words import plain, say
from flows.heard import Language

if TYPE_CHECKING:
    import typst

HERE = Path(__file__).parent
LIGHT = 60_000
"""Bytes that a summary may weigh with its tags: two seconds on a line of 2G."""
_PPI = 144.0
"""The card is 540 pt wide: 1,080 pixels."""


def token_card_png(lang: Language, booking: Mapping[str, Any]) -> bytes:
    """The card to show at the counter, 1,080 pixels wide.

    `booking`: token (number), name, starts_at, ends_at (ISO), spoke, hub, specialty (values of a payload; specialty may
    be left out), bring (a value; left out: papers and medicines), invented (true: marked as a demonstration).
    """
    doctor = [value for value in (booking["hub"], booking.get("specialty")) if value]
    clock = {"span": [booking["starts_at"], booking["ends_at"]], "day": False}
    rows = [
        ("when", {"list": [{"date": booking["starts_at"]}, clock], "join": "lines"}, True),
        ("name", booking["name"], True),
        ("where", booking["spoke"], True),
        ("doctor", {"list": doctor}, False),
        ("bring", booking.get("bring") or {"t": "card.bring_what"}, False),
    ]
    card = {
        "lang": lang,
        "invented": _words(lang, {"t": "card.invented"}) if booking.get("invented") else None,
        "token_word": _words(lang, {"t": "card.token"}),
        "token": _words(lang, booking["token"]),
        "rows": [{"label": _words(lang, {"t": f"card.{name}"}), "words": _words(lang, value), "large": large}
                 for name, value, large in rows],
        "foot": _words(lang, {"t": "card.foot"}),
    }  # fmt: skip
    return _typeset("card.typ", card, "png")


def summary_pdf(content: Mapping[str, Any]) -> bytes:
    """The doctor's summary, A5, Bengali and English, with its fonts inside; tagged for who has it read out.

    A paper of many pages goes without tags: on a slow line a light file is worth more.

    `content`: date (ISO), hub (value), mode ("video"), invented, phones {ambulance, emergency};
    doctor {name, qualification, registration, contact, address}; patient {name, age_years, sex, address};
    version, corrects (a number, and the ISO date of the version before it; None for a first one);
    complaints, history, findings, investigations, diagnosis, advice, follow_up: a value or a list of values;
    medicines: [{generic, form, strength, dose ("1-0-1"), meal, days, instructions, every}].
    Raises bot.documents.summary.IncompleteSummary where a field that the guidelines require is empty.
    """
    data = page(content)
    tagged = _typeset("summary.typ", data, "pdf")
    return tagged if len(tagged) <= LIGHT else _typeset("summary.typ", data, "pdf", tags=False)


def calendar_ics(lang: Language, booking: Mapping[str, Any]) -> bytes:
    """The booking for a phone's calendar, with an alarm the evening before and one two hours before.

    Keys as in `token_card_png`, and id, made_at (ISO; left out: as if made when it starts).
    """
    from icalendar import Calendar, Event

    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Ingit//bookings//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    start = local(booking["starts_at"])
    args = {"token": booking["token"], "name": booking["name"], "spoke": booking["spoke"],
            "bring": booking.get("bring") or {"t": "card.bring_what"}}  # fmt: skip
    event.add("uid", f"{booking['id']}@ingit")
    event.add("dtstamp", local(booking.get("made_at", booking["starts_at"])))
    event.add("dtstart", start)
    event.add("dtend", local(booking["ends_at"]))
    event.add("summary", _words(lang, {"t": "ics.title", "args": args}))
    event.add("location", _words(lang, booking["spoke"]))
    seen_by = f"{_words(lang, {'t': 'card.doctor'})}: {_words(lang, booking['hub'])}"
    event.add("description", f"{_words(lang, {'t': 'ics.story', 'args': args})}\n{seen_by}")
    _alarm(event, evening_before(start) - start, _words(lang, {"t": "ics.tomorrow", "args": args}))
    _alarm(event, timedelta(hours=-2), _words(lang, {"t": "ics.soon", "args": args}))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def mydata_pdf(lang: Language, told: Mapping[str, Any]) -> bytes:
    """What is held about somebody, A4. `told`: held (as storage.mydata gives it), made_at (ISO)."""
    return _typeset("mydata.typ", mydata_page(lang, told["held"], told["made_at"]), "pdf")


def mydata_json(told: Mapping[str, Any]) -> bytes:
    """The same, whole, for machines."""
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def plot_png(chart: Mapping[str, Any]) -> bytes:
    """Bars by group. `chart`: title, readers (names), groups [{of, way, shares (0 to 1, one a reader)}]."""
    return _typeset("plot.typ", chart, "png")


def day_png(chart: Mapping[str, Any]) -> bytes:
    """A day in three panels. `chart`: title, foot, bars [{hour, booked, arrived, waiting, worst_ms}]."""
    return _typeset("day.typ", chart, "png")


def _alarm(event: Any, before: timedelta, words: str) -> None:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", before)
    alarm.add("description", words)
    event.add_component(alarm)


def _words(lang: Language, value: Any) -> str:
    return plain(say(lang, value))


def _typeset(template: str, data: Mapping[str, Any], kind: Literal["pdf", "png"], tags: bool = True) -> bytes:
    """What people wrote reaches the template as JSON data only: Typst never reads it as markup."""
    import typst

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = typst.Compiler(root=HERE, font_paths=_fonts(), sys_inputs=inputs).compile(
        HERE / template, format=kind, ppi=_PPI, pdf_tags=tags
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} gave {type(made).__name__}, not one file")
    return made


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
