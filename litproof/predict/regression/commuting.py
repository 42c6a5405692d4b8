"""Deep matrix sensing with commuting symmetric sensors and layers (R8): a diagonal network on the joint eigenvalues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, Exact, ball
from litproof.algebra.number_field import FieldElement, real_roots
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import CommutingForm, commuting_form
from litproof.precision import ball_precision
from litproof.predict.regression.coordinates import coordinate
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.dual_limit import Reduction, limit_of
from litproof.predict.regression.feasibility import reachable, unexamined
from litproof.problem import Problem
from litproof.results import Prediction

if TYPE_CHECKING:
    from flint import acb


@dataclass(frozen=True)
class AlgebraicNumber:
    """A real algebraic number: an element of Q(lambda), lambda the real root number `index` of its modulus."""

    element: FieldElement
    index: int

    def ball(self) -> acb:
        """A ball around the number, at flint's current precision."""
        from flint import acb

        return acb(self.element.at(real_roots(self.element.modulus)[self.index]))

    def sign(self) -> int:
        """-1, 0 or 1, exactly: a non-zero element of the field has no zero conjugate."""
        bits = 64
        while self.element:
            with ball_precision(bits):
                value = ball(self)
            if not value.contains(0):
                return 1 if value > 0 else -1
            bits *= 2
        return 0

    def __sub__(self, other: AlgebraicNumber) -> AlgebraicNumber:
        return AlgebraicNumber(self.element - other.element, self.index)

    def __mul__(self, other: AlgebraicNumber) -> AlgebraicNumber:
        return AlgebraicNumber(self.element * other.element, self.index)


def commuting_dual(form: CommutingForm, y: Sequence[Fraction]) -> Dual:
    """The dual problem on the joint eigenvalues, in the order of `commuting_form`: block, root, vector."""
    A, coordinates = [], []
    for block in form.blocks:
        for index in range(block.degree):
            values: list[Exact] = [
                value.coefficients[0] if block.degree == 1 else AlgebraicNumber(value, index)
                for value in block.eigenvalues
            ]
            for _ in block.vectors:
                A.append(tuple(values[: form.sensors]))
                coordinates.append(coordinate(values[form.sensors :]))
    return Dual(tuple(A), tuple(y), tuple(coordinates))


def commuting_reduction(form: CommutingForm, y: Sequence[Fraction]) -> Reduction:
    """How the limit of W_1 ... W_L, row by row, follows; HypothesisError when the flow cannot reach zero loss."""
    dual = commuting_dual(form, y)
    k = len(form.blocks[0].vectors[0])

    def coefficients(rho: Sequence[Ball]) -> list[Ball]:
        from flint import arb

        total = [arb(0)] * (k * k)
        components = iter(rho)
        for block in form.blocks:
            for root in real_roots(block.modulus):
                for vector, norm in zip(block.vectors, block.norms, strict=True):
                    entries = [entry.at(root) for entry in vector]
                    weight = next(components) / norm.at(root)
                    for i, a in enumerate(entries):
                        for j, b in enumerate(entries):
                            total[i * k + j] += weight * (a * b)
        return total

    part = reachable(dual) if form.is_rational else unexamined(dual)
    return Reduction(dual, part, coefficients, "joint eigenvalues of sensors and layers (R8)")


def commuting_limit(problem: Problem, digits: int) -> Prediction:
    """The limit of W_1 ... W_L row by row; HypothesisError unless all sensors and layers are symmetric and commute."""
    if not isinstance(problem.network, MatrixSensing):
        raise TypeError("expected deep matrix sensing")
    form = commuting_form(problem.X, problem.v0, problem.network.size)
    return limit_of(commuting_reduction(form, problem.y), digits)
