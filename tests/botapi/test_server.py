"""The Bot API server of the tests refuses what Telegram refuses; else it would prove nothing."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.botapi.markup import CannotParse, visible
from tests.botapi.server import BotApi

HELLO = {"chat_id": "1", "text": "নমস্কার"}


@pytest.fixture
def api() -> Any:
    with BotApi() as server:
        server.person(1).started = True
        yield server


def ask(api: BotApi, method: str, **params: Any) -> httpx.Response:
    sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
    return httpx.post(f"{api.url}/bot{api.token}/{method}", data=sent)


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "হ্যাঁ", **button}]]}


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("sendMessage", HELLO),
    ("sendMessage", {**HELLO, "text": "<b>ক</b> &lt; ৩", "parse_mode": "HTML"}),
    ("sendMessage", {**HELLO, "text": "ক" * 4096}),
    ("sendMessage", {**HELLO, "text": "<b>" + "ক" * 4096 + "</b>", "parse_mode": "HTML"}),
    ("sendMessage", {**HELLO, "reply_markup": inline(callback_data="x" * 64)}),
    ("sendLocation", {"chat_id": "1", "latitude": 23.2, "longitude": 87.8}),
    ("sendChatAction", {"chat_id": "1", "action": "typing"}),
    ("setMyCommands", {"commands": [{"command": "start", "description": "শুরু"}]}),
    ("getMe", {}),
    ("getWebhookInfo", {}),
]

BAD: list[tuple[str, str, dict[str, Any]]] = [
    ("no text", "sendMessage", {"chat_id": "1"}),
    ("empty", "sendMessage", {**HELLO, "text": " "}),
    ("only markup", "sendMessage", {**HELLO, "text": "<b></b>", "parse_mode": "HTML"}),
    ("too long", "sendMessage", {**HELLO, "text": "ক" * 4097}),
    ("unclosed", "sendMessage", {**HELLO, "text": "<b>ক", "parse_mode": "HTML"}),
    ("unknown tag", "sendMessage", {**HELLO, "text": "<h1>ক</h1>", "parse_mode": "HTML"}),
    ("unescaped", "sendMessage", {**HELLO, "text": "৩ < ৪", "parse_mode": "HTML"}),
    ("misspelt field", "sendMessage", {**HELLO, "replymarkup": inline(callback_data="x")}),
    ("misspelt field of a button", "sendMessage", {**HELLO, "reply_markup": inline(callbackdata="x")}),
    ("button without action", "sendMessage", {**HELLO, "reply_markup": inline()}),
    ("65 bytes", "sendMessage", {**HELLO, "reply_markup": inline(callback_data="x" * 65)}),
    ("66 bytes in 22 letters", "sendMessage", {**HELLO, "reply_markup": inline(callback_data="ক" * 22)}),
    ("empty data", "sendMessage", {**HELLO, "reply_markup": inline(callback_data="")}),
    ("nine in a row", "sendMessage", {**HELLO, "reply_markup": {"keyboard": [[{"text": "x"}] * 9]}}),
    ("no such photo", "sendPhoto", {"chat_id": "1", "photo": "nothing"}),
    ("long caption", "sendPhoto", {"chat_id": "1", "photo": "nothing", "caption": "ক" * 1025}),
    ("command in capitals", "setMyCommands", {"commands": [{"command": "Start", "description": "শুরু"}]}),
    ("not a number", "sendLocation", {"chat_id": "1", "latitude": "north", "longitude": 1}),
    ("unknown press", "answerCallbackQuery", {"callback_query_id": "nothing"}),
    ("unknown message", "editMessageReplyMarkup", {"chat_id": "1", "message_id": 999}),
    ("unknown chat", "sendMessage", {**HELLO, "chat_id": "2"}),
]


@pytest.mark.parametrize(("method", "params"), GOOD)
def test_what_telegram_takes_is_taken(api: BotApi, method: str, params: dict[str, Any]) -> None:
    answer = ask(api, method, **params)
    assert answer.json()["ok"], answer.text
    assert api.violations == []


@pytest.mark.parametrize(("method", "params"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_telegram_refuses_is_refused(api: BotApi, method: str, params: dict[str, Any]) -> None:
    assert ask(api, method, **params).status_code == 400


def test_an_unknown_method_and_a_wrong_token(api: BotApi) -> None:
    assert ask(api, "sendPigeon").status_code == 404
    assert httpx.post(f"{api.url}/bot1:wrong/getMe").status_code == 401


def test_an_update_comes_again_until_the_next_call_confirms_it(api: BotApi) -> None:
    first, second = api.person(1).say("ক"), api.person(1).say("খ")

    def got(**params: Any) -> list[int]:
        return [update["update_id"] for update in ask(api, "getUpdates", **params).json()["result"]]

    assert got() == got() == [first, second]
    assert got(limit=1) == [first]
    assert got(offset=second) == [second]
    assert got(offset=second + 1) == got() == []


def test_the_same_edit_twice_is_refused_as_not_modified(api: BotApi) -> None:
    message = ask(api, "sendMessage", **HELLO, reply_markup=inline(callback_data="a")).json()["result"]["message_id"]
    edit = {"chat_id": "1", "message_id": message, "reply_markup": inline(callback_data="b")}
    assert ask(api, "editMessageReplyMarkup", **edit).status_code == 200
    assert "not modified" in ask(api, "editMessageReplyMarkup", **edit).json()["description"]


def test_a_person_presses_what_is_there_and_nothing_else(api: BotApi) -> None:
    ask(api, "sendMessage", **HELLO, reply_markup=inline(callback_data="4:yes"))
    assert api.person(1).press("হ্যাঁ") < api.person(1).press("yes")
    with pytest.raises(AssertionError, match="no button"):
        api.person(1).press("না")


@pytest.mark.parametrize("text", ["a < b", "&nbsp;", "<b><i>x</b></i>", "</b>", "<script>x</script>", "a & b"])
def test_markup_that_telegram_cannot_read(text: str) -> None:
    with pytest.raises(CannotParse):
        visible(text)
