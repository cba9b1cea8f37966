"""One of several processes after one window: `python -m tests.storage.race_worker URL KEYS WINDOW NAME [unguarded]`.

Prepares its people, says "ready", waits for a line, then presses for all of them at once; prints how many got a place.
"""

from __future__ import annotations

import asyncio
import sys

from storage import bookings
from storage.records import Booking
from storage.sealed import Keyring
from storage.session import Database

from .conftest import NOW
from .test_booking_races import held_first, take_unguarded
from .world import somebody

EACH = 25


async def main(url: str, keys: str, window: int, name: str, unguarded: bool) -> None:
    if unguarded:
        bookings.take_place = take_unguarded
    db = Database(url, Keyring(keys))
    chats = [f"tg:{name}-{number}" for number in range(EACH)]
    people = db.call(lambda s: [somebody(s, chat, NOW) for chat in chats])
    print("ready", flush=True)
    sys.stdin.readline()
    pressing = (
        db.run(held_first, person, window, "spoke-1", chat, None, f"press {chat}", NOW)
        for person, chat in zip(people, chats, strict=True)
    )
    made = await asyncio.gather(*pressing)
    print(sum(isinstance(one, Booking) for one in made), flush=True)
    db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:] == ["unguarded"]))
