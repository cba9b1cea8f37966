"""Rotation: everything stays readable, nothing that is written meanwhile is lost, a lost key says so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

import bot.blind_indexes  # noqa: F401  (they follow)
from nlu.names import name_keys
from storage import audit, cases, conversations, decisions, favourites, inbox, members, names, outbox, people, rotation
from storage.outbox import Notice
from storage.rotation import SealedColumn, keys_in_use, older, rotate, sealed_columns, swap
from storage.sealed import Keyring, Sealed, new_key
from storage.session import Database
from storage.tables import Conversation, Inbox, Outbox, Person, PersonKey
from tests.permissions.world import ABHA, MEMBER, OFTEN, Cast, furnished, with_the_rest

from .conftest import NOW
from .world import build, somebody

FIRST, SECOND = new_key("k1"), new_key("k2")


@pytest.fixture
def old(url: str) -> Iterator[Database]:
    """The service before the change: k1 seals."""
    db = Database(url, Keyring(f"{FIRST},{SECOND}"))
    db.call(build)
    yield db
    db.close()


@pytest.fixture
def new(url: str, old: Database) -> Iterator[Database]:
    """The service after it: k2 seals."""
    db = Database(url, Keyring(f"{SECOND},{FIRST}"))
    yield db
    db.close()


def furnish(s: Connection) -> list[str]:
    """Something sealed in several tables; the people."""
    for number in range(5):
        inbox.receive(s, "tg", f"u{number}", "tg:1", {"text": "জ্বর"}, NOW)
        outbox.put(s, [Notice("tg:1", "reply", {"text": "desk.help"}, NOW)], NOW)
    conversations.save(s, "tg:1", {"frames": []}, 0, None, NOW, None)
    decisions.record(s, None, "tg:1", {"fever": True}, "consultation", "r", "fever", "1", "general_medicine", NOW)
    return [somebody(s, "tg:1", NOW, name) for name in ("রহিমা", "সীতা", "Rahim")]


def test_all_stays_readable_and_the_old_key_is_needed_no_more(old: Database, new: Database) -> None:
    people_ = old.call(furnish)
    done = asyncio.run(rotate(new, batch=2))
    assert (done.values, done.lost, done.broken) == (15, {}, [])
    counts = new.call(keys_in_use)
    assert {name for column, by in counts.items() if column != "audit.hash" for name in by} == {"k2"}
    alone = Database(new.url, Keyring(SECOND))
    assert [alone.call(people.person, id).name for id in people_] == ["রহিমা", "সীতা", "Rahim"]
    assert [one.payload for one in alone.call(inbox.waiting)] == [{"text": "জ্বর"}] * 5
    assert alone.call(outbox.claim, NOW, 10, 30, "w")[0].payload == {"text": "desk.help"}
    assert alone.call(conversations.look, "tg:1").state == {"frames": []}
    alone.close()
    assert asyncio.run(rotate(new)).values == 0


def test_every_sealed_column_is_rotated(old: Database, new: Database) -> None:
    """Values in each sealed column that there is, put there by the column's own functions; all open without the old."""
    of = old.call(everything)
    before = old.call(keys_in_use)
    assert {one.name for one in sealed_columns()} == {name for name in before if name != "audit.hash"}
    done = asyncio.run(rotate(new))
    assert (done.lost, done.broken) == ({}, [])
    assert done.values == sum(by["k1"] for name, by in before.items() if name != "audit.hash")
    alone = Database(new.url, Keyring(SECOND))
    kept = alone.call(members.details, of.staff["asha"], of.member, NOW)
    assert (kept.illnesses, kept.allergies, kept.abha) == (("asthma",), ("penicillin",), ABHA[MEMBER])
    case = alone.call(cases.case, of.staff["doctor"], of.of[of.patient]["booking"], NOW)
    assert [one.remark for one in case.observed] == ["tired"] and case.allergies == ("penicillin",)
    alone.close()


def everything(s: Connection) -> Cast:
    """Messages, and the people of the matrix with all that is theirs."""
    furnish(s)
    of = furnished(s)
    with_the_rest(s, of)
    return of


def column(name: str) -> SealedColumn:
    return next(one for one in sealed_columns() if one.name == name)


def changes_of(db: Database, of: SealedColumn) -> list[dict[str, Any]]:
    rows = db.call(older, of, None, 100)
    return [
        {"row": id, "old": old, "new": db.ring.again(old, of.aad(where)), "aad": of.aad(where)}
        for id, old, *where in rows
    ]


def test_what_is_written_between_reading_and_putting_is_kept(old: Database, new: Database) -> None:
    old.call(furnish)
    of = column("conversation.state")
    changes = changes_of(new, of)
    new.call(conversations.save, "tg:1", {"frames": ["newer"]}, 1, None, NOW, 1)
    assert new.call(swap, of, changes) == 0
    assert new.call(conversations.look, "tg:1").state == {"frames": ["newer"]}


def test_control_without_the_comparison_the_newer_value_is_lost(old: Database, new: Database) -> None:
    old.call(furnish)
    of = column("conversation.state")
    [change] = changes_of(new, of)
    new.call(conversations.save, "tg:1", {"frames": ["newer"]}, 1, None, NOW, 1)
    new.call(lambda s: s.execute(update(Conversation).values(state=change["new"])))
    assert new.call(conversations.look, "tg:1").state == {"frames": []}


