"""Validated integration of theta' = V(theta), step by step.

Each step has a candidate polynomial p(u), u in [0, 1], from the Taylor recurrence (its rounding does not matter); its
defect dp/du - H V(p), H the exact dyadic length of the step, is enclosed as a Taylor model, and the logarithmic norm of
V, an upper bound of the eigenvalues of the symmetric part of DV, bounds the distance of flow and p:
`derivations/bodies/lemma-validated-steps.tex` (`litproof derive A5`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, inf, log
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, dyadic as dyadic_midpoint
from litproof.flow.program import Program
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.ball_rings import Model, Models, Slope, Slopes, absolute_sum, eigenvalue_bound, norm
from litproof.integrate.budget import Budget, hessian_cost, operations_of, spend_allowance, taylor_cost
from litproof.integrate.regression.taylor import coefficients_by_code, dyadic
from litproof.language.functions import OutsideDomain
from litproof.precision import ball_precision, digits_to_bits

if TYPE_CHECKING:
    from flint import arb_mat, arb_poly

LOW_BITS = 64
_PARTS = 4
"""Pieces of a step on which the logarithmic norm is bounded one by one, to begin with."""
_MAX_PARTS = 64
_MODERATE = 0.5
_MOST_PARTS = 86
"""A step may be so many 64ths of the length that was foreseen."""
_SPARE_BITS = 40
"""Of the numbers of a candidate. The rounding of the last coefficients grows like x^order beyond x = 1."""
TUBE = Fraction(1, 1 << 24)
_LONGEST = 2.0**64
"""A step as long as this means that the flow rests."""


def series_order(work: int) -> int:
    """Order of the candidates at `work` digits."""
    return ceil(work * log(10.0) / 2) + 4


@dataclass(frozen=True)
class Piece:
    """The flow during one step, enclosed.

    Attributes
    ----------
    start, length : of the step in t, exact.
    polynomials : the candidate for every parameter in u = (t - start) / length, 0 <= u <= 1.
    error : bound of the distance of flow and candidate in all of the step.
    """

    start: Fraction
    length: Fraction
    polynomials: Sequence[arb_poly]
    error: Ball

    def at(self, u: Ball) -> list[Ball]:
        """The parameters at u, in balls (for a ball u: at every time in it)."""
        from flint import arb

        wide = arb(0, self.error)
        return [polynomial(u) + wide for polynomial in self.polynomials]


class Steps:
    """A pass through time at `work` decimal digits.

    Attributes
    ----------
    flow : the program of the Taylor recurrence, polynomial; its first inputs are the state.
    velocity : the program of V in the state alone, as "velocity"; it may have functions.
    state, error : where the flow is, in fixed-point numbers, and how far from there at most (Euclidean).
    stretch, shrink : bounds of |T| and |T^-1|, where growth and `error` are measured in the norm |T x|; 1 for T = 1.
    time : reached. end : where to stop; None for no end. piece : the last step.
    """

    flow: Program
    velocity: Program
    end: Fraction | None = None

    def __init__(self, start: Sequence[Fraction], work: int, budget: Budget) -> None:
        self.work, self.budget = work, budget
        self.arithmetic = FixedPoint(digits_to_bits(work) + _SPARE_BITS)
        self.bits = self.arithmetic.bits
        self.state: list[Any] = [self.arithmetic.number(q) for q in start]
        with ball_precision(LOW_BITS):
            # Rounding of the start: below one unit in every parameter.
            self.error: Ball = ball(Fraction(len(start) ** 2 + 1, len(start) * (1 << self.bits)))
        self.order = series_order(work)
        self.most_parts = min(_MOST_PARTS, int(64 * 2 ** (_SPARE_BITS / self.order)))
        self.length = 0.25
        self.time = Fraction(0)
        self.stretch = self.shrink = ball(1)
        self.piece: Piece | None = None
        self.code: tuple[Program, Callable[..., list[list[Any]]]] | None = None  # flows may change on the way

    @property
    def affords_step(self) -> bool:
        """Whether the whole budget is enough for one step: a Hessian too large for it takes memory as well."""
        return _PARTS * self._growth_cost() <= self.budget.operations

    def step(self) -> bool:
        """One step; False when the tube is left or the flow does not move."""
        while True:
            if not self.length < _LONGEST:
                return False
            numerator, shift = dyadic(self.length)
            longest = Fraction(numerator * self.most_parts, 64) / Fraction(2) ** shift
            last = self.end is not None and self.end - self.time <= longest
            if self.end is not None and last:
                left = self.end - self.time
                numerator, shift = left.numerator, left.denominator.bit_length() - 1
            self.budget.spend(cost := taylor_cost(self.flow, self.order))
            spend_allowance(cost)
            series = self._coefficients((numerator, shift))[: len(self.state)]
            reach = self._reach(series)
            if reach >= 0.05:
                break
            self.length = min(self.length, float(Fraction(numerator) / Fraction(2) ** shift)) * reach * 0.9
        part = min(int(reach * 64), 64 if last else self.most_parts)
        length = Fraction(numerator) / Fraction(2) ** shift * Fraction(part, 64)
        with ball_precision(self.bits + 16):
            self.budget.spend(operations_of(self.flow) * self.order)
            path = [self._polynomial(entry, part) for entry in series]
            defect = self._defect(path, length)
            end = [sum(polynomial.coeffs(), ball(0)) for polynomial in path]
        parts = _PARTS
        while True:
            self.budget.spend(parts * self._growth_cost())
            growth = self._growth(path, parts)
            with ball_precision(LOW_BITS):
                exponent = (growth * ball(length)).upper()
            if parts >= _MAX_PARTS or exponent < _MODERATE:
                break
            parts *= 4
        with ball_precision(LOW_BITS):
            error = (exponent.exp() * (self.error + self.stretch * defect)).upper()
            distance = (self.shrink * error).upper()
            if not distance < ball(TUBE):
                return False
        self.piece = Piece(self.time, length, path, distance)
        self.time += length
        self.state = [self.arithmetic.number(dyadic_midpoint(entry)) for entry in end]
        with ball_precision(self.bits + 16):
            rounding = norm(
                [x - ball(self.arithmetic.fraction(s)) for x, s in zip(end, self.state, strict=True)]
            )
        with ball_precision(LOW_BITS):
            self.error = (error + self.stretch * rounding).upper()
        self.length = float(length) * 64 / part * min(reach, 3.0)
        return True

    def _coefficients(self, step: tuple[int, int]) -> list[list[Any]]:
        if self.code is None or self.code[0] is not self.flow:
            self.code = self.flow, coefficients_by_code(self.flow, self.arithmetic)
        return self.code[1](self._inputs(), step, self.order)

    def _inputs(self) -> list[Any]:
        """What the Taylor recurrence starts from: the parameters, and whatever follows from them."""
        return self.state

    def _reach(self, series: list[list[Any]]) -> float:
        """Largest multiple of the step on which the last terms stay below the working accuracy."""
        exponent = inf
        for k in (self.order, self.order - 1):
            size = max(self.arithmetic.log_size(entry[k]) for entry in series)
            if size > -inf:
                exponent = min(exponent, (-self.work * log(10.0) - size) / k)
        return exp(min(exponent, 3.0))

    def _polynomial(self, series: Sequence[Any], part: int) -> arb_poly:
        """The candidate in u = x / (part/64)."""
        from flint import arb, arb_poly, fmpz

        unit, ratio = arb(2) ** -self.bits, arb(part) / 64
        entries = []
        for coefficient in series:
            entries.append(arb(fmpz(int(coefficient))) * unit)
            unit *= ratio
        return arb_poly(entries)

    def _defect(self, path: Sequence[arb_poly], length: Fraction) -> Ball:
        """Upper bound of |dp/du - H velocity(p)| on [0, 1]."""
        zero, H = ball(0), ball(length)
        speeds = self.velocity.evaluate(Models(self.order), [Model(p, zero) for p in path], "velocity")
        parts = [
            absolute_sum((p.derivative() - H * speed.polynomial).coeffs()) + H * speed.remainder
            for p, speed in zip(path, speeds, strict=True)
        ]
        return norm(parts)

    def _tube(self, path: Sequence[arb_poly], parts: int) -> Iterator[list[Ball]]:
        """Hulls of the tube on equal pieces."""
        from flint import arb

        tube = arb(0, ball(TUBE))
        for k in range(parts):
            u = arb(2 * k + 1) / (2 * parts) + arb(0, arb(1) / (2 * parts))
            yield [polynomial(u) + tube for polynomial in path]

    def _growth_cost(self) -> float:
        return hessian_cost(self.velocity, len(self.state))

    def _growth(self, path: Sequence[arb_poly], parts: int) -> Ball:
        """Upper bound of int_0^1 mu^+ du along the tube, from its hulls on equal pieces."""
        from flint import arb

        total = arb(0)
        with ball_precision(LOW_BITS):
            for theta in self._tube(path, parts):
                total += self._growth_on(theta).max(arb(0)) / parts
        return total.upper()

    def _growth_on(self, theta: Sequence[Ball]) -> Ball:
        """Upper bound of the logarithmic norm over a box."""
        from flint import arb

        try:
            return eigenvalue_bound(self._jacobian(theta))
        except OutsideDomain:
            return arb("inf")

    def _jacobian(self, theta: Sequence[Ball]) -> arb_mat:
        """Symmetric part of DV over a box."""
        from flint import arb_mat

        P = len(theta)
        inputs = [Slope(x, arb_mat(1, P, [int(p == i) for p in range(P)])) for i, x in enumerate(theta)]
        rows = [s.tangent.entries() for s in self.velocity.evaluate(Slopes(P), inputs, "velocity")]
        full = self._turned(arb_mat(P, P, [entry for row in rows for entry in row]))
        return (full + full.transpose()) / 2

    def _turned(self, jacobian: arb_mat) -> arb_mat:
        """T DV T^-1."""
        return jacobian
