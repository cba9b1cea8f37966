"""From the outbox to the phone: nothing lost, in order, at Telegram's pace, with all that goes wrong in between."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Connection, select

from bot import sender as sender_module
from bot.channels.telegram import Telegram
from bot.delivery import Away, Delivered, Letter, Outcome, Rejected
from bot.hooks import HOOKS
from bot.sender import Hooks, Rules, Sender
from bot.why import why
from storage import accounts, dead_letters, outbox
from storage.outbox import DIGEST, EMERGENCY, REMINDER, REPLY, Claimed, Notice
from storage.session import Database, DatabaseAway
from storage.tables import Outbox
from tests.botapi.faults import BAD_REQUEST, BLOCKED, BROKEN, CUT, DROP, SILENT, Fault, flood, in_turn
from tests.botapi.server import BotApi
from tests.channels.conftest import NotedPace, Time, busiest_second, eventually
from tests.storage.conftest import url as url  # both databases


@pytest.fixture
def pace(db: Database, time: Time) -> NotedPace:
    return NotedPace(db, time, {})


@pytest.fixture
def sender(db: Database, time: Time, telegram: Telegram, pace: NotedPace) -> Sender:
    return Sender(db, {"tg": telegram.deliver}, time, paces={"tg": pace}, rules=Rules(poll=0.02), sleep=time.sleep)


def notice(chat: int, words: str, due: datetime, priority: int = REPLY, **more: Any) -> Notice:
    """Something to say in the test's own words."""
    payload = {"text": "choice.yes", "args": {}, "choices": [{"id": "a", "label": words}], "step": 1}
    return Notice(f"tg:{chat}", "test", payload, due, priority, **{"must_arrive": True, **more})


async def put(db: Database, time: Time, *notices: Notice) -> None:
    await db.run(outbox.put, notices, time())


async def states(db: Database) -> dict[str, int]:
    return await db.read(outbox.counts)


async def settle(sender: Sender, db: Database, time: Time) -> None:
    """Let time pass until nothing waits any more."""
    for _ in range(400):
        await sender.drain()
        if not (await states(db)).get("waiting"):
            return
        time.forward(0.5)
    raise AssertionError(f"still waiting: {await states(db)}")


