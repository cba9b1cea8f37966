"""Letters as they stand on a person's phone: real python-telegram-bot against the Bot API server of the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.channels.telegram import LineDown, Telegram
from bot.delivery import Delivered, Later, Letter, Outcome, Rejected
from bot.sender import letter_of
from storage.outbox import Claimed
from tests.botapi.faults import flood, in_turn
from tests.botapi.person import Message, Person
from tests.botapi.server import BotApi
from tests.channels.conftest import PNG, Time

CHAT = 77
AT = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


@pytest.fixture
def malati(api: BotApi) -> Person:
    person = api.person(CHAT)
    person.started = True
    return person


def letter(text: str = "কী কষ্ট হচ্ছে?", *choices: tuple[str, str], **payload: Any) -> Letter:
    return Letter(f"tg:{CHAT}", "bn", text, text, choices, {"text": "x", "step": 4, **payload})


async def arrived(telegram: Telegram, person: Person, sent: Letter) -> list[Message]:
    """The messages that this letter put on the screen."""
    before = len(person.messages)
    outcome = await telegram.deliver(sent)
    assert isinstance(outcome, Delivered), outcome
    there = person.messages[before:]
    assert outcome.message_ids == tuple(message.id for message in there)
    return there


async def test_words_with_markup(telegram: Telegram, malati: Person) -> None:
    [message] = await arrived(telegram, malati, letter("<b>এখনই</b> যান। ১ &lt; ২ &amp; ৩"))
    assert message.text == "এখনই যান। ১ < ২ & ৩"


async def test_choices_are_buttons_of_this_step(telegram: Telegram, malati: Person) -> None:
    [message] = await arrived(telegram, malati, letter("জ্বর আছে?", ("yes", "হ্যাঁ"), ("no", "না"), ("dont_know", "জানি না")))
    assert [button["callback_data"] for button in message.buttons] == ["4:yes", "4:no", "4:dont_know"]
    assert [len(row) for row in message.markup["inline_keyboard"]] == [2, 1]


async def test_a_screen_of_many_is_ticked_in_place(telegram: Telegram, malati: Person) -> None:
    signs = (("fits", "খিঁচুনি"), ("stiff_neck", "ঘাড় শক্ত"), ("none", "এগুলোর কোনোটা নেই"))
    [message] = await arrived(telegram, malati, letter("এর কোনোটা আছে?", *signs, many=True))
    assert message.choices == ["+fits", "+stiff_neck", "done", "none"]
    ticked = letter("এর কোনোটা আছে?", *signs, many=True, ticks=["fits"], edit=message.id)
    for _ in range(2):  # the same edit twice is no failure
        assert await telegram.deliver(ticked) == Delivered((message.id,))
    assert message.choices == ["-fits", "+stiff_neck", "done", "none"]
    assert "☑ খিঁচুনি" in message.labels
    assert len(malati.messages) == 1


async def test_an_edit_without_words_changes_the_buttons_alone(telegram: Telegram, malati: Person) -> None:
    [message] = await arrived(telegram, malati, letter("আসবেন?", ("coming", "যাব")))
    assert isinstance(await telegram.deliver(letter("", edit=message.id)), Delivered)
    assert (message.text, message.buttons) == ("আসবেন?", [])


async def test_an_edit_of_a_message_that_is_gone_is_no_failure(telegram: Telegram, malati: Person) -> None:
    assert await telegram.deliver(letter("?", ("yes", "হ্যাঁ"), edit=4711)) == Delivered((4711,))


async def test_a_message_is_taken_off_the_screen(telegram: Telegram, malati: Person) -> None:
    """As one in which a PIN was typed."""
    [message] = await arrived(telegram, malati, letter("2580"))
    row = Claimed(1, letter().chat, "delete", {"delete": message.id}, 1, AT, None, None, False, 1, "bn", True)
    assert await telegram.deliver(letter_of(row)) == Delivered((message.id,))
    assert malati.messages == []
    assert await telegram.deliver(letter_of(row)) == Delivered((message.id,))  # gone already is no failure


async def test_an_edit_that_does_not_know_its_message_is_sent_anew(telegram: Telegram, malati: Person) -> None:
    [message] = await arrived(telegram, malati, letter("?", ("yes", "হ্যাঁ"), edit=None))
    assert message.choices == ["yes"]


async def test_the_place_is_shared_at_one_touch_and_the_keyboard_goes_away(telegram: Telegram, malati: Person) -> None:
    asks = {"question": "place", "finding": None, "kind": "place"}
    [message] = await arrived(telegram, malati, letter("কোন গ্রামে থাকেন?", ("back", "আগের প্রশ্ন"), ask=asks))
    share, back = message.buttons
    assert share["request_location"] is True
    assert malati.press("আগের প্রশ্ন")  # it sends its label, as a reply keyboard does
    assert back["text"] == "আগের প্রশ্ন"
    await arrived(telegram, malati, letter("বুঝলাম।"))
    assert malati.keyboard == {}


async def test_the_way_comes_with_a_pin_on_the_map_before_its_words(telegram: Telegram, malati: Person) -> None:
    pin, words = await arrived(telegram, malati, letter("📍 মেমারি", place={"lat": 23.17, "lon": 88.1}))
    assert (pin.place, words.place) == ({"latitude": 23.17, "longitude": 88.1}, None)
    assert words.text == "📍 মেমারি"


async def test_a_long_letter_comes_in_parts_with_the_buttons_under_the_last(telegram: Telegram, malati: Person) -> None:
    sentence = "জ্বর থাকলে বেশি করে জল খান। "
    messages = await arrived(telegram, malati, letter(f"<b>{sentence * 300}</b>", ("yes", "হ্যাঁ")))
    assert len(messages) > 1
    assert " ".join(message.text for message in messages).split() == (sentence * 300).split()
    assert [bool(message.buttons) for message in messages] == [False] * (len(messages) - 1) + [True]


async def test_a_card_is_a_photo_and_a_calendar_entry_a_document(telegram: Telegram, malati: Person) -> None:
    words, card, entry = await arrived(
        telegram, malati, letter("টোকেন ১৭", documents=[{"kind": "token_card", "args": {"token": 17}}, {"kind": "ics"}])
    )
    assert words.text == "টোকেন ১৭"
    assert card.photo == ("token.png", PNG)
    assert entry.document and entry.document[0] == "token.ics"


async def test_where_an_answer_is_asked_for_the_question_stands_last(telegram: Telegram, malati: Person) -> None:
    sent = letter("কাল আসবেন?", ("coming", "যাব"), documents=[{"kind": "token_card"}])
    card, question = await arrived(telegram, malati, sent)
    assert card.photo and question.choices == ["coming"]


async def test_a_document_is_uploaded_once(telegram: Telegram, api: BotApi, malati: Person) -> None:
    for _ in range(2):
        await arrived(telegram, malati, letter("টোকেন ১৭", documents=[{"kind": "token_card"}]))
    first, second = api.came("sendPhoto")
    assert first.files and not second.files
    [other] = (
        await arrived(telegram, malati, letter("টোকেন ১৮", documents=[{"kind": "token_card", "args": {"token": 18}}]))
    )[1:]
    assert other.photo and api.came("sendPhoto")[2].files, "another card is another upload"


async def test_an_uploaded_file_can_be_fetched(telegram: Telegram, api: BotApi, malati: Person) -> None:
    await arrived(telegram, malati, letter("টোকেন ১৭", documents=[{"kind": "token_card"}]))
    async with httpx.AsyncClient() as client:
        path = f"{api.url}/file/bot{api.token}/file0-photo"
        assert (await client.get(path)).content == PNG


async def test_a_document_that_cannot_be_made_does_not_hold_back_the_words(telegram: Telegram, malati: Person) -> None:
    outcome = await telegram.deliver(letter("টোকেন ১৭", documents=[{"kind": "hologram"}, {"kind": "ics"}]))
    assert isinstance(outcome, Rejected) and "hologram" in outcome.reason
    assert [message.text for message in malati.messages] == ["টোকেন ১৭", ""]


async def test_too_long_a_choice_is_a_dead_letter_and_not_half_a_keyboard(telegram: Telegram, malati: Person) -> None:
    outcome = await telegram.deliver(letter("?", ("x" * 70, "ক")))
    assert isinstance(outcome, Rejected) and "shorten" in outcome.reason
    assert malati.messages == []


async def test_what_arrived_is_not_sent_again_with_the_rest(telegram: Telegram, api: BotApi, malati: Person) -> None:
    sent = letter("টোকেন ১৭", documents=[{"kind": "token_card"}, {"kind": "ics"}])
    api.fault(in_turn([flood(3)], "sendPhoto"))
    outcome: Outcome = await telegram.deliver(sent)
    assert isinstance(outcome, Later) and (outcome.seconds, outcome.whole_bot) == (3, True)
    assert outcome.arrived == (malati.messages[0].id,)
    assert isinstance(await telegram.deliver(replace(sent, arrived=outcome.arrived)), Delivered)
    assert [bool(m.text) for m in malati.messages] == [True, False, False], "words, card, calendar entry: each once"


async def test_a_notice_gets_its_words_in_the_language_of_its_chat(
    telegram: Telegram, malati: Person, time: Time
) -> None:
    payload = {"text": "choice.yes", "step": 1, "choices": [{"id": "no", "label": {"t": "choice.no"}}]}
    for lang, words in (("bn", ("হ্যাঁ", "না")), ("en", ("Yes", "No")), (None, ("হ্যাঁ", "না"))):
        notice = Claimed(1, f"tg:{CHAT}", "reply", payload, 1, time(), None, None, False, 1, lang, True)
        [message] = await arrived(telegram, malati, letter_of(notice))
        assert (message.text, message.labels[0]) == words


async def test_acknowledging_never_raises(telegram: Telegram, api: BotApi, malati: Person) -> None:
    malati.press_data("1:yes", 1)
    for query in [malati.spinning[0], "unknown"]:
        await telegram.acknowledge(query)
    assert malati.spinning == []
    api.refuse()
    await telegram.acknowledge("unknown")


async def test_commands_are_offered(telegram: Telegram, api: BotApi) -> None:
    await telegram.offer_commands({"start": "শুরু করুন", "tokens": "আমার টোকেন"}, "bn")
    assert [command["command"] for command in api.methods.commands] == ["start", "tokens"]
    assert await telegram.name() == "ingit_test_bot"


async def test_a_wrong_token_is_named_as_such_and_not_shown(api: BotApi, telegram: Telegram) -> None:
    api.token = "1:other"
    with pytest.raises(LineDown, match="Unauthorized") as raised:
        await telegram.name()
    assert "TEST-token" not in str(raised.value)
