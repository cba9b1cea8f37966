"""Lines of standard input for an event loop that can end while nothing is typed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator

STDIN = 0


async def typed_lines() -> AsyncIterator[str]:
    """The lines of standard input as they come, whatever bytes they hold.

    A thread that ends with the process reads them: one of the loop's own would have to be waited for at Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_on(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        rest = b""
        while piece := os.read(STDIN, 65536):  # sys.stdin has a lock that a thread still reading would hold at the end
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                hand_on(line.decode("utf-8", "replace"))
        if rest:
            hand_on(rest.decode("utf-8", "replace"))
        hand_on(None)

    threading.Thread(target=read, name="keyboard", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
