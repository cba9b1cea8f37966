"""The clock: a few interval jobs without state. Everything that is due stands in the database; a tick only looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tick:
    """One job: what it does, and every how many seconds."""

    name: str
    seconds: float
    does: Callable[[], Awaitable[None]]


@dataclass
class Pulse:
    """When each tick last came to its end without error."""

    last: dict[str, datetime] = field(default_factory=dict)

    def still(self, ticks: Sequence[Tick], now: datetime, started: datetime) -> list[str]:
        """Names of the ticks that have not come to their end for five of their intervals, and at least a minute."""
        return [tick.name for tick in ticks if now - self.last.get(tick.name, started) > _patience(tick)]


class Clock:
    """Ticks while it runs."""

    def __init__(self, ticks: Sequence[Tick], now: Callable[[], datetime]) -> None:
        self._ticks = ticks
        self._now = now
        self._pulse = Pulse()
        self._started = now()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_listener(_behind, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for tick in ticks:
            self._add(tick)

    def start(self) -> None:
        """Ticks from now on, in the running event loop."""
        self._started = self._now()
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def still(self) -> list[str]:
        """Names of ticks that have stopped coming: the watchdog's question; empty when all is well."""
        return self._pulse.still(self._ticks, self._now(), self._started)

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
            self._pulse.last[tick.name] = self._now()


def _patience(tick: Tick) -> timedelta:
    return timedelta(seconds=max(60.0, 5 * tick.seconds))


def _behind(event: JobExecutionEvent) -> None:
    log.warning("tick_behind", tick=event.job_id)
