"""The doctor's summary: guided steps with what the doctor writes often a tap away, kept as a draft, seen, signed.

A usual case is eleven taps and the words of the diagnosis: the case, write, as told, nothing found, two medicines, no
more, no tests, one advice, the follow-up, sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flows.formulary import known_allergy
from flows.heard import Heard
from flows.prescribing import Patient, consider
from flows.prescription import DAYS_AT_MOST, read_medicine
from flows.protocol import LEVELS
from flows.summary_actions import Favourites, PreviewSummary, SaveDraft, SignSummary, WriteAllergies
from flows.summary_words import allergies_words, summary_args
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say

MEDICINES_AT_MOST, TESTS_AT_MOST = 10, 12
SHOWN = {"medicine": 8, "diagnosis": 6, "advice": 5, "test": 6}
"""How many favourites of each kind stand as buttons."""
OFF = "off_"
"""Begins the id of the button that takes a medicine off the paper."""
NAME_AT_MOST = 50
"""Bytes of a name that fit into a button's data (64, with the step); a longer one is taken off by starting anew."""
WORDS_AT_MOST = 1000
"""Letters of one field; a page holds a few of them."""
SOONER = ("emergency", "consultation_24")
"""The levels that a doctor may have wished for instead of a less urgent one."""
_MINUS = re.compile(r"(?:^|[^\d\s])\s*[-–—−]\s*\d")
_BETWEEN = re.compile(r"[,;/\n&]|\band\b|\bor\b|(?<!\S)(?:ও|আর|এবং)(?!\S)", re.IGNORECASE)
_NONE = frozenset({
    "none", "nil", "no", "nothing", "nkda", "none known", "no allergy", "no allergies", "no known allergy",
    "no known allergies", "no known drug allergy", "no known drug allergies", "নেই", "কিছু নেই", "না", "অ্যালার্জি নেই",
})  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """What a summary is written with: the case, and what its doctor writes often."""

    booking: str
    case: dict[str, Any]
    favourites: dict[str, list[dict[str, Any]]]


Written = dict[str, Any]
Step = Callable[[Desk, Written], Flow[Any]]


def summary(booking: str, opened: dict[str, Any]) -> Flow[None]:
    """The summary in guided steps, seen as the patient will, signed and sent; what is left over is taken up again."""
    written = yield from _begun(opened)
    desk = Desk(booking, opened, (yield Do(Favourites())) or {kind: [] for kind in SHOWN})
    for part in STEPS:
        if part not in written:
            written = yield from _step(desk, written, part)
    yield from _look(desk, written)


def _step(desk: Desk, written: Written, part: str) -> Flow[Written]:
    """One part asked for, and kept at once."""
    written = written | {part: (yield from STEPS[part](desk, written))}
    yield Do(SaveDraft(desk.booking, written))
    return written


def _begun(opened: dict[str, Any]) -> Flow[Written]:
    """What is written already: a draft, if the doctor goes on with it, or the signed version that is corrected."""
    left, signed = opened.get("draft"), opened.get("signed_as")
    if left:
        choices = (Choice("go_on", {"t": "choice.go_on"}), Choice("anew", {"t": "choice.anew"}))
        if (yield _pick("draft", choices, {"diagnosis": left.get("diagnosis") or "-"})) == "go_on":
            return dict(left)
    return dict(signed) if signed else {}


def _look(desk: Desk, written: Written) -> Flow[None]:
    """As the patient will see it: sign, change a part, say that it was more urgent, or leave it as a draft."""
    judged: str | None = None
    while True:
        whole = yield Do(PreviewSummary(desk.booking, written))
        if whole is None:  # the doctor's enrolment ended, or another doctor has signed meanwhile
            yield Say("case.refused")
            return
        yield Say("summary.preview", summary_args(whole), ({"kind": "summary_pdf", "args": whole},))
        wish = yield from _sign(desk, judged)
        if wish == "yes":
            signed = yield Do(SignSummary(desk.booking, written, judged))
            if signed is None:
                yield Say("case.refused")
            else:
                yield Say("summary.signed", {"name": desk.case["name"]})
            return
        if wish == "mend":
            part = yield _pick("mend", tuple(Choice(part, {"t": f"part.{part}"}) for part in STEPS))
            written = yield from _step(desk, written, part)
        elif wish == "no":
            yield Say("summary.dropped")
            return
        else:
            judged = wish.removeprefix("sooner_")


