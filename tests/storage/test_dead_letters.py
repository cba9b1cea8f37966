"""Dead letters: counted, tried again, dropped; a coordinator sees those of the own hub alone, and it is audited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from storage import accounts, audit, dead_letters, outbox, people, staff
from storage.bookings import book
from storage.outbox import EMERGENCY, REMINDER, Notice
from storage.records import Booking, NotAllowed, Unknown
from storage.session import Database
from storage.tables import Audit, Window
from tests.storage.conftest import NOW
from tests.storage.world import build, somebody

LATER = NOW + timedelta(days=1)


def booked(s: Connection, hub: str, chat: str) -> str:
    """A booking at the hub; its id."""
    window = s.execute(select(Window.id).where(Window.hub_id == hub).order_by(Window.starts_at).limit(1)).scalar_one()
    made = book(s, somebody(s, chat, NOW), window, hub.replace("hub", "spoke"), chat, None, f"press {chat}", NOW)
    assert isinstance(made, Booking)
    return made.id


def dead(s: Connection, chat: str, about: str | None, reason: str, kind: str = "evening_before", **more: object) -> int:
    """A notice that could not be sent; its id."""
    notice = Notice(chat, kind, {"text": "x", "args": {"name": "রহিমা"}}, NOW, REMINDER, about=about, **more)  # type: ignore[arg-type]
    [id] = outbox.put(s, [notice], NOW)
    outbox.dead(s, id, reason, NOW)
    return id


def coordinator(s: Connection, hub: str) -> str:
    code = staff.invitation(s, "coordinator", "Test", "command line", NOW, hub_id=hub)
    member = staff.accept(s, code, f"tg:coordinator of {hub}", NOW)
    assert member is not None
    return member.id


def audited(s: Connection, who: str) -> list[tuple[str, str]]:
    rows = s.execute(select(Audit.action, Audit.subject).where(Audit.who == who).order_by(Audit.id))
    return [(row.action, row.subject) for row in rows]


def test_counts_by_kind_and_state_and_the_oldest_due_of_each_priority(db: Database) -> None:
    def put(s: Connection) -> None:
        notices = [
            Notice("tg:1", "evening_before", {}, NOW - timedelta(hours=2), REMINDER),
            Notice("tg:1", "evening_before", {}, NOW + timedelta(hours=2), REMINDER),
            Notice("tg:2", "reply", {}, NOW, EMERGENCY),
        ]
        outbox.put(s, notices, NOW)
        dead(s, "tg:3", None, "Forbidden: bot was blocked by the user")

    db.call(put)
    assert db.call(dead_letters.counts_by_kind) == {
        "evening_before": {"waiting": 2, "dead": 1},
        "reply": {"waiting": 1},
    }
    assert db.call(dead_letters.queue, NOW) == [
        dead_letters.Due(EMERGENCY, 1, 1, NOW),
        dead_letters.Due(REMINDER, 2, 1, NOW - timedelta(hours=2)),
    ]


def test_what_is_tried_again_is_claimed_and_who_could_not_be_reached_is_tried_too(db: Database) -> None:
    db.call(people.set_language, "tg:1", "bn", NOW)
    id = db.call(dead, "tg:1", None, "Forbidden: bot was blocked by the user")
    db.call(accounts.set_reachable, "tg:1", False, NOW)
    assert db.call(outbox.claim, LATER, 10, 30.0, "w") == []
    assert db.call(dead_letters.retry, LATER, "command line", id) == 1
    [claimed] = db.call(outbox.claim, LATER, 10, 30.0, "w")
    assert (claimed.id, claimed.tries, claimed.reachable) == (id, 1, True)
    assert db.call(audited, "command line") == [("outbox_retry", f"outbox:{id}")]
    assert db.call(audit.verify) is None


def test_what_has_expired_stays_dead_and_what_is_not_dead_is_left_alone(db: Database) -> None:
    late = db.call(dead, "tg:1", None, "?", expires_at=NOW + timedelta(hours=1))
    [waiting] = db.call(outbox.put, [Notice("tg:1", "reply", {}, NOW)], NOW)
    assert db.call(dead_letters.retry, LATER, "command line") == 0
    assert db.call(dead_letters.retry, LATER, "command line", waiting) == 0
    assert db.call(dead_letters.drop, LATER, "command line", waiting) == 0
    assert [one.id for one in db.call(dead_letters.dead_letters)] == [late]


def test_all_of_a_kind_and_no_other(db: Database) -> None:
    db.call(dead, "tg:1", None, "?", "evening_before")
    db.call(dead, "tg:1", None, "?", "summary")
    assert db.call(dead_letters.retry, LATER, "command line", None, "summary") == 1
    assert db.call(dead_letters.drop, LATER, "command line", None, "evening_before") == 1
    assert db.call(dead_letters.counts_by_kind) == {"evening_before": {"called_off": 1}, "summary": {"waiting": 1}}


def test_a_coordinator_sees_and_tries_again_those_of_the_own_hub_alone(db: Database) -> None:
    db.call(build)
    mine, other = db.call(coordinator, "hub-1"), db.call(coordinator, "hub-2")
    booking = db.call(booked, "hub-1", "tg:1")
    id = db.call(dead, "tg:1", f"booking:{booking}", "Forbidden: bot was blocked by the user")
    db.call(dead, "tg:1", None, "about no booking")
    db.call(dead, "tg:1", "booking:gone", "of a booking that is gone")

    [seen] = db.call(dead_letters.untold, mine, NOW)
    assert (seen.letter.id, seen.booking.id, seen.booking.name) == (id, booking, "রহিমা")
    assert ("undelivered", f"booking:{booking}") in db.call(audited, mine)
    assert db.call(dead_letters.untold, other, NOW) == []
    with pytest.raises(Unknown):
        db.call(dead_letters.retry_untold, other, id, NOW)
    assert db.call(dead_letters.retry_untold, mine, id, NOW)
    assert ("outbox_retry", f"outbox:{id}") in db.call(audited, mine)
    with pytest.raises(Unknown):
        db.call(dead_letters.retry_untold, mine, id, NOW)


def test_nobody_else_sees_any(db: Database) -> None:
    db.call(build)
    code = db.call(staff.invitation, "doctor", "Doctor", "command line", NOW, doctor_id="dr-1")
    doctor = db.call(staff.accept, code, "tg:9", NOW)
    assert doctor is not None
    for who in (doctor.id, "nobody"):
        with pytest.raises(NotAllowed):
            db.call(dead_letters.untold, who, NOW)


def test_after_a_week_a_coordinator_is_shown_it_no_more(db: Database) -> None:
    db.call(build)
    mine, booking = db.call(coordinator, "hub-1"), db.call(booked, "hub-1", "tg:1")
    db.call(dead, "tg:1", f"booking:{booking}", "?")
    assert db.call(dead_letters.untold, mine, NOW + timedelta(days=8)) == []
