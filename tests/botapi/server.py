"""A Bot API server on loopback: what Telegram is to a bot, with people on the other side and faults on demand.

It runs in a thread of its own, so that a bot of the same process, or of another, meets it over real sockets.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession, web

from tests.botapi.check import METHODS, BadRequest, Params, checked
from tests.botapi.faults import Chooser, Fault
from tests.botapi.methods import Methods
from tests.botapi.person import Person

TOKEN = "7654321:TEST-token_of-the-tests-0123456789abc"


@dataclass(frozen=True)
class Call:
    """One request of the bot, as it came."""

    method: str
    params: Params
    files: dict[str, tuple[str, bytes]]
    at: float  # seconds of a steady clock
    performed: bool  # it took effect, whether or not the bot was told


@dataclass
class Updates:
    """Updates not yet confirmed, and how they are handed out."""

    waiting: list[dict[str, Any]] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: itertools.count(1000))
    poll: int = 0  # number of the getUpdates that may answer; an older one is told of the conflict
    webhook: dict[str, Any] = field(default_factory=dict)


class BotApi:
    """The server. `with BotApi() as api:` starts it; `api.url` is what TELEGRAM_API_BASE is set to."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.changed = threading.Condition(threading.RLock())
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.people: dict[int, Person] = {}
        self.updates = Updates()
        self.methods = Methods(self)
        self._choosers: list[Chooser] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bot-api", daemon=True)
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._pusher.cancel)
        self._do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def person(self, chat: int, name: str = "মালতী") -> Person:
        """The person with this chat id; made at the first call."""
        return self.people.setdefault(chat, Person(self, chat, name))

    def fault(self, *choosers: Chooser) -> None:
        """Ask these, in order, before each request which fault it meets; the first that names one is followed."""
        with self.changed:
            self._choosers.extend(choosers)

    def no_faults(self) -> None:
        with self.changed:
            self._choosers.clear()

    def refuse(self) -> None:
        """Take no connections any more: as with the network cable pulled."""
        self._do(self._site.stop())
        self._do(self._cut_all())

    def accept(self) -> None:
        """Take connections again, at the same address."""
        self._do(self._listen())

    def came(self, method: str, chat: int | None = None) -> list[Call]:
        """The calls of this method (for this chat) so far."""
        with self.changed:
            return [
                call
                for call in self.calls
                if call.method.lower() == method.lower() and chat in (None, call.params.get("chat_id"))
            ]

    def wait(self, until: Callable[[], Any], timeout: float = 15.0) -> Any:
        """Blocks until `until()` is true, and gives its value; AssertionError after `timeout` seconds."""
        with self.changed:
            value = self.changed.wait_for(until, timeout)
        assert value, f"it did not come about in {timeout} s; the last calls: {self.calls[-5:]}"
        return value

    def update(self, **content: Any) -> int:
        """An update for the bot; returns its id."""
        with self.changed:
            number: int = next(self.updates.ids)
            self.updates.waiting.append({"update_id": number, **content})
            self.changed.notify_all()
        self.wake()
        return number

    def redeliver(self, number: int, **content: Any) -> None:
        """The same update once more, as Telegram does when it did not hear that it arrived."""
        with self.changed:
            self.updates.waiting.append({"update_id": number, **content})
        self.wake()

    def wake(self) -> None:
        """Updates may be handed out, or in another way, from now on."""
        self._loop.call_soon_threadsafe(self._woken.set)

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _open(self) -> None:
        self._woken = asyncio.Event()
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen()
        self._pusher = self._loop.create_task(self._push())

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def _cut_all(self) -> None:
        server = self._runner.server
        for connection in list(server.connections if server else []):
            if connection.transport:
                connection.transport.abort()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _failed(401, "Unauthorized")
        method = request.match_info["method"]
        if method.lower() not in METHODS:
            return _failed(404, "Not Found")
        fields, files = await _read(request)
        if method.lower() == "getupdates":
            return await self._get_updates(checked(method, fields, files))
        return await self._perform(request, method, fields, files)

    async def _perform(
        self, request: web.Request, method: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]]
    ) -> web.StreamResponse:
        try:
            params = checked(method, fields, files)
        except BadRequest as error:
            with self.changed:
                self.violations.append(f"{method}: {error} in {fields}")
            return _failed(400, str(error))
        fault = self._fault(method, params)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        answer = _failed(fault.code, fault.description, fault.retry_after) if fault else None
        if fault is None or fault.performs:
            answer = self._effect(method, params, files)
        self._note(method, params, files, performed=answer is not None and answer.status == 200)
        return await _deliver(request, answer, fault)

    def _effect(self, method: str, params: Params, files: dict[str, tuple[str, bytes]]) -> web.Response:
        try:
            with self.changed:
                return web.json_response({"ok": True, "result": self.methods.call(method, params, files)})
        except BadRequest as error:
            return _failed(403 if str(error).startswith("Forbidden") else 400, str(error))

    def _fault(self, method: str, params: Params) -> Fault | None:
        with self.changed:
            named = (fault for choose in self._choosers if (fault := choose(method, params)))
            return next(named, None)

    def _note(self, method: str, params: Params, files: dict[str, tuple[str, bytes]], performed: bool) -> None:
        with self.changed:
            self.calls.append(Call(method, params, files, time.monotonic(), performed))
            self.changed.notify_all()

    async def _get_updates(self, params: Params) -> web.Response:
        """Hands out from `offset` on, and forgets what lies before it: that is how the bot confirms."""
        if self.updates.webhook.get("url"):
            return _failed(409, "Conflict: can't use getUpdates method while webhook is active")
        offset, until = params.get("offset", 0), time.monotonic() + params.get("timeout", 0)
        self.updates.poll += 1
        mine = self.updates.poll
        self._woken.set()
        with self.changed:
            self.updates.waiting = [update for update in self.updates.waiting if update["update_id"] >= offset]
            self.changed.notify_all()
        self._note("getUpdates", params, {}, performed=True)
        if fault := self._fault("getUpdates", params):
            return _failed(fault.code, fault.description, fault.retry_after)
        while not self.updates.waiting and mine == self.updates.poll and time.monotonic() < until:
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), until - time.monotonic())
            except TimeoutError:
                break
        if mine != self.updates.poll:
            return _failed(409, "Conflict: terminated by other getUpdates request")
        return web.json_response({"ok": True, "result": self.updates.waiting[: params.get("limit", 100)]})

    async def _push(self) -> None:
        """The webhook: each update again and again until it is answered with 2xx."""
        async with ClientSession() as session:
            while True:
                hook, waiting = self.updates.webhook, self.updates.waiting
                if not hook.get("url") or not waiting:
                    self._woken.clear()
                    await self._woken.wait()
                    continue
                if await _posted(session, hook, waiting[0]):
                    with self.changed:
                        waiting.pop(0)
                        self.changed.notify_all()
                else:
                    await asyncio.sleep(0.05)

    async def _file(self, request: web.Request) -> web.Response:
        stored = self.methods.files.get(request.match_info["path"])
        return web.Response(body=stored[1]) if stored else _failed(404, "Not Found")


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    fields: dict[str, str] = dict(request.query)
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read())
        else:
            fields[name] = value if isinstance(value, str) else bytes(value).decode()
    return fields, files


async def _deliver(request: web.Request, answer: web.Response | None, fault: Fault | None) -> web.StreamResponse:
    """The answer, or the want of it."""
    match fault.kind if fault else "":
        case "silent" | "drop":
            if request.transport:
                request.transport.abort()
        case "hang":
            await asyncio.sleep(600)
        case "cut":
            half = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
            await half.prepare(request)
            await half.write(b'{"ok": true, "resu')
            if request.transport:
                request.transport.close()
            return half
    return answer or web.Response(status=500)


async def _posted(session: ClientSession, hook: dict[str, Any], update: dict[str, Any]) -> bool:
    headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret_token"]} if hook.get("secret_token") else {}
    try:
        async with session.post(hook["url"], json=update, headers=headers) as answer:
            return 200 <= answer.status < 300
    except (ClientError, TimeoutError):
        return False


def _failed(code: int, description: str, retry_after: int | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return web.json_response(body, status=code)
