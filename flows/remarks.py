"""What is said beside the question: a finding, another person, a word put right."""

from __future__ import annotations

from flows.heard import Heard
from flows.story import at_odds, remark
from flows.turn import Frame, Turn, told

PERSON = ("age_years", "sex", "known_pregnancy", "recent_delivery")
"""What is known of the one who is ill, and falls away when it is somebody else."""


def stuck(turn: Turn) -> bool:
    """Whether somebody on the way to hospital may be asking what to do."""
    return turn.ask is not None and turn.ask.question == "after_emergency"


def note(turn: Turn, heard: Heard) -> None:
    """A finding told outside its question goes into the story; of somebody else, or outside a visit, it begins one."""
    said_now = remark(heard) | ({"said": heard.text} if turn.role == "asha" else {})  # she names whom of her families
    if stuck(turn):
        turn.frames.pop()  # what is told after an emergency is another trouble, or the same one to be judged anew
        turn.push("visit", {}, said_now)
    elif turn.frames and turn.frames[-1].flow == "visit" and not _of_another(turn.frames[-1], heard):
        odd = at_odds(told(turn.frames[-1].journal), said_now)
        turn.frames[-1].journal.add("note", "", None, said_now)
        if odd:
            turn.say("desk.at_odds")
        elif turn.ask and not heard.red_flag and turn.ask.question not in ("language", "consent", "complaint"):
            turn.say("desk.noted")
    else:
        if turn.frames and turn.frames[-1].flow == "visit" and not heard.red_flag:
            turn.say("desk.other_person")
        turn.push("visit", {}, said_now)


def mends(turn: Turn, heard: Heard) -> bool:
    """Whether the message puts right who is ill or how old: "it is my son", "54, not 45", "no, 50 years"."""
    if not turn.frames or turn.frames[-1].flow != "visit":
        return False
    about = heard.age_years is not None or heard.sex is not None or heard.subject is not None
    return about or (heard.corrects is not None and heard.corrects == told(turn.frames[-1].journal).get("age_years"))


def mend(turn: Turn, heard: Heard) -> None:
    """Another person: what was told of the former one is asked anew, the complaint stays. Else the new word counts."""
    journal, right = turn.frames[-1].journal, remark(heard)
    if heard.corrects is not None and heard.age_years is None:
        right["age_years"] = heard.number
    if _of_another(turn.frames[-1], heard):
        journal.forget("who", "age", "sex", "pregnant")
        right = dict.fromkeys(PERSON) | right
    journal.add("note", "", None, right)
    turn.say("desk.noted")


def _of_another(frame: Frame, heard: Heard) -> bool:
    before, now = told(frame.journal).get("subject"), remark(heard).get("subject")
    if before is None or now is None or before == now:
        return False
    return "self" in (before, now) or "other" not in (before, now)
