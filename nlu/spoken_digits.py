"""Numbers told digit by digit or in groups, in digits or words: "nine one, 1234 ...", "এক দুই তিন"."""

from __future__ import annotations

import regex

from nlu.normal import readable

_WORDS = (
    "zero o oh shunno sunno শূন্য শুন্য", "one ek এক", "two dui dudui দুই দু", "three tin তিন", "four char চার",
    "five panch pach পাঁচ পাচ", "six chhoy choy chhay ছয় ছ", "seven sat shat সাত", "eight at aat আট", "nine noy noi নয় ন",
)  # fmt: skip
_DIGIT = {readable(word): str(number) for number, words in enumerate(_WORDS) for word in words.split()}
_TIMES = {readable(word): times for times, words in ((2, "double dabal ডাবল"), (3, "triple ট্রিপল"))
          for word in words.split()}  # fmt: skip


def digits(text: str) -> str:
    """The digits told, run together; words that are none are passed over."""
    told, times = "", 1
    for word in regex.findall(r"[0-9]+|[\p{L}\p{M}]+", readable(text)):
        if word in _TIMES:
            times = _TIMES[word]
            continue
        digit = word if word.isdigit() else _DIGIT.get(word, "")
        told += digit * times if len(digit) == 1 else digit
        times = 1
    return told
