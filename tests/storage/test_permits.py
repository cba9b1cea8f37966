"""Permits: a code lets one chat do one thing once, for a week, and is nowhere to be read."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage import permits
from storage.session import Database
from storage.tables import Audit, Permit

from .conftest import NOW


@pytest.fixture
def code(db: Database) -> str:
    return db.call(permits.make, "read_summary", "consult:c1", "tg:1", NOW)


def test_a_code_works_once(db: Database, code: str) -> None:
    assert db.call(permits.use, "read_summary", code, "tg:2", NOW) == "consult:c1"
    assert db.call(permits.use, "read_summary", code, "tg:2", NOW) is None
    assert db.call(permits.use, "read_summary", code, "tg:3", NOW) is None
    used = db.call(lambda s: s.execute(select(Permit.used_by, Permit.used_at)).one())
    assert tuple(used) == ("tg:2", NOW)


def test_of_many_who_bring_it_at_once_one_has_it(db: Database, code: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        had = list(pool.map(lambda n: db.call(permits.use, "read_summary", code, f"tg:{n}", NOW), range(16)))
    assert sorted(filter(None, had)) == ["consult:c1"]


def test_without_the_mark_of_its_use_it_works_again(db: Database, code: str) -> None:
    """The control: what makes it single-use is that mark, and nothing else."""
    db.call(permits.use, "read_summary", code, "tg:2", NOW)
    db.call(lambda s: s.execute(update(Permit).values(used_at=None)))
    assert db.call(permits.use, "read_summary", code, "tg:3", NOW) == "consult:c1"


@pytest.mark.parametrize(("after", "works"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_a_code_is_good_for_a_week(db: Database, code: str, after: timedelta, works: bool) -> None:
    assert (db.call(permits.look, "read_summary", code, "tg:2", NOW + after) is not None) is works
    assert (db.call(permits.use, "read_summary", code, "tg:2", NOW + after) is not None) is works


def test_a_code_of_one_kind_is_none_of_another(db: Database, code: str) -> None:
    assert db.call(permits.use, "join_person", code, "tg:2", NOW) is None
    assert db.call(permits.look, "join_person", code, "tg:2", NOW) is None
    assert db.call(permits.use, "read_summary", "guess", "tg:2", NOW) is None
    assert db.call(permits.use, "read_summary", code, "tg:2", NOW) == "consult:c1"


def test_to_look_does_not_use_it_up(db: Database, code: str) -> None:
    assert db.call(permits.look, "read_summary", code, "tg:2", NOW) == ("consult:c1", "tg:1")
    assert db.call(permits.use, "read_summary", code, "tg:2", NOW) == "consult:c1"


def test_the_last_code_made_is_the_one_that_works(db: Database, code: str) -> None:
    other = db.call(permits.make, "read_summary", "consult:c2", "tg:1", NOW)
    again = db.call(permits.make, "read_summary", "consult:c1", "tg:1", NOW)
    assert db.call(permits.use, "read_summary", code, "tg:2", NOW) is None
    assert db.call(permits.use, "read_summary", again, "tg:2", NOW) == "consult:c1"
    assert db.call(permits.use, "read_summary", other, "tg:2", NOW) == "consult:c2"


def test_only_the_hash_is_kept_and_its_use_leaves_a_trace(db: Database, code: str) -> None:
    db.call(permits.use, "read_summary", f" {code}\n", "tg:2", NOW)
    assert code not in db.call(lambda s: s.execute(select(Permit.code_hash)).scalar_one())
    trace = db.call(lambda s: s.execute(select(Audit.who, Audit.action, Audit.subject).order_by(Audit.id)).all())
    assert [tuple(row) for row in trace] == [
        ("tg:1", "permit read_summary", "consult:c1"),
        ("tg:2", "permit used read_summary", "consult:c1"),
    ]


def test_a_code_of_digits_is_easy_to_say_and_its_guessing_ends_soon(db: Database) -> None:
    code = db.call(lambda s: permits.make(s, "join_person", "person:p1", "staff", NOW, digits=True))
    assert len(code) == permits.DIGITS and code.isdigit()
    wrong = str((int(code) + 1) % 10**permits.DIGITS).zfill(permits.DIGITS)
    assert [db.call(permits.look, "join_person", wrong, "tg:9", NOW) for _ in range(5)] == [None] * 5
    assert db.call(permits.look, "join_person", code, "tg:9", NOW) is None
    assert db.call(permits.use, "join_person", code, "tg:9", NOW) is None
    assert db.call(permits.use, "join_person", code, "tg:2", NOW) == "person:p1"


def test_the_hash_of_a_code_is_keyed(db: Database) -> None:
    """A hash that anybody could compute would give eight digits away to whoever reads the table."""
    code = db.call(lambda s: permits.make(s, "join_person", "person:p1", "staff", NOW, digits=True))
    kept = db.call(lambda s: s.execute(select(Permit.code_hash)).scalar_one())
    assert kept != hashlib.sha256(code.encode()).hexdigest()
    assert kept in db.ring.blind(code, "permit/join_person")
