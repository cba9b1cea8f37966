"""`ingit sessions`: who is affected is shown first, then done; what is wrong is said with how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from storage import people
from storage.bookings import book
from storage.records import Booking
from storage.sealed import Keyring
from storage.session import Database
from storage.tables import Booking as Row
from storage.tables import Outbox, Session, Spoke, Window
from tests.commands import ingit
from tests.driving import KEYS, MONDAY

NOW = datetime.fromisoformat(MONDAY)


class Hub:
    """A furnished database with three people booked into one session of tomorrow."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.db = Database(url, Keyring(KEYS))
        self.session, self.hub, self.doctor, spoke, windows = self.db.call(self._find)
        self.people = [self._booked(number, window, spoke) for number, window in enumerate(windows[:3])]

    @staticmethod
    def _find(s: Connection) -> tuple[int, str, str, str, list[int]]:
        """A general session of Tuesday morning, and a spoke of its hub."""
        of = select(Session.id, Session.hub_id, Session.doctor_id).where(
            Session.specialty == "general_medicine", Session.date == date(2026, 11, 24)
        )
        session, hub, doctor = s.execute(of.order_by(Session.starts_at, Session.id).limit(1)).one()
        spoke = s.execute(select(Spoke.id).where(Spoke.hub_id == hub).limit(1)).scalar_one()
        return session, hub, doctor, spoke, list(s.scalars(select(Window.id).where(Window.session_id == session)))

    def _booked(self, number: int, window: int, spoke: str) -> Booking:
        chat = f"tg:{number}"
        self.db.call(people.set_language, chat, "bn", NOW)
        person = self.db.call(people.save_person, chat, None, f"Rahima {number}", 34, "female", "self", None, None, NOW)
        made = self.db.call(book, person, window, spoke, chat, None, f"press {number}", NOW)
        assert isinstance(made, Booking)
        return made

    def run(self, *arguments: str, lines: str = "", code: int = 0) -> str:
        return ingit(self.url, "sessions", *arguments, "--now", MONDAY, lines=lines, code=code)

    def status(self) -> str:
        return str(self.db.call(lambda s: s.scalar(select(Session.status).where(Session.id == self.session))))

    def left(self) -> int:
        """Who still stands in the session."""
        of = select(func.count()).where(Row.session_id == self.session, Row.status == "booked")
        return int(self.db.call(lambda s: s.scalar(of)) or 0)


@pytest.fixture
def hub(template: Path, tmp_path: Path) -> Iterator[Hub]:
    shutil.copy(template, tmp_path / "i.db")
    made = Hub(f"sqlite:///{tmp_path}/i.db")
    yield made
    made.db.close()


def test_shown_first_then_asked_then_done(hub: Hub) -> None:
    listed = hub.run("list", "--hub", hub.hub, "--day", "2026-11-24")
    assert f"{hub.session}" in listed and "3 booked" in listed
    dry = hub.run("close", str(hub.session), "--dry-run")
    assert "3 people would be affected: 3 at the same hub, 0 at another, 0 without a place" in dry
    assert dry.count("token ") == 3 and "Rahima" not in dry
    assert "Rahima 2" in hub.run("close", str(hub.session), "--dry-run", "--names")
    assert "Nothing was changed" in hub.run("close", str(hub.session), lines="n\n", code=1)
    assert (hub.status(), hub.left()) == ("open", 3)
    done = hub.run("close", str(hub.session), lines="y\n")
    assert "3 people were moved or put on the waiting list, and are told: 3 at the same hub" in done
    assert (hub.status(), hub.left()) == ("closed", 0)
    told = select(func.count()).select_from(Outbox).where(Outbox.kind == "moved", Outbox.state == "waiting")
    assert hub.db.call(lambda s: s.scalar(told)) == 3


def test_shortened_cut_moved_away_and_a_holiday(hub: Hub) -> None:
    id = str(hub.session)
    assert "1 people would be" in hub.run("shorten", id, "--until", "10:00", "--dry-run")
    assert "0 people would be" in hub.run("capacity", id, "1", "--dry-run")
    assert "3 people would be affected: 3 at the same hub" in hub.run(
        "move", id, "--to", "2026-11-26T15:00", "--dry-run"
    )
    days = ("--from", "2026-11-24", "--to", "2026-11-25")
    assert "3 people were moved" in hub.run("away", hub.doctor, *days, "--yes")
    assert hub.left() == 0
    named = ("--name-bn", "রাস", "--name-en", "Ras")
    assert "3 people were moved" in hub.run("holiday", "2026-11-24", "--hub", hub.hub, *named, "--yes")


def test_what_is_wrong_is_said_with_how_to_mend_it(hub: Hub) -> None:
    id = str(hub.session)
    wrong = [
        (("close", "999999"), "Near it: "),
        (("shorten", id, "--until", "noon"), "12:00"),
        (("shorten", id, "--until", "23:00"), "or close it"),
        (("move", id, "--to", "2026-11-23T08:30"), "two hours from now"),
        (("capacity", id, "0"), "close the session"),
        (("away", hub.doctor[:-1] + "x", "--from", "2026-11-24", "--to", "2026-11-24"), hub.doctor[:8]),
        (("away", hub.doctor, "--from", "2026-11-25", "--to", "2026-11-24"), "first day first"),
        (("holiday", "tomorrow", "--name-bn", "ছুটি", "--name-en", "x"), "2026-11-26"),
        (("list", "--hub", "nowhere"), "Near it: "),
    ]
    for arguments, said in wrong:
        assert said in hub.run(*arguments, code=2), arguments
