"""The clinical protocols: YAML files, a complaint each, checked when loaded, refused where they have a hole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.condition import NUMBERS, BadCondition, Condition, both, compile_condition, either, negation
from flows.datafile import BadData, Source
from flows.findings import Wording, findings

FOLDER = Path(__file__).parent / "protocols"

Level = Literal["emergency_ambulance", "emergency", "consultation_24", "consultation", "self_care"]
LEVELS: tuple[Level, ...] = ("emergency_ambulance", "emergency", "consultation_24", "consultation", "self_care")
URGENCY = {level: place for place, level in enumerate(LEVELS)}
"""Level -> 0 (most urgent) to 4."""

Specialty = Literal[
    "general_medicine", "paediatrics", "obstetrics_gynaecology", "cardiology", "neurology", "chest_medicine",
    "dermatology", "ophthalmology", "ent", "orthopaedics", "surgery", "psychiatry", "dentistry",
]  # fmt: skip
ABOUT_PERSON = frozenset({"age_years", "sex_female", "sex_male", "known_pregnancy", "recent_delivery"})
"""Facts about the person, asked before any complaint's questions; every rule may use them."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Strict):
    """A patient for whom the rule fires."""

    age_years: float
    sex: Literal["female", "male"]
    pregnant: bool = False
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    values: dict[str, float] = {}

    def facts(self) -> dict[str, Any]:
        """The example as facts; what it does not name is not there."""
        told: dict[str, Any] = dict.fromkeys(self.absent, False) | dict.fromkeys(self.present, True)
        return told | self.values | person_facts(self.age_years, self.sex, self.pregnant)


class RuleData(_Strict):
    """One rule as written in the file."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    level: Level
    when: str = ""
    source: str = Field(min_length=8)
    why: Wording
    specialty: Specialty | None = None
    until: Wording | None = None
    return_if: Wording | None = None
    dont_know: Level | None = None
    example: Example


class Signature(_Strict):
    """A clinician's: who, under which registration, on which day, and the digest of the text that was signed."""

    name: str = Field(min_length=1)
    registration: str = Field(min_length=3)
    on: date
    text: str


class ProtocolData(_Strict):
    """One protocol as written in the file."""

    protocol: str = Field(pattern=r"^[a-z0-9_]+$")
    version: str
    signed: Signature | None
    title: Wording
    rank: int = 50  # of two protocols that reach the same level, the one with the lower rank speaks
    opens: tuple[str, ...] = ()
    applies: str = "always"
    specialty: Specialty
    paediatric_specialty: Specialty | None = None
    danger_signs: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    if_said: tuple[str, ...] = ()
    until: Wording
    return_if: Wording
    rules: tuple[RuleData, ...]
    otherwise: RuleData | None = None


@dataclass(frozen=True)
class Rule:
    """A rule ready to be decided. `dont_know`: the level where its truth hangs on what the person does not know."""

    id: str
    level: Level
    condition: Condition
    dont_know: Level
    protocol: Protocol
    data: RuleData
    otherwise: bool = False  # holds unless a milder rule is known to

    @property
    def until(self) -> Wording:
        """What to do until seen."""
        return self.data.until or self.protocol.data.until

    @property
    def return_if(self) -> Wording:
        """When to come back at once."""
        return self.data.return_if or self.protocol.data.return_if

    def specialty(self, facts: dict[str, Any]) -> Specialty:
        """Who should see this person: the rule's, or the protocol's for the age."""
        age = facts.get("age_years")
        child = self.protocol.data.paediatric_specialty if age is not None and age < 12 else None
        return self.data.specialty or child or self.protocol.data.specialty


@dataclass(frozen=True, eq=False)
class Protocol:
    """A protocol ready to be decided; `asked`: the facts it may ask for, danger signs first."""

    code: str
    data: ProtocolData
    applies: Condition
    asked: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    text: str = ""  # the digest of the file as it stands

    @property
    def signature(self) -> Signature | None:
        """Who signed this very text; None where nobody did, or where the text has changed since."""
        signed = self.data.signed
        return signed if signed is not None and signed.text == self.text else None


def text_digest(text: str) -> str:
    """What a signature is of: the file without its `signed` line."""
    kept = [line for line in text.splitlines() if not line.startswith("signed:")]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def person_facts(age_years: float | None, sex: str | None, pregnant: bool | None) -> dict[str, Any]:
    """Facts about the person; what is not known is left out."""
    facts: dict[str, Any] = {}
    if age_years is not None:
        facts["age_years"] = float(age_years)
    if sex:
        facts |= {"sex_female": sex == "female", "sex_male": sex == "male"}
    if sex == "male" or (age_years is not None and not 10 <= age_years <= 55):
        facts |= {"known_pregnancy": False, "recent_delivery": False}
    if pregnant is not None:
        facts["known_pregnancy"] = pregnant
    return facts


