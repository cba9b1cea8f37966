"""The doctor's side: the queue, a case in five lines, and the summary in guided steps. And the patient's summaries."""

from __future__ import annotations

import re
from typing import Any

from flows.actions import OpenCase, PreviewSummary, Queue, SignSummary, Summaries
from flows.booking import brief
from flows.day import MARKS, next_patient, set_status
from flows.dose import instruction, read_dose
from flows.findings import findings
from flows.heard import Heard
from flows.prescription import DAYS_AT_MOST, read_medicine
from flows.protocol import ABOUT_PERSON
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say
from flows.texts import texts

MEDICINES_AT_MOST = 10
_MINUS = re.compile(r"(?:^|[^\d\s])\s*[-–—−]\s*\d")
_BENGALI, _LATIN = re.compile(r"[\u0980-\u09ff]"), re.compile(r"[A-Za-z]")


def menu() -> Flow[None]:
    """The doctor's first screen."""
    choices = (
        Choice("queue", {"t": "choice.queue"}),
        Choice("next", {"t": "choice.next_patient"}),
        Choice("leave", {"t": "choice.leave"}),
    )
    wish = yield _pick("doctor_menu", choices)
    if wish != "leave":
        yield from (queue() if wish == "queue" else next_patient())


def _pick(question: str, choices: tuple[Choice, ...], args: dict[str, Any] | None = None) -> Ask:
    """A question that is answered by its buttons: whatever else a doctor types here is of a patient."""
    return Ask(question, choices=choices, args=args or {}, case_notes=True, reads=_press)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press")


def queue() -> Flow[None]:
    """Today's patients of this doctor, most urgent first; one is opened by a tap."""
    while True:
        waiting = yield Do(Queue())
        if not waiting:
            yield Say("queue.empty")
            return
        labels = [Choice(b["id"], {"t": "queue.choice", "args": _line(b)}) for b in waiting]
        chosen = yield _pick("case", (*labels, Choice("leave", {"t": "choice.leave"})), {"count": len(waiting)})
        if chosen == "leave":
            yield Say("queue.left")
            return
        yield from case(chosen)


def case(booking: str) -> Flow[None]:
    """One case: the story in five lines, then what to do with it."""
    opened = yield Do(OpenCase(booking))
    if opened is None:
        yield Say("case.refused")
        return
    yield Say("case.story", story_lines(opened), also={"booking": brief(opened)})
    choices = tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("write", *MARKS, "leave"))
    wish = yield _pick("case_next", choices)
    if wish == "write":
        yield from summary(booking, opened)
    elif wish != "leave":
        yield from set_status(opened, wish)


def story_lines(case: dict[str, Any]) -> dict[str, Any]:
    """Who, what, how long, danger signs asked and answered, level and why."""
    facts = case["facts"]
    days = facts.get("duration_days")
    return {
        "name": case["name"], "age": _age(case["age_years"]), "sex": {"t": f"choice.{case['sex']}"},
        "token": case["token"], "present": _named(facts, True), "absent": _named(facts, False),
        "unknown": _named(facts, None),
        "days": {"t": "case.no_duration"} if days is None else _counted(int(days), "case.days", "days"),
        "level": {"t": f"level.{case['level']}"}, "why": case["why"],
        "rules": "" if case["signed"] else {"t": "case.rules_unsigned"},
    }  # fmt: skip


def _counted(days: int, text: str, name: str) -> dict[str, Any]:
    return {"t": "dose.one_day"} if days == 1 else {"t": text, "args": {name: days}}


def _age(years: float) -> Any:
    if years >= 2:
        return {"t": "age.years", "args": {"n": int(years)}}
    if years >= 1 / 6:
        return {"t": "age.months", "args": {"n": int(years * 12)}}
    return _counted(round(years * 365.25), "age.days", "n")


def _named(facts: dict[str, Any], truth: bool | None) -> Any:
    known = findings()
    codes = [
        code
        for code, value in facts.items()
        if code in known and value is truth and (truth or code not in ABOUT_PERSON)
    ]
    labels = [known[code].label.model_dump() for code in codes]
    return {"list": labels, "join": "comma"} if labels else "-"


def _line(booking: dict[str, Any]) -> dict[str, Any]:
    return {"token": booking["token"], "name": booking["name"], "level": {"t": f"level.{booking['level']}"}}


