"""The day itself in words: the desk's and the doctor's marks, and a patient's "when is my turn?"."""

from __future__ import annotations

from typing import Any

from flows.actions import SetStatus
from flows.agreement import still_agrees
from flows.booking import book, brief, card, known_person
from flows.day_actions import ByToken, CallNext, Line, Missed, MyTurns, Sittings
from flows.day_words import a_token, calls_next, marks
from flows.heard import Heard
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say, Then

MARKS = ("called", "arrived", "fulfilled", "noshow")
SHOWN = 12
"""Tokens on the screen of a session; the others are reached by their number."""


def mark(status: str, token: str = "") -> Flow[None]:
    """Mark the booking of a token number, asking which one where it stands in several sessions."""
    number = a_token(token)
    if number is None:
        number = a_token(
            str((yield Ask("day_token", "number", case_notes=True, reads=_token, text=f"ask.day_token_{status}")))
        )
    assert number is not None
    found = yield Do(ByToken(number))
    if not found:
        yield Say("day.no_token", {"token": number})
        return
    yield from set_status(found[0] if len(found) == 1 else (yield from _which(found, number)), status)


def _token(heard: Heard) -> Any:
    number = a_token(heard.text)
    return Misfit("misfit.token") if number is None else str(number)


def _which(found: list[dict[str, Any]], token: int) -> Flow[dict[str, Any]]:
    labels = tuple(Choice(one["id"], {"t": "day.which", "args": _where(one)}) for one in found)
    chosen = yield Ask("which_token", choices=labels, args={"token": token}, case_notes=True, reads=_press)
    return next(one for one in found if one["id"] == chosen)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_token")


def _where(booking: dict[str, Any]) -> dict[str, Any]:
    return {
        "specialty": {"t": f"specialty.{booking['specialty']}"}, "time": {"time": booking["starts_at"]},
        "name": booking["name"],
    }  # fmt: skip


def set_status(booking: dict[str, Any], status: str) -> Flow[None]:
    """Mark this booking, and say what was written down."""
    marked = yield Do(SetStatus(booking["id"], status))
    said = {"token": booking["token"], "name": booking["name"]}
    if marked is None:
        yield Say("day.cannot", said | {"status": {"t": f"status.{booking['status']}"}})
        return
    yield Say(f"day.{status}", said, also={"booking": brief(marked)})


def next_patient() -> Flow[None]:
    """Call the smallest token that has come, of the own session; asks which session where there are several."""
    today = yield Do(Sittings())
    if not today:
        yield Say("sittings.none")
        return
    today = [one for one in today if one["arrived"]] or today
    chosen = today[0]["id"] if len(today) == 1 else (yield _sessions("which_sitting", today))
    yield from call_next(chosen)


def call_next(session: str) -> Flow[None]:
    """Call whoever is next in this session."""
    called = yield Do(CallNext(session))
    if called is None:
        yield Say("day.nobody_waits")
    else:
        yield Say("day.called", {"token": called["token"], "name": called["name"]}, also={"booking": brief(called)})


def sittings() -> Flow[Then | None]:
    """Today's sessions with their numbers; a tap opens one."""
    today = yield Do(Sittings())
    if not today:
        yield Say("sittings.none")
        return None
    chosen = yield _sessions("sitting", today, Choice("leave", {"t": "choice.leave"}))
    return None if chosen == "leave" else Then("sitting", {"session": chosen})


def _sessions(question: str, today: list[dict[str, Any]], *more: Choice) -> Ask:
    lines = [{"t": "sittings.line", "args": _numbers(one)} for one in today]
    labels = tuple(Choice(one["id"], {"t": "sittings.choice", "args": _short(one)}) for one in today)
    args = {"lines": {"list": lines, "join": "lines"}}
    return Ask(question, choices=(*labels, *more), text="ask.sitting", args=args, case_notes=True, reads=_press)


