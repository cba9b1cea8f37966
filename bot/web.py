"""The door for the network: Telegram's webhook, health, metrics. Starlette on uvicorn."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from storage.session import DatabaseAway

log = structlog.get_logger(__name__)

BODY_BYTES = 1 << 20
WEBHOOK_PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Keep = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]
"""Writes updates to the inbox; returns when they are committed, or raises DatabaseAway."""
Health = Callable[[], Awaitable[Mapping[str, bool]]]
"""The parts of the house, and whether each does its work."""
Look = Callable[[], Awaitable[None]]
"""Brings up to date what is not counted as it happens."""


class TooLong(Exception):
    """The body is longer than any update."""


async def nothing() -> None:
    """There is nothing to look at."""


def app(
    health: Health, keep: Keep | None = None, secret: str = "", path: str = WEBHOOK_PATH, look: Look = nothing
) -> Starlette:
    """The web application; without `keep` it has no webhook. Raises ValueError for a webhook without a secret."""
    routes = [Route("/healthz", _health(health)), Route("/metrics", _metrics(look))]
    if keep is not None:
        if not secret:
            raise ValueError("a webhook needs WEBHOOK_SECRET: without it anybody could write in anybody's name")
        routes.append(Route(path, _webhook(keep, secret), methods=["POST"]))
    return Starlette(routes=routes)


class Server(uvicorn.Server):
    """uvicorn that leaves Ctrl-C to the program it is a part of: set `should_exit` to end it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(application: Starlette, host: str, port: int) -> Server:
    """A server to be run with `await server.serve()`; its access log, which holds addresses of people, is off."""
    config = uvicorn.Config(
        application, host=host, port=port, access_log=False, log_config=None, lifespan="off", server_header=False
    )
    return Server(config)


def _webhook(keep: Keep, secret: str) -> Callable[[Request], Awaitable[Response]]:
    async def receive(request: Request) -> Response:
        """200 only when the update is committed; 503 makes Telegram bring it again."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)  # no word of what is missing or wrong
        try:
            update = _update(await _body(request))
            await keep([update])
        except TooLong:
            return PlainTextResponse(f"at most {BODY_BYTES} bytes", 413)
        except ValueError:
            return PlainTextResponse("not an update", 400)
        except ClientDisconnect:
            return Response(status_code=400)
        except DatabaseAway as error:
            log.warning("database_away", where="webhook", error=str(error))
            return PlainTextResponse("come again", 503, {"Retry-After": "1"})
        return Response(status_code=200)

    return receive


async def _body(request: Request) -> bytes:
    """The body, read no further than is allowed, whatever its announced length."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise TooLong
    return bytes(body)


def _update(body: bytes) -> dict[str, Any]:
    update = json.loads(body)
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise ValueError("no update_id")
    return update


def _health(health: Health) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        parts = dict(await health())
        return JSONResponse(parts, 200 if all(parts.values()) else 503)

    return answer


def _metrics(look: Look) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        await look()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return answer
