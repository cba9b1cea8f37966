"""A Bot API server that answers everything at once: `python -m bot.bench_notices.answering`. Prints its port.

Its record is its own: at GET /record, when each message came by its clock, and the first button's label.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any
from urllib.parse import parse_qs

MESSAGE = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "-"}
DONE = json.dumps({"ok": True, "result": MESSAGE}).encode()
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")

came: list[tuple[float, str]] = []


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, kept open."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return writer.close()
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        if head.startswith(b"GET /record"):
            answer = json.dumps(came).encode()
            came.clear()
        else:
            came.append((time.time(), _chat(body)))
            answer = DONE
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer
        )


def _chat(body: bytes) -> str:
    return parse_qs(body.decode()).get("chat_id", [""])[0]


async def main() -> None:
    """Serve until killed."""
    server: Any = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
