"""Networks of independent components: a separable convex function of rho (R2, R5, R8)."""

from __future__ import annotations

from litproof.bias.regulariser import Regulariser
from litproof.certify.regression.enclosure import reduce
from litproof.errors import HypothesisError
from litproof.predict.regression.coordinates import Kind
from litproof.problem import Problem

NAMES = {
    Kind.LINEAR: "squared distance",
    Kind.EQUAL: "H_{L}",
    Kind.TIED: "entropy of tied layers",
    Kind.OPEN: "separable integral of {L} unequal layers",
    Kind.HALF: "separable integral of {L} layers, some of them tied",
}


def of_components(problem: Problem) -> Regulariser | None:
    """The separable function of a real odeco form, of commuting sensors, or of such a form in other coordinates."""
    try:
        reduction = reduce(problem)
    except HypothesisError:
        return None
    if reduction is None:
        return None
    kinds = []
    for coordinate in reduction.dual.coordinates:
        name = NAMES.get(coordinate.kind, "").format(L=coordinate.depth)
        if coordinate.kind is Kind.EQUAL and coordinate.depth == 2:
            name = "hyperbolic entropy (H_2)"
        if name and name not in kinds:
            kinds.append(name)
    if not kinds:
        return None
    return Regulariser(
        " + ".join(kinds) + " of the components",
        _formula(problem),
        "this start, all data"
        if "sensors" not in reduction.description
        else "this start, sensors that commute with these",
        reduction.description,
    )


def _formula(problem: Problem) -> str:
    """Q as text; "" where a component does not move, so that it is no function of all components."""
    from litproof.sympy_interface.potential import potential

    try:
        objective = potential(problem)
    except HypothesisError:
        return ""
    pairs = zip(objective.variables, objective.components, strict=True)
    where = [f"rho[{j}] = {rho}" for j, (variable, rho) in enumerate(pairs, 1) if rho != variable]
    return "; ".join([str(objective.Q), *where])
