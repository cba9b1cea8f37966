"""A small simulated day on both databases: everything that must hold does, and each checker finds what was planted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from bot.simulation.day import LENGTH, Day, Played
from bot.simulation.furnish import World, furnish, open_empty, require_empty
from bot.simulation.invariants import check
from bot.simulation.people import patients
from bot.simulation.report import figures, save_plot
from flows.protocol import Specialty
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Booking, Offer, Outbox, Session, Waiting, Window
from tests.bot.test_command_line import ingit
from tests.storage.conftest import db, empty_database, migrated_file, postgres, ring, url

__all__ = ["db", "migrated_file", "postgres", "ring", "url"]

HUBS, SPOKES, ASKED = 2, 12, 150
GENERAL: Specialty = "general_medicine"


def crowded(s: Connection) -> None:
    """About half as many places as people, all of general medicine: many wait, and what comes free is offered on."""
    s.execute(update(Window).values(capacity=1, reserved=0, specialty=GENERAL))
    s.execute(update(Session).values(specialty=GENERAL))
    s.execute(update(Window).where(Window.id % 3 != 0).values(open=False))


def played(db: Database) -> tuple[World, Played]:
    world = furnish(db, HUBS, SPOKES, ASKED, seed=7)
    db.call(crowded)
    for patient in world.patients:
        patient.specialty = GENERAL
    return world, asyncio.run(Day(db, world, seed=7).play())


@pytest.fixture
def day(db: Database) -> tuple[Database, World, Played]:
    """A database after a whole day."""
    return db, *played(db)


def broken(db: Database, world: World, played: Played) -> set[str]:
    return {name for name, found in db.call(check, world.begins + LENGTH, played.acknowledged).items() if found}


def test_a_whole_day_leaves_every_invariant_standing(day: tuple[Database, World, Played], tmp_path: Path) -> None:
    db, world, after = day
    assert broken(db, world, after) == set()
    counts = after.counts
    for happened in ("booked", "changed", "cancelled", "arrived", "fulfilled", "noshow", "walked off", "offered",
                     "accepted", "joined the waiting list", "sessions closed"):  # fmt: skip
        assert counts[happened] > 0, happened
    assert after.refusals["nothing free"] >= counts["joined the waiting list"] > 0
    assert max(sample.waiting for sample in after.samples) > 0
    found = figures(after, {}, ASKED, world.rows, 0.0)
    save_plot(found, after, tmp_path / "day.png")
    assert (tmp_path / "day.png").read_bytes().startswith(b"\x89PNG")


def test_what_was_told_is_what_stands_in_the_database(day: tuple[Database, World, Played]) -> None:
    """The simulation's own ledger against the table: nothing more, nothing less."""
    db, _, after = day
    numbered = db.call(lambda s: s.scalar(select(func.count()).where(Booking.token_number.is_not(None))))
    assert numbered == len(after.acknowledged)
    arrived = db.call(lambda s: s.scalar(select(func.count()).where(Booking.status == "fulfilled")))
    assert arrived == after.counts["fulfilled"]


def one(s: Connection, status: str) -> Any:
    return s.execute(select(Booking).where(Booking.status == status).limit(1)).one()


def without_guards(s: Connection) -> None:
    """The table of bookings without its unique keys: what a database would let through if they were forgotten."""
    s.execute(text("CREATE TABLE bare AS SELECT * FROM booking"))
    s.execute(text("ALTER TABLE booking RENAME TO guarded"))
    s.execute(text("ALTER TABLE bare RENAME TO booking"))


def copy_of(row: Any, **changed: Any) -> Any:
    return insert(Booking).values(**(dict(row._mapping) | {"id": "planted", "key": "planted"} | changed))


def oversell(s: Connection) -> None:
    without_guards(s)
    row = one(s, "fulfilled")
    s.execute(copy_of(row, person_id="somebody", token_number=row.token_number + 1))
    s.execute(update(Window).where(Window.id == row.window_id).values(taken=Window.taken + 1, issued=Window.issued + 1))


def sell_the_reserve(s: Connection) -> None:
    row = s.execute(select(Booking).where(Booking.status == "fulfilled", Booking.urgency > 2).limit(1)).one()
    s.execute(update(Window).where(Window.id == row.window_id).values(reserved=Window.capacity))


def lose_a_place(s: Connection) -> None:
    s.execute(update(Window).where(Window.id == one(s, "cancelled").window_id).values(taken=Window.taken + 1))


def number_twice(s: Connection) -> None:
    without_guards(s)
    row = one(s, "fulfilled")
    s.execute(copy_of(row, person_id="somebody", status="cancelled"))


def number_from_elsewhere(s: Connection) -> None:
    s.execute(update(Booking).where(Booking.id == one(s, "fulfilled").id).values(token_number=99_999))


def seat_twice(s: Connection) -> None:
    without_guards(s)
    row = one(s, "fulfilled")
    s.execute(copy_of(row, token_number=row.token_number + 50))


def overlap(s: Connection) -> None:
    row = one(s, "fulfilled")
    other = s.execute(
        select(Session.id, Window.id).join(Window).where(Session.id != row.session_id, Window.open).limit(1)
    ).one()
    there = {"session_id": other[0], "window_id": other[1], "token_number": 99_000}
    s.execute(copy_of(row, **there, starts_at=row.starts_at + timedelta(minutes=1)))


