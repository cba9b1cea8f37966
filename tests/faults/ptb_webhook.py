"""The control: a bot on python-telegram-bot's Application behind a webhook: `python -m ... API PORT SECRET`.

As in the library's examples/customwebhookbot: an update goes to `Application.update_queue`, in memory, and Telegram
hears 200. Its `run_webhook` does the same (telegram/ext/_utils/webhookhandler.py).
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from tests.botapi.server import TOKEN


async def answer(update: Update, context: Any) -> None:
    """A reply to every message."""
    assert update.message is not None
    await update.message.reply_text("হ্যাঁ")


async def main(api: str, port: int, secret: str) -> None:
    """Serve until killed."""
    application = Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None).build()
    application.add_handler(MessageHandler(filters.TEXT, answer))

    async def telegram(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return Response()

    served = Starlette(routes=[Route("/telegram", telegram, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(served, port=port, log_config=None, lifespan="off"))
    async with application:
        await application.start()
        serving = asyncio.create_task(server.serve())
        await application.bot.set_webhook(f"http://127.0.0.1:{port}/telegram", secret_token=secret)
        await serving


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
