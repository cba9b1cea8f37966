"""`ingit protocols check`: what is wrong with the library beyond what keeps it from loading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.clinician.trial import interview
from flows.condition import NUMBERS
from flows.decide import unread
from flows.findings import closed, findings
from flows.protocol import ABOUT_PERSON, FOLDER, Protocol, Rule, person_facts, protocols

_ANSWER_ONLY = frozenset({"blisters"})
"""Findings met only as an answer; who speaks of blisters first is read as a rash or a burn."""
_WORDS_AT_MOST = 60  # choking's blows and thrusts are the one exception
_LONG = frozenset({"choking_airway"})


def problems(folder: Path = FOLDER) -> Iterator[str]:
    """Each problem with where it is and how to mend it. Raises BadData where a file cannot be loaded at all."""
    library = protocols(folder)
    for protocol in library.values():
        for rule in protocol.rules:
            yield from _of_example(rule, folder)
            yield from _of_words(rule)
        yield from _idle_questions(protocol)
    if folder == FOLDER:
        for code in unread(findings()):
            if code not in ABOUT_PERSON | _ANSWER_ONLY:
                yield f"{code}: opens no protocol; name it under some protocol's `opens`"


def _of_example(rule: Rule, folder: Path) -> Iterator[str]:
    """The example fires its rule, alone and among all protocols: so the rule can be reached."""
    where = f"{rule.protocol.code}.{rule.id}"
    told = rule.data.example.facts()
    try:
        alone, _ = interview(told, by=rule.protocol)
        among, _ = interview(told, folder=folder)
    except LookupError as error:
        yield f"{where}: its example comes to nothing ({error}); add an `otherwise`"
        return
    if alone.rule is not rule:
        other = alone.rule.id if alone.rule else "none"
        yield f"{where}: cannot be reached by its example, {other} speaks; mend the example or the order of rules"
    elif among.level != rule.level:
        other = among.rule.id if among.rule else "none"
        yield f"{where}: among all protocols {other} ({among.level}) speaks for its example; mend one of the two"


def _of_words(rule: Rule) -> Iterator[str]:
    """What is said to people stays short enough to be read by a frightened parent."""
    for name, wording in (("until", rule.until), ("return_if", rule.return_if), ("why", rule.data.why)):
        for lang in ("bn", "en"):
            said = getattr(wording, lang)
            if len(said.split()) > _WORDS_AT_MOST and rule.id not in _LONG:
                yield (
                    f"{rule.protocol.code}.{rule.id}: {name} ({lang}) has {len(said.split())} words; "
                    f"say it in {_WORDS_AT_MOST} at most"
                )


def _idle_questions(protocol: Protocol) -> Iterator[str]:
    """Every question can change something: for some patient its answer makes another rule speak."""
    patients = [rule.data.example.facts() for rule in protocol.rules]
    patients += [{**person_facts(50, "male", None), code: True} for code in protocol.data.opens]
    patients += [] if protocol.data.opens else [person_facts(age, "male", None) for age in (0.1, 3, 30, 75)]
    for code in protocol.asked:
        beside = {n for rule in protocol.rules if code in rule.condition.names for n in rule.condition.names}
        beside -= NUMBERS | ABOUT_PERSON | {code}
        if code in NUMBERS or any(
            _matters(protocol, {**told, **more}, code)
            for told in patients
            for more in ({}, *({name: True} for name in sorted(beside)))
        ):
            continue
        yield f"{protocol.code}: asking {code} changes nothing for any patient tried; drop it from what is asked"


def _matters(protocol: Protocol, told: dict[str, Any], code: str) -> bool:
    outcomes = set()
    for answer in (True, False):
        try:
            decision, _ = interview(closed({**told, code: answer}), by=protocol)
        except LookupError:
            return True
        outcomes.add((decision.level, decision.rule and decision.rule.id))
    return len(outcomes) > 1
