"""The real process, `ingit run`, on Telegram's stand-in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT
from tests.botapi.server import TOKEN
from tests.driving import KEYS

NOBODY = "http://127.0.0.1:9"
"""Where no Rasa listens: the lexicon reads alone."""


class Process:
    """One `ingit run`, started and stopped at will, its database kept."""

    def __init__(self, api_url: str, database: Path, folder: Path, nlu: str = NOBODY, webhook_secret: str = "") -> None:
        port = free_port()
        self._environment = os.environ | {
            "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": api_url, "DATABASE_URL": f"sqlite:///{database}",
            "INGIT_KEYS": KEYS, "NLU_URL": nlu, "PORT": str(port), "INGIT_VAR": str(folder),
            "CHAT_BURST": "1000",
        }  # fmt: skip
        if webhook_secret:
            self._environment |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "WEBHOOK_SECRET": webhook_secret}
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], env=self._environment, cwd=ROOT, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Kill it at whatever instruction it is."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def interrupt(self) -> int:
        """Ctrl-C; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=30)

    def end(self) -> None:
        """End it if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    @property
    def log(self) -> str:
        """Everything it printed."""
        return self._log.read_text("utf-8") if self._log.exists() else ""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
