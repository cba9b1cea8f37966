"""One message, from what came in to what is said: the desk where every conversation is answered.

A stack of frames, the top one talking. A message is an answer to the question that stands, a remark (a finding, an
age), a wish (my tokens, another language), an emergency, or none of these; in every case the question is asked again.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from flows import account, day_words, notice_words
from flows.answers import Event, answer
from flows.complaints import complains
from flows.heard import Heard
from flows.joining import code_in
from flows.notice_actions import JustTold, Unwanted
from flows.phones import phone_args
from flows.plainwords import lists_people
from flows.remarks import mend, mends, note, stuck
from flows.routes import AT_THE_DESK, COMMANDS, FLOWS, HOME, MARKS, NOTICES, STAFF_COMMANDS, WISHES
from flows.story import remark
from flows.talk import Do, Journal, Misfit, Then
from flows.turn import Frame, Turn

SURE, PERHAPS = 0.6, 0.3
"""Confidence from which a wish is followed, and from which the person is asked whether they meant it."""
SHORTER = {"consent": "ask.consent_again"}
"""Questions whose text is long, and what stands for it when they are asked again."""
COURTESIES = ("thanks", "help", "greet")
"""Intents that are answered in a word, after which the question stands again."""


def respond(
    state: dict[str, Any], event: Event, heard: Heard, lang: str | None, role: str, locked: bool = False
) -> Generator[Do, Any, dict[str, Any]]:
    """Answer one message. Yields the actions to perform; gives the new state, with what to say under "said".

    `state`: as given before, {} at first. The caller keeps everything but "said", which goes to the outbox. `locked`: a
    member of staff who has to give the PIN before anything else.
    """
    frames = [Frame(f["flow"], f["args"], Journal(f["journal"])) for f in state.get("frames", ()) if f["flow"] in FLOWS]
    turn = Turn(frames, lang, role, state.get("step", 0), ticks=list(state.get("ticks", ())))
    if locked:
        _only_the_pin(turn, state)
    yield from _wait(turn, quiet=True)
    if event.kind == "press" and _toggles(turn, event):
        return _kept(turn, state | {"said": [_screen(turn) | {"edit": True}]})
    if locked:
        _deal_locked(turn, event, heard)
    else:
        yield from _deal(turn, event, heard)
    yield from _wait(turn)
    turn.step += 1
    if turn.ask:
        turn.ticks = []
        turn.said.append(_offered(turn) | _in_short(turn, state))
    return _kept(turn, {"said": turn.said})


def _deal(turn: Turn, event: Event, heard: Heard) -> Generator[Do, Any, None]:
    match event.kind:
        case "press":
            _press(turn, event)
        case "text":
            yield from _text(turn, heard)
        case "location":
            if not _answered(turn, event, heard):
                turn.say("location.not_now")
        case "contact":
            turn.say("contact.not_needed")
        case "edited":
            turn.say("cannot.edited")
        case _:
            turn.say(f"cannot.{event.media}" if event.media in CANNOT else "cannot.other", **phone_args())
    if not turn.frames and event.kind == "text" and (turn.lang is None or turn.only_said("desk.out_of_scope")):
        turn.push(HOME.get(turn.role, "visit"), {})


def _only_the_pin(turn: Turn, state: dict[str, Any]) -> None:
    """Nothing of what stood goes on, but for the way to hospital."""
    asked = (state.get("offered") or {}).get("text")
    turn.frames = [frame for frame in turn.frames if frame.flow == "staff_session" or asked in EMERGENCY_TEXTS]


EMERGENCY_TEXTS = ("ask.after_emergency", "ask.place_emergency")
"""Questions that stand while somebody is on the way to hospital."""


def _deal_locked(turn: Turn, event: Event, heard: Heard) -> None:
    """The PIN, or an emergency; whatever else is said waits for the PIN."""
    if heard.red_flag:
        note(turn, heard)
    elif not turn.frames:
        turn.push("staff_session", {})
    elif heard.text.startswith("/") or not _answered(turn, event, heard):
        turn.say("pin.staff_first")


CANNOT = frozenset({"photo", "voice", "sticker", "document", "video", "forward", "group"})


def _wait(turn: Turn, quiet: bool = False) -> Generator[Do, Any, None]:
    """Run the top frame to its question; a flow that has ended gives way to the one below."""
    turn.ask = None
    while turn.frames and turn.ask is None:
        frame = turn.frames[-1]
        came_to = yield from frame.run()
        if not (quiet and came_to.ask):
            turn.said += [say.payload() | ({"urgent": True} if say.urgent else {}) for say in came_to.said]
        turn.ask, turn.key = came_to.ask, came_to.key
        if turn.ask is None:
            turn.frames.pop()
            if isinstance(came_to.result, Then):
                turn.push(came_to.result.flow, dict(came_to.result.args), dict(came_to.result.told))


def _press(turn: Turn, event: Event) -> None:
    verb, _, about = event.press[0].partition(":") if event.press else ("", "", "")
    if about and verb in NOTICES and not _offers(turn, event.press[0]):
        flow, args = NOTICES[verb]
        turn.push(flow, args | {"booking_id": about})
    elif not turn.ask:
        turn.say("press.nothing")
    elif event.step not in (None, turn.step):
        turn.say("press.stale")
    elif event.press in (("back",), ("cancel",)):
        _command(turn, list(event.press))
    elif not _answered(turn, event, Heard()):
        turn.say("press.stale")


def _offers(turn: Turn, choice: str) -> bool:
    return turn.ask is not None and choice in {one.id for one in turn.ask.choices}


def _toggles(turn: Turn, event: Event) -> bool:
    """A tick set or taken away on a screen of many; "done" sends them."""
    if turn.ask is None or turn.ask.kind != "many" or event.step != turn.step or len(event.press) != 1:
        return False
    sign, code = event.press[0][:1], event.press[0][1:]
    if sign not in "+-" or not _offers(turn, code):
        return False
    turn.ticks = [one for one in turn.ticks if one != code] + ([code] if sign == "+" else [])
    return True


def _screen(turn: Turn) -> dict[str, Any]:
    return _offered(turn) | {"ticks": turn.ticks}


def _in_short(turn: Turn, before: dict[str, Any]) -> dict[str, Any]:
    """The text of a notice that is asked for again: who has just read the whole of it is not sent it at every line."""
    repeated = turn.key is not None and turn.key == before.get("asked")
    return {"text": SHORTER[turn.key]} if repeated and turn.key in SHORTER else {}


def _offered(turn: Turn) -> dict[str, Any]:
    """The question that stands, as it is sent: with its step, and a way back where there is one."""
    assert turn.ask is not None
    payload = turn.ask.payload() | {"step": turn.step}
    if turn.frames[-1].journal.goes_back() and payload.get("choices"):
        payload["choices"] = [*payload["choices"], {"id": "back", "label": {"t": "choice.back"}}]
    return payload


def _text(turn: Turn, heard: Heard) -> Generator[Do, Any, None]:
    if heard.text.startswith("/"):
        _command(turn, heard.text[1:].split("@")[0].split())
        return
    if (
        turn.lang is None
        and heard.language
        and (heard.present or heard.command == "emergency")
        and not (turn.ask and turn.ask.question == "language")
    ):
        yield from account.guessed(heard.language)
    dictated = turn.ask is not None and turn.ask.verbatim
    if not dictated and _of_the_day(turn, heard):
        return
    if not dictated and not heard.red_flag and (yield from _of_notices(turn, heard)):
        return
    if not dictated and (code := code_in(heard.text)):
        turn.push("join", {"code": code})
        return
    if heard.command and not (dictated and heard.command in ("human", "emergency")):
        _command(turn, [heard.command])
    elif heard.red_flag and not _of_others(turn, heard):
        note(turn, heard)
    elif (wish := _wish(turn, heard, SURE)) and not dictated:
        flow, args = WISHES[wish]
        turn.push(flow, args | ({"to": named} if flow == "language" and (named := _named_language(heard)) else {}))
    elif turn.frames and heard.intent in COURTESIES and not heard.present and not dictated and not stuck(turn):
        _courtesy(turn, heard)
    elif not _answered(turn, _Typed(heard.text), heard):
        _otherwise(turn, heard)
    for name, value in (heard.impossible if not dictated else {}).items():
        if not any(said["text"] == "misfit.age_range" for said in turn.said):
            turn.say("misfit.measure", value=value, what={"t": f"measure.{name}"})


def _of_others(turn: Turn, heard: Heard) -> bool:
    """Whether what was written is of a doctor's patient, or of several people who are judged one by one."""
    ask = turn.ask
    return ask is not None and (ask.case_notes or (ask.several and lists_people(heard.text)))


