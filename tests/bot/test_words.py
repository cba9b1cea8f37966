"""What a payload becomes in each language."""

from __future__ import annotations

import pytest

from bot.words import MissingWords, plain, render, say
from flows.heard import Language
from flows.texts import placeholders, texts

STORY = {
    "text": "ics.story",
    "args": {"name": "রহিমা", "token": 17, "spoke": {"bn": "বড়শুল", "en": "Barsul"}, "bring": {"t": "card.bring_what"}},
}


@pytest.mark.parametrize(
    ("value", "bengali", "english"),
    [
        ("রহিমা <b> & co", "রহিমা &lt;b&gt; &amp; co", "রহিমা &lt;b&gt; &amp; co"),
        ("12-ক", "12-ক", "12-ক"),
        (1052, "১০৫২", "1052"),
        (38.5, "৩৮.৫", "38.5"),
        (3.0, "৩", "3"),
        ({"bn": "হাওড়া <নমুনা>", "en": "Howrah <demo>"}, "হাওড়া &lt;নমুনা&gt;", "Howrah &lt;demo&gt;"),
        ({"t": "card.token"}, "টোকেন", "Token"),
        ({"at": "2026-11-24T05:00:00+00:00"}, "মঙ্গলবার, ২৪ নভেম্বর, সকাল ১০:৩০", "Tuesday 24 November, 10:30 am"),
        ({"at": "2026-11-24T10:30"}, "মঙ্গলবার, ২৪ নভেম্বর, সকাল ১০:৩০", "Tuesday 24 November, 10:30 am"),
        ({"date": "2027-01-07"}, "বৃহস্পতিবার, ৭ জানুয়ারি", "Thursday 7 January"),
        ({"date": "2027-02-10", "year": True}, "বুধবার, ১০ ফেব্রুয়ারি ২০২৭", "Wednesday 10 February 2027"),
        ({"date": "2026-11-23T20:00:00Z"}, "মঙ্গলবার, ২৪ নভেম্বর", "Tuesday 24 November"),
        ({"time": "10:30"}, "সকাল ১০:৩০", "10:30 am"),
        ({"time": "2026-11-24T08:30:00Z"}, "দুপুর ২:০০", "2:00 pm"),
        ({"list": [1, {"t": "card.name"}]}, "১, নাম", "1, Name"),
        ({"list": ["a", "b"], "join": "lines"}, "a\nb", "a\nb"),
        ({"phone": "102"}, "১০২ (102)", "102"),
    ],
)
def test_every_kind_of_value(value: object, bengali: str, english: str) -> None:
    assert say("bn", value) == bengali
    assert say("en", value) == english


@pytest.mark.parametrize(
    ("clock", "bengali"),
    [
        ("00:00", "রাত ১২:০০"), ("03:59", "রাত ৩:৫৯"), ("04:00", "ভোর ৪:০০"), ("06:00", "সকাল ৬:০০"),
        ("11:59", "সকাল ১১:৫৯"), ("12:00", "দুপুর ১২:০০"), ("14:59", "দুপুর ২:৫৯"), ("15:00", "বিকেল ৩:০০"),
        ("18:00", "সন্ধ্যা ৬:০০"), ("19:59", "সন্ধ্যা ৭:৫৯"), ("20:00", "রাত ৮:০০"), ("23:59", "রাত ১১:৫৯"),
    ],
)  # fmt: skip
def test_parts_of_the_day(clock: str, bengali: str) -> None:
    assert say("bn", {"time": clock}) == bengali


def test_spans_say_a_part_of_the_day_once() -> None:
    morning = {"span": ["2026-11-24T10:30", "2026-11-24T11:00"]}
    assert say("bn", morning) == "মঙ্গলবার, ২৪ নভেম্বর, সকাল ১০:৩০ - ১১:০০"
    assert say("en", morning) == "Tuesday 24 November, 10:30 - 11:00 am"
    assert say("bn", morning | {"day": False}) == "সকাল ১০:৩০ - ১১:০০"
    across = {"span": ["2026-11-24T11:30", "2026-11-24T12:00"]}
    assert say("bn", across) == "মঙ্গলবার, ২৪ নভেম্বর, সকাল ১১:৩০ - দুপুর ১২:০০"
    assert say("en", across) == "Tuesday 24 November, 11:30 am - 12:00 pm"


def test_today_and_tomorrow_are_said_only_when_asked_and_beside_the_date() -> None:
    moment = "2026-11-24T10:30"
    assert say("bn", {"at": moment, "now": "2026-11-24T08:00"}).startswith("আজ, মঙ্গলবার, ২৪ নভেম্বর")
    assert say("en", {"at": moment, "now": "2026-11-23T19:00Z"}).startswith("today, Tuesday 24")
    assert say("bn", {"at": moment, "now": "2026-11-23T12:00Z"}).startswith("আগামীকাল, মঙ্গলবার")
    assert say("bn", {"at": moment, "now": "2026-11-20T12:00Z"}).startswith("মঙ্গলবার")


def test_a_message_in_both_languages() -> None:
    payload = STORY | {"choices": [{"id": "yes", "label": {"t": "card.token"}}, {"id": "s4", "label": "A & B"}]}
    rendered = render("bn", payload)
    assert rendered.text.startswith("রহিমা। টোকেন ১৭। বড়শুল। সঙ্গে আনবেন: পুরোনো কাগজ")
    assert rendered.choices == (("yes", "টোকেন"), ("s4", "A & B"))
    assert render("en", payload).plain.startswith("রহিমা. Token 17. Barsul. Bring: Old papers")


def test_plain_has_no_markup_but_keeps_what_people_wrote() -> None:
    assert plain("<b>৩ দিন</b> ধরে &lt;b&gt; &amp; জ্বর") == "৩ দিন ধরে <b> & জ্বর"


def test_a_gap_is_refused_by_name() -> None:
    with pytest.raises(MissingWords, match=r"ics\.story.*'token'"):
        render("bn", {"text": "ics.story", "args": {"name": "রহিমা"}})
    with pytest.raises(MissingWords, match=r"ics\.story.*'spoke'"):
        render("bn", {"text": "ics.story", "args": STORY["args"] | {"spoke": None}})  # type: ignore[operator]
    with pytest.raises(MissingWords, match=r"no\.such"):
        render("en", {"text": "no.such"})
    with pytest.raises(MissingWords, match=r"no\.such"):
        say("en", {"t": "no.such"})


@pytest.mark.parametrize("value", [None, True, {"colour": "red"}, ["a"], object()])
def test_what_is_no_value_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be said"):
        say("bn", value)


@pytest.mark.parametrize("lang", ["bn", "en"])
def test_every_text_can_be_said(lang: Language) -> None:
    for text_id, wording in texts().items():
        args = {name: {"bn": "ক", "en": "a"} for name in placeholders(wording.bn)}
        rendered = render(lang, {"text": text_id, "args": args})
        assert rendered.plain.strip(), text_id
        assert "{" not in rendered.plain, text_id
