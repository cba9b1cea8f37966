"""Whatever a person can send on Telegram becomes one Incoming, or is nobody's to answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram import incoming, press_id
from bot.incoming import Incoming

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
SENT = datetime(2026, 11, 23, 4, 29, 58, tzinfo=UTC)
WHO = {"id": 77, "is_bot": False, "first_name": "মালতী"}
CHAT = {"id": 77, "type": "private", "first_name": "মালতী"}
FILE = {"file_id": "f", "file_unique_id": "u"}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": int(SENT.timestamp()), "chat": CHAT, "from": WHO, **content}


def came(**update: Any) -> Incoming | None:
    return incoming({"update_id": 41, **update}, NOW)


def test_text() -> None:
    expected = Incoming("tg:77", "41", "text", SENT, text="৩ দিন ধরে জ্বর", name="মালতী", message_id=5)
    assert came(message=message(text="৩ দিন ধরে জ্বর")) == expected


def test_a_start_command_keeps_what_follows_it() -> None:
    found = came(message=message(text="/start asha-7f3k"))
    assert found and (found.kind, found.text) == ("text", "/start asha-7f3k")


def test_nuls_and_half_characters_do_not_come_in() -> None:
    found = came(message=message(text="jor\0 ar \ud83d kashi"))
    assert found and found.text == "jor ar ? kashi"
    found.text.encode()


def test_location_and_venue() -> None:
    place = {"latitude": 23.25, "longitude": 87.86}
    for content in (
        {"location": place},
        {"location": place, "venue": {"location": place, "title": "বাজার", "address": "?"}},
    ):
        found = came(message=message(**content))
        assert found and (found.kind, found.lat, found.lon) == ("location", 23.25, 87.86)


def test_a_live_location_that_moves_is_not_answered_at_each_step() -> None:
    assert came(edited_message=message(location={"latitude": 1.0, "longitude": 2.0}, edit_date=1763872200)) is None


def test_contact() -> None:
    found = came(message=message(contact={"phone_number": "+919830012345", "first_name": "মালতী"}))
    assert found and (found.kind, found.contact) == ("contact", "+919830012345")


MEDIA: list[tuple[str, dict[str, Any]]] = [
    (
        "sticker",
        {"sticker": {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}},
    ),
    ("photo", {"photo": [{**FILE, "width": 1, "height": 1}]}),
    ("voice", {"voice": {**FILE, "duration": 3}}),
    ("video_note", {"video_note": {**FILE, "length": 3, "duration": 3}}),
    ("video", {"video": {**FILE, "width": 1, "height": 1, "duration": 3}}),
    (
        "animation",
        {"animation": {**FILE, "width": 1, "height": 1, "duration": 3}, "document": {**FILE, "file_name": "a.gif"}},
    ),
    ("audio", {"audio": {**FILE, "duration": 3}}),
    ("document", {"document": {**FILE, "file_name": "report.pdf"}}),
    ("dice", {"dice": {"emoji": "🎲", "value": 3}}),
    (
        "poll",
        {
            "poll": {
                "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
                "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False,
                "members_only": False,
            }
        },
    ),
    (
        "forward",
        {"text": "শুনুন", "forward_origin": {"type": "hidden_user", "sender_user_name": "কেউ", "date": 1763872200}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("medium", "content"), MEDIA, ids=[medium for medium, _ in MEDIA])
def test_what_cannot_be_read_says_what_it_is(medium: str, content: dict[str, Any]) -> None:
    found = came(message=message(**content))
    assert found and (found.kind, found.media) == ("media", medium)


def test_a_photo_keeps_its_caption() -> None:
    found = came(message=message(photo=[{**FILE, "width": 1, "height": 1}], caption="পায়ে এই দাগ"))
    assert found and found.text == "পায়ে এই দাগ"


def test_an_edited_message() -> None:
    found = came(edited_message=message(text="৪ দিন", edit_date=int(NOW.timestamp())))
    assert found and (found.kind, found.text, found.at) == ("edited", "৪ দিন", NOW)


def press(data: str, **former: Any) -> dict[str, Any]:
    where = {"message_id": 9, "date": 0, "chat": CHAT, **former}
    return {"id": "q1", "from": WHO, "chat_instance": "1", "data": data, "message": where}


@pytest.mark.parametrize(
    ("data", "step", "choice"),
    [
        ("12:yes", 12, "yes"),
        ("12:+stiff_neck", 12, "+stiff_neck"),
        ("0:-stiff_neck", 0, "-stiff_neck"),
        (":coming:b7", None, "coming:b7"),
        ("garbage", None, "garbage"),
        ("x:yes", None, "x:yes"),
        ("-1:yes", None, "-1:yes"),
        ("১২:yes", None, "১২:yes"),
        ("99999999999999999999:yes", None, "99999999999999999999:yes"),
        ("", None, ""),
    ],
)
def test_a_press_carries_step_and_choice_and_a_forged_one_nothing_that_was_offered(
    data: str, step: int | None, choice: str
) -> None:
    for date in (0, int(SENT.timestamp())):  # date 0: Telegram no longer knows the message
        found = came(callback_query=press(data, date=date))
        assert found and (found.kind, found.step, found.press, found.message_id) == ("press", step, (choice,), 9)
        assert found.at == NOW


def test_a_press_names_what_is_to_be_acknowledged_and_nothing_else_does() -> None:
    assert press_id({"update_id": 1, "callback_query": press("1:yes")}) == "q1"
    assert press_id({"update_id": 1, "message": message(text="?")}) is None


def test_groups_are_told_apart() -> None:
    group = {"id": -100, "type": "supergroup", "title": "পাড়া"}
    said, pressed = came(message=message(text="?", chat=group)), came(callback_query=press("1:yes", chat=group))
    for found in (said, pressed):
        assert found and (found.kind, found.media, found.chat, found.text) == ("other", "group", "tg:-100", "")


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(text="beep", **{"from": {**WHO, "is_bot": True}})},
        {"callback_query": {**press("1:yes"), "from": {**WHO, "is_bot": True}}},
        {"channel_post": message(text="?", chat={"id": -5, "type": "channel", "title": "?"})},
        {"message": message(pinned_message=message(text="?"))},
        {"message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 60})},
        {},
    ],
    ids=["bot", "bot's press", "channel", "pinned", "timer", "empty"],
)
def test_what_nobody_waits_for_is_not_answered(update: dict[str, Any]) -> None:
    assert came(**update) is None


def test_what_telegram_invents_later_is_answered_all_the_same() -> None:
    found = came(message=message(hologram={"file_id": "f"}))
    assert found and found.kind == "other"


def test_an_update_that_cannot_be_read_is_answered_where_the_chat_is_known() -> None:
    broken = {"message_id": 5, "date": "yesterday", "chat": CHAT, "photo": 3}
    assert came(message=broken) == Incoming("tg:77", "41", "other", NOW)
    assert came(message={"chat": 3}) is None
    assert came(message=[]) is None


@pytest.mark.parametrize(("medium", "content"), MEDIA, ids=[medium for medium, _ in MEDIA])
def test_it_survives_the_inbox(medium: str, content: dict[str, Any]) -> None:
    found = came(message=message(**content))
    assert found and Incoming.from_json(found.to_json()) == found


def test_a_moment_without_a_zone_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Incoming("p1", "1", "text", datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="kind"):
        Incoming("p1", "1", "smell", NOW)  # type: ignore[arg-type]
