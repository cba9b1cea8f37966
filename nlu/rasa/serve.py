"""Serves the trained model on loopback, in one process that never outlives the one that started it.

    .venv/bin/python serve.py PORT [what `rasa run` takes, in place of our model]

Its standard input is a pipe that the parent holds open and never writes to. Whatever ends the parent, kill -9 included,
the kernel closes the pipe and this process ends; unlike PR_SET_PDEATHSIG that holds on every system, for every thread.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL = HERE / "models" / "ingit-nlu.tar.gz"


def end_with_parent() -> None:
    """Wait for the end of standard input, then end at once."""
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    """Run Rasa's own server with its own command line."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    os.chdir(HERE)
    sys.path.insert(0, str(HERE))
    port, *others = sys.argv[1:]
    sys.argv = ["rasa", "run", "--enable-api", "--interface", "127.0.0.1", "-p", port, *(others or ["-m", str(MODEL)])]
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
