"""A trial of telling people: notices, a Bot API server with faults mixed in, senders that are killed; and the account.

The account is drawn from the server's record of what came when, and from the outbox as it stands in the end.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.settings import ROOT
from flows.reminders import QUIET_FROM, ZONE
from storage import outbox
from storage.outbox import REMINDER, REPLY, Notice
from storage.sealed import Keyring, new_key
from storage.session import Database
from storage.tables import Account, Outbox
from tests.botapi import faults
from tests.botapi.faults import Fault
from tests.botapi.server import BotApi
from tests.faults.sending import RULES, Told

UNANSWERED = ("silent", "hang", "cut")
MIX = (
    (0.003, faults.flood(1)), (0.015, faults.BROKEN), (0.015, faults.DROP), (0.015, faults.SILENT), (0.015, faults.CUT),
    (0.005, faults.HANG), (0.02, faults.slow(0.3)),
)  # fmt: skip
"""Share of the requests that meet a fault, and which."""
DAY = 0.6
"""Share of a trial that lies before the quiet hours begin."""


@dataclass(frozen=True)
class Said:
    """One notice of the trial: its number is the label of its button, by which the server's record knows it."""

    number: int
    chats: int
    began: datetime
    lasts: float  # seconds in which the notices fall due
    night: datetime  # when the quiet hours begin

    @property
    def chat(self) -> int:
        return 1 + self.number % self.chats

    @property
    def blocked(self) -> bool:
        return self.chat % 40 == 3

    @property
    def refused(self) -> bool:
        """Telegram does not take it, whenever."""
        return self.number % 50 == 7

    @property
    def priority(self) -> int:
        return REPLY if self.number % 2 == 0 else REMINDER

    @property
    def due(self) -> datetime:
        return self.began + timedelta(seconds=self.lasts * (self.number // self.chats * self.chats) / 4 / self.chats)

    @property
    def expires_at(self) -> datetime | None:
        return self.due + timedelta(seconds=1 + self.number % 5) if self.number % 20 == 11 else None

    @property
    def by_day(self) -> bool:
        """It disturbs nobody in the quiet hours."""
        return self.number % 6 == 5

    @property
    def must_arrive(self) -> bool:
        return self.number % 10 != 9

    def notice(self) -> Notice:
        """As it stands in the outbox."""
        offered = [{"id": "a", "label": f"n{self.number}"}]
        payload = {"text": "choice.yes", "args": {}, "choices": offered, "step": 1}
        must, expires = self.must_arrive, self.expires_at
        kind = "medicine_ends" if self.by_day else "trial"
        return Notice(f"tg:{self.chat}", kind, payload, self.due, self.priority, expires, must_arrive=must,
                      key=f"trial:{self.number}")  # fmt: skip


@dataclass
class Record:
    """What came to the server: when, which notice, and whether it was shown. Faults by lot are played here."""

    said: dict[int, Said]
    ahead: float  # of the trial's time, in seconds
    lot: random.Random = field(default_factory=lambda: random.Random(1))
    came: list[tuple[float, int]] = field(default_factory=list)
    unanswered: Counter[int] = field(default_factory=Counter)
    played: Counter[str] = field(default_factory=Counter)

    def choose(self, method: str, params: dict[str, Any]) -> Fault | None:
        """Note a request, and say which fault it meets."""
        number = number_of(params)
        self.came.append((time.time() + self.ahead, number))
        fault = faults.BAD_REQUEST if self.said[number].refused else self._by_lot()
        if fault is not None:
            self.played[f"{fault.kind} {fault.code or ''}".strip()] += 1
            self.unanswered[number] += fault.kind in UNANSWERED
        return fault

    def _by_lot(self) -> Fault | None:
        drawn = self.lot.random()
        for share, fault in MIX:
            if drawn < share:
                return fault
            drawn -= share
        return None

    def busiest(self, seconds: float = 1.0) -> int:
        """The most requests in any span of so many seconds of the server's clock."""
        times = sorted(at for at, _ in self.came)
        last, most = 0, 0
        for first, at in enumerate(times):
            while last < len(times) and times[last] < at + seconds:
                last += 1
            most = max(most, last - first)
        return most


def number_of(params: dict[str, Any]) -> int:
    """Which notice this request is of."""
    return int(params["reply_markup"]["inline_keyboard"][0][0]["text"][1:])


@dataclass
class Trial:
    """`notices` told by `processes` senders over the database at `url`, at most `rate` a second."""

    url: str
    notices: int
    processes: int
    rate: int
    every: float = 1.0
    within: float = 120.0
    unlimited: bool = False  # the control: the senders know no limit
    keys: str = field(default_factory=lambda: new_key("k1"))
    refusals: int = 0
    figures: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.said = self._said()
        self.ahead = (self.said[0].began - datetime.now(UTC)).total_seconds() - 1
        self.record = Record(self.said, self.ahead)

    def run(self) -> list[str]:
        """Everything; what is wrong in the end."""
        db = Database(self.url, Keyring(self.keys))
        with BotApi() as api:
            for one in self.said.values():
                api.person(one.chat).started = True
                api.person(one.chat).blocks = one.blocked
            db.call(self._furnish)
            api.fault(self.record.choose)
            began = time.monotonic()
            with self._senders(api) as nursery:
                self._until_told(api, db, nursery)
            self.figures["seconds"] = round(time.monotonic() - began, 1)
            calls = (call for call in api.calls if call.method == "sendMessage" and call.performed)
            wrong = Reckoning(self, [number_of(call.params) for call in calls], db.call(_closed)).wrong()
            wrong += [f"a request Telegram would not take: {one}" for one in api.violations[:3]]
        db.close()
        return wrong

    def _said(self) -> dict[int, Said]:
        chats = self.notices // 4 | 1
        lasts = 0.0 if self.unlimited else 0.8 * self.notices / self.rate
        began = datetime.combine(datetime.now(ZONE), QUIET_FROM, ZONE) - timedelta(seconds=DAY * lasts)
        night = began + timedelta(seconds=DAY * lasts)
        return {number: Said(number, chats, began, lasts, night) for number in range(self.notices)}

    def _furnish(self, s: Connection) -> None:
        now = self.said[0].began - timedelta(seconds=1)
        chats = {one.chat for one in self.said.values()}
        s.execute(insert(Account), [
            {"chat": f"tg:{chat}", "lang": "bn", "reachable": True, "created_at": now}
            for chat in chats
        ])  # fmt: skip
        outbox.put(s, [one.notice() for one in self.said.values()], now)

    @contextmanager
    def _senders(self, api: BotApi) -> Iterator[subprocess.Popen[str]]:
        rate = 100_000 if self.unlimited else self.rate
        told = Told(self.url, self.keys, api.url, self.processes, rate, self.every, self.ahead)
        command = [sys.executable, "-m", "tests.faults.sending", json.dumps(asdict(told))]
        pipe = subprocess.PIPE
        nursery = subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stdin=pipe, stdout=pipe, text=True)
        try:
            yield nursery
        finally:
            out = nursery.communicate("")[0]
        self.figures |= json.loads(out)

    def _until_told(self, api: BotApi, db: Database, nursery: subprocess.Popen[str]) -> None:
        """Until nothing waits; now and then the server takes no connections."""
        ends, refuse_at = time.monotonic() + self.within, time.monotonic() + 4
        while (due := db.call(outbox.next_due)) and due < self.said[0].night + timedelta(hours=1):
            assert nursery.poll() is None, f"what starts and kills the senders ended with {nursery.returncode}"
            if time.monotonic() > ends:
                return
            if time.monotonic() > refuse_at:
                api.refuse()
                time.sleep(0.5)
                api.accept()
                self.refusals += 1
                refuse_at = time.monotonic() + 20
            time.sleep(0.3)


@dataclass(frozen=True)
class Closed:
    """How a notice ended."""

    id: int
    state: str
    reason: str | None
    due: datetime


def _closed(s: Connection) -> tuple[dict[int, Closed], set[int]]:
    rows = s.execute(select(Outbox.key, Outbox.id, Outbox.state, Outbox.reason, Outbox.due))
    closed = {int(row.key.split(":")[1]): Closed(row.id, row.state, row.reason, row.due) for row in rows}
    away = s.scalars(select(Account.chat).where(Account.reachable.is_(False)))
    return closed, {int(chat.split(":")[1]) for chat in away}


class Reckoning:
    """The account of a trial."""

    def __init__(self, trial: Trial, shown: list[int], ended: tuple[dict[int, Closed], set[int]]) -> None:
        self.trial, self.said, self.record, self.shown = trial, trial.said, trial.record, shown
        self.closed, self.unreachable = ended
        self.times = Counter(self.shown)

    def wrong(self) -> list[str]:
        """All that must not be; the figures are in the trial."""
        rules = {
            "lost": self._lost(), "out of order": self._out_of_order(), "too early": self._early(),
            "after its expiry": self._late(), "in the quiet hours": self._at_night(),
            "refused, and no dead letter with its reason": self._no_dead_letter(),
            "blocked, and not marked unreachable": self._not_marked(), "still waiting": self._waiting(),
        }  # fmt: skip
        repeated = sum(max(0, times - 1 - self.record.unanswered[number]) for number, times in self.times.items())
        crashes = self.trial.figures["kills"] + self.trial.refusals * self.trial.processes
        busiest = self.record.busiest()
        self.trial.figures |= {
            "notices": len(self.said), "shown": len(self.times), "requests": len(self.record.came),
            "said_twice_after_no_answer": sum(self.times.values()) - len(self.times) - repeated,
            "said_twice": repeated, "busiest_second": busiest, "refusals": self.trial.refusals,
            "states": dict(Counter(one.state for one in self.closed.values())), "faults": dict(self.record.played),
            "wrong": {name: len(found) for name, found in rules.items() if found},
        }  # fmt: skip
        wrong = [f"{name}: {[(n, self.closed[n]) for n in found[:5]]}" for name, found in rules.items() if found]
        if repeated > crashes * RULES.parallel:
            wrong.append(f"said twice: {repeated}, with {crashes} kills")
        if busiest > self.trial.rate:
            wrong.append(f"{busiest} requests in a second, the limit is {self.trial.rate}")
        if self.trial.figures["died"]:
            wrong.append(f"{self.trial.figures['died']} senders ended by themselves")
        return wrong

    def _lost(self) -> list[int]:
        return [number for number in self.said if not self.times[number] and not self._explained(self.said[number])]

    def _explained(self, one: Said) -> bool:
        """Why it was not shown is known, and is as it should be."""
        ended = self.closed[one.number]
        if one.refused or one.blocked or self._kept_till_morning(one):
            return True
        if one.expires_at:
            return ended.state == "expired" or (not one.must_arrive and ended.state == "dead")
        return not one.must_arrive and ended.state == "dead" and "may not have arrived" in (ended.reason or "")

    def _out_of_order(self) -> list[int]:
        """What was first shown before an older reply of its chat was."""
        first: dict[int, int] = {}
        for at, number in enumerate(self.shown):
            first.setdefault(number, at)
        by_chat: dict[int, list[int]] = defaultdict(list)
        for number in sorted(first):
            by_chat[self.said[number].chat].append(number)
        wrong = []
        for numbers in by_chat.values():
            latest = -1
            for number in numbers:
                if first[number] < latest:
                    wrong.append(number)
                elif self.said[number].priority == REPLY:
                    latest = first[number]
        return wrong

    def _early(self) -> list[int]:
        return [number for at, number in self.record.came if at < self.said[number].due.timestamp()]

    def _late(self) -> list[int]:
        came = ((at, number, self.said[number].expires_at) for at, number in self.record.came)
        return [number for at, number, expires in came if expires and at > expires.timestamp()]

    def _at_night(self) -> list[int]:
        came = ((at, self.said[number]) for at, number in self.record.came)
        return [one.number for at, one in came if one.by_day and at >= one.night.timestamp()]

    def _kept_till_morning(self, one: Said) -> bool:
        ended = self.closed[one.number]
        return one.by_day and ended.state == "waiting" and ended.due >= one.night + timedelta(hours=11)

    def _no_dead_letter(self) -> list[int]:
        said = (one for one in self.said.values() if one.refused and not one.blocked)
        refused = (one for one in said if not self._kept_till_morning(one))
        return [one.number for one in refused if not _refusal(self.closed[one.number])]

    def _not_marked(self) -> list[int]:
        return [one.number for one in self.said.values() if one.blocked and one.chat not in self.unreachable]

    def _waiting(self) -> list[int]:
        waiting = (self.said[number] for number, end in self.closed.items() if end.state == "waiting")
        return [one.number for one in waiting if not self._kept_till_morning(one)]


def _refusal(ended: Closed) -> bool:
    reason = ended.reason or ""
    told = "BadRequest" in reason or "may not have arrived" in reason
    return ended.state == "expired" or (ended.state == "dead" and told)
