"""What leads where: the flows by name, and the wishes, commands and buttons that open them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows import (
    account,
    asha_lists,
    board,
    booking,
    complaints,
    consult,
    coordinator,
    day,
    enrolments,
    family,
    joining,
    member,
    notice_answers,
    officer,
    papers,
    pin,
    replan,
    rights,
    timetable,
    together,
    undelivered,
    visit,
    waiting,
)
from flows.story import Story
from flows.talk import Ask, Choice, Flow


def meant(story: Story, wish: str) -> Flow[Any]:
    """A wish that was heard, but not surely: asked about, not guessed at."""
    said = yield Ask(
        "meant", "yes_no", (Choice("yes", {"t": "choice.yes"}), Choice("no", {"t": "choice.no"})), f"meant.{wish}"
    )
    if said != "yes":
        return None
    flow, args = WISHES[wish]
    return (yield from FLOWS[flow](story, **args))


def start(code: str | None) -> Flow[Any]:
    """A start link: one's own record, a relative's way to a paper, or an invitation."""
    if code and code.startswith(joining.GIVEN):
        return joining.join(code)
    return papers.read_given(code) if code and code.startswith(papers.GIVEN) else account.start(code)


FLOWS: dict[str, Callable[..., Flow[Any]]] = {
    "visit": visit.visit,
    "meant": meant,
    "start": lambda story, code=None: start(code),
    "join": lambda story, code: joining.join(code),
    "give_code": lambda story, booking_id=None: joining.give_code(booking_id),
    "access": lambda story: joining.access(),
    "pin": lambda story: pin.pin(),
    "staff_session": lambda story: pin.staff_session(),
    "language": lambda story, to=None: account.language(to),
    "human": lambda story: account.human(),
    "forget": lambda story: account.forget(),
    "consent": lambda story: account.withdraw(),
    "privacy": lambda story: rights.privacy(),
    "mydata": lambda story: rights.mydata(),
    "my_bookings": lambda story: booking.my_bookings(),
    "manage": lambda story, wish, booking_id=None: booking.manage_mine(wish, booking_id),
    "coming": lambda story, booking_id: booking.coming(booking_id),
    "follow_up": lambda story, booking_id: booking.follow_up(booking_id),
    "again": lambda story, booking_id: booking.again(booking_id),
    "accept": lambda story, booking_id: waiting.accept(booking_id),
    "decline": lambda story, booking_id: waiting.decline(booking_id),
    "accept_move": lambda story, booking_id: replan.accept(booking_id),
    "close_session": lambda story: replan.close_session(),
    "undelivered": lambda story: undelivered.undelivered(),
    "summaries": lambda story: papers.summaries(),
    "how_to_take": lambda story, booking_id: papers.how(booking_id),
    "not_understood": lambda story, booking_id: papers.not_understood(booking_id),
    "queue": lambda story: consult.queue(),
    "signed": lambda story: consult.signed(),
    "health_officer": lambda story: officer.menu(),
    "add_family": lambda story, home=None, written=None: family.add_family(home, written),
    "families": lambda story, page=0: family.my_families(page),
    "home": lambda story, home, page=0: family.one_home(home, page),
    "member": lambda story, person: member.member(person),
    "today": lambda story: asha_lists.todays_list(),
    "calls": lambda story, page=0: asha_lists.calls(page),
    "follow_ups": lambda story, page=0: asha_lists.follow_ups(page),
    "mothers": lambda story, page=0: asha_lists.mothers(page),
    "asha_numbers": lambda story: asha_lists.numbers(),
    "asha": family.menu,
    "doctor": lambda story: consult.menu(),
    "coordinator": lambda story: coordinator.menu(),
    "sittings": lambda story: day.sittings(),
    "sitting": lambda story, session: day.sitting(session),
    "mark": lambda story, status, token="": day.mark(status, token),
    "next": lambda story: day.next_patient(),
    "turn": lambda story: day.my_turn(),
    "book_again": lambda story, booking_id: day.book_again(booking_id),
    "complain": lambda story: complaints.complain(),
    "complaints": lambda story: complaints.complaints(),
    "hub_today": lambda story: board.hub_today(),
    "board": lambda story, days=board.DAYS[0]: board.safety_board(days),
    "timetable": lambda story: timetable.timetable(),
    "open_session": lambda story: timetable.open_session(),
    "enrolments": lambda story: enrolments.enrolments(),
    "together": lambda story, home=None, ill=None: together.together(home, ill),
    "cannot_come": lambda story, booking_id: notice_answers.cannot_come(booking_id),
    "worse": lambda story, booking_id: notice_answers.worse(booking_id),
    "call_me": lambda story, booking_id: notice_answers.call_me(booking_id),
    "way": lambda story, booking_id: notice_answers.way(booking_id),
    "details": lambda story, booking_id: notice_answers.details(booking_id),
    "papers": lambda story, booking_id: papers.summaries(),
    "call_ended": lambda story, outcome, booking_id: notice_answers.call_ended(booking_id, outcome),
    "notices": lambda story: notice_answers.notices(),
    "stop_notices": lambda story: notice_answers.stop(),
    "start_notices": lambda story: notice_answers.start_again(),
}
"""Every flow by the name that stands in stored conversations; the first argument is the story so far."""

BEHIND_PIN = (
    "my_bookings", "manage", "follow_up", "again", "accept", "accept_move", "book_again", "cannot_come", "turn",
    "together", "summaries", "papers", "how_to_take", "not_understood", "details", "access", "mydata",
)  # fmt: skip
"""Flows that show names, history or papers: on a telephone with a PIN they begin when it is given."""
FLOWS |= {name: pin.behind_pin(FLOWS[name]) for name in BEHIND_PIN}

WISHES: dict[str, tuple[str, dict[str, Any]]] = {
    "my_appointments": ("my_bookings", {}),
    "cancel_appointment": ("manage", {"wish": "cancel_token"}),
    "reschedule_appointment": ("manage", {"wish": "change"}),
    "get_summary": ("summaries", {}),
    "talk_to_human": ("human", {}),
    "change_language": ("language", {}),
    "delete_my_data": ("forget", {}),
}
"""Intent -> the flow that answers it, in the middle of anything."""

COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "my": ("my_bookings", {}), "summaries": ("summaries", {}), "language": ("language", {}), "new": ("visit", {}),
    "forget": ("forget", {}), "privacy": ("privacy", {}), "mydata": ("mydata", {}), "human": ("human", {}),
    "complaint": ("complain", {}), "turn": ("turn", {}), "together": ("together", {}), "notices": ("notices", {}),
    "access": ("access", {}), "pin": ("pin", {}),
}  # fmt: skip
STAFF_COMMANDS: dict[str, dict[str, str]] = {
    "doctor": {"queue": "queue", "next": "next", "signed": "signed"},
    "health_officer": {"today": "health_officer"},
    "coordinator": {
        "sittings": "sittings", "next": "next", "close": "close_session", "undelivered": "undelivered",
        "hub": "hub_today", "board": "board", "complaints": "complaints", "enrol": "enrolments",
        "week": "timetable", "open": "open_session",
    },
    "asha": {
        "family": "add_family", "families": "families", "today": "today", "ill": "visit", "calls": "calls",
        "followups": "follow_ups", "mothers": "mothers", "numbers": "asha_numbers", "code": "give_code",
    },
}  # fmt: skip
"""Role -> /command -> flow. Storage refuses the rest whatever is typed."""

MARKS = {"arrived": "arrived", "call": "called", "done": "fulfilled", "absent": "noshow"}
"""/command of the day -> the status it marks; a token number follows: /arrived 12."""
AT_THE_DESK = ("doctor", "coordinator")
"""Roles that mark the day."""

NOTICES: dict[str, tuple[str, dict[str, Any]]] = {
    "coming": ("coming", {}),
    "follow_up": ("follow_up", {}),
    "again": ("again", {}),
    "accept": ("accept", {}),
    "decline": ("decline", {}),
    "accept_move": ("accept_move", {}),
    "change": ("manage", {"wish": "change"}),
    "cancel_token": ("manage", {"wish": "cancel_token"}),
    "book_again": ("book_again", {}),
    "cannot_come": ("cannot_come", {}),
    "worse": ("worse", {}),
    "call_me": ("call_me", {}),
    "way": ("way", {}),
    "details": ("details", {}),
    "papers": ("papers", {}),
    "give_code": ("give_code", {}),
    "how_to_take": ("how_to_take", {}),
    "not_understood": ("not_understood", {}),
    "call_made": ("call_ended", {"outcome": "done"}),
    "not_reached": ("call_ended", {"outcome": "could_not_reach"}),
}
"""Buttons on reminders, "verb:booking"; they may be pressed at any later time."""

HOME = {"doctor": "doctor", "asha": "asha", "coordinator": "coordinator", "health_officer": "health_officer"}
"""Role -> the flow that begins where nothing else is going on; for everybody else the visit."""
