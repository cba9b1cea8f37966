"""`ingit protocols diff A B`: what a new version of the protocols changes, on every example patient of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.clinician.page import LEVEL_NAMES, patient
from bot.clinician.trial import interview
from flows.protocol import URGENCY, Example, Level, Rule, protocols


@dataclass(frozen=True)
class Change:
    """An example patient who fares otherwise. `rule`: whose example it is."""

    rule: Rule
    before: tuple[Level, str, str]  # level, rule, specialty
    after: tuple[Level, str, str]

    @property
    def direction(self) -> str:
        """more urgent, less urgent, or same level."""
        step = URGENCY[self.after[0]] - URGENCY[self.before[0]]
        return "more urgent" if step < 0 else "less urgent" if step > 0 else "same level"


def changes(old: Path, new: Path) -> list[Change]:
    """Every example patient of either folder whose level, rule or specialty differs, the less urgent first."""
    examples = {
        rule.id: rule for folder in (old, new) for protocol in protocols(folder).values() for rule in protocol.rules
    }
    found = []
    for rule in examples.values():
        before, after = _outcome(rule.data.example, old), _outcome(rule.data.example, new)
        if before != after:
            found.append(Change(rule, before, after))
    order = {"less urgent": 0, "more urgent": 1, "same level": 2}
    return sorted(found, key=lambda change: order[change.direction])


def _outcome(example: Example, folder: Path) -> tuple[Level, str, str]:
    decision, _ = interview(example.facts(), folder=folder)
    assert decision.rule is not None and decision.level is not None
    return decision.level, decision.rule.id, decision.rule.specialty(example.facts())


def as_text(old: Path, new: Path) -> Iterator[str]:
    """The comparison, line by line."""
    before, after = protocols(old), protocols(new)
    for code in sorted(before.keys() | after.keys()):
        if code not in after:
            yield f"- {code}: gone"
        elif code not in before:
            yield f"+ {code}: new, {len(after[code].rules)} rules"
        elif before[code].text != after[code].text:
            old_version, new_version = before[code].data.version, after[code].data.version
            yield f"~ {code}: {old_version} -> {new_version}, {_rules_changed(before[code].rules, after[code].rules)}"
    found = changes(old, new)
    for change in found:
        yield ""
        yield f"{change.direction.upper()}: {patient(change.rule.data.example)}    [{change.rule.id}]"
        for name, (level, rule, specialty) in (("before", change.before), ("after", change.after)):
            yield f"   {name:7}{LEVEL_NAMES[level]}, {specialty.replace('_', ' ')}    [{rule}]"
    yield ""
    yield f"{len(found)} of the example patients fare otherwise: " + ", ".join(
        f"{sum(change.direction == name for change in found)} {name}"
        for name in ("less urgent", "more urgent", "same level")
    )


def _rules_changed(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> str:
    old, new = {rule.id: rule.data for rule in before}, {rule.id: rule.data for rule in after}
    counts = {
        "new": len(new.keys() - old.keys()), "gone": len(old.keys() - new.keys()),
        "changed": sum(old[id] != new[id] for id in old.keys() & new.keys()),
    }  # fmt: skip
    return "rules " + ", ".join(f"{count} {name}" for name, count in counts.items())
