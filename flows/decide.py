"""Deciding how urgent a case is: rules worst first, three-valued, over all complaints in play. Nothing else decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flows.condition import NUMBERS, Facts, Truth
from flows.findings import closed, findings
from flows.protocol import ABOUT_PERSON, FOLDER, URGENCY, Level, Protocol, Rule, protocols

REMEMBERED = 4096
"""Sets of facts whose decision is remembered: a replayed conversation asks about the same ones again and again."""
FALLBACK = "unlisted"
"""The protocol that takes a case which fits no complaint."""


@dataclass(frozen=True)
class Decision:
    """Either an outcome (`rule` and `level`), or what must be asked first (`ask`, of the rule `about`)."""

    level: Level | None = None
    rule: Rule | None = None
    ask: tuple[str, ...] = ()
    about: Rule | None = None
    in_play: tuple[Protocol, ...] = field(default=())


def in_play(facts: Facts, folder: Path = FOLDER) -> tuple[Protocol, ...]:
    """The protocols that these facts open, then the general ones that apply; in one order whatever the facts' order.

    Where none of them says what holds when nothing else does, the fallback joins: no case ends without an outcome.
    """
    openers, general, fallback = _shelves(folder)
    opened = {p for code, value in facts.items() if value is True for p in openers.get(code, ())}
    playing = [p for p in opened if p.applies.holds(facts) is not False]
    playing.sort(key=lambda p: (p.data.rank, p.code))
    if fallback and not any(p.data.otherwise for p in playing):
        playing.append(fallback)
    return (*playing, *(p for p in general if p.applies.holds(facts) is not False))


def decide(facts: Facts, folder: Path = FOLDER) -> Decision:
    """The outcome these facts allow, or what to ask next. Facts may come in any order and hold what nobody asked.

    `folder`: whose protocols decide; another one than the service's only to be compared with it.
    """
    return _decided(frozenset(facts.items()), folder)


@lru_cache(maxsize=REMEMBERED)
def _decided(told: frozenset[tuple[str, Any]], folder: Path) -> Decision:
    facts = closed(dict(told))
    return judge(facts, in_play(facts, folder))


def judge(facts: Facts, playing: tuple[Protocol, ...]) -> Decision:
    """The same by these protocols alone; `facts` with what they imply. LookupError if no rule of theirs holds."""
    plan = _plan(playing)
    known = {**plan.presumed, **facts}
    doubt: Rule | None = None
    for rule in plan.rules:
        if doubt and URGENCY[doubt.dont_know] <= URGENCY[rule.level]:
            break
        truth = rule.condition.holds(known)
        if truth is None:
            missing = tuple(n for n in rule.condition.opens(known) if n in plan.askable and n not in known)
            if missing:
                return Decision(ask=missing, about=rule, in_play=playing)
            truth = _doubtful(rule, known)
        if truth is True:
            return Decision(rule.level, rule, in_play=playing)
        if truth is None:
            doubt = min(doubt or rule, rule, key=lambda r: URGENCY[r.dont_know])
    if doubt:
        return Decision(doubt.dont_know, doubt, in_play=playing)
    raise LookupError(f"no rule holds for {sorted(p.code for p in playing)}: a protocol has no `otherwise`")


def _doubtful(rule: Rule, known: Facts) -> Truth:
    """What an undecided rule comes to when all was asked: None where it hangs on a "don't know", False where on a
    number nobody gave. Where a rule wants a "no", "don't know" counts as that no, as the safer reading."""
    if rule.otherwise:
        return True
    if not any(n in known for n in rule.condition.opens(known)):
        return False
    denied = {n: False for n in rule.condition.denied if n in known and known[n] is None}
    if denied and rule.level != "self_care":
        return rule.condition.holds({**known, **denied})
    return None


@dataclass(frozen=True)
class _Plan:
    """What a set of protocols comes to. `presumed`: what is never asked, and so is a no unless it was said."""

    rules: tuple[Rule, ...]
    askable: frozenset[str]
    presumed: dict[str, bool]


@lru_cache(maxsize=4096)
def _plan(playing: tuple[Protocol, ...]) -> _Plan:
    rules = [rule for p in playing for rule in p.rules]
    rules.sort(key=lambda r: (URGENCY[r.level], r.otherwise, r.protocol.data.rank))
    askable = frozenset(name for p in playing for name in p.asked) | ABOUT_PERSON
    names = {name for rule in rules for name in rule.condition.names}
    return _Plan(tuple(rules), askable, dict.fromkeys(names - askable - NUMBERS, False))


def alarm(facts: Facts) -> Decision | None:
    """The emergency that these facts amount to as they stand, nothing asked; None if they do not."""
    return _alarming(frozenset(facts.items()))


@lru_cache(maxsize=REMEMBERED)
def _alarming(told: frozenset[tuple[str, Any]]) -> Decision | None:
    facts = closed(dict(told))
    plan = _plan(in_play(facts))
    known = {**plan.presumed, **facts}
    for rule in plan.rules:
        if URGENCY[rule.level] > URGENCY["emergency"]:
            return None
        if rule.condition.holds(known) is True:
            return Decision(rule.level, rule, in_play=(rule.protocol,))
    return None


@cache
def danger_signs() -> frozenset[str]:
    """Every finding that some protocol asks for as a danger sign, or that is an emergency by itself."""
    asked = {code for protocol in protocols().values() for code in protocol.data.danger_signs}
    return frozenset(asked | {code for code in findings() if alarm({code: True}) is not None})


@cache
def _shelves(folder: Path = FOLDER) -> tuple[dict[str, list[Protocol]], tuple[Protocol, ...], Protocol | None]:
    """The protocols by what opens them, the general ones, and the fallback."""
    every = protocols(folder)
    openers: dict[str, list[Protocol]] = {}
    for protocol in every.values():
        for code in protocol.data.opens:
            openers.setdefault(code, []).append(protocol)
    general = [p for p in every.values() if not p.data.opens and p.code != FALLBACK]
    return openers, tuple(sorted(general, key=lambda p: (p.data.rank, p.code))), every.get(FALLBACK)


def unread(codes: Iterable[str]) -> list[str]:
    """Of these codes, those that open no protocol."""
    return [code for code in codes if code not in _shelves()[0]]


def explain(decision: Decision) -> dict[str, Any]:
    """The rule behind an outcome, for "why?" and for the record."""
    rule = decision.rule
    if rule is None:
        return {}
    return {"rule": rule.id, "source": rule.data.source, "protocol": rule.protocol.code,
            "version": rule.protocol.data.version, "why": rule.data.why.model_dump()}  # fmt: skip
