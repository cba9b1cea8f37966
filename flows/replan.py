"""When the hub changes: what people are told and answer, and how a coordinator closes or shortens a session."""

from __future__ import annotations

from typing import Any

from flows.actions import ConfirmComing
from flows.phones import phone_args
from flows.replan_actions import HubSessions, Replan, SessionEnds, TryReplan
from flows.talk import Ask, Choice, Do, Flow, Say

ON_A_PAGE = 8
AWAY_DAYS = (1, 2, 3, 7, 14)


def told_late(late: bool) -> Any:
    """What the notice of a new time adds for who should be seen sooner than that."""
    return {"t": "moved.late", "args": phone_args()} if late else ""


def accept(booking: str) -> Flow[None]:
    """The new time suits."""
    still = yield Do(ConfirmComing(booking))
    yield Say("moved.thanks" if still else "bookings.none")


def close_session() -> Flow[None]:
    """A coordinator's change of a session of today or tomorrow: chosen, tried, then confirmed."""
    session = yield from _which_session()
    if session is None:
        return
    change = yield from _what_happens(session)
    if change is None:
        yield Say("replan.left")
        return
    tried = yield Do(TryReplan(change))
    if tried is None:
        yield Say("replan.impossible")
    elif (yield from _sure(session, change, tried)):
        done = yield Do(Replan(change))
        if done is None:
            yield Say("replan.impossible")
        else:
            yield Say("replan.done", _numbers(tried)) if tried["people"] else Say("replan.done_nobody")
    else:
        yield Say("replan.left")


def _which_session() -> Flow[dict[str, Any] | None]:
    days = (Choice("today", {"t": "replan.today"}), Choice("tomorrow", {"t": "replan.tomorrow"}))
    day = yield Ask("close_day", choices=days)
    sessions = (yield Do(HubSessions(1 if day == "tomorrow" else 0))) or []
    if not sessions:
        yield Say("replan.no_session")
    page = 0
    while sessions:
        shown = sessions[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        more = (Choice("more_sessions", {"t": "replan.more"}),) if len(sessions) > ON_A_PAGE else ()
        leave = Choice("leave", {"t": "choice.leave"})
        chosen = yield Ask("close_session", choices=(*map(_choice, shown), *more, leave))
        if chosen == "leave":
            yield Say("replan.left")
            return None
        if chosen != "more_sessions":
            return dict(next(one for one in sessions if str(one["id"]) == chosen))
        page = (page + 1) % -(-len(sessions) // ON_A_PAGE)
    return None


def _choice(session: dict[str, Any]) -> Choice:
    time = {"span": [session["starts_at"], session["ends_at"]], "day": False}
    args = {"time": time, "doctor": session["doctor"], "count": session["people"]}
    return Choice(str(session["id"]), {"t": "replan.session", "args": args})


def _what_happens(session: dict[str, Any]) -> Flow[dict[str, Any] | None]:
    """The change as the actions have it; None: nothing is changed."""
    hows = tuple(Choice(how, {"t": f"replan.how_{how}"}) for how in ("close", "shorten", "away"))
    how = yield Ask("close_how", choices=(*hows, Choice("leave", {"t": "choice.leave"})), args=_of(session))
    if how == "close":
        return {"kind": "close", "session": session["id"]}
    if how == "shorten":
        return (yield from _until(session))
    if how == "away":
        days = tuple(Choice(str(n), {"t": "replan.days", "args": {"n": n}}) for n in AWAY_DAYS)
        chosen = yield Ask("away_days", choices=days, args=_of(session))
        first = session["starts_at"][:10]
        return {"kind": "away", "doctor": session["doctor_id"], "first": first, "days": int(chosen)}
    return None


def _until(session: dict[str, Any]) -> Flow[dict[str, Any] | None]:
    ends = (yield Do(SessionEnds(session["id"]))) or []
    if not ends:
        yield Say("replan.too_short")
        return None
    chosen = yield Ask("close_until", choices=tuple(Choice(f"t{n}", {"time": end}) for n, end in enumerate(ends)))
    return {"kind": "shorten", "session": session["id"], "ends": ends[int(chosen[1:])]}


def _sure(session: dict[str, Any], change: dict[str, Any], tried: dict[str, Any]) -> Flow[bool]:
    """The last look: how many it affects, and what becomes of them."""
    choices = (Choice("yes", {"t": "replan.yes"}), Choice("no", {"t": "replan.no"}))
    waiting = {"t": "replan.waiting", "args": {"count": tried["waiting"]}} if tried["waiting"] else ""
    late = {"t": "replan.late", "args": {"count": tried["late"]}} if tried["late"] else ""
    what = {"t": f"replan.how_{change['kind']}"}
    args = _of(session) | _numbers(tried) | {"what": what, "waiting": waiting, "late": late}
    text = "ask.close_sure" if tried["people"] else "ask.close_sure_nobody"
    return bool((yield Ask("close_sure", "yes_no", choices, text, args)) == "yes")


def _numbers(tried: dict[str, Any]) -> dict[str, Any]:
    return {"count": tried["people"], "same": tried["same"], "other": tried["other"]}


def _of(session: dict[str, Any]) -> dict[str, Any]:
    return {"doctor": session["doctor"], "when": {"span": [session["starts_at"], session["ends_at"]]}}
