r"""From a point near zero loss to the limit, up to the square of the residual.

Whatever the loss and the steps, the parameters move by combinations of the gradients of the outputs: theta_inf -
theta = a - J^T s + O(r^2), J the Jacobian of the outputs at theta, a what momentum still carries. Zero loss at the
limit says J (theta_inf - theta) = -r + O(r^2), so J J^T s = r + J a. The constant in O(r^2) is not bounded here: two
such jumps, from residuals that differ by a factor, tell the size of what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, log

from litproof.algebra.balls import ball, dyadic
from litproof.flow.program import Operators, Program
from litproof.language.functions import OutsideDomain
from litproof.precision import ball_precision

NEAR = log(1e-3)
"""Jumps are tried from residuals below this (natural logarithm)."""

_FACTOR = 2.0
"""They are compared when the residual fell by exp of this."""


@dataclass(frozen=True)
class Landing:
    """Where a jump ends.

    Attributes
    ----------
    parameters : theta_hat, shape (P,). beta : shape (d,). move : largest change of beta.
    """

    parameters: tuple[Fraction, ...]
    beta: tuple[Fraction, ...]
    move: float


def jump(
    gradient: Program,
    X: Sequence[Sequence[Fraction]],
    residual: Sequence[Fraction],
    theta: Sequence[Fraction],
    carried: Sequence[Fraction],
    bits: int,
) -> Landing | None:
    """The jump from theta; None where the gradients of the outputs are dependent, or no numbers come out."""
    from flint import arb_mat

    with ball_precision(bits):
        ring = Operators(ball)
        at = [ball(q) for q in theta]
        rows = [[ball(q) for q in row] for row in X]
        slopes = [gradient.evaluate(ring, [*at, *row], "gradient") for row in rows]
        J = arb_mat(len(rows), len(at), [x for row in slopes for x in row])
        a = arb_mat(len(at), 1, [ball(q) for q in carried] if carried else [0] * len(at))
        r = arb_mat(len(rows), 1, [ball(q) for q in residual])
        try:
            s = (J * J.transpose()).solve(r + J * a)
        except ZeroDivisionError:
            return None
        move = a - J.transpose() * s
        end = [x + move[i, 0] for i, x in enumerate(at)]
        if not all(x.is_finite() for x in end):
            return None
        try:
            beta = gradient.evaluate(ring, [*end, *rows[0]], "beta")
        except OutsideDomain:
            return None
        here = gradient.evaluate(ring, [*at, *rows[0]], "beta")
        change = float(max(abs(a - b).mid() for a, b in zip(beta, here, strict=True)))
        return Landing(tuple(map(dyadic, end)), tuple(map(dyadic, beta)), change)


class Landings:
    """Jumps along a path, and how far the last two lie apart."""

    def __init__(self, gradient: Program, X: Sequence[Sequence[Fraction]], bits: int) -> None:
        self.gradient, self.X, self.bits = gradient, X, bits
        self.last: Landing | None = None
        self._level = NEAR

    def due(self, log_residual: float) -> bool:
        """Whether the residual has fallen far enough for the next one."""
        return log_residual < self._level

    def tried(
        self,
        log_residual: float,
        residual: Sequence[Fraction],
        theta: Sequence[Fraction],
        carried: Sequence[Fraction] = (),
    ) -> float:
        """Jump; the largest difference of beta to the jump before, to where it started for the first."""
        self._level = log_residual - _FACTOR
        landing = jump(self.gradient, self.X, residual, theta, carried, self.bits)
        if landing is None:
            self._level = -inf
            return inf
        before, self.last = self.last, landing
        if before is None:
            return landing.move
        return float(max(abs(a - b) for a, b in zip(before.beta, landing.beta, strict=True)))


class Settling:
    """What is left of a path whose speed decays like exp(-rate t), from the speeds seen."""

    def __init__(self) -> None:
        self._speeds: list[tuple[float, float]] = []

    def remaining(self, time: float, log_speed: float) -> float:
        """Natural logarithm of speed / rate, the rate over the last three decades of decay; inf while unknown."""
        if log_speed == -inf:
            return -inf
        self._speeds.append((time, log_speed))
        fallen = log(1e3)
        for before, speed in reversed(self._speeds):
            if speed >= log_speed + fallen and before < time:
                return log_speed - log((speed - log_speed) / (time - before))
        return inf
