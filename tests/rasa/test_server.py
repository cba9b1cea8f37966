"""The trained model behind the real server."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from bot.rasa_child import RasaChild
from nlu.rasa_client import RasaClient
from nlu.second import HIGH_ASK
from tests.rasa.sentences import held_out

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def client(child: RasaChild) -> RasaClient:
    return RasaClient(lambda: child.url, deadline_s=20.0)


async def test_sentences_never_seen_get_their_intent(client: RasaClient) -> None:
    """Nine in ten overall, eight in ten in each way of writing."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    wrong = []
    for sentence in held_out():
        reading = await client.parse(sentence.text)
        assert reading is not None
        asked[sentence.way] += 1
        right[sentence.way] += reading.intent == sentence.intent
        if reading.intent != sentence.intent:
            wrong.append((sentence.text, sentence.intent, reading.intent, round(reading.confidence, 2)))
    print({way: f"{right[way]}/{asked[way]}" for way in asked}, *wrong, sep="\n")
    assert right.total() / asked.total() >= 0.90, wrong
    assert all(right[way] / asked[way] >= 0.80 for way in asked), wrong


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("আমার খুব জ্বর আর কাশি হচ্ছে", {"fever", "cough"}),
        ("amar khub jor ar kasi hocche", {"fever", "cough"}),
        ("i am having fever and cough", {"fever", "cough"}),
        ("মেয়ের পেটে ব্যথা আর বমি", {"abdominal_pain", "vomiting"}),
        ("no chest pain but headache", {"headache"}),
        ("জ্বর নেই কিন্তু মাথা ব্যথা আছে", {"headache"}),
    ],
)
async def test_findings_that_are_there_and_not_the_denied(client: RasaClient, text: str, findings: set[str]) -> None:
    reading = await client.parse(text)
    assert reading is not None
    assert set(reading.findings) == findings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("কাশতে কাশতে সারারাত ঘুম হচ্ছে না", "cough"),
        ("kashte kashte sara rat ghum hocche na", "cough"),
        ("baba ke gokhro sap e chobol merechhe pa e", "snake_bite"),
        ("my son is having loose watery stool since night", "diarrhoea"),
    ],
)
async def test_the_second_reader_sees_what_is_told(client: RasaClient, text: str, code: str) -> None:
    reading = await client.parse(text)
    assert reading is not None and reading.seen is not None
    seen = dict(reading.seen)
    assert seen[code] > 0.3
    assert max(seen, key=lambda other: seen[other]) == code


@pytest.mark.parametrize("text", ["amar token kabe", "ধন্যবাদ", "i want to book for tomorrow", "Sujata Mondal", "১২৩"])
async def test_the_second_reader_sees_nothing_where_nothing_is_told(client: RasaClient, text: str) -> None:
    reading = await client.parse(text)
    assert reading is not None
    assert all(chance < HIGH_ASK for _, chance in reading.seen or ())


async def test_one_text_in_any_normal_form_reads_the_same(client: RasaClient) -> None:
    text = "মেয়ের খুব জ্বর, গায়ে ব্যথা"
    readings = {await client.parse(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(readings) == 1


@pytest.mark.parametrize("text", ["🙂", "???", "১২৩", "\u200d", "a" * 5000, "ক" * 5000, "नमस्ते", "{}", "<b>", "/start"])
async def test_odd_text_gets_a_reading_and_no_error(client: RasaClient, text: str) -> None:
    assert await client.parse(text) is not None
    assert client.health == "up"


async def test_nobody_names_an_intent_by_its_name(client: RasaClient) -> None:
    """Rasa takes "/intent" for the intent itself, at confidence 1; a person's text never gets there."""
    reading = await client.parse("/delete_my_data")
    assert reading is not None
    assert reading.confidence < 1.0
    assert await client.parse("/") is None


async def test_what_means_nothing_is_read_without_confidence(client: RasaClient) -> None:
    for text in ("🦓", "।।।"):
        reading = await client.parse(text)
        assert reading is not None
        assert reading.confidence < 0.5


async def test_the_server_is_small(client: RasaClient, child: RasaChild) -> None:
    for number in range(100):
        await client.parse(f"amar {number} din dhore jor ar kashi hocche, matha batha o ache")
    assert _held_mb(child) < 700


def _held_mb(child: RasaChild) -> float:
    return int(Path(f"/proc/{child.pid}/statm").read_text().split()[1]) * 4096 / 1e6