def default_dont_know(level: Level) -> Level:
    """What "don't know" means unless a rule says otherwise: an emergency sign nobody can judge is seen today."""
    return "consultation_24" if URGENCY[level] < URGENCY["consultation_24"] else level


def protocols(folder: Path = FOLDER) -> dict[str, Protocol]:
    """Every protocol by code. Raises BadData (file, line, mend) at the first hole."""
    return _loaded(folder)


@cache
def _loaded(folder: Path) -> dict[str, Protocol]:
    loaded: dict[str, Protocol] = {}
    seen: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        source = Source(path)
        protocol = _build(source, source.parse(ProtocolData))
        if protocol.code in loaded or protocol.code != path.stem:
            raise source.wrong(f"protocol {protocol.code} must stand once, in {protocol.code}.yaml", "protocol")
        for place, rule in enumerate(protocol.rules):
            if rule.id in seen:
                raise source.wrong(f"rule {rule.id} stands twice; give it a name of its own", "rules", place)
            seen.add(rule.id)
        loaded[protocol.code] = protocol
    if not loaded:
        raise BadData(f"{folder}: no protocol there; triage cannot start without any")
    return loaded


def _build(source: Source, data: ProtocolData) -> Protocol:
    asked = tuple(dict.fromkeys(data.danger_signs + data.questions))
    _check_codes(source, data, asked)
    text = text_digest(source.path.read_text("utf-8"))
    protocol = Protocol(data.protocol, data, _condition(source, data.applies, "applies"), asked, text=text)
    rules = [_rule(source, protocol, rule, "rules", place) for place, rule in enumerate(data.rules)]
    if data.otherwise:
        rules.append(_otherwise(source, protocol, data.otherwise, rules))
    _check_use(source, data, rules)
    object.__setattr__(protocol, "rules", tuple(rules))
    return protocol


def _rule(source: Source, protocol: Protocol, data: RuleData, *where: str | int) -> Rule:
    condition = _condition(source, data.when, *where, "when")
    said_only = set(protocol.data.if_said)
    if data.level == "self_care" and (hoped := condition.denied & said_only):
        raise source.wrong(f"self-care needs a known no: put {', '.join(sorted(hoped))} under questions", *where)
    names = tuple(dict.fromkeys(protocol.applies.names + condition.names))
    part = both([protocol.applies, condition])
    whole = Condition(part.holds, part.opens, data.when, names, condition.denied)
    return Rule(data.id, data.level, whole, data.dont_know or default_dont_know(data.level), protocol, data)


def _otherwise(source: Source, protocol: Protocol, data: RuleData, rules: list[Rule]) -> Rule:
    """What holds where no rule does: it steps back only for a milder rule that is true."""
    if data.when:
        raise source.wrong("otherwise has no condition; leave `when` out", "otherwise")
    milder = [rule for rule in rules if URGENCY[rule.level] > URGENCY[data.level]]
    names = tuple(dict.fromkeys(name for rule in milder for name in rule.condition.names))
    part = negation(either([rule.condition for rule in milder]))
    condition = Condition(part.holds, part.opens, "otherwise", names, frozenset())
    return Rule(data.id, data.level, condition, data.level, protocol, data, otherwise=True)


def _condition(source: Source, text: str, *where: str | int) -> Condition:
    try:
        return compile_condition(text)
    except BadCondition as error:
        raise source.wrong(f"condition {error}", *where) from None


def _check_codes(source: Source, data: ProtocolData, asked: tuple[str, ...]) -> None:
    known = findings()
    for key, codes in (("opens", data.opens), ("danger_signs", data.danger_signs), ("questions", data.questions),
                       ("if_said", data.if_said)):  # fmt: skip
        for place, code in enumerate(codes):
            if code not in known and not (code in NUMBERS and key in ("questions", "if_said")):
                raise source.wrong(f"{code} is no finding; add it to flows/findings_data or mend the name", key, place)
            if key == "if_said" and code in asked:
                raise source.wrong(f"{code} is asked already; take it out of if_said", key, place)


def _check_use(source: Source, data: ProtocolData, rules: list[Rule]) -> None:
    used = {name for rule in rules for name in rule.condition.names}
    allowed = {*data.opens, *data.danger_signs, *data.questions, *data.if_said, *ABOUT_PERSON}
    if loose := used - allowed:
        raise source.wrong(f"{', '.join(sorted(loose))}: used in a rule; name it under questions or if_said", "rules")
    if idle := {*data.danger_signs, *data.questions} - used:
        raise source.wrong(f"{', '.join(sorted(idle))}: asked, but no rule looks at it; use it or drop it", "rules")