def _sign(desk: Desk, judged: str | None) -> Flow[str]:
    level = judged or desk.case["level"]
    sooner = [one for one in SOONER if LEVELS.index(one) < LEVELS.index(level)]
    choices = (
        Choice("yes", {"t": "choice.sign"}),
        Choice("mend", {"t": "choice.change_part"}),
        *(Choice(f"sooner_{one}", {"t": f"choice.sooner_{one}"}, by_press=True) for one in sooner),
        Choice("no", {"t": "choice.no_sign"}),
    )
    told = {"t": "sign.judged", "args": {"level": {"t": f"level.{judged}"}}} if judged else ""
    return str((yield Ask("sign", "yes_no", choices, args={"judged": told}, case_notes=True, reads=_signs)))


def _signs(heard: Heard) -> Any:
    """One word that is a yes or a no: "yes, he has fever", "yes but 650 mg" and "yes?" sign nothing."""
    bare = len(heard.text.split()) == 1 and "?" not in heard.text and not (heard.finds() or heard.uncertain)
    return heard.reply if bare and heard.reply in ("yes", "no") else Misfit("misfit.sign")


# --- the steps -------------------------------------------------------------------------------------------------------


def _complaints(desk: Desk, _written: Written) -> Flow[Any]:
    told = desk.case["told"]
    said = yield _dictate("sum_complaint", {"told": told}, (Choice("as_told", {"t": "choice.as_told"}),))
    return told if said == "as_told" else said


def _findings(desk: Desk, _written: Written) -> Flow[Any]:
    vitals = desk.case.get("measured") or {"t": "case.not_measured"}
    said = yield _dictate("sum_findings", {"measured": vitals}, (Choice("nil", {"t": "choice.nil"}),))
    words = "" if said == "nil" else said
    measured = desk.case.get("measured")
    return {"list": [measured, words] if words else [measured], "join": "comma"} if measured else words


def _diagnosis(desk: Desk, _written: Written) -> Flow[Any]:
    said = yield _dictate("sum_diagnosis", {}, _often(desk, "diagnosis"), _a_diagnosis)
    return _chosen(desk, "diagnosis", said)


def _a_diagnosis(heard: Heard) -> Any:
    """Words; a bare "no" is none."""
    return None if heard.text.strip(" .").lower() in _NONE else _words(heard)


def _advice(desk: Desk, _written: Written) -> Flow[Any]:
    choices = (*_often(desk, "advice"), Choice("nil", {"t": "choice.nil"}))
    said = yield _dictate("sum_advice", {}, choices)
    return "" if said == "nil" or said.strip(" .").lower() in _NONE else _chosen(desk, "advice", said)


def _tests(desk: Desk, _written: Written) -> Flow[list[str]]:
    """Tests, a tap or a line each, several with commas; none is a tap."""
    tests: list[str] = []
    while len(tests) < TESTS_AT_MOST:
        done = Choice("done", {"t": "choice.no_more_tests" if tests else "choice.no_tests"})
        args = {"tests": ", ".join(tests) or {"t": "sum.none_yet"}}
        said = yield _dictate("sum_tests", args, (*_often(desk, "test", tests), done), _a_test)
        if said == "done" or said.strip(" .").lower() in _NONE:
            break
        named = [_chosen(desk, "test", said)] if _is_often(said) else [part.strip() for part in said.split(",")]
        tests += [one for one in named if one and one.casefold() not in {test.casefold() for test in tests}]
    return tests[:TESTS_AT_MOST]


def _a_test(heard: Heard) -> Any:
    """A line that is no medicine: that belongs where its rules are looked at."""
    return _words(heard) if isinstance(read_medicine(heard.text), Misfit) else Misfit("misfit.not_a_test")


def _medicines(desk: Desk, before: Written) -> Flow[list[dict[str, Any]]]:
    """A favourite a tap, or one medicine a message as on paper: PARACETAMOL tab 500 mg 1-0-1 5 days after food.

    What stands on the paper already stays until it is taken off by a tap.
    """
    written: list[dict[str, Any]] = list(before.get("medicines") or ())
    allergies = desk.case["allergies"]
    while len(written) < MEDICINES_AT_MOST:
        line = yield _medicine(desk, written, allergies)
        if line == "done":
            break
        if line == "allergies":
            allergies = yield from _ask_allergies(desk)
            continue
        if line.startswith(OFF):
            written = [one for one in written if one["generic"] != line.removeprefix(OFF)]
            continue
        named = _chosen(desk, "medicine", line) if _is_often(line) else read_medicine(line)
        if named is None or isinstance(named, Misfit):  # gone, or forbidden since: the doctor sees the rest
            continue
        patient = Patient(desk.case["follows"], allergies, [one["generic"] for one in desk.case["running"]])
        meant = yield from consider(named, patient, [one["generic"] for one in written])
        written += [meant] if meant else []
    else:
        yield Say("sum.medicines_full", {"most": MEDICINES_AT_MOST})
    return written


