"""Program rings that bound a polynomial map: Taylor models on [0, 1], and derivatives over boxes.

Both work at flint's current precision and enclose the truth (Makino & Berz, Int. J. Pure Appl. Math. 4
(2003) 379, for Taylor models; here the variable is one-dimensional, coefficients are balls, and only high
orders go into the remainder).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball
from litproof.flow.program import Function, Linear, Program
from litproof.language.functions import apply, derivative

if TYPE_CHECKING:
    from flint import arb_mat, arb_poly


@dataclass(frozen=True)
class Model:
    """A function of u in [0, 1] within `remainder` of a polynomial."""

    polynomial: arb_poly
    remainder: Ball

    @cached_property
    def norm(self) -> Ball:
        """Upper bound of the polynomial's modulus: the sum of those of its coefficients."""
        return absolute_sum(self.polynomial.coeffs())

    @property
    def bound(self) -> Ball:
        """Upper bound of the function's modulus."""
        return (self.norm + self.remainder).upper()


def absolute_sum(entries: Sequence[Ball]) -> Ball:
    """Upper bound of sum |entries|."""
    from flint import arb

    return sum(map(abs, entries), arb(0)).upper()


class Models:
    """Program ring on `Model`; products keep the powers up to `order`."""

    def __init__(self, order: int) -> None:
        self.order = order

    def linear(self, step: Linear, values: Sequence[Model]) -> Model:
        """See litproof.flow.program.Ring."""
        from flint import arb, arb_poly

        polynomial, remainder = arb_poly([ball(step.constant)]), arb(0)
        for coefficient, model in zip(step.coefficients, values, strict=True):
            weight = ball(coefficient)
            polynomial += weight * model.polynomial
            remainder += abs(weight) * model.remainder
        return Model(polynomial, remainder.upper())

    def product(self, a: Model, b: Model) -> Model:
        """See litproof.flow.program.Ring."""
        from flint import arb_poly

        entries = (a.polynomial * b.polynomial).coeffs()
        size = self.order + 1
        remainder = a.norm * b.remainder + b.norm * a.remainder + a.remainder * b.remainder
        return Model(arb_poly(entries[:size]), (absolute_sum(entries[size:]) + remainder).upper())

    def square(self, a: Model) -> Model:
        """See litproof.flow.program.Ring."""
        return self.product(a, a)

    def function(self, step: Function, a: Model) -> Model:
        """See litproof.flow.program.SmoothRing."""
        from litproof.integrate.smooth_models import SmoothModels

        return SmoothModels(self).function(step.name, a, step.k)


@dataclass(frozen=True)
class Slope:
    """A value and its derivatives in P directions (1 x P)."""

    value: Ball
    tangent: arb_mat


class Slopes:
    """Program ring on `Slope`, P directions."""

    def __init__(self, directions: int) -> None:
        self.directions = directions

    def linear(self, step: Linear, values: Sequence[Slope]) -> Slope:
        """See litproof.flow.program.Ring."""
        from flint import arb_mat

        value, tangent = ball(step.constant), arb_mat(1, self.directions)
        for coefficient, slope in zip(step.coefficients, values, strict=True):
            weight = ball(coefficient)
            value, tangent = value + weight * slope.value, tangent + slope.tangent * weight
        return Slope(value, tangent)

    def product(self, a: Slope, b: Slope) -> Slope:
        """See litproof.flow.program.Ring."""
        return Slope(a.value * b.value, b.tangent * a.value + a.tangent * b.value)

    def square(self, a: Slope) -> Slope:
        """See litproof.flow.program.Ring."""
        return Slope(a.value * a.value, a.tangent * (2 * a.value))

    def function(self, step: Function, a: Slope) -> Slope:
        """See litproof.flow.program.SmoothRing."""
        value = apply(step.name, a.value, step.k)
        return Slope(value, a.tangent * derivative(step.name, a.value, value, step.k))


def hessian(gradient: Program, v: Sequence[Ball], c: Sequence[Ball]) -> arb_mat:
    """Hessian of c^T beta in v (P x P) over boxes v and c; `gradient` is the program of `trace_gradient`."""
    from flint import arb_mat

    P = len(v)
    inputs = [Slope(entry, arb_mat(1, P, [int(p == q) for q in range(P)])) for p, entry in enumerate(v)]
    inputs += [Slope(entry, arb_mat(1, P)) for entry in c]
    rows = [slope.tangent.entries() for slope in gradient.evaluate(Slopes(P), inputs, "gradient")]
    return arb_mat(P, P, [entry for row in rows for entry in row])


def residual(X: Sequence[Sequence[Fraction]], y: Sequence[Fraction], beta: Sequence[Ball]) -> list[Ball]:
    """X beta - y."""
    return [
        sum((ball(x) * b for x, b in zip(row, beta, strict=True)), -ball(target))
        for row, target in zip(X, y, strict=True)
    ]


def norm(entries: Sequence[Ball]) -> Ball:
    """Upper bound of the Euclidean norm."""
    from flint import arb

    return sum((entry * entry for entry in entries), arb(0)).nonnegative_part().sqrt().upper()


def largest_eigenvalue(matrix: arb_mat) -> Ball:
    """Upper bound, not below 0, of the eigenvalues of every symmetric matrix in a symmetric box of matrices."""
    return eigenvalue_bound(matrix).max(0 * matrix[0, 0]).upper()


def eigenvalue_bound(matrix: arb_mat) -> Ball:
    """Upper bound of the eigenvalues of every symmetric matrix in a symmetric box of matrices.

    With approximate eigenvectors Q of the midpoint M and eps >= ||Q^T Q - I||: the eigenvalues of M are at most those
    of Q^T M Q over 1 - eps (where positive; over 1 + eps where negative), these at most its Gershgorin bound; the
    rest of the box adds at most its Frobenius norm.
    """
    import numpy as np
    from flint import arb, arb_mat

    P = matrix.nrows()
    middle = matrix.mid()
    middle = ((middle + middle.transpose()) / 2).mid()
    floats = np.array([float(entry) for entry in middle.entries()]).reshape(P, P)
    if not np.all(np.isfinite(floats)):
        return arb("inf")
    vectors = np.linalg.eigh((floats + floats.T) / 2)[1]
    Q = arb_mat(P, P, [float(entry) for entry in vectors.ravel()])
    turned, gram = Q.transpose() * middle * Q, Q.transpose() * Q
    eps, top = arb(0), arb("-inf")
    for i in range(P):
        others = absolute_sum([turned[i, j] for j in range(P) if j != i])
        top = top.max((turned[i, i] + others).upper())
        eps = eps.max(absolute_sum([gram[i, j] - int(i == j) for j in range(P)]))
    rest = norm((matrix - middle).entries())
    if not eps < 1:
        return arb("inf")
    return ((top / (1 - eps)).max(top / (1 + eps)) + rest).upper()


def product(entries: Sequence[Any]) -> Any:
    """Of balls, or polynomials with balls as coefficients; 1 for none."""
    total = entries[0] if entries else ball(1)
    for entry in entries[1:]:
        total = total * entry
    return total


def products_of_others(entries: Sequence[Any]) -> list[Any]:
    """For each entry the product of the others."""
    return [product([x for h, x in enumerate(entries) if h != l]) for l in range(len(entries))]


def largest(values: Sequence[Ball]) -> Ball:
    """An upper bound of all moduli, 0 for none."""
    from flint import arb

    top = arb(0)
    for value in values:
        top = top.max(abs(value).upper())
    return top
