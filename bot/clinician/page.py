"""One protocol as a page to read: `ingit protocols show CODE`, and what the book shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.clinician.wording import Clause, clause, sentence
from flows.findings import Wording, findings
from flows.protocol import Example, Protocol, Rule
from flows.texts import texts

UNSIGNED = Wording(en="NOT YET SIGNED by a clinician", bn="এখনও কোনো চিকিৎসকের সই নেই")
LEVEL_NAMES = {
    "emergency_ambulance": "EMERGENCY, call an ambulance",
    "emergency": "EMERGENCY, to hospital now",
    "consultation_24": "A doctor within 24 hours",
    "consultation": "A doctor this week",
    "self_care": "At home",
}
LANGUAGES = ("en", "bn")


@dataclass(frozen=True)
class RulePage:
    """A rule, worst first, in words."""

    number: int
    rule: Rule
    condition: Clause | None  # None: what holds where no other rule does

    @property
    def level(self) -> str:
        """The level in English words."""
        return LEVEL_NAMES[self.rule.level]

    @property
    def dont_know(self) -> str:
        """What it comes to where it hangs on a "don't know"."""
        return LEVEL_NAMES[self.rule.dont_know]

    def when(self, lang: str) -> str:
        """The condition as a phrase."""
        if self.condition is None:
            return "none of the rules above holds" if lang == "en" else "উপরের কোনো নিয়ম না খাটলে"
        return sentence(self.condition, lang)


def rule_pages(protocol: Protocol) -> list[RulePage]:
    """The rules of a protocol in the order in which they are looked at."""
    pages = []
    for number, rule in enumerate(protocol.rules, 1):
        pages.append(RulePage(number, rule, None if rule.otherwise else clause(rule.data.when or "always")))
    return pages


def signed_by(protocol: Protocol) -> str:
    """Who signed this text, or that nobody did."""
    if (signature := protocol.signature) is not None:
        return f"Signed by {signature.name} ({signature.registration}) on {signature.on.isoformat()}"
    changed = "; it was signed before its text changed" if protocol.data.signed else ""
    return UNSIGNED.en + changed


def labels(codes: tuple[str, ...], lang: str) -> str:
    """These findings by their labels; numbers by their names."""
    known = findings()
    return ", ".join(getattr(known[code].label, lang) if code in known else code.replace("_", " ") for code in codes)


def patient(example: Example, lang: str = "en") -> str:
    """An example patient in a phrase."""
    years = example.age_years
    age = (
        f"{years:g} years"
        if years >= 1
        else f"{years * 12:.0f} months"
        if years >= 1 / 6
        else f"{years * 365:.0f} days"
    )
    parts = [age, example.sex, *(["pregnant"] if example.pregnant else [])]
    parts += [f"has {labels(example.present, lang)}"] if example.present else []
    parts += [f"has no {labels(example.absent, lang)}"] if example.absent else []
    return "; ".join([*parts, *(f"{name.replace('_', ' ')} {value:g}" for name, value in example.values.items())])


def as_text(protocol: Protocol) -> Iterator[str]:
    """The page, line by line."""
    data = protocol.data
    yield f"{data.title.en} · {data.title.bn}    ({data.protocol} {data.version})"
    yield signed_by(protocol)
    yield ""
    if data.opens:
        yield f"In play when any of these is there: {labels(data.opens, 'en')}"
        yield f"    {labels(data.opens, 'bn')}"
    if data.applies != "always":
        yield f"Applies to: {sentence(clause(data.applies), 'en')}"
    for name, codes in (("Asked together, as danger signs", data.danger_signs), ("Asked one by one", data.questions),
                        ("Counts when said, never asked", data.if_said)):  # fmt: skip
        if codes:
            yield f"{name}: {labels(codes, 'en')}"
    doctor = texts()[f"specialty.{data.specialty}"]
    yield f"Seen by: {doctor.en} · {doctor.bn}"
    for page in rule_pages(protocol):
        rule = page.rule
        yield ""
        yield f"{page.number}. {page.level}    [{rule.id}]"
        for lang in LANGUAGES:
            yield f"   when     {page.when(lang)}"
        for name, wording in (("why", rule.data.why), ("until", rule.until), ("return", rule.return_if)):
            for lang in LANGUAGES:
                yield f"   {name:8} {getattr(wording, lang)}"
        if not rule.otherwise:
            yield f"   if nobody knows: {page.dont_know}"
        yield f"   source   {rule.data.source}"
        yield f"   example  {patient(rule.data.example)}"
