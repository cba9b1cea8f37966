"""The supervised child: started again when it dies, and gone when its parent is."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import textwrap
from pathlib import Path

import pytest

from bot.rasa_child import RasaChild, free_port
from tests.rasa.conftest import PROJECT

# Up at once, and ours to kill; how it ends with its parent is the real serve.py's.
STANDS_IN = """
import http.server, importlib.util, sys, threading
spec = importlib.util.spec_from_file_location("real_serve", REAL)
serve = importlib.util.module_from_spec(spec)
spec.loader.exec_module(serve)
threading.Thread(target=serve.end_with_parent, daemon=True).start()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A project whose server is up at once."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / "models").mkdir()
    (tmp_path / "models/ingit-nlu.tar.gz").touch()
    (tmp_path / "serve.py").write_text(STANDS_IN.replace("REAL", repr(str(PROJECT / "serve.py"))))
    return tmp_path


def lives(pid: int) -> bool:
    """Whether this process runs (a zombie does not)."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def gone(pid: int, within_s: float) -> bool:
    for _ in range(int(within_s * 20)):
        if not lives(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_killed_it_is_started_again_at_the_same_address(quick: Path) -> None:
    child = RasaChild(quick, output=quick / "rasa.log")
    await child.start()
    assert await child.ready(20)
    first, url = child.pid, child.url
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert await gone(first, 5)
    await asyncio.sleep(0.2)
    assert child.state == "down"
    assert await child.ready(20)
    assert child.pid not in (None, first)
    assert (child.state, child.url) == ("up", url)
    await child.stop()


async def test_stopped_it_is_gone(quick: Path) -> None:
    child = RasaChild(quick, output=quick / "rasa.log")
    await child.start()
    assert await child.ready(20)
    pid = child.pid
    assert pid is not None
    await child.stop()
    assert not lives(pid)
    assert (child.state, child.pid) == ("stopped", None)


async def test_a_busy_port_is_left_alone() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


async def test_not_installed_it_says_what_to_do(tmp_path: Path) -> None:
    child = RasaChild(tmp_path)
    await child.start()
    assert child.state == "missing"
    assert child.problem is not None
    assert "make setup" in child.problem
    assert not await child.ready(5)
    await child.stop()


PARENT = """
import asyncio, sys
from pathlib import Path
from bot.rasa_child import RasaChild

async def main():
    child = RasaChild(Path(sys.argv[1]), output=Path(sys.argv[2]))
    await child.start()
    while child.pid is None:
        await asyncio.sleep(0.05)
    print(child.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_the_real_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Killed while Rasa is still loading, the hardest moment to notice anything."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(PARENT), str(PROJECT), str(tmp_path / "rasa.log"),
        cwd=PROJECT.parents[1], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout is not None
    pid = int(await asyncio.wait_for(parent.stdout.readline(), 20))
    await asyncio.sleep(3)
    assert lives(pid), "the control: with its parent it lives"
    parent.kill()
    await parent.wait()
    assert await gone(pid, 20)
