"""What may be called a definition: an equation that introduces one quantity which has not occurred before."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from litproof.derive.matrix_words import MatrixRate
from litproof.derive.notation import Rate
from litproof.derive.stated import FalseStep, Step

MOVED = frozenset({"eta", "v", "W", "theta", "beta", "loss", "kappa"})
"""Letters of what the flow moves: their rates follow from the loss and cannot be chosen."""


def quantities(step: Step) -> set[Any]:
    """What occurs in a step: symbols, functions, families, and their single members."""
    relation = step.relation
    present: set[Any] = set()
    for side in (relation.lhs, relation.rhs, relation.middle):
        for atom in (
            side.atoms(sp.Symbol, sp.MatrixSymbol, sp.Indexed, AppliedUndef) if side is not None else ()
        ):
            present.add(atom.func if isinstance(atom, AppliedUndef) else atom)
            if isinstance(atom, sp.Indexed) and any(index.free_symbols for index in atom.indices):
                present.add(atom.base)
    return present


def check_definition(step: Step, known: set[Any]) -> None:
    """FalseStep when a definition does not introduce exactly one quantity that is not among those `known`."""
    lhs, rhs = step.relation.lhs, step.relation.rhs
    by_rate = step.defines is None and isinstance(lhs, Rate | MatrixRate)
    head = step.defines if step.defines is not None else lhs.args[0] if by_rate else lhs
    names = {head}
    if isinstance(head, sp.Indexed):
        names |= {head.base}
    elif isinstance(head, AppliedUndef):
        names = {head.func}
    elif not isinstance(head, sp.Symbol | sp.MatrixSymbol):
        raise FalseStep(f"step {step.name!r}: a definition introduces one quantity, not {head}")
    if names & known:
        raise FalseStep(f"step {step.name!r} defines {head}, which has occurred before")
    if by_rate and str(getattr(head, "base", head)).partition("_")[0] in MOVED:
        raise FalseStep(f"step {step.name!r}: the flow of {head} is not a matter of definition")
    if step.defines is not None:
        _check_solvable(step)
    elif not by_rate and head in getattr(rhs, "atoms", lambda *_: ())(type(head)):
        raise FalseStep(f"step {step.name!r} defines {head} by itself")


def _check_solvable(step: Step) -> None:
    """The equation has exactly one solution for what it defines: it is linear in it, with a coefficient."""
    lhs, rhs, head = step.relation.lhs, step.relation.rhs, step.defines
    if isinstance(head, sp.MatrixSymbol):
        alone = [word for word in (*_terms(lhs), *_terms(rhs)) if word.has(head)]
        if len(alone) == 1 and alone[0].as_coeff_matrices()[1] == [head]:
            return
    else:
        stand_in = sp.Dummy("new")
        difference = (lhs - rhs).xreplace({head: stand_in})
        slope = sp.diff(difference, stand_in)
        if not slope.has(stand_in) and slope != 0:
            return
    raise FalseStep(f"step {step.name!r} does not determine {head}")


def _terms(expression: Any) -> tuple[Any, ...]:
    terms = expression.args if isinstance(expression, sp.MatAdd) else (expression,)
    return tuple(term if isinstance(term, sp.MatMul) else sp.MatMul(term) for term in terms)
