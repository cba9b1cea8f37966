"""The small language of a rule's condition, evaluated in three values.

    fever and (stiff_neck or confusion)
    at_least(2, lethargic, sunken_eyes, poor_feeding)
    chest_pain and age_years >= 50 and not cough
    limb_weakness and not lasting(30)

A name is a finding code (yes/no) or a number; there are `and`, `or`, `not`, `at_least(n, ...)`, the comparison of a
number with a constant, `lasting(days)` and `always`. Truth is Kleene's: what is not known makes a condition unknown
only where it could decide it. `lasting(30)` alone is never unknown: it is true only of what is known to last 30 days or
more, so that a sign said without its duration counts as new, and nobody is asked for it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]
"""Finding code -> True, False, None (asked, not known) or, for measures, a number; a key left out: not asked yet."""

Truth = bool | None
Test = Callable[[Facts], Truth]
Names = tuple[str, ...]

NUMBERS = frozenset(
    [
        "age_years",
        "age_months",
        "age_days",
        "duration_days",
        "temperature_c",
        "systolic",
        "diastolic",
        "sugar_mg_dl",
        "oxygen_percent",
        "pulse",
        "breaths_per_minute",
        "weeks_pregnant",
    ]
)
_PER_YEAR = {"age_months": 12.0, "age_days": 365.25}
_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


@dataclass(frozen=True)
class Part:
    """A piece of a condition. `opens`: the names that keep it undecided; () where it is decided."""

    holds: Test
    opens: Callable[[Facts], Names]


@dataclass(frozen=True)
class Condition(Part):
    """A compiled condition. `names`: what it looks at, as written; `denied`: finding codes whose "no" it needs."""

    source: str
    names: Names
    denied: frozenset[str]


class BadCondition(ValueError):
    """The text is not a condition; the message says what is wrong and what would be right."""


def compile_condition(source: str) -> Condition:
    """Compile `source`; raises BadCondition where it is not of the language above."""
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError as error:
        raise BadCondition(f"cannot be read at column {error.offset}: {source!r}") from None
    names: dict[str, None] = {}
    denied: set[str] = set()
    part = _compile(tree, names, denied, positive=True)
    return Condition(part.holds, part.opens, source, tuple(names), frozenset(denied))


def number(facts: Facts, name: str) -> float | None:
    """The number `name` of these facts, None if unknown; ages in months and days are derived from `age_years`."""
    value = facts.get("age_years" if name in _PER_YEAR else name)
    if value is None or isinstance(value, bool):
        return None
    return float(value) * _PER_YEAR.get(name, 1.0)


def either(parts: Sequence[Part]) -> Part:
    """Kleene's or."""
    tests = [part.holds for part in parts]

    def test(facts: Facts) -> Truth:
        result: Truth = False
        for part in tests:
            truth = part(facts)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return Part(test, _undecided(test, parts))


def both(parts: Sequence[Part]) -> Part:
    """Kleene's and."""
    tests = [part.holds for part in parts]

    def test(facts: Facts) -> Truth:
        result: Truth = True
        for part in tests:
            truth = part(facts)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return Part(test, _undecided(test, parts))


def negation(part: Part) -> Part:
    """Kleene's not."""

    def test(facts: Facts) -> Truth:
        truth = part.holds(facts)
        return None if truth is None else not truth

    return Part(test, part.opens)


def _undecided(test: Test, parts: Sequence[Part]) -> Callable[[Facts], Names]:
    """The open names of the parts, as long as the whole is open itself: a branch that is decided asks nothing more."""

    def opens(facts: Facts) -> Names:
        if test(facts) is not None:
            return ()
        return tuple(dict.fromkeys(name for part in parts for name in part.opens(facts)))

    return opens


def _compile(node: ast.expr, names: dict[str, None], denied: set[str], positive: bool) -> Part:
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = [_compile(value, names, denied, positive) for value in values]
            return both(parts) if isinstance(op, ast.And) else either(parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return negation(_compile(operand, names, denied, not positive))
        case ast.Name(id="always"):
            return Part(lambda facts: True, lambda facts: ())
        case ast.Name(id=name) if name not in NUMBERS:
            names[name] = None
            if not positive:
                denied.add(name)
            return _finding(name)
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=int() | float() as bound)]):
            return _comparison(name, op, float(bound), names)
        case ast.Call(func=ast.Name(id="lasting"), args=[ast.Constant(value=int() as days)]):
            return Part(lambda facts: (number(facts, "duration_days") or 0) >= days, lambda facts: ())
        case ast.Call(func=ast.Name(id="at_least"), args=[ast.Constant(value=int() as least), *parts]) if parts:
            return _at_least(least, [_compile(part, names, denied, positive) for part in parts])
    raise BadCondition(
        f"{ast.unparse(node)!r} is not understood; use finding codes, and, or, not, at_least(2, a, b, c), lasting(30), "
        f"or one number compared: age_years >= 50 (numbers: {', '.join(sorted(NUMBERS))})"
    )


def _finding(name: str) -> Part:
    return Part(lambda facts: facts.get(name), lambda facts: () if facts.get(name) is not None else (name,))


def _comparison(name: str, op: ast.cmpop, bound: float, names: dict[str, None]) -> Part:
    compare = _COMPARE.get(type(op))
    if compare is None or name not in NUMBERS:
        raise BadCondition(f"{name!r} cannot be compared so; numbers are {', '.join(sorted(NUMBERS))}, with < <= > >=")
    fact = "age_years" if name in _PER_YEAR else name
    names[fact] = None

    def test(facts: Facts) -> Truth:
        value = number(facts, name)
        return None if value is None else compare(value, bound)

    return Part(test, lambda facts: () if test(facts) is not None else (fact,))


def _at_least(least: int, parts: list[Part]) -> Part:
    def test(facts: Facts) -> Truth:
        truths = [part.holds(facts) for part in parts]
        sure = truths.count(True)
        if sure >= least:
            return True
        return None if sure + truths.count(None) >= least else False

    return Part(test, _undecided(test, parts))
