"""The interview, worst questions first, and the outcome in words."""

from __future__ import annotations

from typing import Any

from flows.actions import RecordDecision
from flows.answers import DONT_KNOW, NONE
from flows.condition import NUMBERS
from flows.decide import Decision, decide, explain
from flows.findings import Finding, Wording, findings
from flows.heard import Heard
from flows.phones import phone_args
from flows.protocol import URGENCY, Level
from flows.talk import Ask, Choice, Do, Flow, Misfit, Say

SIGNS_ON_A_SCREEN = 11
DURATIONS = (
    (0, "duration.today"),
    (3, "duration.few"),
    (7, "duration.week"),
    (14, "duration.two_weeks"),
    (30, "duration.month"),
)
NOT_FACTS = ("?", "sex")
"""Keys of what was heard that no rule looks at: findings to be asked about, and the sex as a word."""


def interview(facts: dict[str, Any]) -> Flow[tuple[Decision, dict[str, Any]]]:
    """Ask until the outcome is certain; gives the decision and the facts it was made from."""
    for code in facts.get("?", ()):
        if code not in facts and code in findings():
            facts = facts | (yield from _one(code))
    facts = {code: value for code, value in facts.items() if code not in NOT_FACTS}
    decision = decide(facts)
    while decision.ask:
        facts = facts | (yield from _next(decision, facts))
        decision = decide(facts)
    return decision, facts


def _next(decision: Decision, facts: dict[str, Any]) -> Flow[dict[str, Any]]:
    signs = _signs_together(decision, facts)
    if len(signs) > 1:
        return (yield from _screen(signs, _understood(facts)))
    return (yield from _one(decision.ask[0]))


def _signs_together(decision: Decision, facts: dict[str, Any]) -> list[str]:
    """The danger signs to ask on one screen: those in play whose answer could still make it an emergency."""
    if not any(code in p.data.danger_signs for p in decision.in_play for code in decision.ask):
        return []
    open_rules = [
        r
        for p in decision.in_play
        for r in p.rules
        if _could_hold(r.level, decision) and r.condition.holds(facts) is None
    ]
    wanted = {name for rule in open_rules for name in rule.condition.opens(facts)}
    listed = dict.fromkeys(code for p in decision.in_play for code in p.data.danger_signs)
    return [code for code in listed if code in wanted and code not in facts][:SIGNS_ON_A_SCREEN]


def _could_hold(level: Level, decision: Decision) -> bool:
    return decision.about is None or URGENCY[level] <= max(URGENCY[decision.about.level], URGENCY["consultation_24"])


def _understood(facts: dict[str, Any]) -> dict[str, Any] | None:
    """What was told so far, to be read and put right: the findings that are there, and for how long."""
    known = findings()
    there = [known[code].label.model_dump() for code, value in facts.items() if value is True and code in known]
    if not there:
        return None
    days = facts.get("duration_days")
    signs = {"list": there, "join": "comma"}
    text = "story.told_day" if days == 1 else "story.told_days"
    return {"t": text, "args": {"signs": signs, "days": int(days)}} if days else signs


def _screen(signs: list[str], told: dict[str, Any] | None) -> Flow[dict[str, Any]]:
    known = findings()
    choices = [Choice(code, known[code].label.model_dump(), finding=code) for code in signs]
    ends = (Choice(NONE, {"t": "choice.none"}), Choice(DONT_KNOW, {"t": "choice.dont_know"}))

    def facts(answer: list[str]) -> dict[str, Any]:
        rest = None if DONT_KNOW in answer else False
        return {code: True if code in answer else rest for code in signs}

    text, args = ("ask.danger_signs_told", {"told": told}) if told else ("ask.danger_signs", {})
    answer = yield Ask("danger_signs", "many", (*choices, *ends), text, args, facts=facts)
    return facts(answer)


def _one(code: str) -> Flow[dict[str, Any]]:
    if code in NUMBERS:
        return (yield from _number(code))
    finding: Finding = findings()[code]

    def reads(heard: Heard) -> str | None:
        if code in heard.present or code in heard.absent:
            return "yes" if code in heard.present else "no"
        return heard.reply

    def facts(answer: str) -> dict[str, Any]:
        return {code: {"yes": True, "no": False}.get(answer)}

    ask = Ask(
        code, "yes_no", yes_no(), "ask.finding", {"question": finding.ask.model_dump()}, code, reads=reads, facts=facts
    )
    return facts((yield ask))


def _number(code: str) -> Flow[dict[str, Any]]:
    """How long: by a tap or in words. The only number ever asked; all others are used when told."""

    def reads(heard: Heard) -> Any:
        if heard.duration_days is not None:
            return str(heard.duration_days)
        if heard.reply == "dont_know":
            return DONT_KNOW
        if heard.number is not None:
            return str(int(heard.number)) if 0 <= heard.number <= 3650 else Misfit("misfit.duration")
        return None

    def facts(answer: str) -> dict[str, Any]:
        return {code: None if answer == DONT_KNOW else float(answer)}

    choices = [Choice(str(days), {"t": text}) for days, text in DURATIONS]
    ask = Ask("duration", "number", (*choices, Choice(DONT_KNOW, {"t": "choice.dont_know"})), reads=reads, facts=facts)
    return facts((yield ask))


def yes_no() -> tuple[Choice, ...]:
    """Yes, no, don't know."""
    return tuple(Choice(id, {"t": f"choice.{id}"}) for id in ("yes", "no", "dont_know"))


def tell(
    decision: Decision, facts: dict[str, Any], *, kept: bool = True, person: str | None = None
) -> Flow[str | None]:  # fmt: skip
    """Say the outcome and keep the decision; gives its id. Not `kept`: of who did not agree nothing is."""
    rule = decision.rule
    assert rule is not None and decision.level is not None
    why = explain(decision)
    specialty = rule.specialty(facts)
    outcome = {"level": decision.level, "specialty": specialty} | {
        k: why[k] for k in ("rule", "source", "protocol", "version")
    }
    protocol = rule.protocol
    made = (facts, decision.level, specialty, rule.id, protocol.code, protocol.data.version, person)
    id = str((yield Do(RecordDecision(*made)))) if kept else None
    args = {
        "until": _words(rule.until),
        "return_if": _words(rule.return_if),
        "specialty": {"t": f"specialty.{specialty}"},
    }
    urgent = URGENCY[decision.level] <= URGENCY["emergency"]
    yield Say(f"outcome.{decision.level}", args | phone_args(), also={"outcome": outcome}, urgent=urgent)
    return id


def what_now(decision: Decision) -> Say:
    """What to do until they are there, and the numbers, said again."""
    assert decision.rule is not None
    return Say("emergency.again", {"until": _words(decision.rule.until)} | phone_args(), urgent=True)


def because(decision: Decision) -> Say:
    """The answer to "why?": the rule's reason and where it is written."""
    rule = decision.rule
    assert rule is not None
    args = {"why": _words(rule.data.why), "source": rule.data.source}
    if (signature := rule.protocol.signature) is not None:
        return Say("outcome.why_signed", args | {"clinician": signature.name})
    return Say("outcome.why", args)


def _words(wording: Wording) -> dict[str, str]:
    return wording.model_dump()
