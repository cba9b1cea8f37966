"""The clock: a few interval jobs without state. Everything that is due stands in the database; a tick only looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import metrics

log = structlog.get_logger(__name__)

WATCH_SECONDS = 5.0
JUMP_SECONDS = 2.0
"""The time of day and the time that passes come apart by so much only when the clock is set, or the host slept."""


@dataclass(frozen=True)
class Tick:
    """One job: what it does, and every how many seconds."""

    name: str
    seconds: float
    does: Callable[[], Awaitable[None]]


@dataclass
class Pulse:
    """When each tick last came to its end without error, in seconds of a clock that is never set."""

    last: dict[str, float] = field(default_factory=dict)

    def still(self, ticks: Sequence[Tick], now: float, started: float) -> list[str]:
        """Names of the ticks that have not come to their end for five of their intervals, and at least a minute."""
        return [tick.name for tick in ticks if now - self.last.get(tick.name, started) > _patience(tick)]


class Clock:
    """Ticks while it runs.

    `wall`: the host's time of day in seconds since 1970, which may be set; `steady`: seconds that only pass.
    """

    def __init__(
        self,
        ticks: Sequence[Tick],
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        watch: float = WATCH_SECONDS,
    ) -> None:
        self._ticks = ticks
        self._wall = wall
        self._steady = steady
        self._watch = watch
        self._pulse = Pulse()
        self._started = steady()
        self._apart = wall() - steady()
        self._told: set[str] = set()
        self._watching: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_listener(_behind, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for tick in ticks:
            self._add(tick)

    def start(self) -> None:
        """Ticks from now on, in the running event loop."""
        self._started = self._steady()
        self._scheduler.start()
        self._watching = asyncio.create_task(self._keep_watch())

    def stop(self) -> None:
        """No more ticks."""
        if self._watching:
            self._watching.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def still(self) -> list[str]:
        """Names of ticks that have stopped coming: the watchdog's question; empty when all is well."""
        return self._pulse.still(self._ticks, self._steady(), self._started)

    def _add(self, tick: Tick) -> None:
        # coalesce: after a stall one look at what is due is enough, not one for each that was missed.
        # misfire_grace_time None: however late, a tick is done; the default of one second drops it in silence.
        # max_instances 1: a slow tick is not overtaken by its next.
        self._scheduler.add_job(
            self._do,
            "interval",
            args=[tick],
            id=tick.name,
            seconds=tick.seconds,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )

    async def _do(self, tick: Tick) -> None:
        try:
            await tick.does()
        except Exception:
            log.exception("tick_failed", tick=tick.name)
        else:
            self._pulse.last[tick.name] = self._steady()
            metrics.TICK_LAST.labels(tick.name).set(self._wall())

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch)
            self._look_at_the_wall()
            self._tell_what_is_still()

    def _look_at_the_wall(self) -> None:
        """APScheduler goes by the time of day: set back by an hour, it would not tick for an hour."""
        apart = self._wall() - self._steady()
        by, self._apart = apart - self._apart, apart
        if abs(by) < JUMP_SECONDS:
            return
        metrics.CLOCK_JUMPS.inc()
        log.warning("clock_was_set", by_seconds=round(by))
        for tick in self._ticks:
            self._scheduler.modify_job(tick.name, next_run_time=datetime.now(UTC))

    def _tell_what_is_still(self) -> None:
        """Each once, until it comes again; the gauge says it at any time."""
        still = set(self.still())
        for tick in self._ticks:
            metrics.TICK_STILL.labels(tick.name).set(tick.name in still)
        for name in sorted(still - self._told):
            log.error("tick_still", tick=name)
        for name in sorted(self._told - still):
            log.info("tick_again", tick=name)
        self._told = still


def _patience(tick: Tick) -> float:
    return max(60.0, 5 * tick.seconds)


def _behind(event: JobExecutionEvent) -> None:
    log.warning("tick_behind", tick=event.job_id)