def _of_the_day(turn: Turn, heard: Heard) -> bool:
    """Words that the day itself brings: "token 12 eseche", "next patient", "when is my turn?", "the whole family"."""
    if turn.role in AT_THE_DESK:
        return (turn.ask is None or turn.ask.question != "line") and _at_the_desk(turn, heard)
    if heard.present or heard.red_flag or heard.command:
        return False
    asked = {"turn": day_words.asks_turn, "together": day_words.together, "complain": complains}
    flow = next((flow for flow, asks in asked.items() if asks(heard.text)), None)
    if flow:
        turn.push(flow, {})
    return flow is not None


def _of_notices(turn: Turn, heard: Heard) -> Generator[Do, Any, bool]:
    """Words that stop notices or let them come again, and those that answer the one that was just sent."""
    if notice_words.stops(heard.text) or heard.command == "stop":
        _command(turn, ["stop"])
        return True
    if notice_words.starts(heard.text) and (yield Do(Unwanted())):
        turn.push("start_notices", {})
        return True
    verb = notice_words.answers(heard.text) or (
        "coming" if turn.ask is None and notice_words.agrees(heard.text) else None
    )
    told = (yield Do(JustTold())) if verb else None
    if verb is None or told is None:
        return False
    flow, args = NOTICES[verb]
    turn.push(flow, args | {"booking_id": told})
    return True


