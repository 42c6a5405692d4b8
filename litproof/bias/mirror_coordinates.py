"""Linear mirror coordinates: psi = A theta with A grad beta_z = g e_z for one polynomial g, decided over Q.

Then psi' = -g X^T r, and psi(limit) - psi(start) is in the row space of X. Where beta moves by itself, on leaves of
dimension d, psi is a function of beta there, and while g > 0 this is the KKT condition of a strictly convex Q with grad
Q(beta) = psi: a mirror flow in the time int g dt. A single neuron, beta = a w, has g = a and psi = w. Where beta does
not move by itself (wider layers), psi says more than beta knows, and there is no Q.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.linear import null_space, row_echelon
from litproof.bias.mirror_map import MirrorMap
from litproof.bias.regulariser import Polynomial, Regulariser
from litproof.errors import HypothesisError
from litproof.flow.monomials import expanded
from litproof.laws import discover_conserved
from litproof.networks.base import parameter_names
from litproof.problem import Problem


def _gradients(polynomials: Sequence[Polynomial]) -> list[list[Polynomial]]:
    """d beta_z / d theta_k as tables."""
    gradients = []
    for polynomial in polynomials:
        row: list[Polynomial] = [{} for _ in next(iter(polynomial))] if polynomial else []
        for powers, value in polynomial.items():
            for k, power in enumerate(powers):
                if power:
                    key = (*powers[:k], power - 1, *powers[k + 1 :])
                    row[k][key] = row[k].get(key, Fraction(0)) + value * power
        gradients.append(row)
    return gradients


def in_mirror_coordinates(problem: Problem) -> Regulariser | None:
    """psi_k = a_k . theta with a_k . grad beta_z = g delta_kz, g the same for all k."""
    polynomials = expanded(problem.network)
    if polynomials is None or not all(any(map(any, p)) for p in polynomials):
        return None
    gradients = _gradients(polynomials)
    size, d = len(gradients[0]), len(gradients)
    factors, vectors = [], []
    for k in range(d):
        equations = [
            [entry.get(monomial, Fraction(0)) for entry in gradients[z]]
            for z in range(d)
            if z != k
            for monomial in sorted({m for entry in gradients[z] for m in entry})
        ]
        free = null_space(equations, size)
        pulled = [_combined(a, gradients[k]) for a in free]
        if not any(pulled):
            return None
        factors.append(pulled)
        vectors.append(free)
    common = _common(factors)
    if common is None or discover_conserved(problem.network).lie_upper > d:
        return None
    g, weights = common
    names = [name for layer in parameter_names(problem.network) for name in layer]
    psi = [
        _linear(
            [sum((w * a[i] for w, a in zip(ws, free, strict=True)), Fraction(0)) for i in range(size)], names
        )
        for ws, free in zip(weights, vectors, strict=True)
    ]
    at_start = _value(g, [x for layer in problem.v0 for x in layer])
    if at_start < 0:
        g, psi = {m: -c for m, c in g.items()}, [f"-({text})" for text in psi]
    formula = _text(g, names)
    return Regulariser(
        "a mirror flow in another time" if any(map(any, g)) else "squared distance in mirror coordinates",
        f"grad Q(beta) = ({', '.join(psi)})",
        f"this start, data whose flow keeps the sign of g = {formula}",
        f"exact: beta moves by itself, and psi' = -g X^T r for psi = grad Q, g = {formula}",
        g,
        _mirror(problem),
    )


def _mirror(problem: Problem) -> MirrorMap | None:
    try:
        return MirrorMap(problem)
    except HypothesisError:
        return None


def _combined(weights: Sequence[Fraction], polynomials: Sequence[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for w, polynomial in zip(weights, polynomials, strict=True):
        for monomial, c in polynomial.items() if w else ():
            total[monomial] = total.get(monomial, Fraction(0)) + w * c
    return {m: c for m, c in total.items() if c}


def _common(factors: Sequence[Sequence[Polynomial]]) -> tuple[Polynomial, list[list[Fraction]]] | None:
    """One polynomial that every list spans, with its weights in each: the first of the first list that will do."""
    for candidate in factors[0]:
        weights = []
        for spanning in factors:
            monomials = sorted({*candidate, *(m for p in spanning for m in p)})
            table = [
                [*(p.get(m, Fraction(0)) for p in spanning), candidate.get(m, Fraction(0))] for m in monomials
            ]
            reduced, pivots = row_echelon(table)
            if not candidate or len(spanning) in pivots:
                break
            solution = [Fraction(0)] * len(spanning)
            for pivot, row in zip(pivots, reduced, strict=True):
                solution[pivot] = row[-1]
            weights.append(solution)
        else:
            return candidate, weights
    return None


def _value(polynomial: Polynomial, theta: Sequence[Fraction]) -> Fraction:
    total = Fraction(0)
    for powers, value in polynomial.items():
        for x, power in zip(theta, powers, strict=True):
            value *= x**power
        total += value
    return total


def sign_at(regulariser: Regulariser, theta: Sequence[Fraction]) -> int:
    """The sign of g; 1 where no sign matters."""
    if regulariser.sign is None:
        return 1
    value = _value(regulariser.sign, theta)
    return (value > 0) - (value < 0)


def _text(polynomial: Polynomial, names: Sequence[str]) -> str:
    terms = []
    for powers, value in sorted(polynomial.items(), reverse=True):
        parts = [name if p == 1 else f"{name}^{p}" for name, p in zip(names, powers, strict=True) if p]
        terms.append("*".join(parts if value == 1 and parts else [str(value), *parts]))
    return " + ".join(terms)


def _linear(vector: Sequence[Fraction], names: Sequence[str]) -> str:
    parts = [name if c == 1 else f"{c}*{name}" for c, name in zip(vector, names, strict=True) if c]
    return " + ".join(parts)
