"""The token card, the doctor's summary and the calendar entry."""

from __future__ import annotations

import io
import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from bot.documents.make import HERE, _fonts, calendar_ics, summary_pdf, token_card_png
from bot.documents.summary import IncompleteSummary, age, both, page

BOOKING: dict[str, Any] = {
    "id": "b17", "made_at": "2026-11-22T12:00:00Z", "token": 17, "name": "শ্রীমতী লক্ষ্মী বন্দ্যোপাধ্যায়",
    "starts_at": "2026-11-24T05:00:00Z", "ends_at": "2026-11-24T05:30:00Z",
    "spoke": {"bn": "বড়শুল সুস্বাস্থ্য কেন্দ্র", "en": "Barsul health centre"},
    "hub": {"bn": "বর্ধমান", "en": "Bardhaman hub"}, "specialty": {"t": "specialty.paediatrics"},
}  # fmt: skip
SUMMARY: dict[str, Any] = {
    "date": "2026-11-24T05:40:00Z", "hub": BOOKING["hub"], "phones": {"ambulance": "102", "emergency": "112"},
    "doctor": {"name": {"bn": "ডাঃ সুব্রত দাস", "en": "Dr Subrata Das"}, "qualification": "MBBS, MD",
               "registration": "DEMO-12345", "contact": "0342-000000", "address": "Khosbagan"},
    "patient": {"name": "Lakshmi Mondal", "age_years": 45.0, "sex": "female", "address": "Barsul 713124"},
    "complaints": {"bn": "৩ দিন ধরে জ্বর", "en": "Fever for 3 days"}, "history": "Diabetes for 10 years",
    "findings": "Temp 101 F", "investigations": ["CBC", "Dengue NS1"], "diagnosis": "Acute febrile illness",
    "medicines": [{"generic": "paracetamol", "form": "tablet", "strength": "500 mg", "dose": "1-0-1",
                   "meal": "after_food", "days": 5, "instructions": "stop when fever goes"}],
    "advice": "Plenty of water", "follow_up": {"date": "2026-11-29"},
}  # fmt: skip


def _pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(
    "field",
    [
        "Dr Subrata Das", "MBBS, MD", "DEMO-12345", "0342-000000", "Khosbagan", "Bardhaman hub",
        "Tuesday 24 November 2026", "Video", "Lakshmi Mondal", "45 years, female", "Barsul 713124", "Fever for 3 days",
        "Diabetes for 10 years", "Temp 101 F", "CBC", "Dengue NS1", "Acute febrile illness",
        "Tablet PARACETAMOL 500 mg",
        "1-0-1", "1 in the morning, 1 at night, after food, 5 days", "stop when fever goes", "Plenty of water",
        "Sunday 29 November", "Doctor's signature", "the words of the doctor", "Ambulance: 102",
    ],
)  # fmt: skip
def test_the_summary_holds_every_field_of_the_guidelines(field: str) -> None:
    assert field in " ".join(" ".join(_pages(summary_pdf(SUMMARY))).split())


def test_the_medicine_is_said_in_bengali_words_too() -> None:
    assert page(SUMMARY)["medicines"][0]["how"][0] == "সকালে ১টা, রাতে ১টা, খাওয়ার পরে, ৫ দিন"


def test_hub_and_registration_stand_on_every_page() -> None:
    many = SUMMARY | {"medicines": SUMMARY["medicines"] * 9}
    pages = _pages(summary_pdf(many))
    assert len(pages) > 1
    assert all("DEMO-12345" in text and "Bardhaman hub" in text and "words of the doctor" in text for text in pages)


SHORT: dict[str, Any] = {"medicines": SUMMARY["medicines"] * 2, "version": 1, "corrects": None}
LONG: dict[str, Any] = {
    "medicines": SUMMARY["medicines"] * 10, "version": 2, "corrects": "2026-11-23",
    "advice": "যতটা পারেন জল খাবেন, গরমে বাইরে যাবেন না। " * 20,
    "diagnosis": "Acute febrile illness, probably viral; rule out malaria and dengue. " * 8,
}  # fmt: skip