def _at_the_desk(turn: Turn, heard: Heard) -> bool:
    if marked := day_words.marks(heard.text):
        _mark(turn, marked[0], str(marked[1]))
    elif day_words.calls_next(heard.text):
        _look_anew(turn)
        turn.push("next", {})
    else:
        return False
    return True


def _mark(turn: Turn, status: str, token: str) -> None:
    _look_anew(turn)
    turn.push("mark", {"status": status, "token": token})


def _look_anew(turn: Turn) -> None:
    """A screen of numbers that are about to change is begun anew."""
    if turn.frames and turn.frames[-1].flow in ("coordinator", "sittings", "sitting"):
        turn.frames[-1] = Frame(turn.frames[-1].flow, turn.frames[-1].args, Journal([]))


def _wish(turn: Turn, heard: Heard, confidence: float) -> str | None:
    """The wish that was heard at least so surely; what tells a complaint or names an offered choice is none."""
    other = heard.present or _named_choice(turn, heard) or heard.confidence < confidence
    return None if other or heard.intent not in WISHES else heard.intent


def _named_choice(turn: Turn, heard: Heard) -> bool:
    return heard.choice is not None and _offers(turn, heard.choice)


LANGUAGES = {"en": ("english", "ingreji", "ইংরেজি", "ইংরাজি", "ইংলিশ"), "bn": ("bangla", "bengali", "বাংলা")}
"""The language by its names: "english e bolun" names English, in whatever language it is said."""


def _named_language(heard: Heard) -> str | None:
    named = [lang for lang, names in LANGUAGES.items() if any(name in heard.text.lower() for name in names)]
    return named[0] if len(named) == 1 else None


@dataclass(frozen=True)
class _Typed:
    """A typed text as an event."""

    text: str
    kind: str = "text"
    press: tuple[str, ...] = ()
    step: int | None = None
    lat: float | None = None
    lon: float | None = None
    media: str | None = None


