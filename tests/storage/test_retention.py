"""Deleting somebody who has everything: tokens, offers, summaries, calls. On both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, select

from storage import asha_lists, audit, erase, mydata, people, permits, retention
from storage.columns import Table
from storage.session import Database
from storage.tables import Account, Booking, Consult, Offer, Outbox, Person, PersonKey
from tests.permissions.world import MEMBER, cast, chat, theirs, with_the_rest

from .conftest import NOW

LATER = NOW + erase.KEPT + timedelta(days=1)


def test_all_of_one_goes_and_the_others_stay(db: Database) -> None:
    of = db.call(cast)
    others = db.call(theirs, of, of.member)
    db.call(with_the_rest, of)
    db.call(erase.forget, chat("patient"), NOW)
    assert not db.call(retention.is_due, NOW) and db.call(retention.delete_due, NOW) == 0
    assert db.call(retention.is_due, LATER)
    assert db.call(retention.delete_due, LATER) == 1 and db.call(retention.close_accounts, LATER) == 1
    assert db.call(naming, of.patient, chat("patient"), of.of[of.patient]["consult"]) == set()
    assert [row for row in db.call(theirs, of, of.member) if not row.startswith(("session", "permit"))] == [
        row for row in others if not row.startswith("session")
    ]
    assert db.call(people.person, of.member).name == MEMBER
    counts = [db.call(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in (Person, Offer)]
    assert counts == [1, 1] and db.call(audit.verify) is None


def naming(s: Connection, *marks: str) -> set[str]:
    """Tables, but for the audit, with a row in which one of these stands."""
    tables = (table for table in Table.metadata.sorted_tables if not table.name.startswith("audit"))
    return {table.name for table in tables for row in s.execute(select(table)) if any(m in repr(row) for m in marks)}


def test_control_before_it_something_of_them_is_in_every_table_of_patients(db: Database) -> None:
    of = db.call(cast)
    db.call(with_the_rest, of)
    has = of.of[of.patient]
    found = db.call(naming, of.patient, chat("patient"), has["consult"], has["offer"])
    assert set(mydata.TABLES) - found == set()
    held = db.call(mydata.held, chat("patient"))
    assert [name for name in mydata.TABLES if not held[name]] == []
    assert len(held["permit"]) == 2 and {row["what"] for row in held["guess"]} == {
        f"pin:{chat('patient')}", f"code:{chat('patient')}"
    }  # fmt: skip


def test_who_is_forgotten_is_called_by_nobody_found_by_no_name_and_what_they_gave_away_is_closed(db: Database) -> None:
    of = db.call(cast)
    db.call(with_the_rest, of)
    asha, code = of.staff["asha"], of.of[of.patient]["code"]
    assert db.call(asha_lists.count_calls, asha) == (3, 0) and db.call(
        permits.look, "read_summary", code, "tg:relative", NOW
    )
    db.call(erase.forget, chat("patient"), NOW)
    assert [one.name for one in db.call(asha_lists.to_call, asha, NOW)] == [MEMBER]
    assert db.call(permits.look, "read_summary", code, "tg:relative", NOW) is None
    assert db.call(lambda s: s.scalar(select(func.count()).where(PersonKey.person_id == of.patient))) == 0


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