async def test_while_the_service_writes(old: Database, new: Database) -> None:
    """A conversation goes on, half of it saved by a process that still seals with the old key."""
    old.call(furnish)
    last: dict[str, Any] = {}

    async def talk() -> None:
        for number in range(60):
            db = (old, new)[number % 2]
            standing = await db.run(conversations.look, "tg:1")
            assert standing is not None
            last.update(n=number)
            await db.run(conversations.save, "tg:1", dict(last), number, None, NOW, standing.version)

    talking = asyncio.create_task(talk())
    while not talking.done():
        await rotate(new, batch=3)
    await talking
    await rotate(new)
    assert (await new.read(conversations.look, "tg:1")).state == {"n": 59}  # type: ignore[union-attr]
    left = await new.read(keys_in_use)
    assert left["conversation.state"] == {"k2": 1}


async def test_killed_in_the_middle_it_goes_on_where_it_was(old: Database, new: Database) -> None:
    await old.run(furnish)

    class Killed(Exception):
        pass

    done: list[int] = []

    def told(values: int) -> None:
        done.append(values)
        if len(done) == 3:
            raise Killed

    with pytest.raises(Killed):
        await rotate(new, batch=2, told=told)
    assert 0 < sum(done) < 15
    assert (await rotate(new, batch=2)).values == 15 - sum(done)


def test_a_lost_key_is_named_with_what_it_sealed(old: Database) -> None:
    old.call(furnish)
    alone = Database(old.url, Keyring(SECOND))
    done = asyncio.run(rotate(alone))
    assert done.values == 0 and done.lost["k1", "person.name"] == 3 and done.lost["k1", "inbox.payload"] == 5
    assert alone.call(keys_in_use)["person.name"] == {"k1": 3}
    alone.close()


def test_a_value_that_was_changed_is_named_and_left(old: Database, new: Database) -> None:
    one, *_ = old.call(furnish)
    other = old.call(lambda s: s.execute(select(Person.name).where(Person.id != one).limit(1)).scalar_one())
    old.call(lambda s: s.execute(update(Person).where(Person.id == one).values(name=other)))
    done = asyncio.run(rotate(new))
    assert done.values == 14 and len(done.broken) == 1 and f"person/name/{one} does not open" in done.broken[0]
    with pytest.raises(Sealed):
        new.call(people.person, one)


def test_bytes_that_are_no_sealed_value_are_counted_apart(old: Database, new: Database) -> None:
    old.call(furnish)
    old.call(lambda s: s.execute(update(Inbox).where(Inbox.id == 1).values(payload=b"\x07plain")))
    assert new.call(keys_in_use)["inbox.payload"] == {"k1": 4, "?": 1}
    assert asyncio.run(rotate(new)).lost["?", "inbox.payload"] == 1


BLIND = {("person", "name"), ("person", "abha"), ("favourite", "content")}
"""Sealed columns with a blind index beside them: person_key, person.abha_key, favourite.key."""


def found(s: Connection, of: Cast) -> tuple[list[str], str | None, list[tuple[str, int]]]:
    """Whom the ASHA worker finds by how the name sounds and by the ABHA number; what the doctor writes once more."""
    favourites.count(s, "dr-1", "advice", OFTEN, NOW)
    asha = of.staff["asha"]
    often = [(one.content, one.used) for one in favourites.most_used(s, "dr-1", "advice", 9)]
    return names.find(s, asha, name_keys("মার্কড")), members.by_abha(s, asha, ABHA[MEMBER]), often


def test_blind_indexes_follow_their_values(old: Database, new: Database) -> None:
    assert set(rotation._REINDEX) == BLIND
    of = old.call(furnished)
    asyncio.run(rotate(new, batch=1))
    alone = Database(new.url, Keyring(SECOND))
    assert alone.call(found, of) == ([of.member], of.member, [(OFTEN, 2)])
    alone.close()


def test_control_without_the_registered_functions_nobody_is_found(
    old: Database, new: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_REINDEX", {})
    of = old.call(furnished)
    asyncio.run(rotate(new))
    alone = Database(new.url, Keyring(SECOND))
    assert alone.call(found, of) == ([], None, [(OFTEN, 1), (OFTEN, 1)])
    alone.close()


def test_who_left_is_not_found_again_by_a_rotation(old: Database, new: Database) -> None:
    of = old.call(furnished)
    old.call(members.leave, of.staff["asha"], of.member, NOW)
    asyncio.run(rotate(new))
    assert new.call(lambda s: s.execute(select(PersonKey)).all()) == []


def test_a_chain_begun_under_the_old_key_goes_on_under_the_new(old: Database, new: Database) -> None:
    for db in (old, new):
        db.call(audit.append, "staff", "case", "booking:1", NOW)
    assert new.call(audit.verify) is None
    alone = Database(new.url, Keyring(SECOND))
    with pytest.raises(Sealed, match=re.escape('the key "k1" is not on the ring')):
        alone.call(audit.verify)
    alone.close()


def test_what_is_sealed_in_the_outbox_is_bound_to_its_chat_and_key() -> None:
    """The places that rotation opens are those that the tables' own functions seal for."""
    places = {"outbox.payload": (Outbox.chat, Outbox.key), "inbox.payload": (Inbox.channel, Inbox.key)}
    for name, columns in places.items():
        assert column(name).place == tuple(one.property.columns[0] for one in columns)