def _otherwise(turn: Turn, heard: Heard) -> None:
    """No answer to what was asked: a remark, a courtesy, or not understood."""
    if remark(heard) and (heard.present or heard.absent or heard.uncertain or heard.measures):
        note(turn, heard)
    elif mends(turn, heard):
        mend(turn, heard)
    elif wish := _wish(turn, heard, PERHAPS):
        turn.push("meant", {"wish": wish})
    elif heard.intent in ("thanks", "help"):
        _courtesy(turn, heard)
    elif heard.impossible:
        return
    elif turn.ask:
        turn.say("desk.not_understood")
    elif heard.intent == "out_of_scope":
        turn.say("desk.out_of_scope")


def _answered(turn: Turn, event: Event, heard: Heard) -> bool:
    """Whether this answers the question that stands; a near miss says how to answer."""
    if turn.ask is None or turn.key is None:
        return False
    ask = turn.ask
    press = tuple(turn.ticks) if event.press == ("done",) and ask.kind == "many" and turn.ticks else event.press
    given = answer(ask, _Typed(event.text, event.kind, press, event.step, event.lat, event.lon, event.media), heard)
    if given is None:
        return False
    if isinstance(given, Misfit):
        turn.say(given.text, **given.args)
        if ask.question == "complaint":  # words that are unclear twice are taken as they are: nobody is turned away
            turn.frames[-1].journal.add("note", "", None, {"unclear": True})
        return True
    told = {} if ask.verbatim else remark(heard)
    told |= ask.facts(given) if ask.facts else {}
    if ask.question == "complaint":
        told |= {"words": True} | ({"said": heard.text} if turn.role == "asha" else {})  # whom she names in it
    turn.frames[-1].journal.add("ask", turn.key, given, told or None)
    return True


def _command(turn: Turn, words: list[str]) -> None:
    name, rest = (words[0].lower() if words else "help"), words[1:]
    staff = STAFF_COMMANDS.get(turn.role, {})
    if name == "start" and rest:
        turn.push("start", {"code": rest[0]})
    elif name in ("start", "restart"):
        turn.frames = []
        turn.push(HOME.get(turn.role, "visit"), {})
    elif name == "back":
        _back(turn)
    elif name == "emergency":
        turn.say("desk.emergency", **phone_args())
    elif name == "stop":
        turn.frames = []
        turn.push("stop_notices", {})
    elif name == "cancel":
        turn.frames = []
        turn.say("desk.cancelled")
    elif name in staff:
        turn.push(staff[name], {})
    elif name in MARKS and turn.role in AT_THE_DESK:
        _mark(turn, MARKS[name], "".join(rest[:1]))
    elif name in COMMANDS:
        turn.push(*COMMANDS[name])
    else:
        _help(turn)


def _courtesy(turn: Turn, heard: Heard) -> None:
    if heard.intent == "help":
        _help(turn)
    else:
        turn.say(f"desk.{heard.intent}")


def _help(turn: Turn) -> None:
    """What may be written; for staff their own screens too."""
    turn.say("desk.help")
    if turn.role in STAFF_COMMANDS:
        turn.say(f"desk.help_{turn.role}")


def _back(turn: Turn) -> None:
    if not turn.frames:
        turn.say("desk.nothing_to_undo")
    elif not turn.frames[-1].journal.back():
        if len(turn.frames) > 1:
            turn.frames.pop()
        else:
            turn.say("desk.nothing_to_undo")


def _kept(turn: Turn, state: dict[str, Any]) -> dict[str, Any]:
    frames = [{"flow": f.flow, "args": f.args, "journal": f.journal.entries} for f in turn.frames]
    offered = _offered(turn) if turn.ask else None
    return {
        "said": state["said"],
        "frames": frames,
        "step": turn.step,
        "ticks": turn.ticks,
        "offered": offered,
        "asked": turn.key,
    }