def summary(booking: str, opened: dict[str, Any]) -> Flow[None]:
    """The summary in guided steps, seen as the patient will, signed and sent."""
    told = _named(opened["facts"], True)
    written: dict[str, Any] = {}
    written["complaints"] = yield _dictate("sum_complaint", {"told": told}, Choice("as_told", {"t": "choice.as_told"}))
    if written["complaints"] == "as_told":
        written["complaints"] = told
    written["findings"] = yield _dictate("sum_findings", {}, Choice("nil", {"t": "choice.nil"}))
    written["diagnosis"] = yield _dictate("sum_diagnosis")
    written["medicines"] = yield from medicines()
    written["advice"] = yield _dictate("sum_advice", {}, Choice("nil", {"t": "choice.nil"}))
    written["follow_up_days"] = yield from follow_up()
    written = {key: ("" if value == "nil" else value) for key, value in written.items()}
    whole = yield Do(PreviewSummary(booking, written))
    yield Say("summary.preview", summary_args(whole), ({"kind": "summary_pdf", "args": whole},))
    choices = (Choice("yes", {"t": "choice.sign"}), Choice("no", {"t": "choice.no_sign"}))
    if (yield Ask("sign", "yes_no", choices, case_notes=True, reads=_signs)) == "yes":
        yield Do(SignSummary(booking, written))
        yield Say("summary.signed", {"name": opened["name"]})
    else:
        yield Say("summary.dropped")


def _signs(heard: Heard) -> Any:
    """A bare yes or no; one beside a finding is a note: "yes, he has fever" signs nothing."""
    bare = not (heard.finds() or heard.uncertain)
    return heard.reply if bare and heard.reply in ("yes", "no") else Misfit("misfit.sign")


def _dictate(question: str, args: dict[str, Any] | None = None, *choices: Choice) -> Ask:
    return Ask(question, "text", choices, args=args or {}, verbatim=True, case_notes=True)


def medicines() -> Flow[list[dict[str, Any]]]:
    """One medicine a message, as on paper: PARACETAMOL tab 500 mg 1-0-1 5 days after food."""
    written: list[dict[str, Any]] = []
    while len(written) < MEDICINES_AT_MOST:
        done = Choice("done", {"t": "choice.no_more" if written else "choice.no_medicine"})
        line = yield Ask(
            "sum_medicine",
            "text",
            (done,),
            args={"count": len(written)},
            verbatim=True,
            case_notes=True,
            reads=_medicine_reads,
        )
        if line == "done":
            break
        medicine = read_medicine(line)
        if not isinstance(medicine, Misfit):  # taken before it was forbidden: left out, and the doctor sees the rest
            written.append(medicine)
    return written


def _medicine_reads(heard: Heard) -> Any:
    if heard.reply == "no" or heard.text.strip().lower() in ("done", "nil", "none"):
        return "done"
    medicine = read_medicine(heard.text)
    return medicine if isinstance(medicine, Misfit) else heard.text


def follow_up() -> Flow[int | None]:
    """In how many days to come back; None: only if needed."""
    choices = tuple(Choice(str(days), {"t": "followup.days", "args": {"n": days}}) for days in (3, 7, 14, 30))
    answer = yield Ask(
        "sum_followup",
        "number",
        (*choices, Choice("none", {"t": "choice.no_followup"})),
        verbatim=True,
        case_notes=True,
        reads=_days,
    )
    return None if answer == "none" else int(answer)


def _days(heard: Heard) -> Any:
    days = heard.duration_days if heard.duration_days is not None else heard.number
    if days is None:
        return "none" if heard.reply == "no" else Misfit("misfit.days")
    fits = days == int(days) and 1 <= days <= DAYS_AT_MOST and not _MINUS.search(heard.text)
    return str(int(days)) if fits else Misfit("misfit.days")


def summary_args(whole: dict[str, Any]) -> dict[str, Any]:
    """A summary's content as the arguments of its short text."""
    lines = [{"t": "summary.line", "args": _medicine_args(m)} for m in whole["medicines"]]
    nothing = {"t": "summary.nothing"}
    return {
        "name": whole["patient"]["name"], "doctor": whole["doctor"]["name"], "date": {"date": whole["date"]},
        "diagnosis": whole["diagnosis"] or nothing, "advice": _to_be_read(whole["advice"]) or nothing,
        "medicines": {"list": lines, "join": "lines"} if lines else nothing, "follow_up": whole["follow_up"] or nothing,
    }  # fmt: skip


def _to_be_read(advice: str) -> Any:
    """The advice; to a reader of the other language with the word that the centre will read it out."""
    read_out = texts()["summary.read_out"]
    if _BENGALI.search(advice):
        return {"bn": advice, "en": f"{advice}\n{read_out.en}"}
    return {"bn": f"{advice}\n{read_out.bn}", "en": advice} if _LATIN.search(advice) else advice


def _medicine_args(m: dict[str, Any]) -> dict[str, Any]:
    dose = read_dose(m["dose"], m["form"])
    assert dose is not None
    title = " ".join(part for part in (m["generic"], m["form"], m["strength"]) if part)
    how = {lang: instruction(lang, dose, m["form"], m["meal"], m["days"]) for lang in ("bn", "en")}
    return {"title": title, "how": how, "instructions": f", {m['instructions']}" if m["instructions"] else ""}


def summaries() -> Flow[None]:
    """The patient's own summaries, newest first."""
    found = yield Do(Summaries())
    if not found:
        yield Say("summary.none")
    for one in found[:3]:
        yield Say("summary.text", summary_args(one["content"]), ({"kind": "summary_pdf", "args": one["content"]},))
