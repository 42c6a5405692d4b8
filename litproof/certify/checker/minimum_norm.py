"""Kind ``minimum-norm``: rho is a point of least norm among those that satisfy the samples.

rho minimises sum_j weight_j |rho_j - start_j| (norm "l1") or sum_j weight_j (rho_j - start_j)^2 (norm "l2") subject to
X S^T rho = y (constraint "fit") or y_i x_i^T S^T rho >= 1, y_i = +-1 ("margin"), and, norm l1 only, to the signs that
`sides` allows each rho_j - start_j: "both", "+", "-" or "none". Feasibility, slopes g = S X^T p of multipliers p with
g_j = weight_j (rho_j - start_j) or side * g_j <= weight_j, equal on the side of rho, and the rank that excludes
another minimiser are decided over the rationals (the rank modulo the prime 2^61 - 1). Why this is enough:
`derivations/bodies/lemma-least-norm.tex` (`litproof derive A9`). One layer tends to the l2 fit nearest to its start.
"""

from collections.abc import Sequence
from fractions import Fraction

from litproof.certify.checker.exact import (
    Certificate,
    dot,
    listing,
    matrix,
    require,
    transposed,
    vector,
    word,
)
from litproof.certify.checker.regression_limit import products
from litproof.certify.checker.stationary_margin import signed
from litproof.certify.checker.work import Work, span

NAMES = "norm constraint weights start sides S X y rho multipliers unique"
SIDES = {"both": (1, -1), "+": (1,), "-": (-1,), "none": ()}
PRIME = (1 << 61) - 1


def independent(rows: Sequence[Sequence[Fraction]], work: Work) -> bool:
    """Whether the rows are linearly independent modulo `PRIME`, which proves that they are."""
    work.spend(sum(map(len, rows)) * (len(rows) + 10) // 4)
    known = all(value.denominator % PRIME for row in rows for value in row)
    require(known, "a denominator is a multiple of 2^61 - 1: independence cannot be read off")
    left = [[value.numerator * pow(value.denominator, -1, PRIME) % PRIME for value in row] for row in rows]
    while left:
        pivot = left.pop()
        place = next((k for k, value in enumerate(pivot) if value), None)
        if place is None:
            return False
        below = pow(pivot[place], -1, PRIME)
        left = [
            [(a - row[place] * below * b) % PRIME for a, b in zip(row, pivot, strict=True)] for row in left
        ]
    return True


def check_minimum_norm(certificate: Certificate, work: Work) -> str:
    """Feasibility, multipliers and complementary slackness over the rationals."""
    X, S = matrix(certificate["X"]), matrix(certificate["S"])
    y, m, n = vector(certificate["y"], len(X)), len(S), len(X)
    norm = word(certificate["norm"], ["l1", "l2"], "norm")
    constraint = word(certificate["constraint"], ["fit", "margin"], "constraint")
    rho, start, weights = (vector(certificate[name], m) for name in ("rho", "start", "weights"))
    p = vector(certificate["multipliers"], n)
    sides = [SIDES[word(side, list(SIDES), "a side")] for side in listing(certificate["sides"], "sides", m)]
    limited = any(side != SIDES["both"] for side in sides)
    require(norm == "l1" or not limited, "sides belong to the norm l1")
    P = products(S, X if constraint == "fit" else signed(X, y), work)
    columns = transposed(P)
    work.fractions(2 * m * n, max(map(span, P)) + span(p))
    work.fractions(2 * m * n, max(map(span, columns)) + span(rho))
    work.fractions(8 * m, span(rho) + span(start) + span(weights))
    for i, column in enumerate(columns):
        value = dot(column, rho)
        if constraint == "fit":
            require(value == y[i], f"sample {i + 1} is not fitted")
        else:
            require(value >= 1, f"sample {i + 1} has margin below one")
            require(p[i] >= 0, f"multiplier {i + 1} is negative")
            require(p[i] == 0 or value == 1, f"multiplier {i + 1} belongs to a sample off the margin")
    slopes = [dot(row, p) for row in P]
    for j, (slope, weight, allowed) in enumerate(zip(slopes, weights, sides, strict=True)):
        move = rho[j] - start[j]
        require(weight > 0, f"weight {j + 1} is not positive")
        if norm == "l2":
            require(slope == weight * move, f"rho_{j + 1} is not the combination of the samples")
        else:
            side = (move > 0) - (move < 0)
            require(not side or side in allowed, f"rho_{j + 1} has a sign that is not allowed")
            require(all(s * slope <= weight for s in allowed), f"dual constraint {j + 1} is violated")
            require(not side or side * slope == weight, f"rho_{j + 1} is not complementary to its constraint")
    unique = certificate["unique"]
    require(type(unique) is bool, "unique must be true or false")
    if unique and norm == "l1":
        tight = [
            row
            for row, slope, weight, allowed in zip(P, slopes, weights, sides, strict=True)
            if any(s * slope == weight for s in allowed)
        ]
        free = [[x for x, price in zip(row, p, strict=True) if price or constraint == "fit"] for row in tight]
        require(independent(free, work), "other minimisers are not excluded")
    who, signs = "rho alone" if unique else "rho", " and to the stated signs" if limited else ""
    subject = f"subject to the {constraint} of all samples{signs}"
    return f"{who} has the least weighted {norm} distance from the start {subject}"
