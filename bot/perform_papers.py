"""The patient's side of a summary. Storage refuses whatever is of other people."""

from __future__ import annotations

from typing import Any

from bot.calls import ask_for_call
from bot.notices import notice
from bot.perform import Acting, performs
from flows import actions
from flows import papers_actions as of_papers
from flows.reminders import plan
from storage import accounts, audit, bookings, consults, outbox, people, permits
from storage.records import Consult, NotAllowed
from storage.zone import day_of

SUBJECT = "consult:"


@performs(actions.Summaries)
def _summaries(acting: Acting, _action: actions.Summaries) -> list[dict[str, Any]]:
    if not accounts.agreed(acting.s, acting.chat, "summaries"):
        return []
    found = [
        one
        for person in people.family(acting.s, acting.chat)
        for one in consults.summaries_for(acting.s, acting.chat, person.id)
    ]
    found.sort(key=lambda one: one.signed_at or one.saved_at, reverse=True)
    return [_told(acting, one) for one in found]


@performs(of_papers.Paper)
def _paper(acting: Acting, action: of_papers.Paper) -> dict[str, Any]:
    return _told(acting, consults.summary_for(acting.s, acting.chat, action.consult))


def _told(acting: Acting, paper: Consult) -> dict[str, Any]:
    return {"id": paper.id, "content": paper.content, "own": _own(acting, paper.person_id)}


def _own(acting: Acting, person_id: str) -> bool:
    try:
        consults.require_own(acting.s, acting.chat, person_id)
    except NotAllowed:
        return False
    return True


@performs(of_papers.NotUnderstood)
def _not_understood(acting: Acting, action: of_papers.NotUnderstood) -> bool:
    """Once a day for a paper, however often it is pressed."""
    paper = consults.summary_for(acting.s, acting.chat, action.consult)
    spoke = bookings.booking(acting.s, paper.booking_id).spoke_id
    cause = f"not_understood:{paper.id}:{acting.chat}:{day_of(acting.now)}"
    about = f"{SUBJECT}{paper.id}"
    ask_for_call(acting.s, cause, acting.chat, "not_understood", spoke, paper.person_id, about, acting.now)
    return True


@performs(of_papers.GivePaper)
def _give(acting: Acting, action: of_papers.GivePaper) -> dict[str, Any]:
    paper = consults.summary_for(acting.s, acting.chat, action.consult)
    consults.require_own(acting.s, acting.chat, paper.person_id)
    return {"code": permits.make(acting.s, "read_summary", f"{SUBJECT}{paper.id}", acting.chat, acting.now)}


@performs(of_papers.ReadGiven)
def _read_given(acting: Acting, action: of_papers.ReadGiven) -> dict[str, Any] | None:
    """Refused, and the code not used up, where whoever gave it may not give the paper away any more."""
    found = permits.look(acting.s, "read_summary", action.code, acting.chat, acting.now)
    if found is None:
        return None
    paper = consults.summary(acting.s, found[0].removeprefix(SUBJECT))
    consults.require_own(acting.s, found[1], paper.person_id)
    if permits.use(acting.s, "read_summary", action.code, acting.chat, acting.now) is None:
        return None
    audit.append(acting.s, acting.chat, "summary read", f"{SUBJECT}{paper.id}", acting.now)
    _tell_giver(acting, found[1], paper)
    return {"content": paper.content}


def _tell_giver(acting: Acting, giver: str, paper: Consult) -> None:
    """Who gave a paper away hears that it was opened: were it by somebody else, that should not stay unknown."""
    args = {"name": paper.content["patient"]["name"], "date": {"date": paper.content["date"]}}
    planned = plan("paper_read", acting.now, paper.id, args, acting.now)
    if planned and giver != acting.chat:
        key = f"paper_read:{paper.id}:{acting.chat}:{acting.now.isoformat()}"
        outbox.put(acting.s, [notice(planned, giver, f"{SUBJECT}{paper.id}", key)], acting.now)