@pytest.mark.parametrize("content", [SHORT, LONG], ids=["usual", "long"])
def test_the_summary_is_small(content: dict[str, Any]) -> None:
    assert len(summary_pdf(SUMMARY | content)) < 60_000


@pytest.mark.parametrize("content", [SHORT, LONG, {"advice": "জ" * 400 + "x" * 400}], ids=["usual", "long", "unbroken"])
def test_nothing_stands_outside_the_margins(content: dict[str, Any]) -> None:
    """Each page as a picture: what lies left, right, above and below of the paper's margins is white."""
    for sheet in pictures(SUMMARY | content):
        edge = len(sheet[0]) * 11 // 148
        assert all(row[:edge] == row[-edge:] == [WHITE] * edge for row in sheet)
        assert all(dot == WHITE for row in (*sheet[: edge // 3], *sheet[-edge // 3 :]) for dot in row)
        assert any(dot != WHITE for row in sheet for dot in row)


WHITE = (255, 255, 255, 255)


def pictures(content: dict[str, Any]) -> list[list[list[tuple[int, ...]]]]:
    """The pages as rows of RGBA dots, at 72 to the inch."""
    import typst

    inputs = {"data": json.dumps(page(content), ensure_ascii=False)}
    compiler = typst.Compiler(root=HERE, font_paths=_fonts(), sys_inputs=inputs)
    made = compiler.compile(HERE / "summary.typ", format="png", ppi=72)
    return [dots(one) for one in (made if isinstance(made, list) else [made])]


def dots(png: bytes) -> list[list[tuple[int, ...]]]:
    """A PNG of 8 bits and four channels, without interlace, as rows of dots (PNG specification, 9.2)."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour, png[28]) == (8, 6, 0)
    data, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    raw, stride, above, rows = zlib.decompress(data), width * 4, bytes(width * 4), []
    for row in range(height):
        kind, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1 : (row + 1) * (stride + 1)])
        for x in range(stride):
            a, b, c = (line[x - 4] if x > 3 else 0), above[x], (above[x - 4] if x > 3 else 0)
            nearest = min((a, b, c), key=lambda one, p=a + b - c: abs(p - one))
            line[x] = (line[x] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        above = bytes(line)
        rows.append([tuple(above[x : x + 4]) for x in range(0, stride, 4)])
    return rows


def test_a_correction_says_on_every_page_which_paper_it_takes_the_place_of() -> None:
    pages = [" ".join(text.split()) for text in _pages(summary_pdf(SUMMARY | LONG))]
    assert len(pages) > 1
    assert all("Version 2, corrects that of Monday 23 November 2026" in text for text in pages)
    assert "Version" not in " ".join(_pages(summary_pdf(SUMMARY | SHORT)))


def test_the_fonts_are_inside_and_are_ours() -> None:
    fonts = set()
    for sheet in PdfReader(io.BytesIO(summary_pdf(SUMMARY))).pages:
        resources = sheet["/Resources"]
        assert isinstance(resources, DictionaryObject)
        for font in resources["/Font"].values():  # type: ignore[union-attr]
            below = font.get_object()["/DescendantFonts"][0].get_object()
            described = below["/FontDescriptor"]
            assert "/FontFile2" in described or "/FontFile3" in described
            fonts.add(str(below["/BaseFont"]).split("+")[-1].split("-Identity")[0])
    assert {"NotoSans-Regular", "NotoSansBengali-Regular", "NotoSansBengali-Bold"} <= fonts
    assert all(font.startswith("NotoSans") for font in fonts)


@pytest.mark.parametrize(
    ("part", "field"),
    [("doctor", "registration"), ("doctor", "name"), ("patient", "sex"), (None, "complaints")],
)
def test_a_summary_with_a_gap_is_refused(part: str | None, field: str) -> None:
    less = SUMMARY | ({part: SUMMARY[part] | {field: ""}} if part else {field: ""})
    with pytest.raises(IncompleteSummary, match=field):
        summary_pdf(less)


def test_a_doctor_who_cannot_be_reached_is_a_gap_too() -> None:
    doctor = SUMMARY["doctor"] | {"contact": ""}
    assert summary_pdf(SUMMARY | {"doctor": doctor})
    with pytest.raises(IncompleteSummary, match="contact or address"):
        summary_pdf(SUMMARY | {"doctor": doctor | {"address": ""}})


def test_a_dose_that_cannot_be_read_is_refused() -> None:
    syrup = SUMMARY["medicines"][0] | {"form": "syrup"}
    with pytest.raises(IncompleteSummary, match="paracetamol"):
        summary_pdf(SUMMARY | {"medicines": [syrup]})


def test_no_day_to_come_back_means_only_if_needed() -> None:
    assert page(SUMMARY | {"follow_up": ""})["after"][-1]["words"] == [["শুধু দরকার হলে", "Only if needed"]]


def test_what_is_not_recorded_is_said_to_be_so() -> None:
    without = {key: value for key, value in SUMMARY.items() if key not in ("history", "medicines")}
    text = " ".join(_pages(summary_pdf(without)))
    assert "Not recorded" in text
    assert "No medicine prescribed" in text


HOSTILE = '#panic("x") #sys.inputs $x$ *b* `c` [d] ]] "e" \\ //f <g> @h #import "/etc/passwd" \n\t= i'


def test_what_people_write_is_never_markup() -> None:
    text = " ".join(_pages(summary_pdf(SUMMARY | {"advice": HOSTILE})))
    assert "".join(HOSTILE.split()) in "".join(text.split())
    assert token_card_png("bn", BOOKING | {"name": HOSTILE})


def test_invented_papers_are_marked() -> None:
    assert "Demonstration" not in " ".join(_pages(summary_pdf(SUMMARY)))
    assert all("Demonstration" in text for text in _pages(summary_pdf(SUMMARY | {"invented": True})))
    assert token_card_png("en", BOOKING | {"invented": True}) != token_card_png("en", BOOKING)


@pytest.mark.parametrize(
    ("years", "words"),
    [(10 / 365, ["১০ দিন", "10 days"]), (1 / 12, ["১ মাস", "1 month"]), (0.75, ["৯ মাস", "9 months"]),
     (2.0, ["২ বছর", "2 years"]), (45.0, ["৪৫ বছর", "45 years"])],
)  # fmt: skip
def test_ages(years: float, words: list[str]) -> None:
    assert both(age(years)) == words


def test_the_card_is_1080_pixels_wide() -> None:
    png = token_card_png("bn", BOOKING)
    width, height = struct.unpack(">II", png[16:24])
    assert (width, png[:4]) == (1080, b"\x89PNG")
    assert 900 < height < 1800


def test_documents_are_made_from_many_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        cards = list(pool.map(lambda token: token_card_png("bn", BOOKING | {"token": token}), range(8)))
    assert len(set(cards)) == 8


def test_the_calendar_entry() -> None:
    calendar: Any = icalendar.Calendar.from_ical(calendar_ics("bn", BOOKING))
    (event,) = calendar.walk("VEVENT")
    assert event.start.isoformat() == "2026-11-24T10:30:00+05:30"
    assert str(event.start.tzinfo) == "Asia/Kolkata"
    assert event.end - event.start == timedelta(minutes=30)
    assert event["summary"] == "ডাক্তার দেখানো: টোকেন ১৭"
    assert event["uid"] == "b17@ingit"
    assert event["location"] == "বড়শুল সুস্বাস্থ্য কেন্দ্র"
    assert "ভিডিওতে দেখবেন: বর্ধমান" in event["description"]
    before = sorted(alarm["trigger"].dt for alarm in event.walk("VALARM"))
    assert [(event.start + delta).strftime("%d %H:%M") for delta in before] == ["23 18:00", "24 08:30"]


def test_the_fonts_are_small_and_carry_their_licence() -> None:
    folder: Path = HERE / "fonts"
    assert sum(path.stat().st_size for path in folder.glob("*.ttf")) < 2_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text("utf-8")