def keep_a_hold(s: Connection) -> None:
    row = one(s, "cancelled")
    held = {"status": "pending", "held_until": row.created_at, "token_number": None}
    s.execute(update(Booking).where(Booking.id == row.id).values(**held))


def forget_somebody_in_a_closed_session(s: Connection) -> None:
    closed = s.scalars(select(Session.id).where(Session.status == "closed")).first()
    window = s.scalars(select(Window.id).where(Window.session_id == closed)).first()
    row = one(s, "fulfilled")
    there = {"status": "booked", "session_id": closed, "window_id": window, "token_number": 98}
    s.execute(update(Booking).where(Booking.id == row.id).values(**there))


def open_an_offer_again(s: Connection) -> None:
    s.execute(update(Offer).where(Offer.answer == "accepted").values(answered_at=None, answer=None))


def wait_on_after_accepting(s: Connection) -> None:
    accepted = select(Waiting.id, Waiting.person_id).join(Offer, Offer.waiting_id == Waiting.id)
    row = s.execute(accepted.where(Offer.answer == "accepted").limit(1)).one()
    s.execute(update(Waiting).where(Waiting.person_id == row.person_id).values(status="revoked"))
    s.execute(update(Waiting).where(Waiting.id == row.id).values(status="active"))


def remind_of_what_was_cancelled(s: Connection) -> None:
    about = f"booking:{one(s, 'cancelled').id}"
    row = s.execute(select(Outbox).where(Outbox.about.is_not(None)).limit(1)).one()
    s.execute(update(Outbox).where(Outbox.id == row.id).values(about=about, state="waiting"))


def remind_nobody(s: Connection) -> None:
    s.execute(update(Outbox).where(Outbox.kind == "two_hours_before").values(kind="other"))


def lose_what_was_acknowledged(s: Connection) -> None:
    s.execute(update(Booking).where(Booking.id == one(s, "fulfilled").id).values(status="noshow"))


PLANTED: list[tuple[str, Callable[[Connection], None]]] = [
    ("never oversold", oversell),
    ("reserved places kept", sell_the_reserve),
    ("counters equal rows", lose_a_place),
    ("tokens unique", number_twice),
    ("tokens given out by their window", number_from_elsewhere),
    ("nobody twice in a session", seat_twice),
    ("no overlapping bookings of a person", overlap),
    ("no place lost to a hold or offer that ran out", keep_a_hold),
    ("nobody left in a closed session", forget_somebody_in_a_closed_session),
    ("each offer has its place", open_an_offer_again),
    ("nobody waits who accepted", wait_on_after_accepting),
    ("no reminder of what was cancelled", remind_of_what_was_cancelled),
    ("each booking has its reminders", remind_nobody),
    ("what was acknowledged is there", lose_what_was_acknowledged),
]


def test_each_checker_finds_what_was_planted(day: tuple[Database, World, Played]) -> None:
    """The control of the checkers: every one of them, one fault at a time, each taken back."""
    db, world, after = day
    assert {name for name, _ in PLANTED} == set(db.call(check, world.begins + LENGTH, after.acknowledged))
    for name, plant in PLANTED:
        with pytest.raises(Planted) as told:
            db.call(plant_and_check, plant, world, after)
        assert name in told.value.found, f"{plant.__name__} was not found: {told.value.found}"
    assert broken(db, world, after) == set()


class Planted(Exception):
    """Raised to undo what was planted; carries what was found."""

    def __init__(self, found: set[str]) -> None:
        self.found = found


def plant_and_check(s: Connection, plant: Callable[[Connection], None], world: World, after: Played) -> None:
    plant(s)
    raise Planted({name for name, found in check(s, world.begins + LENGTH, after.acknowledged).items() if found})


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    spokes = [(f"s{n}", f"h{n % 2}") for n in range(SPOKES)]
    begins = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert list(patients(ASKED, spokes, begins, 1)) == list(patients(ASKED, spokes, begins, 1))
    assert list(patients(ASKED, spokes, begins, 1)) != list(patients(ASKED, spokes, begins, 2))
    asked = [one.asks_at for one in patients(ASKED, spokes, begins, 1)]
    assert asked == sorted(asked)
    assert len(asked) == ASKED


def test_a_database_with_anything_in_it_is_refused_and_left_alone(postgres: str, tmp_path: Path) -> None:
    for address in (empty_database(postgres), f"sqlite:///{tmp_path / 'used.db'}"):
        open_empty(address).close()
        require_empty(address)  # the schema alone is still empty
        used = Database(address, Keyring(new_key("test")))
        used.call(lambda s: s.execute(text("INSERT INTO district VALUES ('d', 'ব', 'B', true)")))
        used.close()
        with pytest.raises(ValueError, match="not empty"):
            require_empty(address)


WRONG = [
    (("--database", "nonsense"), "sqlite:///file.db"),
    (("--database", "mysql://x/y"), "postgresql+psycopg://"),
    (("--database", "postgresql+psycopg://nobody@127.0.0.1:1/none"), "cannot be reached"),
    (("--hubs", "0"), "--hubs"),
    (("--hubs", "9", "--spokes", "3"), "--spokes"),
    (("--consultations", "many"), "--consultations"),
    (("--plot", "/no/such/folder/day.png"), "no folder"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(wrong) for wrong, _ in WRONG])
def test_wrong_use_says_what_is_right(arguments: tuple[str, ...], said: str) -> None:
    ran = ingit("simulate", "day", *arguments)
    assert ran.returncode != 0
    assert said in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr
