"""One member of her families: all that is kept, put right by a tap; another family, out of it, consent withdrawn."""

from __future__ import annotations

from typing import Any

from flows.abha import AADHAAR_DIGITS, numbers
from flows.asha_actions import (
    ChangeMember,
    EndConsent,
    Homes,
    MemberCard,
    MoveMember,
    ReadAbha,
    ReadDue,
    RemoveMember,
)
from flows.heard import Heard
from flows.illnesses import illnesses, said
from flows.member_words import LANGUAGES, line
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say, Then
from flows.visit import FERTILE, a_name, an_age

Told = dict[str, Any]
ILLNESSES_SHOWN = 8
"""The commonest on a screen; the others are written."""


def member(person: str) -> Flow[Then | None]:
    """The card, and what can be done with it."""
    card = yield Do(MemberCard(person))
    if card is None:
        yield Say("member.gone")
        return None
    acts = [
        "ill_one",
        "mend",
        "move_home",
        "give_code",
        "remove",
        *(["end_consent"] if card["agreed"] else []),
        "leave",
    ]
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in acts)
    wish = yield Ask("member", choices=choices, args={"card": line(card), "home": card["home"]["name"]})
    if wish == "leave":
        return Then("home", {"home": card["home"]["id"]})
    if wish == "ill_one":
        return Then("visit", told={"person": person})
    if wish == "give_code":
        return Then("give_code", {"booking_id": person})
    yield from {"mend": _mend, "move_home": _move, "remove": _remove, "end_consent": _end}[str(wish)](card)
    return Then("home", {"home": card["home"]["id"]}) if wish == "remove" else Then("member", {"person": person})


def _mend(card: Told) -> Flow[None]:
    fields = ["name", "age", "sex", *(["pregnancy"] if _may_be_pregnant(card) else []), "illness", "lang", "abha"]
    choices = tuple(Choice(id, {"t": f"mend.{id}"}) for id in (*fields, "leave"))
    what = yield Ask("mend_what", choices=choices, args={"name": card["name"]})
    if what == "leave":
        return
    change = yield from _FIELDS[str(what)](card)
    if change:
        yield Do(ChangeMember(card["id"], change))
        yield Say("member.changed")


def _may_be_pregnant(card: Told) -> bool:
    years = card["age_years"]
    return card["sex"] == "female" and (years is None or FERTILE[0] <= years <= FERTILE[1])


def _new_name(card: Told) -> Flow[Told]:
    return {"name": (yield Ask("new_name", "text", args=_of(card), verbatim=True, reads=a_name))}


def _new_age(card: Told) -> Flow[Told]:
    return {"age_years": float((yield Ask("new_age", "number", args=_of(card), reads=an_age)))}


def _new_sex(card: Told) -> Flow[Told]:
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("female", "male"))
    return {"sex": (yield Ask("new_sex", choices=choices, args=_of(card), reads=lambda heard: heard.sex))}


def _pregnancy(card: Told) -> Flow[Told]:
    """Months, weeks or a date in words; high risk, delivered and not pregnant by a tap."""
    while True:
        acts = ("high_risk", "low_risk", "delivered", "not_pregnant", "leave")
        choices = tuple(Choice(id, {"t": f"pregnancy.{id}"}) for id in acts)
        answer = yield Ask("new_pregnancy", "text", choices, args=_of(card), reads=_a_line)
        if isinstance(answer, str):
            return _BY_TAP[answer]
        due = yield Do(ReadDue(answer["line"]))
        if due:
            return {"pregnant": True, "due_date": due["due_date"]}
        yield Say("misfit.due")


_BY_TAP: dict[str, Told] = {
    "high_risk": {"pregnant": True, "high_risk": True}, "low_risk": {"pregnant": True, "high_risk": False},
    "delivered": {"pregnant": False, "recent_delivery": True}, "not_pregnant": {"pregnant": False}, "leave": {},
}  # fmt: skip


def _a_line(heard: Heard) -> Any:
    return None if heard.present and not _only_pregnant(heard) else {"line": heard.text}


def _only_pregnant(heard: Heard) -> bool:
    return set(heard.present) <= {"known_pregnancy", "missed_period"}


