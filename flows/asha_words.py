"""The screens of an ASHA worker's menu by their names, as she types them instead of a tap."""

from __future__ import annotations

from flows.plainwords import words

_ADDS = frozenset("jog add new notun likhun lekhan likhbo korbo যোগ নতুন লিখুন লেখান লিখব লিখবো করব করবো".split())
_SCREENS: tuple[tuple[str, frozenset[str]], ...] = (
    ("mothers", frozenset("pregnant mothers gorbhoboti gorbhobti garbhabati poyati গর্ভবতী পোয়াতি মায়েরা".split())),
    ("follow_ups", frozenset("followup followups abar follow আবার ফলোআপ".split())),
    ("calls", frozenset("phone call calls fon ফোন কল".split())),
    ("numbers", frozenset("month maser mash kaj numbers মাসের কাজ হিসাব".split())),
    ("today", frozenset("aj ajke ajker today list talika আজ আজকে আজকের তালিকা".split())),
    ("ill", frozenset("osustho kosto ill sick oshukh osukh অসুস্থ কষ্ট অসুখ".split())),
)
_FAMILY = frozenset("poribar paribar poribarer family families ghor পরিবার পরিবারগুলি পরিবারের ঘর".split())
_AT_MOST = 5


def menu_word(text: str) -> str | None:
    """The screen that is named; None if none is, or the words are too many to be a name."""
    said = {word for one in words(text) for word in one.split("-")}
    if not said or len(words(text)) > _AT_MOST:
        return None
    if said & _FAMILY:
        return "add_family" if said & _ADDS else "families"
    return next((screen for screen, names in _SCREENS if said & names), None)
