"""Rasa as a child process: started, watched, started again with back-off, and never left behind.

The child is one process (nlu/rasa/serve.py) in a group of its own. Its standard input is a pipe that we hold: when we
end, however that happens, the kernel closes it and the child ends itself.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from pathlib import Path
from typing import Literal

import httpx
import structlog

State = Literal["stopped", "missing", "starting", "up", "down"]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
STEADY_S = 120.0
"""A child that lived so long begins again with the shortest pause."""
LARGEST_LOG = 5_000_000

FRUGAL = {
    "RASA_TELEMETRY_ENABLED": "false",  # health data never phones home
    "LOG_LEVEL": "WARNING",  # nothing that a person wrote
    "PYTHONWARNINGS": "ignore",
    "SANIC_WORKERS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "MALLOC_ARENA_MAX": "2",
}

log = structlog.get_logger(__name__)


class RasaChild:
    """The Rasa server of `project` (the folder nlu/rasa), at `url` once it is up. `port` 0 is any that is free."""

    def __init__(self, project: Path, port: int = 0, output: Path = Path("var/rasa.log")) -> None:
        self._project = project.resolve()
        self._port = port
        self._output = output
        self._watch: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._up = asyncio.Event()
        self.url = ""
        self.state: State = "stopped"

    @property
    def problem(self) -> str | None:
        """What to do where Rasa cannot be started, in one sentence; None where it can."""
        if not (self._project / ".venv/bin/python").exists():
            return "Rasa is not installed, so only the words that we know are read: run `make setup`."
        if not (self._project / "models/ingit-nlu.tar.gz").exists():
            return "The Rasa model is not trained, so only the words that we know are read: run `make setup`."
        return None

    @property
    def pid(self) -> int | None:
        """The process id of the running child."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def start(self) -> None:
        """Begin; returns at once, while Rasa loads (half a minute). Without an installed, trained Rasa: says so."""
        if self.problem is not None:
            self.state = "missing"
            log.warning("rasa_missing", todo=self.problem)
        elif self._watch is None:
            self._choose_port()
            self._watch = asyncio.create_task(self._keep_running(), name="rasa child")

    async def ready(self, timeout_s: float = 180.0) -> bool:
        """Wait until it answers; whether it did in time. At once False where it cannot be started."""
        if self._watch is None:
            return False
        try:
            async with asyncio.timeout(timeout_s):
                await self._up.wait()
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """End the child and its whole group."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        self._up.clear()
        self.state = "stopped"

    async def _keep_running(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            await self._live_once()
            pause = FIRST_PAUSE_S if time.monotonic() - began > STEADY_S else pause
            wait = pause * random.uniform(0.5, 1.5)
            log.warning("rasa_died", again_in_s=round(wait, 1))
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _live_once(self) -> None:
        """From start to death of one child."""
        process = None
        try:
            self._process = process = await self._spawn()
            health = asyncio.create_task(self._wait_for_health())
            await process.wait()
        except OSError as error:
            log.error("rasa_not_started", why=type(error).__name__)
        finally:
            if process is not None:
                health.cancel()
                await _end_group(process)
            self._up.clear()
            self.state = "down"

    async def _spawn(self) -> asyncio.subprocess.Process:
        self._choose_port()
        self._output.parent.mkdir(parents=True, exist_ok=True)
        with self._output.open("ab") as output:
            if output.tell() > LARGEST_LOG:
                output.truncate(0)
            return await asyncio.create_subprocess_exec(
                str(self._project / ".venv/bin/python"), str(self._project / "serve.py"), str(self._port),
                cwd=self._project, env={**_own_environment(), **FRUGAL}, start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=output, stderr=output,
            )  # fmt: skip

    def _choose_port(self) -> None:
        """The port of before while nobody else took it, so that the address stays."""
        self._port = free_port(self._port)
        self.url = f"http://127.0.0.1:{self._port}"
        self.state = "starting"

    async def _wait_for_health(self) -> None:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as http:
            while not await _healthy(http, self.url):  # noqa: ASYNC110 - another process, no event of ours
                await asyncio.sleep(0.25)
        self.state = "up"
        self._up.set()
        log.info("rasa_up", url=self.url)


def free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else any free port of the loopback."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback")


def _own_environment() -> dict[str, str]:
    """Ours, without what belongs to our interpreter or is secret: the child needs no token and no key."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
    return {name: value for name in kept if (value := os.environ.get(name)) is not None}


async def _healthy(http: httpx.AsyncClient, url: str) -> bool:
    """Whether the server is up with its model loaded."""
    try:
        return (await http.get(f"{url}/status")).status_code == 200
    except httpx.HTTPError:
        return False


async def _end_group(process: asyncio.subprocess.Process) -> None:
    """Kill the child's whole group. Rasa keeps nothing that a gentle end would save."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    await process.wait()