def _illness(card: Told) -> Flow[Told]:
    """A tap adds one or takes it away; another word is kept as it is written."""
    has = list(card["illnesses"])
    shown = list(dict.fromkeys([*has, *list(illnesses())[:ILLNESSES_SHOWN]]))[:ILLNESSES_SHOWN]
    toggles = tuple(Choice(f"i{at}", _toggle(code, code in has)) for at, code in enumerate(shown))
    answer = yield Ask("new_illness", "text", (*toggles, Choice("leave", {"t": "choice.leave"})), args=_of(card),
                       reads=_a_word)  # fmt: skip
    if answer == "leave":
        return {}
    code = answer["word"] if isinstance(answer, dict) else shown[int(answer[1:])]
    code = _code(code)
    return {"illnesses": [one for one in has if one != code] if code in has else [*has, code]}


def _toggle(code: str, on: bool) -> Any:
    return {"t": "illness.on" if on else "illness.off", "args": {"what": said(code)}}


def _a_word(heard: Heard) -> Any:
    text = " ".join(heard.text.split())
    return {"word": text} if 2 <= len(text) <= 40 and not any(sign.isdigit() for sign in text) else None


def _code(word: str) -> str:
    """The code of an illness that was written, or the word itself."""
    low = word.lower()
    return next((code for code, illness in illnesses().items() if low == code or low in illness.words), word)


def _lang(card: Told) -> Flow[Told]:
    choices = tuple(Choice(id, {"t": f"lang.{id}"}) for id in LANGUAGES)
    return {"lang": (yield Ask("new_lang", choices=choices, args=_of(card)))}


def _abha(card: Told) -> Flow[Told]:
    """14 digits, in any grouping, in words too; an Aadhaar number is refused before anything is kept."""
    while True:
        answer = yield Ask("new_abha", "text", (Choice("leave", {"t": "choice.leave"}),), args=_of(card),
                           verbatim=True, reads=_no_aadhaar)  # fmt: skip
        if answer == "leave":
            return {}
        read = yield Do(ReadAbha(answer))
        if "abha" in read:
            return dict(read)
        yield Say("misfit.aadhaar" if read["refused"] == "aadhaar" else f"misfit.abha_{read['refused']}")


def _no_aadhaar(heard: Heard) -> Any:
    alone = any(len(run) == AADHAAR_DIGITS for run in numbers(heard.text))
    return Misfit("misfit.aadhaar") if alone else heard.text


_FIELDS = {
    "name": _new_name, "age": _new_age, "sex": _new_sex, "pregnancy": _pregnancy, "illness": _illness, "lang": _lang,
    "abha": _abha,
}  # fmt: skip


def _of(card: Told) -> dict[str, Any]:
    return {"name": card["name"]}


def _move(card: Told) -> Flow[None]:
    """Into another of her families, or one of their own."""
    page = 0
    while True:
        found = yield Do(Homes(page))
        homes = [one for one in found["homes"] if one["id"] != card["home"]["id"]]
        labels = tuple(Choice(one["id"], {"t": "together.home", "args": _head(one)}) for one in homes)
        more = (Choice("more", {"t": "choice.more_people"}),) if found["more"] else ()
        ends = (Choice("own_home", {"t": "choice.own_home"}), Choice("leave", {"t": "choice.leave"}))
        answer = yield Ask("move_where", choices=(*labels, *more, *ends), args=_of(card))
        if answer == "leave":
            return
        if answer == "more":
            page += 1
            continue
        moved = yield Do(MoveMember(card["id"], None if answer == "own_home" else str(answer)))
        yield Say("member.moved" if moved else "member.gone")
        return


def _head(home: dict[str, Any]) -> dict[str, Any]:
    return {"name": home["name"] or "?", "count": home["count"]}


def _remove(card: Told) -> Flow[None]:
    choices = (Choice("yes", {"t": "choice.remove"}), Choice("no", {"t": "choice.leave"}))
    if (yield Ask("remove", "yes_no", choices, "ask.remove_member", _of(card))) == "yes":
        yield Do(RemoveMember(card["id"]))
        yield Say("member.removed", _of(card))


def _end(card: Told) -> Flow[None]:
    choices = (Choice("yes", {"t": "choice.end_consent"}), Choice("no", {"t": "choice.leave"}))
    if (yield Ask("end_consent", "yes_no", choices, "ask.end_consent", _of(card))) == "yes":
        yield Do(EndConsent(card["id"]))
        yield Say("consent.ended", _of(card))
