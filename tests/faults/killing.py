"""Processes that converse and are killed in the middle: `python -m tests.faults.killing URL KEYS KILLS [PROCESSES]`.

Each round, PROCESSES workers (forks of this one, so that they start at once) take what is left over and go on with
their chats through the real turn: inbox, booking, outbox. Each kills itself with SIGKILL at a statement or commit drawn
by lot: before it, or right after. Then what must hold is checked. Prints the figures as JSON; exits 1 if any is wrong.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from bot import handle
from bot.app import check_data
from bot.incoming import Incoming
from bot.parts import Now, Parts, assemble
from nlu.places import place_keys
from storage import conversations, inbox
from storage.demo.load import load_demo
from storage.inbox import Received
from storage.prepared import Prepared
from storage.sealed import Keyring
from storage.session import Database
from storage.tables import Booking, Conversation, Inbox, Outbox, Window
from tests.storage.invariants import broken

MONDAY = datetime.fromisoformat("2026-11-23T08:00+05:30")
CHANNEL = "lines"
CHATS = 3
"""Chats of one worker."""
EARLY = "KILLING_EARLY" in os.environ
"""The control: messages are acknowledged before they are committed."""
LIVES = (8, 12) if EARLY else (1, 400)
"""For how many statements and commits a worker lives, at least and at most. The first message comes in at the ninth."""
TEXTS = ["amar 10 din dhore chulkani", "amar token", "token batil koro", "somoy bodlabo", "hi", "back", "কাশি"]
ANSWERS: dict[str, dict[str, Any]] = {
    "place": {"text": "memari"}, "name": {"text": "Rahim Sekh"}, "age": {"text": "30"},
    "danger_signs": {"press": ("none",)}, "after_self_care": {"press": ("doctor",)}, "confirm": {"press": ("yes",)},
}  # fmt: skip
_turn = threading.local()


def at_boundary(n: int) -> None:
    """Have this process killed at its n-th statement or commit, just before or just after it."""
    count = itertools.count(1)

    def killed(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            if next(count) >= n:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*args, **kwargs)
            if next(count) >= n:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return step

    Prepared._execute = killed(Prepared._execute)  # type: ignore[method-assign]
    Connection._commit_impl = killed(Connection._commit_impl)  # type: ignore[method-assign]


def signed() -> None:
    """Every answer carries the message it answers and the turn that gave it, so that two of one message are seen."""
    real_turn, real_notice = handle.turn, handle.notice

    def turn(*args: Any, **kwargs: Any) -> None:
        _turn.name = os.urandom(8).hex()
        real_turn(*args, **kwargs)

    def notice(incoming: Incoming, payload: dict[str, Any], now: datetime) -> Any:
        return real_notice(incoming, payload | {"answers": incoming.key, "turn": _turn.name}, now)

    handle.turn, handle.notice = turn, notice


def what_next(state: dict[str, Any], lot: random.Random) -> dict[str, Any]:
    """What somebody who mostly wants a booking says next."""
    offered = state.get("offered")
    if not offered or lot.random() < 0.08:
        return {"text": lot.choice(TEXTS)}
    asks, choices = offered["ask"], [choice["id"] for choice in offered.get("choices", ())]
    if choices and lot.random() < 0.15:
        return {"press": (lot.choice(choices),)}
    if answer := ANSWERS.get(asks["question"]):
        return answer
    if asks["kind"] == "yes_no":
        return {"press": ("no",)}
    return {"press": (choices[0],)} if choices else {"text": "30"}


async def converse(parts: Parts, name: str, acknowledged: int, lot: random.Random, most: int) -> None:
    """Takes what was left over, then goes on with its chats; each message is noted once its commit has returned."""
    db, now = parts.db, parts.now
    await parts.handler.left_over()
    await parts.handler.idle()
    for number in range(most):
        chat = f"{CHANNEL}:{name} {number % CHATS}"
        standing = await db.read(conversations.look, chat)
        said = what_next(standing.state if standing else {}, lot)
        key = f"{chat} {os.getpid()} {number} {lot.random()}"
        message = Incoming(chat, key, "press" if "press" in said else "text", now(), **said)
        if EARLY:
            os.write(acknowledged, f"{key}\n".encode())
        row = await db.run(inbox.receive, CHANNEL, key, chat, message.to_json(), now())
        if not EARLY:
            os.write(acknowledged, f"{key}\n".encode())
        parts.handler.take([Received(row, CHANNEL, key, chat, message.to_json(), now())])
        if number % 2:
            await parts.handler.idle()
        if number % 7 == 6:
            await parts.places()
    await parts.handler.idle()


def in_a_fork(work: Callable[[], None]) -> int:
    """The process id of a fork that does this and ends."""
    if pid := os.fork():
        return pid
    try:
        work()
        os._exit(0)
    except BaseException as error:
        print(f"worker: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)


class Trial:
    """One database, its workers, and what they were seen to acknowledge."""

    def __init__(self, url: str, keys: str, processes: int) -> None:
        self.url, self.ring, self.processes = url, Keyring(keys), processes
        self.notes = Path(mkdtemp()) / "acknowledged"
        self.lot = random.Random(0)
        self.figures: Counter[str] = Counter()
        self.wrong: list[str] = []

    def furnish(self) -> None:
        """The demonstration, with so few places that people meet."""
        db = Database(self.url, self.ring)
        db.call(load_demo, MONDAY, place_keys)
        db.call(lambda s: s.execute(update(Window).values(capacity=1, reserved=0)) and None)
        db.close()

    def round(self, number: int) -> None:
        """Kill, and look."""
        now = MONDAY + timedelta(minutes=3 * number)
        lives = [self._start(worker, number, now) for worker in range(self.processes)]
        for pid in lives:
            _, status = os.waitpid(pid, 0)
            self.figures["killed"] += os.WIFSIGNALED(status)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status):
                self.wrong.append("a worker failed")
        db = Database(self.url, self.ring)
        self.wrong += [f"round {number}, right after: {rule}" for rule in db.call(broken)]
        db.close()

    def last(self) -> None:
        """A restart that nobody kills, then the whole account."""
        now = MONDAY + timedelta(days=1)
        os.waitpid(in_a_fork(lambda: self._live("restart", 0, now, most=0)), 0)
        db = Database(self.url, self.ring)
        self.wrong += db.call(broken) + db.call(self._unanswered)
        db.close()

    def _start(self, worker: int, number: int, now: datetime) -> int:
        boundary, seed = self.lot.randint(*LIVES), self.lot.random()

        def live() -> None:
            at_boundary(boundary)
            self._live(f"w{worker}", seed, now, most=60)

        return in_a_fork(live)

    def _live(self, name: str, seed: float, now: datetime, most: int) -> None:
        signed()
        db = Database(self.url, self.ring, threads=4)
        notes = os.open(self.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        asyncio.run(converse(assemble(db, Now(now), None, {}), name, notes, random.Random(seed), most))
        db.close()

    def _unanswered(self, s: Connection) -> list[str]:
        """What is wrong of: every acknowledged message is there, dealt with, and answered by one turn."""
        wrong = []
        there = {row.key: row for row in s.execute(select(Inbox))}
        acknowledged = set(self.notes.read_text().splitlines())
        turns: dict[str, set[str]] = {}
        for row in s.execute(select(Outbox.chat, Outbox.key, Outbox.payload).where(Outbox.kind == "reply")):
            payload = self.ring.open(row.payload, f"outbox/payload/{row.chat}/{row.key}")
            turns.setdefault(payload.get("answers", "nothing"), set()).add(payload.get("turn", ""))
        wrong += [f"lost: {key}" for key in acknowledged - there.keys()]
        wrong += [f"not dealt with: {key}" for key, row in there.items() if row.done_at is None]
        wrong += [f"failed: {key}: {row.reason}" for key, row in there.items() if row.failed_at]
        answers = {key: len(turns.get(key, ())) for key in there}
        wrong += [f"answered by {many} turns: {key}" for key, many in answers.items() if many != 1]
        steps = {row.chat: row.version for row in s.execute(select(Conversation.chat, Conversation.version))}
        messages = Counter(row.chat for row in there.values())
        saved = {chat: (steps.get(chat), many) for chat, many in messages.items()}
        wrong += [f"{chat}: {once} turns saved of {many}" for chat, (once, many) in saved.items() if once != many]
        self.figures["acknowledged"] = len(acknowledged)
        self.figures["in the inbox"] = len(there)
        for (status,) in s.execute(select(Booking.status)):
            self.figures[f"bookings {status}"] += 1
        return wrong


def main(url: str, keys: str, kills: int, processes: int = 1) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    check_data()
    trial = Trial(url, keys, processes)
    trial.furnish()
    for number in itertools.count():
        if trial.figures["killed"] >= kills or trial.wrong:
            break
        trial.round(number)
        trial.figures["rounds"] = number + 1
    trial.last()
    print(json.dumps(trial.figures | {"wrong": trial.wrong}, ensure_ascii=False))
    return 1 if trial.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *map(int, sys.argv[4:])))
