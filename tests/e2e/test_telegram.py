"""The real process against Telegram's stand-in, which checks every request against aiogram's models."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.botapi import faults
from tests.botapi.person import Person
from tests.botapi.server import BotApi
from tests.driving import furnished
from tests.e2e.process import Process


@pytest.fixture(scope="module")
def furnished_now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with windows from now on: the process has a real clock."""
    return furnished(tmp_path_factory.mktemp("now"), datetime.now(UTC))


@pytest.fixture
def api() -> Iterator[BotApi]:
    """Telegram's stand-in; at the end no request of the bot was wrong."""
    with BotApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def database(furnished_now: Path, tmp_path: Path) -> Path:
    """A database of this test's own."""
    return Path(shutil.copy(furnished_now, tmp_path / "ingit.db"))


@pytest.fixture
def process(api: BotApi, database: Path, tmp_path: Path) -> Iterator[Process]:
    """The process, started."""
    made = Process(api.url, database, tmp_path)
    made.start()
    yield made
    made.end()


def to_the_place(person: Person) -> int:
    """A conversation up to the question of the place; the id of that message."""
    person.say("amar 2 din dhore pete betha")
    person.wait_for("রাজি আছেন", timeout=40)
    person.press("yes")
    last = person.wait_for("বয়স কত")
    person.say("30")
    last = person.wait_for("পুরুষ না মহিলা", after=last.id)
    person.press("male")
    while "কোন জায়গার কাছে" not in last.text:
        last = person.wait_for(lambda m: m.buttons or "কোন জায়গার কাছে" in m.text, after=last.id)
        if "none" in last.choices:
            person.press("none", on=last)
        elif "no" in last.choices:
            person.press("no", on=last)
        elif "3" in last.choices:
            person.press("3", on=last)
        assert "এখনই হাসপাতালে" not in last.text
    return last.id


def book(person: Person, after: int) -> None:
    """From the place to the token."""
    person.say("memari")
    last = person.wait_for("কোন স্বাস্থ্য কেন্দ্রে", after=after)
    person.press(last.choices[0], on=last)
    last = person.wait_for("কোন সময়ে", after=last.id)
    person.press(last.choices[0], on=last)
    last = person.wait_for("আপনার নাম", after=last.id)
    person.say("Rahim Sekh")
    last = person.wait_for("টোকেন করব", after=last.id)
    person.press("yes", on=last)
    token = person.wait_for("✅ টোকেন", after=last.id)
    assert "Rahim Sekh" in token.text


def test_from_the_first_words_to_a_token_with_its_card(process: Process, api: BotApi) -> None:
    person = api.person(7)
    book(person, to_the_place(person))
    person.wait_for(lambda message: message.photo)
    person.wait_for(lambda message: message.document and message.document[0].endswith(".ics"))
    assert process.interrupt() == 0
    assert "Rahim" not in process.log


def test_killed_in_the_middle_it_goes_on_where_it_was(process: Process, api: BotApi) -> None:
    person = api.person(8)
    after = to_the_place(person)
    process.kill()
    person.say("memari")
    process.start()
    last = person.wait_for("কোন স্বাস্থ্য কেন্দ্রে", after=after, timeout=40)
    process.kill()
    process.start()
    person.press(last.choices[0], on=last)
    person.wait_for("কোন সময়ে", after=last.id, timeout=40)


def test_ticks_are_set_and_taken_away_on_the_screen(process: Process, api: BotApi) -> None:
    person = api.person(9)
    person.say("amar jor 2 din")
    person.wait_for("রাজি আছেন", timeout=40)
    person.press("yes")
    person.wait_for("বয়স কত")
    person.say("40")
    person.wait_for("পুরুষ না মহিলা")
    person.press("male")
    screen = person.wait_for("ছুঁয়ে দিন")
    sign = next(choice for choice in screen.choices if choice.startswith("+"))
    person.press(sign, on=screen)
    api.wait(lambda: any(label.startswith("☑") for label in screen.labels))
    person.press(sign.replace("+", "-"), on=screen)
    api.wait(lambda: not any(label.startswith("☑") for label in screen.labels))
    person.press("none", on=screen)
    person.wait_for(lambda message: message.id > screen.id)


def test_an_emergency_is_seen_though_telegram_floods_fails_and_does_not_answer(process: Process, api: BotApi) -> None:
    person = api.person(10)
    api.fault(faults.in_turn([faults.flood(1), faults.BROKEN, faults.SILENT], "sendMessage"))
    person.say("baba hothat ogyan hoye geche, saap kamreche")
    told = person.wait_for("এখনই", timeout=60)
    assert "102" in told.text


def test_who_blocked_the_bot_is_marked_and_others_are_served(process: Process, api: BotApi, database: Path) -> None:
    gone, here = api.person(11), api.person(12)
    gone.blocks = True
    gone.say("amar jor")
    here.say("amar jor")
    here.wait_for("রাজি আছেন", timeout=40)

    def marked() -> bool:
        with sqlite3.connect(database) as looked:
            dead = looked.execute("SELECT count(*) FROM outbox WHERE state = 'dead' AND chat = 'tg:11'")
            return bool(dead.fetchone()[0])

    api.wait(marked)


def test_fifty_messages_in_a_second_are_each_kept_and_answered(process: Process, api: BotApi, database: Path) -> None:
    person = api.person(13)
    for number in range(50):
        person.say(f"amar jor {number}")

    def dealt_with() -> bool:
        with sqlite3.connect(database) as looked:
            left = looked.execute("SELECT count(*) FROM inbox WHERE done_at IS NULL").fetchone()[0]
            all_of_them = looked.execute("SELECT count(*) FROM inbox").fetchone()[0]
            return bool(all_of_them == 50 and left == 0)

    api.wait(dealt_with, timeout=60)
    person.wait_for("রাজি আছেন")
