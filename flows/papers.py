"""The patient's side of a summary: short words, how to take each medicine, who explains, and giving a paper away."""

from __future__ import annotations

from typing import Any

from flows.account import ask_language
from flows.actions import Account, Summaries
from flows.papers_actions import GivePaper, NotUnderstood, Paper, ReadGiven
from flows.summary_words import how_to_take, summary_args
from flows.talk import Ask, Choice, Do, Flow, Say

GIVEN = "paper_"
"""Begins the code of a start link by which a relative reads a paper; an invitation has none."""
ON_A_PAGE = 6
VERBS = ("how_to_take", "not_understood", "give_paper")
"""What can be done with a paper; the names are those of its notice's buttons."""
FORMS = frozenset({
    "tablet", "capsule", "syrup", "suspension", "injection", "drops", "cream", "ointment", "gel", "lotion", "inhaler",
    "sachet", "powder", "insulin", "gargle",
})  # fmt: skip


def summaries() -> Flow[None]:
    """The papers of this chat's people, newest first; one of several is chosen from a list."""
    found = yield Do(Summaries())
    if not found:
        yield Say("summary.none")
        return
    one = found[0] if len(found) == 1 else (yield from _choose(found))
    if one is not None:
        yield _shown(one["content"])
        yield from with_paper(one)


def _choose(found: list[dict[str, Any]]) -> Flow[dict[str, Any] | None]:
    page = 0
    while True:
        shown = found[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        labels = tuple(Choice(one["id"], {"t": "paper.choice", "args": _line(one)}) for one in shown)
        more = (Choice("more", {"t": "choice.older"}),) if len(found) > (page + 1) * ON_A_PAGE else ()
        chosen = yield Ask("which_paper", choices=(*labels, *more, _LEAVE), args={"count": len(found)})
        if chosen != "more":
            return next((one for one in found if one["id"] == chosen), None)
        page += 1


_LEAVE = Choice("leave", {"t": "choice.leave"})


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {"name": one["content"]["patient"]["name"], "date": {"date": one["content"]["date"]}}


def _shown(content: dict[str, Any]) -> Say:
    return Say("summary.text", summary_args(content), ({"kind": "summary_pdf", "args": content},))


def with_paper(paper: dict[str, Any]) -> Flow[None]:
    """What to do with a paper that was just shown."""
    verbs = [verb for verb in VERBS if (verb != "give_paper" or paper["own"]) and _sensible(verb, paper)]
    choices = tuple(Choice(verb, {"t": f"choice.{verb}"}) for verb in verbs)
    wish = yield Ask("paper", choices=(*choices, _LEAVE))
    if wish == "how_to_take":
        yield from explain(paper)
    elif wish == "not_understood":
        yield from not_understood(paper["id"])
    elif wish == "give_paper":
        yield from give(paper["id"])


def _sensible(verb: str, paper: dict[str, Any]) -> bool:
    return verb != "how_to_take" or bool(paper["content"]["medicines"])


def how(consult: str) -> Flow[None]:
    """ "How do I take it?", asked by the button under a paper."""
    paper = yield Do(Paper(consult))
    if paper is None:
        yield Say("paper.gone")
    elif not paper["content"]["medicines"]:
        yield Say("paper.no_medicine")
    else:
        yield from explain(paper)


def explain(paper: dict[str, Any]) -> Flow[None]:
    """Medicine by medicine, to and fro."""
    medicines, place = paper["content"]["medicines"], 0
    while True:
        last = place == len(medicines) - 1
        choices = (
            *((Choice("earlier", {"t": "choice.medicine_before"}),) if place else ()),
            *(() if last else (Choice("next", {"t": "choice.medicine_next"}),)),
            Choice("not_understood", {"t": "choice.not_understood"}),
            Choice("done", {"t": "choice.understood"}),
        )
        args = {"number": place + 1, "count": len(medicines)} | plainly(medicines[place])
        wish = yield Ask("how_medicine", choices=choices, args=args)
        if wish == "not_understood":
            yield from not_understood(paper["id"])
            return
        if wish == "done":
            yield Say("paper.understood")
            return
        place += 1 if wish == "next" else -1


def plainly(medicine: dict[str, Any]) -> dict[str, Any]:
    """A medicine in plain words: what it is, and when how much of it."""
    form = medicine["form"]
    return {
        "name": medicine["generic"], "strength": medicine["strength"] or "",
        "form": {"t": f"form.{form}"} if form in FORMS else {"t": "form.other"}, "how": how_to_take(medicine),
        "instructions": medicine["instructions"] or "",
    }  # fmt: skip


def not_understood(consult: str) -> Flow[None]:
    """Somebody is to explain it."""
    asked = yield Do(NotUnderstood(consult))
    yield Say("paper.will_explain" if asked else "paper.gone")


def give(consult: str) -> Flow[None]:
    """A code for a relative, made only after the patient has said yes to it."""
    choices = (Choice("yes", {"t": "choice.make_code"}), Choice("no", {"t": "choice.leave"}))
    if (yield Ask("give_paper", "yes_no", choices)) != "yes":
        yield Say("paper.not_given")
        return
    given = yield Do(GivePaper(consult))
    if given is None:
        yield Say("paper.not_yours")
    else:
        yield Say("paper.code", {"code": f"{GIVEN}{given['code']}"})


def read_given(code: str) -> Flow[None]:
    """A relative brings a code: the paper, once."""
    account = yield Do(Account())
    if not account["lang"]:
        yield from ask_language()
    given = yield Do(ReadGiven(code.removeprefix(GIVEN)))
    if given is None:
        yield Say("paper.code_refused")
    else:
        yield _shown(given["content"])
