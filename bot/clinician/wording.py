"""A rule's condition in the words of its findings, in both languages, for people who read no code."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from flows.condition import NUMBERS
from flows.findings import Wording, findings

_NUMBER_WORDS = {
    "age_years": ("age", "বয়স", "years", "বছর"),
    "age_months": ("age", "বয়স", "months", "মাস"),
    "age_days": ("age", "বয়স", "days", "দিন"),
    "duration_days": ("for", "কতদিন", "days", "দিন"),
    "temperature_c": ("temperature", "তাপমাত্রা", "°C", "°C"),
    "systolic": ("upper pressure", "উপরের প্রেশার", "mmHg", "mmHg"),
    "diastolic": ("lower pressure", "নীচের প্রেশার", "mmHg", "mmHg"),
    "sugar_mg_dl": ("sugar", "সুগার", "mg/dl", "mg/dl"),
    "oxygen_percent": ("oxygen", "অক্সিজেন", "%", "%"),
    "pulse": ("pulse", "নাড়ি", "a minute", "মিনিটে"),
    "breaths_per_minute": ("breaths", "শ্বাস", "a minute", "মিনিটে"),
    "weeks_pregnant": ("pregnant", "গর্ভ", "weeks", "সপ্তাহ"),
}
assert set(_NUMBER_WORDS) == NUMBERS
_SIGNS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("under", "কম"), ast.LtE: ("at most", "বা কম"), ast.Gt: ("over", "বেশি"), ast.GtE: ("from", "বা বেশি"),
}  # fmt: skip
_PERSON = {"sex_female": ("female", "মহিলা"), "sex_male": ("male", "পুরুষ"), "always": ("always", "সবসময়")}


@dataclass(frozen=True)
class Clause:
    """A condition as a tree for people. `joins`: "all", "any", "of" (at least `least` of the parts), "not", or "" for
    a leaf with `words`."""

    joins: str
    words: Wording | None = None
    parts: tuple[Clause, ...] = ()
    least: int = 0
    code: str = ""


def clause(condition: str) -> Clause:
    """The tree of a condition that compiles (flows/condition.py)."""
    return _clause(ast.parse(condition.strip(), mode="eval").body)


def sentence(tree: Clause, lang: str) -> str:
    """The tree as one phrase, with brackets where they are needed."""
    joins = {"all": (" and ", " এবং "), "any": (" or ", " বা ")}
    if tree.joins == "":
        assert tree.words is not None
        return tree.words.en if lang == "en" else tree.words.bn
    inner = [_bracketed(part, tree, lang) for part in tree.parts]
    if tree.joins == "not":
        return f"not {inner[0]}" if lang == "en" else f"({inner[0]}: না)"
    if tree.joins == "of":
        listed = ", ".join(inner)
        return f"at least {tree.least} of: {listed}" if lang == "en" else f"এর অন্তত {tree.least}টা: {listed}"
    return joins[tree.joins][lang == "bn"].join(inner)


def _bracketed(part: Clause, whole: Clause, lang: str) -> str:
    said = sentence(part, lang)
    return f"({said})" if part.parts and part.joins != "not" and part.joins != whole.joins else said


def _clause(node: ast.expr) -> Clause:
    match node:
        case ast.BoolOp(op=op, values=values):
            return Clause("all" if isinstance(op, ast.And) else "any", parts=tuple(map(_clause, values)))
        case ast.UnaryOp(operand=operand):
            return Clause("not", parts=(_clause(operand),))
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=bound)]):
            return Clause("", _compared(name, op, float(str(bound))), code=name)
        case ast.Call(func=ast.Name(id="lasting"), args=[ast.Constant(value=int() as days)]):
            return Clause("", Wording(en=f"known to last {days} days or more", bn=f"{days} দিন বা বেশি ধরে আছে"))
        case ast.Call(args=[ast.Constant(value=int() as least), *parts]):
            return Clause("of", parts=tuple(map(_clause, parts)), least=least)
        case ast.Name(id=name) if name in _PERSON:
            return Clause("", Wording(en=_PERSON[name][0], bn=_PERSON[name][1]), code=name)
        case ast.Name(id=name):
            return Clause("", findings()[name].label, code=name)
    raise ValueError(f"{ast.unparse(node)!r} is no condition")


def _compared(name: str, op: ast.cmpop, bound: float) -> Wording:
    en, bn, unit, unit_bn = _NUMBER_WORDS[name]
    sign, sign_bn = _SIGNS[type(op)]
    return Wording(en=f"{en} {sign} {bound:g} {unit}", bn=f"{bn} {bound:g} {unit_bn} {sign_bn}")
