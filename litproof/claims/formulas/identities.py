"""Equations between what moves that are identities along every flow: true at the start, with a rate that is 0.

The rate of the difference of the two sides is a rational function of the states, of t and of integrals from 0; that it
is 0 is decided by normal form, with the flow's own functions as generators. Formulas with functions are left out: a
logarithm may jump where its argument passes 0 between two times.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.claims.formulas.relations import Part
from litproof.claims.formulas.traced import NotTraced, TracedFormula
from litproof.dynamics import GradientDescent, WeightDecay
from litproof.errors import HypothesisError, InputError
from litproof.flow.program import Node as Traced, Operators
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.language.functions import OutsideDomain
from litproof.language.tree import Call, Node, nodes, to_text
from litproof.laws.elimination import Algebra


def are_identities(parts: Sequence[Part], setting: Setting) -> bool:
    """Whether all parts are equations that hold at all times of the flow from this start, decided exactly.

    False where that is not decided.
    """
    dynamics = setting.problem.dynamics
    if isinstance(dynamics, GradientDescent) or any(part.sign != "=" or part.rounded for part in parts):
        return False
    phases = {False}
    if isinstance(dynamics, WeightDecay):
        phases = {True} if dynamics.until is None else {True, False}
    try:
        return bool(parts) and all(_constant(parts, setting, decaying) for decaying in phases)
    except (NotTraced, NotDefined, OutsideDomain, InputError, HypothesisError, ArithmeticError):
        return False


def _constant(parts: Sequence[Part], setting: Setting, decaying: bool) -> bool:
    """Whether the differences of the sides are 0 at the start, and their rates 0 everywhere."""
    formula = TracedFormula(setting, decaying, integrals=_integrands(parts))
    gaps = [formula.node(part.left) - formula.node(part.right) for part in parts]
    program = formula.tracer.program({"gaps": gaps})
    if not program.is_rational:
        return False
    theta = [entry for layer in setting.problem.v0 for entry in layer]
    start = [*theta, *(Fraction(0),) * (formula.tracer.inputs - len(theta))]
    if any(program.evaluate(Operators(), start, "gaps")):
        return False
    rates: list[list[Traced]] = [[formula.rate(gap)] for gap in gaps]
    algebra = Algebra(formula.tracer, rates)
    return not any(len(algebra.reduced(group)[0]) for group in algebra.groups)


def _integrands(parts: Sequence[Part]) -> list[Node]:
    """The formulas under integrals, each once."""
    found = {
        to_text(node.arguments[0]): node.arguments[0]
        for part in parts
        for side in (part.left, part.right)
        for node in nodes(side)
        if isinstance(node, Call) and node.name == "integral"
    }
    return list(found.values())
