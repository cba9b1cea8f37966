"""What people write is text wherever it goes: no markup, no direction marks, no formula, no path."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from bot.channels.jsonl import CHANNEL
from bot.documents.make import calendar_ics, mydata_pdf, summary_pdf, token_card_png
from bot.papers import paper
from bot.settings import ROOT
from bot.words import plain, render, say
from storage import mydata, people
from tests.bot.test_documents import BOOKING, SUMMARY
from tests.driving import Service

HOSTILE = (
    "<b>Rahim</b><a href='tg://user?id=1'>x</a>", "&lt;script&gt;", "Rahim \u202eFDP.exe\u202c", "\u2066Rahim\u2069",
    "=HYPERLINK(\"http://x\")", "+1-1", "-2+3", "@SUM(A1)", "../../../etc/passwd", "C:\\Windows", "a\x1b[31mred",
    "#set page(width: 1pt)", "#read(\"/etc/passwd\")", "$x$ `x` *x* _x_ @x", "{name} {0} %s",
    "BEGIN:VALARM\r\nACTION:EMAIL", "Rahim\rMondal",
)  # fmt: skip
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]")
TAGS = re.compile(r"<[^>]*>")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("lang", ["bn", "en"])
def test_in_a_message_it_is_text(lang: Any, name: str) -> None:
    said = render(lang, {"text": "family.saved", "args": {"count": name}}).text
    assert set(TAGS.findall(said)) <= {"<b>", "</b>", "<i>", "</i>"}
    assert not DIRECTION.search(said)
    assert TAGS.findall(say(lang, name)) == [] and not DIRECTION.search(say(lang, {"bn": name, "en": name}))


def test_what_joins_bengali_letters_stays() -> None:
    for word in ("র\u200d্যাব", "ক্\u200cষ", "শ্রীমতী\nলক্ষ্মী"):
        assert plain(say("bn", word)) == word


@pytest.mark.parametrize("name", HOSTILE)
def test_on_paper_it_is_text(name: str) -> None:
    pdf = PdfReader(io.BytesIO(summary_pdf(SUMMARY | {"patient": SUMMARY["patient"] | {"name": name}, "advice": name})))
    usual = PdfReader(io.BytesIO(summary_pdf(SUMMARY)))
    assert pdf.pages[0].mediabox == usual.pages[0].mediabox and "root:" not in pdf.pages[0].extract_text()
    assert token_card_png("bn", BOOKING | {"name": name}).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", HOSTILE)
def test_in_the_calendar_it_is_one_event_with_its_own_alarms(name: str) -> None:
    import icalendar

    made = icalendar.Calendar.from_ical(calendar_ics("en", BOOKING | {"name": name}))
    events = [one for one in made.walk() if one.name == "VEVENT"]
    assert len(events) == 1 and len([one for one in made.walk() if one.name == "VALARM"]) == 2
    assert {str(one["ACTION"]) for one in made.walk() if one.name == "VALARM"} == {"DISPLAY"}


@pytest.mark.parametrize("name", HOSTILE)
def test_in_all_that_is_held_it_is_text_and_names_no_file(service: Service, tmp_path: Path, name: str) -> None:
    now = service.now()
    service.db.call(people.save_person, f"{CHANNEL}:p1", None, name, 30, "male", "other", None, None, now)
    told = {"made_at": now.isoformat(), "held": service.db.call(mydata.held, f"{CHANNEL}:p1")}
    text = PdfReader(io.BytesIO(mydata_pdf("en", told))).pages[0].extract_text()
    assert "root:" not in text and not DIRECTION.search(text.replace("\n", ""))
    for kind in ("mydata_pdf", "mydata_json"):
        file, _, _ = paper("en", {"kind": kind, "args": told})
        assert file in ("mydata.pdf", "mydata.json")


async def test_through_the_whole_turn_a_familys_names_are_text_and_no_file_is_named_by_them(
    service: Service, tmp_path: Path
) -> None:
    from tests.enrolling import enrol

    await enrol(service, "asha", "a1")
    before = parts(tmp_path)
    for name in HOSTILE:
        await service.send(chat="a1", text="/family")
        said = await service.send(chat="a1", text=f"{name} 34 male")
        for one in said:
            assert not DIRECTION.search(one["text"].replace("\n", "")), name
    assert parts(tmp_path) - before <= {"documents", "ingit.db-wal", "ingit.db-shm"}


def parts(folder: Path) -> set[str]:
    """What stands in it."""
    return {one.name for one in folder.iterdir()}


def test_nothing_writes_csv_where_a_name_could_be_a_formula() -> None:
    """There is no CSV export. Whoever adds one puts an apostrophe before = + - @ and takes this test with it."""
    writers = [
        str(path)
        for folder in ("bot", "storage", "flows", "nlu")
        for path in (ROOT / folder).rglob("*.py")
        if "nlu/rasa/.venv" not in str(path) and re.search(r"csv\.(writer|DictWriter)", path.read_text("utf-8"))
    ]
    assert writers == []
