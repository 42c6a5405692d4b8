"""Whether a formula is a law of fields: decided by normal forms, refuted at a point in balls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from litproof.algebra.balls import ball
from litproof.errors import InputError
from litproof.flow.program import Node, Operators
from litproof.flow.states import Expressions
from litproof.language.functions import SMOOTH, OutsideDomain
from litproof.language.symbolic import entries_of, scalar_formula
from litproof.laws.elimination import Algebra
from litproof.laws.fields import Fields
from litproof.precision import ball_precision

_POINTS = 60
_BITS = 400


@dataclass(frozen=True)
class Candidate:
    """A formula that was tried.

    Attributes
    ----------
    conserved : True where its rate along every field is 0 in normal form; False where it is not 0 at some point;
        None where neither was seen. reason : in words. trivial : it does not depend on the variables.
    """

    formula: str
    conserved: bool | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """For `conserved --json`."""
        return {"formula": self.formula, "conserved": self.conserved, "reason": self.reason}


def decide(fields: Fields, formula: str, *, key: str = "--law") -> Candidate:
    """Whether the formula, in the names of the variables and the time t, is constant whatever the controls do.

    Raises InputError, with the position, for what is no formula.

    Examples
    --------
    >>> from sympy.abc import x, y
    >>> fields = Fields.from_sympy([x, y], [-x, -y], [[y, x]])
    >>> decide(fields, "exp(2*t)*(x^2 - y^2)").conserved, decide(fields, "x^2 - y^2").conserved
    (True, False)
    """
    law, tracer = _traced(fields, formula, key), fields.tracer
    rates = [fields.rates(control, [law], moving=False)[0] for control in fields.controls]
    drift = fields.drift or tuple(tracer.lift(0) for _ in fields.variables)
    rates.append(fields.rates(drift, [law], moving=True)[0])
    algebra = Algebra(tracer, [[rate] for rate in rates])
    names = [*(f"control {k}" for k in range(1, len(rates))), "the drift" if fields.drift else "the time"]
    left = [
        (name, rate)
        for name, rate, (polynomial,) in zip(names, rates, algebra.groups, strict=True)
        if len(algebra.reduced([polynomial])[0])
    ]
    if not left:
        return Candidate(formula, True, "its rate is 0 in normal form")
    for name, rate in left:
        place = _nonzero_at(fields, rate)
        if place:
            return Candidate(formula, False, f"its rate along {name} is not 0 {place}")
    return Candidate(
        formula, None, "its rate is not 0 in normal form, and no point where it is not 0 was found"
    )


def _traced(fields: Fields, formula: str, key: str) -> Node:
    entries = entries_of([*fields.variables, "t"])
    expressions = Expressions(fields.tracer)
    for symbol, node in zip(entries.values(), fields.tracer.variables(), strict=True):
        expressions.bind(symbol, node)
    law = scalar_formula(formula, entries, SMOOTH, key=key, source=fields.source)
    if not law.free_symbols:
        raise InputError("expected a formula in the variables, got a constant", key=key, source=fields.source)
    return fields.tracer.lift(expressions.value(law))


def _nonzero_at(fields: Fields, rate: Node) -> str:
    """A point where the rate is not 0, in words; "" where none was found."""
    program = fields.tracer.program({"rate": [rate]})
    draw = Random("candidates")
    with ball_precision(_BITS):
        for number in range(_POINTS):
            spread = 1 + number // 10
            point = [Fraction(draw.randrange(1, 20 * spread), 10) for _ in fields.variables]
            if number % 2:
                point = [x * draw.choice((1, -1)) for x in point]
            place = [*point, Fraction(draw.randrange(0, 20), 10)]
            value = _at(program, place)
            if value is not None and (value > 0 or value < 0):
                shown = ", ".join(f"{n} = {x}" for n, x in zip((*fields.variables, "t"), place, strict=True))
                return f"at {shown}" if len(shown) < 200 else "at a random point"
    return ""


def _at(program: Any, place: Sequence[Fraction]) -> Any:
    try:
        (value,) = program.evaluate(Operators(ball), [ball(x) for x in place], "rate")
    except OutsideDomain:
        return None
    return value if value.is_finite() else None
