"""Actions of a person's own data: all of it sent, and what is wrong put right."""

from __future__ import annotations

from typing import Any

from bot.perform import Acting, performs
from flows.rights_actions import CorrectPerson, SendMyData
from flows.talk import Say
from storage import audit, mydata, outbox, people
from storage.outbox import Notice


@performs(SendMyData)
def _send(acting: Acting, _action: SendMyData) -> None:
    """Put into the outbox, not into the conversation: a journal is no place for a copy of everything."""
    told = {"made_at": acting.now.isoformat(), "held": mydata.held(acting.s, acting.chat)}
    papers = tuple({"kind": kind, "args": told} for kind in ("mydata_pdf", "mydata_json"))
    said = Say("mydata.sent", documents=papers).payload()
    outbox.put(acting.s, [Notice(acting.chat, "reply", said, acting.now, must_arrive=True)], acting.now)
    audit.append(acting.s, acting.chat, "my data", f"chat:{acting.chat}", acting.now)


@performs(CorrectPerson)
def _correct(acting: Acting, action: CorrectPerson) -> Any:
    people.require(acting.s, acting.chat, action.person)
    said = {name: getattr(action, name) for name in ("name", "age_years", "sex", "phone")}
    people.update_person(acting.s, action.person, acting.now, **said)
    what = next((name for name, value in said.items() if value is not None), "nothing")
    audit.append(acting.s, acting.chat, f"corrected {what}", f"person:{action.person}", acting.now)
    return True