async def ended(task: asyncio.Task[None]) -> None:
    """Ask a running sender to end, and wait until it has."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def on_screen(api: BotApi, chat: int) -> list[str]:
    """What the messages of a chat say, in order."""
    return [message.labels[0] for message in api.person(chat).messages]


def start(api: BotApi, *chats: int) -> None:
    for chat in chats:
        api.person(chat).started = True


async def test_what_is_due_is_sent_and_what_is_not_waits(sender: Sender, api: BotApi, db: Database, time: Time) -> None:
    start(api, 1)
    await put(db, time, notice(1, "এখন", time()), notice(1, "কাল", time() + timedelta(days=1)))
    await sender.drain()
    assert on_screen(api, 1) == ["এখন"]
    time.forward(86400)
    await sender.drain()
    assert on_screen(api, 1) == ["এখন", "কাল"]
    assert await states(db) == {"sent": 2}


async def test_the_row_keeps_the_message_that_was_sent(sender: Sender, api: BotApi, db: Database, time: Time) -> None:
    start(api, 1)
    await put(db, time, notice(1, "এখন", time()))
    await sender.drain()
    assert await db.read(lambda s: s.execute(select(Outbox.message_id)).scalar()) == str(api.person(1).messages[0].id)


async def test_an_emergency_overtakes(sender: Sender, api: BotApi, db: Database, time: Time) -> None:
    start(api, 1)
    await put(db, time, *(notice(1, f"{n}", time()) for n in range(3)), notice(1, "🚨", time(), EMERGENCY))
    await sender.drain()
    assert on_screen(api, 1) == ["🚨", "0", "1", "2"]


def mixed_faults(seed: int) -> Callable[[str, dict[str, Any]], Fault | None]:
    """About every third sending meets a fault; no message meets more than three."""
    chance, met = random.Random(seed), Counter[str]()

    def choose(method: str, params: dict[str, Any]) -> Fault | None:
        if method != "sendMessage" or chance.random() > 0.35:
            return None
        what = f"{params['chat_id']} {params['reply_markup']}"
        met[what] += 1
        return chance.choice([flood(2), BROKEN, DROP, SILENT, CUT]) if met[what] <= 3 else None

    return choose


async def test_with_all_faults_mixed_in_nothing_is_lost_order_is_kept_and_the_rate_holds(
    sender: Sender, api: BotApi, db: Database, time: Time, pace: NotedPace
) -> None:
    chats, each = range(1, 26), 4
    start(api, *chats)
    await put(db, time, *(notice(chat, f"{n}", time()) for n in range(each) for chat in chats))
    api.fault(mixed_faults(seed=7))
    await settle(sender, db, time)
    assert await states(db) == {"sent": len(chats) * each}
    for chat in chats:
        once = [words for n, words in enumerate(on_screen(api, chat)) if words not in on_screen(api, chat)[:n]]
        assert once == [f"{n}" for n in range(each)], f"chat {chat} saw {on_screen(api, chat)}"
        assert on_screen(api, chat) == sorted(on_screen(api, chat)), (
            "a repeated message does not come after a later one"
        )
    assert busiest_second(pace.let_go) <= 30
    assert sum(len(on_screen(api, chat)) for chat in chats) > len(chats) * each, "the faults were really played"


async def test_what_need_not_arrive_is_never_said_twice(sender: Sender, api: BotApi, db: Database, time: Time) -> None:
    start(api, 1)
    await put(db, time, notice(1, "মনে করিয়ে দিই", time(), REMINDER, must_arrive=False))
    api.fault(in_turn([SILENT]))
    await settle(sender, db, time)
    assert on_screen(api, 1) == ["মনে করিয়ে দিই"]
    assert await states(db) == {"dead": 1}


async def test_a_flood_wait_holds_for_every_chat(sender: Sender, api: BotApi, db: Database, time: Time) -> None:
    start(api, 1, 2)
    await put(db, time, notice(1, "ক", time()))
    api.fault(in_turn([flood(30)]))
    await sender.drain()
    await put(db, time, notice(2, "খ", time()))
    time.forward(29)
    await sender.drain()
    assert on_screen(api, 1) + on_screen(api, 2) == []
    time.forward(2)
    await sender.drain()
    assert on_screen(api, 1) + on_screen(api, 2) == ["ক", "খ"]
    assert len(api.came("sendMessage")) == 3, "nothing was tried while Telegram had asked for quiet"


async def test_who_blocked_the_bot_is_marked_and_written_to_again_only_in_answer(
    db: Database, time: Time, telegram: Telegram, api: BotApi
) -> None:
    told: list[str] = []

    def unreachable(s: Connection, notice: Claimed, now: datetime) -> None:
        accounts.set_reachable(s, notice.chat, False, now)
        told.append(notice.chat)

    def reached(s: Connection, chat: str, now: datetime) -> None:
        accounts.set_reachable(s, chat, True, now)

    hooks = Hooks(unreachable=unreachable, reached=reached)
    sender = Sender(db, {"tg": telegram.deliver}, time, hooks=hooks, sleep=time.sleep)
    await db.run(accounts.set_language, "tg:1", "bn", time())
    start(api, 1)
    api.person(1).blocks = True
    await put(db, time, notice(1, "মনে করিয়ে দিই", time(), REMINDER))
    await settle(sender, db, time)
    assert told == ["tg:1"]

    await put(db, time, notice(1, "আবার", time(), REMINDER))
    await settle(sender, db, time)
    assert len(api.came("sendMessage")) == 1, "not tried again"

    api.person(1).blocks = False
    await put(db, time, notice(1, "নমস্কার", time(), REPLY))
    await settle(sender, db, time)
    await put(db, time, notice(1, "কাল আসবেন", time(), REMINDER))
    await settle(sender, db, time)
    assert on_screen(api, 1) == ["নমস্কার", "কাল আসবেন"]


@pytest.mark.parametrize("blocks", [True, False])
async def test_whatever_is_given_up_is_told_of_be_it_blocked_or_refused(
    db: Database, time: Time, telegram: Telegram, api: BotApi, blocks: bool
) -> None:
    lost: list[str] = []
    hooks = Hooks(undelivered=lambda s, notice, now: lost.append(notice.chat))
    sender = Sender(db, {"tg": telegram.deliver}, time, hooks=hooks, sleep=time.sleep)
    start(api, 1, 2)
    api.person(1).blocks = blocks
    api.fault(in_turn([] if blocks else [BAD_REQUEST]))
    await put(db, time, notice(1, "হাসপাতালে যান", time()))
    await settle(sender, db, time)
    await put(db, time, notice(2, "নমস্কার", time()))
    await settle(sender, db, time)
    assert lost == ["tg:1"]


async def test_a_reminder_that_is_no_longer_wanted_is_called_off_at_the_last_moment(
    db: Database, time: Time, telegram: Telegram, api: BotApi
) -> None:
    cancelled = {"booking:1"}
    hooks = Hooks(still_wanted=lambda s, notice: notice.about not in cancelled)
    sender = Sender(db, {"tg": telegram.deliver}, time, hooks=hooks)
    start(api, 1, 2)
    await put(
        db,
        time,
        notice(1, "কাল আসবেন", time(), REMINDER, about="booking:1"),
        notice(2, "কাল আসবেন", time(), REMINDER, about="booking:2"),
        notice(1, "টোকেন ছাড়া হলো", time(), REPLY, about="booking:1"),
    )
    await sender.drain()
    assert (on_screen(api, 1), on_screen(api, 2)) == (["টোকেন ছাড়া হলো"], ["কাল আসবেন"])
    assert await states(db) == {"sent": 2, "called_off": 1}


async def test_one_bad_message_is_a_dead_letter_and_the_next_goes_on(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1)
    no_such_text = Notice("tg:1", "test", {"text": "no.such.text"}, time())
    no_channel = Notice("pigeon:1", "test", {"text": "choice.yes"}, time())
    await put(db, time, no_such_text, no_channel, notice(1, "400", time()), notice(1, "ভালো", time()))
    api.fault(in_turn([BAD_REQUEST]))
    await settle(sender, db, time)
    assert on_screen(api, 1) == ["ভালো"]
    assert await states(db) == {"dead": 3, "sent": 1}


async def test_what_fails_while_others_get_through_ends_as_a_dead_letter(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1, 2)
    api.fault(lambda method, params: BROKEN if params.get("chat_id") == 1 else None)
    await put(db, time, notice(1, "শুধু এটা যায় না", time()))
    for n in range(60):
        await put(db, time, notice(2, f"{n}", time()))
        await sender.drain()
        time.forward(30)
    assert await states(db) == {"dead": 1, "sent": 60}


async def test_a_whole_day_without_telegram_loses_nothing(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1, 2)
    await put(db, time, notice(1, "ক", time()), notice(2, "খ", time()))
    api.refuse()
    for _ in range(100):
        await sender.drain()
        time.forward(900)
    assert await states(db) == {"waiting": 2}
    api.accept()
    await settle(sender, db, time)
    assert (on_screen(api, 1), on_screen(api, 2)) == (["ক"], ["খ"])


async def test_what_expired_meanwhile_is_not_sent(sender: Sender, api: BotApi, db: Database, time: Time) -> None:
    start(api, 1)
    await put(db, time, notice(1, "দুই ঘণ্টা পরে", time(), REMINDER, expires_at=time() + timedelta(hours=1)))
    time.forward(3601)
    await sender.drain()
    assert on_screen(api, 1) == []


async def test_a_flooded_chat_does_not_hold_up_the_others(
    sender: Sender, api: BotApi, db: Database, time: Time, pace: NotedPace
) -> None:
    start(api, *range(1, 20))
    await put(db, time, *(notice(1, f"{n:02}", time()) for n in range(20)))
    await put(db, time, *(notice(chat, "ক", time()) for chat in range(2, 20)))
    began = time()
    await settle(sender, db, time)
    assert on_screen(api, 1) == [f"{n:02}" for n in range(20)]
    assert all(on_screen(api, chat) == ["ক"] for chat in range(2, 20))
    assert time() - began >= timedelta(seconds=17), "twenty messages to one chat: three at once, then one a second"
    order = [call.params["chat_id"] for call in api.came("sendMessage")]
    assert set(order[:30]) == set(range(1, 20)), "nobody waited for the end of the flood"


async def test_a_sender_that_dies_between_sending_and_marking_says_it_twice_rather_than_never(
    db: Database, time: Time, telegram: Telegram, api: BotApi, sender: Sender
) -> None:
    start(api, 1)
    await put(db, time, notice(1, "ক", time()))
    gone = asyncio.Event()

    async def deliver_and_die(letter: Letter) -> Outcome:
        await telegram.deliver(letter)
        gone.set()
        await asyncio.sleep(3600)
        raise AssertionError

    dying = Sender(db, {"tg": deliver_and_die}, time, rules=Rules(poll=0.02, parting=0))
    task = asyncio.create_task(dying.run())
    await gone.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await sender.drain()
    assert on_screen(api, 1) == ["ক"], "the lease of the dead one still holds"
    time.forward(31)
    await sender.drain()
    assert on_screen(api, 1) == ["ক", "ক"]


async def test_it_wakes_at_once_when_told_and_by_itself_at_the_next_poll(db: Database, time: Time, api: BotApi) -> None:
    sent: list[str] = []

    async def deliver(letter: Letter) -> Outcome:
        sent.append(letter.choices[0][1])
        return Delivered()

    sender = Sender(db, {"tg": deliver}, time, rules=Rules(poll=3600))
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.05)
    await put(db, time, notice(1, "ক", time()))
    sender.wake()
    await eventually(lambda: sent == ["ক"])
    await ended(running)

    polling = asyncio.create_task(Sender(db, {"tg": deliver}, time, rules=Rules(poll=0.02)).run())
    await put(db, time, notice(1, "খ", time()))
    await eventually(lambda: sent == ["ক", "খ"])
    await ended(polling)


async def test_what_it_claims_in_the_moment_of_its_end_is_sent_all_the_same(db: Database, time: Time) -> None:
    sent: list[str] = []
    claiming = threading.Event()

    async def deliver(letter: Letter) -> Outcome:
        sent.append(letter.choices[0][1])
        return Delivered()

    def slowly(s: Connection, notice: Claimed) -> bool:
        claiming.set()
        sleep(0.2)
        return True

    await put(db, time, notice(1, "ক", time(), REMINDER))
    sender = Sender(db, {"tg": deliver}, time, hooks=Hooks(still_wanted=slowly), rules=Rules(poll=3600))
    running = asyncio.create_task(sender.run())
    await asyncio.to_thread(claiming.wait)
    await ended(running)
    assert sent == ["ক"] and await states(db) == {"sent": 1}


async def test_its_end_lets_what_is_being_sent_be_marked(db: Database, time: Time, api: BotApi) -> None:
    begun = asyncio.Event()

    async def deliver(letter: Letter) -> Outcome:
        begun.set()
        await asyncio.sleep(0.1)
        return Delivered()

    running = asyncio.create_task(Sender(db, {"tg": deliver}, time, rules=Rules(poll=0.02)).run())
    await put(db, time, notice(1, "ক", time()))
    await begun.wait()
    await ended(running)
    assert await states(db) == {"sent": 1}


async def test_after_a_flood_wait_only_the_rest_of_a_letter_is_sent(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1)
    payload = {"text": "choice.yes", "documents": [{"kind": "token_card"}, {"kind": "ics"}]}
    await put(db, time, Notice("tg:1", "test", payload, time()))
    api.fault(in_turn([None, flood(5)], "sendPhoto"), in_turn([flood(5), None], "sendDocument"))
    await settle(sender, db, time)
    words, card, entry = api.person(1).messages
    assert (words.text, bool(card.photo), bool(entry.document)) == ("হ্যাঁ", True, True)


class Flickering(Database):
    """A database that cannot be reached for the first times that an outcome is written down."""

    failures = 3

    async def run(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if f is sender_module._write_down and self.failures:
            self.failures -= 1
            raise DatabaseAway("no route to host")
        return await super().run(f, *args, **kwargs)


async def test_what_was_sent_is_marked_as_soon_as_the_database_is_back(
    db: Database, time: Time, telegram: Telegram, api: BotApi
) -> None:
    start(api, 1)
    await put(db, time, notice(1, "ক", time()))
    flickering = Flickering(db.url, db.ring)
    sender = Sender(flickering, {"tg": telegram.deliver}, time, sleep=time.sleep)
    await sender.drain()
    flickering.close()
    assert flickering.failures == 0
    assert (on_screen(api, 1), await states(db)) == (["ক"], {"sent": 1})


async def test_what_was_claimed_too_long_ago_is_left_to_whoever_claims_it_next(
    db: Database, time: Time, telegram: Telegram, api: BotApi
) -> None:
    """One slot, and a message that keeps it until the leases of the others are nearly over."""
    start(api, 1, 2)

    async def deliver(letter: Letter) -> Outcome:
        if letter.chat == "tg:1":
            time.forward(20)
        return await telegram.deliver(letter)

    sender = Sender(db, {"tg": deliver}, time, rules=Rules(parallel=1), sleep=time.sleep)
    await put(db, time, notice(1, "ক", time()), notice(2, "খ", time()))
    await sender.drain()
    assert (on_screen(api, 1), on_screen(api, 2)) == (["ক"], [])
    time.forward(11)
    await sender.drain()
    assert on_screen(api, 2) == ["খ"]


async def test_what_expires_while_it_waits_for_its_turn_is_not_sent(
    db: Database, time: Time, telegram: Telegram, api: BotApi
) -> None:
    start(api, 1, 2, 3)

    async def deliver(letter: Letter) -> Outcome:
        if letter.chat == "tg:1":
            time.forward(5)
        return await telegram.deliver(letter)

    sender = Sender(db, {"tg": deliver}, time, rules=Rules(parallel=1), sleep=time.sleep)
    soon, later = time() + timedelta(seconds=4), time() + timedelta(seconds=6)
    await put(db, time, notice(1, "ক", time()), notice(2, "খ", time(), expires_at=soon))
    await put(db, time, notice(3, "গ", time(), expires_at=later))
    await sender.drain()
    assert (on_screen(api, 1), on_screen(api, 2), on_screen(api, 3)) == (["ক"], [], ["গ"])


NIGHT, MORNING = 22 - 10, 8 - 10  # hours from the tests' time, which is ten in the morning in Kolkata


@pytest.mark.parametrize("heeded", [True, False])
async def test_what_was_held_up_until_the_quiet_hours_waits_for_the_morning(
    db: Database, time: Time, telegram: Telegram, api: BotApi, heeded: bool
) -> None:
    """A reminder of a token, due by day while nothing could be sent, and a turn that is near; the control disturbs."""
    start(api, 1, 2, 3)
    rest = {} if heeded else {"disturbs_until": Hooks().disturbs_until}
    hooks = replace(HOOKS, still_wanted=Hooks().still_wanted, **rest)
    sender = Sender(db, {"tg": telegram.deliver}, time, hooks=hooks, sleep=time.sleep)
    by_day = replace(notice(1, "ওষুধ", time(), REMINDER), kind="medicine_ends")
    await put(db, time, by_day, replace(notice(2, "এখন", time(), REMINDER), kind="near_turn"))
    await put(db, time, replace(by_day, chat="tg:3", expires_at=time() + timedelta(hours=NIGHT + 1)))
    time.forward(3600 * NIGHT)
    await sender.drain()
    assert (on_screen(api, 1), on_screen(api, 2)) == ([] if heeded else ["ওষুধ"], ["এখন"])
    time.forward(3600 * (24 - NIGHT + MORNING) + 900)
    await db.run(outbox.expire, time())
    await sender.drain()
    assert on_screen(api, 1) == ["ওষুধ"]
    assert on_screen(api, 3) == ([] if heeded else ["ওষুধ"]), "its time is over by the morning"


@pytest.mark.parametrize("waits", ["for a slot", "for the bot's rate"])
async def test_what_waits_for_its_turn_into_the_quiet_hours_is_not_sent(
    db: Database, time: Time, telegram: Telegram, api: BotApi, waits: str
) -> None:
    start(api, 1, 2)
    time.forward(3600 * 11 - 3)

    async def deliver(letter: Letter) -> Outcome:
        if waits == "for the bot's rate":
            time.forward(5)
        came = await telegram.deliver(letter)
        time.forward(5)
        return came

    hooks = replace(HOOKS, still_wanted=Hooks().still_wanted)
    sender = Sender(db, {"tg": deliver}, time, hooks=hooks, rules=Rules(parallel=1), sleep=time.sleep)
    await put(db, time, *(replace(notice(n, "ওষুধ", time(), REMINDER), kind="medicine_ends") for n in (1, 2)))
    await sender.drain()
    assert on_screen(api, 1) == (["ওষুধ"] if waits == "for a slot" else [])
    assert on_screen(api, 2) == []


@pytest.mark.parametrize("kept_free", [2, 0])
async def test_a_reply_is_sent_while_reminders_hold_every_place(db: Database, time: Time, kept_free: int) -> None:
    """Reminders that Telegram does not answer; with no place kept free, the control, the reply waits with them."""
    sent: list[str] = []
    stuck = asyncio.Event()

    async def deliver(letter: Letter) -> Outcome:
        if letter.chat != "tg:99":
            await stuck.wait()
        sent.append(letter.chat)
        return Delivered()

    rules = Rules(parallel=4, kept_free=kept_free, at_hand=4, poll=0.02)
    running = asyncio.create_task(Sender(db, {"tg": deliver}, time, rules=rules).run())
    await put(db, time, *(notice(chat, "ক", time(), REMINDER) for chat in range(1, 9)))
    await asyncio.sleep(0.3)
    await put(db, time, notice(99, "খ", time()))
    if kept_free:
        await eventually(lambda: sent == ["tg:99"])
    else:
        await asyncio.sleep(0.5)
        assert sent == []
    stuck.set()
    await eventually(lambda: len(sent) == 9)
    await ended(running)


async def test_two_senders_send_each_notice_once(db: Database, time: Time, telegram: Telegram, api: BotApi) -> None:
    start(api, *range(1, 21))
    await put(db, time, *(notice(chat, f"{n}", time()) for n in range(2) for chat in range(1, 21)))
    senders = [Sender(db, {"tg": telegram.deliver}, time, sleep=time.sleep) for _ in range(2)]
    for _ in range(5):
        await asyncio.gather(*(sender.drain() for sender in senders))
    assert all(on_screen(api, chat) == ["0", "1"] for chat in range(1, 21))


async def test_a_channel_without_prefix_is_served_too(db: Database, time: Time) -> None:
    sent: list[str] = []

    async def deliver(letter: Letter) -> Outcome:
        sent.append(letter.plain)
        return Away("?") if len(sent) == 1 else Rejected("?")

    sender = Sender(db, {"": deliver}, time)
    await put(db, time, Notice("p1", "test", {"text": "choice.yes"}, time(), DIGEST))
    await settle(sender, db, time)
    assert sent == ["হ্যাঁ", "হ্যাঁ"]


async def test_a_dead_letter_says_why(api: BotApi, sender: Sender, db: Database, time: Time) -> None:
    start(api, 1)
    api.fault(in_turn([BLOCKED]))
    await put(db, time, notice(1, "ক", time()))
    await settle(sender, db, time)
    [(_, chat, reason)] = await db.read(
        lambda s: [tuple(row) for row in s.execute(select(Outbox.id, Outbox.chat, Outbox.reason))]
    )
    assert chat == "tg:1" and "blocked" in str(reason)


async def test_a_clock_that_is_set_back_while_telegram_is_away_does_not_silence_it(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1, 2)
    api.refuse()
    await put(db, time, notice(1, "ক", time()))
    await sender.drain()
    time.forward(-3600)
    api.accept()
    await put(db, time, notice(2, "খ", time()))
    await sender.drain()
    assert on_screen(api, 2) == ["খ"]


PUT_WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("an argument", {"text": "day.no_token", "args": {}}, "words"),
    ("a text", {"text": "no.such.text"}, "words"),
    ("a value", {"text": "day.no_token", "args": {"token": {"unknown": 1}}}, "words"),
    ("a button", {"text": "choice.yes", "choices": [{"id": "x", "label": {"t": "no.such.text"}}], "step": 1}, "words"),
    ("a button too long", {"text": "choice.yes", "choices": [{"id": "x" * 70, "label": "ক"}], "step": 1}, "other"),
    ("a paper", {"text": "choice.yes", "documents": [{"kind": "summary"}]}, "document"),
    ("nothing at all", {}, "words"),
]


@pytest.mark.parametrize(("what", "payload", "word"), PUT_WRONG, ids=[what for what, *_ in PUT_WRONG])
async def test_a_notice_that_is_wrong_is_a_dead_letter_with_its_reason_and_the_others_go_on(
    sender: Sender, api: BotApi, db: Database, time: Time, what: str, payload: dict[str, Any], word: str
) -> None:
    start(api, 1, 2)
    before = failed(word)
    await put(
        db, time, Notice("tg:1", "test", payload, time(), REMINDER, must_arrive=True),
        notice(1, "পরেরটা", time(), REMINDER), notice(2, "অন্য জন", time(), REMINDER),
    )  # fmt: skip
    await settle(sender, db, time)
    assert await states(db) == {"dead": 1, "sent": 2}
    [letter] = await db.read(dead_letters.dead_letters)
    assert why(letter.reason) == word and "গোপন" not in letter.reason
    assert failed(word) == before + 1
    assert [labels for message in api.person(1).messages for labels in message.labels if labels != "ক"] == ["পরেরটা"]
    assert on_screen(api, 2) == ["অন্য জন"]


def failed(word: str) -> float:
    return REGISTRY.get_sample_value("ingit_failed_total", {"kind": "test", "reason": word}) or 0.0


async def test_a_notice_whose_booking_or_person_is_gone_is_called_off_and_the_others_go_on(
    db: Database, time: Time, telegram: Telegram, api: BotApi
) -> None:
    sender = Sender(db, {"tg": telegram.deliver}, time, hooks=HOOKS, sleep=time.sleep)
    start(api, 1, 2)
    gone = notice(1, "কাল আসবেন", time(), REMINDER, about="booking:gone")
    nobody = notice(77, "যিনি নেই", time(), REMINDER)
    await put(db, time, gone, nobody, notice(2, "অন্য জন", time(), REMINDER))
    await settle(sender, db, time)
    assert on_screen(api, 1) == []
    assert await states(db) == {"called_off": 1, "dead": 1, "sent": 1}
    [letter] = await db.read(dead_letters.dead_letters)
    assert (letter.chat, why(letter.reason)) == ("tg:77", "unreachable")


async def test_a_summary_whose_paper_fails_still_says_its_words(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1)
    await put(db, time, Notice("tg:1", "summary", {"text": "choice.yes", "documents": [{"kind": "summary"}]}, time()))
    await settle(sender, db, time)
    assert [message.text for message in api.person(1).messages] == ["হ্যাঁ"]
    [letter] = await db.read(dead_letters.dead_letters)
    assert letter.reason == "documents not made: summary: RuntimeError"


async def test_a_document_is_sent_by_its_id_after_the_first_time(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1, 2)
    payload = {"text": "choice.yes", "documents": [{"kind": "ics"}]}
    for chat in (1, 2):
        await put(db, time, Notice(f"tg:{chat}", "test", payload, time()))
        await sender.drain()
    first, second = api.came("sendDocument")
    assert "document" in first.files and not second.files
    assert second.params["document"], "the id that Telegram gave it"
    papers = [[message.document for message in api.person(chat).messages if message.document] for chat in (1, 2)]
    assert papers[0] == papers[1] != []


async def test_a_long_text_arrives_in_parts_in_order_each_a_whole_sentence(
    sender: Sender, api: BotApi, db: Database, time: Time
) -> None:
    start(api, 1)
    sentence = "জ্বর থাকলে বেশি করে জল খান।"
    args = {"lines": {"list": [sentence] * 400, "join": "lines"}}
    await put(db, time, Notice("tg:1", "test", {"text": "ask.sitting", "args": args}, time()))
    await settle(sender, db, time)
    parts = [message.text for message in api.person(1).messages]
    assert len(parts) > 1
    assert all(part.endswith("।") for part in parts[:-1])
    assert sum(part.count(sentence) for part in parts) == 400
