"""Data on coefficients that the network moves independently of each other; exact.

Where beta = C gamma for linearly independent coefficients gamma of the network, as polynomials, X beta = (X C) gamma
at every point, so that the flow does not notice when X is replaced by X C: outputs that depend on each other although
the rows of X do not become dependent rows.
"""

from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import matrix_product, rank, row_echelon
from litproof.problem import Problem

_SPREAD = 50
"""Sample points have integer coordinates up to this. Chance decides nothing: it may only cost the comparison below."""


def fold_coefficients(problem: Problem) -> Problem | None:
    """The same flow on independent coefficients; None where the outputs X beta are independent as they are.

    Parameters
    ----------
    problem : of regression, its network polynomial. X of the result has zero columns at the other coefficients.
    """
    network, random = problem.network, Random(0)
    points = [
        tuple(tuple(Fraction(random.randint(-_SPREAD, _SPREAD)) for _ in range(k)) for k in network.shapes)
        for _ in problem.X
    ]
    values = list(zip(*(network.coefficients(point) for point in points), strict=True))
    if rank(matrix_product(problem.X, values)) == len(problem.X):
        return None
    from litproof.flow.polynomials import coefficients, parameter_ring  # sympy, which a limit does without

    betas = coefficients(network, parameter_ring(network))
    monomials = sorted({monomial for beta in betas for monomial in beta})
    entries = [
        [
            Fraction(int(c.numerator), int(c.denominator))
            for c in (beta.get(m, beta.ring.domain.zero) for beta in betas)
        ]
        for m in monomials
    ]
    combinations, chosen = row_echelon(entries)
    if len(chosen) == len(betas):
        return None
    folded = [[Fraction(0)] * len(betas) for _ in problem.X]
    for row, products in zip(
        folded, matrix_product(problem.X, list(zip(*combinations, strict=True))), strict=True
    ):
        for j, product in zip(chosen, products, strict=True):
            row[j] = product
    return replace(problem, X=tuple(map(tuple, folded)))
