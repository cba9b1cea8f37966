"""What comes in is kept once; what is to be said is said once, in order, by whoever claims it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from storage import accounts, bucket, conversations, inbox, optouts, outbox
from storage.outbox import DIGEST, EMERGENCY, REMINDER, REPLY, Notice
from storage.session import Database, Overtaken
from storage.tables import Inbox, Outbox

from .conftest import NOW

SECOND = timedelta(seconds=1)


def said(chat: str, text: str, **more: object) -> Notice:
    return Notice(chat, payload={"text": text}, **({"due": NOW, "kind": "test"} | more))  # type: ignore[arg-type]


def texts(claimed: list[outbox.Claimed]) -> list[str]:
    return [notice.payload["text"] for notice in claimed]


def test_an_update_is_kept_once_for_each_channel(db: Database) -> None:
    first = db.call(inbox.receive, "tg", "7", "tg:1", {"text": "জ্বর"}, NOW)
    assert first is not None
    assert db.call(inbox.receive, "tg", "7", "tg:1", {"text": "জ্বর"}, NOW) is None
    assert db.call(inbox.receive, "jsonl", "7", "p1", {}, NOW) is not None
    assert [message.payload for message in db.call(inbox.waiting)] == [{"text": "জ্বর"}, {}]


def test_what_was_said_is_not_to_be_read_in_the_database(db: Database) -> None:
    db.call(inbox.receive, "tg", "7", "tg:1", {"text": "জ্বর"}, NOW)
    kept = db.call(lambda s: s.execute(select(Inbox.payload)).scalar_one())
    assert "জ্বর".encode() not in kept


def test_a_message_is_dealt_with_once(db: Database) -> None:
    id = db.call(inbox.receive, "tg", "7", "tg:1", {}, NOW)
    assert id is not None
    assert db.call(inbox.take, id) is not None
    assert db.call(inbox.done, id, NOW) is True
    assert db.call(inbox.take, id) is None
    assert db.call(inbox.done, id, NOW) is False
    assert db.call(inbox.waiting) == []


def test_a_message_that_cannot_be_dealt_with_is_a_dead_letter(db: Database) -> None:
    id = db.call(inbox.receive, "tg", "7", "tg:1", {}, NOW)
    assert id is not None
    db.call(inbox.failed, id, "ValueError in flows/talk.py:3", NOW)
    assert db.call(inbox.waiting) == []
    assert db.call(inbox.dead_letters) == [(id, "tg:1", "ValueError in flows/talk.py:3", NOW)]


def test_a_conversation_is_loaded_as_saved_and_never_saved_over(db: Database) -> None:
    assert db.call(conversations.load, "tg:1") is None
    db.call(conversations.save, "tg:1", {"journal": [["language", "bn"]]}, 1, "bn", NOW, None)
    standing = db.call(conversations.load, "tg:1")
    assert standing == conversations.Standing("tg:1", {"journal": [["language", "bn"]]}, 1, "bn", 1, NOW)
    db.call(conversations.save, "tg:1", {"journal": []}, 2, "en", NOW, 1)
    with pytest.raises(Overtaken):
        db.call(conversations.save, "tg:1", {}, 2, "bn", NOW, 1)
    with pytest.raises(Overtaken):
        db.call(conversations.save, "tg:1", {}, 2, "bn", NOW, None)


def test_the_most_urgent_is_claimed_first_then_the_longest_due(db: Database) -> None:
    notices = [
        said("a", "digest", priority=DIGEST),
        said("b", "later", priority=REMINDER),
        said("c", "sooner", priority=REMINDER, due=NOW - SECOND),
        said("d", "reply", priority=REPLY),
        said("e", "emergency", priority=EMERGENCY),
        said("f", "not yet", priority=EMERGENCY, due=NOW + SECOND),
    ]
    db.call(outbox.put, notices, NOW)
    assert texts(db.call(outbox.claim, NOW, 4, 30, "w")) == ["emergency", "reply", "sooner", "later"]
    assert texts(db.call(outbox.claim, NOW, 4, 30, "w")) == ["digest"]


def test_replies_of_a_chat_keep_their_order(db: Database) -> None:
    db.call(outbox.put, [said("a", "one"), said("a", "two"), said("b", "other")], NOW)
    claimed = db.call(outbox.claim, NOW, 10, 30, "w")
    assert texts(claimed) == ["one", "other"]
    assert db.call(outbox.claim, NOW, 10, 30, "w") == []
    db.call(outbox.again, claimed[0].id, NOW + SECOND, "refused")
    assert db.call(outbox.claim, NOW, 10, 30, "w") == []
    [retried] = db.call(outbox.claim, NOW + SECOND, 10, 30, "w")
    assert (retried.payload["text"], retried.tries) == ("one", 2)
    db.call(outbox.sent, retried.id, 17, NOW)
    assert texts(db.call(outbox.claim, NOW + SECOND, 10, 30, "w")) == ["two"]


def test_an_emergency_does_not_wait_for_a_reply(db: Database) -> None:
    db.call(outbox.put, [said("a", "reply"), said("a", "emergency", priority=EMERGENCY)], NOW)
    assert texts(db.call(outbox.claim, NOW, 10, 30, "w")) == ["emergency"]


def test_a_lease_that_ran_out_frees_the_notice(db: Database) -> None:
    db.call(outbox.put, [said("a", "one")], NOW)
    assert len(db.call(outbox.claim, NOW, 10, 30, "killed")) == 1
    assert db.call(outbox.claim, NOW + 29 * SECOND, 10, 30, "other") == []
    assert texts(db.call(outbox.claim, NOW + 30 * SECOND, 10, 30, "other")) == ["one"]


def test_a_key_is_said_once_for_ever(db: Database) -> None:
    [id] = db.call(outbox.put, [said("a", "one", key="k")], NOW)
    db.call(outbox.sent, id, None, NOW)
    assert db.call(outbox.put, [said("a", "one", key="k")], NOW) == []


def test_what_a_booking_planned_is_called_off_with_it(db: Database) -> None:
    notices = [
        said("a", "evening before", about="booking:1"),
        said("b", "two hours", about="booking:1"),
        said("c", "x"),
    ]
    db.call(outbox.put, notices, NOW)
    assert db.call(outbox.call_off, "booking:1", NOW) == 2
    assert texts(db.call(outbox.claim, NOW, 10, 30, "w")) == ["x"]


def test_what_comes_too_late_is_dropped(db: Database) -> None:
    db.call(outbox.put, [said("a", "late", expires_at=NOW), said("b", "fresh", expires_at=NOW + SECOND)], NOW)
    assert texts(db.call(outbox.claim, NOW, 10, 30, "w")) == ["fresh"]
    assert db.call(outbox.expire, NOW) == 1
    assert db.call(outbox.counts) == {"expired": 1, "waiting": 1}


def test_whoever_opted_out_gets_answers_but_no_reminders(db: Database) -> None:
    db.call(accounts.set_language, "a", "en", NOW)
    db.call(optouts.opt_out, "a", ["reminders"], NOW)
    db.call(outbox.put, [said("a", "answer"), said("a", "evening", kind="evening_before", priority=REMINDER)], NOW)
    [answer] = db.call(outbox.claim, NOW, 10, 30, "w")
    assert (answer.payload["text"], answer.lang) == ("answer", "en")
    db.call(outbox.sent, answer.id, 1, NOW)
    assert db.call(outbox.claim, NOW, 10, 30, "w") == []
    assert db.call(outbox.counts) == {"opted_out": 1, "sent": 1}


def test_opting_out_is_kept_spares_what_concerns_today_and_ends_by_opting_in(db: Database) -> None:
    def claimed(*kinds: str) -> list[str]:
        db.call(outbox.put, [said(f"a{kind}", kind, kind=kind, priority=REMINDER) for kind in kinds], NOW)
        return texts(db.call(outbox.claim, NOW, 10, 30, "w"))

    for kind in ("evening_before", "two_hours_before", "missed"):
        db.call(optouts.opt_out, f"a{kind}", ["reminders", "after_visit"], NOW)
        db.call(optouts.opt_out, f"a{kind}", ["reminders"], NOW + SECOND)
    assert claimed("evening_before", "two_hours_before", "missed") == ["two_hours_before"]
    assert db.call(optouts.opted_out, "amissed") == {"reminders", "after_visit"}
    db.call(optouts.opt_in, "amissed", ["after_visit"])
    assert claimed("evening_before", "missed") == ["missed"]


def test_the_language_is_the_one_of_the_moment_of_sending(db: Database) -> None:
    db.call(conversations.save, "a", {}, 0, "bn", NOW, None)
    db.call(outbox.put, [said("a", "one"), said("b", "two")], NOW)
    assert [notice.lang for notice in db.call(outbox.claim, NOW, 10, 0, "w")] == ["bn", None]
    db.call(accounts.set_language, "a", "en", NOW)
    assert [notice.lang for notice in db.call(outbox.claim, NOW, 10, 0, "w")] == ["en", None]


def test_a_dead_letter_keeps_its_reason(db: Database) -> None:
    [id] = db.call(outbox.put, [said("a", "one")], NOW)
    db.call(outbox.dead, id, "400 bad markup", NOW)
    row = db.call(lambda s: s.execute(select(Outbox.state, Outbox.reason)).one())
    assert tuple(row) == ("dead", "400 bad markup")


def test_two_workers_never_claim_the_same(db: Database) -> None:
    db.call(outbox.put, [said(f"chat {number}", str(number)) for number in range(40)], NOW)
    both = [*db.call(outbox.claim, NOW, 25, 30, "one"), *db.call(outbox.claim, NOW, 25, 30, "two")]
    assert sorted(map(int, texts(both))) == list(range(40))


def test_never_more_than_the_rate_in_any_second(db: Database) -> None:
    let_go: list[datetime] = []
    answered: dict[str, datetime] = {}
    for tenth in range(40):
        moment = NOW + tenth * SECOND / 10
        for number in range(7):
            id = f"{tenth}:{number}"
            if db.call(bucket.take_turn, id, lambda moment=moment: moment, 30, False, answered).now:
                let_go.append(moment)
                answered[id] = moment + SECOND
    for moment in let_go:
        assert sum(moment <= at < moment + SECOND for at in let_go) <= 30
    assert len(let_go) == 120


def test_told_to_wait_nobody_sends(db: Database) -> None:
    db.call(bucket.pause, NOW + 5 * SECOND)
    db.call(bucket.pause, NOW + SECOND)
    assert not db.call(bucket.take_turn, "one", lambda: NOW + 4 * SECOND).now
    assert db.call(bucket.take_turn, "one", lambda: NOW + 5 * SECOND).now
