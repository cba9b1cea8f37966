"""Plain words of the day: "when is my turn?", and what the desk writes of a token ("token 12 eseche")."""

from __future__ import annotations

from collections.abc import Iterable

from flows.plainwords import words


def _set(*groups: str) -> frozenset[str]:
    return frozenset(word for group in groups for word in words(group))


_TURN = _set("turn pala palla paala palar pallar serial siriyal line dak", "পালা পালার পাল্লা সিরিয়াল সিরিয়াল লাইন ডাক")
_WHEN = _set(
    "when kokhon kakhon kokhn kobe kotokkhon kotokhon kota kotay time ashbe asbe ase elo koto kato baki dakbe dakben",
    "কখন কবে কতক্ষণ কটায় আসবে এলো এল কত বাকি ডাকবে ডাকবেন",
)
_HOW_MANY = _set("koto kato kotojon katojon", "কত কতজন কয়জন কজন")
_PEOPLE = _set("jon jan janer joner lok kotojon katojon", "জন জনের লোক রোগী কতজন কয়জন কজন")
_BEFORE = _set(
    "baki bakee age aage samne shamne pore ache achhe achen ahead before left remaining",
    "বাকি বাকী আগে সামনে পরে আছে আছেন",
)
_CALLED = _set("dakbe dakben daakbe daakben", "ডাকবে ডাকবেন")
_AT_MOST = 9
_OFTEN_ASKED = frozenset({"how long do i have to wait", "how much longer", "ar kotokkhon", "আর কতক্ষণ"})


def asks_turn(text: str) -> bool:
    """Whether somebody asks when their turn comes, or how many are before them."""
    said = words(text)
    if not said or len(said) > _AT_MOST:
        return False
    there = set(said)
    if " ".join(said) in _OFTEN_ASKED:
        return True
    if "how" in there and "many" in there:
        return bool(there & _BEFORE)
    counts = (
        bool(there & _HOW_MANY) and bool(there & _BEFORE) and bool(there & (_PEOPLE | {"কতজন", "kotojon", "katojon"}))
    )
    asks_when = bool(there & _TURN) and bool(there & _WHEN)
    return counts or asks_when or (bool(there & _CALLED) and bool(there & _WHEN - _CALLED))


_STATUS: dict[str, Iterable[str]] = {
    "noshow": (
        "aseni", "asheni", "ase ni", "ashe ni", "eseni", "anupasthit", "onuposthit", "absent", "noshow", "no show",
        "not come", "did not come", "didn't come", "has not come", "আসেনি", "আসেননি", "আসে নি", "আসেন নি", "অনুপস্থিত",
    ),
    "arrived": (
        "eseche", "esechhe", "esechen", "esechhen", "eshechhe", "eshechen", "eseche gechhe", "ese geche", "ese gechen",
        "arrived", "has come", "came", "is here", "has arrived", "এসেছে", "এসেছেন", "এসে গেছে", "এসে গেছেন",
    ),
    "called": ("dakun", "daakun", "dako", "daka holo", "call", "called", "ডাকুন", "ডাকো", "ডাকা হল", "ডাকা হলো"),
    "fulfilled": (
        "hoye geche", "hoye gechhe", "hoyeche", "dekha hoyeche", "dekha hoye geche", "dekha holo", "done", "seen",
        "finished", "হয়ে গেছে", "হয়েছে", "দেখা হয়েছে", "দেখা হয়ে গেছে", "দেখা হল", "দেখা হলো",
    ),
}  # fmt: skip
_MARKS = {tuple(words(said)): status for status, phrases in _STATUS.items() for said in phrases}
_NUMBER_WORDS = _set("token tokens number no nombor nambar nomber num ta er ke is", "টোকেন নম্বর নং নাম্বার টা এর কে")
_NEXT = frozenset(
    " ".join(words(said))
    for said in (
        "next", "next patient", "call next", "call the next", "next one", "porer jon", "porer jonke dakun", 
        "porer rogi", "porer patient", "পরের জন", "পরের জনকে ডাকুন", "পরের রোগী", "পরের রুগী",
    )
)  # fmt: skip
_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
TOKEN_AT_MOST = 9999


def a_token(text: str) -> int | None:
    """The token number that the text is: "12", "১২", "#12"; None for anything else."""
    bare = text.strip().lstrip("#").translate(_DIGITS)
    return int(bare) if bare.isascii() and bare.isdigit() and 0 < int(bare[:6]) <= TOKEN_AT_MOST else None


def marks(text: str) -> tuple[str, int] | None:
    """What the desk writes of one token, and nothing else: (status, token). "12 er jor eseche" is no such thing."""
    said = words(text)
    numbers = [number for word in said if (number := a_token(word)) is not None]
    rest = tuple(word for word in said if a_token(word) is None and word not in _NUMBER_WORDS)
    status = _MARKS.get(rest)
    return (status, numbers[0]) if status and len(numbers) == 1 else None


def calls_next(text: str) -> bool:
    """Whether the whole message asks for the next patient."""
    return " ".join(words(text)) in _NEXT


_TOGETHER = frozenset(
    " ".join(words(said))
    for said in (
        "whole family", "the whole family", "family together", "all together", "puro poribar", "poribarer sobai",
        "paribarer sobai", "sobai eksathe", "sobai ek sathe", "sobar token", "barir sobai", "barir sobar token",
        "পুরো পরিবার", "পরিবারের সবাই", "সবাই একসঙ্গে", "সবাই একসাথে", "সবার টোকেন", "বাড়ির সবাই", "বাড়ির সবার টোকেন",
        "token for the whole family", "book for the whole family",
    )
)  # fmt: skip


def together(text: str) -> bool:
    """Whether the whole message asks for a family to be seen together."""
    return " ".join(words(text)) in _TOGETHER