def _medicine(desk: Desk, written: Sequence[dict[str, Any]], allergies: Sequence[str] | None) -> Ask:
    done = Choice("done", {"t": "choice.no_more" if written else "choice.no_medicine"})
    ask = Choice("allergies", {"t": "choice.allergies"}, by_press=True)
    off = tuple(Choice(OFF + m["generic"], {"t": "choice.off", "args": {"name": m["generic"]}}, by_press=True)
                for m in written if len(m["generic"].encode()) <= NAME_AT_MOST)  # fmt: skip
    choices = (*_often(desk, "medicine", [one["generic"] for one in written]), done, *off, ask)
    args = {
        "count": len(written), "written": ", ".join(one["generic"] for one in written) or {"t": "sum.none_yet"},
        "allergies": allergies_words(allergies),
    }  # fmt: skip
    return _dictate("sum_medicine", args, choices, reads=_medicine_reads)


def _medicine_reads(heard: Heard) -> Any:
    if heard.reply == "no" or heard.text.strip().lower() in ("done", "nil", "none"):
        return "done"
    medicine = read_medicine(heard.text)
    return medicine if isinstance(medicine, Misfit) else _words(heard)


def _ask_allergies(desk: Desk) -> Flow[list[str]]:
    said = yield _dictate("sum_allergies", {}, (Choice("nil", {"t": "choice.no_allergy"}),))
    nothing = said == "nil" or said.strip(" .").lower() in _NONE
    words = [] if nothing else [part.strip(" .") for part in _BETWEEN.split(said)]
    if unknown := [word for word in words if word and not known_allergy(word)]:
        yield Say("sum.allergy_unknown", {"names": {"list": unknown, "join": "comma"}})
    return list((yield Do(WriteAllergies(desk.booking, tuple(word for word in words if word)))) or ())


def _follow_up(_desk: Desk, _written: Written) -> Flow[int | None]:
    """In how many days to come back; None: only if needed."""
    return (yield from follow_up())


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


STEPS: dict[str, Step] = {
    "complaints": _complaints, "findings": _findings, "diagnosis": _diagnosis, "medicines": _medicines,
    "tests": _tests, "advice": _advice, "follow_up_days": _follow_up,
}  # fmt: skip
"""The parts of a summary in the order in which they are asked for; each can be changed before it is signed."""


# --- favourites ------------------------------------------------------------------------------------------------------


def _often(desk: Desk, kind: str, but: Sequence[str] = ()) -> tuple[Choice, ...]:
    """What the doctor writes often, as buttons; without what stands on the paper already."""
    there = {one.casefold() for one in but}
    found = [one for one in desk.favourites[kind] if _label(one).casefold().split(" · ")[0] not in there]
    return tuple(Choice(f"fav_{one['id']}", _label(one), by_press=True) for one in found[: SHOWN[kind]])


def _label(one: dict[str, Any]) -> str:
    """A favourite on its button; a medicine's name first."""
    content = one["content"]
    if isinstance(content, str):
        return content
    parts = (content["strength"], content["dose"], _SELDOM.get(content.get("every", ""), ""), _short(content["days"]))
    how = " ".join(part for part in parts if part)
    return f"{content['generic']} · {how}"


_SELDOM = {"week": "/wk", "other_day": "/2d", "month": "/mo"}


def _short(days: int | None) -> str:
    return f"{days}d" if days else ""


def _is_often(said: str) -> bool:
    return said.startswith("fav_")


def _chosen(desk: Desk, kind: str, said: str) -> Any:
    """What was said, or the content of the favourite that was touched; None where it is not there any more."""
    if not _is_often(said):
        return said
    return next((one["content"] for one in desk.favourites[kind] if f"fav_{one['id']}" == said), None)


def _dictate(
    question: str, args: dict[str, Any], choices: tuple[Choice, ...], reads: Callable[[Heard], Any] | None = None
) -> Ask:
    """A line as the doctor writes it, or one of the buttons."""
    return Ask(question, "text", choices, args=args, verbatim=True, case_notes=True, reads=reads or _words)


def _words(heard: Heard) -> Any:
    words = heard.text.strip()
    if len(words) > WORDS_AT_MOST:
        return Misfit("misfit.long", {"most": WORDS_AT_MOST, "count": len(words)})
    return words or None


def _pick(question: str, choices: tuple[Choice, ...], args: dict[str, Any] | None = None) -> Ask:
    return Ask(question, choices=choices, args=args or {}, case_notes=True, reads=_press)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_here")
