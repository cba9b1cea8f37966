"""Long texts are cut where a reader draws breath; buttons fit a narrow phone and mean the same when pressed twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import keyboard
from bot.channels.telegram.split import split
from tests.botapi.markup import visible

SENTENCE = "জ্বর থাকলে বেশি করে জল খান। "


def test_a_short_text_is_left_alone() -> None:
    assert split("<b>এখনই</b> হাসপাতালে যান।") == ["<b>এখনই</b> হাসপাতালে যান।"]


def test_cuts_fall_between_sentences() -> None:
    parts = split(SENTENCE * 400)
    assert len(parts) > 1
    assert all(part.endswith("।") for part in parts)


def test_markup_is_whole_in_every_part() -> None:
    parts = split(f"<b>{SENTENCE * 200}<i>{SENTENCE * 200}</i></b>")
    assert len(parts) > 1
    assert all(visible(part) for part in parts)
    assert parts[1].startswith("<b>")


def test_a_decimal_or_a_numbered_line_is_no_end_of_a_sentence() -> None:
    text = "Take 2. 5 ml is too much at 1.5 years of age. " * 3
    assert all(part.endswith("age.") for part in split(text.strip(), limit=32 + 50))


PIECES = st.sampled_from(
    ["ক্ষ", "য়", "👩🏽‍⚕️", "a", " ", "।", "\n", ". ", "&lt;", "&amp;", "<b>x</b>", "<i><b>ক</b></i>"]
)


@given(st.lists(PIECES, max_size=300).map("".join), st.integers(60, 200))
def test_nothing_is_lost_nothing_too_long_nothing_broken(text: str, limit: int) -> None:
    parts = split(text, limit)
    if len(parts) > 1 or text.strip():
        assert "".join("".join(map(visible, parts)).split()) == "".join(visible(text).split())
    for part in parts:
        assert len(part.encode("utf-16-le")) // 2 <= max(limit, len(text) if parts == [text] else 0)


def test_short_labels_stand_two_a_row_long_ones_alone() -> None:
    choices = [("yes", "হ্যাঁ"), ("no", "না"), ("x", "এটা একটা খুব লম্বা বোতামের লেখা"), ("dont_know", "জানি না")]
    rows = keyboard.rows(choices, 7)
    assert [[data for _, data in row] for row in rows] == [["7:yes", "7:no"], ["7:x"], ["7:dont_know"]]


def test_a_screen_of_many_ticks_and_unticks_and_ends() -> None:
    choices = [("fits", "খিঁচুনি"), ("stiff_neck", "ঘাড় শক্ত"), ("none", "এগুলোর কোনোটা নেই"), ("back", "আগের প্রশ্ন")]
    rows = keyboard.rows(choices, 3, many=True, ticks=["fits"], done="হয়ে গেছে")
    buttons = {data: label for row in rows for label, data in row}
    assert buttons["3:-fits"] == "☑ খিঁচুনি"
    assert buttons["3:+stiff_neck"] == "☐ ঘাড় শক্ত"
    assert list(buttons)[2:] == ["3:done", "3:none", "3:back"]


IDS = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=50)


@given(IDS, st.none() | st.integers(0, 10**6), st.sampled_from(["", "+", "-"]))
def test_what_a_button_carries_is_what_its_press_brings(choice: str, step: int | None, sign: str) -> None:
    assert keyboard.pressed(keyboard.data(step, choice, sign)) == (step, (sign + choice,))


@pytest.mark.parametrize("choice", ["x" * 65, "ক" * 22, "+plus", "-minus", ""])
def test_what_a_button_cannot_carry_is_refused(choice: str) -> None:
    with pytest.raises(ValueError, match="choice id"):
        keyboard.data(1, choice)


def test_a_hundred_choices_are_too_many() -> None:
    with pytest.raises(ValueError, match="pages"):
        keyboard.rows([(f"c{n}", "x") for n in range(100)], 1)
