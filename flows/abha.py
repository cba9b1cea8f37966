"""ABHA numbers: 14 digits, the last one by Luhn, written 2-4-4-4. An Aadhaar number (12 digits) is never taken."""

from __future__ import annotations

import re

DIGITS = 14
AADHAAR_DIGITS = 12
_ASCII = str.maketrans("০১২৩৪৫৬৭৮৯०१२३४५६७८९", "0123456789" * 2)
_RUN = re.compile(r"(?<![\d+])\d(?:[ \t\-–.]?\d)+(?!\d)")
_PHONE = re.compile(r"(?:\+91|0091)[ \-]?[6-9]\d{4}[ \-]?\d{5}(?!\d)")
_TWELVE = re.compile(r"(?<!\d)(?<!\d[-–])\d{4}[ \-–]?\d{4}[ \-–]?\d{4}(?![ \-–]?\d)")


def in_ascii(text: str) -> str:
    """The text with Bengali and Hindi digits as ASCII ones."""
    return text.translate(_ASCII)


def numbers(text: str) -> list[str]:
    """The runs of digits in a text, with what parts them left out: "91-1234-5678-9012" is one of 14."""
    return [re.sub(r"\D", "", run) for run in _RUN.findall(in_ascii(text))]


def is_abha(digits: str) -> bool:
    """Whether these are 14 digits of which the last is right (Luhn, ISO/IEC 7812-1, as ABDM numbers are made)."""
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit() and _luhn(digits) == 0


def _luhn(digits: str) -> int:
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10


def holds_aadhaar(text: str) -> bool:
    """Whether an Aadhaar number stands in the text: 12 digits that are no telephone number and no part of an ABHA."""
    plain = in_ascii(text)
    for run in _RUN.findall(plain):
        if is_abha(re.sub(r"\D", "", run)):
            plain = plain.replace(run, " ")
    return _TWELVE.search(_PHONE.sub(" ", plain)) is not None


def written(digits: str) -> str:
    """As it stands on the card: 91-1234-5678-9012."""
    return "-".join((digits[:2], digits[2:6], digits[6:10], digits[10:]))