def _numbers(one: dict[str, Any]) -> dict[str, Any]:
    counts = {name: one[name] for name in ("booked", "arrived", "done", "noshow")}
    span = {"span": [one["starts_at"], one["ends_at"]], "day": False}
    return counts | {"specialty": {"t": f"specialty.{one['specialty']}"}, "doctor": one["doctor"], "hours": span}


def _short(one: dict[str, Any]) -> dict[str, Any]:
    return {"specialty": {"t": f"specialty.{one['specialty']}"}, "time": {"time": one["starts_at"]}}


def sitting(session: str) -> Flow[Then | None]:
    """One session: call the next, or mark somebody by a tap or by the number; then the same screen anew."""
    line = yield Do(Line(session))
    if not line:
        yield Say("sitting.empty")
        return None
    chosen = yield _in_line(line)
    if chosen == "leave":
        return Then("sittings")
    yield from (call_next(session) if chosen == "next" else _one_of(line, chosen))
    return Then("sitting", {"session": session})


def _one_of(line: list[dict[str, Any]], chosen: Any) -> Flow[None]:
    """What was touched or written of one in the line: a booking, a number, or a number with what to mark."""
    named, status = (chosen["token"], chosen["status"]) if isinstance(chosen, dict) else (chosen, None)
    booking = next((one for one in line if named in (one["id"], str(one["token"]))), None)
    if booking is None:
        yield Say("day.no_token", {"token": int(named)})
        return
    if status is None:
        choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in (*MARKS, "leave"))
        status = yield Ask("mark", choices=choices, args=_state(booking), case_notes=True, reads=_press)
    if status != "leave":
        yield from set_status(booking, status)


def _in_line(line: list[dict[str, Any]]) -> Ask:
    open_ones = [one for one in line if one["status"] in ("booked", "arrived")]
    shown = (open_ones or line)[:SHOWN]
    labels = tuple(Choice(one["id"], {"t": "line.choice", "args": _state(one)}) for one in shown)
    ends = (Choice("next", {"t": "choice.next_patient"}), Choice("leave", {"t": "choice.leave"}))
    args = {"waiting": len(open_ones), "all": len(line)}
    return Ask("line", "number", (ends[0], *labels, ends[1]), args=args, case_notes=True, reads=_of_the_line)


def _of_the_line(heard: Heard) -> Any:
    if marked := marks(heard.text):
        return {"status": marked[0], "token": str(marked[1])}
    return "next" if calls_next(heard.text) else _token(heard)


def _state(one: dict[str, Any]) -> dict[str, Any]:
    state = "called" if one["called"] and one["status"] == "arrived" else one["status"]
    return {"token": one["token"], "name": one["name"], "status": {"t": f"status.{state}"}}


def my_turn() -> Flow[None]:
    """How many are before each of this chat's people today, and about when; before the day, when and where."""
    turns = yield Do(MyTurns())
    today = [one for one in turns if one["today"]]
    if not turns:
        yield Say("turn.none")
    for one in today or turns[:3]:
        yield _turn(one)


def _turn(one: dict[str, Any]) -> Say:
    said = {key: one[key] for key in ("token", "name", "spoke")}
    if not one["today"]:
        return Say("turn.another_day", said | {"when": card(one)["when"]})
    if one["status"] == "noshow":
        return Say("turn.missed", said)
    if one["called"]:
        return Say("turn.now", said)
    if one["expected"] is None:
        return Say("turn.unknown", said | {"when": card(one)["when"]})
    said["time"] = {"time": one["expected"]}
    return Say("turn.after", said | {"ahead": one["ahead"]}) if one["ahead"] else Say("turn.next", said)


def book_again(booking_id: str) -> Flow[None]:
    """A new token for who did not come: the same need, at the same centre. What is long ago is asked about anew."""
    missed = yield Do(Missed(booking_id))
    if missed is None:
        yield Say("missed.long_ago")
        return
    if not (yield from still_agrees(missed["person"])):
        return
    need = {"specialty": missed["specialty"], "within_days": missed["within_days"], "decision": missed["decision"]}
    spoke = {"id": missed["spoke_id"], "name": missed["spoke"]}
    yield from book(known_person(missed["person"]), need, None, spoke)
