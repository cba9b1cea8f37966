"""One bot process of the measurement on PostgreSQL: says that it is ready, books its share when told, says how long."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from bot.bench_booking import ways
from bot.bench_booking.world import Plan
from storage.sealed import Keyring
from storage.session import Database


async def main() -> None:
    """Reads what to do, writes "ready"; reads the word to begin, writes when it began and ended and what each took."""
    told = json.loads(sys.stdin.readline())
    db = Database(told["url"], Keyring(told["keys"]))
    presses = Plan(**told["plan"]).presses(told["share"], told["of"])
    await db.read(lambda s: s.exec_driver_sql("SELECT 1").scalar())
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    took = await ways.ours(db, presses, ways.AT_ONCE // told["of"])
    print(json.dumps({"began": began, "ended": time.monotonic(), "took": took}))
    db.close()


if __name__ == "__main__":
    asyncio.run(main())
