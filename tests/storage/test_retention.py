"""Deleting somebody who has everything: tokens, offers, summaries, calls. On both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, select

from storage import audit, erase, people, retention
from storage.session import Database
from storage.tables import Account, Booking, Consult, Offer, Outbox, Person
from tests.permissions.world import MEMBER, cast, chat, theirs

from .conftest import NOW

LATER = NOW + erase.KEPT + timedelta(days=1)


def test_all_of_one_goes_and_the_others_stay(db: Database) -> None:
    of = db.call(cast)
    others = db.call(theirs, of, of.member)
    db.call(erase.forget, chat("patient"), NOW)
    assert not db.call(retention.is_due, NOW) and db.call(retention.delete_due, NOW) == 0
    assert db.call(retention.is_due, LATER)
    assert db.call(retention.delete_due, LATER) == 1 and db.call(retention.close_accounts, LATER) == 1
    assert [row for row in db.call(theirs, of, of.patient) if of.patient in row or chat("patient") in row] == []
    assert [row for row in db.call(theirs, of, of.member) if not row.startswith("session")] == [
        row for row in others if not row.startswith("session")
    ]
    assert db.call(people.person, of.member).name == MEMBER
    counts = [db.call(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in (Person, Offer)]
    assert counts == [1, 1] and db.call(audit.verify) is None


def test_many_are_deleted_a_few_at_a_time(db: Database) -> None:
    def enter(s: Connection) -> None:
        for number in range(7):
            people.save_person(s, f"tg:{number}", None, "x", 30, "male", "self", None, None, NOW)
            erase.forget(s, f"tg:{number}", NOW)

    db.call(enter)
    assert [db.call(retention.delete_due, LATER, 3) for _ in range(4)] == [3, 3, 1, 0]
    assert [db.call(retention.close_accounts, LATER, 4) for _ in range(3)] == [4, 3, 0]


def test_who_is_not_forgotten_is_not_deleted_however_old(db: Database) -> None:
    db.call(cast)
    assert not db.call(retention.is_due, LATER)
    assert db.call(retention.delete_due, LATER) == db.call(retention.close_accounts, LATER) == 0
    db.call(retention.prune, LATER)
    for table in (Person, Booking, Consult, Account):
        assert db.call(lambda s, t=table: s.scalar(select(func.count()).select_from(t)))
    assert db.call(lambda s: s.scalar(select(func.count()).where(Outbox.state == "waiting"))) is not None
