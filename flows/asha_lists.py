"""What an ASHA worker sees of her day and her month: who goes today, who did not come, calls, follow-ups, mothers."""

from __future__ import annotations

from typing import Any

from flows.actions import TodaysList
from flows.agreement import still_agrees
from flows.asha_actions import Absent, CallsToMake, FollowUpsDue, HerMonth, Mothers
from flows.booking import book, known_person
from flows.member_words import line
from flows.notice_actions import CallEnded
from flows.talk import Ask, Choice, Do, Flow, Say, Then
from flows.windows import FAR_DAYS

ON_A_SCREEN = 6
Rows = list[dict[str, Any]]


def todays_list() -> Flow[Then | None]:
    """Who of her families goes where today; then whoever did not come of late, with a new token a tap away."""
    bookings = yield Do(TodaysList())
    if bookings:
        lines = [{"t": "today.line", "args": _going(booking)} for booking in bookings]
        yield Say("today.list", {"lines": {"list": lines, "join": "lines"}, "count": len(bookings)})
    else:
        yield Say("today.none")
    absent = (yield Do(Absent())) or []
    if not absent:
        return None
    shown = absent[:ON_A_SCREEN]
    labels = tuple(Choice(one["id"], {"t": "absent.choice", "args": _when(one)}) for one in shown)
    chosen = yield Ask("absent", choices=(*labels, Choice("leave", {"t": "choice.leave"})), args={"count": len(absent)})
    return None if chosen == "leave" else Then("book_again", {"booking_id": str(chosen)})


def _going(booking: dict[str, Any]) -> dict[str, Any]:
    shown = {key: booking[key] for key in ("token", "name", "spoke")}
    return shown | {"time": {"time": booking["starts_at"]}, "status": {"t": f"status.{booking['status']}"}}


def _when(booking: dict[str, Any]) -> dict[str, Any]:
    return {"name": booking["name"], "date": {"date": booking["starts_at"][:10]}}


def calls(page: int = 0) -> Flow[Then | None]:
    """The calls to make, the urgent first; each is closed by one of two buttons."""
    tasks = (yield Do(CallsToMake())) or []
    if not tasks:
        yield Say("calls.none")
        return None
    shown, more = _page(tasks, page)
    labels = tuple(Choice(one["id"], {"t": _urgent(one), "args": _call(one)}) for one in shown)
    chosen = yield Ask("calls", choices=(*labels, *more, Choice("leave", {"t": "choice.leave"})),
                       args={"count": len(tasks)})  # fmt: skip
    if chosen == "leave":
        return None
    if chosen == "more":
        return Then("calls", {"page": page + 1})
    task = next(one for one in shown if one["id"] == chosen)
    acts = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("call_made", "not_reached", "leave"))
    came = yield Ask("call_came", choices=acts, args=_call(task) | {"contact": task["contact"], "spoke": task["spoke"]},
                     reads=lambda heard: {"yes": "call_made", "no": "not_reached"}.get(heard.reply or ""))  # fmt: skip
    if came != "leave":
        done = yield Do(CallEnded(task["id"], "done" if came == "call_made" else "could_not_reach"))
        yield Say("call.done" if done else "call.gone")
    return Then("calls")


def _page(rows: Rows, page: int) -> tuple[Rows, tuple[Choice, ...]]:
    shown = rows[page * ON_A_SCREEN : (page + 1) * ON_A_SCREEN]
    more = len(rows) > (page + 1) * ON_A_SCREEN
    return shown or rows[:ON_A_SCREEN], (Choice("more", {"t": "choice.more_people"}),) if more else ()


def _urgent(task: dict[str, Any]) -> str:
    return "calls.urgent" if task["urgent"] else "calls.choice"


def _call(task: dict[str, Any]) -> dict[str, Any]:
    return {"name": task["name"] or {"t": "call.somebody"}, "reason": {"t": f"call_reason.{task['reason']}"}}


def follow_ups(page: int = 0) -> Flow[Then | None]:
    """Whom a doctor wants to see within a week, or wanted to; a token for one of them by a tap."""
    due = (yield Do(FollowUpsDue())) or []
    if not due:
        yield Say("follow_ups.none")
        return None
    shown, more = _page(due, page)
    labels = tuple(Choice(one["id"], {"t": "follow_ups.choice", "args": _due(one)}) for one in shown)
    lines = [{"t": "follow_ups.overdue" if one["overdue"] else "follow_ups.line", "args": _due(one)} for one in shown]
    chosen = yield Ask("follow_ups", choices=(*labels, *more, Choice("leave", {"t": "choice.leave"})),
                       args={"count": len(due), "lines": {"list": lines, "join": "lines"}})  # fmt: skip
    if chosen == "leave":
        return None
    if chosen == "more":
        return Then("follow_ups", {"page": page + 1})
    yield from _book(next(one for one in shown if one["id"] == chosen))
    return None


def _due(one: dict[str, Any]) -> dict[str, Any]:
    return {"name": one["name"], "date": {"date": one["day"]}}


def _book(one: dict[str, Any]) -> Flow[None]:
    """The token of a follow-up: the same centre, the same kind of doctor, from its day on."""
    if not (yield from still_agrees(one["person"])):
        return
    need = {"specialty": one["specialty"], "within_days": FAR_DAYS, "decision": one["decision"]}
    need |= {} if one["overdue"] else {"from": one["day"]}
    yield from book(known_person(one["person"]), need, None, {"id": one["spoke_id"], "name": one["spoke"]})


def mothers(page: int = 0) -> Flow[Then | None]:
    """Who is pregnant, at high risk first, then by the expected date."""
    found = (yield Do(Mothers())) or []
    if not found:
        yield Say("mothers.none")
        return None
    shown, more = _page(found, page)
    labels = tuple(Choice(one["id"], {"t": "mothers.risk" if one["high_risk"] else "mothers.choice",
                                      "args": {"name": one["name"]}}) for one in shown)  # fmt: skip
    args = {"count": len(found), "lines": {"list": [line(one) for one in shown], "join": "lines"}}
    chosen = yield Ask("mothers", choices=(*labels, *more, Choice("leave", {"t": "choice.leave"})), args=args)
    if chosen == "leave":
        return None
    return Then("mothers", {"page": page + 1}) if chosen == "more" else Then("member", {"person": str(chosen)})


def numbers() -> Flow[None]:
    """Her own month, for her alone."""
    month = yield Do(HerMonth())
    if month:
        yield Say("asha.numbers", month)
