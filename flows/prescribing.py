"""What is said of a medicine before it goes on the paper. The rules refuse; of everything else the doctor decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flows.dose import read_dose
from flows.formulary import (
    LISTS,
    allergic,
    doubled,
    find,
    formulary,
    nearest,
    same_strength,
    shapes,
)  # fmt: skip
from flows.heard import Heard
from flows.prescription import forbidden
from flows.talk import Ask, Choice, Flow, Misfit, Say

PIECES_A_DAY = 4
"""Tablets a day above which a doctor is asked once, where the formulary does not say that more is usual."""
SHAPES_SHOWN = 8


@dataclass(frozen=True)
class Patient:
    """What of a patient bears on a medicine."""

    follows: bool  # there is an earlier signed summary, lately enough for a follow-up
    allergies: Sequence[str] | None  # None: nobody asked
    running: Sequence[str]  # generic names of earlier papers that are still taken


def consider(written: dict[str, Any], patient: Patient, before: Sequence[str]) -> Flow[dict[str, Any] | None]:
    """The medicine as the doctor means it; None where it is left out. `before`: names already on this paper."""
    refused = forbidden(written["generic"])
    if refused:
        yield Say(refused.text, refused.args)
        return None
    medicine = yield from _named(written)
    if medicine is None:
        yield Say("med.left_out", {"name": written["generic"]})
        return None
    if medicine["list"] == "B" and not patient.follows:
        yield Say("med.refused_b", {"name": medicine["generic"]})
        return None
    medicine = yield from _shaped(medicine)
    if said := warnings(medicine, patient, before):
        args = {"warnings": {"list": said, "join": "lines"}}
        choices = (Choice("keep", {"t": "choice.prescribe"}), Choice("leave_out", {"t": "choice.leave_out"}))
        if (yield _pick("med_warned", choices, args)) == "leave_out":
            yield Say("med.left_out", {"name": medicine["generic"]})
            return None
    return medicine


def _pick(question: str, choices: tuple[Choice, ...], args: dict[str, Any]) -> Ask:
    return Ask(question, choices=choices, args=args, case_notes=True, reads=_press)


def _press(_heard: Heard) -> Misfit:
    return Misfit("misfit.press_here")


def _named(written: dict[str, Any]) -> Flow[dict[str, Any] | None]:
    """With its generic name and list: the name is known, or one like it is meant, or the doctor says which list."""
    known = find(written["generic"])
    if known is None and "list" in written:  # unlisted, and its list confirmed when it was written before
        return written
    if known is None:
        like = nearest(written["generic"])
        names = tuple(Choice(name, name.upper()) for name in like)
        lists = tuple(Choice(f"list_{one}", {"t": f"choice.list_{one.lower()}"}) for one in LISTS)
        choices = (*names, *lists, Choice("leave_out", {"t": "choice.leave_out"}))
        text = "ask.med_like" if like else "ask.med_unlisted"
        args = {"name": written["generic"]}
        meant = yield Ask("med_named", choices=choices, text=text, args=args, case_notes=True, reads=_press)
        if meant == "leave_out":
            return None
        if meant.startswith("list_"):
            return written | {"list": meant.removeprefix("list_")}
        known = find(meant)
    assert known is not None
    return written | {"generic": " + ".join(known.names).upper(), "list": known.list}


def _shaped(medicine: dict[str, Any]) -> Flow[dict[str, Any]]:
    """With a form and strength that there is; asked once where it is not told or not known."""
    known = find(medicine["generic"])
    if known is None or not known.forms:
        return medicine
    fits = [shape for shape in shapes(known) if _fits(medicine, shape)]
    if len(fits) == 1 and medicine["strength"]:
        return medicine | {"form": fits[0][0], "strength": fits[0][1]}
    if fits and medicine["form"] and medicine["strength"]:
        return medicine
    offered = fits or [shape for shape in shapes(known) if read_dose(medicine["dose"], shape[0])]
    if not offered:
        return medicine
    shown = offered[:SHAPES_SHOWN]
    labels = tuple(Choice(str(place), " ".join(shape)) for place, shape in enumerate(shown))
    args = {"name": medicine["generic"], "written": _as_written(medicine)}
    chosen = yield _pick("med_strength", (*labels, Choice("as_written", {"t": "choice.as_written"})), args)
    if chosen == "as_written":
        return medicine
    form, strength = shown[int(chosen)]
    return medicine | {"form": form, "strength": strength}


def _fits(medicine: dict[str, Any], shape: tuple[str, str]) -> bool:
    form, strength = shape
    told = medicine["form"] in ("", form) and (
        not medicine["strength"] or same_strength(medicine["strength"], strength)
    )
    return told and read_dose(medicine["dose"], form) is not None


def _as_written(medicine: dict[str, Any]) -> Any:
    return " ".join(part for part in (medicine["form"], medicine["strength"]) if part) or {"t": "med.nothing_written"}


def warnings(medicine: dict[str, Any], patient: Patient, before: Sequence[str]) -> list[dict[str, Any]]:
    """What speaks against this medicine, as values of texts: an allergy, a doubling, a dose beyond the usual."""
    name, known = medicine["generic"], find(medicine["generic"])
    said: list[dict[str, Any]] = []
    if against := allergic(known, name, patient.allergies or ()):
        words, crosses = against
        said.append(_warning("med.may_cross" if crosses else "med.allergy", name=name, allergy=words))
    if twice := doubled(name, before):
        said.append(_doubling("here", name, twice))
    if still := doubled(name, patient.running):
        said.append(_doubling("running", name, still))
    if (a_day := pieces_a_day(medicine)) > (known.pieces if known else PIECES_A_DAY):
        said.append(_warning("med.many", name=name, count=a_day))
    return said


def _doubling(where: str, name: str, found: tuple[str, str]) -> dict[str, Any]:
    other, why = found
    if why == "same":
        return _warning(f"med.twice_{where}", name=name)
    of = formulary().classes[why]
    return _warning(f"med.class_{where}", name=name, other=other, of={"bn": of.bn, "en": of.en})


def _warning(text: str, **args: Any) -> dict[str, Any]:
    return {"t": text, "args": args}


def pieces_a_day(medicine: dict[str, Any]) -> float:
    """How many tablets or capsules a day; 0 for what is counted otherwise."""
    dose = read_dose(medicine["dose"], medicine["form"])
    if dose is None or medicine["form"] not in ("tablet", "capsule", "sachet", "") or dose.unit:
        return 0
    return float(sum(dose.parts))


def running(papers: Sequence[dict[str, Any]], today: str) -> list[dict[str, str]]:
    """The medicines of earlier papers (their content) that are still taken on `today` (ISO), with their last day."""
    still: list[dict[str, str]] = []
    for paper in papers:
        for one in paper.get("medicines") or ():
            if not one.get("days"):
                continue
            last = date.fromisoformat(paper["date"][:10]) + timedelta(days=one["days"] - 1)
            if last >= date.fromisoformat(today):
                still.append({"generic": one["generic"], "until": last.isoformat()})
    return still
