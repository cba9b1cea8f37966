"""`ingit explain DECISION`: a stored decision replayed: what was known, which rule spoke, what today's rules say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.app import open_database
from bot.clinician.page import LEVEL_NAMES, rule_pages
from bot.moments import ZONE
from bot.settings import settings
from flows.condition import NUMBERS
from flows.decide import decide
from flows.findings import closed, findings
from flows.protocol import Rule, protocols
from storage import decisions

LATEST = 20


def latest_decisions(url: str | None) -> Iterator[str]:
    """The ids of the last outcomes, to choose one from; nothing of whom they are."""
    db = open_database(settings(), url)
    try:
        found = db.call(decisions.latest, LATEST)
    finally:
        db.close()
    for id, at, level, rule in found:
        yield f"{id}  {at.astimezone(ZONE):%Y-%m-%d %H:%M}  {level}  {rule}"
    if not found:
        yield "No outcome has been kept yet."


def explain_decision(id: str, url: str | None) -> Iterator[str]:
    """The replay, line by line. Raises ValueError where there is no such decision."""
    db = open_database(settings(), url)
    try:
        kept = db.call(decisions.get, id)
    except LookupError:
        raise ValueError(f"{id}: no such decision. `ingit explain` lists the last ones.") from None
    finally:
        db.close()
    when, doctor = kept.at.astimezone(ZONE), kept.specialty.replace("_", " ")
    yield f"Decided {when:%Y-%m-%d %H:%M}: {LEVEL_NAMES[kept.level]}, {doctor}"
    yield f"By {kept.rule} of {kept.protocol} {kept.version}"
    yield from _facts(kept.facts)
    then = _rule(kept.protocol, kept.rule)
    if then is None:
        yield "That rule is no longer among the protocols."
    else:
        page = next(page for page in rule_pages(then.protocol) if page.rule is then)
        yield f"The rule as it stands now: {page.when('en')}"
        yield f"    source: {then.data.source}"
    now = decide(kept.facts)
    if now.rule is None:
        yield f"Today's rules would first ask: {', '.join(now.ask)}"
    elif (now.level, now.rule.id) == (kept.level, kept.rule):
        yield "Today's rules say the same."
    else:
        assert now.level is not None
        of = now.rule.protocol
        yield f"Today's rules say otherwise: {LEVEL_NAMES[now.level]} by {now.rule.id} of {of.code} {of.data.version}"


def _facts(facts: dict[str, Any]) -> Iterator[str]:
    known, whole = findings(), closed(facts)
    for name, truth in (("There", True), ("Not there", False), ("Not known", None)):
        listed = [known[code].label.en for code, value in whole.items() if code in known and value is truth]
        if listed:
            yield f"{name}: {', '.join(listed)}"
    numbers = [
        f"{name.replace('_', ' ')} {value:g}" for name, value in facts.items() if name in NUMBERS and value is not None
    ]
    if numbers:
        yield f"Numbers: {', '.join(numbers)}"


def _rule(protocol: str, id: str) -> Rule | None:
    found = protocols().get(protocol)
    return next((rule for rule in found.rules if rule.id == id), None) if found else None
